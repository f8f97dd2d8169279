import { isUtf8 } from 'node:buffer';
import type { StreamEvidence } from '../base/evidence.js';
import { parseClosePayload } from '../frames/closePayload.js';
import { type Frame, type FrameViolation, OPCODE } from '../base/frame.js';
import { type BorrowedFrame, ownFrame } from '../frames/borrowedFrame.js';
import { FrameDecoder } from '../frames/frameDecoder.js';
import { payloadFields } from '../frames/frameRecord.js';
import type { WireMemory } from '../frames/wireMemory.js';
import { WireReader } from '../frames/wireReader.js';
import { FrameValidator, type FrameValidatorOptions } from '../frames/frameValidator.js';
import { MessageState } from '../frames/messageState.js';
import type { InflatedMessage } from '../base/model.js';
import type { FrameBytes } from '../transport/openingHandshake.js';
import { type HeardMessage, LentMessage } from './heardMessage.js';
import { closeCodeFor } from './streamFailure.js';
import { UnreadBytes } from './unreadBytes.js';

/** DESIGN 3.1: a report carries the first 200 frames. */
const MAX_FRAMES = 200;
/** The last ones, told around a failure. */
const MAX_LATEST = 8;
const KEEP_PAYLOAD_BYTES = 4_096;
/** A second with more pings than this is a flood. */
const FLOOD_PINGS = 1_000;
/** A welcome and a word on why not: no conversation yet. */
const GREETINGS = 2;
/** The most that a length of two bytes says. */
const MAX_SHORT_BYTES = 65_535;

interface FrameEvents {
  /** A message that `ws` does not give; it is lent. */
  onMessage(message: HeardMessage): void;
  onPong(payload: Uint8Array, atMs: number): void;
  onClose(code: number, reason: string, atMs: number): void;
  onViolation(violation: FrameViolation): void;
}

export interface ArrivedMessage {
  readonly atMs: number;
  readonly compressed: boolean;
  /** Its last frame, where that is one of the kept ones. */
  readonly kept: Frame | null;
}

export interface FrameWatchOptions {
  /** Nobody but the log reads the messages: there is no `ws` that gives them. */
  readonly takesOver?: boolean;
  readonly maxMessageBytes: number;
  readonly events: FrameEvents;
  /** Takes every frame, whose payload is borrowed, before anything else looks at it. With a log, texts of one frame are left to `ws`. */
  readonly log?: {
    readonly keepPayloadBytes: number;
    /** Where the log wants what is received to stay, if it does. */
    readonly memory: WireMemory | null;
    append(frame: Frame): void;
    /** A chunk of the wire is through: what its frames changed can be told once. */
    chunkDone(): void;
  };
}

/** Reads the frames of both directions off the wire, beside `ws`: what a report shows and what the edge's clock says. */
export class FrameWatch implements FrameBytes {
  readonly frames: Frame[] = [];
  /** The last frames of both directions, each with its number; empty with a log, which has them all. */
  readonly latest: { readonly frame: Frame; readonly index: number }[] = [];
  #seen = 0;
  /** Whole compressed messages by their last frame, as far as both are kept. */
  readonly inflated = new Map<Frame, InflatedMessage>();
  /** When the latest frame arrived. */
  lastReceivedMs = 0;
  /** When the last whole message left. */
  lastSentMs: number | null = null;
  readonly #arrived: ArrivedMessage[] = [];
  readonly #leaving: { readonly binary: boolean; readonly bytes: Uint8Array }[] = [];
  readonly #receivedState = new MessageState();
  readonly #sentState = new MessageState();
  closeReceived: StreamEvidence['closeReceived'] = null;
  closeSent: { readonly code: number; readonly atMs: number } | null = null;
  /** Told of a Close frame in either direction; whoever waits for the end of the stream too is told of it here. */
  onClosing: (() => void) | null = null;
  violation: FrameViolation | null = null;
  /** The violation came when we had sent our Close: it broke the closing handshake, not the conversation. */
  brokeClosing = false;
  /** Whole messages of the peer on the wire, and how many of them `ws` has given. */
  messagesReceived = 0;
  #delivered = 0;
  #hasReplied = false;
  /** Where the fragmented message that is under way began. */
  #messageBegan: number | null = null;
  readonly #unread = new UnreadBytes();
  pingsReceived = 0;
  pingFlood = false;
  #pingWindowMs = 0;
  #pingsInWindow = 0;
  #deflate = false;
  #validator: FrameValidator;
  #pairing = true;
  /** Of the one frame that is lent by who reads where the log's bytes lie. */
  #lent: LentMessage | null = null;
  readonly takesOver: boolean;
  readonly #options: FrameWatchOptions;
  readonly #received: WireReader;
  readonly #sent: FrameDecoder;

