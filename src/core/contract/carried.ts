import { setBounded } from '../base/setBounded.js';
import { WORDS } from './ids.js';
import { UUIDS } from './normalise.js';
import { ACK_SLOT, isIdPlace, slotOf, type ValuePlace } from './places.js';
import { ackOf, parseJson, type Said, textOf } from './said.js';
import { scanScalars } from './scanScalars.js';

const MAX_VALUES = 10_000;
/** A word this long is the same identifier wherever it stands; a shorter one only where an identifier is due. */
const UNIQUE_LENGTH = 8;
const MAX_BINARY_VALUES = 100;
const MAX_NESTING = 8;

/** A value that has taken the place of a recorded one, and where it was seen. */
export interface CarriedValue {
  readonly slot: string;
  readonly recorded: string | number;
  readonly now: string | number;
}

/**
 * What stands now for what was recorded: an id that one side made anew is put where the recording sent the old one back. The
 * latest of several counts; 10,000 are kept.
 */
export class Carried {
  readonly #values = new Map<string | number, string | number>();
  /** The same by the place it was learned in, which counts first. */
  readonly #slots = new Map<string, string | number>();

  get isEmpty(): boolean {
    return this.#values.size === 0;
  }

  get(recorded: string | number): string | number | undefined {
    return this.#values.get(recorded);
  }

  learn({ now, recorded, slot }: CarriedValue): void {
    put(this.#values, recorded, recorded, now);
    put(this.#slots, slotKey(slot, recorded), recorded, now);
  }

  /** The recorded message as it is to be said now. */
  apply<T extends Said>(message: T): T {
    if (this.isEmpty) return message;
    if (message.binary) {
      const bytes = this.#inBytes(message.bytes);
      return bytes === message.bytes ? message : { ...message, bytes };
    }
    const text = textOf(message.bytes);
    const filled = this.text(text);
    return filled === text ? message : { ...message, bytes: Buffer.from(filled) };
  }

  text(text: string, nesting = 0): string {
    const pieces: string[] = [];
    let at = 0;
    const put = (start: number, end: number, value: string) => {
      pieces.push(this.#inWords(text.slice(at, start)), value);
      at = end;
    };
    const ack = ackOf(text);
    const now = ack === null ? undefined : this.#slots.get(slotKey(ACK_SLOT, Number(ack.digits)));
    if (ack !== null && typeof now === 'number') put(ack.at, ack.at + ack.digits.length, String(now));
    const from = text.search(/[[{]/);
    if (from >= 0)
      scanScalars(text, Math.max(from, at), (scalar) => {
        const { end, start, value } = scalar;
        if (value === null) return;
        const replaced = this.#whole(value, scalar) ?? this.#inside(value, nesting);
        if (replaced !== undefined && replaced !== value) put(start, end, JSON.stringify(replaced));
      });
    pieces.push(this.#inWords(text.slice(at)));
    return pieces.join('');
  }

  #whole(value: string | number, place: ValuePlace): string | number | undefined {
    if (isIdPlace(place)) return this.#slots.get(slotKey(slotOf(place), value)) ?? this.#values.get(value);
    return typeof value === 'string' && value.length >= UNIQUE_LENGTH ? this.#values.get(value) : undefined;
  }

  /** JSON in a string of JSON. */
  #inside(value: string | number, nesting: number): string | undefined {
    if (typeof value !== 'string' || nesting >= MAX_NESTING || parseJson(value) === undefined) return undefined;
    return this.text(value, nesting + 1);
  }

  #inWords(text: string): string {
    const replace = (word: string) => {
      const now = this.#values.get(word);
      return typeof now === 'string' ? JSON.stringify(now).slice(1, -1) : word;
    };
    return text.replace(WORDS, (word) => (this.#values.has(word) ? replace(word) : word.replace(UUIDS, replace)));
  }

  /** Lengths stand before texts in binary formats: only what is as long as it was can take its place. */
  #inBytes(bytes: Uint8Array): Uint8Array {
    const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let filled: Buffer | null = null;
    let skip = this.#values.size - MAX_BINARY_VALUES;
    for (const [recorded, now] of this.#values) {
      if (skip-- > 0) continue;
      if (typeof recorded !== 'string' || typeof now !== 'string' || recorded.length < UNIQUE_LENGTH) continue;
      const [old, fresh] = [Buffer.from(recorded), Buffer.from(now)];
      if (old.length !== fresh.length) continue;
      for (let at = whole.indexOf(old); at >= 0; at = whole.indexOf(old, at + old.length)) {
        filled ??= Buffer.from(bytes);
        fresh.copy(filled, at);
      }
    }
    return filled ?? bytes;
  }
}

function slotKey(slot: string, value: string | number): string {
  return `${typeof value} ${slot} ${value}`;
}

function put<K>(map: Map<K, string | number>, key: K, recorded: string | number, now: string | number): void {
  if (recorded === now && !map.has(key)) return;
  map.delete(key);
  setBounded(map, key, now, MAX_VALUES);
}
