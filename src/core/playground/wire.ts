import type { Socket } from 'node:net';

/** A peer that has been sent our FIN has this long to close its side. */
const LINGER_MS = 5_000;
/** What was written just before a reset gets this long to be read: a reset throws unread bytes away. */
const SETTLE_MS = 20;

/**
 * One accepted connection. Owns its timers (gone with the socket), writes nothing once the socket is closed and never throws.
 * `raw` is the TCP socket beneath TLS, or the socket itself.
 */
export class Wire {
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #onData = (chunk: Buffer): void => this.#consumer(chunk);
  #consumer: (chunk: Buffer) => void = () => {};
  #waitsForDrain = false;
  #writtenAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    readonly socket: Socket,
    readonly raw: Socket,
  ) {
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    for (const each of new Set([socket, raw])) each.on('close', () => this.#clearTimers());
    socket.on('data', this.#onData);
  }

  /** Where incoming bytes go from now on; before the first call they are thrown away. */
  read(consumer: (chunk: Buffer) => void): void {
    this.#consumer = consumer;
  }

  /** False when the peer reads more slowly than we write. Strings are latin1, as HTTP heads are. */
  write(data: string | Uint8Array): boolean {
    if (!this.socket.writable) return true;
    this.#writtenAtMs = performance.now();
    return typeof data === 'string' ? this.socket.write(data, 'latin1') : this.socket.write(data);
  }

  /** Writes, then stops reading until the peer has taken what was written: a flood of questions cannot fill memory. */
  answer(data: string | Uint8Array): void {
    if (this.write(data) || this.#waitsForDrain) return;
    this.#waitsForDrain = true;
    this.socket.pause();
    this.socket.once('drain', () => {
      this.#waitsForDrain = false;
      this.socket.resume();
    });
  }

  /** Writes what `next` gives, as fast as the peer reads, until it gives null. */
  stream(next: () => string | Uint8Array | null, done: () => void = () => {}): void {
    const pump = (): void => {
      while (this.socket.writable) {
        const data = next();
        if (data === null) {
          done();
          return;
        }
        if (!this.write(data)) {
          this.socket.once('drain', pump);
          return;
        }
      }
    };
    pump();
  }

  /** FIN after what is written; destroyed if the peer does not close its side. */
  finish(data?: string | Uint8Array): void {
    if (data !== undefined) this.write(data);
    this.read(() => {});
    this.#clearTimers();
    this.socket.end();
    this.after(LINGER_MS, () => this.socket.destroy());
  }

  /** RST: at once when nothing was written of late, otherwise 20 ms behind the last write. */
  reset(): void {
    const waitMs = this.#writtenAtMs + SETTLE_MS - performance.now();
    if (waitMs > 0) {
      this.after(waitMs, () => this.reset());
      return;
    }
    this.raw.resetAndDestroy();
    if (this.raw !== this.socket) this.socket.destroy();
  }

  /** Once, unless the socket closes first. */
  after(ms: number, action: () => void): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      action();
    }, ms);
    this.#remember(timer);
    return timer;
  }

  /** Again and again until the socket closes. */
  every(ms: number, action: () => void): void {
    this.#remember(setInterval(action, ms));
  }

  cancel(timer: NodeJS.Timeout): void {
    clearTimeout(timer);
    this.#timers.delete(timer);
  }

  /** The bare socket for a library that reads it itself; nothing of ours listens for data any more. */
  handOver(): Socket {
    this.socket.off('data', this.#onData);
    return this.socket;
  }

  #remember(timer: NodeJS.Timeout): void {
    if (this.socket.destroyed) clearInterval(timer);
    else this.#timers.add(timer);
  }

  #clearTimers(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers.clear();
  }
}