  constructor(options: FrameWatchOptions) {
    this.#options = options;
    this.#validator = new FrameValidator(this.#rules);
    const { log } = options;
    this.takesOver = options.takesOver ?? false;
    if (this.takesOver) this.#pairing = false;
    const keepPayloadBytes = log?.keepPayloadBytes ?? KEEP_PAYLOAD_BYTES;
    const shared = { keepPayloadBytes, borrowPayload: log !== undefined };
    const memory = log?.memory ?? null;
    // A short frame is held until it is whole: one that is too long must be refused by its header.
    const mayTell = !this.takesOver && options.maxMessageBytes >= MAX_SHORT_BYTES;
    this.#received = new WireReader({ ...shared, memory, mayTell, onFrame: (frame) => this.#onReceived(frame) });
    this.#sent = new FrameDecoder({ ...shared, direction: 'sent', onFrame: (frame) => this.#onSent(frame) });
  }

  get readsFrames(): boolean {
    return (this.#options.log?.memory ?? null) !== null;
  }

  negotiated(deflate: boolean): void {
    this.#deflate = deflate;
    this.#received.negotiated(deflate);
    this.#validator = new FrameValidator({ ...this.#rules, leavesText: this.#options.log !== undefined });
    // A log has the payloads of plain messages already.
    if (this.#options.log && !deflate) this.#pairing = false;
  }

  room(): Uint8Array | null {
    return this.#received.room();
  }

  received(chunk: Uint8Array, atMs: number, isReadAtOnce = false): readonly Uint8Array[] {
    const isOver = this.takesOver || this.violation !== null || this.closeReceived !== null;
    if (!isOver) this.#unread.push(chunk, this.#delivered);
    const pieces = this.#received.push(chunk, atMs, isReadAtOnce);
    this.#options.log?.chunkDone();
    if (!isOver && !this.violation) this.#judgePending(this.#received.rest);
    return pieces;
  }

  closed(): void {
    this.#received.close();
  }

  #judgePending(rest: Uint8Array | null): void {
    if (rest !== null) this.#unread.keep(rest);
    const { pendingBytes } = this.#received;
    this.#unread.mark(this.messagesReceived, this.#messageBegan ?? this.#unread.end - pendingBytes);
    if (pendingBytes > 0) this.#violate(this.#validator.checkPending(this.#received.pending()));
  }

  /** Any frame of the peer, or the beginning of one. */
  get hasReceived(): boolean {
    return this.lastReceivedMs > 0 || this.#received.pendingBytes > 0;
  }

  /** The peer answered a message of ours, or sent more than a greeting by itself. */
  get hasTalked(): boolean {
    return this.#hasReplied || (this.lastSentMs === null && this.messagesReceived > GREETINGS);
  }

  /** Takes the next message that `ws` gives, and pairs it with its last frame on the wire; null where there are no pairs. */
  read(binary: boolean, bytes: Uint8Array): ArrivedMessage | null {
    this.#delivered += 1;
    // A log without compression needs no pairs.
    if (!this.#pairing) return null;
    const arrived = this.#arrived.shift() ?? null;
    if (arrived?.compressed) this.#inflate(arrived.kept, binary, bytes);
    return arrived;
  }

  /** Tells of a message about to be sent. */
  sending(binary: boolean, bytes: Uint8Array): void {
    this.#leaving.push({ binary, bytes });
  }

  #inflate(frame: Frame | null, binary: boolean, bytes: Uint8Array): void {
    if (!frame) return;
    const kept = Buffer.from(bytes.subarray(0, KEEP_PAYLOAD_BYTES));
    const truncated = kept.length < bytes.length;
    this.inflated.set(frame, { ...payloadFields(kept, !binary, truncated), bytes: bytes.length, truncated });
  }

  /** `ws` has given up on the stream: what still arrives makes no message any more. */
  stopPairing(): void {
    this.#pairing = false;
  }

  sent(chunk: Uint8Array, atMs: number): void {
    this.#sent.push(chunk, atMs);
    this.#options.log?.chunkDone();
  }

  /** `ws` refuses the next message, which looked right on the wire. What came behind it is no part of the conversation. */
  refused(id: FrameViolation['id'], message: string): void {
    if (this.violation) return;
    this.closeReceived = null;
    this.#violate(this.#unread.locate(id, message, this.#delivered, this.#rules));
  }

  get #rules(): FrameValidatorOptions {
    const { maxMessageBytes } = this.#options;
    return { direction: 'received', deflate: this.#deflate, maxMessageBytes };
  }

  #violate(violation: FrameViolation | null): void {
    if (!violation || this.violation) return;
    this.violation = violation;
    // `ws` sends its own Close before it tells why.
    this.brokeClosing = this.closeSent !== null && this.closeSent.code !== closeCodeFor(violation);
    this.#pairing = false;
    this.#unread.clear();
    this.#options.events.onViolation(violation);
  }

