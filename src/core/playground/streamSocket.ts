import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { addAbortSignal, Duplex } from 'node:stream';
import { ResponseHeadReader } from '../handshake/responseHeadReader.js';
import type { HeaderPair } from '../base/model.js';

const MAX_HEAD_BYTES = 262_144;
/** What HTTP/2 does without (RFC 9113 8.2.2, RFC 8441 5). */
const HTTP1_ONLY = new Set([
  'connection',
  'upgrade',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'sec-websocket-accept',
]);
// Sixteen bytes, as a key has; its accept goes no further than this file.
const KEY = Buffer.from('playground over2').toString('base64');

type Done = (error?: Error | null) => void;

/**
 * One stream of HTTP/2 as a connection of HTTP/1.1: an extended CONNECT (RFC 8441) reads as a GET with Upgrade, and a 101 that is
 * written leaves as a 200. So every path behaves the same through both doors.
 */
export class StreamSocket extends Duplex {
  readonly #http: ServerHttp2Stream;
  readonly #reader = new ResponseHeadReader({ maxBytes: MAX_HEAD_BYTES });
  #answered = false;

  constructor(http: ServerHttp2Stream, headers: IncomingHttpHeaders, raw: readonly string[]) {
    super({ allowHalfOpen: true });
    this.#http = http;
    this.push(Buffer.from(requestText(headers, raw), 'latin1'));
    http.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) http.pause();
    });
    http.on('end', () => this.push(null));
    http.on('error', () => this.destroy());
    http.on('close', () => this.destroy());
  }

  setNoDelay(): this {
    return this;
  }

  /** RFC 8441 5: what a reset of TCP is over HTTP/1.1. */
  resetAndDestroy(): this {
    // Node's `close` would send END_STREAM first.
    addAbortSignal(AbortSignal.abort(), this.#http);
    return this.destroy();
  }

  override _read(): void {
    this.#http.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    if (this.#answered) {
      this.#http.write(chunk, done);
      return;
    }
    const read = this.#reader.push(chunk);
    if (read.state === 'head') {
      this.#answer(read.head.status, read.head.headers);
      if (read.rest.length > 0) this.#http.write(read.rest, done);
      else done();
      return;
    }
    // What is no HTTP cannot be said in HTTP/2.
    if (read.state === 'error') this.#http.close(constants.NGHTTP2_INTERNAL_ERROR);
    done();
  }

  override _final(done: Done): void {
    // An end without an answer is none that HTTP/2 knows.
    if (!this.#answered) addAbortSignal(AbortSignal.abort(), this.#http);
    this.#http.end(() => done());
  }

  override _destroy(error: Error | null, done: Done): void {
    if (!this.#http.writableFinished) addAbortSignal(AbortSignal.abort(), this.#http);
    done(error);
  }

  #answer(status: number, headers: readonly HeaderPair[]): void {
    this.#answered = true;
    const fields: Record<string, string | string[]> = {};
    for (const [name, value] of headers) {
      const key = name.toLowerCase();
      if (HTTP1_ONLY.has(key)) continue;
      const before = fields[key];
      fields[key] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
    }
    if (this.#http.destroyed || this.#http.closed) return;
    try {
      this.#http.respond({ ...fields, ':status': status === 101 ? 200 : status });
    } catch {
      // A header that HTTP/2 forbids, be it said once or twice.
      this.#http.close(constants.NGHTTP2_INTERNAL_ERROR);
    }
  }
}

function requestText(headers: IncomingHttpHeaders, raw: readonly string[]): string {
  const opens = headers[':method'] === 'CONNECT' && headers[':protocol'] === 'websocket';
  const lines = [`${opens ? 'GET' : headers[':method']} ${headers[':path'] ?? '/'} HTTP/1.1`];
  lines.push(`Host: ${headers[':authority'] ?? 'playground'}`);
  if (opens) lines.push('Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Key: ${KEY}`);
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? '';
    if (!name.startsWith(':')) lines.push(`${name}: ${raw[index + 1]}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}
