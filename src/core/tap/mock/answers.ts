import { createHash } from 'node:crypto';
import { setBounded } from '../../base/setBounded.js';
import { Carried } from '../../contract/carried.js';
import { withIdOfNow } from '../../contract/packets.js';
import type { PacketForm } from '../../dialects/dialect.js';
import type { ContentReader } from '../../contract/contentReader.js';
import { compareMessages } from '../../contract/compareMessages.js';
import { typeOfContent } from '../../contract/messageType.js';
import { idsIn } from '../../contract/ids.js';
import { type Content, readContent, type Said } from '../../contract/said.js';
import type { RecordedConversation, SaidMessage } from '../../record/conversations.js';

/** How a client's message was recognised: as it was recorded; but for ids and times; by its type alone. */
export type MatchedBy = 'exact' | 'normalised' | 'type';

/** What the recording has in answer to a client's message. */
export interface Heard {
  /** Null: the recording has nothing like it. */
  readonly by: MatchedBy | null;
  /** Which of the recorded messages it was taken for; null: none. */
  readonly request: SaidMessage | null;
  /** In order, with the client's ids in place of the recorded ones; made as they are read, so read them before the next is heard. */
  readonly answers: Iterable<Answer>;
  /** Nothing follows in the recording. */
  readonly isLast: boolean;
}

export interface Answer extends Said {
  /** How long after what it answers, or after the opening, it came. */
  readonly afterMs: number;
}

interface Exchange {
  readonly request: SaidMessage;
  readonly answers: SaidMessage[];
}

const NORMALISED = { ignore: [], normalise: true } as const;
/** Recorded messages of a type that one message is held against. */
const MAX_CANDIDATES = 200;
/** Ids of unanswered requests that are remembered. */
const MAX_IDS = 10_000;

/** What one side of a recorded conversation answered to the other, for any number of clients. Pure: it sends nothing. */
export class RecordedAnswers {
  /** What the server said before the client said anything. */
  readonly greeting: readonly SaidMessage[];
  readonly exchanges: readonly Exchange[];
  readonly #exact = new Map<string, number[]>();
  readonly #types = new Map<string, number[]>();
  readonly #contents = new WeakMap<SaidMessage, Content>();

  /** `reader`: of the recording's dialect, where binary messages are to be told apart by what they hold. */
  constructor(
    { messages }: Pick<RecordedConversation, 'messages'>,
    reader: ContentReader | null = null,
    readonly form: PacketForm | null = null,
  ) {
    for (const message of messages) {
      const content = reader?.read(message.direction, message, message.atMs);
      if (content !== undefined && message.binary && message.direction === 'sent') this.#contents.set(message, content);
    }
    const { exchanges, greeting } = exchangesOf(messages);
    this.greeting = greeting;
    this.exchanges = exchanges;
    for (const [at, { request }] of exchanges.entries()) {
      push(this.#exact, keyOf(request), at);
      push(this.#types, this.#typeOf(this.contentOf(request), request), at);
    }
  }

  /** A client of its own, from the beginning of the recording; with a reader of its own. */
  client(reader: ContentReader | null = null): AnsweredClient {
    return new AnsweredClient(this, reader);
  }

  sameAs(message: Said): readonly number[] {
    return this.#exact.get(keyOf(message)) ?? [];
  }

  ofTypeOf(content: Content, message: Said): readonly number[] {
    return this.#types.get(this.#typeOf(content, message)) ?? [];
  }

  contentOf(message: SaidMessage): Content {
    const known = this.#contents.get(message) ?? readContent(message);
    this.#contents.set(message, known);
    return known;
  }

  /** What has no form of its own is of a type with what differs in its numbers. */
  #typeOf(content: Content, { binary, bytes }: Said): string {
    const { name } = typeOfContent(content);
    if (content.value instanceof Uint8Array) return `${name} ${binary} ${bytes.length} ${bytes[0] ?? ''}`;
    const form = typeof content.value === 'string' ? content.value.slice(0, 200).replaceAll(/\d+/g, '#') : '';
    return `${binary} ${name} ${form}`;
  }
}

/** One client's way through a recording. What it says is looked for where it has not been yet, then where it has. */
export class AnsweredClient {
  readonly #recorded: RecordedAnswers;
  readonly #reader: ContentReader | null;
  readonly #carried = new Carried();
  readonly #used = new Set<number>();
  /** The exchange behind the last one that was recognised. */
  #next = 0;