  #onReceived(frame: Frame): void {
    this.lastReceivedMs = frame.atMs;
    this.#receivedState.next(frame);
    this.#options.log?.append(frame);
    const kept = this.#note(frame);
    const isLegal = this.#isLegal(frame);
    if (frame.opcode < OPCODE.close) {
      if (isLegal && !this.closeReceived) this.#onReceivedData(frame, kept);
    } else if (frame.opcode === OPCODE.ping) this.#countPing(frame.atMs);
    else if (frame.opcode === OPCODE.pong) this.#options.events.onPong(frame.payload, frame.atMs);
    else if (frame.opcode === OPCODE.close && isLegal) this.#onClose(frame);
    if (this.#received.tells) this.#received.told(isLegal && this.closeReceived === null && this.#tell(frame));
  }

  /** Tells a message that is whole and plain, so that `ws` need not read it again. False where it is one for `ws`. */
  #tell(frame: Frame): boolean {
    const isText = frame.opcode === OPCODE.text;
    if (!frame.fin || (!isText && frame.opcode !== OPCODE.binary) || frame.truncated) return false;
    const message = (this.#lent ??= new LentMessage(frame as BorrowedFrame)).next();
    // Its refusal is what tells of a text that is none.
    if (isText && !isUtf8(message.bytes)) return false;
    this.#delivered += 1;
    this.#options.events.onMessage(message);
    return true;
  }

  /** Behind a broken frame only an answer to our Close counts, where it is a legal one itself. */
  #isLegal(frame: Frame): boolean {
    if (!this.violation) {
      this.#violate(this.#validator.check(frame));
      return this.violation === null;
    }
    const isAnswer = frame.opcode === OPCODE.close && this.closeSent !== null && !this.brokeClosing;
    return isAnswer && new FrameValidator(this.#rules).check(frame) === null;
  }

  #onReceivedData(frame: Frame, kept: Frame | null): void {
    if (!frame.fin) {
      this.#messageBegan ??= frame.wireOffset;
    } else {
      this.#messageBegan = null;
      this.messagesReceived += 1;
      if (this.lastSentMs !== null) this.#hasReplied = true;
    }
    if (!this.#pairing || !frame.fin) return;
    this.#arrived.push({ atMs: frame.atMs, compressed: this.#receivedState.compressed, kept });
  }

  #onSentData(frame: Frame, kept: Frame | null): void {
    if (!frame.fin) return;
    this.lastSentMs = frame.atMs;
    const message = this.#leaving.shift();
    if (message && this.#sentState.compressed) this.#inflate(kept, message.binary, message.bytes);
  }

  #onClose(frame: Frame): void {
    const parsed = parseClosePayload(frame.payload);
    if (this.closeReceived || 'violation' in parsed) return;
    this.closeReceived = { ...parsed, atMs: frame.atMs };
    this.#options.events.onClose(parsed.code, parsed.reason, frame.atMs);
    this.onClosing?.();
  }

  #onSent(frame: Frame): void {
    this.#sentState.next(frame);
    this.#options.log?.append(frame);
    const kept = this.#note(frame);
    if (frame.opcode === OPCODE.close) {
      const parsed = parseClosePayload(frame.payload);
      this.closeSent ??= { code: 'violation' in parsed ? 1005 : parsed.code, atMs: frame.atMs };
      this.onClosing?.();
    } else if (frame.opcode < OPCODE.close) {
      this.#onSentData(frame, kept);
    }
  }

  /** Gives the frame as it is kept, where it is one of the first. */
  #note(frame: Frame): Frame | null {
    const index = this.#seen++;
    const kept = this.frames.length < MAX_FRAMES ? this.#keep(frame) : null;
    if (this.#options.log) return kept;
    this.latest.push({ frame, index });
    if (this.latest.length > MAX_LATEST) this.latest.shift();
    return kept;
  }

  #keep(frame: Frame): Frame {
    const kept = this.#options.log ? ownFrame(frame, KEEP_PAYLOAD_BYTES) : frame;
    this.frames.push(kept);
    return kept;
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
