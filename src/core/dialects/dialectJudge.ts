import type { Direction } from '../base/model.js';
import type { ProbePlan } from '../base/plan.js';
import type { Dialect, DialectMessage, ReadableDialect } from './dialect.js';
import { type DialectHints, type DialectVerdict, greetingText, judgeDialect } from './judgeDialect.js';

/** The first messages of a connection, each of which is looked at; also how many are weighed together. */
const FIRST_MESSAGES = 5;
/** Then one is looked at whenever a quarter more have passed: 55 looks in a million messages. */
const GROWTH = 1.25;
/** The most that one look reads, whatever the peer sends. */
export const MAX_LOOK_BYTES = 65_536;
/** No ping of a dialect is longer. */
const MAX_PING_BYTES = 32;

/** Judges the dialect of connections one after the other while they go on, at a bounded cost. What is certain stays. */
export class DialectJudge {
  readonly #hints: Pick<DialectHints, 'wanted' | 'url' | 'offered'>;
  #subprotocol: string | null = null;
  #greeting: string | null | undefined;
  #window: DialectMessage[] = [];
  #heard = 0;
  #looks = 0;
  #nextLook = 0;
  #over = false;
  /** Null until somebody asks: a connection that opens and closes needs no more than one. */
  #judged: DialectVerdict | null = null;

  constructor(hints: Pick<DialectHints, 'wanted' | 'url' | 'offered'>) {
    this.#hints = hints;
  }

  /** The one that is named, and that closes are explained by. After the end of a connection still that of it. */
  get dialect(): Dialect | null {
    return this.#verdict.dialect;
  }

  get name(): string | null {
    return this.#verdict.dialect?.name ?? null;
  }

  /** Whose decoder reads the messages. */
  get reader(): ReadableDialect | null {
    return this.#verdict.reader;
  }

  /** What the dialect wants said at once to a message that was received; null: nothing. */
  answerTo(message: Pick<DialectMessage, 'binary' | 'bytes'>): string | null {
    if (message.binary) return null;
    const { bytes } = message;
    if (bytes.length > MAX_PING_BYTES) return null;
    const { heartbeat } = this.dialect ?? {};
    return heartbeat && Buffer.from(bytes).toString('latin1') === heartbeat.ping ? heartbeat.pong : null;
  }

  /** Whether a message may still change the verdict. */
  get isListening(): boolean {
    if (this.#hints.wanted === 'none') return false;
    return this.#over || !this.#isFixed || this.#verdict.reader === null;
  }

  /** A connection opened, whose first messages may have come already. */
  opened(subprotocol: string | null): void {
    this.#begin();
    this.#subprotocol = subprotocol;
    this.#judged = null;
  }

  /** A connection ended: what follows is another one. */
  ended(): void {
    this.#over = true;
  }

  /** A message of the connection, either direction; its bytes are borrowed. Whether it changed the verdict. */
  message(message: DialectMessage): boolean {
    return this.counts(message.direction) && this.look(message);
  }

  /** Counts a message. Whether it is one to `look` at: most are not, and need not be made for it. */
  counts(direction: Direction): boolean {
    this.#begin();
    if (!this.isListening) return false;
    this.#heard += 1;
    return this.#heard >= this.#nextLook || (this.#greeting === undefined && direction === 'received');
  }

  /** Looks at a message that counts; its bytes are borrowed. Whether it changed the verdict. */
  look(message: DialectMessage): boolean {
    const isFixed = this.#isFixed;
    this.#nextLook = this.#heard < FIRST_MESSAGES ? this.#heard + 1 : Math.ceil(this.#heard * GROWTH);
    this.#looks += 1;
    const before = this.#verdict;
    if (this.#greeting === undefined && message.direction === 'received') this.#greeting = greetingText(message);
    this.#keep(message);
    const now = this.#judge();
    const verdict = isFixed ? { ...before, reader: before.reader ?? now.reader } : now;
    this.#judged = verdict;
    return verdict.dialect !== before.dialect || verdict.reader !== before.reader;
  }

  /** What was found by the first messages is not exchanged for something else later on. */
  get #isFixed(): boolean {
    const { dialect, certain } = this.#verdict;
    return certain || (dialect !== null && this.#looks >= FIRST_MESSAGES);
  }

  #begin(): void {
    if (!this.#over) return;
    this.#over = false;
    this.#subprotocol = null;
    this.#greeting = undefined;
    this.#window = [];
    this.#heard = 0;
    this.#looks = 0;
    this.#nextLook = 0;
    this.#judged = null;
  }

  /** A message too long for one look says nothing but what it begins with. */
  #keep(message: DialectMessage): void {
    const { length } = message.bytes;
    if (length > MAX_LOOK_BYTES) return;
    this.#window = this.#window.slice(1 - FIRST_MESSAGES);
    this.#window.push({ ...message, bytes: Uint8Array.from(message.bytes) });
    let total = this.#window.reduce((sum, { bytes }) => sum + bytes.length, 0);
    while (total > MAX_LOOK_BYTES) total -= this.#window.shift()?.bytes.length ?? 0;
  }

  get #verdict(): DialectVerdict {
    return (this.#judged ??= this.#judge());
  }

  #judge(): DialectVerdict {
    return judgeDialect({
      ...this.#hints,
      subprotocol: this.#subprotocol,
      messages: this.#window,
      greeting: this.#greeting ?? null,
    });
  }
}

/** Judges the dialect of what is said by this plan, in a probe or a session. */
export function judgeFor({ session, url, subprotocols }: ProbePlan): DialectJudge {
  return new DialectJudge({ wanted: session.dialect, url, offered: subprotocols });
}

/** How a connection was opened, as far as it tells what is spoken. */
export interface DialectOpening {
  readonly url: string;
  readonly subprotocol: string | null;
  /** `auto`, `none` or a name. */
  readonly wanted: string;
}

/** Judges the dialect of a connection that somebody else has opened. */
export function judgeOfOpened({ url, subprotocol, wanted }: DialectOpening): DialectJudge {
  const judge = new DialectJudge({ wanted, url, offered: [] });
  judge.opened(subprotocol);
  return judge;
}
