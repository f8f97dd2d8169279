import { constants, inflateRawSync } from 'node:zlib';
import { OPCODE } from './frames/frame.js';
import type { FrameRecord } from './model.js';

const MAX_INFLATED_BYTES = 1024 * 1024;

type Payload = FrameRecord & { readonly base64: string };

/**
 * Compressed payloads (RFC 7692) hide a secret from a search: one that holds a secret, or that cannot be read by itself
 * (fragments, a shared window), is blotted out whole. Everything else in the list stays as it is.
 */
export function redactCompressed(
  items: readonly unknown[],
  holdsSecret: (bytes: Uint8Array) => boolean,
): readonly unknown[] {
  const inside = new Set<FrameRecord['direction']>();
  return items.map((item) => {
    const frame = item as Partial<Payload> | null;
    if (typeof frame?.opcode !== 'number' || frame.direction === undefined || frame.opcode >= OPCODE.close) return item;
    const starts = frame.opcode !== OPCODE.continuation;
    if (starts && frame.rsv1 === true) inside.add(frame.direction);
    else if (starts) inside.delete(frame.direction);
    const compressed = inside.has(frame.direction);
    if (frame.fin) inside.delete(frame.direction);
    if (!compressed || typeof frame.base64 !== 'string') return item;
    const bytes = Buffer.from(frame.base64, 'base64');
    const inflated = starts && frame.fin ? inflate(bytes) : null;
    if (inflated && !holdsSecret(inflated)) return item;
    return { ...frame, base64: Buffer.alloc(bytes.length, '*').toString('base64') };
  });
}

function inflate(bytes: Uint8Array): Uint8Array | null {
  try {
    const tail = Buffer.from([0, 0, 0xff, 0xff]);
    const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MAX_INFLATED_BYTES };
    return inflateRawSync(Buffer.concat([bytes, tail]), options);
  } catch {
    return null;
  }
}
