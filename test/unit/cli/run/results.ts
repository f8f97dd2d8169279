import type { RunEnd, RunHead, ReporterOptions } from '../../../../src/cli/reporters/reporter.js';
import { REPORTERS, type ReporterName } from '../../../../src/cli/reporters/table.js';
import { createStyle } from '../../../../src/cli/render/style.js';
import type { RunItem } from '../../../../src/cli/run/item.js';
import { exitCodeOfOutcome, type Outcome, type RunResult } from '../../../../src/cli/run/result.js';
import type { StepResult } from '../../../../src/core/base/model.js';
import { Tally } from '../../../../src/cli/run/tally.js';
import type { Problem } from '../../../../src/core/profile/profile.js';
import { frame, report, STARTED_AT } from '../../../support/reports.js';
import { notWebSocket, rejectedAfterOpen, healthyEcho } from '../fixtures.js';

export function item(changes: Partial<RunItem> = {}): RunItem {
  const file = changes.file === undefined ? 'checks/orders.wsprobe' : changes.file;
  const label = file ?? 'wss://example.com/socket';
  return { target: label, label, file, environment: null, iteration: 1, unreadable: null, ...changes };
}

export function result(
  outcome: Outcome,
  changes: Partial<Omit<RunResult, 'item'>> & { readonly item?: Partial<RunItem> } = {},
): RunResult {
  const { item: about = {}, ...more } = changes;
  const exitCode = exitCodeOfOutcome(outcome, false);
  return { failedTries: [], line: null, ...outcome, exitCode, ...more, item: item(about) } as RunResult;
}

export const STEPS: readonly StepResult[] = [
  { name: 'join', client: 'alice', kind: 'send', status: 'ok', startMs: 61, durationMs: 0.2, error: null, line: 8 },
  { name: 'joined', client: 'bob', kind: 'expect', status: 'ok', startMs: 61.2, durationMs: 3.4, error: null, line: 9 },
  {
    name: 'the order is confirmed',
    client: 'bob',
    kind: 'expect',
    status: 'failed',
    startMs: 64.6,
    durationMs: 3000.4,
    error: 'No message matched within 3 s.',
    line: 10,
    expected: '{"type":"confirmed","order":{"id":42,"total":"19.90"}}',
    actual: '{"type":"confirmed","order":{"id":42,"total":"19.9"}}',
    differences: [{ path: '$.order.total', expected: '"19.90"', actual: '"19.9"' }],
    passedOver: 2,
    frames: [
      frame(4, 61, 'sent', 1, '{"type":"join","room":"r1"}'),
      frame(5, 64.2, 'received', 1, '{"type":"joined"}'),
      frame(6, 90.1, 'received', 1, '{"type":"confirmed","order":{"id":42,"total":"19.9"}}'),
    ],
  },
  { name: 'bye', client: 'alice', kind: 'close', status: 'skipped', startMs: 0, durationMs: 0, error: null, line: 11 },
];

export const conversation = report({
  name: 'Orders, from join to confirmation',
  durationMs: 3080.2,
  verdict: 'down',
  phases: healthyEcho.phases,
  steps: STEPS,
  error: { code: 'step', message: 'Step 3 failed: no message matched within 3 s.', phase: 'message' },
});

export const problem: Problem = {
  severity: 'error',
  code: 'unknown-key',
  message: 'There is no key "hedders". Did you mean "headers"?',
  line: 3,
  character: 2,
  offset: 40,
  length: 9,
};

/** One of each kind. */
export const RESULTS: readonly RunResult[] = [
  result({ report: healthyEcho }, { item: { file: 'checks/a.wsprobe' } }),
  result({ report: conversation }, { item: { file: 'checks/b.wsprobe', environment: 'staging' }, line: 10 }),
  result({ report: notWebSocket }, { item: { file: null } }),
  result({ report: rejectedAfterOpen }, { item: { file: 'checks/c.wsprobe' }, line: 4 }),
  result({ problems: [problem] }, { item: { file: 'checks/d.wsprobe' }, line: 4 }),
  result({ fault: { message: 'the disk is full' } }, { item: { file: 'checks/e.wsprobe' } }),
  result(
    { report: healthyEcho },
    {
      item: { file: 'checks/f.wsprobe' },
      failedTries: [{ exitCode: 3, durationMs: 12, why: 'Nothing listens on orders.example.com:443.' }],
    },
  ),
];

export const HEAD: RunHead = {
  total: RESULTS.length,
  repeat: 1,
  environments: [null],
  titleColumns: 26,
  startedAt: STARTED_AT,
  host: 'build-7',
};

export const OPTIONS: ReporterOptions = {
  style: createStyle({ width: 100, unicode: true, colour: false }),
  verbose: false,
  quiet: false,
};

/** What a reporter writes about a run. */
export async function told(
  name: ReporterName,
  results: readonly RunResult[] = RESULTS,
  {
    head = {},
    end = {},
    options = {},
  }: { head?: Partial<RunHead>; end?: Partial<RunEnd>; options?: Partial<ReporterOptions> } = {},
): Promise<string> {
  let text = '';
  const stream = { write: async (piece: string) => void (text += piece) };
  const reporter = REPORTERS[name](stream, { ...OPTIONS, ...options });
  const tally = new Tally();
  const notRun = [...(end.notRun ?? [])];
  const total = results.length + notRun.length;
  await reporter.begin({ ...HEAD, total, ...head });
  for (const each of results) {
    tally.add(each);
    await reporter.result(each);
  }
  const interrupted = end.interrupted ?? false;
  await reporter.end({ summary: tally.summary(total, 4_200, interrupted), interrupted, notRun });
  return text;
}
