import type { StreamEvidence } from '../diagnosis/evidence.js';
import { parseClosePayload } from '../frames/closePayload.js';
import { type Frame, type FrameViolation, OPCODE } from '../frames/frame.js';
import { FrameDecoder } from '../frames/frameDecoder.js';
import { FrameValidator } from '../frames/frameValidator.js';
import type { FrameBytes } from '../transport/openingHandshake.js';

/** DESIGN 3.1: a report carries the first 200 frames. */
const MAX_FRAMES = 200;
const KEEP_PAYLOAD_BYTES = 4_096;
/** A second with more pings than this is a flood. */
const FLOOD_PINGS = 1_000;

export interface FrameEvents {
  onPong(payload: Uint8Array, atMs: number): void;
  onClose(code: number, reason: string, atMs: number): void;
  onViolation(violation: FrameViolation): void;
}

/** Reads the frames of both directions off the wire, beside `ws`: what a report shows and what the edge's clock says. */
export class FrameWatch implements FrameBytes {
  readonly frames: Frame[] = [];
  /** When each whole message left or arrived, in order; consumed by whoever pairs them with `ws`' messages. */
  readonly sentMessagesMs: number[] = [];
  readonly receivedMessagesMs: number[] = [];
  closeReceived: StreamEvidence['closeReceived'] = null;
  closeSent: { readonly code: number; readonly atMs: number } | null = null;
  /** Told of a Close frame in either direction; whoever waits for the end of the stream too is told of it here. */
  onClosing: (() => void) | null = null;
  violation: FrameViolation | null = null;
  pingsReceived = 0;
  pingFlood = false;
  #pingWindowMs = 0;
  #pingsInWindow = 0;
  #deflate = false;
  #validator: FrameValidator | null = null;
  #pairing = true;
  readonly #events: FrameEvents;
  readonly #maxMessageBytes: number;
  readonly #received = new FrameDecoder({
    direction: 'received',
    keepPayloadBytes: KEEP_PAYLOAD_BYTES,
    onFrame: (frame) => this.#onReceived(frame),
  });
  readonly #sent = new FrameDecoder({
    direction: 'sent',
    keepPayloadBytes: KEEP_PAYLOAD_BYTES,
    onFrame: (frame) => this.#onSent(frame),
  });

  constructor(maxMessageBytes: number, events: FrameEvents) {
    this.#maxMessageBytes = maxMessageBytes;
    this.#events = events;
  }

  negotiated(deflate: boolean): void {
    this.#deflate = deflate;
  }

  received(chunk: Uint8Array, atMs: number): void {
    this.#received.push(chunk, atMs);
    const pending = this.#received.pending();
    if (pending) this.#violate(this.#validate().checkPending(pending));
  }

  /** `ws` has given up on the stream: what still arrives makes no message any more. */
  stopPairing(): void {
    this.#pairing = false;
  }

  sent(chunk: Uint8Array, atMs: number): void {
    this.#sent.push(chunk, atMs);
  }

  #validate(): FrameValidator {
    this.#validator ??= new FrameValidator({
      direction: 'received',
      deflate: this.#deflate,
      maxMessageBytes: this.#maxMessageBytes,
    });
    return this.#validator;
  }

  #violate(violation: FrameViolation | null): void {
    if (!violation || this.violation) return;
    this.violation = violation;
    this.#pairing = false;
    this.#events.onViolation(violation);
  }

  #onReceived(frame: Frame): void {
    this.#keep(frame);
    this.#violate(this.#validate().check(frame));
    if (frame.opcode === OPCODE.ping) this.#countPing(frame.atMs);
    else if (frame.opcode === OPCODE.pong) this.#events.onPong(frame.payload, frame.atMs);
    else if (frame.opcode === OPCODE.close) this.#onClose(frame);
    else if (frame.fin && this.#pairing) this.receivedMessagesMs.push(frame.atMs);
  }

  #onClose(frame: Frame): void {
    const parsed = parseClosePayload(frame.payload);
    if (this.closeReceived || 'violation' in parsed) return;
    this.closeReceived = { ...parsed, atMs: frame.atMs };
    this.#events.onClose(parsed.code, parsed.reason, frame.atMs);
    this.onClosing?.();
  }

  #onSent(frame: Frame): void {
    this.#keep(frame);
    if (frame.opcode === OPCODE.close) {
      const parsed = parseClosePayload(frame.payload);
      this.closeSent ??= { code: 'violation' in parsed ? 1005 : parsed.code, atMs: frame.atMs };
      this.onClosing?.();
    } else if (frame.opcode < OPCODE.close && frame.fin) {
      this.sentMessagesMs.push(frame.atMs);
    }
  }

  #keep(frame: Frame): void {
    if (this.frames.length < MAX_FRAMES) this.frames.push(frame);
  }

  #countPing(atMs: number): void {
    this.pingsReceived += 1;
    if (atMs - this.#pingWindowMs > 1_000) {
      this.#pingWindowMs = atMs;
      this.#pingsInWindow = 0;
    }
    this.#pingsInWindow += 1;
    if (this.#pingsInWindow > FLOOD_PINGS) this.pingFlood = true;
  }
}
