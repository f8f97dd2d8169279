import { isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SecureContext } from 'node:tls';
import type { Attempt, TlsInfo } from '../base/model.js';
import type { ProbePlan, ProxyRoute } from '../base/plan.js';
import type { Clock } from '../base/clock.js';
import { answerToHello, isClearText, unaskedBytes } from './clearText.js';
import { dial } from './dial.js';
import type { HandshakeRequest } from './handshakeRequest.js';
import { connectLocal } from './localSocket.js';
import type { Network, ReadRoom } from './network.js';
import { failed, type Outcome, success } from './outcome.js';
import type { PhaseRecorder } from './phaseRecorder.js';
import { emptyTunnel, type TunnelOptions } from './proxy/tunnel.js';
import { resolveHost } from './resolve.js';
import { secure, type SecureOptions } from './secure.js';
import type { TlsContexts } from './tlsMaterial.js';

export interface WayOptions {
  readonly clock: Clock;
  readonly recorder: PhaseRecorder;
  readonly network: Network;
  readonly signal: AbortSignal | undefined;
  /** Where a socket is to read to whose bytes are HTTP/1.1 as they come; TLS, proxies and HTTP/2 read for themselves. */
  readonly room?: ReadRoom | undefined;
}

/** The way to where HTTP can be spoken: dns, tcp, proxy, tls. What each layer saw stays readable however it ends. */
export class Way {
  readonly attempts: Attempt[] = [];
  readonly tunnel = emptyTunnel();
  tls: TlsInfo | null = null;
  /** What came in the place of TLS, as far as it was seen. */
  clearText: Uint8Array | null = null;
  readonly #plan: ProbePlan;
  readonly #request: HandshakeRequest;
  readonly #options: WayOptions;

  constructor(plan: ProbePlan, request: HandshakeRequest, options: WayOptions) {
    this.#plan = plan;
    this.#request = request;
    this.#options = options;
  }

