import type { RecordedConversation, SaidMessage } from '../../src/core/record/conversations.js';

/** A line of a conversation: `>` what the client sent, `<` what the server did; bytes are binary. */
export type Line = readonly [mark: '>' | '<', content: string | Uint8Array];

/** One connection of a recording, a millisecond a message. */
export function conversationOf(
  lines: readonly Line[],
  facts: Partial<RecordedConversation['facts']> = {},
  end: RecordedConversation['end'] = null,
): RecordedConversation {
  const messages = lines.map(([mark, content], at): SaidMessage => {
    const binary = typeof content !== 'string';
    const direction = mark === '>' ? 'sent' : 'received';
    return { direction, binary, bytes: Buffer.from(content as string), atMs: at, number: at + 1 };
  });
  const response = { status: 101, reason: 'Switching Protocols', headers: [] };
  return {
    connection: 1,
    facts: { url: 'ws://recorded.example/ws', subprotocol: null, dialect: null, request: null, response, ...facts },
    messages,
    end,
    endedMs: end === null ? null : lines.length,
    leftOut: 0,
  };
}

/** How a connection ended. */
export function endOf(
  code: number | null,
  initiator: 'client' | 'server' | 'network',
  reason = '',
): NonNullable<RecordedConversation['end']> {
  return { code, reason, initiator, clean: code !== null, evidence: '' };
}
