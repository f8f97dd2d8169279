import type { CompressionParameters, FrameRecord } from '../../../src/core/base/model.js';
import { formatBytes } from '../../../src/core/text/sizes.js';
import { formatPercent } from '../../log/rowText.js';
import { fill } from '../../shared/fill.js';
import { handshakeWords } from './strings.js';

/** In few words, for where there is no room for more. */
export function compressionWords(parameters: CompressionParameters): string {
  const words = handshakeWords.compression;
  const { serverContextTakeover: server, clientContextTakeover: client } = parameters;
  return server && client ? words.bothKeep : server || client ? words.oneKeeps : words.noneKeeps;
}

/** What one side of a connection does between messages. */
export function sideText(takeover: boolean, bits: number): string {
  const words = handshakeWords.compression;
  return fill(takeover ? words.keeps : words.forgets, { window: formatBytes(2 ** bits), bits });
}

/** Of whole compressed messages among the frames kept; null when there are none. */
export function wireRatio(
  frames: readonly FrameRecord[],
  direction: FrameRecord['direction'],
): { readonly wire: number; readonly inflated: number } | null {
  const sum = { wire: 0, inflated: 0 };
  let message = 0;
  for (const frame of frames) {
    if (frame.direction !== direction || frame.opcode >= 8) continue;
    message += frame.payloadBytes;
    if (frame.inflated) {
      sum.wire += message;
      sum.inflated += frame.inflated.bytes;
    }
    if (frame.fin) message = 0;
  }
  return sum.inflated === 0 ? null : sum;
}

/** What compression left of the messages of one direction; null when none was compressed. */
export function savedText(frames: readonly FrameRecord[], direction: FrameRecord['direction']): string | null {
  const sum = wireRatio(frames, direction);
  if (!sum) return null;
  const { wire, inflated } = sum;
  const values = { wire: formatBytes(wire), inflated: formatBytes(inflated), ratio: formatPercent(wire / inflated) };
  return fill(handshakeWords.compression.saved, values);
}
