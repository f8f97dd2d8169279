import { parseUrl } from '../../base/url.js';
import { OPCODE } from '../../base/frame.js';
import type { HeaderPair } from '../../base/model.js';
import type { RecordedMessage } from '../messages.js';
import type { RecordingHeader } from '../recording.js';
import { isoTime } from '../wallClock.js';
import type { ConnectionFacts } from './harFacts.js';

/** One message as Chrome writes it: text as it is, everything else as base64, `time` in seconds since 1970. */
export interface HarMessage {
  readonly type: 'send' | 'receive';
  readonly time: number;
  readonly opcode: number;
  readonly data: string;
  /** What the frames said, where `opcode` must be 2 for the data's sake: a text that is not UTF-8. */
  readonly _opcode?: number;
  /** Its last frame never came. */
  readonly _unfinished?: true;
  /** Compressed, and nobody has inflated it. */
  readonly _deflated?: true;
  /** The payload was cut, or dropped where `data` is empty: its full size. */
  readonly _bytes?: number;
}

/** A HAR 1.2 entry of one connection, all but its `_webSocketMessages`. */
export function harEntry(header: RecordingHeader, facts: ConnectionFacts): Record<string, unknown> {
  const startedAt = Date.parse(header.startedAt);
  const time = Math.max(0, rounded(facts.lastMs - facts.firstMs));
  const { url, subprotocol, dialect, request, response } = facts.begun ?? header;
  const http2 = isExtendedConnect(request?.headers ?? []);
  const httpVersion = http2 ? 'HTTP/2' : 'HTTP/1.1';
  return {
    _initiator: { type: 'other' },
    _priority: null,
    _resourceType: 'websocket',
    cache: {},
    connection: String(facts.connection),
    request: {
      method: http2 ? 'CONNECT' : 'GET',
      url,
      httpVersion,
      headers: namedValues(request?.headers ?? []),
      queryString: queryOf(url),
      cookies: [],
      headersSize: -1,
      bodySize: 0,
    },
    response: {
      status: response?.status ?? 101,
      statusText: response?.reason ?? 'Switching Protocols',
      httpVersion,
      headers: namedValues(response?.headers ?? []),
      cookies: [],
      content: { size: 0, mimeType: 'x-unknown' },
      redirectURL: '',
      headersSize: -1,
      bodySize: -1,
      _transferSize: 0,
      _error: null,
    },
    serverIPAddress: '',
    startedDateTime: isoTime(startedAt + facts.firstMs),
    time,
    timings: { blocked: -1, dns: -1, ssl: -1, connect: -1, send: 0, wait: 0, receive: time },
    // What the format has no place for: with it the entry is read back as it was.
    _wsprobe: {
      name: header.name,
      startedAt: header.startedAt,
      connection: facts.connection,
      subprotocol,
      dialect,
      peer: facts.begun?.peer ?? null,
      request: request && { target: request.target },
      response: response && { status: response.status },
      openedMs: facts.openedMs,
      close: facts.close,
      closedMs: facts.closedMs,
      // Chrome's list holds messages only.
      beside: facts.beside,
      besideLeftOut: facts.besideLeftOut,
      lostFrames: facts.lostFrames,
    },
  };
}

export function harMessage(message: RecordedMessage, startedAt: number): HarMessage {
  const { bytes, deflated, finished, opcode, text, truncated } = message;
  const isText = opcode === OPCODE.text && !deflated && text !== undefined;
  return {
    type: message.direction === 'sent' ? 'send' : 'receive',
    time: Math.round((startedAt + message.atMs) * 1000) / 1_000_000,
    opcode: isText ? 1 : 2,
    data: isText ? text : base64Of(message),
    // Readers take opcode 1 as text, and a text that is not UTF-8 can only be written as base64.
    ...(opcode === (isText ? OPCODE.text : OPCODE.binary) ? {} : { _opcode: opcode }),
    ...(finished ? {} : { _unfinished: true as const }),
    ...(deflated ? { _deflated: true as const } : {}),
    ...(truncated ? { _bytes: bytes } : {}),
  };
}

/** RFC 8441 4: the pseudo-header that only a WebSocket over HTTP/2 has. */
export function isExtendedConnect(headers: readonly HeaderPair[]): boolean {
  return headers.some(([name, value]) => name === ':protocol' && value === 'websocket');
}

function base64Of(message: RecordedMessage): string {
  return message.base64 ?? Buffer.from(message.text ?? '').toString('base64');
}

function namedValues(headers: readonly HeaderPair[]): { name: string; value: string }[] {
  return headers.map(([name, value]) => ({ name, value }));
}

function queryOf(url: string): { name: string; value: string }[] {
  return [...(parseUrl(url)?.searchParams ?? [])].map(([name, value]) => ({ name, value }));
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
