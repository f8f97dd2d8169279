import { randomInt } from 'node:crypto';
import { tmpdir } from 'node:os';
import { basename } from 'node:path';
import { formatAuthority, isLoopbackName } from '../../base/address.js';
import { ProbeError } from '../../base/errors.js';
import type { Report } from '../../base/model.js';
import type { ProbePlan } from '../../base/plan.js';
import type { Alert } from '../../base/series.js';
import { aborted } from '../../base/stoppable.js';
import { Redactor } from '../../redaction/redactor.js';
import { ObservedSource } from '../../session/observedSource.js';
import type { TapSummary } from '../../session/tapState.js';
import { authorityFolder, howToTrust, issueLeaf, openAuthority } from './authority.js';
import { Relay } from './relay.js';
import { RelayControl } from './relayControl.js';
import { TapAlerts, whyNoMemory } from './tapAlerts.js';

export interface TapParams {
  readonly plan: ProbePlan;
  /** Under which its log is read. */
  readonly sessionId: string;
  /** As a person knows it. */
  readonly name: string;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Clients come over TLS, by the authority of this machine. */
  readonly tls: boolean;
  /** Null: one by chance. */
  readonly seed: number | null;
  /** A recording that answers while the server is down; null: none. */
  readonly answerFrom: string | null;
  /** Process of the server on this machine, whose memory is watched; null: none is known. */
  readonly pid: number | null;
  /** Where the end of its log is kept for the next window; absent: nowhere. */
  readonly keepTo?: string | null;
  readonly budget: { readonly memoryBytes: number; readonly diskBytes: number };
  readonly vantage: Report['vantage'];
}

export interface TapActs {
  /** Where it listens, and how clients come to trust it where they must. */
  readonly where: () => Promise<{ readonly url: string; readonly trust: string | null }>;
  readonly stop: () => Promise<TapSummary>;
}

/** A failure of ours, after which the relay goes on, or an alert that begins or ends. */
export type TapEvent =
  | { readonly kind: 'failure'; readonly message: string }
  | { readonly kind: 'alert'; readonly alert: Alert };

/** Stands between clients and a server until it is stopped, every connection in one log; gives what has passed. */
export async function tapJob(params: TapParams, emit: (event: TapEvent) => void, signal: AbortSignal) {
  const { answerFrom, budget, host, plan, port, sessionId, tls, vantage } = params;
  const answers = answerFrom === null ? null : await answersOf(answerFrom);
  const authority = tls ? await openAuthority(authorityFolder()) : null;
  const seed = params.seed ?? randomInt(2 ** 31);
  const source = new ObservedSource({
    sessionId,
    name: params.name,
    url: plan.url,
    secrets: [...plan.secrets],
    spillDir: tmpdir(),
    budget,
    dialect: plan.session.dialect,
    ...(plan.decode === undefined ? {} : { decoding: plan }),
  });
  const redactor = new Redactor(source.secrets);
  if (params.keepTo) await source.keep(params.keepTo);
  let control: RelayControl | null = null;
  const relay = new Relay({
    plan,
    host,
    port,
    tls: authority && issueLeaf(authority, host),
    removedHeaders: [],
    faults: [],
    seed,
    interactive: true,
    vantage,
    source,
    ...(answers ? { answers } : {}),
    onHeld: (message, connection) => control?.held(message, connection),
    mayHold: () => control?.mayHold() ?? false,
    onReached: () => control?.reached(),
    onEnd: (report, connection) => control?.ended(report, connection),
    onFault: (error) =>
      emit({ kind: 'failure', message: redactor.text(error instanceof Error ? error.message : String(error)) }),
  });
  const url = await listening(relay, { host, port, source });
  const alerts = new TapAlerts({
    subject: { target: redactor.url(plan.url), profile: params.name },
    relay,
    source,
    pid: params.pid,
    onAlert: (alert) => {
      emit({ kind: 'alert', alert });
      source.touch();
    },
  });
  alerts.start();
  const noMemory = await whyNoMemory(params.pid);
  if (noMemory !== null) source.note(null, noMemory);
  control = new RelayControl({
    relay,
    source,
    alerts,
    plan,
    address: url,
    isOpen: !isLoopback(url),
    seed,
    answersFrom: answerFrom,
  });
  source.control = control;
  for (const note of answers?.notes ?? []) source.note(null, `${answers?.name}: ${note}`);
  const stopping = new AbortController();
  const done = aborted(AbortSignal.any([signal, source.disposed, stopping.signal])).then(async () => {
    alerts.stop();
    await relay.stop();
    source.finish({ code: null, reason: '', initiator: 'network', clean: false, evidence: 'The tap was stopped.' });
    return relay.summary();
  });
  const acts: TapActs = {
    where: () => Promise.resolve({ url, trust: authority && howToTrust(authority.path) }),
    stop: () => {
      stopping.abort();
      return done;
    },
  };
  return { acts, done, source };
}

/** What a recording has to answer with; rejects where it cannot be read. */
async function answersOf(file: string) {
  const { readConversations } = await import('../../record/conversations.js');
  const { openAnyRecording } = await import('../../record/openAny.js');
  const read = await readConversations(await openAnyRecording(file));
  const name = basename(file);
  if (read.conversations.length > 0) return { name, ...read };
  throw new ProbeError('tap.no-answers', `${name} holds no connection.`, {
    hint: 'Record one that is answered first.',
  });
}

async function listening(
  relay: Relay,
  { host, port, source }: Pick<TapParams, 'host' | 'port'> & { readonly source: ObservedSource },
): Promise<string> {
  try {
    return await relay.start();
  } catch (error) {
    await source.dispose();
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new ProbeError('tap.listen', `Cannot listen on ${formatAuthority(host, port)} (${code}).`, {
      hint: 'Port 0 takes a free one.',
      cause: error,
    });
  }
}

function isLoopback(url: string): boolean {
  return isLoopbackName(new URL(url).hostname.replace(/^\[|\]$/g, ''));
}
