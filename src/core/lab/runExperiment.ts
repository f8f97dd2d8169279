import { hostname } from 'node:os';
import {
  EXPERIMENT_SCHEMA,
  type Experiment,
  type ExperimentName,
  type ExperimentProgress,
} from '../base/experiment.js';
import { toThousandths } from '../base/clock.js';
import { ProbeError } from '../base/errors.js';
import { jsonPathError } from '../base/jsonPath.js';
import type { ProbePlan } from '../base/plan.js';
import { plainText } from '../base/plainText.js';
import { formatLimit } from '../text/durations.js';
import { Redactor } from '../redaction/redactor.js';
import type { Network } from '../transport/network.js';
import { Bench } from './bench.js';
import { EXPERIMENTS, type ExperimentEntry, USUAL_BOUND_MS } from './experiments.js';
import type { ExperimentSettings, SettingName } from '../base/experimentFacts.js';
import type { ExperimentResult } from './result.js';

export interface ExperimentOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ExperimentProgress) => void;
  /** The machine it leaves from; this one by default. */
  readonly host?: string;
  readonly remote?: string | null;
  readonly network?: Network;
}

/** How much longer than its time an experiment may take: to open, to measure once more, to close. */
const GRACE = { factor: 3, ms: 60_000, perConnectionMs: 200 };

/**
 * Runs an experiment to its end, to its bound, or until `signal` aborts, and tells what it found by then. Never rejects for what a
 * peer does; settings that it does not take, or a profile that cannot be used, are a `ProbeError` before anything is sent.
 */
export async function runExperiment(
  name: ExperimentName,
  plan: ProbePlan,
  asked: ExperimentSettings,
  options: ExperimentOptions = {},
): Promise<Experiment> {
  if (!Object.hasOwn(EXPERIMENTS, name)) throw usage(`there is no experiment ${plainText(name, 80)}`);
  const entry = EXPERIMENTS[name];
  const settings = settingsFor(name, entry, asked);
  const body = await entry.load();
  const startedAt = new Date().toISOString();
  const vantage = { host: options.host ?? hostname(), remote: options.remote ?? null };
  const boundMs = entry.forMs ? graceful(settings) : USUAL_BOUND_MS;
  const { network, onProgress, signal } = options;
  const bench = new Bench(plan, { settings, boundMs, vantage, network, onProgress, signal });
  try {
    await bench.prepare();
    const result = await body(bench);
    const durationMs = bench.clock();
    await bench.end();
    return recordOf(name, bench, result, { startedAt, vantage, durationMs, isCancelled: signal?.aborted === true });
  } finally {
    await bench.end();
  }
}

function graceful({ connections, forMs }: Bench['settings']): number {
  return forMs * GRACE.factor + connections * GRACE.perConnectionMs + GRACE.ms;
}

/** The settings with their defaults. One that is out of bounds, is missing or has no effect is a `ProbeError` (`usage`). */
export function settingsFor(
  name: ExperimentName,
  { connections, forMs, needs, takes }: Pick<ExperimentEntry, 'connections' | 'forMs' | 'needs' | 'takes'>,
  asked: ExperimentSettings,
): Bench['settings'] {
  const known = new Set<string>([...takes, ...(connections ? ['connections'] : []), ...(forMs ? ['forMs'] : [])]);
  for (const key of Object.keys(asked) as SettingName[]) {
    if (asked[key] !== undefined && !known.has(key)) throw usage(`lab ${name} has no use for ${OPTION_OF[key]}`);
  }
  if (needs && asked[needs] === undefined) throw usage(`lab ${name} wants ${OPTION_OF[needs]}`);
  const wrong = asked.jsonPath === undefined ? null : jsonPathError(asked.jsonPath);
  if (wrong !== null) throw usage(`--json-path: ${wrong}`);
  return {
    ...asked,
    connections: bounded(asked.connections, connections, `lab ${name} --connections`),
    forMs: bounded(asked.forMs, forMs, `lab ${name} --for`),
  };
}

const OPTION_OF: Readonly<Record<SettingName, string>> = {
  connections: '--connections',
  forMs: '--for',
  jsonPath: '--json-path',
  responseHeader: '--response-header',
  pid: '--pid',
};

function bounded(value: number | undefined, bound: ExperimentEntry['forMs'], what: string): number {
  if (!bound) return 0;
  if (value === undefined) return bound.usual;
  if (value >= bound.least && value <= bound.most) return value;
  const told = what.endsWith('--for') ? formatLimit : String;
  throw usage(`${what} wants ${told(bound.least)} to ${told(bound.most)}`);
}

function usage(message: string): ProbeError {
  return new ProbeError('usage', message);
}

interface Circumstances extends Pick<Experiment, 'startedAt' | 'vantage' | 'durationMs'> {
  readonly isCancelled: boolean;
}

function recordOf(
  experiment: ExperimentName,
  bench: Bench,
  found: ExperimentResult,
  { isCancelled, ...rest }: Circumstances,
): Experiment {
  const { failed, opened, plan, unfit } = bench;
  const redactor = new Redactor([...plan.secrets, ...bench.secrets]);
  const result =
    opened === 0 ? notConnected(bench, found, isCancelled) : opened === unfit.length ? notFit(bench, found) : found;
  const { conclusion, findings, numbers, verdict } = redactor.deep(result);
  const stopped = isCancelled ? 'It was interrupted.' : bench.ranOut ? 'Its time ran out.' : null;
  return {
    schema: EXPERIMENT_SCHEMA,
    experiment,
    name: plan.name === plan.url ? redactor.url(plan.url) : redactor.text(plan.name),
    url: redactor.url(plan.url),
    ...rest,
    connections: { opened, failed },
    // What was not seen to its end has not passed.
    verdict: stopped !== null && verdict === 'pass' ? 'warn' : verdict,
    conclusion: plainText(conclusion, 500),
    numbers: roundedNumbers(numbers),
    findings,
    runs: bench.rows.map((row) => redactor.deep({ ...row, note: plainText(row.note, 300) })),
    stopped,
  };
}

/** Whatever the experiment made of nothing: why there was nothing. */
function notConnected(
  { failed, failureFindings }: Bench,
  found: ExperimentResult,
  isCancelled: boolean,
): ExperimentResult {
  const [headline] = failureFindings;
  const because = headline ? `: ${headline.title.charAt(0).toLowerCase()}${headline.title.slice(1)}` : '.';
  const conclusion =
    isCancelled && failed === 0 ? 'Stopped before a connection was open.' : `No connection opened${because}`;
  return { ...found, verdict: 'fail', conclusion, findings: failureFindings };
}

/** Every connection opened, and none got as far as the experiment. */
function notFit({ unfit: [first = ''] }: Bench, found: ExperimentResult): ExperimentResult {
  const conclusion = `What the profile says first failed on every connection: ${first.replace(/\.$/, '')}.`;
  return { ...found, verdict: 'fail', conclusion, findings: [] };
}

function roundedNumbers(numbers: Experiment['numbers']): Experiment['numbers'] {
  return Object.fromEntries(
    Object.entries(numbers).map(([key, value]) => [
      key,
      value === null || !Number.isFinite(value) ? null : toThousandths(value),
    ]),
  );
}
