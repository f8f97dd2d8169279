import type { Difference } from '../../base/model.js';
import type { Carried } from '../../contract/carried.js';
import { compareMessages, type CompareRules } from '../../contract/compareMessages.js';
import { messageText } from '../../contract/messageText.js';
import { typeOfContent } from '../../contract/messageType.js';
import { type Content, readContent, type Said } from '../../contract/said.js';
import type { SaidMessage } from '../../record/conversations.js';

/** One thing that is not as it was recorded. */
export interface ReplayDifference {
  /** `changed`: another message of the type came; `missing`: none; `unexpected`: one that the recording has not. */
  readonly kind: 'changed' | 'missing' | 'unexpected' | 'status' | 'subprotocol' | 'close';
  /** Of the recorded message in its connection, from 1; null: there is none. */
  readonly number: number | null;
  readonly expected: string | null;
  readonly actual: string | null;
  /** Of a changed message: where. */
  readonly paths: readonly Difference[];
}

interface Arrived {
  readonly said: Said;
  readonly content: Content;
  readonly type: string;
}

/** How far round the last match a message is looked for: messages may overtake each other within it. */
const WINDOW = 100;
/** Messages that fit nothing and are kept; more are counted. */
const MAX_LEFT = 1_000;
const MAX_LEFT_BYTES = 64 * 1024 * 1024;

/** What the recording says the server sends, held against what comes. */
export class Expected {
  readonly messages: readonly SaidMessage[];
  /** When each of them came; null: it has not. */
  readonly cameMs: (number | null)[];
  /** How many came, whatever they were, and how many that nothing is kept of. */
  received = 0;
  uncounted = 0;
  /** Nothing more will be sent. */
  allIsSaid = false;
  #leftBytes = 0;
  #count = 0;
  #types: ReadonlySet<string> | null = null;
  readonly #rules: CompareRules;
  readonly #carried: Carried;
  readonly #known: ReadonlyMap<SaidMessage, Content>;
  readonly #contents = new Map<number, Content>();
  readonly #left: Arrived[] = [];
  readonly #shown: (said: Said) => Said;
  readonly #isGivenUp: boolean[];
  /** The first that neither came nor was given up. */
  #head = 0;
  #latest = 0;

  /** `contents`: of the messages that are not read by themselves. `shown`: a message without its secrets, itself where it has none. */
  constructor(
    messages: readonly SaidMessage[],
    contents: ReadonlyMap<SaidMessage, Content>,
    rules: CompareRules,
    carried: Carried,
    shown: (said: Said) => Said = (said) => said,
  ) {
    this.messages = messages;
    this.#shown = shown;
    this.#known = contents;
    this.#rules = rules;
    this.#carried = carried;
    this.cameMs = messages.map(() => null);
    this.#isGivenUp = messages.map(() => false);
  }

  arrive(said: Said, content: Content, atMs: number): void {
    this.received += 1;
    const clean = this.#shown(said);
    // A recording holds no secrets: as it would have been recorded, it may be the same.
    const cleanContent = clean === said ? content : readContent(clean);
    const type = typeOfContent(content).name;
    const from = Math.max(0, this.#latest - WINDOW);
    const to = Math.min(this.messages.length, this.#latest + WINDOW + 1);
    let near: ReturnType<typeof compareMessages> | null = null;
    for (let at = from; at < to; at++) {
      if (this.cameMs[at] !== null) continue;
      const compared = compareMessages(this.#content(at), content, this.#rules, this.#carried);
      const isSame =
        compared.differences.length === 0 ||
        (clean !== said &&
          compareMessages(this.#content(at), cleanContent, this.#rules, this.#carried).differences.length === 0);
      if (!isSame) {
        if (near === null && typeOfContent(this.#content(at)).name === type) near = compared;
        continue;
      }
      this.#learn(compared);
      this.#came(at, atMs);
      return;
    }
    if (this.#isMoreOfTheSame(type)) return;
    // What changed may still bring the id that is to be sent back.
    if (near !== null) this.#learn(near);
    this.#leftBytes += said.bytes.length;
    if (this.#left.length >= MAX_LEFT || this.#leftBytes > MAX_LEFT_BYTES) this.uncounted += 1;
    else {
      const kept = { binary: said.binary, bytes: Uint8Array.from(clean.bytes) };
      this.#left.push({ said: kept, content: cleanContent, type });
    }
  }

  /** Whether all before a place came, or nothing more is to be waited for. */
  isThroughTo(place: number): boolean {
    return this.#head >= place || this.received >= place;
  }

  hasCome(place: number): boolean {
    return this.cameMs[place] !== null || this.#isGivenUp[place] === true;
  }

  /** What did not come before a place is not waited for any more. */
  giveUp(place: number): void {
    for (let at = this.#head; at < place; at++) this.#isGivenUp[at] = true;
    this.#advance();
  }

  /** Pairs what came and fits nothing with what did not come, by type and order. */
  differences(): ReplayDifference[] {
    const left = [...this.#left];
    const told: ReplayDifference[] = [];
    for (const [at, message] of this.messages.entries()) {
      if (this.cameMs[at] !== null) continue;
      const { name } = typeOfContent(this.#content(at));
      const index = left.findIndex(({ type }) => type === name);
      const [actual] = index < 0 ? [] : left.splice(index, 1);
      const paths = actual
        ? compareMessages(this.#content(at), actual.content, this.#rules, this.#carried).differences
        : [];
      // It came late, behind more others than are looked through.
      if (actual && paths.length === 0) continue;
      told.push({
        kind: actual ? 'changed' : 'missing',
        number: message.number,
        expected: messageText(this.#shown(message)),
        actual: actual ? messageText(actual.said) : null,
        paths,
      });
    }
    const more = left.map(({ said }) => ({
      kind: 'unexpected' as const,
      number: null,
      expected: null,
      actual: messageText(said),
      paths: [],
    }));
    return [...told, ...more];
  }

  /** The recording ended while the server was talking: that it would have said no more is not recorded. */
  #isMoreOfTheSame(type: string): boolean {
    if (!this.allIsSaid || this.#count < this.messages.length) return false;
    this.#types ??= new Set(
      this.messages.map((message) => typeOfContent(this.#known.get(message) ?? readContent(message)).name),
    );
    return this.#types.has(type);
  }

  #learn({ values }: ReturnType<typeof compareMessages>): void {
    for (const value of values) this.#carried.learn(value);
  }

  #came(at: number, atMs: number): void {
    this.cameMs[at] = atMs;
    this.#count += 1;
    this.#contents.delete(at);
    this.#latest = Math.max(this.#latest, at);
    this.#advance();
  }

  #advance(): void {
    while (this.#head < this.messages.length && this.hasCome(this.#head)) this.#head += 1;
  }

  #content(at: number): Content {
    const message = this.messages[at]!;
    const known = this.#known.get(message) ?? this.#contents.get(at) ?? readContent(message);
    this.#contents.set(at, known);
    return known;
  }
}
