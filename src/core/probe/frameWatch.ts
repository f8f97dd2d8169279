import type { StreamEvidence } from '../diagnosis/evidence.js';
import { parseClosePayload } from '../frames/closePayload.js';
import { type Frame, type FrameViolation, OPCODE } from '../frames/frame.js';
import { FrameDecoder } from '../frames/frameDecoder.js';
import { FrameValidator } from '../frames/frameValidator.js';
import type { InflatedMessage } from '../model.js';
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
  /** Whole compressed messages by their last frame, as far as both are kept. */
  readonly inflated = new Map<Frame, InflatedMessage>();
  /** When the last whole message left. */
  lastSentMs: number | null = null;
  readonly #arrived: { readonly frame: Frame; readonly compressed: boolean }[] = [];
  readonly #leaving: { readonly binary: boolean; readonly bytes: Uint8Array }[] = [];
  #receivedCompressed = false;
  #sentCompressed = false;
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

  /** Pairs the next message that `ws` gives with its last frame on the wire. Gives when it arrived. */
  pair(binary: boolean, bytes: Uint8Array): number | null {
    const arrived = this.#arrived.shift();
    if (arrived?.compressed) this.#inflate(arrived.frame, binary, bytes);
    return arrived?.frame.atMs ?? null;
  }

  /** Tells of a message about to be sent. */
  sending(binary: boolean, bytes: Uint8Array): void {
    this.#leaving.push({ binary, bytes });
  }

  #inflate(frame: Frame, binary: boolean, bytes: Uint8Array): void {
    if (this.frames.length >= MAX_FRAMES && !this.frames.includes(frame)) return;
    const kept = Buffer.from(bytes.subarray(0, KEEP_PAYLOAD_BYTES));
    const shown = binary ? { base64: kept.toString('base64') } : { text: new TextDecoder().decode(kept) };
    this.inflated.set(frame, { ...shown, bytes: bytes.length, truncated: kept.length < bytes.length });
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
    else if (this.#pairing) this.#onReceivedData(frame);
  }

  #onReceivedData(frame: Frame): void {
    if (frame.opcode !== OPCODE.continuation) this.#receivedCompressed = frame.rsv1;
    if (frame.fin) this.#arrived.push({ frame, compressed: this.#receivedCompressed });
  }

  #onSentData(frame: Frame): void {
    if (frame.opcode !== OPCODE.continuation) this.#sentCompressed = frame.rsv1;
    if (!frame.fin) return;
    this.lastSentMs = frame.atMs;
    const message = this.#leaving.shift();
    if (message && this.#sentCompressed) this.#inflate(frame, message.binary, message.bytes);
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
    } else if (frame.opcode < OPCODE.close) {
      this.#onSentData(frame);
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
