import { unmask } from './unmask.js';

/** A frame to put on the wire, right or wrong: nothing is checked. */
export interface FrameToEncode {
  readonly opcode: number;
  readonly payload?: Uint8Array | string;
  readonly fin?: boolean;
  readonly rsv1?: boolean;
  readonly rsv2?: boolean;
  readonly rsv3?: boolean;
  /** Masks with this key; unmasked without. */
  readonly maskKey?: number | undefined;
  /** Size of the length field: 0 (7 bits), 2 or 8 bytes; by default the smallest that fits. */
  readonly lengthBytes?: 0 | 2 | 8 | undefined;
  /** Declares another length than the payload's. */
  readonly declaredBytes?: bigint | undefined;
}

/** The bytes of one frame (RFC 6455 5.2). The payload is copied, never masked in place. */
export function encodeFrame(frame: FrameToEncode): Buffer {
  const { payload = '', maskKey } = frame;
  const payloadBytes = typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length;
  const declared = frame.declaredBytes ?? BigInt(payloadBytes);
  const lengthBytes = frame.lengthBytes ?? (declared < 126n ? 0 : declared < 65_536n ? 2 : 8);
  const start = 2 + lengthBytes + (maskKey === undefined ? 0 : 4);
  const bytes = Buffer.allocUnsafeSlow(start + payloadBytes);
  bytes[0] = flagBits(frame) | (frame.opcode & 0x0f);
  bytes[1] =
    (maskKey === undefined ? 0 : 0x80) | (lengthBytes === 0 ? Number(declared) : lengthBytes === 2 ? 126 : 127);
  if (lengthBytes === 2) bytes.writeUInt16BE(Number(declared), 2);
  else if (lengthBytes === 8) bytes.writeBigUInt64BE(declared, 2);
  if (typeof payload === 'string') bytes.write(payload, start);
  else bytes.set(payload, start);
  if (maskKey === undefined) return bytes;
  bytes.writeUInt32BE(maskKey, start - 4);
  unmask(bytes.subarray(start), maskKey);
  return bytes;
}

function flagBits({ fin, rsv1, rsv2, rsv3 }: FrameToEncode): number {
  return (fin === false ? 0 : 0x80) | (rsv1 ? 0x40 : 0) | (rsv2 ? 0x20 : 0) | (rsv3 ? 0x10 : 0);
}
