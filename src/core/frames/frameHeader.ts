import type { FrameBits } from '../base/frame.js';

/** The longest frame header: 2 bytes, 8 of length, 4 of mask (RFC 6455 5.2). */
export const MAX_HEADER_BYTES = 14;

/** What a frame header says. `payloadBytes` of 2^53 and more is `Number.MAX_SAFE_INTEGER`. */
export interface FrameHeader extends FrameBits {
  readonly headerBytes: number;
  readonly payloadBytes: number;
}

/** Size of a header by its second byte: 2, 4 or 10, and 4 more with a mask. */
export function headerSize(second: number): number {
  const length = second & 0x7f;
  return (length < 126 ? 2 : length === 126 ? 4 : 10) + (second >= 0x80 ? 4 : 0);
}

/** The declared payload length of the header at `at`, which must be wholly there. */
export function payloadLength(bytes: Uint8Array, at: number): number {
  const short = bytes[at + 1]! & 0x7f;
  if (short < 126) return short;
  if (short === 126) return (bytes[at + 2]! << 8) | bytes[at + 3]!;
  const high = uint32(bytes, at + 2);
  return high > 0x1f_ffff ? Number.MAX_SAFE_INTEGER : high * 0x1_0000_0000 + uint32(bytes, at + 6);
}

/** Four bytes as an unsigned big-endian number. */
export function uint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}
