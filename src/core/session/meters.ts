import { type Frame, OPCODE } from '../base/frame.js';
import type { Direction } from '../base/model.js';
import { toThousandths } from '../base/clock.js';
import type { SessionSnapshot, Traffic } from './snapshot.js';
import { TrafficCounter } from './traffic.js';

/** What went over the wire both ways, and when last. The counts are the session's, the times the present connection's. */
export class Meters {
  readonly #sent = new TrafficCounter();
  readonly #received = new TrafficCounter();
  readonly #inflatedBytes: Record<Direction, number> = { sent: 0, received: 0 };
  #lastByteMs: number | null = null;
  #lastReceivedMs: number | null = null;

  connectionBegan(): void {
    this.#lastByteMs = null;
    this.#lastReceivedMs = null;
  }

  frame(frame: Frame): void {
    const wireBytes = frame.headerBytes + frame.payloadBytes;
    this.#lastByteMs = frame.atMs;
    if (frame.direction === 'sent') {
      this.#sent.count(wireBytes, frame.payloadBytes, endsMessage(frame), frame.atMs);
      return;
    }
    this.#lastReceivedMs = frame.atMs;
    this.#received.count(wireBytes, frame.payloadBytes, endsMessage(frame), frame.atMs);
  }

  inflated(direction: Direction, bytes: number): void {
    this.#inflatedBytes[direction] += bytes;
  }

  traffic(direction: Direction, nowMs: number): Traffic {
    return (direction === 'sent' ? this.#sent : this.#received).snapshot(nowMs);
  }

  compressionRatio(nowMs: number): NonNullable<SessionSnapshot['compressionRatio']> {
    return { sent: this.#ratio('sent', nowMs), received: this.#ratio('received', nowMs) };
  }

  /** From the last byte in either direction, and from the peer's last, to `endMs`; null without any. */
  silenceBefore(endMs: number): { readonly idleMs: number | null; readonly silentMs: number | null } {
    const since = (atMs: number | null) => (atMs === null ? null : toThousandths(endMs - atMs));
    return { idleMs: since(this.#lastByteMs), silentMs: since(this.#lastReceivedMs) };
  }

  #ratio(direction: Direction, nowMs: number): number | null {
    const inflated = this.#inflatedBytes[direction];
    return inflated === 0 ? null : toThousandths(this.traffic(direction, nowMs).payloadBytes / inflated);
  }
}

/** The last frame of a data message. */
export function endsMessage({ fin, opcode }: Frame): boolean {
  return fin && opcode < OPCODE.close;
}
