import type { FrameBits } from './frame.js';
import type { Direction } from './model.js';

/** Messages (one row each, control frames beside them) or frames as they stood on the wire. */
export type LogMode = 'messages' | 'wire';

/** What a row shows. `event` is a line of ours: connected, closed, reconnecting, cleared. */
export type RowKind = 'text' | 'binary' | 'continuation' | 'close' | 'ping' | 'pong' | 'reserved' | 'event';

/** Where a row's payload is: in memory, moved to disk, or dropped (counted, never silently). */
export type PayloadPlace = 'memory' | 'disk' | 'dropped';

/** What a JSON path selects in the message of a row. */
export interface RowValue {
  /** At most 240 characters. Raw, as a preview is. */
  readonly text: string;
  /** As a filter compares with it: one value that is a text, a number, true, false or null, and is not cut; else null. */
  readonly literal: string | null;
}

/** A JSON path to a value that messages have, and one such value. */
export interface PathFound {
  readonly path: string;
  readonly example: string;
}

/** One line of the log. Ids are stable and ascending in the order of the wire; they are never used again. */
export interface LogRow extends FrameBits {
  /** Of the frame; in the messages view of the message's last frame so far. */
  readonly id: number;
  readonly kind: RowKind;
  /** Milliseconds since the session began. */
  readonly atMs: number;
  readonly direction: Direction;
  /** Header and payload as on the wire, all fragments together in the messages view. */
  readonly wireBytes: number;
  readonly payloadBytes: number;
  /** Of a compressed message; null for any other, and in the wire view. */
  readonly inflatedBytes: number | null;
  /** How many frames make the message; 1 in the wire view. */
  readonly frames: number;
  /** Which connection of the session it belongs to, from 1. */
  readonly connection: number;
  readonly place: PayloadPlace;
  readonly marked: boolean;
  /** The source saw whole messages and no frames: bits, mask, wire size and number of frames are unknown. */
  readonly wire?: 'unknown';
  /** A compressed message whose content is not here (yet): its payload is the deflated bytes. Never in the wire view. */
  readonly deflated?: true;
  /** First characters of the payload (text) or its first bytes in hex; at most 240 characters. Raw: the view makes it safe. */
  readonly preview: string;
  /** What the dialect makes of it ("subscribe #3", "event chat"); null when it has nothing to say. */
  readonly label: string | null;
  /** By the JSON paths that were asked for; null for a message that was not looked into: too long, or too slow. */
  readonly values?: Readonly<Record<string, RowValue | null>>;
}

/** What the log holds, and what it no longer holds. All of it is on screen. */
export interface LogStatus {
  /** Grows with each clear: whatever was read before is gone. */
  readonly generation: number;
  readonly frames: number;
  readonly messages: number;
  /** Rows that were dropped from the front since the last clear, with their payloads. */
  readonly droppedFrames: number;
  /** Payloads no longer readable although their row is still there. */
  readonly droppedPayloads: number;
  /** Of the rows that are there; the memory taken for them is more. */
  readonly payloadBytesInMemory: number;
  readonly payloadBytesOnDisk: number;
  /** Why payloads were dropped instead of moved to disk ("disk full"); null while the disk takes them. */
  readonly spillError: string | null;
  /** Of a recording that is still being read; absent once it is whole. */
  readonly loadedPercent?: number;
}

/** Of a log that has never had a row. */
export const EMPTY_LOG: LogStatus = {
  generation: 0,
  frames: 0,
  messages: 0,
  droppedFrames: 0,
  droppedPayloads: 0,
  payloadBytesInMemory: 0,
  payloadBytesOnDisk: 0,
  spillError: null,
};

/** A problem in a filter's text: 0-based index and length, as in an editor. */
export interface FilterProblem {
  readonly message: string;
  readonly index: number;
  readonly length: number;
}
