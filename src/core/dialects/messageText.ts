import type { DialectMessage } from './dialect.js';

/** Only this much of a message is read for its label and its pairing: the rest would take time and say nothing new. */
export const MAX_READ_BYTES = 1_048_576;

/** UTF-8 text; what is invalid becomes U+FFFD. */
export function utf8(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

/** Text of a message, of its first MiB only. */
export function textOf(message: DialectMessage): string {
  return utf8(isTooLong(message) ? message.bytes.subarray(0, MAX_READ_BYTES) : message.bytes);
}

/** Whether `textOf` leaves a part out. */
export function isTooLong(message: DialectMessage): boolean {
  return message.bytes.length > MAX_READ_BYTES;
}
