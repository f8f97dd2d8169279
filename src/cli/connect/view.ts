import type { Report } from '../../core/base/model.js';
import type { SessionEvent } from '../../core/base/sessionEvent.js';
import type { FrameEntry } from './frameFeed.js';

/** An end of a connection, or an attempt that did not get that far. */
export interface Ending {
  readonly connection: number;
  /** Milliseconds since the session began. */
  readonly atMs: number;
  readonly report: Report;
}

export interface Opening extends Ending {
  /** When the answer to the opening handshake was complete. */
  readonly openMs: number;
  /** Wall clock at millisecond 0. */
  readonly startedAtMs: number;
}

export interface NextAttempt {
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly delayMs: number;
  readonly atMs: number;
}

/** A way of showing a conversation. */
export interface ConnectView {
  /** Whether it is shown whole messages as `ws` gives them, or every frame. */
  readonly takes: 'messages' | 'frames';
  opened(opening: Opening): void;
  frame(entry: FrameEntry): void;
  message(binary: boolean, bytes: Uint8Array): void;
  event(event: SessionEvent, atMs: number, connection: number): void;
  reconnecting(next: NextAttempt): void;
  /** It did not open. */
  failed(ending: Ending): void;
  closed(ending: Ending): void;
  /** So many lines were left out, because nobody read them. */
  lost(lines: number, atMs: number): void;
}

const TOLD_OTHERWISE: ReadonlySet<SessionEvent['kind']> = new Set([
  'open',
  'closed',
  'not-connected',
  'reconnecting',
] satisfies SessionEvent['kind'][]);

/** An event that a view is told as an opening, an ending or the next attempt as well. */
export function repeatsState({ kind }: SessionEvent): boolean {
  return TOLD_OTHERWISE.has(kind);
}
