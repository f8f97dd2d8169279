import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { LogStatus } from '../../src/protocol/session.js';
import { LogModel } from '../../webview/log/logModel.js';
import type { Ask } from '../../webview/shared/parts.js';
import { LOG_STATUS, textRow } from './sessionFixtures.js';

interface Answered {
  readonly latency: number;
  readonly answer: () => void;
}

/** A log of numbered rows with any number of views; each answer takes as many turns as it is told to. */
class Host {
  ids: number[] = [];
  generation = 0;
  dropped = 0;
  latency = 1;
  readonly #views = new Map<number, string>();
  readonly #waiting: Answered[] = [];
  #nextId = 0;
  #nextView = 1;

  readonly ask: Ask = ((method: string, params: Record<string, unknown>) =>
    new Promise((resolve) => {
      // The worker answers now, the page hears of it later.
      const answer = this.#answer(method, params);
      this.#waiting.push({ latency: this.latency, answer: () => resolve(answer) });
    })) as unknown as Ask;

  grow(rows: number): void {
    for (let added = 0; added < rows; added++) this.ids.push(this.#nextId++);
  }

  drop(rows: number): void {
    this.dropped += this.ids.splice(0, rows).length;
  }

  clear(): void {
    this.ids = [];
    this.dropped = 0;
    this.generation += 1;
  }

  /** What the newest view would show. */
  shown(filter: string): readonly number[] {
    return this.ids.filter((id) => filter === '' || id % 3 === 0);
  }

  announce(log: LogModel): void {
    for (const [viewId, filter] of this.#views) {
      log.heard({ viewId, total: this.shown(filter).length, scanning: false, log: this.#status() });
    }
  }

  /** One turn: what has waited long enough is heard. */
  async turn(): Promise<void> {
    const due = this.#waiting.filter((each) => each.latency <= 1);
    const later = this.#waiting.filter((each) => each.latency > 1);
    this.#waiting.splice(0, Infinity, ...later.map((each) => ({ ...each, latency: each.latency - 1 })));
    for (const { answer } of due) answer();
    await new Promise((resolve) => setImmediate(resolve));
  }

  get isIdle(): boolean {
    return this.#waiting.length === 0;
  }

  #status(): LogStatus {
    const { generation, dropped: droppedFrames } = this;
    return { ...LOG_STATUS, generation, droppedFrames, frames: this.ids.length, messages: this.ids.length };
  }

  #answer(method: string, params: Record<string, unknown>): unknown {
    const { viewId = 0, from = 0, count = 0, id = 0, filter = '' } = params as Record<string, never>;
    const { generation, dropped: droppedFrames } = this;
    if (method === 'viewOpen') {
      const opened = this.#nextView++;
      this.#views.set(opened, filter);
      return { viewId: opened, total: this.shown(filter).length, problems: [] };
    }
    if (method === 'viewClose') {
      this.#views.delete(viewId);
      return null;
    }
    const rows = this.shown(this.#views.get(viewId) ?? '');
    const at = (position: number) => (position >= 0 ? position : null);
    if (method === 'viewRowOf') return { row: at(rows.indexOf(id)), generation, droppedFrames };
    if (method === 'viewFind') return { row: rows.length > from ? from : null, generation, droppedFrames };
    return {
      total: rows.length,
      from,
      generation,
      droppedFrames,
      rows: rows.slice(from, from + count).map((id) => textRow({ id, atMs: id, preview: `row ${id}` })),
    };
  }
}

type Step = readonly [string, (host: Host, log: LogModel) => void];

const grow = (rows: number): Step => [`grow ${rows}`, (host) => host.grow(rows)];
const drop = (rows: number): Step => [`drop ${rows}`, (host) => host.drop(rows)];
const clear: Step = ['clear', (host) => host.clear()];
const announce: Step = ['announce', (host, log) => host.announce(log)];
const filter = (text: string): Step => [`filter ${text}`, (_host, log) => log.show('session', 'messages', text)];
const follow = (on: boolean): Step => [`follow ${on}`, (_host, log) => log.setFollow(on)];
const choose = (at: number): Step => [`choose ${at}`, (_host, log) => log.choose(at, false)];
const scroll = (px: number): Step => [`scroll ${px}`, (_host, log) => log.scrollBy(px)];
const jump = (id: number): Step => [`jump ${id}`, (_host, log) => void log.jump(id)];
const find = (back: boolean): Step => [`find ${back}`, (_host, log) => void log.find('x', back)];
const latency = (turns: number): Step => [`latency ${turns}`, (host) => (host.latency = turns)];

const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.nat({ max: 300 }).map(grow),
  fc.nat({ max: 40 }).map(drop),
  fc.constant(clear),
  fc.constant(announce),
  fc.constantFrom('', 'third').map(filter),
  fc.boolean().map(follow),
  fc.nat({ max: 400 }).map(choose),
  fc.integer({ min: -3000, max: 3000 }).map(scroll),
  fc.nat({ max: 300 }).map(jump),
  fc.boolean().map(find),
  fc.integer({ min: 1, max: 4 }).map(latency),
);

/** Each step, and how many turns pass after it. */
type Script = readonly (readonly [Step, number])[];

async function holds(rows: number, script: Script): Promise<void> {
  const host = new Host();
  host.grow(rows);
  const log = new LogModel(host.ask);
  let shown = '';
  log.resize(400, 20);
  log.show('session', 'messages', shown);
  for (const [[name, step], turns] of script) {
    step(host, log);
    if (name.startsWith('filter ')) shown = name.slice('filter '.length);
    for (let turn = 0; turn < turns; turn++) await host.turn();
  }
  for (let round = 0; round < 3; round++) {
    host.announce(log);
    for (let turn = 0; turn < 60 && !(turn > 4 && host.isIdle); turn++) await host.turn();
  }
  const expected = host.shown(shown);
  assert.equal(log.error, null);
  assert.equal(log.total, expected.length);
  const { first, end } = log.visible();
  assert.equal(end - first >= Math.min(20, expected.length), true, `${first} to ${end} of ${expected.length}`);
  for (let position = first; position < end; position++) {
    assert.equal(log.row(position)?.id, expected[position], `row ${position} of ${first} to ${end}`);
  }
  if (log.follow) assert.equal(end, expected.length);
  // A place that was found while rows in front were dropped is told in a count of its own.
  const names = script.map(([[name]]) => name).join();
  const isCounted = !names.includes('drop') || !/find|jump|choose/.test(names);
  if (isCounted && log.selection.cursor && log.selection.cursor.position >= 0) {
    assert.equal(log.selection.cursor.row?.id, expected[log.selection.cursor.position]);
  }
}

describe('whatever is done with the log, at any rate', () => {
  it('rows that are there are drawn, and none that is gone', async () => {
    const scripts = fc.array(fc.tuple(steps, fc.nat({ max: 3 })), { maxLength: 25 });
    await fc.assert(fc.asyncProperty(fc.nat({ max: 200 }), scripts, holds), { numRuns: 500 });
  });

  const rare: readonly [string, number, Script][] = [
    [
      'rows come that count from where an announcement has told of',
      2,
      [
        [grow(136), 2],
        [drop(1), 1],
        [scroll(-2321), 0],
      ],
    ],
    [
      'an announcement comes before the first rows, which know less',
      116,
      [
        [follow(false), 0],
        [find(false), 1],
        [drop(1), 0],
      ],
    ],
    [
      'a row is chosen and left before it came',
      81,
      [
        [grow(1), 2],
        [choose(0), 0],
        [follow(true), 0],
      ],
    ],
    [
      'what was found counts from elsewhere than the rows at hand',
      84,
      [
        [find(false), 1],
        [drop(12), 1],
        [find(false), 0],
        [announce, 1],
        [drop(7), 0],
        [follow(true), 0],
        [find(false), 0],
      ],
    ],
  ];
  for (const [name, rows, script] of rare) it(`even when ${name}`, () => holds(rows, script));
});
