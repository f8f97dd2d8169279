import type { SecureContext } from 'node:tls';
import type { RequestHead, ResponseHead } from '../../handshake/handshake.js';
import type { ResponseInfo, TlsInfo } from '../../base/model.js';
import type { ProxyRoute } from '../../base/plan.js';
import type { Clock } from '../../base/clock.js';
import type { Network } from '../network.js';

/** What was said to the proxy and what it answered. Null where it never came so far. */
export interface TunnelRecord {
  request: RequestHead | null;
  response: ResponseHead | null;
  body: ResponseInfo['body'] | null;
  /** Reply code of a SOCKS proxy and what it means. */
  socks: { readonly code: number; readonly text: string } | null;
  tls: TlsInfo | null;
  /** What was made to answer the proxy, and no report may show. */
  secrets: string[];
  requestSentMs: number | null;
  firstByteMs: number | null;
  responseCompleteMs: number | null;
}

export function emptyTunnel(): TunnelRecord {
  return {
    request: null,
    response: null,
    body: null,
    socks: null,
    tls: null,
    secrets: [],
    requestSentMs: null,
    firstByteMs: null,
    responseCompleteMs: null,
  };
}

export interface TunnelOptions {
  readonly route: ProxyRoute;
  /** Where the tunnel leads. */
  readonly host: string;
  readonly port: number;
  readonly context: SecureContext | null;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly allowLinkLocal: boolean;
  readonly network: Network;
  readonly clock: Clock;
  /** Filled in as it goes, and readable however it ends. */
  readonly record: TunnelRecord;
}
