import { STATUS_CODES } from 'node:http';
import type { HeaderPair } from '../base/model.js';
import { type CannedResponse, formatHead } from './cannedResponse.js';
import type { Visit } from './visit.js';
import type { Wire } from './wire.js';

/** Answers and keeps the connection, unless either side said close or more than the head came with the request. */
export function respond(visit: Visit, response: CannedResponse): void {
  const body = Buffer.from(response.body);
  const bodiless = response.status === 204 || response.status === 304;
  const headers: HeaderPair[] = [...response.headers];
  if (!bodiless) headers.push(['Content-Length', String(body.length)]);
  const head = Buffer.from(formatHead(`HTTP/1.1 ${response.status} ${response.reason}`, headers), 'latin1');
  const bytes = bodiless || visit.request.method === 'HEAD' ? head : Buffer.concat([head, body]);
  if (closes(visit, headers)) visit.wire.finish(bytes);
  else {
    visit.wire.answer(bytes);
    visit.again();
  }
}

function closes(visit: Visit, headers: readonly HeaderPair[]): boolean {
  const said = (pair: HeaderPair): boolean => pair[0].toLowerCase() === 'connection' && /\bclose\b/i.test(pair[1]);
  return (
    headers.some(said) ||
    visit.request.headers.some(said) ||
    visit.early.length > 0 ||
    visit.request.httpVersion === '1.0' ||
    visit.header('content-length') !== null ||
    visit.header('transfer-encoding') !== null
  );
}

/** The answer of Node's own server to bytes that are no request. */
export function respondBare(wire: Wire, status: 400 | 408 | 431): void {
  wire.finish(formatHead(`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, [['Connection', 'close']]));
}
