import { decoded, unreadable, valueless } from './decoded.js';
import type { Decoded, DialectDecoder, DialectMessage } from './dialect.js';
import { isTooLong, textOf } from './messageText.js';
import { readJson } from './shape/jsonShape.js';
import type { Shape } from './shape/shape.js';

/** What a JSON dialect makes of one message that is an object or an array. Null: JSON, but none of the dialect. */
export type DecodeJson = (shape: Shape, message: DialectMessage) => Decoded | readonly Decoded[] | null;

/** A decoder of one JSON container a message, in text or binary frames. `expected` says what else was looked for. */
export function jsonDecoder(decode: DecodeJson, expected: string): DialectDecoder {
  return { decode: (message) => decodeJson(textOf(message), message, decode, expected) };
}

/** The same for a part of a message. What is cut or broken has no value: its text says more. */
export function decodeJson(
  text: string,
  message: DialectMessage,
  decode: DecodeJson,
  expected: string,
): readonly Decoded[] {
  const { shape, problem } = readJson(text);
  if (shape === null)
    return [unreadable(message.binary ? `${message.bytes.length} bytes` : text, problem ?? 'no JSON')];
  const answer = shape.kind === 'object' || shape.kind === 'array' ? decode(shape, message) : null;
  if (answer === null) return [decoded({ label: text, role: 'event', problem: problem ?? `not ${expected}` })];
  const all = 'label' in answer ? [answer] : answer;
  if (problem === null) return all;
  return all.map((one) => valueless(one, isTooLong(message) ? null : problem));
}

/** Shapes of those first messages that are whole JSON containers. */
export function jsonShapes(messages: readonly DialectMessage[]): readonly Shape[] {
  return messages.flatMap((message) => {
    if (message.binary) return [];
    const { shape, problem } = readJson(textOf(message));
    return shape !== null && problem === null && (shape.kind === 'object' || shape.kind === 'array') ? [shape] : [];
  });
}
