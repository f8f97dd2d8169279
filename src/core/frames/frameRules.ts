import type { Direction } from '../base/model.js';
import { OPCODE, type FrameViolation } from '../base/frame.js';
import type { FrameHeader } from './frameHeader.js';

/** As many fragments of one message as `ws` is told to take; a peer that needs more is not sending messages. */
const MAX_FRAGMENTS = 131_072;

/** What a header is judged by besides itself. */
export interface FrameContext {
  readonly direction: Direction;
  readonly deflate: boolean;
  readonly maxMessageBytes: number;
  /** Payload bytes and frames of the message that is not finished; 0 frames when none is. */
  readonly messageBytes: number;
  readonly messageFrames: number;
}

export interface BrokenRule {
  readonly id: FrameViolation['id'];
  readonly message: string;
}

/** What a header breaks of RFC 6455 5.2-5.5 or of our limits, in the order in which `ws` looks; null if nothing. */
export function brokenRule(header: FrameHeader, context: FrameContext): BrokenRule | null {
  return (
    reservedBits(header, context) ??
    opcodeAndOrder(header, context) ??
    (header.opcode >= 8 ? controlFrame(header) : null) ??
    masking(header, context.direction) ??
    (header.opcode < 8 ? limits(header, context) : null)
  );
}

function reservedBits(header: FrameHeader, context: FrameContext): BrokenRule | null {
  const id = 'frame.reserved-bits';
  if (header.rsv2 || header.rsv3) {
    const bits = [header.rsv2 ? 'RSV2' : '', header.rsv3 ? 'RSV3' : ''].filter(Boolean).join(' and ');
    return { id, message: `A frame has ${bits} set, which no extension was negotiated for.` };
  }
  if (!header.rsv1) return null;
  if (!context.deflate) {
    return { id, message: 'A frame has RSV1 set (compressed), but permessage-deflate was not negotiated.' };
  }
  if (header.opcode === OPCODE.text || header.opcode === OPCODE.binary) return null;
  const where = header.opcode === OPCODE.continuation ? 'A continuation frame' : 'A control frame';
  return { id, message: `${where} has RSV1 set, which only the first frame of a message may carry.` };
}

function opcodeAndOrder(header: FrameHeader, context: FrameContext): BrokenRule | null {
  const { opcode } = header;
  const inMessage = context.messageFrames > 0;
  if ((opcode > 2 && opcode < 8) || opcode > 10) {
    return {
      id: 'frame.invalid-opcode',
      message: `A frame has the opcode 0x${opcode.toString(16)}, which is reserved.`,
    };
  }
  if (opcode === OPCODE.continuation && !inMessage) {
    return { id: 'frame.unexpected-continuation', message: 'A continuation frame came while no message was open.' };
  }
  if ((opcode === OPCODE.text || opcode === OPCODE.binary) && inMessage) {
    return {
      id: 'frame.expected-continuation',
      message: 'A new message began before the fragmented one was finished.',
    };
  }
  return null;
}

function controlFrame(header: FrameHeader): BrokenRule | null {
  const id = 'frame.invalid-control';
  if (!header.fin) return { id, message: 'A control frame is fragmented (FIN is not set).' };
  if (header.headerBytes - (header.masked ? 4 : 0) > 2) {
    return { id, message: 'A control frame has an extended length, and may have 125 bytes of payload at most.' };
  }
  if (header.opcode !== OPCODE.close || header.payloadBytes !== 1) return null;
  return { id: 'frame.invalid-close', message: 'A Close frame carries one byte where a code takes two.' };
}

function masking(header: FrameHeader, direction: Direction): BrokenRule | null {
  if (header.masked === (direction === 'sent')) return null;
  return {
    id: 'frame.masked',
    message: header.masked
      ? 'The server sent a masked frame; only clients mask.'
      : 'The client sent a frame without a mask.',
  };
}

function limits(header: FrameHeader, context: FrameContext): BrokenRule | null {
  const bytes = context.messageBytes + header.payloadBytes;
  if (bytes > context.maxMessageBytes) {
    const size = header.payloadBytes === Number.MAX_SAFE_INTEGER ? '2^53 bytes or more' : `${bytes} bytes`;
    return {
      id: 'limit.message-size',
      message: `A message of ${size} is over the limit of ${context.maxMessageBytes} bytes (limits.maxMessageBytes).`,
    };
  }
  if (context.messageFrames < MAX_FRAGMENTS) return null;
  return { id: 'limit.fragments', message: `A message has more than ${MAX_FRAGMENTS} fragments.` };
}
