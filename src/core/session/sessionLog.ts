import type { Frame } from '../base/frame.js';
import type { LogStatus } from '../base/logRow.js';
import type { SessionEvent } from '../base/sessionEvent.js';
import type { Direction } from '../base/model.js';
import type { WireMemory } from '../frames/wireMemory.js';

/** What a session asks of its log: FrameLog is one. */
export interface SessionLog {
  /** Gives the id of the frame's row. The payload is borrowed. */
  append(frame: Frame, connection: number): number;
  /** Memory for what one connection receives, by a log that has some. */
  openInlet?(): WireMemory;
  appendEvent(event: SessionEvent, atMs: number, connection: number): void;
  /** The inflated content of the oldest compressed message of that direction that has none yet. */
  attachInflated(direction: Direction, bytes: Uint8Array, binary: boolean): void;
  clear(): void;
  status(): LogStatus;
  dispose(): void;
}
