import type { CloseInfo, FrameRecord, HeaderPair } from '../base/model.js';

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

/** Every further line: a frame, or an event of the session. Append-only; a torn last line is left out when read. */
export type RecordingLine =
  | ({ readonly type: 'frame'; readonly connection: number } & FrameRecord)
  | { readonly type: 'open'; readonly connection: number; readonly atMs: number }
  | { readonly type: 'close'; readonly connection: number; readonly atMs: number; readonly close: CloseInfo }
  | { readonly type: 'lost'; readonly atMs: number; readonly frames: number; readonly reason: string };
