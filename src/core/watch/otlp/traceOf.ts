import type { ClientReport, Phase, Report, StepResult } from '../../base/model.js';
import { parseUrl } from '../../base/url.js';
import { attributesOf, type ExportTraceRequest, KIND, type Span, STATUS } from './protocol.js';
import { type RandomId, randomId, type TraceContext } from './traceContext.js';

export interface TraceOptions {
  /** Of wsprobe. */
  readonly version: string;
  /** What a secret's value is hidden by. */
  readonly redact: (text: string) => string;
  readonly id?: RandomId;
}

type Connection = Omit<ClientReport, 'name'> & { readonly client: string | null };

/** More steps than that stand in the report alone. */
const MAX_STEPS = 500;

/**
 * A report as one trace: a span for the probe, one for each redirect and each phase that ran, and one a step. Of what was said it
 * holds nothing: no payloads, no texts of steps or errors, no query of a URL.
 */
export function traceOf(report: Report, context: TraceContext, options: TraceOptions): ExportTraceRequest {
  const spans = new Spans(report, context, options);
  const { clients } = report;
  const connections: Connection[] = clients
    ? clients.map(({ name, ...own }) => ({ ...own, client: name }))
    : [{ ...report, client: null }];
  for (const connection of connections) {
    const parentId = connection.client === null ? context.rootId : spans.client(connection);
    spans.redirects(connection, parentId);
    for (const phase of connection.phases) spans.phase(phase, connection, parentId);
    const steps = report.steps.filter(({ client }) => connection.client === null || client === connection.client);
    spans.steps(steps, report.steps, parentId);
  }
  const { redact, version } = options;
  return {
    resourceSpans: [
      {
        resource: {
          attributes: attributesOf(
            { 'service.name': 'wsprobe', 'service.version': version, 'host.name': report.vantage.host },
            redact,
          ),
        },
        scopeSpans: [{ scope: { name: 'wsprobe', version }, spans: [spans.root(), ...spans.all] }],
      },
    ],
  };
}

interface Told {
  readonly spanId?: string;
  readonly parentId: string;
  readonly name: string;
  readonly kind?: number;
  readonly startMs: number;
  readonly durationMs: number;
  readonly attributes: Parameters<typeof attributesOf>[0];
  readonly status?: Span['status'];
}

class Spans {
  readonly all: Span[] = [];
  readonly #report: Report;
  readonly #context: TraceContext;
  readonly #options: Required<TraceOptions>;
  readonly #startedAt: bigint;
  /** Of the probe: no span outlives its parent. */
  #endMs: number;

  constructor(report: Report, context: TraceContext, options: TraceOptions) {
    this.#report = report;
    this.#context = context;
    this.#options = { id: randomId, ...options };
    this.#startedAt = BigInt(Date.parse(report.startedAt)) * 1_000_000n;
    this.#endMs = report.durationMs;
  }

  root(): Span {
    const { close, error, findings, name, steps, verdict } = this.#report;
    return this.#span({
      spanId: this.#context.rootId,
      parentId: this.#context.parentId ?? '',
      name: 'wsprobe probe',
      startMs: 0,
      durationMs: this.#endMs,
      attributes: {
        'wsprobe.profile': name,
        'wsprobe.verdict': verdict,
        'wsprobe.findings': findings.map(({ id }) => id),
        'wsprobe.close.code': close?.code,
        'wsprobe.close.clean': close?.clean,
        'wsprobe.steps': steps.length === 0 ? null : steps.length,
        'error.type': error?.code,
        ...urlAttributes(this.#report.url),
      },
      status: statusOf(verdict, error),
    });
  }

  client({ client, durationMs, error, phases, url, verdict }: Connection): string {
    const spanId = this.#options.id(8);
    const startMs = phases.find(isRun)?.startMs ?? 0;
    const endMs = Math.max(durationMs, ...phases.filter(isRun).map((phase) => phase.startMs + phase.durationMs));
    const attributes = { 'wsprobe.client': client, 'wsprobe.verdict': verdict, 'error.type': error?.code };
    this.#add({
      spanId,
      parentId: this.#context.rootId,
      name: 'wsprobe client',
      startMs,
      durationMs: endMs - startMs,
      attributes: { ...attributes, ...urlAttributes(url) },
      status: statusOf(verdict, error),
    });
    return spanId;
  }

  redirects({ redirects = [] }: Connection, parentId: string): void {
    for (const { durationMs, followed, startMs, status, url } of redirects) {
      // The last one, not followed, is the upgrade phase itself.
      if (!followed) continue;
      const attributes = { 'http.request.method': 'GET', 'http.response.status_code': status, ...urlAttributes(url) };
      this.#add({ parentId, name: 'redirect', kind: KIND.client, startMs, durationMs, attributes });
    }
  }

  phase(phase: Phase, connection: Connection, parentId: string): void {
    if (!isRun(phase)) return;
    const { durationMs, name, startMs, status } = phase;
    const isUpgrade = name === 'upgrade';
    const { error } = connection;
    const isFailed = status === 'failed';
    const spanId = isUpgrade ? this.#context.upgradeIds.get(connection.client) : undefined;
    this.#add({
      ...(spanId === undefined ? {} : { spanId }),
      parentId,
      name: isUpgrade ? (connection.request?.method ?? 'GET') : name,
      ...(isUpgrade ? { kind: KIND.client } : {}),
      startMs,
      durationMs,
      attributes: {
        'wsprobe.phase': name,
        'wsprobe.phase.status': status,
        ...phaseAttributes(name, connection),
        'error.type': isFailed ? errorType(name, connection) : null,
      },
      ...(isFailed
        ? { status: { code: STATUS.error, message: error?.phase === name ? error.code : `${name} failed` } }
        : {}),
    });
  }

  steps(steps: readonly StepResult[], all: readonly StepResult[], parentId: string): void {
    const numbers = new Map(all.map((step, index) => [step, index + 1]));
    for (const step of steps) {
      const number = numbers.get(step) ?? 0;
      if (step.status === 'skipped' || number > MAX_STEPS) continue;
      const { durationMs, kind, startMs, status } = step;
      this.#add({
        parentId,
        name: `step ${kind}`,
        startMs,
        durationMs,
        attributes: {
          'wsprobe.step.number': number,
          'wsprobe.step.kind': kind,
          'wsprobe.step.status': status,
          'error.type': status === 'failed' ? 'step.failed' : null,
        },
        ...(status === 'failed' ? { status: { code: STATUS.error, message: `step ${number} failed` } } : {}),
      });
    }
  }

  #add(told: Told): void {
    this.#endMs = Math.max(this.#endMs, told.startMs + told.durationMs);
    this.all.push(this.#span(told));
  }

  #span({ attributes, durationMs, kind = KIND.internal, name, parentId, spanId, startMs, status }: Told): Span {
    const { id, redact } = this.#options;
    return {
      traceId: this.#context.traceId,
      spanId: spanId ?? id(8),
      parentSpanId: parentId,
      name,
      kind,
      startTimeUnixNano: this.#nanos(startMs),
      endTimeUnixNano: this.#nanos(startMs + durationMs),
      attributes: attributesOf(attributes, redact),
      status: status ?? { code: STATUS.unset },
    };
  }

  #nanos(ms: number): string {
    return String(this.#startedAt + BigInt(Math.round(Math.max(0, ms) * 1_000_000)));
  }
}

