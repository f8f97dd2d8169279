import { setImmediate as nextTurn } from 'node:timers/promises';
import { setBounded } from '../base/setBounded.js';
import type { Decoded, OperationStats, MessageReading } from '../dialects/dialect.js';
import type { ExchangePage, WantedExchanges } from '../dialects/exchanges.js';
import { DialectStream, type StreamReading } from '../dialects/dialectStream.js';
import { messagesOf } from './messagesOf.js';
import { Pace } from './pace.js';
import { OperationTracker, type Unanswered } from '../dialects/operationTracker.js';
import type { FrameLog } from '../frames/log/frameLog.js';
import type { MessageReader, NextMessage, WholeMessage } from '../frames/log/messageReader.js';

/** Messages a second that are paired while they come; the others wait in the log. */
const MAX_PER_SECOND = 20_000;
/** Messages that are read in one turn of the event loop. */
const PER_TURN = 200;
/** Labels of messages whose dialect has a state, kept for the rows; others are read again. */
const MAX_LABELS = 20_000;
/** A longer message is labelled by its beginning and not paired, where no later one depends on it. */
const MAX_BYTES = 1024 * 1024;
/** As much of a message as is read where later ones may depend on it. */
const READ_BYTES = 4 * MAX_BYTES;
/** Connections whose dialect is known at a time. */
const MAX_CONNECTIONS = 1_000;
/** Rows that a compressed message may hold up while its content is awaited. */
const MAX_HELD_ROWS = 1_000;

const NOTHING: StreamReading = { decoded: [], isComplete: true };

/** `decoded`: what the message was read as, while it is read. */
export type OnLabel = (id: number, label: string | null, decoded: readonly Decoded[]) => void;

export interface DialectWatchOptions {
  readonly log: () => FrameLog;
  /** The decoder of a dialect is there: what was read before can be read anew. */
  readonly onRecognised: () => void;
  /** Told of every message in the order of the wire, once it has been read. */
  readonly onLabel?: OnLabel;
  /** Messages a second; `Infinity` for what is not live. */
  readonly perSecond?: number;
}

/** What is known of one connection. */
interface Talk {
  readonly connection: number;
  readonly beganId: number;
  isOpened: boolean;
  isOver: boolean;
  dialect: MessageReading | null;
  stream: DialectStream | null;
  loading: Promise<void> | null;
  /** The last message that was looked at. */
  position: number;
}

/**
 * Labels the messages of a log by the dialect that each connection is said to speak, and pairs requests with replies. It
 * reads the log behind the wire, at a bounded rate, and keeps no message of its own.
 */
export class DialectWatch {
  readonly #options: DialectWatchOptions;
  readonly #pace: Pace;
  readonly #tracker = new OperationTracker();
  readonly #talks = new Map<number, Talk>();
  readonly #labelOf = new Map<number, string | null>();
  #reader: MessageReader | null = null;
  #running: Promise<void> | null = null;
  #isHurried = false;
  #isListening = false;
  #told = -1;
  #name: string | null = null;
  #missed = 0;
  #isDisposed = false;

  constructor(options: DialectWatchOptions) {
    this.#options = options;
    this.#pace = new Pace(options.perSecond ?? MAX_PER_SECOND);
  }

  /** Whose decoder reads the latest connection that has one. */
  get name(): string | null {
    return this.#name;
  }

  /** Whether messages to come are decoded. */
  get isListening(): boolean {
    return this.#isListening;
  }

  /** Messages that could be neither labelled in their order nor paired: dropped before they were read, or too long. */
  get missed(): number {
    return this.#missed;
  }

