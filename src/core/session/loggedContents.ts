import type { Direction } from '../base/model.js';
import { ContentReader } from '../contract/contentReader.js';
import type { Content } from '../contract/said.js';
import type { MessageReader, WholeMessage } from '../frames/log/messageReader.js';
import { Redactor } from '../redaction/redactor.js';
import type { LogSource } from './logSource.js';

/** A longer message is no part of a contract: it was never read as one. */
const MAX_BYTES = 4 * 1024 * 1024;
/** Connections whose messages are read at a time; one that was forgotten is read from where it is. */
const MAX_CONNECTIONS = 1_000;

/** A message of a log as a contract sees it; secrets are blotted out, as in a recording. */
export interface LoggedContent {
  /** Of its row. */
  readonly id: number;
  readonly connection: number;
  readonly direction: Direction;
  readonly atMs: number;
  /** Several where one message carries several. */
  readonly contents: readonly Content[];
}

/** Goes over the messages of a log in their order, and on as it grows. */
export class LoggedContents {
  readonly #source: Pick<LogSource, 'log' | 'connections' | 'secrets' | 'snapshot'>;
  readonly #redactor: Redactor;
  readonly #readers = new Map<number, { readonly dialect: string | null; readonly reader: ContentReader }>();
  readonly #messages: MessageReader;
  /** Messages that could not be looked at: dropped, too long, or never inflated. */
  missed = 0;

  constructor(source: Pick<LogSource, 'log' | 'connections' | 'secrets' | 'snapshot'>) {
    this.#source = source;
    this.#redactor = new Redactor(source.secrets);
    this.#messages = source.log.messagesFrom(source.log.firstId, MAX_BYTES);
  }

  /** Null at the end of what is there, or where content is still to come. */
  async next(): Promise<LoggedContent | null> {
    for (;;) {
      const read = this.#messages.next();
      const next = read instanceof Promise ? await read : read;
      if (next === null) return null;
      if (next.kind === 'message' && next.message.bytes.length === next.message.totalBytes)
        return await this.#read(next.message);
      if (next.kind === 'waits') {
        if (this.#source.snapshot().state !== 'closed') return null;
        this.#messages.pass();
      }
      this.missed += next.kind === 'dropped' ? next.rows : 1;
    }
  }

  async #read({ atMs, binary, bytes, connection, direction, id }: WholeMessage): Promise<LoggedContent> {
    const reader = await this.#readerOf(connection);
    const contents = reader.readAll(direction, { binary, bytes }, atMs);
    const clean = this.#source.secrets.length === 0 ? contents : contents.map((content) => this.#clean(content));
    return { id, connection, direction, atMs, contents: clean };
  }

  #clean({ ack, prefix, value }: Content): Content {
    return {
      ack,
      prefix: this.#redactor.text(prefix),
      value: value instanceof Uint8Array ? value : this.#redactor.deep(value),
    };
  }

  async #readerOf(connection: number): Promise<ContentReader> {
    const { connections } = this.#source;
    const dialect =
      connections.find((each) => each.connection === connection)?.dialect ?? this.#source.snapshot().dialect;
    const known = this.#readers.get(connection);
    if (known && known.dialect === dialect) return known.reader;
    const reader = await ContentReader.of(dialect);
    if (this.#readers.size >= MAX_CONNECTIONS) this.#readers.clear();
    this.#readers.set(connection, { dialect, reader });
    return reader;
  }
}
