import { Redactor } from '../../core/redaction/redactor.js';
import type { WatchTarget } from '../../core/watch/watch.js';
import { jsonPathError } from '../../core/base/jsonPath.js';
import type { ProbePlan } from '../../core/base/plan.js';
import { checkConnection, type Effect, refuseIdle } from '../effects.js';
import type { Io } from '../io.js';
import { COMMAND_OPTIONS } from '../optionTable.js';
import { optionsOf, parseDuration, parseInteger, type parseOptions } from '../options.js';
import { writeProblems } from '../problems.js';
import { findTargets } from '../profiles.js';
import { checkOptions, invalidTarget, resolveTarget } from '../target.js';
import { usageError } from '../usage.js';

export const WATCH_OPTIONS = optionsOf(COMMAND_OPTIONS.watch);

export type WatchValues = ReturnType<typeof parseOptions<typeof WATCH_OPTIONS>>['values'];

export interface WatchSettings {
  readonly everyMs: number | null;
  readonly count: number | null;
  readonly forMs: number | null;
  readonly held: boolean;
  readonly sequence: string | null;
  readonly history: string | null;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly noColor: boolean;
}

/** More would not be looked at in time by one process. */
const MAX_TARGETS = 1_000;
const MAX_COUNT = 1_000_000_000;

export function settingsOf(values: WatchValues): WatchSettings {
  return {
    everyMs: values.every === undefined ? null : atLeastOne('--every', values.every),
    count: values.count === undefined ? null : parseInteger('--count', values.count, 1, MAX_COUNT),
    forMs: values.for === undefined ? null : atLeastOne('--for', values.for),
    held: values.held === true,
    sequence: jsonPathIn(values['json-path']),
    history: values.history ?? null,
    json: values.json === true,
    quiet: values.quiet === true,
    noColor: values['no-color'] === true,
  };
}

function jsonPathIn(path: string | undefined): string | null {
  if (path === undefined) return null;
  const error = jsonPathError(path);
  if (error !== null) throw usageError(`--json-path ${path} is no JSON path: ${error}`, "--json-path '$.seq'");
  return path;
}

function atLeastOne(option: string, text: string): number {
  const ms = parseDuration(option, text);
  if (ms < 1) throw usageError(`${option} wants more than nothing`);
  return ms;
}

const isHeld = ({ watch }: ProbePlan): boolean => watch.hold;
const someProbed = (plans: readonly ProbePlan[]): boolean => !plans.every(isHeld);

const OF_WATCHES: readonly Effect<WatchValues, readonly ProbePlan[]>[] = [
  ['json-path', (plans) => plans.some(isHeld), '--held: numbers are followed on a connection that stays'],
  ...(['otlp', 'send', 'expect', 'samples', 'expect-subprotocol', 'hold', 'no-ping'] as const).map(
    (name): Effect<WatchValues, readonly ProbePlan[]> => [
      name,
      someProbed,
      'probes, and --held makes none: it holds one connection',
    ],
  ),
];

/** All that is to be watched; null, with the problems told, where one of it cannot be. */
export async function targetsOf(
  names: readonly string[],
  values: WatchValues,
  { everyMs, held, noColor, sequence }: WatchSettings,
  io: Io,
): Promise<readonly WatchTarget[] | null> {
  if (names.length === 0)
    throw usageError('watch wants files, folders or URLs', 'wsprobe watch wss://example.com/socket');
  checkOptions(values, io.cwd);
  const found = await findTargets(names, io.cwd);
  if (found.length === 0) throw usageError(`no .wsprobe file in ${names.join(', ')}`);
  if (found.length > MAX_TARGETS)
    throw usageError(`${found.length} targets are more than one process watches (${MAX_TARGETS})`);
  const targets: WatchTarget[] = [];
  for (const { isUrl, label, target, unreadable } of found) {
    const resolved =
      unreadable === null
        ? await resolveTarget(target, values, { cwd: io.cwd, env: io.env })
        : invalidTarget(label, 'unreadable-file', unreadable);
    writeProblems(resolved, io, noColor);
    if (resolved.plan === null) continue;
    const { plan } = resolved;
    const watch = {
      ...plan.watch,
      everyMs: everyMs ?? plan.watch.everyMs,
      hold: held || plan.watch.hold,
      sequence: sequence ?? plan.watch.sequence,
    };
    targets.push({ plan: { ...plan, watch }, profile: isUrl ? null : new Redactor(plan.secrets).text(label) });
  }
  if (targets.length < found.length) return null;
  const plans = targets.map(({ plan }) => plan);
  refuseIdle(values, OF_WATCHES, plans);
  checkConnection(values, plans, plans.some(isHeld) ? 'connect' : 'probe');
  return targets;
}
