import { plainText } from '../base/plainText.js';
import { type Said, textOf } from './said.js';

const MAX_SHOWN = 200;

/** A message for people: its text, or the beginning of its bytes; cut, harmless for a terminal. */
export function messageText({ binary, bytes }: Said): string {
  if (!binary) return plainText(textOf(bytes.subarray(0, 4 * MAX_SHOWN)), MAX_SHOWN);
  const hex = Buffer.from(bytes.subarray(0, 24)).toString('hex');
  return `binary, ${bytes.length} bytes: ${hex}${bytes.length > 24 ? '…' : ''}`;
}
