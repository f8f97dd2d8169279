import type * as Diagnose from '../diagnosis/diagnose.js';
import type { Evidence, Failure, PingEvidence, SessionEvidence, StreamEvidence } from '../base/evidence.js';
import { quoteText } from '../base/plainText.js';
import { toFrameRecord } from '../frames/frameRecord.js';
import type { RequestHead } from '../handshake/handshake.js';
import { headerValue } from '../handshake/headers.js';
import {
  type CredentialsInfo,
  type FrameRecord,
  type Look,
  type ProxyInfo,
  REPORT_SCHEMA,
  type Report,
  type ReportError,
  type RequestInfo,
  type ResponseInfo,
  type RoundTripMode,
  type StepResult,
  type Verdict,
} from '../base/model.js';
import { Redactor } from '../redaction/redactor.js';
import type { ProxyRoute } from '../base/plan.js';
import { proxyUrl } from '../profile/proxyUrl.js';
import { toThousandths } from '../base/clock.js';
import type { TunnelRecord } from '../transport/proxy/tunnel.js';
import type { RedirectTrail } from './redirectTrail.js';
import type { ConnectionRun } from './connectionRun.js';
import { describeClose } from './closing.js';
import type { FrameWatch } from './frameWatch.js';
import { checkExpectations } from './expectations.js';
import { summarize } from '../base/percentiles.js';
import { statusLine } from './looks.js';
import { redactEvidence, withHeaders } from './redactEvidence.js';
import { findTokens } from './tokens.js';
import { applyBudgets, judge } from './verdict.js';

const NO_BODY: ResponseInfo['body'] = { text: '', bytes: 0, truncated: false };

/** What became of the message check: how many round trips there were, and why it stopped if it did. */
export interface TalkResult {
  readonly mode: RoundTripMode;
  readonly samplesMs: readonly number[];
  readonly failure: Failure | null;
}

/** A connection, and what whoever talked through it knows besides: what a report is assembled from. Times are the run's own. */
export interface RunRecord {
  readonly connection: ConnectionRun;
  /** Where the way here began, and the redirects met on it. */
  readonly trail: RedirectTrail;
  readonly looks: readonly Look[];
  /** How its token was had; null where none was needed. */
  readonly credentials: CredentialsInfo | null;
  /** What no report of it may show: its own secrets, and those of whoever talks in the same conversation. */
  readonly secrets: readonly string[];
  readonly vantage: Report['vantage'];
  readonly stalls: Evidence['stalls'];
  readonly failure: Failure | null;
  readonly talk: TalkResult | null;
  readonly heldMs: number | null;
  readonly readyMs: number;
  /** Our ping in the hold; null where none was sent, or nothing can be said of it. */
  readonly ping: PingEvidence | null;
  /** It is still talked through: there is no close to tell of. */
  readonly isLive: boolean;
  /** What only a live session knows; null for a probe. */
  readonly session: SessionEvidence | null;
  /** What became of the steps of a conversation. */
  readonly steps?: readonly StepResult[];
}

/** What makes findings of evidence: a fourth of the core, loaded by whoever wants them. */
export type Diagnosis = Pick<typeof Diagnose, 'diagnose' | 'isRefusedByApplication'>;

let loaded: Diagnosis | null = null;

/** Kept once it is there: an `import()` takes its time again with each of a watch's looks. */
export async function loadDiagnosis(): Promise<Diagnosis> {
  loaded ??= await import('../diagnosis/diagnose.js');
  return loaded;
}

/** What a report is made of, as it stood when it was gathered; redacted. */
export interface Gathered {
  readonly evidence: Evidence;
  readonly verdict: Verdict;
  readonly redactor: Redactor;
}

/** Redacted before anything is diagnosed, so that no rule can quote a secret. */
export function gather(run: RunRecord): Gathered {
  const redactor = new Redactor(run.secrets);
  const { evidence, verdict } = gatherEvidence(run, redactor);
  return { evidence: redactEvidence(evidence, redactor), verdict, redactor };
}

/** The report of a run; without a diagnosis it has no findings, and its verdict does not heed what an application says. */
export function assembleReport({ evidence, redactor, verdict }: Gathered, diagnosis: Diagnosis | null): Report {
  const { schema, name, url, startedAt, durationMs, ...rest } = evidence.report;
  const { frames, error, ...middle } = rest;
  const refusal = verdict === 'down' ? null : (diagnosis?.isRefusedByApplication(evidence) ?? null);
  return {
    schema,
    name,
    url,
    startedAt,
    durationMs,
    verdict: refusal ? 'down' : verdict,
    ...middle,
    // Rules leave out what no reader sees, and read what is escaped: what they say is redacted once more.
    findings: diagnosis ? [...redactor.deep(diagnosis.diagnose(evidence))] : [],
    frames,
    error: refusal ? redactor.deep(refusedError(refusal)) : error,
  };
}

function refusedError({ id, words }: NonNullable<ReturnType<Diagnosis['isRefusedByApplication']>>): ReportError {
  const what = id === 'message.error' ? 'answered with an error' : 'refused the client';
  return { code: id, message: `The application ${what}: ${quoteText(words, 200)}`, phase: 'message' };
}

