import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { StreamEvidence } from '../diagnosis/evidence.js';
import type { Clock } from './clock.js';

/** How many of the peer's first bytes are kept as evidence. */
const FIRST_BYTES = 512;

export interface TapListener {
  /** Bytes at the socket's edge, stamped as they pass. The chunk is only borrowed. */
  onReceived(chunk: Uint8Array, atMs: number): void;
  onSent(chunk: Uint8Array, atMs: number): void;
  /** The peer ended or broke the stream. */
  onEnd(kind: 'server-fin' | 'server-reset', error: Error | null, atMs: number): void;
}

/**
 * The duplex between a connected socket and `ws`: every byte passes here, is stamped and shown to the listener first.
 * What was received is held back until `open()`, so that the opening handshake is judged before `ws` sees it.
 */
export class WireTap extends Duplex {
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #listener: TapListener;
  #held: Uint8Array[] | null = [];
  #ended = false;
  #firstBytes: Uint8Array = new Uint8Array(0);
  #bytesReceived = 0;
  #bytesSent = 0;
  #endedBy: StreamEvidence['endedBy'] = null;

  constructor(socket: Socket, clock: Clock, listener: TapListener) {
    super({ allowHalfOpen: true });
    this.#socket = socket;
    this.#clock = clock;
    this.#listener = listener;
    socket.on('data', this.#onData);
    socket.on('end', this.#onEnd);
    socket.on('error', this.#onError);
    socket.on('close', this.#onClose);
    // A peer that goes away while `ws` is not listening is told by `onEnd`, never by an uncaught error.
    this.on('error', () => {});
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

  get endedBy(): StreamEvidence['endedBy'] {
    return this.#endedBy;
  }

  /** Lets what was held, and all that follows, pass on to `ws`. */
  open(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const chunk of held) this.push(chunk);
    if (this.#ended) this.push(null);
  }

  /** Drops what was held: `ws` will never see it. Later chunks still reach the listener. */
  refuse(): void {
    this.#held = [];
  }

  readonly #onData = (chunk: Buffer) => {
    const atMs = this.#clock();
    this.#bytesReceived += chunk.length;
    if (this.#firstBytes.length < FIRST_BYTES) {
      this.#firstBytes = Buffer.concat([this.#firstBytes, chunk.subarray(0, FIRST_BYTES - this.#firstBytes.length)]);
    }
    // Held before the listener hears of it: the listener is who opens.
    if (this.#held) {
      this.#held.push(chunk);
      this.#listener.onReceived(chunk, atMs);
      return;
    }
    this.#listener.onReceived(chunk, atMs);
    if (!this.destroyed && !this.push(chunk)) this.#socket.pause();
  };

  readonly #onEnd = () => {
    this.#ended = true;
    this.#endedBy ??= 'server-fin';
    this.#listener.onEnd('server-fin', null, this.#clock());
    if (!this.#held && !this.destroyed) this.push(null);
  };

  readonly #onError = (error: Error) => {
    this.#endedBy ??= 'server-reset';
    this.#listener.onEnd('server-reset', error, this.#clock());
    this.destroy(error);
  };

  readonly #onClose = () => {
    this.destroy();
  };

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: string, callback: (error?: Error | null) => void): void {
    this.#stampSent(chunk);
    this.#socket.write(chunk, callback);
  }

  override _writev(chunks: { chunk: Buffer }[], callback: (error?: Error | null) => void): void {
    this.#socket.cork();
    chunks.forEach(({ chunk }, index) => {
      this.#stampSent(chunk);
      this.#socket.write(chunk, index === chunks.length - 1 ? callback : undefined);
    });
    this.#socket.uncork();
  }

  #stampSent(chunk: Buffer): void {
    this.#bytesSent += chunk.length;
    this.#listener.onSent(chunk, this.#clock());
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#socket.end(() => callback());
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#endedBy ??= 'client';
    this.#held = null;
    this.#socket.off('data', this.#onData);
    this.#socket.destroy();
    callback(error);
  }

  // `http` and `ws` treat their stream as a net.Socket.
  setTimeout(): this {
    return this;
  }

  setNoDelay(on?: boolean): this {
    this.#socket.setNoDelay(on);
    return this;
  }

  setKeepAlive(on?: boolean, delay?: number): this {
    this.#socket.setKeepAlive(on, delay);
    return this;
  }

  ref(): this {
    this.#socket.ref();
    return this;
  }

  unref(): this {
    this.#socket.unref();
    return this;
  }
}
