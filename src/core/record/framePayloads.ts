import { type Frame, OPCODE } from '../base/frame.js';
import type { Redactor } from '../redaction/redactor.js';
import { payloadJson } from './payloadJson.js';

/** A compressed message as inflated (RFC 7692). `payload` may be cut, `bytes` is the full size. */
export interface InflatedPayload {
  readonly payload: Uint8Array;
  readonly isText: boolean;
  readonly bytes: number;
}

type RecordedFrame = Pick<Frame, 'direction' | 'opcode' | 'rsv1' | 'fin' | 'payload'>;

interface MessageState {
  readonly compressed: boolean;
  /** The end of the fragments before: a secret may lie across the border. */
  readonly tail: Uint8Array;
}

/** More than a secret that stands in one piece. */
const TAIL_BYTES = 4096;
const EMPTY = new Uint8Array(0);

/**
 * Payloads as a recording keeps them: cut at a limit, secrets starred out (sizes stay true). A compressed payload hides
 * a secret from a search, so it is starred out whole unless its message was inflated and holds none.
 */
export class FramePayloads {
  readonly #redactor: Redactor;
  readonly #keep: number;
  readonly #messages = new Map<string, MessageState>();

  constructor(redactor: Redactor, keepBytes: number) {
    this.#redactor = redactor;
    this.#keep = keepBytes;
  }

  /** The frame's payload as it may be written. */
  payloadOf(connection: number, frame: RecordedFrame, inflated: InflatedPayload | null): Uint8Array {
    const bytes = this.#redactor.isEmpty ? frame.payload : this.#redacted(connection, frame, inflated);
    return bytes.length > this.#keep ? bytes.subarray(0, this.#keep) : bytes;
  }

  /** An `InflatedMessage` as JSON. */
  inflatedJson(inflated: InflatedPayload): string {
    const payload = this.#redactor.bytes(this.#sought(inflated.payload)).subarray(0, this.#keep);
    const truncated = payload.length < inflated.bytes;
    const text = payloadJson(payload, inflated.isText, truncated);
    return `{${text},"bytes":${inflated.bytes},"truncated":${truncated}}`;
  }

  /** The connection is over: its half messages are forgotten. */
  forget(connection: number): void {
    this.#messages.delete(`${connection} sent`);
    this.#messages.delete(`${connection} received`);
  }

  #redacted(connection: number, frame: RecordedFrame, inflated: InflatedPayload | null): Uint8Array {
    const payload = this.#sought(frame.payload);
    if (frame.opcode >= OPCODE.close) return this.#redactor.bytes(payload);
    const key = `${connection} ${frame.direction}`;
    const starts = frame.opcode !== OPCODE.continuation;
    const before = starts ? undefined : this.#messages.get(key);
    const compressed = starts ? frame.rsv1 : (before?.compressed ?? false);
    const tail = before?.tail ?? EMPTY;
    if (frame.fin) this.#messages.delete(key);
    else this.#messages.set(key, { compressed, tail: compressed ? EMPTY : endOf(tail, payload) });
    if (compressed) return starts && frame.fin && this.#isClean(inflated) ? payload : stars(payload.length);
    if (tail.length === 0) return this.#redactor.bytes(payload);
    return this.#redactor.bytes(Buffer.concat([tail, payload])).subarray(tail.length);
  }

  /** As much as is kept, and enough more that a secret at the border is known as one. */
  #sought(payload: Uint8Array): Uint8Array {
    return payload.length > this.#keep + TAIL_BYTES ? payload.subarray(0, this.#keep + TAIL_BYTES) : payload;
  }

  #isClean(inflated: InflatedPayload | null): boolean {
    if (!inflated || inflated.payload.length < inflated.bytes || inflated.bytes > this.#keep) return false;
    return this.#redactor.bytes(inflated.payload) === inflated.payload;
  }
}

function endOf(tail: Uint8Array, payload: Uint8Array): Uint8Array {
  const joined = payload.length >= TAIL_BYTES ? payload : Buffer.concat([tail, payload]);
  return Uint8Array.from(joined.subarray(Math.max(0, joined.length - TAIL_BYTES)));
}

function stars(length: number): Uint8Array {
  return Buffer.alloc(length, '*');
}
