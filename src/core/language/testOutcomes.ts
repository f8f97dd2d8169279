import type { Report, StepResult } from '../base/model.js';
import { failureLines } from '../text/problemLines.js';
import { stepTitle } from '../text/stepText.js';
import type { TestNode } from './tests.js';

export interface TestOutcome {
  /** Null: the profile as a whole. */
  readonly id: string | null;
  readonly status: 'passed' | 'failed' | 'skipped';
  readonly durationMs: number;
  /** Of a failure. */
  readonly message: string;
  readonly expected: string | null;
  readonly actual: string | null;
  /** Where it failed, from 0. */
  readonly line: number;
}

/** What a report says of a profile and of each of its nodes; a step is found by its line. */
export function testOutcomes(nodes: readonly TestNode[], report: Report): readonly TestOutcome[] {
  const found = outcomesOfAll(nodes, report.steps);
  const whole = { id: null, durationMs: report.durationMs, line: 0, ...comparison(report) };
  if (report.verdict !== 'down') return [{ ...whole, status: 'passed', message: '' }, ...found];
  const [first] = failureLines(report);
  return [{ ...whole, status: 'failed', message: first?.message ?? '', line: (first?.line ?? 1) - 1 }, ...found];
}

/** What came of steps in a session. */
export interface SessionRun {
  /** Of its connection; null where none is known. */
  readonly report: Report | null;
  readonly isOpen: boolean;
  readonly rows: readonly StepResult[];
}

/** The same of steps that ran in a session, which stands where they ended. */
export function sessionOutcomes(
  nodes: readonly TestNode[],
  { report, isOpen, rows }: SessionRun,
): readonly TestOutcome[] {
  const found = outcomesOfAll(nodes, rows);
  const durationMs = rows.reduce((sum, row) => sum + row.durationMs, report?.durationMs ?? 0);
  const whole = { id: null, durationMs, line: 0, message: '', expected: null, actual: null };
  if (!isOpen) {
    const why = report && failureLines(report)[0]?.message;
    return [{ ...whole, status: 'failed', message: why || 'The connection ended before the first step.' }, ...found];
  }
  const failed = rows.find(({ status }) => status === 'failed');
  if (!failed) return [{ ...whole, status: 'passed' }, ...found];
  const { error, line = 1, expected = null, actual = null } = failed;
  const message = `${stepTitle(failed)}: ${error ?? 'failed'}\nThe session stands at this step.`;
  return [{ ...whole, status: 'failed', message, line: line - 1, expected, actual }, ...found];
}

/** Which of the steps at the top, counted from 1, is the last that some nodes name; null where they name none. */
export function lastStepOf(ids: readonly string[]): number | null {
  const steps = ids.flatMap((id) => /^step (\d+)/.exec(id)?.[1] ?? []).map(Number);
  return steps.length === 0 ? null : Math.max(...steps);
}

/** What the first expectation that failed had expected and got. */
function comparison({ expectations }: Report): Pick<TestOutcome, 'expected' | 'actual'> {
  const failed = expectations.find(({ passed }) => !passed);
  return { expected: failed?.expected ?? null, actual: failed?.actual ?? null };
}

function outcomesOfAll(nodes: readonly TestNode[], rows: readonly StepResult[]): readonly TestOutcome[] {
  const byLine = new Map<number, StepResult[]>();
  for (const row of rows) pushTo(byLine, row.line ?? 0, row);
  return nodes.flatMap((node) => outcomesOf(node, byLine));
}

function outcomesOf(node: TestNode, byLine: ReadonlyMap<number, readonly StepResult[]>): readonly TestOutcome[] {
  const below = node.children.flatMap((child) => outcomesOf(child, byLine));
  if (node.children.length > 0) return [together(node, below), ...below];
  const rows = byLine.get(node.line + 1) ?? [];
  const failed = rows.find(({ status }) => status === 'failed');
  const row = failed ?? rows.find(({ status }) => status === 'ok');
  const durationMs = rows.reduce((sum, each) => sum + each.durationMs, 0);
  const told = { expected: failed?.expected ?? null, actual: failed?.actual ?? null, message: failed?.error ?? '' };
  const status = failed ? 'failed' : row ? 'passed' : 'skipped';
  return [{ id: node.id, status, durationMs, line: node.line, ...told }];
}

/** A client, or a repeat: as well as what it holds. */
function together({ id, line }: TestNode, below: readonly TestOutcome[]): TestOutcome {
  const failed = below.find(({ status }) => status === 'failed');
  const durationMs = below.reduce((sum, each) => sum + each.durationMs, 0);
  const status = failed ? 'failed' : below.some((each) => each.status === 'passed') ? 'passed' : 'skipped';
  const { message = '', expected = null, actual = null } = failed ?? {};
  return { id, status, durationMs, message, expected, actual, line: failed?.line ?? line };
}

function pushTo<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
