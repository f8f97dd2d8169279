import type { FileHandle } from 'node:fs/promises';
import type { ByteSource } from './jsonReader.js';

/** An open file; its reader closes it. */
export function fileSource(handle: FileHandle): ByteSource {
  return {
    async read(position, length) {
      const buffer = Buffer.allocUnsafe(length);
      const { bytesRead } = await handle.read(buffer, 0, length, position);
      return buffer.subarray(0, bytesRead);
    },
  };
}

/** Bytes in memory. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  return { read: async (position, length) => bytes.subarray(position, position + length) };
}
