import type { Duplex } from 'node:stream';
import type { StreamEvidence } from '../base/evidence.js';
import type { Clock } from '../base/clock.js';
import { isTlsAlert } from './secure.js';

/** How many of the peer's first bytes are kept as evidence. */
const FIRST_BYTES = 512;
const NOTHING = Buffer.alloc(0);

export interface TapListener {
  /**
   * Bytes at the socket's edge, stamped as they pass. The chunk is only borrowed. Gives what goes on in its place.
   * `isReadAtOnce`: who it goes to reads it before anything else comes.
   */
  onReceived(chunk: Uint8Array, atMs: number, isReadAtOnce: boolean): readonly Uint8Array[];
  onSent(chunk: Uint8Array, atMs: number): void;
  /** The peer ended or broke the stream. */
  onEnd(kind: 'server-fin' | 'server-reset', error: Error | null, atMs: number): void;
}

/**
 * Stands at the edge of a connected stream of ours, under `ws`: every byte is stamped and shown to the listener before it goes on.
 * What was received is held back until `open()`, so that the opening handshake is judged before `ws` sees it.
 * It takes the place of the stream's own `push` and `write`, so that `ws` works on the stream itself.
 */
export class WireTap {
  readonly stream: Duplex;
  /** What is received goes on before the listener reads it: who waits for it does not wait for that. Not for `ws`: what it gets is what the listener gives. */
  passesOnFirst = false;
  readonly #clock: Clock;
  readonly #listener: TapListener;
  readonly #push: Duplex['push'];
  /** What waits for `open()`; null once it was called. */
  #held: (Buffer | null)[] | null = [];
  #refused = false;
  #firstBytes: Uint8Array = new Uint8Array(0);
  #bytesReceived = 0;
  #bytesSent = 0;
  #endedBy: StreamEvidence['endedBy'] = null;
  #brokeTls = false;

  constructor(stream: Duplex, clock: Clock, listener: TapListener) {
    this.stream = stream;
    this.#clock = clock;
    this.#listener = listener;
    this.#push = stream.push.bind(stream);
    stream.push = (chunk: Buffer | null) => (chunk === null ? this.#end() : this.#receive(chunk));
    stream.write = this.#tapWrite(stream.write.bind(stream));
    stream.on('error', this.#onError);
    // What came behind a proxy's answer is in the stream already; heard of once the handshake listens.
    const early: unknown = stream.readableLength > 0 ? stream.read() : null;
    if (early instanceof Buffer) process.nextTick(() => this.#receive(early));
  }

  get firstBytes(): Uint8Array {
    return this.#firstBytes;
  }

  get bytesReceived(): number {
    return this.#bytesReceived;
  }

  get bytesSent(): number {
    return this.#bytesSent;
  }

  /** Who ended the stream first; null while it is whole. */
  get endedBy(): StreamEvidence['endedBy'] {
    return this.#endedBy ?? (this.stream.destroyed ? 'client' : null);
  }

  /** It was TLS that broke, by an alert or a record that makes no sense; TCP did not. */
  get brokeTls(): boolean {
    return this.#brokeTls;
  }

  /** Lets what was held, and all that follows, pass on to `ws`. */
  open(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const chunk of held) this.#push(chunk);
  }

  /**
   * Leaves the stream, paused, to whoever reads it in place of `ws`, which never sees what was held: `rest`, the end of it, comes first.
   * The listener goes on being told of every byte.
   */
  handOver(rest: Uint8Array): void {
    this.#held = null;
    const { stream } = this;
    for (const event of ['data', 'end', 'error', 'drain']) stream.removeAllListeners(event);
    stream.on('error', this.#onError);
    stream.pause();
    if (rest.length > 0) this.#push(rest);
  }

  /** Drops what is held and what still comes: `ws` never sees it, the listener does. */
  refuse(): void {
    this.#refused = true;
    this.#held = [];
  }

  /** The stream is over, and its own events do not tell why: what carried it does. */
  lost(kind: 'server-fin' | 'server-reset', error: Error | null): void {
    if (this.#endedBy !== null) return;
    this.#endedBy = kind;
    this.#listener.onEnd(kind, error, this.#clock());
  }

  destroy(): void {
    this.#endedBy ??= 'client';
    this.refuse();
    this.stream.destroy();
  }

  #receive(chunk: Buffer): boolean {
    const atMs = this.#clock();
    this.#bytesReceived += chunk.length;
    if (this.#firstBytes.length < FIRST_BYTES) this.#keepFirst(chunk);
    // Held before the listener hears of it: the listener is who opens.
    if (this.#held) {
      if (!this.#refused) this.#held.push(chunk);
      this.#listener.onReceived(chunk, atMs, false);
      return true;
    }
    if (this.passesOnFirst) {
      const takesMore = this.#push(chunk);
      this.#listener.onReceived(chunk, atMs, false);
      return takesMore;
    }
    const pieces = this.#listener.onReceived(chunk, atMs, this.#isReadAtOnce);
    // A stream asks for more once it was given something, be it nothing.
    let wantsMore = pieces.length > 0 || this.#push(NOTHING);
    for (const piece of pieces) wantsMore = this.#push(piece);
    return wantsMore;
  }

  /** What is pushed is taken before `push` returns; otherwise it waits in the stream. */
  get #isReadAtOnce(): boolean {
    const { stream } = this;
    return stream.readableFlowing === true && stream.readableLength === 0 && stream.listenerCount('data') > 0;
  }

  #keepFirst(chunk: Buffer): void {
    this.#firstBytes = Buffer.concat([this.#firstBytes, chunk.subarray(0, FIRST_BYTES - this.#firstBytes.length)]);
  }

  #end(): boolean {
    this.lost('server-fin', null);
    if (!this.#held) return this.#push(null);
    this.#held.push(null);
    return false;
  }

  readonly #onError = (error: Error) => {
    this.#brokeTls ||= isTlsAlert(error);
    this.lost('server-reset', error);
  };

  #tapWrite(write: Duplex['write']): Duplex['write'] {
    return (chunk: string | Uint8Array, ...rest: unknown[]) => {
      const [encoding] = rest;
      const bytes =
        typeof chunk === 'string'
          ? Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8')
          : chunk;
      const callback = rest.find((argument) => typeof argument === 'function');
      this.#bytesSent += bytes.length;
      const atMs = this.#clock();
      const takesMore = write(bytes, callback as () => void);
      // Stamped before they leave, read after: the peer is at work on them meanwhile.
      this.#listener.onSent(bytes, atMs);
      return takesMore;
    };
  }
}