/** Everything that is known of the run, secrets included. */
function gatherEvidence(
  run: RunRecord,
  redactor: Redactor,
): { readonly evidence: Evidence; readonly verdict: Verdict } {
  const { failure, steps = [] } = run;
  const { plan, connection, dialectJudge, openMs, request: asked } = run.connection;
  const { expect } = plan;
  const { askedUrl, redirects, startedAt: now } = run.trail;
  const { request, response, body, inspection } = connection.handshake.record;
  const roundTrips = run.talk ? summarize(run.talk.mode, run.talk.samplesMs) : null;
  const phases = applyBudgets(run.connection.recorder.phases(), expect, roundTrips);
  const stream = streamEvidence(run);
  const close =
    openMs === null || run.isLive ? null : describeClose(run.connection.watch, stream, stream.closeTimedOut);
  const responseInfo: ResponseInfo | null = response && {
    httpVersion: response.httpVersion,
    status: response.status,
    reason: response.reason,
    headers: response.headers,
    body: body ?? NO_BODY,
  };
  const subprotocol = inspection?.subprotocol ?? { offered: asked.subprotocols, selected: null };
  const expectations = checkExpectations(expect, {
    connected: openMs !== null,
    // A row quotes what it found: what is secret by the header's name is gone before.
    response: withHeaders(responseInfo, redactor),
    subprotocol,
    tls: connection.way.tls,
    close,
    heldMs: run.heldMs,
    readyMs: run.readyMs,
  });
  const { verdict, error } = judge({
    phases,
    roundTrips,
    expectations,
    failure,
    expect,
    readyMs: run.readyMs,
    ping: run.ping,
    steps,
  });
  const report: Evidence['report'] = {
    schema: REPORT_SCHEMA,
    name: plan.name,
    url: askedUrl,
    startedAt: now.toISOString(),
    durationMs: run.connection.clock(),
    vantage: run.vantage,
    phases,
    attempts: connection.way.attempts,
    tls: connection.way.tls,
    proxy: describeProxy(plan.proxy, connection.way.tunnel),
    request: describeRequest(request),
    response: responseInfo,
    accept: inspection?.accept ?? null,
    subprotocol,
    compression: inspection?.compression ?? {
      offered: request && headerValue(request.headers, 'sec-websocket-extensions'),
      accepted: null,
      enabled: false,
      parameters: null,
    },
    roundTrips,
    close,
    expectations,
    steps,
    frames: frameRecords(run.connection.watch),
    error,
    ...(dialectJudge.name === null ? {} : { dialect: dialectJudge.name }),
    ...(redirects.length > 0 ? { redirects } : {}),
    ...(run.looks.length > 0 ? { looks: run.looks } : {}),
    ...(run.credentials ? { credentials: run.credentials } : {}),
    ...(connection.http2 ? { http2: connection.http2 } : {}),
  };
  // A second look without our ping is reported; what was asked for is a hold with one.
  const withPing = run.ping?.withoutIt === 'held' ? { ...plan, expect: { ...expect, ping: true } } : plan;
  const evidence: Evidence = {
    plan: withPing,
    host: asked.host,
    port: asked.port,
    secure: asked.secure,
    report,
    failure,
    problems: inspection?.problems ?? [],
    stream,
    messages: run.connection.texts,
    tokens: findTokens(plan, now),
    stalls: run.stalls,
    platform: process.platform,
    session: run.session,
    now,
  };
  return { evidence, verdict };
}

function describeRequest(request: RequestHead | null): RequestInfo | null {
  if (!request) return null;
  const { httpVersion, method, target, headers } = request;
  return { httpVersion, method, target, headers };
}

/** Null when no proxy was used. */
function describeProxy(route: ProxyRoute | null, tunnel: TunnelRecord): ProxyInfo | null {
  if (!route) return null;
  const { request, response, socks } = tunnel;
  return {
    url: proxyUrl(route),
    kind: route.kind,
    source: route.source,
    status: response?.status ?? socks?.code ?? null,
    reason: response?.reason ?? socks?.text ?? '',
    headers: response?.headers ?? [],
    request: describeRequest(request),
    body: tunnel.body,
    tls: tunnel.tls,
  };
}

function frameRecords({ frames, inflated }: FrameWatch): FrameRecord[] {
  return frames.map((frame, index) => {
    const message = inflated.get(frame);
    return message ? { ...toFrameRecord(frame, index), inflated: message } : toFrameRecord(frame, index);
  });
}

function streamEvidence(run: RunRecord): StreamEvidence {
  const { failure } = run;
  const { connection, watch, openMs, endedMs, clock, answersTls, plainAnswer, getAnswer, proxyLineAnswer } =
    run.connection;
  const { tap } = connection;
  return {
    firstBytes: tap?.firstBytes ?? connection.way.clearText ?? new Uint8Array(0),
    bytesReceived: tap?.bytesReceived ?? 0,
    bytesSent: tap?.bytesSent ?? 0,
    endedBy: tap?.endedBy ?? null,
    brokeTls: tap?.brokeTls ?? false,
    openForMs: openMs === null ? null : toThousandths((endedMs ?? clock()) - openMs),
    closeReceived: watch.closeReceived,
    closeTimedOut: failure?.phase === 'close' && failure.kind === 'timeout',
    violation: watch.violation,
    answersTls,
    plainAnswer: plainAnswer && statusLine(plainAnswer),
    getAnswer: getAnswer && statusLine(getAnswer),
    listensAt: run.connection.listensAt,
    proxyLineAnswer: proxyLineAnswer && statusLine(proxyLineAnswer),
    getServer: getAnswer?.headers.find(([name]) => name.toLowerCase() === 'server')?.[1] ?? null,
    ping: run.ping,
    http2: connection.http2,
    pingsReceived: watch.pingsReceived,
    pingFlood: watch.pingFlood,
    hasTalked: watch.hasTalked,
  };
}
