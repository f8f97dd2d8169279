import type { Direction } from '../base/model.js';
import { CONTRACT_SCHEMA, type Contract, type ContractType } from './contract.js';
import type { MessageType } from './messageType.js';
import type { Content } from './said.js';
import { PlaceBudget, ShapeLearner } from './shapeLearner.js';
import { isWord, typeIn } from './typeIn.js';

const MAX_TYPES = 500;
/** Messages without a type that are looked at together for a member that tells them apart. */
const MAX_BUFFERED = 500;
const MIN_FOR_DISCRIMINATOR = 10;
const MAX_DISCRIMINATED = 50;

interface Learned extends Pick<ContractType, 'direction' | 'name' | 'path'> {
  readonly shape: ShapeLearner;
}

/** Learns a contract from messages, of as many recordings as are shown to it. Memory is bounded. */
export class ContractLearner {
  #messages = 0;
  #leftOut = 0;
  readonly #budget = new PlaceBudget();
  readonly #types = new Map<string, Learned>();
  /** Undefined: not decided yet. */
  readonly #found: Partial<Record<Direction, string | null>> = {};
  readonly #buffered: Record<Direction, Content[]> = { sent: [], received: [] };

  add(direction: Direction, content: Content): void {
    this.#messages += 1;
    const found = this.#found[direction];
    const type = typeIn(content, found ?? null);
    if (found !== undefined || type.name !== 'object' || type.path !== null) {
      this.#learn(direction, content, type);
      return;
    }
    this.#buffered[direction].push(content);
    if (this.#buffered[direction].length >= MAX_BUFFERED) this.#decide(direction);
  }

  contract(): Contract {
    this.#decide('sent');
    this.#decide('received');
    const types = [...this.#types.values()].map(({ shape, ...type }) => ({
      ...type,
      count: shape.count,
      shape: shape.shape(),
    }));
    const discriminators = Object.entries(this.#found).filter(([, member]) => member !== null);
    return {
      schema: CONTRACT_SCHEMA,
      messages: this.#messages,
      leftOut: this.#leftOut,
      discriminators: Object.fromEntries(discriminators) as Contract['discriminators'],
      types: types.toSorted((a, b) => compare(a.direction, b.direction) || compare(a.name, b.name)),
    };
  }

  #decide(direction: Direction): void {
    const contents = this.#buffered[direction];
    if (contents.length === 0) return;
    const found = (this.#found[direction] ??= discriminatorOf(contents.map(({ value }) => value as object)));
    this.#buffered[direction] = [];
    for (const content of contents) this.#learn(direction, content, typeIn(content, found));
  }

  #learn(direction: Direction, { value }: Content, { name, path }: MessageType): void {
    const key = `${direction} ${name}`;
    let learned = this.#types.get(key);
    if (learned === undefined) {
      if (this.#types.size >= MAX_TYPES) {
        this.#leftOut += 1;
        return;
      }
      learned = { direction, name, path, shape: new ShapeLearner(this.#budget) };
      this.#types.set(key, learned);
    }
    if (!(value instanceof Uint8Array)) learned.shape.add(value);
    else learned.shape.count += 1;
  }
}

/** The member that all have and that few short words stand in, which come again; null: there is none. */
function discriminatorOf(values: readonly object[]): string | null {
  if (values.length < MIN_FOR_DISCRIMINATOR) return null;
  const [first = {}] = values;
  const found = Object.keys(first).find((name) => {
    const words = new Set<string>();
    for (const value of values) {
      const word: unknown = Object.hasOwn(value, name) ? (value as Readonly<Record<string, unknown>>)[name] : null;
      if (typeof word !== 'string' || !isWord(word)) return false;
      words.add(word);
    }
    return words.size > 1 && words.size <= MAX_DISCRIMINATED && words.size * 3 <= values.length;
  });
  return found ?? null;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
