import { createHash } from 'node:crypto';
import type { HeaderPair } from '../base/model.js';
import { type CannedResponse, formatHead } from './cannedResponse.js';
import { headerOf, type PlaygroundRequest } from './request.js';
import type { Visit } from './visit.js';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const KEY = /^[+/0-9A-Za-z]{22}==$/;

/** RFC 6455 4.2.2 5.4. */
export function acceptOf(key: string): string {
  return createHash('sha1').update(`${key}${GUID}`).digest('base64');
}

/** What makes the 101 of a behaviour differ from a right one. Null leaves the header out, a list repeats it. */
export interface UpgradeChanges {
  readonly statusLine?: string;
  readonly upgrade?: string | null;
  readonly connection?: string | null;
  readonly accept?: readonly string[];
  /** By default the first one the client offers. */
  readonly subprotocol?: readonly string[];
  readonly extensions?: readonly string[];
  readonly more?: readonly HeaderPair[];
}

/** The lines of the 101, as pairs, in the order `ws` writes them. */
export function upgradeHeaders(visit: Visit, changes: UpgradeChanges = {}): HeaderPair[] {
  const { upgrade = 'websocket', connection = 'Upgrade' } = changes;
  const accept = changes.accept ?? [acceptOf(visit.header('sec-websocket-key') ?? '')];
  return [
    ...pairs('Upgrade', upgrade === null ? [] : [upgrade]),
    ...pairs('Connection', connection === null ? [] : [connection]),
    ...pairs('Sec-WebSocket-Accept', accept),
    ...pairs('Sec-WebSocket-Protocol', changes.subprotocol ?? visit.offered.slice(0, 1)),
    ...pairs('Sec-WebSocket-Extensions', changes.extensions ?? []),
    ...(changes.more ?? []),
  ];
}

/** The whole 101 head, latin1. */
export function upgradeHead(visit: Visit, changes: UpgradeChanges = {}): string {
  return formatHead(changes.statusLine ?? 'HTTP/1.1 101 Switching Protocols', upgradeHeaders(visit, changes));
}

function pairs(name: string, values: readonly string[]): HeaderPair[] {
  return values.map((value) => [name, value]);
}

/** Why a request opens no WebSocket (RFC 6455 4.2.1), as the answer `ws` gives; null when it does. */
export function refuseUpgrade(request: PlaygroundRequest): CannedResponse | null {
  const upgrade = headerOf(request, 'upgrade');
  if (upgrade === null) return plain(426, 'Upgrade Required', 'Upgrade Required');
  if (request.method !== 'GET') return refusal(405, 'Method Not Allowed', 'Invalid HTTP method');
  if (upgrade.toLowerCase() !== 'websocket') return refusal(400, 'Bad Request', 'Invalid Upgrade header');
  if (!KEY.test(headerOf(request, 'sec-websocket-key') ?? '')) {
    return refusal(400, 'Bad Request', 'Missing or invalid Sec-WebSocket-Key header');
  }
  if (!['8', '13'].includes(headerOf(request, 'sec-websocket-version') ?? '')) {
    const answer = refusal(400, 'Bad Request', 'Missing or invalid Sec-WebSocket-Version header');
    return { ...answer, headers: [...answer.headers, ['Sec-WebSocket-Version', '13, 8']] };
  }
  return null;
}

function plain(status: number, reason: string, body: string): CannedResponse {
  return { status, reason, headers: [['Content-Type', 'text/plain']], body };
}

function refusal(status: number, reason: string, body: string): CannedResponse {
  return {
    status,
    reason,
    headers: [
      ['Connection', 'close'],
      ['Content-Type', 'text/html'],
    ],
    body,
  };
}
