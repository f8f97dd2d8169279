import type { Report, StepResult } from '../../core/base/model.js';
import { stepDetails, stepTitle } from '../../core/text/stepText.js';
import { plainRecord } from '../render/plainReport.js';
import { isFlaky, reasonOf, type RunResult } from '../run/result.js';
import { EXIT } from '../usage.js';

/** What test runners count: a connection, an expectation or a step. */
export interface Case {
  readonly name: string;
  readonly status: 'passed' | 'skipped' | 'failure' | 'error';
  readonly durationMs: number;
  /** Of a failure or an error: what kind, in one sentence, and all else there is to say. */
  readonly type: string;
  readonly message: string;
  readonly details: readonly string[];
}

const PASSED = { status: 'passed', durationMs: 0, type: '', message: '', details: [] } as const;

/** The cases of a result, connection first, each with a name of its own. Harmless for a terminal. */
export function casesOf(result: RunResult): readonly Case[] {
  return distinct(plainRecord(found(result)));
}

function found(result: RunResult): readonly Case[] {
  const { report } = result;
  if (report === undefined) return [connectionOf(result, true)];
  const expectations = expectationsOf(report).map((each) => expectationCase(each, result.exitCode));
  const steps = report.steps.map((row, index) => stepCase(row, index, result.exitCode));
  const checks = [...expectations, ...steps];
  const first = checks.findIndex(({ status }) => status === 'failure');
  const told = checks.map((each, index) => (index === first ? withDiagnosis(each, result) : each));
  return [...connectionsOf(result, report, first === -1), ...told];
}

/** Of several clients each has its own, with its name before it. */
function expectationsOf({ clients = [], expectations }: Report): Report['expectations'] {
  if (clients.length === 0) return expectations;
  return clients.flatMap(({ expectations: own, name: client }) =>
    own.map((each) => ({ ...each, name: `${client}: ${each.name}` })),
  );
}

/** What a check found amiss may have its cause elsewhere: a server that refused its client, say. */
function withDiagnosis(check: Case, result: RunResult): Case {
  const [finding] = result.report?.findings ?? [];
  return finding === undefined
    ? check
    : { ...check, details: [...check.details, '', finding.title, ...detailsOf(result)] };
}

/** One for each client of a conversation of several; what nothing else tells stands at the first. */
function connectionsOf(result: RunResult, report: Report, isUntold: boolean): readonly Case[] {
  const { clients = [] } = report;
  if (clients.length === 0) return [connectionOf(result, isUntold)];
  const broken = Math.max(
    0,
    clients.findIndex(({ error }) => error !== null),
  );
  return clients.map((client, index) => {
    const whole = index === broken ? connectionOf(result, isUntold) : PASSED;
    return { ...whole, name: `connection of ${client.name}`, durationMs: openedAfterMs(client) };
  });
}

/** `isUntold`: whatever failed after the connection is told by no other case. */
function connectionOf(result: RunResult, isUntold: boolean): Case {
  const { exitCode, report } = result;
  const durationMs = report === undefined ? 0 : openedAfterMs(report);
  const base = { ...PASSED, name: 'connection', durationMs };
  if (exitCode === EXIT.ok || (exitCode === EXIT.failed && !isUntold)) return base;
  if (exitCode === EXIT.interrupted) return { ...base, status: 'skipped', message: 'interrupted' };
  const status = exitCode === EXIT.failed ? 'failure' : 'error';
  return { ...base, status, type: typeOf(result), message: reasonOf(result), details: detailsOf(result) };
}

/** Steps have times of their own: a connection's is that until it was open, or failed. */
function openedAfterMs({ phases }: Pick<Report, 'phases'>): number {
  const { durationMs = 0, startMs = 0 } =
    phases.findLast(({ name, status }) => name !== 'message' && name !== 'close' && !NOT_RUN.has(status)) ?? {};
  return startMs + durationMs;
}

const NOT_RUN: ReadonlySet<string> = new Set(['skipped', 'not-reached']);

function typeOf({ report, problems, fault }: RunResult): string {
  if (fault !== undefined) return 'fault';
  if (problems !== undefined) return problems.find(({ severity }) => severity === 'error')?.code ?? 'profile';
  return report.findings[0]?.id ?? report.error?.code ?? report.verdict;
}

function detailsOf({ item, report, problems }: RunResult): readonly string[] {
  if (problems !== undefined)
    return problems.map(
      ({ code, line, character, message, severity }) =>
        `${item.label}:${line + 1}:${character + 1}: ${severity}: ${message} [${code}]`,
    );
  if (report === undefined) return [];
  const [finding] = report.findings;
  if (finding === undefined) return report.error === null ? [] : [report.error.message];
  return [
    finding.explanation,
    ...finding.evidence,
    ...finding.fixes.slice(0, 1).flatMap(({ title, snippet }) => [title, snippet]),
  ].filter((text) => text !== '');
}

function expectationCase({ name, passed, expected, actual }: Report['expectations'][number], exitCode: number): Case {
  // A warning of a run that passes: what ends with 0 has no failures.
  if (passed || exitCode === EXIT.ok) return { ...PASSED, name };
  const message = `expected ${expected}, got ${actual}`;
  return {
    ...PASSED,
    name,
    status: 'failure',
    type: 'expectation',
    message,
    details: [`expected: ${expected}`, `actual:   ${actual}`],
  };
}

function stepCase(row: StepResult, index: number, exitCode: number): Case {
  const base = { ...PASSED, name: `step ${index + 1}: ${stepTitle(row)}`, durationMs: row.durationMs };
  // Without a connection no step was run: the connection is what tells why.
  if (row.status === 'skipped' || (row.status === 'failed' && NOT_BEGUN.has(exitCode))) {
    return { ...base, status: 'skipped' };
  }
  if (exitCode === EXIT.ok) return base;
  if (row.status === 'ok' && row.overBudget === true) {
    const message = `took ${row.durationMs} ms, over its budget of ${row.budgetMs} ms`;
    return { ...base, status: 'failure', type: 'budget', message };
  }
  if (row.status === 'ok') return base;
  const details = stepDetails(row).map(([label, text]) => `${label}: ${text}`);
  return { ...base, status: 'failure', type: row.kind, message: row.error ?? 'failed', details };
}

const NOT_BEGUN: ReadonlySet<number> = new Set([EXIT.usage, EXIT.noConnection]);

/** A name that was there before gets a number. */
function distinct(cases: readonly Case[]): readonly Case[] {
  const known = new Map<string, number>();
  return cases.map((each) => {
    const count = (known.get(each.name) ?? 0) + 1;
    known.set(each.name, count);
    return count === 1 ? each : { ...each, name: `${each.name} (${count})` };
  });
}

/** What a result says beside its cases: it took several tries. */
export function flakyNote(result: RunResult): string | null {
  if (!isFlaky(result)) return null;
  const { failedTries } = result;
  const last = failedTries.at(-1)?.why ?? '';
  return plainRecord(`flaky: passed at try ${failedTries.length + 1}${last === '' ? '' : `, before that: ${last}`}`);
}
