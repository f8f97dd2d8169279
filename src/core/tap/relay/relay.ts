import { once, setMaxListeners } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Fault } from '../../base/fault.js';
import type { Report } from '../../base/model.js';
import type { ProbePlan } from '../../base/plan.js';
import { seededRandom } from '../../base/random.js';
import type { ObservedSource } from '../../session/observedSource.js';
import { headerValue } from '../../handshake/headers.js';
import type { TemplateSource } from '../../profile/template.js';
import { setBounded } from '../../base/setBounded.js';
import { formatAuthority, isLoopbackName } from '../../base/address.js';
import type { Breakpoint, Lane, TapSummary } from '../../session/tapState.js';
import { CHANGES_MESSAGES } from '../faults/faults.js';
import { happensByItself, numbered, type NumberedFault, refusalOf } from '../faults/laneFaults.js';
import {
  askedOf,
  type ClientRequest,
  clientRequestOf,
  nameOf,
  planForClient,
  refusal,
  whyNoHandshake,
} from './clientHandshake.js';
import { learnHandshake } from '../learnHandshake.js';
import { handshakeSecrets } from '../../profile/planSecrets.js';
import { forwardRequest } from './forwardRequest.js';
import type { Held } from './lane.js';
import { RelayedConnection } from './relayedConnection.js';
import { StandIn, type StandInOptions } from './standIn.js';
import type { TapMetrics } from './tapMetrics.js';
import { reasonOf, TapFigures } from './tapFigures.js';

const MAX_HEAD_BYTES = 64 * 1024;
/** Of a request's head. */
const SLOW_MS = 30_000;
const MAX_CONNECTIONS = 10_000;
/** By the code of Node: what is answered to a client whose request never was one. */
const NO_REQUEST: Readonly<Partial<Record<string, readonly [status: number, reason: string, why: string]>>> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large', 'The head of the request is larger than 64 KiB.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout', 'The head of the request did not come within 30 s.'],
};
const MAX_ASKED = 200;

export interface RelayOptions {
  /** The target, with the headers and credentials that are added. */
  readonly plan: ProbePlan;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Certificate and key in PEM; null: ws, not wss. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
  /** Names of headers of the client that are left out, in lower case. */
  readonly removedHeaders: readonly string[];
  readonly faults: readonly Fault[];
  readonly seed: number;
  /** Whether messages can be held and added; slower than passing bytes on. */
  readonly interactive: boolean;
  readonly vantage: Report['vantage'];
  readonly source: ObservedSource;
  /** What answers while the server is down. */
  readonly answers?: Pick<StandInOptions, 'name' | 'conversations'>;
  readonly onHeld?: (message: Held, connection: number) => void;
  /** Whether there is room for one more that is held. */
  readonly mayHold?: () => boolean;
  /** The server has answered. */
  readonly onReached?: () => void;
  /** A connection is over, or was refused. */
  readonly onEnd?: (report: Report, connection: number) => void;
  /** A failure of ours; the relay goes on. */
  readonly onFault: (error: unknown) => void;
}

/** Stands between clients and a server: each connection is passed on, and seen in one log. Listens where it was told, and nowhere else. */
export class Relay {
  readonly figures = new TapFigures();
  /** Set by who has them written. */
  metrics: TapMetrics | null = null;
  readonly #options: RelayOptions;
  readonly #server: Server;
  readonly #connections = new Map<number, RelayedConnection>();
  readonly #ending = new AbortController();
  /** One a connection: each listener at one that all share would be looked for among those of all. */
  readonly #endings = new Set<AbortController>();
  /** The latest, with their credentials. */
  readonly #asked = new Map<number, ClientRequest>();
  readonly #served = new Set<Promise<void>>();
  readonly #random: () => number;
  readonly #isLoopback: boolean;
  #faults: readonly NumberedFault[];
  #nextFault: number;
  readonly #standIn: StandIn | null;
  #breakpoints: readonly Breakpoint[] = [];

