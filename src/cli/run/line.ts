import { nodeAt, readJsonc } from '../../core/profile/jsonc.js';
import type { Outcome } from './result.js';

/** The line of the profile, from 1, that has to do with what went wrong: the step, the expectations, or the address. */
export function lineOf(outcome: Outcome, source: string | null, environment: string | null): number | null {
  if (source === null) return null;
  const { problems, report } = outcome;
  if (problems !== undefined) {
    const first = problems.find(({ severity }) => severity === 'error') ?? problems[0];
    return first === undefined ? null : first.line + 1;
  }
  if (report === undefined || (report.verdict === 'healthy' && report.findings.length === 0)) return null;
  const rows = report.steps;
  const failed = rows.findIndex(({ status }) => status === 'failed');
  const row = rows[failed];
  if (row?.line !== undefined) return row.line;
  const root = readJsonc(source).root ?? undefined;
  const missed = report.expectations.some(({ passed }) => !passed);
  const keys = [...(row === undefined ? [] : ['steps']), ...(missed ? ['expect'] : []), 'url'];
  const own = environment === null ? undefined : nodeAt(root, 'environments', environment);
  const node = keys.map((key) => nodeAt(own, key) ?? nodeAt(root, key)).find((each) => each !== undefined);
  return node === undefined ? 1 : source.slice(0, node.offset).split('\n').length;
}
