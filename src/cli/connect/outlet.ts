import type { Output } from '../io.js';

export interface OutletListener {
  /** The reader is slower than the peer: what comes now is kept in memory until `onDrained`. */
  onFull(): void;
  onDrained(): void;
  /** The reader has gone away; nothing is written any more. */
  onGone(): void;
  /** So many texts were left out while the reader did not read, told once it reads again. */
  onLost(count: number): void;
}

export interface OutletOptions {
  /** Kept for a reader that does not read; more is left out and counted. */
  readonly maxBytes?: number;
  /** Writes around a prompt that is on the same screen. */
  readonly around?: (write: () => void) => void;
}

const MAX_BYTES = 64 * 1024 * 1024;

/** Gathers what is written within one turn of the event loop, and says when the reader cannot keep up. */
export class Outlet {
  readonly #output: Output;
  readonly #listener: OutletListener;
  readonly #maxBytes: number;
  readonly #around: (write: () => void) => void;
  #pending: (string | Uint8Array)[] = [];
  #scheduled: NodeJS.Immediate | null = null;
  #isFull = false;
  #isGone = false;
  #bytesWhileFull = 0;
  #lost = 0;
  #waiting: (() => void)[] = [];

  constructor(output: Output, listener: OutletListener, options: OutletOptions = {}) {
    this.#output = output;
    this.#listener = listener;
    this.#maxBytes = options.maxBytes ?? MAX_BYTES;
    this.#around = options.around ?? ((write) => write());
    output.stream.once('error', this.#gone);
    output.stream.once('close', this.#gone);
  }

  get isFull(): boolean {
    return this.#isFull;
  }

  /** Bytes are the outlet's from now on. */
  write(content: string | Uint8Array): void {
    if (this.#isGone) return;
    if (this.#isFull) {
      this.#bytesWhileFull += content.length;
      if (this.#bytesWhileFull > this.#maxBytes) {
        this.#lost += 1;
        return;
      }
    }
    this.#pending.push(content);
    this.#scheduled ??= setImmediate(() => this.flush());
  }

  /** Hands over what was gathered, now. */
  flush(): void {
    if (this.#scheduled !== null) clearImmediate(this.#scheduled);
    this.#scheduled = null;
    if (this.#pending.length === 0 || this.#isGone) return;
    const content = together(this.#pending);
    this.#pending = [];
    this.#around(() => {
      if (this.#output.write(content) || this.#isFull) return;
      this.#isFull = true;
      this.#bytesWhileFull = content.length;
      this.#output.stream.once('drain', this.#drained);
      this.#listener.onFull();
    });
  }

  /** Settles when the reader has taken everything, or has gone away. */
  async drained(): Promise<void> {
    this.flush();
    while (this.#isFull && !this.#isGone) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
      this.flush();
    }
  }

  end(): void {
    this.#output.stream.off('drain', this.#drained);
    this.#output.stream.off('error', this.#gone);
    this.#output.stream.off('close', this.#gone);
  }

  readonly #drained = () => {
    this.#isFull = false;
    this.#bytesWhileFull = 0;
    const lost = this.#lost;
    this.#lost = 0;
    if (lost > 0) this.#listener.onLost(lost);
    this.#listener.onDrained();
    this.#settle();
  };

  readonly #gone = () => {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#pending = [];
    this.#listener.onGone();
    this.#settle();
  };

  #settle(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

function together(parts: readonly (string | Uint8Array)[]): string | Uint8Array {
  if (parts.every((part) => typeof part === 'string')) return parts.join('');
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
}
