import { isUtf8 } from 'node:buffer';
import type { Direction } from '../base/model.js';
import { parseClosePayload } from './closePayload.js';
import { OPCODE, type Frame, type FrameViolation } from '../base/frame.js';
import { hexPairs, rawFrameBytes } from './frameBytes.js';
import type { PendingFrame } from './frameDecoder.js';
import { headerSize } from './frameHeader.js';
import { brokenRule, type BrokenRule, type FrameContext } from './frameRules.js';
import { looksLikeHttp, looksLikeStatusLine, mayBecomeHttp, printableText } from './httpAfterUpgrade.js';
import { MessageState } from './messageState.js';
import { Utf8Checker } from './utf8.js';

export interface FrameValidatorOptions {
  readonly direction: Direction;
  /** permessage-deflate was accepted (RFC 7692). */
  readonly deflate: boolean;
  readonly maxMessageBytes: number;
  /** A text of one frame is somebody else's to judge; everything else of it is judged here. */
  readonly leavesText?: boolean;
}

/**
 * Judges the frames of one direction by RFC 6455 and our limits. Says the first violation once and is silent after
 * it, and after a Close frame: what follows is no part of the conversation.
 */
export class FrameValidator {
  readonly #options: FrameValidatorOptions;
  #silent = false;
  readonly #state = new MessageState();
  /** One object for all frames: made anew for each it would cost more than the rules. */
  readonly #context: { -readonly [K in keyof FrameContext]: FrameContext[K] };
  /** Null when the open message is binary, compressed or cut. */
  #utf8: Utf8Checker | null = null;

  constructor(options: FrameValidatorOptions) {
    this.#options = options;
    this.#context = { ...options, messageBytes: 0, messageFrames: 0 };
  }

  /** Judges the next frame. Payload rules are left out where the payload is truncated. */
  check(frame: Frame): FrameViolation | null {
    if (this.#silent || this.#isPlainMessage(frame)) return null;
    const broken = brokenRule(frame, this.#context) ?? this.#brokenPayload(frame);
    if (broken !== null) return this.#report(broken, frame.wireOffset, rawFrameBytes(frame));
    if (frame.opcode === OPCODE.close) this.#silent = true;
    return null;
  }

  /** Judges a half frame by what its header already says, so that a declared gigabyte need not arrive first. */
  checkPending(pending: PendingFrame | null): FrameViolation | null {
    if (this.#silent || pending === null) return null;
    const { firstBytes, wireOffset, declaredPayloadBytes } = pending;
    if (this.#isHttp(wireOffset, firstBytes)) return this.#report(HTTP_AFTER_UPGRADE, wireOffset, firstBytes);
    const received = this.#options.direction === 'received';
    if (pending.headerBytes < 2 || (received && mayBecomeHttp(firstBytes))) return null;
    const [first, second] = [firstBytes[0]!, firstBytes[1]!];
    const header = {
      fin: first >= 0x80,
      rsv1: (first & 0x40) !== 0,
      rsv2: (first & 0x20) !== 0,
      rsv3: (first & 0x10) !== 0,
      opcode: first & 0x0f,
      masked: second >= 0x80,
      headerBytes: headerSize(second),
      payloadBytes: declaredPayloadBytes ?? 0,
    };
    const broken = brokenRule(header, this.#context);
    return broken === null ? null : this.#report(broken, wireOffset, firstBytes);
  }

  /** Nearly every frame of a flood: a message of its own that breaks nothing, for the price of one look. */
  #isPlainMessage(frame: Frame): boolean {
    const { deflate, direction, leavesText, maxMessageBytes } = this.#options;
    return (
      frame.fin &&
      (frame.opcode === OPCODE.binary || (frame.opcode === OPCODE.text && (leavesText === true || frame.rsv1))) &&
      this.#context.messageFrames === 0 &&
      !frame.rsv2 &&
      !frame.rsv3 &&
      (!frame.rsv1 || deflate) &&
      frame.masked === (direction === 'sent') &&
      frame.payloadBytes <= maxMessageBytes
    );
  }

  #brokenPayload(frame: Frame): BrokenRule | null {
    if (frame.opcode < 8) return this.#dataFrame(frame);
    if (frame.opcode !== OPCODE.close || frame.truncated) return null;
    const close = parseClosePayload(frame.payload);
    return 'violation' in close ? close.violation : null;
  }

  #dataFrame(frame: Frame): BrokenRule | null {
    const isText = frame.opcode === OPCODE.text && !frame.rsv1;
    if (frame.opcode !== OPCODE.continuation && frame.fin) {
      return isText && !frame.truncated && !isUtf8(frame.payload) ? invalidText(frame.payload) : null;
    }
    if (frame.opcode !== OPCODE.continuation) this.#utf8 = isText ? new Utf8Checker() : null;
    if (frame.truncated) this.#utf8 = null;
    const state = this.#state;
    state.next(frame);
    const at = this.#utf8?.push(frame.payload) ?? (frame.fin ? (this.#utf8?.end() ?? null) : null);
    this.#context.messageBytes = state.isOpen ? state.payloadBytes : 0;
    this.#context.messageFrames = state.isOpen ? state.frames : 0;
    return at === null ? null : notUtf8(at);
  }

  #report(broken: BrokenRule, wireOffset: number, bytes: Uint8Array): FrameViolation {
    this.#silent = true;
    const { id, message } = this.#isHttp(wireOffset, bytes) ? HTTP_AFTER_UPGRADE : broken;
    const text = HEADER_RULES.has(id) ? printableText(bytes) : null;
    const readsAs = text === null ? '' : ` The bytes read as text: ${text}`;
    return { id, message: message + readsAs, wireOffset, hex: hexPairs(bytes) };
  }

  #isHttp(wireOffset: number, bytes: Uint8Array): boolean {
    if (this.#options.direction !== 'received') return false;
    return wireOffset === 0 ? looksLikeHttp(bytes) : looksLikeStatusLine(bytes);
  }
}

const HTTP_AFTER_UPGRADE: BrokenRule = {
  id: 'frame.http-after-upgrade',
  message: 'After the 101 the server sent an HTTP response or HTML instead of WebSocket frames.',
};

/** Rules that text in place of frames breaks. */
const HEADER_RULES: ReadonlySet<FrameViolation['id']> = new Set([
  'frame.http-after-upgrade',
  'frame.reserved-bits',
  'frame.invalid-opcode',
  'frame.unexpected-continuation',
  'frame.invalid-control',
] as const);

function invalidText(payload: Uint8Array): BrokenRule {
  const checker = new Utf8Checker();
  return notUtf8(checker.push(payload) ?? checker.end() ?? 0);
}

function notUtf8(at: number): BrokenRule {
  return { id: 'frame.invalid-utf8', message: `A text message is not UTF-8: byte ${at} of it is wrong.` };
}
