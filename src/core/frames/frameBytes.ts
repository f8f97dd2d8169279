import type { Frame } from '../base/frame.js';
import { encodeFrame } from './frameEncoder.js';

/** The frame's first bytes as they stood on the wire, rebuilt: the length in the size it was sent, the mask applied. */
export function rawFrameBytes(frame: Frame, limit = 64): Uint8Array {
  const lengthBytes = frame.headerBytes - (frame.masked ? 4 : 0) - 2;
  return encodeFrame({
    ...frame,
    payload: frame.payload.subarray(0, limit),
    maskKey: frame.masked ? (frame.maskKey ?? 0) : undefined,
    lengthBytes: lengthBytes === 2 || lengthBytes === 8 ? lengthBytes : 0,
    declaredBytes: BigInt(frame.payloadBytes),
  }).subarray(0, limit);
}

/** Hex pairs parted by spaces: `81 02 68 69`. */
export function hexPairs(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