  constructor(recorded: RecordedAnswers, reader: ContentReader | null) {
    this.#recorded = recorded;
    this.#reader = reader;
  }

  greet(): Heard {
    const { exchanges, greeting } = this.#recorded;
    return { by: null, request: null, answers: this.#answers(greeting, 0), isLast: exchanges.length === 0 };
  }

  hear(message: Said): Heard {
    const content = this.#reader?.read('sent', message, 0) ?? readContent(message);
    const found = this.#find(message, content);
    if (found === null) return { by: null, request: null, answers: [], isLast: false };
    const { at, by } = found;
    const { answers, request } = this.#recorded.exchanges[at]!;
    this.#used.add(at);
    this.#next = at + 1;
    const { values } = compareMessages(this.#recorded.contentOf(request), content, NORMALISED);
    for (const value of values) this.#carried.learn(value);
    const isLast = at === this.#recorded.exchanges.length - 1;
    return { by, request, answers: this.#answers(answers, request.atMs), isLast };
  }

  *#answers(recorded: readonly SaidMessage[], fromMs: number): Generator<Answer> {
    for (const message of recorded) {
      const said = this.#carried.apply({ binary: message.binary, bytes: message.bytes });
      const { binary, bytes } = withIdOfNow(said, this.#recorded.form, this.#carried);
      yield { binary, bytes, afterMs: Math.max(0, message.atMs - fromMs) };
    }
  }

  #find(message: Said, content: Content): { readonly at: number; readonly by: MatchedBy } | null {
    const same = this.#nearest(this.#recorded.sameAs(message));
    if (same !== null && !this.#used.has(same)) return { at: same, by: 'exact' };
    const candidates = this.#inOrder(this.#recorded.ofTypeOf(content, message));
    const alike = candidates.find((at) => this.#isAlike(at, content));
    if (alike !== undefined && !this.#used.has(alike)) return { at: alike, by: 'normalised' };
    if (same !== null) return { at: same, by: 'exact' };
    if (alike !== undefined) return { at: alike, by: 'normalised' };
    const [first] = candidates;
    return first === undefined ? null : { at: first, by: 'type' };
  }

  #isAlike(at: number, content: Content): boolean {
    const recorded = this.#recorded.contentOf(this.#recorded.exchanges[at]!.request);
    return compareMessages(recorded, content, NORMALISED, this.#carried).differences.length === 0;
  }

  #nearest(places: readonly number[]): number | null {
    return this.#inOrder(places)[0] ?? null;
  }

  /** Those that were not said yet, from where the client is; then those before; then what was said already. */
  #inOrder(places: readonly number[]): readonly number[] {
    const here = firstFrom(places, this.#next);
    const ahead = places.slice(here, here + MAX_CANDIDATES);
    const behind = places.slice(Math.max(0, here - MAX_CANDIDATES), here).toReversed();
    const all = [...ahead, ...behind];
    return [...all.filter((at) => !this.#used.has(at)), ...all.filter((at) => this.#used.has(at))];
  }
}

/** Where in an ascending list the first that is not below a number stands. */
function firstFrom(places: readonly number[], least: number): number {
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (places[middle]! < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

function exchangesOf(messages: readonly SaidMessage[]) {
  const greeting: SaidMessage[] = [];
  const exchanges: Exchange[] = [];
  const asked = new Map<string, Exchange>();
  for (const message of messages) {
    if (message.direction === 'sent') {
      const exchange = { request: message, answers: [] };
      exchanges.push(exchange);
      for (const id of idsIn(message)) setBounded(asked, id, exchange, MAX_IDS);
      continue;
    }
    // What a client sent ahead is answered one by one: the id says what the first answer belongs to.
    const owner = idsIn(message)
      .map((id) => asked.get(id))
      .find((exchange) => exchange?.answers.length === 0);
    (owner?.answers ?? exchanges.at(-1)?.answers ?? greeting).push(message);
  }
  return { greeting, exchanges };
}

function keyOf({ binary, bytes }: Said): string {
  return `${binary} ${createHash('sha256').update(bytes).digest('base64')}`;
}

function push(map: Map<string, number[]>, key: string, at: number): void {
  const list = map.get(key);
  if (list) list.push(at);
  else map.set(key, [at]);
}