  constructor(options: RelayOptions) {
    this.#options = options;
    // As many plain requests listen as there are.
    setMaxListeners(0, this.#ending.signal);
    this.#faults = numbered(options.faults);
    this.#nextFault = options.faults.length + 1;
    const { answers, source } = options;
    const note = (connection: number, text: string) => source.note(connection, text);
    this.#standIn = answers ? new StandIn({ ...answers, note, secrets: options.plan.secrets }) : null;
    this.#random = seededRandom(options.seed);
    this.#isLoopback = isLoopbackName(options.host);
    const limits = { maxHeaderSize: MAX_HEAD_BYTES, headersTimeout: SLOW_MS, requestTimeout: 0 };
    const listener: RequestListener = (request, response) => {
      const refused = this.#whyRefused(request);
      if (refused !== null) {
        response.writeHead(403, { 'content-type': 'text/plain; charset=utf-8' }).end(`${refused}\n`);
        return;
      }
      const removed = new Set(options.removedHeaders);
      forwardRequest(request, response, options.plan, removed, this.#ending.signal).catch(options.onFault);
    };
    this.#server = options.tls
      ? createSecureServer({ ...limits, ...options.tls }, listener)
      : createServer(limits, listener);
    this.#server.maxConnections = MAX_CONNECTIONS;
    this.#server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.#take(request, socket, head),
    );
    this.#server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      const [status, reason, why] = NO_REQUEST[error.code ?? ''] ?? [400, 'Bad Request', 'This is no HTTP.'];
      if (socket.writable) socket.end(refusal(status, reason, [['Content-Type', 'text/plain']], `${why}\n`));
    });
  }

  /** Begins to listen; rejects with the system's error where it cannot. Gives the address as a URL. */
  async start(): Promise<string> {
    const { host, port, tls } = this.#options;
    this.#server.listen(port, host);
    await once(this.#server, 'listening');
    const { address, port: taken } = this.#server.address() as AddressInfo;
    return `${tls ? 'wss' : 'ws'}://${formatAuthority(address, taken)}`;
  }

  /** Ends every connection, and settles when every socket is closed. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#ending.abort();
    for (const ending of this.#endings) ending.abort();
    for (const connection of this.#connections.values()) connection.terminate();
    this.#standIn?.stop();
    await Promise.all(this.#served);
    this.#server.closeAllConnections();
    await closed;
  }

  summary(): TapSummary {
    return this.figures.summary(
      this.#options.source.now(),
      [...this.#connections.values()].map(({ figures }) => figures.lastMs),
    );
  }

  /** Connections that are open. */
  get open(): number {
    return this.#connections.size;
  }

  setBreakpoints(breakpoints: readonly Breakpoint[]): void {
    this.#breakpoints = breakpoints;
  }

  /** Those that apply to what comes. */
  get faults(): readonly NumberedFault[] {
    return this.#faults;
  }

  get breakpoints(): readonly Breakpoint[] {
    return this.#breakpoints;
  }

  /** Of a connection that is open. */
  report(connection: number): Report | null {
    return this.#connections.get(connection)?.report() ?? null;
  }

  /** What a client has asked, over what the target adds. */
  asked(connection: number): TemplateSource | null {
    const asked = this.#asked.get(connection);
    return asked ? askedOf(this.#options.plan, asked) : null;
  }

  isOpen(connection: number): boolean {
    return this.#connections.has(connection);
  }

  /**
   * Somebody asks for faults while it runs, for one connection or for all: what happens to a connection as a whole happens now to
   * those that are open, all else applies from now on. Gives their numbers, and of how many connections.
   */
  addFaults(
    faults: readonly Fault[],
    connection: number | null,
  ): { readonly numbers: readonly number[]; readonly connections: number } {
    const meant =
      connection === null ? faults : faults.map((each) => ({ ...each, when: { ...each.when, connection } }));
    const come = this.#number(meant);
    const isNow = (each: NumberedFault) => happensByItself(each) && each.fault.when?.afterMs === undefined;
    const later = come.filter((each) => !isNow(each));
    const chosen = [...this.#connections].filter(([number]) => connection === null || number === connection);
    for (const each of come.filter(isNow)) for (const [, one] of chosen) one.happens(each);
    if (later.length > 0) this.#apply([...this.#faults, ...later], later);
    return { numbers: come.map(({ number }) => number), connections: chosen.length };
  }

  /** In place of those that apply; to connections that are open as well. */
  setFaults(faults: readonly Fault[]): void {
    const come = this.#number(faults);
    this.#apply(come, come);
  }

  /** Null: none applies any more. False: there is none of that number. */
  endFault(number: number | null): boolean {
    const left = number === null ? [] : this.#faults.filter((each) => each.number !== number);
    if (left.length === this.#faults.length) return false;
    this.#apply(left, []);
    return true;
  }

  #number(faults: readonly Fault[]): readonly NumberedFault[] {
    const all = numbered(faults, this.#nextFault);
    this.#nextFault += all.length;
    return all;
  }

  #apply(all: readonly NumberedFault[], come: readonly NumberedFault[]): void {
    this.#faults = all;
    for (const one of this.#connections.values()) one.applyFaults(all, come);
  }

  inject(connection: number, lane: Lane, message: { readonly binary: boolean; readonly bytes: Uint8Array }): boolean {
    return this.#connections.get(connection)?.inject(lane, message) ?? false;
  }

  release(
    connection: number,
    lane: Lane,
    id: number,
    content?: { readonly binary: boolean; readonly bytes: Uint8Array } | null,
  ): boolean {
    return this.#connections.get(connection)?.release(lane, id, content) ?? false;
  }

  #take(request: IncomingMessage, client: Duplex, head: Buffer): void {
    const served = this.#serve(request, client, head).catch((error: unknown) => {
      client.destroy();
      this.#options.onFault(error);
    });
    this.#served.add(served);
    void served.then(() => this.#served.delete(served));
  }

  async #serve(request: IncomingMessage, client: Duplex, head: Buffer): Promise<void> {
    const { interactive, plan, removedHeaders, source, vantage } = this.#options;
    client.on('error', () => undefined);
    if ('setNoDelay' in client && typeof client.setNoDelay === 'function') client.setNoDelay(true);
    const asked = clientRequestOf(request);
    const bad = whyNoHandshake(asked, request.method ?? '');
    const refused = bad === null ? this.#whyRefused(request) : null;
    if (bad !== null || refused !== null) {
      const [status, reason] = bad === null ? ([403, 'Forbidden'] as const) : ([400, 'Bad Request'] as const);
      client.end(refusal(status, reason, [['Content-Type', 'text/plain; charset=utf-8']], `${bad ?? refused}\n`));
      return;
    }
    const all = this.#faults;
    const changes = {
      removed: new Set(removedHeaders),
      plain: interactive || all.some(({ kind }) => CHANGES_MESSAGES.includes(kind)),
    };
    const asPlanned = planForClient(plan, asked, changes);
    // What is told of its connection tells none of the client's credentials either.
    const own = handshakeSecrets(asPlanned.url, asked.headers);
    const planned = { ...asPlanned, secrets: [...new Set([...asPlanned.secrets, ...own])] };
    learnHandshake(source, planned.url, asked.headers);
    const connection = source.began({
      url: planned.url,
      peer: asked.peer,
      name: nameOf(asked),
      subprotocol: null,
      request: { target: asked.target, headers: asked.headers },
      response: null,
    });
    const offers = headerValue(asked.headers, 'sec-websocket-extensions') ?? '';
    if (changes.plain && offers.includes('permessage-deflate'))
      source.note(connection, 'Compression is not asked for, so that messages can be held and changed.');
    setBounded(this.#asked, connection, asked, MAX_ASKED);
    const isBack = this.figures.began(asked.peer, source.now());
    this.metrics?.began(isBack);
    const no = refusalOf(all, connection, this.#random);
    if (no) {
      const status = no.fault.do.refuseUpgrade?.status ?? 503;
      const why = `Fault ${no.number}: refused the upgrade with ${status}.`;
      this.figures.turnedAway(asked.peer);
      source.refused(connection, why);
      client.end(refusal(status, 'Refused by a fault', [['Content-Type', 'text/plain']], `${why}\n`));
      return;
    }
    const standIn = this.#standIn;
    const ending = new AbortController();
    if (this.#ending.signal.aborted) ending.abort();
    this.#endings.add(ending);
    const relayed = new RelayedConnection({
      connection,
      request: asked,
      client,
      head,
      plan: planned,
      vantage,
      source,
      faults: all,
      random: this.#random,
      shaped: interactive || all.length > 0,
      holds: (message, lane) => this.#isHeld(message, lane),
      onHeld: (message) => this.#options.onHeld?.(message, connection),
      standIn: standIn && { name: standIn.name, answer: () => standIn.answer(request, connection) },
      signal: ending.signal,
      onOpen: (answeredBy) => {
        this.#connections.set(connection, relayed);
        this.figures.opened(asked.peer);
        if (answeredBy === 'server') this.#options.onReached?.();
      },
      onData: (lane, bytes, ends) => {
        this.figures.passed(lane, bytes, ends);
        this.metrics?.passed(lane, bytes, ends);
      },
      onRoundTrip: (ms) => this.metrics?.roundTrip(ms),
    });
    const { code, opened, reason, report } = await relayed.serve().finally(() => this.#endings.delete(ending));
    this.#connections.delete(connection);
    const { messages, openedMs } = relayed.figures;
    if (opened && reason !== null) {
      const nowMs = source.now();
      const end = {
        nowMs,
        lifetimeMs: nowMs - (openedMs ?? nowMs),
        messages: messages.toClient + messages.toServer,
        reason: reasonOf(reason),
        code,
      };
      this.figures.ended(asked.peer, end);
      this.metrics?.ended(end.reason, end.lifetimeMs, end.messages);
    } else this.figures.turnedAway(asked.peer);
    this.#options.onEnd?.(report, connection);
  }

  #isHeld({ bytes }: { readonly bytes: Uint8Array }, lane: Lane): boolean {
    const isMeant = this.#breakpoints.some(
      (each) =>
        (each.lane ?? lane) === lane &&
        (each.contains === undefined ||
          Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(each.contains)),
    );
    return isMeant && (this.#options.mayHold?.() ?? true);
  }

  /**
   * A page in somebody's browser reaches loopback too: where we add credentials, none of another origin may use them. And who is
   * listened to on this machine alone is meant by its own names (DNS rebinding).
   */
  #whyRefused({ headers }: IncomingMessage): string | null {
    const { plan } = this.#options;
    const adds =
      plan.auth !== null ||
      plan.headers.length > 0 ||
      Object.keys(plan.cookies).length > 0 ||
      plan.tls.cert !== undefined;
    if (!adds) return null;
    const host = (headers.host ?? '').replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
    if (this.#isLoopback && !isLoopbackName(host)) return 'This relay answers to localhost, 127.0.0.1 and [::1] alone.';
    const { origin } = headers;
    if (origin === undefined) return null;
    const own = URL.canParse(origin) ? new URL(origin) : null;
    const name = own?.hostname.replace(/^\[|\]$/g, '') ?? '';
    if (own && (isLoopbackName(name) || name === host || own.host === new URL(plan.url).host)) return null;
    return `This relay adds credentials, and ${origin.slice(0, 200)} is another origin: its pages may not use them.`;
  }
}