  /** A stream to the target, secure where it must be; each call makes a connection of its own. `alpn` is offered to the target. */
  async lead(contexts: TlsContexts, alpn: readonly string[]): Promise<Outcome<Duplex>> {
    Object.assign(this.tunnel, emptyTunnel());
    // Before the first phase: what is loaded meanwhile would be counted as network time.
    if (this.#plan.proxy) await loadTunnel();
    const reached = await this.#reach();
    if (!reached.ok) return reached;
    const through = this.#plan.proxy ? await this.#tunnel(reached.value, contexts.proxy) : reached;
    if (!through.ok || !contexts.target) return through;
    const unasked = unaskedBytes(through.value);
    const secured = await this.#secure(through.value, contexts.target, alpn);
    if (!secured.ok && isClearText(secured.failure)) this.clearText = unasked;
    return secured;
  }

  /** TLS does not say what it broke on: one more connection to where we just were, for the bytes alone. Null: none came. */
  async lookAtClearText(contexts: TlsContexts): Promise<Uint8Array | null> {
    const stream = await this.#again(contexts, this.#plan.timeouts.connectMs);
    if (!stream.ok) return null;
    const bytes = await answerToHello(stream.value, this.#options.signal);
    this.clearText = bytes.length > 0 ? bytes : null;
    return this.clearText;
  }

  /** One more stream to where we just were, on the same way, for a second look: no phase of the run. */
  async leadAgain(contexts: TlsContexts, timeoutMs: number): Promise<Outcome<Duplex>> {
    const stream = await this.#again(contexts, timeoutMs);
    if (!stream.ok || !contexts.target) return stream;
    return secure(stream.value, this.#secureOptions(contexts.target, ['http/1.1'], timeoutMs), () => {});
  }

  async #again(contexts: TlsContexts, timeoutMs: number): Promise<Outcome<Duplex>> {
    const { network, signal } = this.#options;
    const reached = this.attempts.findLast(({ error }) => error === null);
    if (!reached || signal?.aborted) return failed('tcp', 'cancelled', 'Nothing was reached.');
    const socket = network.connect(reached.address, reached.family, reached.port);
    socket.on('error', () => {});
    if (!this.#plan.proxy) return success(socket);
    const options = { ...this.#tunnelOptions(this.#plan.proxy, contexts.proxy), timeoutMs };
    return (await loadTunnel()).openTunnel(socket, options);
  }

  #tunnelOptions(route: ProxyRoute, context: SecureContext | null, record = emptyTunnel()): TunnelOptions {
    const { clock, network, signal } = this.#options;
    const { allowLinkLocal, timeouts } = this.#plan;
    const { host, port } = this.#request;
    return {
      route,
      host,
      port,
      context,
      timeoutMs: timeouts.connectMs,
      signal,
      allowLinkLocal,
      network,
      clock,
      record,
    };
  }

  async #reach(): Promise<Outcome<Socket>> {
    const { clock, network, recorder, signal } = this.#options;
    const { allowLinkLocal, proxy, timeouts, unusedProxy } = this.#plan;
    const { host, port } = proxy ?? this.#request;
    const shared = { timeoutMs: timeouts.connectMs, signal, allowLinkLocal, network };
    const { socketPath } = this.#request;
    if (socketPath !== undefined && !proxy) return this.#reachLocal(socketPath, timeouts.connectMs);
    if (unusedProxy) recorder.skip('proxy', { unused: unusedProxy.because, source: unusedProxy.route.source });
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
    const room = proxy === null && !this.#request.secure && this.#plan.http !== '2' ? this.#options.room : undefined;
    const dialed = await dial(resolved.value, { ...shared, port, clock, room, attempts: this.attempts });
    if (!dialed.ok) {
      recorder.end('tcp', 'failed', { port });
      return dialed;
    }
    recorder.end('tcp', 'ok', { remoteAddress: dialed.value.remoteAddress, remotePort: port });
    return dialed;
  }

  async #reachLocal(socketPath: string, timeoutMs: number): Promise<Outcome<Socket>> {
    const { recorder, signal } = this.#options;
    recorder.skip('dns', { socketPath });
    recorder.begin('tcp');
    const connected = await connectLocal(socketPath, { timeoutMs, signal });
    recorder.end('tcp', connected.ok ? 'ok' : 'failed', { socketPath });
    return connected;
  }

  async #tunnel(socket: Socket, context: SecureContext | null): Promise<Outcome<Duplex>> {
    const { recorder } = this.#options;
    const { proxy } = this.#plan;
    const { host } = this.#request;
    if (!proxy) return success(socket);
    recorder.begin('proxy');
    const { tunnel } = this;
    const { openTunnel } = await loadTunnel();
    const opened = await openTunnel(socket, this.#tunnelOptions(proxy, context, tunnel));
    const { requestSentMs, firstByteMs, responseCompleteMs } = tunnel;
    recorder.end('proxy', opened.ok ? 'ok' : 'failed', {
      kind: proxy.kind,
      source: proxy.source,
      requestSentMs,
      firstByteMs,
      responseCompleteMs,
      // Only SOCKS 4 takes addresses alone.
      ...(isIP(host) === 0 && proxy.kind !== 'socks4' ? { unchecked: host } : {}),
    });
    return opened;
  }

  async #secure(stream: Duplex, context: SecureContext, alpn: readonly string[]): Promise<Outcome<Duplex>> {
    const { recorder } = this.#options;
    recorder.begin('tls');
    const secured = await secure(stream, this.#secureOptions(context, alpn, this.#plan.timeouts.connectMs), (tls) => {
      this.tls = tls;
    });
    const { protocol, cipher, alpn: selected } = this.tls ?? {};
    recorder.end('tls', secured.ok ? 'ok' : 'failed', this.tls ? { protocol, cipher, alpn: selected } : {});
    return secured;
  }

  #secureOptions(context: SecureContext, alpn: readonly string[], timeoutMs: number): SecureOptions {
    const { serverName, rejectUnauthorized } = this.#plan.tls;
    return {
      host: this.#request.host,
      serverName,
      rejectUnauthorized: rejectUnauthorized ?? true,
      context,
      alpn,
      timeoutMs,
      signal: this.#options.signal,
    };
  }
}

const loadTunnel = () => import('./proxy/openTunnel.js');
