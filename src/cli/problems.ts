import type { Io } from './io.js';
import { plainRecord } from './render/plainReport.js';
import { renderProblems } from './render/problems.js';
import { styleFor } from './render/style.js';
import type { ResolvedTarget } from './target.js';

/** What is wrong with a target, on standard error. */
export function writeProblems(resolved: ResolvedTarget, io: Io, noColor: boolean): void {
  if (resolved.problems.length === 0) return;
  const style = styleFor(io, io.stderr, noColor);
  const where = plainRecord(resolved.where);
  io.stderr.write(`${renderProblems(where, resolved.source, resolved.problems, style).join('\n')}\n`);
}
