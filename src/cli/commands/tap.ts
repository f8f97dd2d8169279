import { randomInt, randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { basename, resolve } from 'node:path';
import { plainText } from '../../core/base/plainText.js';
import type { ProbePlan } from '../../core/base/plan.js';
import type { Alert } from '../../core/base/series.js';
import { isToken } from '../../core/handshake/headers.js';
import { ObservedSource } from '../../core/session/observedSource.js';
import {
  authorityFolder,
  howToTrust,
  issueLeaf,
  openAuthority,
  removeAuthority,
} from '../../core/tap/relay/authority.js';
import { Relay } from '../../core/tap/relay/relay.js';
import { TapAlerts, whyNoMemory } from '../../core/tap/relay/tapAlerts.js';
import { aborted } from '../../core/base/stoppable.js';
import { dialectOf } from '../connect/settingsOf.js';
import type { Timestamps } from '../connect/settings.js';
import { checkConnection } from '../effects.js';
import { onInterrupt } from '../interrupt.js';
import type { Io } from '../io.js';
import { type ListenAddress, listening, openWarning, parseListen } from '../listenAddress.js';
import { openOutput, type ObservedOutput, timestampsFor } from '../observed/observedOutput.js';
import { COMMAND_OPTIONS } from '../optionTable.js';
import { optionsOf, parseInteger, parseOptions } from '../options.js';
import { readRecorded } from '../recordings.js';
import { styleFor } from '../render/style.js';
import { plural } from '../render/words.js';
import { withSecretsFile } from '../secrets.js';
import { faultsOf } from '../tap/faults.js';
import { RotatingRecording } from '../tap/rotatingRecording.js';
import { tapSummaryText } from '../tap/summary.js';
import { resolveTarget } from '../target.js';
import { EXIT, usageError } from '../usage.js';
import { eventLines } from '../watch/lines.js';

const OPTIONS = optionsOf(COMMAND_OPTIONS.tap);
/** Whoever reaches a tap. */
const WHO_REACHES_IT = 'reaches the target through this machine, with the credentials that it adds, and is recorded.';
type Values = ReturnType<typeof parseOptions<typeof OPTIONS>>['values'];

/** Relays until it is interrupted. */
export async function tapCommand(argv: readonly string[], io: Io): Promise<number> {
  const { values: given, positionals } = parseOptions(argv, OPTIONS);
  const values = await withSecretsFile(given, io);
  if (positionals.length > 0)
    throw usageError('tap takes its target as an option', `wsprobe tap --target ${positionals[0] ?? ''}`);
  if (values['remove-authority'] === true) {
    if (Object.keys(given).length > 1) throw usageError('--remove-authority goes alone: it forgets, and ends');
    return forgetAuthority(io);
  }
  if (values.target === undefined) throw usageError('tap wants a target', 'wsprobe tap --target ws://127.0.0.1:8080');
  if (values.seed !== undefined && values.faults === undefined)
    throw usageError('--seed has no effect without --faults', '--faults bad-day.jsonc');
  const settings = {
    listen: parseListen('--listen', values.listen ?? '127.0.0.1:0'),
    metrics: values.metrics === undefined ? null : parseListen('--metrics', values.metrics),
    pid: values.pid === undefined ? null : parseInteger('--pid', values.pid, 1, 4_194_304),
    seed: values.seed === undefined ? randomInt(2 ** 31) : parseInteger('--seed', values.seed, 0, 2 ** 32 - 1),
    timestamps: timestampsFor(values),
    removedHeaders: (values['remove-header'] ?? []).map(headerNameOf),
    ...(values.dialect === undefined ? {} : { dialect: dialectOf(values.dialect) }),
  };
  const faults = values.faults === undefined ? [] : await faultsOf(values.faults, io);
  if (faults === null) return EXIT.usage;
  const answers = values['answer-from'] === undefined ? null : await answersOf(values['answer-from'], io);
  const resolved = await resolveTarget(values.target, values, { cwd: io.cwd, env: io.env });
  if (resolved.problems.length > 0) {
    const { writeProblems } = await import('../problems.js');
    writeProblems(resolved, io, values['no-color'] === true);
  }
  if (resolved.plan === null) return EXIT.usage;
  // Where a redirect leads is for its clients to ask.
  checkConnection(values, [{ ...resolved.plan, followRedirects: false }], 'connect');
  return run({ plan: resolved.plan, faults, answers, settings, values, io });
}

function headerNameOf(text: string): string {
  if (!isToken(text)) throw usageError('--remove-header wants the name of a header');
  return text.toLowerCase();
}

interface Tapping {
  readonly plan: ProbePlan;
  readonly faults: NonNullable<Awaited<ReturnType<typeof faultsOf>>>;
  readonly answers: Awaited<ReturnType<typeof answersOf>> | null;
  readonly settings: {
    readonly listen: ListenAddress;
    readonly metrics: ListenAddress | null;
    readonly pid: number | null;
    readonly seed: number;
    readonly timestamps: Timestamps;
    readonly removedHeaders: readonly string[];
    readonly dialect?: string;
  };
  readonly values: Values;
  readonly io: Io;
}

async function run({ answers, faults, io, plan, settings, values }: Tapping): Promise<number> {
  const { listen } = settings;
  const output = await openOutput({ values, timestamps: settings.timestamps, io });
  const { say } = output;
  let hasFailed = false;
  let wasReached = false;
  output.secrets.push(...plan.secrets);
  const source = new ObservedSource({
    sessionId: randomUUID(),
    name: plan.name,
    url: plan.url,
    secrets: output.secrets,
    spillDir: tmpdir(),
    ...(settings.dialect === undefined ? {} : { dialect: settings.dialect }),
    ...(output.listener && values.quiet !== true ? { listener: output.listener } : {}),
    onRecordingError: (error) => {
      hasFailed = true;
      say(error.message);
    },
  });
  const relay = new Relay({
    plan,
    ...listen,
    tls: values.tls === true ? await certificateFor(listen.host, output) : null,
    removedHeaders: settings.removedHeaders,
    faults,
    seed: settings.seed,
    interactive: false,
    vantage: { host: io.host, remote: null },
    source,
    ...(answers ? { answers } : {}),
    onEnd: (report) => {
      wasReached ||= report.response !== null;
      alerts.note(report);
    },
    onFault: (error) => say(`our own fault: ${error instanceof Error ? error.message : String(error)}`),
  });
  const style = styleFor(io, io.stderr, values['no-color'] === true);
  const tellAlert = (alert: Alert) =>
    io.stderr.write(`${eventLines({ kind: 'alert', alert }, alert.at, style).join('\n')}\n`);
  const subject = { target: source.snapshot().url, profile: null };
  const alerts = new TapAlerts({ subject, relay, source, pid: settings.pid, onAlert: tellAlert });
  const interrupt = onInterrupt(io);
  const recording = values.record === undefined ? null : new RotatingRecording(source, resolve(io.cwd, values.record));
  const metrics = settings.metrics === null ? null : await metricsOf(relay, settings.metrics, settings.pid);
  try {
    await recording?.start();
    await output.follow(source);
    const address = await listening(() => relay.start(), listen);
    say(`${address} leads to ${source.snapshot().url}; Ctrl+C ends it`);
    alerts.start();
    const noMemory = await whyNoMemory(settings.pid);
    if (noMemory !== null) say(noMemory);
    const warning = openWarning(address, WHO_REACHES_IT);
    if (warning !== null) say(warning);
    if (faults.length > 0) say(`${plural(faults.length, 'fault')}, --seed ${settings.seed}`);
    if (metrics && settings.metrics) say(`metrics at ${await listening(() => metrics.start(), settings.metrics)}`);
    await aborted(AbortSignal.any([interrupt.signal, output.gone]));
  } finally {
    interrupt.end();
    alerts.stop();
    await relay.stop();
    await metrics?.stop();
    await recording?.end();
    await source.dispose();
    await output.outlet.drained();
    output.outlet.end();
  }
  const summary = relay.summary();
  io.stderr.write(tapSummaryText(summary, relay.figures.lifetimesMs));
  if (hasFailed) return EXIT.failed;
  return wasReached || summary.connections > summary.refused || summary.connections === 0 ? EXIT.ok : EXIT.noConnection;
}

/** What a recording answers with while the server is down. */
async function answersOf(file: string, io: Io) {
  const { conversations, notes } = await readRecorded(file, io.cwd);
  const name = basename(file);
  for (const note of notes) io.stderr.write(`wsprobe: ${plainText(`${name}: ${note}`, 2000)}\n`);
  return { name, conversations };
}

async function certificateFor(
  host: string,
  { say }: ObservedOutput,
): Promise<{ readonly cert: string; readonly key: string }> {
  const authority = await openAuthority(authorityFolder());
  say(howToTrust(authority.path));
  return issueLeaf(authority, host);
}

async function forgetAuthority(io: Io): Promise<number> {
  const folder = authorityFolder();
  const was = await removeAuthority(folder);
  io.stderr.write(
    was ? `wsprobe: forgot ${folder}; take it out of what trusts it, too\n` : 'wsprobe: there was none\n',
  );
  return EXIT.ok;
}

async function metricsOf(relay: Relay, { host, port }: ListenAddress, pid: number | null) {
  const { MetricsServer, TapMetrics } = await import('../../core/tap/relay/tapMetrics.js');
  const metrics = new TapMetrics();
  relay.metrics = metrics;
  return new MetricsServer({ host, port, write: (format) => metrics.write(format, relay.summary(), pid) });
}
