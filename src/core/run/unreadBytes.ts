import type { Frame, FrameViolation } from '../base/frame.js';
import { OPCODE } from '../base/frame.js';
import { hexPairs, rawFrameBytes } from '../frames/frameBytes.js';
import { FrameDecoder } from '../frames/frameDecoder.js';
import { FrameValidator, type FrameValidatorOptions } from '../frames/frameValidator.js';

interface Mark {
  /** Whole messages before `offset`, which is where the next one begins. */
  readonly messages: number;
  readonly offset: number;
}

/**
 * The wire bytes of which `ws` has not made messages yet, by reference: `ws` holds the same ones. Where it refuses a message that
 * looked right on the wire, this tells which frame it was.
 */
export class UnreadBytes {
  #chunks: Uint8Array[] = [];
  /** Wire offset of the first chunk. */
  #from = 0;
  #end = 0;
  #start: Mark = { messages: 0, offset: 0 };
  #marks: Mark[] = [];

  get end(): number {
    return this.#end;
  }

  /** Takes the next chunk of the wire and lets go of what `ws` has read: `delivered` messages so far. */
  push(chunk: Uint8Array, delivered: number): void {
    let passed = 0;
    while (passed < this.#marks.length && this.#marks[passed]!.messages <= delivered) passed++;
    if (passed > 0) {
      this.#start = this.#marks[passed - 1]!;
      this.#marks.splice(0, passed);
      this.#drop(this.#start.offset);
    }
    this.#chunks.push(chunk);
    this.#end += chunk.length;
  }

  /** The end of the chunk as `ws` got it, in memory of its own; what is before it was read at once, and its memory is used again. */
  keep(rest: Uint8Array): void {
    const last = this.#chunks.pop();
    if (last === undefined) return;
    if (last.length > rest.length) this.#chunks.push(last.subarray(0, last.length - rest.length));
    this.#chunks.push(rest);
  }

  /** The chunk was decoded: so many messages are whole, and the next one begins at the offset. */
  mark(messages: number, offset: number): void {
    const last = this.#marks.at(-1) ?? this.#start;
    if (last.offset !== offset) this.#marks.push({ messages, offset });
  }

  clear(): void {
    this.#chunks = [];
    this.#marks = [];
  }

  /** What the first message after `delivered` others breaks, and where; `id` and `message` where it is whole on the wire. */
  locate(id: FrameViolation['id'], message: string, delivered: number, rules: FrameValidatorOptions): FrameViolation {
    const start = this.#marks.findLast(({ messages }) => messages <= delivered) ?? this.#start;
    const validator = new FrameValidator(rules);
    let { messages } = start;
    let first: Frame | null = null;
    let found: FrameViolation | null = null;
    const decoder = new FrameDecoder({
      direction: rules.direction,
      keepPayloadBytes: rules.maxMessageBytes,
      onFrame: (frame) => {
        if (frame.opcode >= OPCODE.close || messages > delivered) return;
        if (messages === delivered) {
          const placed = { ...frame, wireOffset: start.offset + frame.wireOffset };
          first ??= placed;
          found ??= validator.check(placed);
        }
        if (frame.fin) messages += 1;
      },
    });
    let at = this.#from;
    for (const chunk of this.#chunks) {
      if (at + chunk.length > start.offset) decoder.push(chunk.subarray(Math.max(0, start.offset - at)), 0);
      at += chunk.length;
    }
    if (found) return found;
    const frame = first as Frame | null;
    const place = frame ? { wireOffset: frame.wireOffset, hex: hexPairs(rawFrameBytes(frame)) } : null;
    return { id, message, ...(place ?? { wireOffset: start.offset, hex: '' }) };
  }

  #drop(before: number): void {
    let gone = 0;
    while (gone < this.#chunks.length && this.#from + this.#chunks[gone]!.length <= before) {
      this.#from += this.#chunks[gone]!.length;
      gone++;
    }
    if (gone > 0) this.#chunks.splice(0, gone);
  }
}
