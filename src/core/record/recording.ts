import type { Direction, FrameRecord, HeaderPair } from '../base/model.js';
import type { ConnectionEnd } from '../base/sessionEvent.js';

export const RECORDING_SCHEMA = 'wsprobe.recording/1';

/** First line of a `.wsrec` file (JSON Lines). Secrets are redacted before anything is written. */
export interface RecordingHeader {
  readonly schema: typeof RECORDING_SCHEMA;
  readonly name: string;
  readonly url: string;
  /** ISO 8601: the wall clock at time 0 of `atMs`. */
  readonly startedAt: string;
  readonly subprotocol: string | null;
  readonly dialect: string | null;
  readonly request: { readonly target: string; readonly headers: readonly HeaderPair[] } | null;
  readonly response: {
    readonly status: number;
    readonly reason: string;
    readonly headers: readonly HeaderPair[];
  } | null;
}

/** How a further connection begins; the header describes the first. */
export interface ConnectionLine
  extends Pick<RecordingHeader, 'url' | 'subprotocol' | 'dialect' | 'request' | 'response'> {
  readonly type: 'connection';
  readonly connection: number;
  readonly atMs: number;
  readonly peer: string | null;
}

/** A whole message of a source that sees no frames: a browser, a HAR. */
export interface MessageLine {
  readonly type: 'message';
  readonly connection: number;
  readonly index: number;
  readonly atMs: number;
  readonly direction: Direction;
  readonly kind: 'text' | 'binary';
  /** The full size; more than is here where `truncated`. */
  readonly payloadBytes: number;
  /** Exactly one of `text` and `base64`. */
  readonly text?: string;
  readonly base64?: string;
  readonly truncated: boolean;
}

/** Every further line: a frame, or an event of the session. Append-only; a torn last line is left out when read. */
export type RecordingLine =
  | ({ readonly type: 'frame'; readonly connection: number } & FrameRecord)
  | { readonly type: 'open'; readonly connection: number; readonly atMs: number }
  | { readonly type: 'close'; readonly connection: number; readonly atMs: number; readonly close: ConnectionEnd }
  | ConnectionLine
  | MessageLine
  | { readonly type: 'note'; readonly connection: number; readonly atMs: number; readonly text: string }
  | { readonly type: 'lost'; readonly atMs: number; readonly frames: number; readonly reason: string };
