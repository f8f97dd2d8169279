/** Requests that are remembered with their replies; the oldest are forgotten first. */
const MAX_EXCHANGES = 20_000;
/** So many are forgotten at once: taking them away one by one costs more. */
const FORGOTTEN_AT_ONCE = 1_000;
/** Replies that lead to their request. */
const MAX_REPLIES = 20_000;
/** Replies that are listed with a request; all are counted. */
const MAX_LISTED_REPLIES = 200;

/** A request and what answered it, by the ids of their messages. */
export interface Exchange {
  /** Grows with each request; no other has it. */
  readonly number: number;
  readonly id: number;
  readonly atMs: number;
  readonly operation: string;
  /** Null while nothing came. */
  readonly firstReplyMs: number | null;
  readonly replyCount: number;
  /** The first ones of them. */
  readonly replies: readonly number[];
  readonly state: 'waiting' | 'answered' | 'failed' | 'withdrawn' | 'unanswered';
}

/** Those with this in the name of their operation, in any case, and those of which a message is shown. None: all of them. */
export interface WantedExchanges {
  readonly operation: string;
  isShown(id: number): boolean;
}

type Growing = { -readonly [K in keyof Exchange]: Exchange[K] } & { replies: number[] };

export interface ExchangePage {
  readonly total: number;
  readonly exchanges: readonly Exchange[];
}

/** Which messages answered which, for as long as it is remembered. */
export class Exchanges {
  #list: Growing[] = [];
  #next = 0;
  readonly #byRequest = new Map<number, Growing>();
  readonly #byReply = new Map<number, Growing>();
  /** The request that a correlation last belonged to, for the replies after the first. */
  readonly #asked = new Map<string, Growing>();

  asked(key: string, { id, atMs, operation }: Pick<Exchange, 'id' | 'atMs' | 'operation'>): void {
    const exchange: Growing = {
      number: this.#next++,
      id,
      atMs,
      operation,
      firstReplyMs: null,
      replyCount: 0,
      replies: [],
      state: 'waiting',
    };
    this.#list.push(exchange);
    this.#asked.delete(key);
    this.#asked.set(key, exchange);
    this.#byRequest.set(id, exchange);
    if (this.#list.length > MAX_EXCHANGES) this.#forget();
    trim(this.#asked, MAX_EXCHANGES);
  }

  answered(key: string, id: number, atMs: number, isError: boolean): void {
    const exchange = this.#asked.get(key);
    if (!exchange) return;
    exchange.firstReplyMs ??= Math.max(0, atMs - exchange.atMs);
    exchange.replyCount++;
    if (exchange.replies.length < MAX_LISTED_REPLIES) exchange.replies.push(id);
    exchange.state = isError || exchange.state === 'failed' ? 'failed' : 'answered';
    this.#byReply.set(id, exchange);
    trim(this.#byReply, MAX_REPLIES);
  }

  /** The side that asked wants no reply any more, or none can come. */
  ended(key: string, state: 'withdrawn' | 'unanswered'): void {
    const exchange = this.#asked.get(key);
    if (exchange?.state === 'waiting') exchange.state = state;
  }

  /** A request leads to its first reply, every reply to its request. */
  pairOf(id: number): number | null {
    return this.#byReply.get(id)?.id ?? this.#byRequest.get(id)?.replies[0] ?? null;
  }

  /** Oldest first. */
  page(from: number, count: number, wanted?: WantedExchanges): ExchangePage {
    const all = !wanted || wanted.operation === '' ? this.#list : this.#list.filter((each) => isWanted(each, wanted));
    return { total: all.length, exchanges: all.slice(from, from + count).map((each) => ({ ...each })) };
  }

  clear(): void {
    this.#list = [];
    this.#byRequest.clear();
    this.#byReply.clear();
    this.#asked.clear();
  }

  #forget(): void {
    for (const { id } of this.#list.slice(0, FORGOTTEN_AT_ONCE)) this.#byRequest.delete(id);
    this.#list = this.#list.slice(FORGOTTEN_AT_ONCE);
  }
}

function isWanted({ id, operation, replies }: Exchange, wanted: WantedExchanges): boolean {
  const isNamed = operation.toLowerCase().includes(wanted.operation.toLowerCase());
  return isNamed || wanted.isShown(id) || replies.some((reply) => wanted.isShown(reply));
}

function trim<K>(map: Map<K, Growing>, most: number): void {
  for (const key of map.keys()) {
    if (map.size <= most) return;
    map.delete(key);
  }
}
