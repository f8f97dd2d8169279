import type { Frame } from '../base/frame.js';
import { unmask } from './unmask.js';

/** The frame's first bytes as they stood on the wire, rebuilt: the length in the size it was sent, the mask applied. */
export function rawFrameBytes(frame: Frame, limit = 64): Uint8Array {
  const maskBytes = frame.masked ? 4 : 0;
  const lengthBytes = frame.headerBytes - maskBytes - 2;
  const bytes = new Uint8Array(frame.headerBytes + Math.min(frame.payload.length, limit));
  const view = new DataView(bytes.buffer);
  bytes[0] = flagBits(frame) | frame.opcode;
  bytes[1] = (frame.masked ? 0x80 : 0) | (lengthBytes === 0 ? frame.payloadBytes : lengthBytes === 2 ? 126 : 127);
  if (lengthBytes === 2) view.setUint16(2, frame.payloadBytes);
  else if (lengthBytes === 8) view.setBigUint64(2, BigInt(frame.payloadBytes));
  const payload = frame.payload.slice(0, bytes.length - frame.headerBytes);
  if (frame.masked) {
    view.setUint32(frame.headerBytes - 4, frame.maskKey ?? 0);
    unmask(payload, frame.maskKey ?? 0);
  }
  bytes.set(payload, frame.headerBytes);
  return bytes.subarray(0, limit);
}

function flagBits(frame: Frame): number {
  return (frame.fin ? 0x80 : 0) | (frame.rsv1 ? 0x40 : 0) | (frame.rsv2 ? 0x20 : 0) | (frame.rsv3 ? 0x10 : 0);
}

/** Hex pairs parted by spaces: `81 02 68 69`. */
export function hexPairs(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
