import { plainText } from '../../core/base/plainText.js';
import type { runProbe } from '../../core/probe/runProbe.js';
import type { Io } from '../io.js';
import type { ConnectionValues } from '../overrides.js';
import { writeProblems } from '../problems.js';
import { invalidTarget, resolveTarget, type ResolvedTarget } from '../target.js';
import { EXIT, isBadInput } from '../usage.js';
import type { RunItem } from './item.js';
import { lineOf } from './line.js';
import { exitCodeOfOutcome, type FailedTry, type Outcome, reasonOf, type RunResult } from './result.js';

export interface RunSettings {
  readonly values: Omit<ConnectionValues, 'env'>;
  readonly strict: boolean;
  readonly noColor: boolean;
  /** How often a failed probe is tried again. */
  readonly retry: number;
  /** `runProbe`, or one that is traced. */
  readonly probe: typeof runProbe;
}

/** Whatever becomes of one, the others are reported: never rejects. A profile with problems is not tried again. */
export async function runItem(item: RunItem, settings: RunSettings, signal: AbortSignal, io: Io): Promise<RunResult> {
  const failedTries: FailedTry[] = [];
  for (;;) {
    const startedMs = io.now();
    const { outcome, source } = await tryItem(item, settings, failedTries.length === 0, signal, io);
    const exitCode = exitCodeOfOutcome(outcome, settings.strict);
    const mayPass = exitCode === EXIT.failed || exitCode === EXIT.noConnection;
    if (!mayPass || failedTries.length >= settings.retry || signal.aborted)
      return { item, ...outcome, exitCode, failedTries, line: lineOf(outcome, source, item.environment) };
    const durationMs = outcome.report?.durationMs ?? io.now() - startedMs;
    failedTries.push({ exitCode, durationMs, why: plainText(reasonOf(outcome), 2000) });
  }
}

interface Tried {
  readonly outcome: Outcome;
  readonly source: string | null;
}

async function tryItem(
  item: RunItem,
  { probe, values, noColor }: RunSettings,
  isFirst: boolean,
  signal: AbortSignal,
  io: Io,
): Promise<Tried> {
  const { environment, iteration, label, target } = item;
  const tells = isFirst && iteration === 1;
  const invalid = (resolved: ResolvedTarget): Tried => {
    if (tells) writeProblems({ ...resolved, where: whereOf(resolved, environment) }, io, noColor);
    return { outcome: { problems: resolved.problems }, source: resolved.source };
  };
  if (item.unreadable !== null) return invalid(invalidTarget(label, 'unreadable-file', item.unreadable));
  try {
    const chosen = environment === null ? values : { ...values, env: environment };
    const resolved = await resolveTarget(target, chosen, { cwd: io.cwd, env: io.env, signal });
    if (resolved.plan === null) return invalid(resolved);
    if (tells) writeProblems(resolved, io, noColor);
    const report = await probe(resolved.plan, { signal, host: io.host, remote: null });
    return { outcome: { report }, source: resolved.source };
  } catch (error) {
    if (isBadInput(error)) return invalid(invalidTarget(label, error.code, error.message));
    const message = plainText(error instanceof Error ? error.message : String(error), 2000);
    if (tells) io.stderr.write(`wsprobe: our own fault with ${plainText(label, 2000)}: ${message}\n`);
    return { outcome: { fault: { message } }, source: null };
  }
}

/** A place in the text is the same in every environment; a problem without one says where it was met. */
function whereOf({ source, where }: ResolvedTarget, environment: string | null): string {
  return source === null && environment !== null ? `${where} [${environment}]` : where;
}
