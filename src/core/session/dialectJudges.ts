import { setBounded } from '../base/setBounded.js';
import { type DialectJudge, type DialectOpening, judgeOfOpened, MAX_LOOK_BYTES } from '../dialects/dialectJudge.js';
import type { FrameLog } from '../frames/log/frameLog.js';
import type { MessageReader } from '../frames/log/messageReader.js';
import { type DecodingPlan, readerOf } from '../payload/decoders/decodingReader.js';
import type { DialectWatch } from './dialectWatch.js';
import { MAX_CONNECTIONS } from './logSource.js';

const NO_DECODING: DecodingPlan = { baseDir: null };
/** Rows behind a compressed message whose content may still come. */
const MAX_HELD_ROWS = 1_000;

export interface DialectJudgesOptions {
  readonly log: FrameLog;
  readonly watch: DialectWatch;
  /** How messages are read before the dialect reads them. */
  readonly decoding?: DecodingPlan | undefined;
}

/**
 * A judge for each connection of a log that many have a part in. They hear the messages out of the log, behind the wire, and
 * what they say is what the watch reads by.
 */
export class DialectJudges {
  readonly #options: DialectJudgesOptions;
  readonly #judges = new Map<number, DialectJudge>();
  #reader: MessageReader | null = null;
  #name: string | null = null;

  constructor(options: DialectJudgesOptions) {
    this.#options = options;
  }

  /** Of the last connection of which one was recognised. */
  get name(): string | null {
    return this.#name;
  }

  nameOf(connection: number): string | null {
    return this.#judges.get(connection)?.name ?? null;
  }

  /** What is thought as long as no connection says otherwise. */
  expect(sign: DialectOpening): void {
    this.#name = judgeOfOpened(sign).name;
  }

  /** A connection is open. */
  opened(connection: number, sign: DialectOpening): void {
    const judge = judgeOfOpened(sign);
    this.#options.watch.began(connection);
    this.#options.watch.opened(connection);
    setBounded(this.#judges, connection, judge, MAX_CONNECTIONS);
    this.#heed(connection, judge);
  }

  /** Lets the judges hear the messages that have come since. `isWhole`: content that is not there will not come. */
  async listen(isWhole: boolean): Promise<void> {
    const { log } = this.#options;
    const counts = (connection: number, direction: 'sent' | 'received') =>
      this.#judges.get(connection)?.counts(direction) === true;
    const reader = (this.#reader ??= log.messagesFrom(0, MAX_LOOK_BYTES + 1, counts));
    for (;;) {
      const read = reader.next();
      const next = read instanceof Promise ? await read : read;
      if (next === null) return;
      if (next.kind === 'waits') {
        if (!isWhole && log.nextId - next.id < MAX_HELD_ROWS) return;
        reader.pass();
      }
      if (next.kind !== 'message') continue;
      const { connection } = next.message;
      const judge = this.#judges.get(connection);
      if (judge?.look(next.message)) this.#heed(connection, judge);
    }
  }

  #heed(connection: number, { name, reader }: DialectJudge): void {
    this.#name = name ?? this.#name;
    const reading = readerOf(this.#options.decoding ?? NO_DECODING, reader);
    if (reading) this.#options.watch.speaks(connection, reading);
  }
}