  /** A connection is begun: its rows come from now on. */
  began(connection: number): void {
    const { nextId } = this.#log;
    // What nobody wanted to read is not read now.
    if (!this.isListening && this.#running === null) this.#at(nextId);
    const talk: Talk = {
      connection,
      beganId: nextId,
      isOpened: false,
      isOver: false,
      dialect: null,
      stream: null,
      loading: null,
      position: nextId - 1,
    };
    setBounded(this.#talks, connection, talk, MAX_CONNECTIONS);
    this.#judgeUse();
  }

  /** It opened: what it speaks is known, as far as it can be before its messages. */
  opened(connection: number): void {
    const talk = this.#talks.get(connection);
    if (!talk) return;
    talk.isOpened = true;
    this.grew();
  }

  /** What it speaks, in place of what was thought before: its messages are read from the first one on. */
  speaks(connection: number, dialect: MessageReading): void {
    const talk = this.#talks.get(connection);
    if (!talk || talk.dialect === dialect) return;
    talk.dialect = dialect;
    talk.stream = null;
    talk.position = talk.beganId - 1;
    this.#labelOf.clear();
    this.#name = dialect.name;
    this.#judgeUse();
    talk.loading = dialect.createDecoder().then(
      (decoder) => {
        if (talk.dialect !== dialect) return;
        talk.stream = new DialectStream(decoder, talk.beganId, (after, to) =>
          messagesOf(this.#log, talk.connection, after, to, READ_BYTES),
        );
        this.#at(Math.min(this.#reader?.cursor ?? talk.beganId, talk.beganId));
        this.#run();
        this.#options.onRecognised();
      },
      // A library that cannot be loaded costs the labels, not the session.
      () => {
        if (talk.dialect !== dialect) return;
        talk.dialect = null;
        this.#judgeUse();
        this.#run();
      },
    );
  }

  ended(connection: number): void {
    const talk = this.#talks.get(connection);
    if (!talk) return;
    talk.isOpened = true;
    talk.isOver = true;
    const isWanted = this.isListening || this.#options.onLabel !== undefined;
    this.#judgeUse();
    // What speaks no dialect is read for nobody.
    if (isWanted) this.#run();
  }

  /** The log has grown; called as often as it does. */
  grew(): void {
    if (this.#running === null && (this.#options.onLabel !== undefined || this.isListening)) this.#run();
  }

  /** The line for a row; null when the dialect has nothing to say. A promise where messages before it must be read. */
  label(message: WholeMessage): string | null | Promise<string | null> {
    const known = this.#labelOf.get(message.id);
    if (known !== undefined) return known;
    const talk = this.#talks.get(message.connection);
    const stream = talk?.stream;
    if (!stream) return talk?.dialect && talk.loading ? talk.loading.then(() => this.#labelOnce(talk, message)) : null;
    const reading = stream.decodeAt(message);
    return 'then' in reading
      ? reading.then(({ decoded, isComplete }) => {
          const label = joinLabels(decoded);
          return isComplete ? this.#keep(message.id, label) : label;
        })
      : joinLabels(reading.decoded);
  }

  #labelOnce({ stream }: Talk, message: WholeMessage): string | null | Promise<string | null> {
    return stream ? this.label(message) : null;
  }

  /** What the dialect makes of a message, read where it stood on the wire. */
  async decode(message: WholeMessage): Promise<StreamReading> {
    await this.loaded();
    return this.#talks.get(message.connection)?.stream?.decodeAt(message) ?? NOTHING;
  }

  operations(): OperationStats[] {
    return this.#tracker.operations();
  }

  unanswered(): Unanswered[] {
    return this.#tracker.unanswered();
  }

  /** The reply of a request, or the request of a reply, by the ids of their rows; null where none is known. */
  pairOf(id: number): number | null {
    return this.#tracker.pairOf(id);
  }

  /** Requests with what answered them, oldest first, those that are wanted. */
  exchanges(from: number, count: number, wanted?: WantedExchanges): ExchangePage {
    return this.#tracker.exchanges(from, count, wanted);
  }

  /** Settles when what is in the log now has been read; of a flood, as much as the rate allows. */
  async caughtUp(): Promise<void> {
    await this.loaded();
    this.#isHurried = true;
    this.#run();
    await this.#running;
  }

  /** Settles when the decoders of the dialects that are spoken are there. */
  async loaded(): Promise<void> {
    for (const talk of this.#talks.values())
      while (talk.dialect && !talk.stream && !this.#isDisposed) await talk.loading;
  }

  /** The log was cleared. */
  clear(): void {
    const { nextId } = this.#log;
    const isBehind = (this.#reader?.cursor ?? nextId) < nextId;
    for (const { stream } of this.#talks.values()) stream?.cleared(nextId - 1, isBehind);
    for (const talk of this.#talks.values()) talk.position = nextId - 1;
    this.#at(nextId);
    this.#tracker.clear();
    this.#labelOf.clear();
    this.#missed = 0;
  }

  dispose(): void {
    this.#isDisposed = true;
  }

  get #log(): FrameLog {
    return this.#options.log();
  }

  #at(id: number): MessageReader {
    if (this.#reader) this.#reader.cursor = id;
    else this.#reader = this.#log.messagesFrom(id, READ_BYTES);
    return this.#reader;
  }

  /** Asked for every frame, so it is judged only when something has changed. */
  #judgeUse(): void {
    this.#isListening = [...this.#talks.values()].some((talk) => !talk.isOver && talk.dialect !== null);
  }

  #run(): void {
    if (this.#running !== null || this.#isDisposed) return;
    this.#running = this.#readOn().finally(() => {
      this.#running = null;
      this.#isHurried = false;
    });
  }

  async #readOn(): Promise<void> {
    const reader = this.#reader ?? this.#at(this.#log.firstId);
    await nextTurn();
    for (let count = 1; !this.#isDisposed; count++) {
      if (count % PER_TURN === 0) await nextTurn();
      if (!this.#pace.mayGoOn(this.#isHurried)) {
        this.#pace.later(() => this.#run());
        return;
      }
      const read = reader.next();
      const next = read instanceof Promise ? await read : read;
      if (next === null) break;
      if (!this.#take(next, reader)) return;
    }
    for (const talk of this.#talks.values()) if (talk.isOver) this.#tracker.connectionClosed(talk.connection);
  }

  /** False when reading has to stop here until something comes: a decoder, an opening, inflated content. */
  #take(next: NextMessage, reader: MessageReader): boolean {
    if (next.kind === 'dropped') {
      const streams = [...this.#talks.values()].flatMap(({ stream }) => stream ?? []);
      for (const stream of streams) stream.miss(reader.cursor - 1);
      if (streams.length > 0) this.#missed += next.rows;
      return true;
    }
    const { id, connection } = next.kind === 'message' ? next.message : next;
    const talk = this.#talks.get(connection);
    const awaitsOpening = talk !== undefined && !talk.isOpened;
    const awaitsDecoder = talk !== undefined && talk.dialect !== null && talk.stream === null;
    if (awaitsOpening || awaitsDecoder) {
      reader.cursor = id;
      return false;
    }
    if (next.kind === 'waits') {
      if (talk && !talk.isOver && this.#log.nextId - id < MAX_HELD_ROWS) return false;
      reader.pass();
    }
    if (talk && id <= talk.position) return true;
    if (talk) talk.position = id;
    if (next.kind === 'message') {
      this.#read(talk, next.message);
      return true;
    }
    talk?.stream?.miss(id);
    if (talk?.stream) this.#missed += 1;
    this.#tell(id, null);
    return true;
  }

  #read(talk: Talk | undefined, message: WholeMessage): void {
    const { id, connection, direction, atMs } = message;
    const stream = talk?.stream;
    if (stream?.isStateful === false && message.totalBytes > MAX_BYTES) {
      this.#missed += 1;
      this.#tell(id, null);
      return;
    }
    const decoded = stream?.take(message) ?? [];
    if (stream && message.bytes.length < message.totalBytes) {
      this.#missed += 1;
      stream.miss(id);
    }
    if (stream) this.#tracker.record({ id, connection, direction, atMs }, decoded);
    const label = joinLabels(decoded);
    if (stream?.isStateful) this.#keep(id, label);
    this.#tell(id, label, decoded);
  }

  #tell(id: number, label: string | null, decoded: readonly Decoded[] = []): void {
    if (id <= this.#told) return;
    this.#told = id;
    this.#options.onLabel?.(id, label, decoded);
  }

  #keep(id: number, label: string | null): string | null {
    setBounded(this.#labelOf, id, label, MAX_LABELS);
    return label;
  }
}

function joinLabels(decoded: readonly Decoded[]): string | null {
  return decoded.length === 0 ? null : decoded.map(({ label }) => label).join(' · ');
}
