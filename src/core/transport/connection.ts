import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { WebSocket } from 'ws';
import type { Attempt, TlsInfo } from '../model.js';
import type { ProbePlan } from '../profile/profile.js';
import type { Clock } from './clock.js';
import { dial } from './dial.js';
import type { HandshakeRequest } from './handshakeRequest.js';
import type { Network } from './network.js';
import { type FrameBytes, OpeningHandshake } from './openingHandshake.js';
import type { Outcome } from './outcome.js';
import type { PhaseRecorder } from './phaseRecorder.js';
import { resolveHost } from './resolve.js';
import { secure } from './secure.js';
import { WireTap } from './wireTap.js';

export interface ConnectionOptions {
  readonly clock: Clock;
  readonly recorder: PhaseRecorder;
  /** Made before the clock started: reading roots and keys is no time of the network's. Null for ws. */
  readonly context: Outcome<SecureContext> | null;
  readonly network: Network;
  readonly signal: AbortSignal | undefined;
  readonly frames: FrameBytes;
  /** Runs before the upgrade request leaves: the place to listen for messages. */
  readonly prepare: (socket: WebSocket) => void;
  /** The peer ended or broke the stream, at any time after TCP was up. */
  readonly onEnd: (kind: 'server-fin' | 'server-reset', error: Error | null, atMs: number) => void;
}

/** The way from a plan to an open WebSocket: dns, tcp, tls, upgrade. What each layer saw stays readable however it ends. */
export class Connection {
  readonly attempts: Attempt[] = [];
  tls: TlsInfo | null = null;
  tap: WireTap | null = null;
  readonly handshake: OpeningHandshake;
  readonly #plan: ProbePlan;
  readonly #request: HandshakeRequest;
  readonly #options: ConnectionOptions;

  constructor(plan: ProbePlan, request: HandshakeRequest, options: ConnectionOptions) {
    this.#plan = plan;
    this.#request = request;
    this.#options = options;
    this.handshake = new OpeningHandshake(options.frames);
  }

  async open(): Promise<Outcome<WebSocket>> {
    const { context } = this.#options;
    if (context && !context.ok) return context;
    const reached = await this.#reach();
    const ready = reached.ok && context ? await this.#secure(reached.value, context.value) : reached;
    if (!ready.ok) {
      this.handshake.abandon();
      return ready;
    }
    return this.#upgrade(ready.value);
  }

  /** Lets go of the socket at once; nothing more is sent. */
  destroy(): void {
    this.tap?.destroy();
  }

  async #reach(): Promise<Outcome<Socket>> {
    const { clock, network, recorder, signal } = this.#options;
    const { allowLinkLocal, timeouts } = this.#plan;
    const { host, port } = this.#request;
    const shared = { timeoutMs: timeouts.connectMs, signal, allowLinkLocal, network };
    recorder.begin('dns');
    const resolved = await resolveHost(host, shared);
    if (!resolved.ok) {
      recorder.end('dns', 'failed', { host });
      return resolved;
    }
    const addresses = resolved.value.map(({ address }) => address);
    if (addresses[0] === host) recorder.skip('dns', { addresses });
    else recorder.end('dns', 'ok', { addresses });
    recorder.begin('tcp');
    const dialing = dial(resolved.value, { ...shared, port, clock, attempts: this.attempts });
    // Made while TCP connects, so that nobody waits for it.
    const prepared = this.handshake.prepare(this.#plan, this.#request);
    if (prepared.ok) this.#options.prepare(prepared.value);
    const dialed = await dialing;
    if (!prepared.ok) {
      if (dialed.ok) dialed.value.destroy();
      return prepared;
    }
    if (!dialed.ok) {
      recorder.end('tcp', 'failed', { port });
      return dialed;
    }
    recorder.end('tcp', 'ok', { remoteAddress: dialed.value.remoteAddress, remotePort: port });
    return dialed;
  }

  async #secure(socket: Socket, context: SecureContext): Promise<Outcome<Socket>> {
    const { recorder, signal } = this.#options;
    const { serverName, rejectUnauthorized } = this.#plan.tls;
    recorder.begin('tls');
    const secured = await secure(
      socket,
      {
        host: this.#request.host,
        serverName,
        rejectUnauthorized: rejectUnauthorized ?? true,
        context,
        timeoutMs: this.#plan.timeouts.connectMs,
        signal,
      },
      (tls) => {
        this.tls = tls;
      },
    );
    const { protocol, cipher, alpn } = this.tls ?? {};
    recorder.end('tls', secured.ok ? 'ok' : 'failed', this.tls ? { protocol, cipher, alpn } : {});
    return secured;
  }

  async #upgrade(socket: Socket): Promise<Outcome<WebSocket>> {
    const { clock, onEnd, recorder, signal } = this.#options;
    recorder.begin('upgrade');
    const tap = new WireTap(socket, clock, {
      onReceived: (chunk, atMs) => this.handshake.received(chunk, atMs),
      onSent: (chunk, atMs) => this.handshake.sent(chunk, atMs),
      onEnd: (kind, error, atMs) => {
        this.handshake.ended(kind, error);
        onEnd(kind, error, atMs);
      },
    });
    this.tap = tap;
    const opened = await this.handshake.run(tap, this.#plan.timeouts.upgradeMs, signal);
    const { requestSentMs, firstByteMs, responseCompleteMs } = this.handshake.record;
    const detail = { requestSentMs, firstByteMs, responseCompleteMs, open: opened.ok };
    recorder.end('upgrade', opened.ok ? 'ok' : 'failed', detail, responseCompleteMs ?? clock());
    if (!opened.ok && opened.failure.phase === 'tls') {
      recorder.end('tls', 'failed');
      recorder.end('upgrade', 'not-reached', detail);
    }
    return opened;
  }
}
