import { parseClosePayload } from '../frames/closePayload.js';
import { OPCODE } from '../base/frame.js';
import { opcodeName } from '../text/opcodes.js';
import { type RecordedMessage, RecordedMessages } from './messages.js';
import { Redactor } from '../redaction/redactor.js';
import { isoTime } from './wallClock.js';
import type { ConnectionLine, RecordingHeader, RecordingLine } from './recording.js';

/**
 * A recording as one JSON object a message, in pieces of text: `at` (ISO 8601), `atMs`, `connection`, `direction`, `type`,
 * `opcode`, `bytes`, `text` or `base64`; `code` and `reason` of a close; `truncated`, `deflated` and `unfinished` (its last frame never came) where they are true. How
 * connections began and ended, notes and gaps are objects of the types `connection` (how it is described), `open`, `closed`,
 * `note` and `lost`. Secrets are taken out of whole messages.
 */
export async function* exportJsonl(
  header: RecordingHeader,
  batches: AsyncIterable<readonly RecordingLine[]>,
  redactor: Redactor = new Redactor([]),
): AsyncGenerator<string, void, undefined> {
  const startedAt = Date.parse(header.startedAt);
  const messages = new RecordedMessages(redactor);
  const textOf = (list: readonly RecordedMessage[]) =>
    list.map((message) => `${messageJson(message, startedAt)}\n`).join('');
  const eventText = (event: Exclude<RecordingLine, { type: 'frame' | 'message' }>, extra: object = {}) => {
    const { type, ...facts } = redactor.deep(event);
    const object = {
      at: isoTime(startedAt + event.atMs),
      ...facts,
      type: type === 'close' ? 'closed' : type,
      ...extra,
    };
    return `${JSON.stringify(object)}\n`;
  };
  const seen = new Set<number>();
  for await (const batch of batches) {
    let text = '';
    for (const line of batch) {
      if (line.type !== 'lost' && !seen.has(line.connection)) {
        const isFirst = seen.size === 0;
        seen.add(line.connection);
        const described = line.type === 'connection' ? line : describedByHeader(header, line.connection, line.atMs);
        text += eventText(described, isFirst ? { name: header.name, startedAt: header.startedAt } : {});
        if (line.type === 'connection') continue;
      }
      if (line.type === 'close') text += textOf(messages.end(line.connection));
      if (line.type === 'frame') text += textOf(messages.push(line));
      else if (line.type === 'message') text += textOf([messages.whole(line)]);
      else text += eventText(line);
    }
    if (text !== '') yield text;
  }
  const rest = textOf(messages.endAll());
  if (rest !== '') yield rest;
}

function describedByHeader(header: RecordingHeader, connection: number, atMs: number): ConnectionLine {
  const { url, subprotocol, dialect, request, response } = header;
  const isFirst = connection === 1;
  const heads = isFirst ? { request, response } : { request: null, response: null };
  return { type: 'connection', connection, atMs, url, peer: null, subprotocol, dialect, ...heads };
}

/** One message as the export has it, without the line feed. */
export function messageJson(message: Omit<RecordedMessage, 'frames'>, startedAt: number): string {
  const { connection, atMs, direction, opcode, bytes, truncated, deflated, finished, text, base64 } = message;
  return JSON.stringify({
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
    ...(finished ? {} : { unfinished: true }),
  });
}

function closeOf(base64: string): { code?: number; reason?: string } {
  const close = parseClosePayload(Buffer.from(base64, 'base64'));
  return 'violation' in close || close.code === 1005 ? {} : { code: close.code, reason: close.reason };
}
