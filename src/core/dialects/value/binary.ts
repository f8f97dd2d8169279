/** Bytes as they stand in a decoded value: hex of the first ones, and how many there are. */
export interface BinaryValue {
  readonly $binary: string;
  readonly bytes: number;
}

/** Longer binary is cut in a decoded value; the hex view of the message has all of it. */
const MAX_BINARY_BYTES = 4_096;

export function binaryValue(bytes: Uint8Array): BinaryValue {
  const shown = bytes.subarray(0, MAX_BINARY_BYTES);
  return {
    $binary: Buffer.from(shown.buffer, shown.byteOffset, shown.byteLength).toString('hex'),
    bytes: bytes.byteLength,
  };
}
