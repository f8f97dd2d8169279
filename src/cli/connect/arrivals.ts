import { OPCODE } from '../../core/base/frame.js';
import type { SessionMessage } from '../../core/session/session.js';
import type { FrameEntry } from './frameFeed.js';
import type { Limits } from './limits.js';
import type { ConnectView } from './view.js';

/** What comes is shown until as much came as was asked for. */
export class Arrivals {
  readonly #view: ConnectView;
  readonly #limits: Limits;
  readonly #onReached: () => void;

  /** `onReached` is told of whatever comes once the limits are reached. */
  constructor(view: ConnectView, limits: Limits, onReached: () => void) {
    this.#view = view;
    this.#limits = limits;
    this.#onReached = onReached;
  }

  frame(entry: FrameEntry): void {
    if (this.#view.takes !== 'frames') return;
    const { direction, fin, opcode } = entry.frame;
    const isReceivedData = direction === 'received' && opcode < OPCODE.close;
    if (isReceivedData && this.#limits.isFull) return;
    this.#view.frame(entry);
    if (!isReceivedData || !fin) return;
    this.#limits.count();
    this.#tellIfReached();
  }

  message({ binary, bytes, direction }: SessionMessage): void {
    if (direction === 'sent' || this.#limits.isReached) return;
    this.#limits.judge({ binary, bytes });
    if (this.#view.takes === 'messages') {
      this.#view.message(binary, bytes);
      this.#limits.count();
    }
    this.#tellIfReached();
  }

  #tellIfReached(): void {
    if (this.#limits.isReached) this.#onReached();
  }
}
