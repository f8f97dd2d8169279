import { deepStrictEqual, match, strictEqual, throws } from 'node:assert/strict';
import { ProbeError } from '../../../src/core/base/errors.js';
import type { Report, Verdict } from '../../../src/core/base/model.js';
import type { Problem } from '../../../src/core/profile/profile.js';
import { messageOf } from '../../../src/host/errorText.js';
import { type ProfileTask, readTask } from '../../../src/core/language/taskDefinition.js';
import { runTask } from '../../../src/core/language/taskRun.js';

const TASK: ProfileTask = { profile: 'a.wsprobe', environment: null, waitMs: null };

function report(verdict: Verdict, upgrade = 'ok'): Report {
  const findings = verdict === 'healthy' ? [] : [{ id: 'tcp.refused', title: 'Refused' }];
  const phases = [{ name: 'upgrade', status: upgrade, detail: { open: upgrade === 'ok' } }];
  return { name: 'A', verdict, durationMs: 5, phases, steps: [], findings, error: null } as unknown as Report;
}

/** Runs a task over these reports, one a probe; its clock is moved by its pauses alone. */
async function run(
  task: ProfileTask,
  reports: readonly (Report | Error)[],
  more: { endAt?: number; problems?: Problem[] } = {},
) {
  const printed: string[] = [];
  const kept: boolean[] = [];
  const pauses: number[] = [];
  let now = 0;
  let probes = 0;
  const code = await runTask(task, {
    probe: (isLast) => {
      const next = reports[probes++] ?? reports.at(-1);
      if (next === undefined || next instanceof Error) return Promise.reject(next ?? new Error('no report'));
      kept.push(isLast(next));
      return Promise.resolve(next);
    },
    problems: () => Promise.resolve(more.problems ?? []),
    tell: messageOf,
    print: (line) => printed.push(line),
    now: () => now,
    pause: (ms) => {
      now += ms;
      pauses.push(ms);
      return Promise.resolve(pauses.length !== more.endAt);
    },
  });
  return { code, printed, kept, pauses, probes };
}

describe('the task of a profile', () => {
  for (const [verdict, upgrade, code] of [
    ['healthy', 'ok', 0],
    ['degraded', 'ok', 0],
    ['down', 'ok', 1],
    ['down', 'failed', 3],
  ] as const) {
    it(`probes once and ends with ${code} when it is ${verdict} and the upgrade ${upgrade}`, async () => {
      const { probes, ...ended } = await run(TASK, [report(verdict, upgrade)]);
      strictEqual(probes, 1);
      strictEqual(ended.code, code);
      deepStrictEqual(ended.kept, [true]);
      strictEqual(
        ended.printed.filter((line) => line.startsWith('a.wsprobe:1:1: ')).length,
        code === 0 && verdict === 'healthy' ? 0 : 1,
      );
    });
  }

  it('waits until it is healthy, prints no error meanwhile and keeps the last report alone', async () => {
    const down = report('down', 'failed');
    const { code, printed, kept, pauses } = await run({ ...TASK, waitMs: 60_000 }, [
      down,
      down,
      down,
      down,
      down,
      report('healthy'),
    ]);
    strictEqual(code, 0);
    deepStrictEqual(pauses, [250, 500, 1000, 2000, 2000]);
    deepStrictEqual(kept, [false, false, false, false, false, true]);
    deepStrictEqual(
      printed.filter((line) => line.includes(': error: ')),
      [],
    );
  });

  it('waits no longer than it may, and then says what is wrong', async () => {
    const { code, printed, pauses, kept } = await run({ ...TASK, waitMs: 2000 }, [report('down', 'failed')]);
    strictEqual(code, 3);
    deepStrictEqual(pauses, [250, 500, 1000, 250]);
    deepStrictEqual(kept, [false, false, false, false, true]);
    strictEqual(printed.at(-1), 'a.wsprobe:1:1: error: Refused [tcp.refused]');
  });

  it('ends when it is ended', async () => {
    const { code, probes } = await run({ ...TASK, waitMs: 60_000 }, [report('down')], { endAt: 2 });
    deepStrictEqual([code, probes], [130, 2]);
  });

  it('does not wait for a profile to become one: it says at once where it is wrong', async () => {
    const wrong = new ProbeError('profile.invalid', 'a:2:3: no');
    const place = {
      severity: 'error',
      code: 'unknown-key',
      message: 'no',
      line: 1,
      character: 2,
      offset: 9,
      length: 1,
    } as const;
    const { code, printed, probes } = await run({ ...TASK, waitMs: 60_000 }, [wrong], { problems: [place] });
    deepStrictEqual([code, probes, printed], [2, 1, ['a.wsprobe:2:3: error: no [unknown-key]']]);
  });

  it('says why a file that is gone cannot run', async () => {
    const gone = new ProbeError('profile.unreadable', 'The profile a cannot be read.', {
      hint: 'Check that it is there.',
    });
    const { code, printed } = await run(TASK, [gone]);
    deepStrictEqual(printed, [
      'a.wsprobe:1:1: error: The profile a cannot be read. Check that it is there. [profile.unreadable]',
    ]);
    strictEqual(code, 2);
  });
});

describe('a task of tasks.json', () => {
  it('is read with its defaults', () => {
    deepStrictEqual(readTask({ type: 'wsprobe', profile: 'a.wsprobe' }), TASK);
    deepStrictEqual(readTask({ profile: 'a', environment: 'e', waitUntil: 'healthy' }), {
      profile: 'a',
      environment: 'e',
      waitMs: 60_000,
    });
    strictEqual(readTask({ profile: 'a', waitUntil: 'healthy', timeoutMs: 5 }).waitMs, 5);
  });

  for (const wrong of [
    {},
    { profile: '' },
    { profile: 'a', environment: 1 },
    { profile: 'a', waitUntil: 'up' },
    { profile: 'a', timeoutMs: -1 },
  ]) {
    it(`is refused as ${JSON.stringify(wrong)}`, () =>
      throws(
        () => readTask(wrong),
        (error: Error) => (match(error.message, /^tasks\.json: /), true),
      ));
  }
});
