import type { OutgoingMessage } from '../../protocol/session.js';

const MAX_MESSAGES = 50;
/** Longer ones are not worth a place in every state that is told. */
const MAX_CHARACTERS = 32 * 1024;

/** The history with one more message, latest first, each once. Secrets stand in it by reference. */
export function rememberSent(history: readonly OutgoingMessage[], message: OutgoingMessage): OutgoingMessage[] {
  if (message.content === '' || message.content.length > MAX_CHARACTERS) return [...history];
  const others = history.filter((other) => !isSame(other, message));
  return [message, ...others].slice(0, MAX_MESSAGES);
}

function isSame(a: OutgoingMessage, b: OutgoingMessage): boolean {
  return (
    a.format === b.format &&
    a.binary === b.binary &&
    a.compress === b.compress &&
    a.wrap === b.wrap &&
    a.content === b.content
  );
}
