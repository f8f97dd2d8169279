import type { Direction } from './model.js';

/** RFC 6455 5.2 and the IANA opcode registry. */
export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** What the first two bytes of a frame say, but for its length (RFC 6455 5.2). */
export interface FrameBits {
  readonly fin: boolean;
  readonly rsv1: boolean;
  readonly rsv2: boolean;
  readonly rsv3: boolean;
  readonly opcode: number;
  readonly masked: boolean;
}

/** One frame as it stood on the wire. `payload` is unmasked and never inflated; it may be cut at the decoder's limit. */
export interface Frame extends FrameBits {
  readonly direction: Direction;
  /** The masking key as a big-endian unsigned 32-bit number; 0 when the frame is not masked. */
  readonly maskKey?: number;
  readonly headerBytes: number;
  readonly payloadBytes: number;
  /** Offset of the frame's first byte in its direction, counted from the first byte after the opening handshake. */
  readonly wireOffset: number;
  /** When the frame's last byte arrived at or left the socket's edge. */
  readonly atMs: number;
  readonly payload: Uint8Array;
  readonly truncated: boolean;
}

/** What a frame breaks, named by the finding that explains it (`frame.masked`, `limit.message-size`…). */
export interface FrameViolation {
  readonly id:
    | 'frame.http-after-upgrade'
    | 'frame.masked'
    | 'frame.reserved-bits'
    | 'frame.invalid-opcode'
    | 'frame.unexpected-continuation'
    | 'frame.expected-continuation'
    | 'frame.invalid-control'
    | 'frame.invalid-close'
    | 'frame.invalid-utf8'
    | 'frame.bad-deflate'
    | 'limit.message-size'
    | 'limit.fragments';
  readonly message: string;
  readonly wireOffset: number;
  /** The bytes at the offset, up to 64, as hex pairs parted by spaces. */
  readonly hex: string;
}
