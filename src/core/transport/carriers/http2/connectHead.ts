import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http2';
import type { RequestHead, ResponseHead } from '../../../handshake/handshake.js';
import { headerValue } from '../../../handshake/headers.js';
import type { HeaderPair } from '../../../base/model.js';

/** Header fields of HTTP/1.1 that HTTP/2 does without (RFC 8441 5, RFC 9113 8.2.2). */
const HTTP1_ONLY = new Set([
  'host',
  'connection',
  'upgrade',
  'sec-websocket-key',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
]);

/** The extended CONNECT (RFC 8441 4) that asks for what a GET of HTTP/1.1 asks for. */
export function connectHead(
  get: RequestHead,
  { secure, authority }: { readonly secure: boolean; readonly authority: string },
): RequestHead {
  const headers: HeaderPair[] = [
    [':method', 'CONNECT'],
    [':protocol', 'websocket'],
    [':scheme', secure ? 'https' : 'http'],
    [':path', get.target],
    [':authority', headerValue(get.headers, 'host') ?? authority],
    ...get.headers.map(([name, value]): HeaderPair => [name.toLowerCase(), value]).filter(isAllowed),
  ];
  return { httpVersion: '2', method: 'CONNECT', target: get.target, headers, raw: '' };
}

function isAllowed([name, value]: HeaderPair): boolean {
  return !HTTP1_ONLY.has(name) && (name !== 'te' || value === 'trailers');
}

/** Header pairs as Node takes them: a name that repeats has a list. */
export function fieldsOf(headers: readonly HeaderPair[]): OutgoingHttpHeaders {
  const fields: Record<string, string | string[]> = {};
  for (const [name, value] of headers) {
    const before = fields[name];
    fields[name] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
  }
  return fields;
}

/** The head of an answer, pseudo-header fields apart. `raw` is Node's flat list of names and values, as they came. */
export function responseHead(headers: IncomingHttpHeaders, raw: unknown): ResponseHead {
  const pairs: HeaderPair[] = [];
  const flat: readonly unknown[] = Array.isArray(raw) ? raw : Object.entries(headers).flat();
  for (let index = 0; index + 1 < flat.length; index += 2) pairs.push([String(flat[index]), String(flat[index + 1])]);
  const fields = pairs.filter(([name]) => !name.startsWith(':'));
  return { httpVersion: '2', status: Number(headers[':status'] ?? 0), reason: '', headers: fields, raw: '' };
}
