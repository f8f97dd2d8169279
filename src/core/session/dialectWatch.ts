import type { Decoded, Dialect, DialectDecoder, DialectMessage, OperationStats } from '../dialects/dialect.js';
import { OperationTracker, type Unanswered } from '../dialects/operationTracker.js';
import { findDialect, recogniseDialect } from '../dialects/registry.js';

/** The first messages a dialect may be recognised by. */
const MAX_FIRST = 5;
/** Messages that wait while a decoder's library is loaded. */
const MAX_WAITING = 200;
/** Messages a second that are paired; beyond it they are counted and left alone. */
const MAX_PER_SECOND = 20_000;
/** Labels of messages paired in order, kept for the rows: a decoder with state cannot label out of order. */
const MAX_LABELS = 20_000;
const STATEFUL: ReadonlySet<string> = new Set(['socket.io', 'mqtt', 'stomp']);
/** A longer message is labelled by the log alone. */
const MAX_BYTES = 1024 * 1024;

/** Recognises a session's dialect and pairs its requests with their replies, as far as the rate allows. */
export class DialectWatch {
  readonly #wanted: string;
  readonly #url: string;
  readonly #onRecognised: () => void;
  readonly #tracker = new OperationTracker();
  #dialect: Dialect | null = null;
  #decoder: DialectDecoder | null = null;
  #labels: DialectDecoder | null = null;
  #subprotocol: string | null = null;
  #first: DialectMessage[] = [];
  #waiting: { readonly id: number; readonly message: DialectMessage }[] = [];
  #second = 0;
  #inSecond = 0;
  #unpaired = 0;
  readonly #labelOf = new Map<number, string>();

  /** `wanted`: `auto`, `none`, or a dialect's name. */
  constructor(wanted: string, url: string, onRecognised: () => void) {
    this.#wanted = wanted;
    this.#url = url;
    this.#onRecognised = onRecognised;
  }

  get name(): string | null {
    return this.#dialect?.name ?? null;
  }

  /** Whether messages are of any use: to recognise a dialect, or to pair them. */
  get isListening(): boolean {
    return this.#dialect !== null || (this.#wanted !== 'none' && this.#first.length < MAX_FIRST);
  }

  /** Messages left unpaired because they came too fast or were too long. */
  get unpaired(): number {
    return this.#unpaired;
  }

  /** A connection opened: decoders begin anew. */
  opened(subprotocol: string | null): void {
    this.#tracker.connectionClosed();
    this.#subprotocol = subprotocol;
    this.#first = [];
    this.#decoder = null;
    this.#labels = null;
    this.#dialect = this.#wanted === 'none' ? null : findDialect(this.#wanted);
    if (this.#dialect) this.#load(this.#dialect);
    else this.#recognise();
  }

  ended(): void {
    this.#tracker.connectionClosed();
  }

  message(id: number, message: DialectMessage): void {
    if (this.#wanted === 'none') return;
    if (!this.#dialect) {
      if (this.#first.length >= MAX_FIRST) return;
      const kept = { ...message, bytes: Uint8Array.from(message.bytes.subarray(0, 4_096)) };
      this.#first.push(kept);
      this.#waiting.push({ id, message: kept });
      this.#recognise();
      return;
    }
    if (!this.#mayPair(message)) return;
    if (!this.#decoder) {
      if (this.#waiting.length < MAX_WAITING)
        this.#waiting.push({ id, message: { ...message, bytes: Uint8Array.from(message.bytes) } });
      return;
    }
    this.#pair(id, message);
  }

  /** What the dialect makes of one message out of its order. */
  decode(message: DialectMessage): readonly Decoded[] {
    return this.#labels?.decode(message) ?? [];
  }

  /** The line for a row; null when the dialect has nothing to say. */
  label(id: number, message: DialectMessage): string | null {
    const known = this.#labelOf.get(id);
    if (known !== undefined) return known;
    if (!this.#dialect || STATEFUL.has(this.#dialect.name)) return null;
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

  #recognise(): void {
    const dialect = recogniseDialect({
      subprotocol: this.#subprotocol,
      url: this.#url,
      firstMessages: this.#first,
    });
    if (!dialect) {
      if (this.#first.length >= MAX_FIRST) this.#waiting = [];
      return;
    }
    this.#dialect = dialect;
    this.#first = [];
    this.#load(dialect);
  }

  #load(dialect: Dialect): void {
    Promise.all([dialect.createDecoder(), dialect.createDecoder()]).then(
      ([decoder, labels]) => {
        if (this.#dialect !== dialect) return;
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
    if (label === null || !this.#dialect || !STATEFUL.has(this.#dialect.name)) return;
    this.#labelOf.set(id, label);
    if (this.#labelOf.size > MAX_LABELS) this.#labelOf.delete(this.#labelOf.keys().next().value ?? id);
  }
}

function joinLabels(decoded: readonly Decoded[]): string | null {
  return decoded.length === 0 ? null : decoded.map(({ label }) => label).join(' · ');
}
