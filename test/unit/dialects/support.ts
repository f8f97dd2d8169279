import type { Decoded, DialectDecoder, DialectMessage, ReadableDialect } from '../../../src/core/dialects/dialect.js';
import { renderValue } from '../../../src/core/dialects/value/renderValue.js';
import type { Direction } from '../../../src/core/base/model.js';

/** A text message; `> ` before it is one we sent, `< ` one we received. */
export function text(line: string, atMs = 0): DialectMessage {
  return { direction: directionOf(line), binary: false, bytes: Buffer.from(line.slice(2)), atMs };
}

/** A binary message in hex, marked the same way; spaces are for the reader. */
export function hex(line: string, atMs = 0): DialectMessage {
  return binary(directionOf(line), Buffer.from(line.slice(2).replaceAll(' ', ''), 'hex'), atMs);
}

export function binary(direction: Direction, bytes: Uint8Array, atMs = 0): DialectMessage {
  return { direction, binary: true, bytes, atMs };
}

function directionOf(line: string): Direction {
  return line.startsWith('>') ? 'sent' : 'received';
}

/** What a fresh decoder makes of a conversation, in order. */
export async function decodeAll(dialect: ReadableDialect, messages: readonly DialectMessage[]): Promise<Decoded[]> {
  const decoder = await dialect.createDecoder();
  return messages.flatMap((message) => [...decoder.decode(message)]);
}

/** `role label` and, where there is one, `{correlation}`, `<operation>` and `!problem` of each. */
export function outline(decoded: readonly Decoded[]): string[] {
  return decoded.map(({ role, label, correlation, operation, problem }) =>
    [
      role,
      label,
      correlation !== null && `{${correlation}}`,
      operation !== null && `<${operation}>`,
      problem !== undefined && `!${problem}`,
    ]
      .filter(Boolean)
      .join(' '),
  );
}

/** The value as a person sees it. */
export function shown(decoded: Decoded | undefined): unknown {
  return JSON.parse(renderValue(decoded?.value));
}

export function decodeOne(decoder: DialectDecoder, message: DialectMessage): Decoded {
  const [one] = decoder.decode(message);
  if (!one) throw new Error('nothing was decoded');
  return one;
}
