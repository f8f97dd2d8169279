import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { type AllowRule, isAllowed, ruleForServerOf } from '../../base/allowRules.js';
import type { Report } from '../../base/model.js';
import type { ProbePlan } from '../../base/plan.js';
import type { SampleSubject } from '../../base/sample.js';
import { runProbe } from '../../probe/runProbe.js';
import { confinePlan } from '../../profile/confine.js';
import { Redactor } from '../../redaction/redactor.js';
import type { Network } from '../../transport/network.js';
import { probeMetrics } from './probeMetrics.js';
import { CONTENT_TYPES, formatOf, say, send } from './answers.js';
import { patienceOf, type Question, questionOf } from './question.js';
import { type Answer, SharedProbes, TIME_OVER } from './sharedProbes.js';
import { Totals } from './totals.js';
import { formatAuthority, isLoopbackName } from '../../base/address.js';
import { whyRefused } from './visitor.js';

export interface ExporterOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Which targets may be named. */
  readonly allow: readonly AllowRule[];
  /** The plan of what is asked for; a sentence where there is none. Variables in `target` are refused before. */
  readonly planOf: (question: Question) => Promise<ProbePlan | string>;
  /** At once. */
  readonly maxProbes?: number;
  readonly vantage?: Report['vantage'];
  readonly network?: Network;
  /** A failure of ours; the exporter goes on. */
  readonly onFault: (error: unknown) => void;
}

const MAX_PROBES = 32;
const MAX_CONNECTIONS = 256;
const MAX_HEAD_BYTES = 8 * 1024;
/** Of a request's head, of an idle connection, and of a reader who takes nothing of an answer. */
const SLOW_MS = 10_000;
const ENDING_MS = 1_000;

const INDEX = `wsprobe exporter

/probe?target=wss://…&profile=name   one probe, as metrics
/metrics                             what all probes came to
/-/healthy
`;

/** The HTTP server that Prometheus scrapes: each scrape of `/probe` is a probe. It probes nothing by itself. */
export class Exporter {
  readonly #options: ExporterOptions;
  readonly #server: Server;
  readonly #probes: SharedProbes;
  readonly #totals = new Totals();
  readonly #isLoopback: boolean;

