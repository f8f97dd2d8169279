import type { LogMode } from '../../src/protocol/session.js';
import { Store } from '../log/store.js';
import type { Ask } from '../shared/parts.js';

export const PIECE_BYTES = 64 * 1024;
/** Pieces kept; beyond, those that were only looked at in hex go first. */
const MAX_PIECES = 256;

/** One payload, fetched by pieces: from its start for text, anywhere for hex. One request at a time, the newest wish next. */
export class PayloadModel extends Store {
  readonly id: number;
  readonly mode: LogMode;
  total: number;
  binary = false;
  available = true;
  error: unknown = null;
  readonly #ask: Ask;
  readonly #pieces = new Map<number, Uint8Array>();
  #wanted: number | null = null;
  #goal = 1;
  #busy = false;
  #joined: Uint8Array = new Uint8Array();
  #joinedPieces = 0;

  constructor(ask: Ask, id: number, mode: LogMode, total: number) {
    super();
    this.#ask = ask;
    this.id = id;
    this.mode = mode;
    this.total = total;
    this.#pump();
  }

  get pieceCount(): number {
    return Math.ceil(this.total / PIECE_BYTES);
  }

  get loading(): boolean {
    return this.#busy;
  }

  get complete(): boolean {
    return this.start().length >= this.total;
  }

  piece(index: number): Uint8Array | undefined {
    return this.#pieces.get(index);
  }

  /** The bytes from the start on, as far as they are here without a gap. */
  start(): Uint8Array {
    let next = this.#joinedPieces;
    while (this.#pieces.has(next)) next++;
    if (next > this.#joinedPieces) {
      const parts: Uint8Array[] = [this.#joined];
      for (let index = this.#joinedPieces; index < next; index++)
        parts.push(this.#pieces.get(index) ?? new Uint8Array());
      const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
      let at = 0;
      for (const part of parts) {
        joined.set(part, at);
        at += part.length;
      }
      this.#joined = joined;
      this.#joinedPieces = next;
    }
    return this.#joined;
  }

  /** Fetches from the start on until so many pieces are here. */
  load(pieces: number): void {
    this.#goal = Math.min(Math.max(this.#goal, pieces), this.pieceCount, MAX_PIECES);
    this.error = null;
    this.#pump();
    this.changed();
  }

  more(): void {
    this.start();
    this.load(this.#joinedPieces + 1);
  }

  /** Fetches the piece at `index`; a wish that comes later replaces one that still waits. */
  want(index: number): void {
    if (this.#pieces.has(index) || index < 0 || index >= this.pieceCount) return;
    this.#wanted = index;
    this.#pump();
  }

  #pump(): void {
    if (this.#busy || this.error !== null || !this.available || this.total === 0) return;
    this.start();
    const next = this.#wanted ?? (this.#joinedPieces < this.#goal ? this.#joinedPieces : null);
    this.#wanted = null;
    if (next === null || this.#pieces.has(next)) return;
    this.#busy = true;
    const { id, mode } = this;
    this.#ask('viewPayload', { id, mode, offset: next * PIECE_BYTES, length: PIECE_BYTES }).then(
      (payload) => {
        this.total = payload.totalBytes;
        this.binary = payload.binary;
        this.available = payload.available;
        if (payload.available) this.#keep(next, toBytes(payload.bytes));
        this.#busy = false;
        this.#pump();
        this.changed();
      },
      (error: unknown) => {
        this.error = error;
        this.#busy = false;
        this.changed();
      },
    );
  }

  #keep(index: number, bytes: Uint8Array): void {
    this.#pieces.set(index, bytes);
    if (this.#pieces.size <= MAX_PIECES) return;
    for (const old of this.#pieces.keys()) {
      if (old < this.#joinedPieces || old === index) continue;
      this.#pieces.delete(old);
      return;
    }
  }
}

/** Ports differ in what they make of a view on a buffer. */
function toBytes(bytes: unknown): Uint8Array {
  if (bytes instanceof Uint8Array) return bytes;
  return bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : new Uint8Array();
}

/** Null when the bytes are no UTF-8. Where more is to come, a character may be cut at the end: it is left out. */
export function decodeText(bytes: Uint8Array, complete: boolean): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: !complete });
  } catch {
    return null;
  }
}
