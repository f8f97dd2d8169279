import { constants, inflateRawSync } from 'node:zlib';
import { OPCODE } from '../base/frame.js';
import type { FrameRecord } from '../base/model.js';

const MAX_INFLATED_BYTES = 1024 * 1024;

/**
 * Compressed payloads (RFC 7692) hide a secret from a search: the frames of a message that holds one, or that nobody has
 * inflated whole, are blotted out. Everything else in the list stays as it is.
 */
export function redactCompressed(
  items: readonly unknown[],
  holdsSecret: (bytes: Uint8Array) => boolean,
): readonly unknown[] {
  const result = [...items];
  for (const message of compressedMessages(items)) {
    const content = contentOf(message.map(({ frame }) => frame));
    if (content && !holdsSecret(content)) continue;
    for (const { index, frame } of message) {
      if (frame.base64 === undefined) continue;
      const size = Buffer.from(frame.base64, 'base64').length;
      result[index] = { ...frame, base64: Buffer.alloc(size, '*').toString('base64') };
    }
  }
  return result;
}

interface Place {
  readonly index: number;
  readonly frame: FrameRecord;
}

function compressedMessages(items: readonly unknown[]): readonly (readonly Place[])[] {
  const messages: Place[][] = [];
  const open = new Map<FrameRecord['direction'], Place[]>();
  for (const [index, item] of items.entries()) {
    const frame = item as FrameRecord | null;
    if (typeof frame?.opcode !== 'number' || frame.direction === undefined || frame.opcode >= OPCODE.close) continue;
    if (frame.opcode !== OPCODE.continuation) {
      open.delete(frame.direction);
      if (frame.rsv1) messages.push(open.set(frame.direction, []).get(frame.direction) ?? []);
    }
    open.get(frame.direction)?.push({ index, frame });
    if (frame.fin) open.delete(frame.direction);
  }
  return messages;
}

/** The whole message as it was before compression; null when that cannot be known. */
function contentOf(frames: readonly FrameRecord[]): Uint8Array | null {
  const last = frames.at(-1);
  if (last?.inflated?.truncated === false) {
    const { text, base64 } = last.inflated;
    return base64 === undefined ? Buffer.from(text ?? '') : Buffer.from(base64, 'base64');
  }
  if (frames.length !== 1 || !last?.fin || last.truncated || last.base64 === undefined) return null;
  return inflate(Buffer.from(last.base64, 'base64'));
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
