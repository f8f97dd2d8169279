import { isIdPlace } from './places.js';
import { ackOf, type Said, textOf } from './said.js';
import { scanScalars } from './scanScalars.js';

/** The identifiers in a message by the place they stand in, each with its type: `number 7`, `string 7`. */
export function idsIn({ binary, bytes }: Said): readonly string[] {
  if (binary) return [];
  const text = textOf(bytes);
  const ids: string[] = [];
  const ack = ackOf(text);
  if (ack !== null) ids.push(`number ${ack.digits}`);
  const from = text.search(/[[{]/);
  if (from < 0) return ids;
  scanScalars(text, ack === null ? from : ack.at + ack.digits.length, (scalar) => {
    if (scalar.value !== null && isIdPlace(scalar)) ids.push(`${typeof scalar.value} ${scalar.value}`);
  });
  return ids;
}

/** Words that are long enough to be one and the same identifier wherever they stand. */
export const WORDS = /[A-Za-z0-9_-]{8,}/g;

/** Words that look made and not chosen, wherever they stand: eight characters or more with a digit among them. */
export function tokensIn({ binary, bytes }: Said): readonly string[] {
  if (binary) return [];
  return (textOf(bytes).match(WORDS) ?? []).filter((word) => /\d/.test(word) && /[A-Za-z]/.test(word));
}
