import type { Direction } from '../base/model.js';
import type { DialectDecoder, DialectMessage, MessageReading } from '../dialects/dialect.js';
import { jsonValue } from '../payload/decoders/jsonValue.js';
import type { InboxMessage } from './inbox.js';

/** Messages that wait to be decoded; a decoder that missed some says nothing more. */
const MAX_WAITING = 100_000;
const MAX_WAITING_BYTES = 64 * 1024 * 1024;

/**
 * What the decoders or the dialect of one connection make of its messages. They are decoded when somebody looks, in the order of the wire and
 * both directions, for a message may mean something else for what came before it.
 */
export class Decoding {
  /** Whose decoder reads the messages, as far as it is known by now. */
  readonly #reader: () => MessageReading | null;
  readonly #values = new WeakMap<InboxMessage, readonly unknown[]>();
  #waiting: { readonly direction: Direction; readonly message: InboxMessage }[] = [];
  #bytes = 0;
  #decoder: DialectDecoder | null = null;
  #hasMissed = false;

  /** `isWanted`: false where nobody will look, and nothing is kept. */
  constructor(reader: () => MessageReading | null, isWanted = true) {
    this.#reader = reader;
    this.#hasMissed = !isWanted;
  }

  heard(direction: Direction, message: InboxMessage): void {
    if (this.#hasMissed) return;
    this.#waiting.push({ direction, message });
    this.#bytes += message.bytes.length;
    if (this.#waiting.length <= MAX_WAITING && this.#bytes <= MAX_WAITING_BYTES) return;
    this.#hasMissed = true;
    this.#waiting = [];
  }

  /** The values in a message that was received; null: nothing reads it. */
  async valuesOf(message: InboxMessage): Promise<readonly unknown[] | null> {
    const dialect = this.#reader();
    if (!dialect) return null;
    this.#decoder ??= await dialect.createDecoder();
    while (!this.#values.has(message)) {
      const next = this.#waiting.shift();
      if (!next) return null;
      this.#bytes -= next.message.bytes.length;
      this.#values.set(next.message, decoded(this.#decoder, { direction: next.direction, ...next.message }));
    }
    return this.#values.get(message) ?? null;
  }
}

/**
 * JSON values. A text protocol leaves out the value that its text already is, and decoders that do not apply leave a text as it
 * is; a part of a binary packet has none.
 */
function decoded(decoder: DialectDecoder, message: DialectMessage): readonly unknown[] {
  const read = decoder.decode(message);
  if (read.length === 0 && !message.binary) return [textValue(message.bytes)];
  return read.flatMap(({ value }) => {
    if (value !== undefined) return [jsonValue(value)];
    return message.binary ? [] : [textValue(message.bytes)];
  });
}

function textValue(bytes: Uint8Array): unknown {
  const text = new TextDecoder().decode(bytes);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
