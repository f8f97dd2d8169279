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
  readonly declaredBytes?: bigint;
}

/** Encodes one frame by RFC 6455 5.2. */
export function encodeFrame(frame: FrameToEncode): Buffer {
  const payload = Buffer.from(frame.payload ?? '');
  const declared = frame.declaredBytes ?? BigInt(payload.length);
  const lengthBytes = frame.lengthBytes ?? (declared < 126n ? 0 : declared < 65_536n ? 2 : 8);
  const header = Buffer.alloc(2 + lengthBytes);
  header[0] =
    (frame.fin === false ? 0 : 0x80) |
    (frame.rsv1 ? 0x40 : 0) |
    (frame.rsv2 ? 0x20 : 0) |
    (frame.rsv3 ? 0x10 : 0) |
    frame.opcode;
  header[1] = lengthBytes === 0 ? Number(declared) : lengthBytes === 2 ? 126 : 127;
  if (lengthBytes === 2) header.writeUInt16BE(Number(declared), 2);
  if (lengthBytes === 8) header.writeBigUInt64BE(declared, 2);
  if (frame.maskKey === undefined) return Buffer.concat([header, payload]);
  header[1] |= 0x80;
  const key = Buffer.alloc(4);
  key.writeUInt32BE(frame.maskKey);
  return Buffer.concat([header, key, payload.map((byte, at) => byte ^ key[at % 4]!)]);
}

/** Cuts bytes at the given places, which may be in any order, doubled or outside. */
export function splitAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const cuts = [...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return cuts.map((cut, index) => bytes.subarray(cuts[index - 1] ?? 0, cut));
}
