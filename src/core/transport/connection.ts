import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Http2Info } from '../base/model.js';
import type { ProbePlan } from '../base/plan.js';
import type { HandshakeRequest } from './handshakeRequest.js';
import type { Carrier } from './carriers/carrier.js';
import { http1Carrier } from './carriers/http1Carrier.js';
import type * as Http2 from './carriers/http2/http2Carrier.js';
import type { Http2Connection } from './carriers/http2/http2Connection.js';
import type { Http2Pool } from './carriers/http2/http2Pool.js';
import { type FrameBytes, OpeningHandshake } from './openingHandshake.js';
import { failed, type Outcome, success, wait } from './outcome.js';
import type { TlsContexts } from './tlsMaterial.js';
import { Way, type WayOptions } from './way.js';
import type { WireTap } from './wireTap.js';

export interface ConnectionOptions extends Omit<WayOptions, 'room'> {
  readonly contexts: Outcome<TlsContexts>;
  readonly frames: FrameBytes;
  /** Where HTTP/2 connections are shared; null: each has its own. */
  readonly pool: Http2Pool | null;
  /** Runs before the upgrade request leaves: the place to listen for messages. */
  readonly prepare: (socket: WebSocket) => void;
  /** The peer ended or broke the stream, at any time after TCP was up. */
  readonly onEnd: (kind: 'server-fin' | 'server-reset', error: Error | null, atMs: number) => void;
}

/** From a plan to an open WebSocket: the way there, then the upgrade, in HTTP/1.1 or HTTP/2. */
export class Connection {
  readonly way: Way;
  readonly handshake: OpeningHandshake;
  readonly #plan: ProbePlan;
  readonly #request: HandshakeRequest;
  readonly #options: ConnectionOptions;
  #http2: Http2Connection | null = null;
  #carrier: Carrier | null = null;
  /** Of a connection that spoke HTTP/2, but not for WebSockets. */
  #declined: Http2Info | null = null;
  #upgradeBeganMs = 0;

  constructor(plan: ProbePlan, request: HandshakeRequest, options: ConnectionOptions) {
    this.#plan = plan;
    this.#request = request;
    this.#options = options;
    this.handshake = new OpeningHandshake(options.frames);
    const { readsFrames } = options.frames;
    this.way = new Way(plan, request, { ...options, room: readsFrames ? () => this.handshake.room() : undefined });
  }

  /** What HTTP/2 told of itself, be it that it takes no WebSocket; null where it was never spoken. */
  get http2(): Http2Info | null {
    return this.#carrier?.http2 ?? this.#http2?.info ?? this.#declined;
  }

  /** Null until the upgrade begins. */
  get tap(): WireTap | null {
    return this.#carrier?.tap ?? null;
  }

