import type { HandshakeProblem } from '../base/evidence.js';
import type { AcceptInfo, CompressionInfo, HeaderPair, SubprotocolInfo } from '../base/model.js';

/** A request or response head as read from the wire: nothing merged, nothing renamed, nothing reordered. */
export interface RequestHead {
  readonly httpVersion: string;
  readonly method: string;
  readonly target: string;
  readonly headers: readonly HeaderPair[];
  readonly raw: string;
}

export interface ResponseHead {
  readonly httpVersion: string;
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly HeaderPair[];
  /** As received, latin1, ending with the empty line. */
  readonly raw: string;
}

export interface HandshakeInspection {
  /** Null over HTTP/2, which has no key to answer (RFC 8441 5). */
  readonly accept: AcceptInfo | null;
  readonly subprotocol: SubprotocolInfo;
  readonly compression: CompressionInfo;
  readonly problems: readonly HandshakeProblem[];
}
