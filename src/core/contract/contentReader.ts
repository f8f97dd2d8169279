import type { Direction } from '../base/model.js';
import type { DialectDecoder, PacketForm } from '../dialects/dialect.js';
import { findDialect } from '../dialects/registry.js';
import { jsonValue } from '../payload/decoders/jsonValue.js';
import { packetFormOf, Packets } from './packets.js';
import { type Content, readContent, type Said } from './said.js';

/** Reads the messages of one connection into what can be compared: text as it is, binary as the dialect reads it. */
export class ContentReader {
  /** What is said are packets, whatever messages carry them: a count counts those. */
  readonly saysPackets: boolean;
  readonly #decoder: DialectDecoder | null;
  readonly #packets: Readonly<Record<Direction, Packets>> | null;

  private constructor(decoder: DialectDecoder | null, form: PacketForm | null) {
    this.#decoder = decoder;
    this.saysPackets = form !== null;
    this.#packets = form && { sent: new Packets(form), received: new Packets(form) };
  }

  /** Loads what reads the dialect. */
  static async of(dialect: string | null): Promise<ContentReader> {
    const decoder = dialect === null ? null : await findDialect(dialect)?.createDecoder?.();
    return new ContentReader(decoder ?? null, packetFormOf(dialect));
  }

  /** Hears every message of the connection, both ways and in order: one may mean something else for what came before it. */
  read(direction: Direction, said: Said, atMs: number): Content {
    const [only, ...more] = this.readAll(direction, said, atMs);
    return only === undefined || more.length > 0 ? readContent(said) : only;
  }

  /** The same where one message may carry several, or none that is whole. */
  readAll(direction: Direction, said: Said, atMs: number): readonly Content[] {
    const whole = this.#packets?.[direction].push(said) ?? [said];
    return whole.flatMap((each) => this.#contentsOf(direction, each, atMs));
  }

  #contentsOf(direction: Direction, { binary, bytes }: Said, atMs: number): readonly Content[] {
    const decoded = this.#decoder?.decode({ direction, binary, bytes, atMs }) ?? [];
    const values = binary ? decoded.flatMap(({ value }) => (value === undefined ? [] : [jsonValue(value)])) : [];
    if (values.length === 0) return [readContent({ binary, bytes })];
    return values.map((value) => ({ prefix: '', ack: null, value }));
  }
}
