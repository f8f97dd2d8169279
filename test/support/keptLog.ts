import { EMPTY_LOG } from '../../src/core/base/logRow.js';
import type { Frame } from '../../src/core/base/frame.js';
import type { SessionEvent } from '../../src/core/base/sessionEvent.js';
import { renderSessionEvent } from '../../src/core/text/sessionEventText.js';
import type { SessionLog } from '../../src/core/session/sessionLog.js';

/** A log that keeps everything as it came. */
export class KeptLog implements SessionLog {
  readonly frames: (Frame & { readonly connection: number })[] = [];
  readonly events: string[] = [];
  readonly inflated: [direction: string, text: string][] = [];
  cleared = 0;
  append(frame: Frame, connection: number): number {
    return this.frames.push({ ...frame, payload: Uint8Array.from(frame.payload), connection }) - 1;
  }
  appendEvent(event: SessionEvent): void {
    this.events.push(renderSessionEvent(event));
  }
  attachInflated(direction: 'sent' | 'received', bytes: Uint8Array): void {
    this.inflated.push([direction, Buffer.from(bytes).toString()]);
  }
  clear(): void {
    this.cleared += 1;
  }
  status() {
    return { ...EMPTY_LOG, frames: this.frames.length };
  }
  dispose(): void {}
}
