import type { Failure } from '../base/evidence.js';

export interface InboxMessage {
  readonly binary: boolean;
  readonly bytes: Uint8Array;
  readonly atMs: number;
}

/** What is unread may take this much; beyond it the peer says more than the steps listen to. */
const MAX_UNREAD = 100_000;
const MAX_UNREAD_BYTES = 64 * 1024 * 1024;

export type Arrival =
  | { readonly message: InboxMessage }
  /** Nothing more will come. */
  | { readonly ended: Failure }
  /** Nothing has come yet. */
  | null;

/** Messages since the connection opened, in order, each at its number from 0. Those before the cursor are read, and let go. */
export class Inbox {
  #messages: InboxMessage[] = [];
  /** The number of the first one in the list, and how many of the list are read. */
  #first = 0;
  #head = 0;
  #bytes = 0;
  #ended: Failure | null = null;
  /** Messages that the peer sent before the end, as far as that is known. */
  #total = 0;
  #wake: (() => void) | null = null;

  /** The number of the first unread message. */
  get cursor(): number {
    return this.#first + this.#head;
  }

  get ended(): Failure | null {
    return this.#ended;
  }

  push(message: InboxMessage): void {
    const unread = this.#messages.length - this.#head;
    if (this.#ended && this.#received >= this.#total) return;
    if (unread >= MAX_UNREAD || this.#bytes + message.bytes.length > MAX_UNREAD_BYTES) {
      const limit = `More than ${MAX_UNREAD} messages, or 64 MiB, are unread: a limit of ours.`;
      this.end({ phase: 'message', kind: 'protocol', code: 'limit.unread', message: limit });
      return;
    }
    this.#messages.push(message);
    this.#bytes += message.bytes.length;
    this.#wake?.();
  }

  /** The first end counts. Of messages that came before it on the wire some may be told later: `total` in all. */
  end(failure: Failure, total = 0): void {
    if (!this.#ended) {
      this.#ended = failure;
      this.#total = total;
    }
    this.#wake?.();
  }

  /** What has not come by now never will. */
  close(): void {
    this.#total = 0;
    this.#wake?.();
  }

  /** What stands at a number, as things are now. */
  at(number: number): Arrival {
    const message = this.#messages[number - this.#first];
    if (message) return { message };
    return this.#ended && this.#received >= this.#total ? { ended: this.#ended } : null;
  }

  /** Messages before a number are read. */
  readTo(number: number): void {
    const head = Math.max(this.#head, number - this.#first);
    for (let at = this.#head; at < head; at++) this.#bytes -= this.#messages[at]?.bytes.length ?? 0;
    this.#head = head;
    if (head < COMPACT_AT || head * 2 < this.#messages.length) return;
    this.#messages = this.#messages.slice(head);
    this.#first += head;
    this.#head = 0;
  }

  /** Calls when something has come or ended, until the returned function is called. One waits at a time. */
  onNews(wake: () => void): () => void {
    this.#wake = wake;
    return () => {
      if (this.#wake === wake) this.#wake = null;
    };
  }

  get #received(): number {
    return this.#first + this.#messages.length;
  }
}

/** Read messages that the list may hold before it is made anew. */
const COMPACT_AT = 64;
