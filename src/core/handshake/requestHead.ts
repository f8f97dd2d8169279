import type { HeaderPair } from '../base/model.js';
import type { RequestHead } from './handshake.js';

/**
 * Reads a request head as it was sent; `raw` is latin1. Meant for heads of our own: what is missing or odd comes out
 * empty or as it stands, and it never throws.
 */
export function parseRequestHead(raw: string | Uint8Array): RequestHead {
  const text = typeof raw === 'string' ? raw : Buffer.from(raw).toString('latin1');
  const end = text.indexOf('\r\n\r\n');
  const head = end === -1 ? text : text.slice(0, end + 4);
  const [requestLine = '', ...lines] = head.split('\r\n');
  const [method = '', target = '', version = ''] = requestLine.split(' ');
  const headers: HeaderPair[] = [];
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.push([line.slice(0, colon), line.slice(colon + 1).trim()]);
  }
  return { httpVersion: version.replace(/^HTTP\//, ''), method, target, headers, raw: head };
}
