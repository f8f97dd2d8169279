import type { MessageNotes } from './harMessages.js';
import type { HarWebSocket } from './harIndex.js';
import { entryClock } from './harTimes.js';

/** What was missing in an entry and how it was filled in, a sentence each. */
export function notesOf(socket: HarWebSocket, tally: MessageNotes, writer: string): string[] {
  const notes: string[] = [];
  if (socket.lists.length === 0) notes.push(`Only the handshake: ${withoutMessages(socket, writer)}.`);
  if (socket.startedAt === null) {
    const start = socket.leastMicros === null ? 'taken as 1970' : 'taken from its first message';
    notes.push(`The entry does not say when it started: ${start}.`);
  }
  const { assumed } = entryClock(0, socket.durationMs, socket.relative);
  if (assumed !== null && tally.messages > 0) notes.push(assumed);
  if (tally.noTime > 0) notes.push(`Without a time, placed at the message before: ${countOf(tally.noTime)}.`);
  if (tally.noOpcode > 0) notes.push(`Without an opcode, taken as text where the data is: ${countOf(tally.noOpcode)}.`);
  if (tally.unreadable > 0) {
    notes.push(`Left out, without a valid direction, opcode or data: ${countOf(tally.unreadable)}.`);
  }
  if (tally.notBase64 > 0) {
    notes.push(`Marked as binary but not base64, taken over as text bytes: ${countOf(tally.notBase64)}.`);
  }
  return notes;
}

function withoutMessages({ attached }: HarWebSocket, writer: string): string {
  if (attached !== null) return `its messages are in a file beside the HAR (${attached.slice(0, 100)})`;
  if (/firefox/i.test(writer)) return 'Firefox does not export the messages of a WebSocket';
  return 'the HAR lists no messages of this WebSocket';
}

function countOf(messages: number): string {
  return `${messages} ${messages === 1 ? 'message' : 'messages'}`;
}
