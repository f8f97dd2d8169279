import type { Http2Info, Phase } from '../../base/model.js';
import type { Clock } from '../../base/clock.js';
import type { Gate, OpeningHandshake } from '../openingHandshake.js';
import type { WireTap } from '../wireTap.js';

/** What one WebSocket goes over: its upgrade, then its frames, in the way of one version of HTTP. It tells its own facts. */
export interface Carrier {
  /** Where the opening handshake passes, and is judged. */
  readonly gate: Gate;
  /** Every byte of the WebSocket, both ways. */
  readonly tap: WireTap;
  /** Null over HTTP/1.1. */
  readonly http2: Http2Info | null;
  /** What it adds to the detail of the upgrade's phase. */
  readonly phaseDetail: Phase['detail'];
}

export interface CarrierOptions {
  readonly clock: Clock;
  readonly handshake: OpeningHandshake;
  /** The peer ended or broke the stream, at any time. */
  readonly onEnd: (kind: 'server-fin' | 'server-reset', error: Error | null, atMs: number) => void;
}
