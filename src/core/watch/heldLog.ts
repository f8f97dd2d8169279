import { EMPTY_LOG, type LogStatus } from '../base/logRow.js';
import type { SessionEvent } from '../base/sessionEvent.js';
import type { SessionLog } from '../session/sessionLog.js';

/** The log of a session that nobody reads: it keeps no frame, and passes on what happens. */
export class HeldLog implements SessionLog {
  readonly #onEvent: (event: SessionEvent) => void;
  #rows = 0;

  constructor(onEvent: (event: SessionEvent) => void) {
    this.#onEvent = onEvent;
  }

  append(): number {
    return this.#rows++;
  }

  appendEvent(event: SessionEvent): void {
    this.#onEvent(event);
  }

  attachInflated(): void {}
  clear(): void {}
  dispose(): void {}

  status(): LogStatus {
    return EMPTY_LOG;
  }
}
