import type { ProbePlan } from '../core/base/plan.js';
import { checkConnection, type Doing } from './effects.js';
import type { Io } from './io.js';
import { plainJson, plainRecord } from './render/plainReport.js';
import { renderProblems } from './render/problems.js';
import { styleFor } from './render/style.js';
import type { ConnectionValues } from './overrides.js';
import { type ResolvedTarget, resolveTarget } from './target.js';

/** What is wrong with a target, on standard error. */
export function writeProblems(resolved: ResolvedTarget, io: Io, noColor: boolean): void {
  if (resolved.problems.length === 0) return;
  const style = styleFor(io, io.stderr, noColor);
  const where = plainRecord(resolved.where);
  io.stderr.write(`${renderProblems(where, resolved.source, resolved.problems, style).join('\n')}\n`);
}

/**
 * A target that can be run. Null where it cannot: what is wrong was told, with `--json` on standard output too. `doing` null: any
 * option may act.
 */
export async function runnableTarget(
  target: string,
  values: ConnectionValues & { readonly json?: boolean; readonly 'no-color'?: boolean },
  io: Io,
  doing: Doing | null = 'connect',
): Promise<(ResolvedTarget & { readonly plan: ProbePlan }) | null> {
  const resolved = await resolveTarget(target, values, io);
  writeProblems(resolved, io, values['no-color'] === true);
  const { file, plan, problems } = resolved;
  if (plan !== null && doing !== null) checkConnection(values, [plan], doing);
  if (plan !== null) return { ...resolved, plan };
  if (values.json === true) io.stdout.write(`${plainJson({ file, problems }, 2)}\n`);
  return null;
}
