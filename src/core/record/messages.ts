import { isUtf8 } from 'node:buffer';
import { OPCODE } from '../base/frame.js';
import { incompleteTail } from '../frames/utf8.js';
import type { Direction } from '../base/model.js';
import { payloadBytesOf } from './payloadJson.js';
import type { RecordingLine } from './recording.js';

type FrameLine = Extract<RecordingLine, { readonly type: 'frame' }>;

/** A whole message, or a control frame: fragments joined, inflated. Exactly one of `text` and `base64` is set. */
export interface RecordedMessage {
  readonly connection: number;
  /** Of its last frame. */
  readonly atMs: number;
  readonly direction: Direction;
  /** Of its first frame: 1 text, 2 binary, 8 and above control. */
  readonly opcode: number;
  readonly text?: string;
  readonly base64?: string;
  /** Full size, also when what is here was cut. */
  readonly bytes: number;
  readonly truncated: boolean;
  readonly frames: number;
  /** Compressed, and the recording does not hold it inflated: the payload is the deflated bytes. */
  readonly deflated: boolean;
}

interface Half {
  readonly first: FrameLine;
  readonly parts: Buffer[];
  keptBytes: number;
  bytes: number;
  frames: number;
  truncated: boolean;
}

/** As much as is held of all half messages together; fragments beyond are counted. */
const MAX_HELD_BYTES = 64 * 1024 * 1024;

/** Joins the frames of a recording to messages, each direction of each connection by itself. */
export class MessageJoiner {
  readonly #halves = new Map<string, Half>();
  #heldBytes = 0;

  /** The message that ends with this frame, if one does. Frames that continue nothing are messages of their own. */
  push(line: FrameLine): RecordedMessage | null {
    if (line.fin && line.opcode !== OPCODE.continuation) return messageOf(this.#startOf(line), line);
    const key = `${line.connection} ${line.direction}`;
    const half = line.opcode === OPCODE.continuation ? this.#halves.get(key) : undefined;
    this.#drop(key);
    const message = half ?? this.#startOf(line);
    if (half) this.#add(half, line);
    if (line.fin) return messageOf(message, line);
    this.#halves.set(key, message);
    this.#heldBytes += message.keptBytes;
    return null;
  }

  /** The connection is over: half messages are dropped. */
  forget(connection: number): void {
    this.#drop(`${connection} sent`);
    this.#drop(`${connection} received`);
  }

  #startOf(line: FrameLine): Half {
    const half: Half = { first: line, parts: [], keptBytes: 0, bytes: 0, frames: 0, truncated: false };
    this.#add(half, line);
    return half;
  }

  #add(half: Half, line: FrameLine): void {
    half.frames += 1;
    half.bytes += line.payloadBytes;
    const payload = payloadBytesOf(line);
    const fits = this.#heldBytes + half.keptBytes + payload.length <= MAX_HELD_BYTES;
    // After a cut nothing fits on: what follows would read as if nothing were missing.
    if (!half.truncated && fits) {
      half.parts.push(payload);
      half.keptBytes += payload.length;
      half.truncated = line.truncated;
    } else half.truncated = true;
  }

  #drop(key: string): void {
    this.#heldBytes -= this.#halves.get(key)?.keptBytes ?? 0;
    this.#halves.delete(key);
  }
}

function messageOf(half: Half, last: FrameLine): RecordedMessage {
  const { first, frames } = half;
  const { connection, direction, opcode } = first;
  const facts = { connection, atMs: last.atMs, direction, opcode: opcode === 0 ? OPCODE.text : opcode, frames };
  const { inflated } = last;
  if (inflated) {
    const payload = inflated.text === undefined ? { base64: inflated.base64 ?? '' } : { text: inflated.text };
    return { ...facts, ...payload, bytes: inflated.bytes, truncated: inflated.truncated, deflated: false };
  }
  const deflated = first.rsv1 && opcode < OPCODE.close;
  const payload = Buffer.concat(half.parts);
  const text = facts.opcode === OPCODE.text && !deflated ? textOf(payload, half.truncated) : null;
  const content = text === null ? { base64: payload.toString('base64') } : { text };
  return { ...facts, ...content, bytes: half.bytes, truncated: half.truncated, deflated };
}

function textOf(payload: Buffer, truncated: boolean): string | null {
  const whole = truncated ? payload.subarray(0, payload.length - incompleteTail(payload)) : payload;
  return isUtf8(whole) ? whole.toString() : null;
}
