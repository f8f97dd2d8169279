import { idsIn, tokensIn } from '../../contract/ids.js';
import type { SaidMessage } from '../../record/conversations.js';

/** What of a recording goes round: values that the server made and the client sent back. */
export interface SentBack {
  /** Whether the server made this text and it was sent back. */
  has(value: string): boolean;
  /** For a message that was sent the last of the received ones (by its place among them) that it takes a value from; null: none. */
  sourceOf(message: SaidMessage): number | null;
}

const MAX_VALUES = 200_000;

/** Follows every identifier of a recording from who said it first. */
export function findSentBack(messages: readonly SaidMessage[]): SentBack {
  const fromServer = new Map<string, number>();
  const fromClient = new Set<string>();
  const texts = new Set<string>();
  const sources = new Map<SaidMessage, number>();
  let received = 0;
  for (const message of messages) {
    const tokens = tokensIn(message);
    const values = [...idsIn(message), ...tokens];
    if (message.direction === 'received') {
      for (const value of values)
        if (!fromClient.has(value) && fromServer.size < MAX_VALUES) fromServer.set(value, received);
      received += 1;
      continue;
    }
    const places = values.flatMap((value) => fromServer.get(value) ?? []);
    if (places.length > 0) sources.set(message, Math.max(...places.slice(0, 1_000)));
    for (const value of values) {
      if (fromServer.has(value)) continue;
      if (fromClient.size < MAX_VALUES) fromClient.add(value);
    }
    for (const token of tokens) if (fromServer.has(token)) texts.add(token);
  }
  return { has: (value) => texts.has(value), sourceOf: (message) => sources.get(message) ?? null };
}
