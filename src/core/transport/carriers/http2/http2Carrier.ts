import type { ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import { acceptFor } from '../../../handshake/accept.js';
import type { ResponseHead } from '../../../handshake/handshake.js';
import { headerValue } from '../../../handshake/headers.js';
import { parseRequestHead } from '../../../handshake/requestHead.js';
import type { Http2Info, Phase } from '../../../base/model.js';
import type { Gate } from '../../openingHandshake.js';
import { failed, type Outcome } from '../../outcome.js';
import { MAX_HEADER_BYTES } from '../../webSocketOptions.js';
import { WireTap } from '../../wireTap.js';
import type { Carrier, CarrierOptions } from '../carrier.js';
import { connectHead, fieldsOf, responseHead } from './connectHead.js';
import type { Http2Connection } from './http2Connection.js';
import { errorName } from './http2Errors.js';
import { UpgradeStream } from './upgradeStream.js';

export { Http2Connection } from './http2Connection.js';

export interface Http2CarrierOptions extends CarrierOptions {
  readonly secure: boolean;
  /** The connection was there already. */
  readonly shared: boolean;
}

/** What `ws` must see of an answer that was accepted. A server may send an accept of its own; ours is the one that fits the key. */
const PASSED_ON = new Set(['sec-websocket-protocol', 'sec-websocket-extensions']);

/**
 * An opening handshake by extended CONNECT (RFC 8441). To `ws` it is one of HTTP/1.1: its GET is taken from it and asked in HTTP/2,
 * and an accepted answer comes back to it as a 101. What follows passes a tap, as over HTTP/1.1. Takes over one use of the connection.
 */
export class Http2Carrier implements Carrier, Gate {
  readonly stream: UpgradeStream;
  readonly tap: WireTap;
  readonly #connection: Http2Connection;
  readonly #options: Http2CarrierOptions;
  #requestText = '';
  #http: ClientHttp2Stream | null = null;
  #key = '';
  #answer: ResponseHead | null = null;
  /** The peer's RST_STREAM, by name. */
  #reset: string | null = null;
  readonly #cancelling = new AbortController();
  #released = false;

  constructor(connection: Http2Connection, options: Http2CarrierOptions) {
    this.#connection = connection;
    this.#options = options;
    this.stream = new UpgradeStream(() => this.destroy());
    const { clock, handshake, onEnd } = options;
    this.tap = new WireTap(this.stream, clock, {
      onReceived: (chunk, atMs, isReadAtOnce) => handshake.received(chunk, atMs, isReadAtOnce),
      onSent: (chunk, atMs) => {
        if (this.#http) handshake.sent(chunk, atMs);
        else this.#collect(chunk);
      },
      onEnd: (kind, error, atMs) => {
        if (this.#answer) handshake.ended(kind, error);
        else handshake.fail(this.#unanswered());
        onEnd(kind, error, atMs);
      },
    });
  }

  get gate(): Gate {
    return this;
  }

  get http2(): Http2Info {
    const { info } = this.#connection;
    return { ...info, streamId: this.#http?.id ?? null, shared: this.#options.shared, reset: this.#reset };
  }

  /** Of a connection that was there before, the time of its SETTINGS is another clock's. */
  get phaseDetail(): Phase['detail'] {
    const { phaseDetail } = this.#connection;
    return this.#options.shared ? { ...phaseDetail, settingsMs: null } : phaseDetail;
  }

  open(): void {
    const { headers } = this.#answer ?? { headers: [] };
    const kept = headers.filter(([name]) => PASSED_ON.has(name));
    const lines = kept.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    const accept = `Sec-WebSocket-Accept: ${acceptFor(this.#key)}\r\n`;
    this.stream.accept(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${accept}${lines}\r\n`,
    );
    this.tap.open();
  }

  handOver(rest: Uint8Array): void {
    this.stream.accept(null);
    this.tap.handOver(rest);
  }

  refuse(): void {
    this.tap.refuse();
  }

  /** Lets go at once: RST_STREAM (CANCEL) if the stream is still whole, and the connection too if nobody else uses it. */
  destroy(): void {
    this.tap.destroy();
    const http = this.#http;
    const finished = http !== null && http.readableEnded && http.writableFinished;
    // Node's `close` would send END_STREAM first.
    if (!finished) this.#cancelling.abort();
    this.#release(!finished);
  }

  /** `ws` writes its request; once the head is complete, it is asked. */
  #collect(chunk: Uint8Array): void {
    this.#requestText += Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1');
    if (this.#requestText.endsWith('\r\n\r\n')) this.#ask(this.#requestText);
  }

  #ask(text: string): void {
    const { clock, handshake, secure } = this.#options;
    const get = parseRequestHead(text);
    this.#key = headerValue(get.headers, 'sec-websocket-key') ?? '';
    const request = connectHead(get, { secure, authority: this.#connection.authority });
    let http: ClientHttp2Stream;
    try {
      http = this.#connection.request(fieldsOf(request.headers), this.#cancelling.signal);
    } catch (error) {
      handshake.fail(this.#unasked(error as Error));
      return;
    }
    this.#http = http;
    handshake.requested(request, clock());
    http.on('headers', () => {
      handshake.record.firstByteMs ??= clock();
    });
    http.on('response', (headers: IncomingHttpHeaders, _flags: number, raw?: unknown) => {
      this.#answered(responseHead(headers, raw), clock());
    });
    http.on('error', (error) => this.#connection.failedBy(error));
    http.on('end', () => {
      // Node ends a stream that was reset too, and need not close it before its writes are through.
      if (http.aborted || http.rstCode !== 0) this.#closed(http);
      else this.stream.push(null);
    });
    http.on('close', () => this.#closed(http));
  }

  #answered(head: ResponseHead, atMs: number): void {
    const { handshake } = this.#options;
    // As a head of HTTP/1.1 has it: `name: value` and the end of the line.
    const bytes = head.headers.reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0);
    if (bytes > MAX_HEADER_BYTES) {
      const message = `The response head is larger than ${MAX_HEADER_BYTES} bytes.`;
      handshake.fail(failed('upgrade', 'headers-too-large', message));
      return;
    }
    this.#answer = head;
    handshake.answered(head, new Uint8Array(0), atMs);
    const http = this.#http;
    if (http && !http.destroyed) this.stream.feedFrom(http);
  }

  /** Node would not make the request: the connection is no longer fit for one, or the request cannot be said in HTTP/2. */
  #unasked(error: Error): Outcome<never> {
    if (this.#connection.usable) return failed('upgrade', 'input', error.message, 'ERR_HTTP2_REQUEST');
    return this.#connection.failure('The HTTP/2 connection ended before the request could be sent.');
  }

  /** The end came before the head of an answer. */
  #unanswered(): Outcome<never> {
    if (this.#reset === null || this.#connection.refusedIt(this.#http?.id)) {
      return this.#connection.failure('The peer ended the HTTP/2 connection before it had answered.');
    }
    const calm = this.#reset === 'ENHANCE_YOUR_CALM';
    const why = calm ? ': the peer limits its clients, or its answer has more header fields than we take' : '';
    return failed('upgrade', 'http2', `The stream was reset (${this.#reset})${why}.`, 'http2.refused');
  }

  #closed(http: ClientHttp2Stream): void {
    const { ended, lives } = this.#connection;
    const ours = this.#cancelling.signal.aborted || this.#connection.refusedIt(http.id);
    if (this.tap.endedBy === null && lives && !ours) this.#reset = errorName(http.rstCode);
    const broken = this.#connection.brokenBy();
    if (ended?.kind === 'server-fin' && broken === null) this.tap.lost('server-fin', null);
    else {
      const because = this.#reset === null ? 'The HTTP/2 connection ended.' : `The stream was reset (${this.#reset}).`;
      this.tap.lost('server-reset', broken ?? ended?.error ?? new Error(because));
    }
    this.stream.destroy();
    this.#release(false);
  }

  #release(atOnce: boolean): void {
    if (this.#released) return;
    this.#released = true;
    this.#connection.release(atOnce);
  }
}
