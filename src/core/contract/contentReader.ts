import type { Direction } from '../base/model.js';
import type { DialectDecoder } from '../dialects/dialect.js';
import { findDialect } from '../dialects/registry.js';
import { jsonValue } from '../payload/decoders/jsonValue.js';
import { type Content, readContent, type Said } from './said.js';

/** Reads the messages of one connection into what can be compared: text as it is, binary as the dialect reads it. */
export class ContentReader {
  readonly #decoder: DialectDecoder | null;

  private constructor(decoder: DialectDecoder | null) {
    this.#decoder = decoder;
  }

  /** Loads what reads the dialect. */
  static async of(dialect: string | null): Promise<ContentReader> {
    const decoder = dialect === null ? null : await findDialect(dialect)?.createDecoder?.();
    return new ContentReader(decoder ?? null);
  }

  /** Hears every message of the connection, both ways and in order: one may mean something else for what came before it. */
  read(direction: Direction, said: Said, atMs: number): Content {
    const [only, ...more] = this.readAll(direction, said, atMs);
    return only === undefined || more.length > 0 ? readContent(said) : only;
  }

  /** The same where one message may carry several. */
  readAll(direction: Direction, { binary, bytes }: Said, atMs: number): readonly Content[] {
    const decoded = this.#decoder?.decode({ direction, binary, bytes, atMs }) ?? [];
    const values = binary ? decoded.flatMap(({ value }) => (value === undefined ? [] : [jsonValue(value)])) : [];
    if (values.length === 0) return [readContent({ binary, bytes })];
    return values.map((value) => ({ prefix: '', ack: null, value }));
  }
}