  constructor(options: ExporterOptions) {
    this.#options = options;
    this.#isLoopback = isLoopbackName(options.host);
    this.#probes = new SharedProbes(options.maxProbes ?? MAX_PROBES);
    this.#server = createServer(
      {
        maxHeaderSize: MAX_HEAD_BYTES,
        headersTimeout: SLOW_MS,
        requestTimeout: SLOW_MS,
        keepAliveTimeout: SLOW_MS,
        connectionsCheckingInterval: 1_000,
      },
      (request, response) => void this.#serve(request, response),
    );
    this.#server.maxConnections = MAX_CONNECTIONS;
  }

  /** Begins to listen; rejects with the system's error where it cannot. Gives the address as a URL. */
  async start(): Promise<string> {
    const { host, port } = this.#options;
    this.#server.listen(port, host);
    await once(this.#server, 'listening');
    const { address, port: taken } = this.#server.address() as AddressInfo;
    return `http://${formatAuthority(address, taken)}`;
  }

  /** Takes no more requests, tells those who wait that it ends, and settles when every socket is closed. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    await this.#probes.end();
    this.#server.closeIdleConnections();
    const impatient = setTimeout(() => this.#server.closeAllConnections(), ENDING_MS);
    await closed;
    clearTimeout(impatient);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.socket.setTimeout(0);
    try {
      await this.#answer(request, response);
    } catch (error) {
      this.#options.onFault(error);
      say(response, 500, 'The exporter failed; its standard error says why.');
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A body is nobody's: what comes after it would be read as the next request.
    if (Number(request.headers['content-length'] ?? 0) > 0 || request.headers['transfer-encoding'] !== undefined)
      response.shouldKeepAlive = false;
    const refused = whyRefused(request.headers, this.#isLoopback);
    if (refused !== null) return say(response, 403, refused);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      return say(response, 405, 'Only GET and HEAD are answered.');
    }
    const [path = '', ...query] = (request.url ?? '').split('?');
    if (path === '/probe') return this.#probe(request, new URLSearchParams(query.join('?')), response);
    if (path === '/metrics') {
      const format = formatOf(request);
      return send(response, 200, await this.#totals.write(format, this.#probes.running), CONTENT_TYPES[format]);
    }
    if (path === '/-/healthy') return say(response, 200, 'wsprobe is healthy.');
    if (path === '/') return send(response, 200, INDEX);
    say(response, 404, 'There is /probe, /metrics and /-/healthy.');
  }

  async #probe(request: IncomingMessage, query: URLSearchParams, response: ServerResponse): Promise<void> {
    if (request.method === 'HEAD') return say(response, 405, '/probe is answered to GET alone.');
    const question = questionOf(query);
    const withinMs = patienceOf(request.headers);
    if (typeof question === 'string' || withinMs === null) {
      const wrong = typeof question === 'string' ? question : 'X-Prometheus-Scrape-Timeout-Seconds is no time.';
      return this.#refuse(response, 400, 'bad-request', wrong);
    }
    const { allow } = this.#options;
    if (question.target !== null && !isAllowed(question.target, allow))
      return this.#refuse(response, 403, 'not-allowed', NOT_ALLOWED);
    const plan = await this.#options.planOf(question);
    if (typeof plan === 'string') return this.#refuse(response, 400, 'bad-request', plan);
    const confined = confine(plan, question, allow);
    if (confined === null) return this.#refuse(response, 403, 'not-allowed', NOT_ALLOWED);
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const subject = subjectOf(plan, question);
    const answer = await this.#probes.ask({
      key: JSON.stringify(question),
      withinMs,
      signal: gone.signal,
      begin: (signal) => this.#begin(confined, subject, signal),
    });
    await this.#tell(answer, request, response);
  }

  async #begin(plan: ProbePlan, subject: SampleSubject, signal: AbortSignal): Promise<Report> {
    const { network, vantage = { host: hostname(), remote: null } } = this.#options;
    const report = await runProbe(plan, { signal, ...vantage, ...(network ? { network } : {}) });
    const isWanted = !signal.aborted || signal.reason === TIME_OVER;
    if (isWanted) this.#totals.add(report, subject);
    return report;
  }

  async #tell(answer: Answer, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (answer === 'gone') return;
    if (answer === 'busy') {
      response.setHeader('Retry-After', '5');
      const { maxProbes = MAX_PROBES } = this.#options;
      return this.#refuse(response, 503, 'busy', `${maxProbes} probes are under way, which is the limit.`);
    }
    if (answer === 'late')
      return say(response, 504, 'The probe is still under way, and the time of this scrape is over.');
    if (answer === 'ending') return say(response, 503, 'The exporter is ending.');
    const format = formatOf(request);
    const text = await probeMetrics(answer.report, answer.cut, format).metrics();
    send(response, 200, text, CONTENT_TYPES[format]);
  }

  #refuse(response: ServerResponse, status: number, reason: Parameters<Totals['refused']>[0], text: string): void {
    this.#totals.refused(reason);
    say(response, status, text);
  }
}

const NOT_ALLOWED = 'This target is not allowed: start the exporter with --allow for it. Nothing was sent.';

/**
 * The plan with what it may be led to: a target that was asked for to what the rules name; what a profile itself names to its own
 * server too. Null where a connection of it is not allowed.
 */
function confine(plan: ProbePlan, { target }: Question, allow: readonly AllowRule[]): ProbePlan | null {
  return confinePlan(plan, ({ url }) => {
    const own = ruleForServerOf(url);
    return target === null && own ? [...allow, own] : allow;
  });
}

/** As labels say it: without the query, which may hold anything. */
function subjectOf(plan: ProbePlan, { profile }: Question): SampleSubject {
  const redactor = new Redactor(plan.secrets);
  const target = redactor.url(plan.url).split('?')[0] ?? '';
  return { target, profile: profile === null ? null : redactor.text(plan.name) };
}
