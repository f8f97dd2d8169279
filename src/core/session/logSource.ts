import type { ConnectionEnd } from '../base/sessionEvent.js';
import type { FrameLog } from '../frames/log/frameLog.js';
import type { RecordingHeader } from '../record/recording.js';
import type { DialectWatch } from './dialectWatch.js';
import type { SessionSnapshot } from './snapshot.js';

/** Connections of which a source tells more than their frames: the first ones, further ones are in the log alone. */
export const MAX_CONNECTIONS = 1_000;
/** Notes that a source lists; all of them are rows of the log. */
export const MAX_NOTES = 1_000;

/** One connection of a source: how it began, and how it ended where that is known. */
export interface SourceConnection
  extends Pick<RecordingHeader, 'url' | 'subprotocol' | 'dialect' | 'request' | 'response'> {
  /** From 1. */
  readonly connection: number;
  /** Milliseconds since the source began; null where it does not tell. */
  readonly atMs: number | null;
  /** Who was at the other end, `address:port`; null where the source does not tell. */
  readonly peer: string | null;
  /** Null while it lives, or where the source does not tell of an end. */
  readonly close: ConnectionEnd | null;
  /** When it ended, as `atMs`. */
  readonly closedMs: number | null;
}

/** What was done beside the traffic: a fault injected, a page reloaded. */
export interface SourceNote {
  readonly atMs: number;
  readonly connection: number;
  readonly text: string;
}

/**
 * A log with all that belongs to it: what the messages mean, how it is headed and summed up, and what must never leave it.
 * A live session is one, an opened recording another. The log outlives its connections; `dispose` ends everything.
 */
export interface LogSource {
  readonly log: FrameLog;
  readonly dialect: DialectWatch;
  /** Values that leave in no form: blotted out of rows, payloads, exports. */
  readonly secrets: readonly string[];
  /** Oldest first, `MAX_CONNECTIONS` at most. */
  readonly connections: readonly SourceConnection[];
  /** Oldest first, `MAX_NOTES` at most. */
  readonly notes: readonly SourceNote[];
  header(): RecordingHeader;
  snapshot(): SessionSnapshot;
  dispose(): Promise<void>;
}

/** What an export is made of. */
export type ExportedSource = Pick<LogSource, 'log' | 'secrets' | 'connections' | 'notes' | 'header'> & {
  /** The recording that it is read from, where it is. */
  readonly file?: string;
};
