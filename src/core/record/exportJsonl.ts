import { parseClosePayload } from '../frames/closePayload.js';
import { OPCODE } from '../base/frame.js';
import { opcodeName } from '../frames/frameRecord.js';
import { MessageJoiner, type RecordedMessage } from './messages.js';
import { isoTime } from './wallClock.js';
import type { RecordingHeader, RecordingLine } from './recording.js';

/**
 * A recording as one JSON object a message, in pieces of text: `at` (ISO 8601), `atMs`, `connection`, `direction`, `type`,
 * `opcode`, `bytes`, `text` or `base64`; `code` and `reason` of a close, `truncated` and `deflated` where they are true.
 */
export async function* exportJsonl(
  header: RecordingHeader,
  batches: AsyncIterable<readonly RecordingLine[]>,
): AsyncGenerator<string, void, undefined> {
  const startedAt = Date.parse(header.startedAt);
  const joiner = new MessageJoiner();
  for await (const batch of batches) {
    let text = '';
    for (const line of batch) {
      if (line.type === 'close') joiner.forget(line.connection);
      const message = line.type === 'frame' ? joiner.push(line) : null;
      if (message) text += `${JSON.stringify(objectOf(message, startedAt))}\n`;
    }
    if (text !== '') yield text;
  }
}

function objectOf(message: RecordedMessage, startedAt: number): Record<string, unknown> {
  const { connection, atMs, direction, opcode, bytes, truncated, deflated, text, base64 } = message;
  return {
    at: isoTime(startedAt + atMs),
    atMs,
    connection,
    direction,
    type: opcodeName(opcode),
    opcode,
    bytes,
    ...(text === undefined ? { base64 } : { text }),
    ...(opcode === OPCODE.close ? closeOf(base64 ?? '') : {}),
    ...(truncated ? { truncated } : {}),
    ...(deflated ? { deflated } : {}),
  };
}

function closeOf(base64: string): { code?: number; reason?: string } {
  const close = parseClosePayload(Buffer.from(base64, 'base64'));
  return 'violation' in close || close.code === 1005 ? {} : { code: close.code, reason: close.reason };
}
