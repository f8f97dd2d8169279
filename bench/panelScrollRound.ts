// Prints the measured rounds as JSON. Usage: node --import tsx bench/panelScrollRound.ts <folder of the built inspector> <rounds>
import type { Page } from 'playwright-core';
import { Harness } from '../test/webview/harness.js';
import { SESSIONS } from '../test/webview/sessionFixtures.js';

interface ScrollRound {
  readonly frames: number;
  readonly frameP50Ms: number;
  readonly frameP95Ms: number;
  readonly frameP99Ms: number;
  /** The page's main thread, a frame: all of it, and its parts. */
  readonly taskMs: number;
  readonly scriptMs: number;
  readonly layoutMs: number;
  /** Of the rows in sight while the wheel turned slowly, those that had not arrived. */
  readonly blankShare: number;
}

/** Scrolls a log from its end to its start and back: wheel, dragged scroll bar, page keys; a step in every frame. */
async function scrollRound(page: Page): Promise<ScrollRound> {
  await page.waitForFunction(
    () =>
      document.querySelectorAll('.log-row').length > 10 && document.querySelectorAll('.log-row.loading').length === 0,
  );
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const spent = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    const of = (name: string) => (metrics.find((metric) => metric.name === name)?.value ?? 0) * 1000;
    return {
      task: of('TaskDuration'),
      script: of('ScriptDuration'),
      layout: of('LayoutDuration') + of('RecalcStyleDuration'),
    };
  };
  const before = await spent();
  const measured = await scrollPage(page);
  const after = await spent();
  const { frames } = measured;
  return {
    ...measured,
    taskMs: (after.task - before.task) / frames,
    scriptMs: (after.script - before.script) / frames,
    layoutMs: (after.layout - before.layout) / frames,
  };
}

function scrollPage(page: Page): Promise<Omit<ScrollRound, 'taskMs' | 'scriptMs' | 'layoutMs'>> {
  return page.evaluate(async () => {
    const found = document.querySelector<HTMLElement>('.log-scroll');
    if (!found) throw new Error('There is no log.');
    const scroller = found;
    const intervals: number[] = [];
    let rows = 0;
    let blank = 0;

    const nextFrame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
    async function run(frames: number, step: (share: number) => void): Promise<void> {
      let last = await nextFrame();
      for (let frame = 0; frame < frames; frame++) {
        step(frame / frames);
        const now = await nextFrame();
        intervals.push(now - last);
        last = now;
        rows += document.querySelectorAll('.log-row').length;
        blank += document.querySelectorAll('.log-row.loading').length;
      }
    }
    const wheel = (deltaY: number) => scroller.dispatchEvent(new WheelEvent('wheel', { deltaY, cancelable: true }));
    const key = (name: string) => scroller.dispatchEvent(new KeyboardEvent('keydown', { key: name, cancelable: true }));

    await run(120, () => wheel(-53));
    const blankShare = blank / Math.max(1, rows);
    await run(120, (share) => wheel(-53 - 2000 * share));
    const range = scroller.scrollHeight - scroller.clientHeight;
    await run(180, (share) => {
      scroller.scrollTop = range * (1 - share);
    });
    await run(60, () => key('PageDown'));
    await run(120, (share) => {
      scroller.scrollTop = range * share;
    });

    const at = (values: readonly number[], share: number) =>
      values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? 0;
    return {
      frames: intervals.length,
      frameP50Ms: at(intervals, 0.5),
      frameP95Ms: at(intervals, 0.95),
      frameP99Ms: at(intervals, 0.99),
      blankShare,
    };
  });
}

async function scrollRounds(folder: string, count: number): Promise<void> {
  const harness = await Harness.start({ folder });
  try {
    const rounds: ScrollRound[] = [];
    for (let round = 0; round < count; round++) {
      const page = await harness.open(SESSIONS.open, { log: { latencyMs: 2 }, width: 1280, height: 860 });
      rounds.push(await scrollRound(page));
      await page.context().close();
    }
    console.log(JSON.stringify(rounds));
  } finally {
    await harness.stop();
  }
}

void scrollRounds(process.argv[2] ?? '', Number(process.argv[3] ?? 1));