function isRun({ status }: Phase): boolean {
  return status !== 'skipped' && status !== 'not-reached';
}

/** Degraded is neither an error nor beyond doubt. */
function statusOf(verdict: Report['verdict'], error: Report['error']): Span['status'] {
  if (verdict === 'healthy') return { code: STATUS.ok };
  if (verdict === 'degraded') return { code: STATUS.unset };
  return { code: STATUS.error, message: error ? `${error.phase}: ${error.code}` : 'down' };
}

/** As the conventions for HTTP have it: an answer that is an error by its status. */
function errorType(name: Phase['name'], { error, response }: Connection): string {
  if (name === 'upgrade' && response && response.status !== 101) return String(response.status);
  return error?.code ?? '_OTHER';
}

function phaseAttributes(name: Phase['name'], connection: Connection): Parameters<typeof attributesOf>[0] {
  const { attempts, close, request, response, roundTrips, tls, url } = connection;
  const reached = attempts.findLast(({ error }) => error === null);
  const peer = { 'network.peer.address': reached?.address, 'network.peer.port': reached?.port };
  switch (name) {
    case 'dns':
      return {
        'dns.question.name': hostOf(url),
        'dns.answers': [...new Set(attempts.map(({ address }) => address))],
      };
    case 'tcp':
      return { 'network.transport': 'tcp', ...peer, 'wsprobe.attempts': attempts.length };
    case 'tls':
      return {
        'tls.protocol.name': 'tls',
        'tls.protocol.version': tls?.protocol?.replace(/^TLSv/, ''),
        'tls.cipher': tls?.cipher,
        'tls.server.not_after': tls?.chain[0]?.validTo,
      };
    case 'upgrade':
      return {
        'http.request.method': request?.method,
        'http.response.status_code': response?.status,
        'network.protocol.name': 'http',
        'network.protocol.version': response?.httpVersion ?? request?.httpVersion,
        ...urlAttributes(url),
        ...peer,
        'wsprobe.subprotocol': connection.subprotocol.selected,
      };
    case 'message':
      return { 'wsprobe.round_trips': roundTrips?.samplesMs.length };
    case 'close':
      return { 'wsprobe.close.code': close?.code, 'wsprobe.close.clean': close?.clean };
    default:
      return {};
  }
}

/** Without query, user info and fragment. */
function urlAttributes(text: string): Parameters<typeof attributesOf>[0] {
  const url = parseUrl(text);
  if (!url) return {};
  const isSecure = url.protocol === 'wss:';
  return {
    'url.full': `${url.protocol}//${url.host}${url.pathname}`,
    'url.scheme': url.protocol.slice(0, -1),
    'server.address': hostOf(text),
    'server.port': url.port === '' ? (isSecure ? 443 : 80) : Number(url.port),
  };
}

function hostOf(text: string): string | undefined {
  return parseUrl(text)?.hostname.replace(/^\[|\]$/g, '');
}
