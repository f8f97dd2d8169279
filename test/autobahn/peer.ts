import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type ClientFrame, ClientFrameReader } from '../../src/core/playground/frame.js';
import { encodeFrame, type FrameToEncode } from '../../src/core/frames/frameEncoder.js';
import type { Deflate } from './deflate.js';

/** What the client sent: a whole message, a ping, a pong. */
export interface ClientEvent {
  readonly kind: 'text' | 'binary' | 'ping' | 'pong';
  readonly payload: Buffer;
}

/** Writes of at most this many pieces go out one a turn of the loop, so that they arrive as pieces. */
const MAX_PACED_PIECES = 256;

/** The fuzzing server's side of one connection: sends any bytes, keeps what comes back. */
export class Peer {
  readonly events: ClientEvent[] = [];
  /** 1005 for a Close frame without a payload; null: none came. */
  closeCode: number | null = null;
  closeReason: Buffer = Buffer.alloc(0);
  ended = false;
  /** What the client's frames broke. */
  broken: string | null = null;
  readonly #socket: Socket;
  readonly #deflate: Deflate | null;
  readonly #reader: ClientFrameReader;
  #closeSent = false;
  #message: { readonly opcode: number; readonly compressed: boolean; readonly parts: Buffer[] } | null = null;
  #decoding: Promise<void> = Promise.resolve();
  #wake: () => void = () => {};

  constructor(socket: Socket, early: Buffer, deflate: Deflate | null) {
    this.#socket = socket;
    this.#deflate = deflate;
    this.#reader = new ClientFrameReader(
      (frame) => this.#onFrame(frame),
      () => this.#break('a frame above 16 MiB'),
    );
    socket.on('data', (chunk: Buffer) => this.#reader.push(chunk));
    const end = () => {
      this.ended = true;
      this.#wake();
    };
    socket.on('end', end);
    socket.on('close', end);
    if (early.length > 0) this.#reader.push(early);
  }

  /** Bytes as they are, whole or in pieces of `chop`. */
  async send(bytes: Uint8Array, chop = 0): Promise<void> {
    if (chop === 0) {
      await this.#write(bytes);
      return;
    }
    const paced = bytes.length / chop <= MAX_PACED_PIECES;
    for (let at = 0; at < bytes.length; at += chop) {
      await this.#write(bytes.subarray(at, at + chop));
      if (paced) await nextTurn();
    }
  }

  frame(frame: FrameToEncode, chop = 0): Promise<void> {
    return this.send(encodeFrame(frame), chop);
  }

  /** A whole message, compressed as negotiated (RFC 7692 7.2.1). */
  async compressed(opcode: number, payload: Uint8Array, fragmentBytes = Number.POSITIVE_INFINITY): Promise<void> {
    const bytes = await this.#requireDeflate().compress(payload);
    for (let at = 0; at === 0 || at < bytes.length; at += fragmentBytes) {
      const piece = bytes.subarray(at, at + fragmentBytes);
      const first = at === 0;
      const fin = at + fragmentBytes >= bytes.length;
      await this.frame({ opcode: first ? opcode : 0, rsv1: first, fin, payload: piece });
    }
  }

  async close(code: number | null = 1000, reason: Uint8Array | string = ''): Promise<void> {
    if (this.#closeSent) return;
    const payload = Buffer.alloc(2);
    if (code !== null) payload.writeUInt16BE(code);
    const bytes = code === null ? Buffer.alloc(0) : Buffer.concat([payload, Buffer.from(reason)]);
    await this.rawClose(bytes);
  }

  async rawClose(payload: Uint8Array): Promise<void> {
    this.#closeSent = true;
    await this.frame({ opcode: 8, payload });
  }

  /** Waits for so many events, the client's Close or the end. */
  async received(count: number): Promise<void> {
    while (this.events.length < count && this.closeCode === null && !this.ended) await this.#change();
  }

  /** Waits for the client's Close, or the end of its stream. */
  async closing(): Promise<void> {
    while (this.closeCode === null && !this.ended) await this.#change();
  }

  async end(): Promise<void> {
    if (this.closeCode !== null && !this.#closeSent) await this.close(this.closeCode === 1005 ? null : this.closeCode);
    this.#socket.end();
    while (!this.ended) await this.#change();
    await this.#decoding;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  async #write(bytes: Uint8Array): Promise<void> {
    if (!this.#socket.writable || this.#socket.write(bytes)) return;
    await Promise.race([once(this.#socket, 'drain'), once(this.#socket, 'close')]);
  }

  #onFrame(frame: ClientFrame): void {
    if (frame.opcode === 8) {
      this.closeCode ??= frame.payload.length < 2 ? 1005 : frame.payload.readUInt16BE(0);
      this.closeReason = frame.payload.subarray(2);
      this.#later(() => {});
    } else if (frame.opcode === 9 || frame.opcode === 10) {
      const kind = frame.opcode === 9 ? 'ping' : 'pong';
      this.#later(() => this.events.push({ kind, payload: frame.payload }));
    } else {
      this.#onData(frame);
    }
  }

  #onData(frame: ClientFrame): void {
    if ((frame.opcode === 0) === (this.#message === null)) this.#break('fragments out of order');
    this.#message ??= { opcode: frame.opcode, compressed: frame.rsv1, parts: [] };
    const message = this.#message;
    message.parts.push(frame.payload);
    if (!frame.fin) return;
    this.#message = null;
    const kind = message.opcode === 1 ? 'text' : 'binary';
    const whole = message.parts.length === 1 ? frame.payload : Buffer.concat(message.parts);
    this.#later(async () => {
      const payload = message.compressed ? await this.#requireDeflate().decompress(whole) : whole;
      this.events.push({ kind, payload });
    });
  }

  /** Inflating takes turns of the loop: what came first is told first. */
  #later(action: () => unknown): void {
    this.#decoding = this.#decoding
      .then(action)
      .catch((error: Error) => this.#break(error.message))
      .then(() => this.#wake());
  }

  #break(what: string): void {
    this.broken ??= what;
    this.#wake();
  }

  #requireDeflate(): Deflate {
    if (this.#deflate) return this.#deflate;
    throw new Error('a compressed message although nothing was negotiated');
  }
}
