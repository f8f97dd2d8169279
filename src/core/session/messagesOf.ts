import type { StreamMessage } from '../dialects/dialectStream.js';
import type { FrameLog } from '../frames/log/frameLog.js';

/** The messages of one connection after a row, up to and with another, as a log still has them; null for some that are gone. */
export async function* messagesOf(
  log: FrameLog,
  connection: number,
  afterId: number,
  toId: number,
  maxBytes: number,
): AsyncGenerator<StreamMessage | null, void, undefined> {
  const reader = log.messagesFrom(afterId + 1, maxBytes);
  while (reader.cursor <= toId) {
    const read = reader.next();
    const next = read instanceof Promise ? await read : read;
    if (next === null) return;
    if (next.kind === 'waits') reader.pass();
    if (next.kind === 'dropped') yield null;
    else if (next.kind === 'message') {
      if (next.message.connection === connection) yield next.message;
    } else if (next.connection === connection) yield null;
  }
}
