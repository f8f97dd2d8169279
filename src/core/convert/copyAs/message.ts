import { Redactor } from '../../redaction/redactor.js';
import type { SecretNames, Words } from './words.js';

/** A message to send along: text, or bytes as base64. */
export type MessageToCopy = { readonly text: string } | { readonly base64: string };

export interface CopiedMessage {
  /** The text with its secrets named; null for bytes, and for a text that no argument can carry. */
  readonly words: Words | null;
  readonly text: string;
  /** Without secrets: they are starred out. */
  readonly bytes: Buffer;
}

export function copiedMessage(
  message: MessageToCopy,
  names: SecretNames,
  secrets: readonly string[],
  notes: string[],
): CopiedMessage {
  const text = 'text' in message ? message.text : '';
  // A shell cannot pass NUL.
  const words = 'text' in message && !text.includes('\0') ? names.hide(text) : null;
  const raw = 'text' in message ? Buffer.from(text) : Buffer.from(message.base64, 'base64');
  const clean = new Redactor(secrets).bytes(raw);
  if (clean !== raw && words === null) notes.push('Secrets in the binary message are replaced by *.');
  return { words, text, bytes: Buffer.from(clean) };
}
