import type { Http2Info } from '../base/model.js';
import { plainText } from '../base/plainText.js';
import type { CloseClass } from './closeCode.js';

/** Why a connection ended, in few words: what statistics count. */
export type DisconnectReason =
  | 'normal'
  | 'going_away'
  | 'protocol_error'
  | 'ping_timeout'
  | 'close_timeout'
  | 'server_error'
  | 'network_loss'
  | 'rate_limited'
  | 'rejected'
  | 'own_limit'
  | 'own_action';

/** What our own socket saw at the end of a connection that had opened. */
export interface SocketEnd {
  readonly endedBy: 'server-fin' | 'server-reset' | 'client' | null;
  readonly openForMs: number | null;
  /** It was TLS that broke, not TCP. */
  readonly brokeTls?: boolean;
  /** What the WebSocket was carried by, where it was not TCP alone. */
  readonly http2?: Pick<Http2Info, 'streamId' | 'reset' | 'goaway'> | null;
  /** We sent Close, the peer never answered. */
  readonly closeTimedOut?: boolean;
  /** Our ping got no answer and we gave up. */
  readonly pingTimedOut?: boolean;
  /** A frame of the peer that we refused: id (`frame.masked`, `limit.message-size`) and what was wrong. */
  readonly violation?: { readonly id: string; readonly message: string; readonly wireOffset: number } | null;
}

/** The reason behind a connection without a Close frame (1006), and a sentence for people. Never bare. */
export function explainAbnormal(end: SocketEnd): { readonly reason: DisconnectReason; readonly text: string } {
  if (end.violation) {
    const own = end.violation.id.startsWith('limit.');
    const what = plainText(end.violation.message, 200).replace(/[.\s]+$/, '');
    return {
      reason: own ? 'own_limit' : 'protocol_error',
      text: `${own ? 'Our own limit ended the connection' : "We refused the peer's frame"} at byte ${end.violation.wireOffset}: ${what}.`,
    };
  }
  if (end.pingTimedOut) {
    return {
      reason: 'ping_timeout',
      text: 'Our ping got no answer in time, so we gave the connection up (half-open).',
    };
  }
  if (end.closeTimedOut) {
    return { reason: 'close_timeout', text: 'We sent a Close frame; the peer did not answer it in time.' };
  }
  switch (end.endedBy) {
    case 'server-fin':
    case 'server-reset': {
      const after = end.openForMs === null ? '' : ` after ${formatMs(end.openForMs)}`;
      const text = `The peer ${endingWords(end)} without a Close frame${after}.`;
      return { reason: 'network_loss', text };
    }
    case 'client':
      return { reason: 'own_action', text: 'We ended the connection ourselves without a Close frame.' };
    default:
      return { reason: 'network_loss', text: 'No Close frame came, and our socket saw no end of TCP.' };
  }
}

/** How the peer ended it: `ended TCP (FIN)`, `reset the HTTP/2 stream (CANCEL)`. */
export function endingWords({
  endedBy,
  http2,
  brokeTls,
}: Partial<Pick<SocketEnd, 'endedBy' | 'http2' | 'brokeTls'>>): string {
  if (brokeTls) return 'broke off TLS';
  // Without a stream, HTTP/2 was spoken but carried no WebSocket.
  if (!http2 || http2.streamId === null) return endedBy === 'server-fin' ? 'ended TCP (FIN)' : 'reset TCP (RST)';
  if (endedBy === 'server-fin') return 'ended the HTTP/2 stream (END_STREAM)';
  if (http2.reset !== null) return `reset the HTTP/2 stream (${http2.reset})`;
  const { goaway } = http2;
  if (goaway && goaway.code !== 'NO_ERROR') return `ended the HTTP/2 connection (GOAWAY ${goaway.code})`;
  return 'broke the HTTP/2 connection';
}

export function formatMs(ms: number): string {
  return ms >= 1000 ? `${(ms / 1000).toFixed(2)} s` : `${ms >= 10 ? ms.toFixed(0) : ms.toFixed(2)} ms`;
}

const byCode: Readonly<Record<number, DisconnectReason>> = {
  1000: 'normal',
  1001: 'going_away',
  1002: 'protocol_error',
  1003: 'protocol_error',
  1004: 'protocol_error',
  1005: 'normal',
  1006: 'network_loss',
  1007: 'protocol_error',
  1008: 'rejected',
  1009: 'rejected',
  1010: 'protocol_error',
  1011: 'server_error',
  1012: 'going_away',
  1013: 'rate_limited',
  1014: 'server_error',
  1015: 'network_loss',
};

const byClass: Readonly<Record<CloseClass, DisconnectReason>> = {
  normal: 'normal',
  transient: 'going_away',
  permanent: 'rejected',
  protocol: 'protocol_error',
  auth: 'rejected',
  limit: 'rate_limited',
};

/** Classifies the end of a connection by its code, by what the code means here, and for 1006 by what the socket saw. */
export function disconnectReason(code: number, kind: CloseClass, end?: SocketEnd): DisconnectReason {
  if (code === 1006 && end) return explainAbnormal(end).reason;
  if (code === 1000 && kind !== 'normal') return byClass[kind];
  return byCode[code] ?? byClass[kind];
}
