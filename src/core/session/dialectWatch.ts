import type { Decoded, DialectDecoder, DialectMessage, OperationStats, ReadableDialect } from '../dialects/dialect.js';
import type { DialectJudge } from '../dialects/dialectJudge.js';
import { OperationTracker, type Unanswered } from '../dialects/operationTracker.js';

/** The first messages, which are paired once their dialect is recognised. */
const MAX_FIRST = 5;
/** Messages that wait while a decoder's library is loaded. */
const MAX_WAITING = 200;
/** Messages a second that are paired; beyond it they are counted and left alone. */
const MAX_PER_SECOND = 20_000;
/** Labels of messages paired in order, kept for the rows: a decoder with state cannot label out of order. */
const MAX_LABELS = 20_000;
/** A longer message is labelled by the log alone. */
const MAX_BYTES = 1024 * 1024;

/** Labels a session's messages by the dialect that the judge names, and pairs its requests with their replies, as far as the rate allows. */
export class DialectWatch {
  readonly #judge: DialectJudge;
  readonly #onRecognised: () => void;
  readonly #tracker = new OperationTracker();
  #dialect: ReadableDialect | null = null;
  #decoder: DialectDecoder | null = null;
  #labels: DialectDecoder | null = null;
  #loads = 0;
  #loading: Promise<void> = Promise.resolve();
  #over = true;
  /** Messages told of in this connection. */
  #told = 0;
  #waiting: { readonly id: number; readonly message: DialectMessage }[] = [];
  #second = 0;
  #inSecond = 0;
  #unpaired = 0;
  readonly #labelOf = new Map<number, string>();

  /** The judge has heard of a connection or a message before it is told here. */
  constructor(judge: DialectJudge, onRecognised: () => void) {
    this.#judge = judge;
    this.#onRecognised = onRecognised;
  }

  get name(): string | null {
    return this.#judge.name;
  }

  /** Whether messages are of any use: to recognise a dialect, or to pair them. */
  get isListening(): boolean {
    return this.#dialect !== null || this.#judge.isListening;
  }

  /** Messages left unpaired because they came too fast or were too long. */
  get unpaired(): number {
    return this.#unpaired;
  }

  /** A connection opened, whose first messages may have come already: decoders begin anew. */
  opened(): void {
    this.#begin();
    this.#heed();
  }

  ended(): void {
    this.#tracker.connectionClosed();
    this.#over = true;
  }

  message(id: number, message: DialectMessage): void {
    this.#begin();
    this.#told += 1;
    if (!this.#dialect || this.#dialect !== this.#judge.reader) {
      if (this.#told <= MAX_FIRST || this.#judge.reader) this.#wait(id, message);
      this.#heed();
      return;
    }
    if (!this.#mayPair(message)) return;
    if (this.#decoder) this.#pair(id, message);
    else this.#wait(id, message);
  }

  /** Settles when the decoder of the dialect that is named is there. */
  whenLoaded(): Promise<void> {
    return this.#loading;
  }

  /** What the dialect makes of one message out of its order. */
  decode(message: DialectMessage): readonly Decoded[] {
    return this.#labels?.decode(message) ?? [];
  }

  /** The line for a row; null when the dialect has nothing to say. */
  label(id: number, message: DialectMessage): string | null {
    const known = this.#labelOf.get(id);
    if (known !== undefined) return known;
    if (!this.#dialect || this.#dialect.stateful) return null;
    return joinLabels(this.decode(message));
  }

  operations(): OperationStats[] {
    return this.#tracker.operations();
  }

  unanswered(): Unanswered[] {
    return this.#tracker.unanswered();
  }

  clear(): void {
    this.#tracker.clear();
    this.#labelOf.clear();
  }

  #mayPair(message: DialectMessage): boolean {
    const second = Math.floor(message.atMs / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#inSecond = 0;
    }
    this.#inSecond += 1;
    const may = this.#inSecond <= MAX_PER_SECOND && message.bytes.length <= MAX_BYTES;
    if (!may) this.#unpaired += 1;
    return may;
  }

  #begin(): void {
    if (!this.#over) return;
    this.#over = false;
    this.#told = 0;
    this.#waiting = [];
    this.#tracker.connectionClosed();
    this.#read(null);
  }

  /** Reads on with the decoder that the judge names now. */
  #heed(): void {
    const { reader } = this.#judge;
    if (reader !== this.#dialect) this.#read(reader);
    else if (!reader && this.#told >= MAX_FIRST) this.#waiting = [];
  }

  #read(dialect: ReadableDialect | null): void {
    this.#dialect = dialect;
    this.#decoder = null;
    this.#labels = null;
    this.#loads += 1;
    if (dialect) this.#load(dialect, this.#loads);
  }

  #wait(id: number, message: DialectMessage): void {
    if (this.#waiting.length >= MAX_WAITING || message.bytes.length > MAX_BYTES) return;
    this.#waiting.push({ id, message: { ...message, bytes: Uint8Array.from(message.bytes) } });
  }

  #load(dialect: ReadableDialect, load: number): void {
    this.#loading = Promise.all([dialect.createDecoder(), dialect.createDecoder()]).then(
      ([decoder, labels]) => {
        if (this.#loads !== load) return;
        this.#decoder = decoder;
        this.#labels = labels;
        const waiting = this.#waiting;
        this.#waiting = [];
        for (const { id, message } of waiting) this.#pair(id, message);
        this.#onRecognised();
      },
      // A library that cannot be loaded costs the labels, not the session.
      () => {
        this.#waiting = [];
      },
    );
  }

  #pair(id: number, message: DialectMessage): void {
    const decoded = this.#decoder?.decode(message) ?? [];
    this.#tracker.record({ id, direction: message.direction, atMs: message.atMs }, decoded);
    const label = joinLabels(decoded);
    if (label === null || !this.#dialect || !this.#dialect.stateful) return;
    this.#labelOf.set(id, label);
    if (this.#labelOf.size > MAX_LABELS) this.#labelOf.delete(this.#labelOf.keys().next().value ?? id);
  }
}

function joinLabels(decoded: readonly Decoded[]): string | null {
  return decoded.length === 0 ? null : decoded.map(({ label }) => label).join(' · ');
}
