import type { Evidence } from '../../base/evidence.js';
import { headerSize, payloadLength } from '../../frames/frameHeader.js';

/** A frame that never came to its end: how long it says that it is, and how much of it came; null where none hangs. */
export function unfinishedFrame({ report, stream }: Evidence) {
  const { firstBytes, bytesReceived } = stream;
  if (report.frames.some(({ direction }) => direction === 'received')) return null;
  const head = Buffer.from(firstBytes).indexOf('\r\n\r\n');
  const frame = firstBytes.subarray(head + 4);
  if (head < 0 || frame.length < 2 || frame.length < headerSize(frame[1]!)) return null;
  const bytes = headerSize(frame[1]!) + payloadLength(frame, 0);
  const came = bytesReceived - head - 4;
  if (came >= bytes) return null;
  const turned = (frame[1]! & 0x7f) === 126 && frame[2]! + (frame[3]! << 8) + headerSize(frame[1]!) === came;
  return { bytes, came, turned };
}
