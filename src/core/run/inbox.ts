import type { Failure } from '../base/evidence.js';

export interface ReceivedMessage {
  readonly binary: boolean;
  readonly bytes: Uint8Array;
  readonly atMs: number;
}

/** Messages that came before anybody asked for one, a welcome for example. */
const MAX_WAITING = 16;
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

export interface InboxReader {
  onMessage(message: ReceivedMessage): void;
  onEnd(failure: Failure): void;
}

/** Messages and the end of a connection, for one reader at a time. What came before the first reader is kept, bounded. */
export class Inbox {
  #waiting: ReceivedMessage[] | null = [];
  #waitingBytes = 0;
  #reader: InboxReader | null = null;
  #ended: Failure | null = null;

  get ended(): Failure | null {
    return this.#ended;
  }

  /** The first end counts: what follows from it is no news. */
  end(failure: Failure): void {
    if (this.#ended) return;
    this.#ended = failure;
    this.#reader?.onEnd(failure);
  }

  push(message: ReceivedMessage): void {
    if (this.#reader) {
      this.#reader.onMessage(message);
      return;
    }
    if (!this.#waiting || this.#waiting.length >= MAX_WAITING) return;
    if (this.#waitingBytes + message.bytes.length > MAX_WAITING_BYTES) return;
    this.#waitingBytes += message.bytes.length;
    this.#waiting.push(message);
  }

  /** Gives what is waiting, then all that comes, until the returned function is called. An end is told at once. */
  read(reader: InboxReader): () => void {
    this.#reader = reader;
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    for (const message of waiting) reader.onMessage(message);
    if (this.#ended) reader.onEnd(this.#ended);
    return () => {
      if (this.#reader === reader) this.#reader = null;
    };
  }
}
