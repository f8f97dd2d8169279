import type { ClientHttp2Stream, IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http2';
import { acceptFor } from '../../handshake/accept.js';
import type { RequestHead, ResponseHead } from '../../handshake/handshake.js';
import { headerValue } from '../../handshake/headers.js';
import { parseRequestHead } from '../../handshake/requestHead.js';
import type { HeaderPair, Http2Info } from '../../model.js';
import type { Clock } from '../clock.js';
import type { Gate, OpeningHandshake } from '../openingHandshake.js';
import { failed } from '../outcome.js';
import { WireTap } from '../wireTap.js';
import { errorName, type Http2Carrier } from './http2Carrier.js';
import { UpgradeStream } from './upgradeStream.js';

export interface Http2UpgradeOptions {
  readonly clock: Clock;
  readonly handshake: OpeningHandshake;
  readonly secure: boolean;
  /** The connection was there already. */
  readonly shared: boolean;
  readonly onTap: (tap: WireTap) => void;
  readonly onEnd: (kind: 'server-fin' | 'server-reset', error: Error | null, atMs: number) => void;
}

/** Header fields of HTTP/1.1 that HTTP/2 does without (RFC 8441 5, RFC 9113 8.2.2). */
const HTTP1_ONLY = new Set([
  'host',
  'connection',
  'upgrade',
  'sec-websocket-key',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
]);

/**
 * An opening handshake by extended CONNECT (RFC 8441). To `ws` it is one of HTTP/1.1: its GET is taken from it and asked in HTTP/2,
 * and an accepted answer comes back to it as a 101. The frames of the stream pass a tap like those of a socket.
 */
export class Http2Upgrade implements Gate {
  readonly stream: UpgradeStream;
  readonly #carrier: Http2Carrier;
  readonly #options: Http2UpgradeOptions;
  #http: ClientHttp2Stream | null = null;
  #tap: WireTap | null = null;
  /** DATA that came in one piece with the head, before the head's event. */
  #early: [chunk: Uint8Array, atMs: number][] | null = [];
  #key = '';
  #answer: ResponseHead | null = null;
  #released = false;

  constructor(carrier: Http2Carrier, options: Http2UpgradeOptions) {
    this.#carrier = carrier;
    this.#options = options;
    this.stream = new UpgradeStream({
      onRequest: (head) => this.#ask(head),
      onDestroyed: () => this.destroy(),
    });
  }

  get info(): Http2Info {
    const http = this.#http;
    const code = http?.rstCode;
    return {
      ...this.#carrier.info,
      streamId: http?.id ?? null,
      shared: this.#options.shared,
      reset: code === undefined || code === 0 ? null : errorName(code),
    };
  }

  open(): void {
    const { headers } = this.#answer ?? { headers: [] };
    const kept = headers.filter(([name]) => PASSED_ON.has(name.toLowerCase()));
    const lines = kept.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    const accept = acceptFor(this.#key);
    if (this.#tap) {
      this.stream.accept(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n${lines}\r\n`,
        this.#tap.stream,
      );
    }
    this.#tap?.open();
  }

  refuse(): void {
    this.#tap?.refuse();
  }

  destroy(): void {
    this.#tap?.destroy();
    this.stream.destroy();
    this.#release();
  }

  #ask(text: string): void {
    const { clock, handshake, onEnd, onTap, secure } = this.#options;
    const get = parseRequestHead(text);
    this.#key = headerValue(get.headers, 'sec-websocket-key') ?? '';
    const request = toConnect(get, { secure, authority: this.#carrier.authority });
    let http: ClientHttp2Stream;
    try {
      http = this.#carrier.request(toFields(request.headers));
    } catch (error) {
      handshake.fail(failed('upgrade', 'http2', (error as Error).message, 'http2.refused'));
      return;
    }
    this.#http = http;
    const tap = new WireTap(http, clock, {
      onReceived: (chunk, atMs) => {
        if (this.#early) this.#early.push([chunk, atMs]);
        else handshake.received(chunk, atMs);
      },
      onSent: (chunk, atMs) => handshake.sent(chunk, atMs),
      onEnd: (kind, error, atMs) => {
        this.#endedEarly(kind, error);
        onEnd(kind, error, atMs);
      },
    });
    this.#tap = tap;
    onTap(tap);
    handshake.requested(request, clock());
    http.on('response', (headers: IncomingHttpHeaders, _flags: number, raw?: unknown) => {
      this.#answered(toResponse(headers, raw), clock());
    });
    http.on('close', () => this.#closed());
    // Until the answer is judged nobody else reads: what comes is held by the tap.
    http.resume();
  }

  #answered(head: ResponseHead, atMs: number): void {
    const { handshake } = this.#options;
    this.#answer = head;
    const early = this.#early ?? [];
    this.#early = null;
    this.#http?.pause();
    handshake.answered(head, new Uint8Array(0), atMs);
    for (const [chunk, chunkAtMs] of early) handshake.received(chunk, chunkAtMs);
  }

  /** Before the head has come, the stream's end is the answer. */
  #endedEarly(kind: 'server-fin' | 'server-reset', error: Error | null): void {
    const { handshake } = this.#options;
    if (this.#answer) {
      handshake.ended(kind, error);
      return;
    }
    const code = this.#http?.rstCode ?? 0;
    handshake.fail(
      code !== 0 && !this.#carrier.ended && this.info.goaway === null
        ? failed('upgrade', 'http2', `The peer reset the stream (${errorName(code)}).`, 'http2.refused')
        : this.#carrier.failure('The peer ended the HTTP/2 stream before it had answered.'),
    );
  }

  #closed(): void {
    const { ended } = this.#carrier;
    const code = this.#http?.rstCode ?? 0;
    const error = code === 0 ? null : new Error(`The stream was reset (${errorName(code)}).`);
    this.#tap?.lost(ended?.kind ?? (error ? 'server-reset' : 'server-fin'), ended?.error ?? error);
    this.#release();
  }

  #release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#carrier.release();
  }
}

/** What `ws` must see of an answer that was accepted. A server may send an accept of its own; ours is the one that fits the key. */
const PASSED_ON = new Set(['sec-websocket-protocol', 'sec-websocket-extensions']);

function toConnect(get: RequestHead, { secure, authority }: { secure: boolean; authority: string }): RequestHead {
  const host = headerValue(get.headers, 'host');
  const headers: HeaderPair[] = [
    [':method', 'CONNECT'],
    [':protocol', 'websocket'],
    [':scheme', secure ? 'https' : 'http'],
    [':path', get.target],
    [':authority', host ?? authority],
    ...get.headers
      .map(([name, value]): HeaderPair => [name.toLowerCase(), value])
      .filter(([name]) => !HTTP1_ONLY.has(name)),
  ];
  return { httpVersion: '2', method: 'CONNECT', target: get.target, headers, raw: '' };
}

function toFields(headers: readonly HeaderPair[]): OutgoingHttpHeaders {
  const fields: Record<string, string | string[]> = {};
  for (const [name, value] of headers) {
    const before = fields[name];
    fields[name] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
  }
  return fields;
}

function toResponse(headers: IncomingHttpHeaders, raw: unknown): ResponseHead {
  const pairs = Array.isArray(raw)
    ? pairsOf(raw)
    : Object.entries(headers).flatMap(([name, value]) => entries(name, value));
  const fields = pairs.filter(([name]) => !name.startsWith(':'));
  return { httpVersion: '2', status: Number(headers[':status'] ?? 0), reason: '', headers: fields, raw: '' };
}

function pairsOf(raw: readonly unknown[]): HeaderPair[] {
  const pairs: HeaderPair[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) pairs.push([String(raw[index]), String(raw[index + 1])]);
  return pairs;
}

function entries(name: string, value: string | string[] | undefined): HeaderPair[] {
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).map((item) => [name, item]);
}