  async open(): Promise<Outcome<WebSocket>> {
    const { contexts, pool, signal } = this.#options;
    if (!contexts.ok) return contexts;
    // Before the first phase too: what is loaded meanwhile would be counted as network time.
    const http2 = this.#maySpeakHttp2() ? await import('./carriers/http2/http2Carrier.js') : null;
    // Before the first phase: making the request is no time of the network's, and one that cannot be made needs no connection.
    const prepared = this.handshake.prepare(this.#plan, this.#request);
    if (!prepared.ok) return this.#given(prepared);
    this.#options.prepare(prepared.value);
    // Nothing may come between finding no connection and saying that one is being opened.
    const opening = pool?.opening(this.#plan);
    if (opening) await this.#patiently(opening);
    const shared = signal?.aborted ? null : pool?.take(this.#plan);
    if (shared && http2) return this.#openShared(shared, http2);
    const opened = pool?.open(this.#plan);
    try {
      return await this.#openOwn(contexts.value, http2, (connection) => opened?.(connection));
    } finally {
      opened?.(null);
    }
  }

  /** The time of another plan is not ours. */
  async #patiently(opening: Promise<void>): Promise<void> {
    const { connectMs } = this.#plan.timeouts;
    await wait<void>(
      { phase: 'tcp', timeoutMs: connectMs, timeoutMessage: '', signal: this.#options.signal },
      (settle) => {
        void opening.then(() => settle(success(undefined)));
        return () => {};
      },
    );
  }

  async #openOwn(
    contexts: TlsContexts,
    http2: typeof Http2 | null,
    onHttp2: (connection: Http2Connection) => void,
  ): Promise<Outcome<WebSocket>> {
    const first = await this.way.lead(contexts, alpnOf(this.#plan));
    if (!first.ok) return this.#given(first);
    if (!http2 || !this.#speaksHttp2()) {
      if (this.#plan.http !== '2') return this.#overHttp1(first.value);
      first.value.destroy();
      return this.#given(
        this.#refuseHttp2(`ALPN selected ${this.way.tls?.alpn ?? 'nothing'} although HTTP/2 alone was asked for.`),
      );
    }
    const { recorder } = this.#options;
    recorder.begin('upgrade');
    const ready = await this.#startHttp2(first.value, http2);
    if (ready.ok) {
      onHttp2(ready.value);
      return this.#overHttp2(ready.value, http2, false);
    }
    if (this.#plan.http !== 'auto' || ready.failure.code !== 'http2.not-supported') {
      this.#endUpgrade(ready);
      return this.#given(ready);
    }
    // The server speaks HTTP/2 but no WebSocket over it: `auto` asks again in HTTP/1.1, over a connection of its own.
    this.#declined = this.#http2?.info ?? null;
    this.#http2 = null;
    recorder.reset(['dns', 'tcp', 'proxy', 'tls', 'upgrade']);
    const second = await this.way.lead(contexts, HTTP1);
    return second.ok ? this.#overHttp1(second.value) : this.#given(second);
  }

  /** What this goes over is believed dead: no other WebSocket shall share it. */
  distrust(): void {
    if (this.#http2) this.#options.pool?.drop(this.#http2);
  }

  /** Lets go of the socket at once; nothing more is sent. */
  destroy(): void {
    this.#carrier?.gate.destroy();
  }

  #maySpeakHttp2(): boolean {
    return this.#request.secure ? this.#plan.http !== '1.1' : this.#plan.http === '2';
  }

  /** By ALPN over TLS; without TLS by prior knowledge (RFC 9113 3.3), which only `"2"` claims. */
  #speaksHttp2(): boolean {
    return this.#request.secure ? this.way.tls?.alpn === 'h2' : this.#plan.http === '2';
  }

  #overHttp1(stream: Duplex): Promise<Outcome<WebSocket>> {
    const { clock, onEnd, recorder } = this.#options;
    recorder.begin('upgrade');
    return this.#over(http1Carrier(stream, { clock, handshake: this.handshake, onEnd }));
  }

  async #startHttp2(stream: Duplex, { Http2Connection }: typeof Http2): Promise<Outcome<Http2Connection>> {
    const { clock, signal } = this.#options;
    if (signal?.aborted) {
      // Node does not stand an HTTP/2 connection that ends in the breath in which it began.
      stream.destroy();
      return failed('upgrade', 'cancelled', 'Cancelled.');
    }
    const connection = new Http2Connection(stream, { authority: this.#request.authority, clock });
    this.#http2 = connection;
    this.#upgradeBeganMs = clock();
    const ready = await connection.ready(this.#plan.timeouts.upgradeMs, signal);
    if (!ready.ok) connection.release(true);
    return ready;
  }

  #openShared(connection: Http2Connection, http2: typeof Http2): Promise<Outcome<WebSocket>> {
    const { clock, recorder } = this.#options;
    this.#http2 = connection;
    for (const phase of ['dns', 'tcp', 'proxy', 'tls'] as const) recorder.skipKnown(phase, { shared: true });
    recorder.begin('upgrade');
    this.#upgradeBeganMs = clock();
    return this.#overHttp2(connection, http2, true);
  }

  #overHttp2(
    connection: Http2Connection,
    { Http2Carrier }: typeof Http2,
    shared: boolean,
  ): Promise<Outcome<WebSocket>> {
    const { clock, onEnd } = this.#options;
    const { secure } = this.#request;
    const carrier = new Http2Carrier(connection, { clock, handshake: this.handshake, onEnd, secure, shared });
    return this.#over(carrier, clock() - this.#upgradeBeganMs);
  }

  /** `spentMs` of the upgrade's time is gone already. */
  async #over(carrier: Carrier, spentMs = 0): Promise<Outcome<WebSocket>> {
    this.#carrier = carrier;
    carrier.gate.stream.once('close', () => this.handshake.closed());
    const opened = await this.handshake.run(carrier.gate, this.#plan.timeouts.upgradeMs, this.#options.signal, spentMs);
    if (!opened.ok && opened.failure.kind === 'timeout') this.distrust();
    this.#endUpgrade(opened);
    return opened;
  }

  #endUpgrade(opened: Outcome<unknown>): void {
    const { clock, recorder } = this.#options;
    const { requestSentMs, firstByteMs, responseCompleteMs } = this.handshake.record;
    const version = (this.#carrier ?? this.#http2)?.phaseDetail;
    const detail = { requestSentMs, firstByteMs, responseCompleteMs, open: opened.ok, ...version };
    recorder.end('upgrade', opened.ok ? 'ok' : 'failed', detail, responseCompleteMs ?? clock());
    if (!opened.ok && opened.failure.phase === 'tls') {
      recorder.end('tls', 'failed');
      recorder.end('upgrade', 'not-reached', detail);
    }
  }

  #refuseHttp2(message: string): Outcome<never> {
    const { recorder } = this.#options;
    recorder.begin('upgrade');
    const refused = failed('upgrade', 'http2', message, 'http2.not-supported');
    this.#endUpgrade(refused);
    return refused;
  }

  /** What was prepared is given up. */
  #given<T>(outcome: Outcome<T>): Outcome<T> {
    this.handshake.abandon();
    return outcome;
  }
}

const HTTP1: readonly string[] = ['http/1.1'];

function alpnOf({ http }: ProbePlan): readonly string[] {
  if (http === '1.1') return HTTP1;
  // With `"2"` HTTP/1.1 is offered too, so that a server without HTTP/2 says so instead of breaking TLS off.
  return ['h2', ...HTTP1];
}
