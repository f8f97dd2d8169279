import type { Direction } from '../base/model.js';
import { plainText } from '../base/plainText.js';
import { percentile } from '../base/percentiles.js';
import type { Decoded, OperationStats } from './dialect.js';
import { type ExchangePage, Exchanges, type WantedExchanges } from './exchanges.js';

/** Statistics are kept for this many operations; all further ones are counted together. */
export const MAX_OPERATIONS = 500;
/** Latencies of an operation: the last ones, for the percentiles. */
const MAX_SAMPLES = 1_000;
/** How many unanswered requests are listed: the oldest, which nobody is going to answer. All are counted. */
export const MAX_UNANSWERED = 1_000;
/** Requests that wait for a reply at the same time; beyond it the oldest is given up. */
export const MAX_PENDING = 10_000;
export const OTHER_OPERATIONS = '(other operations)';

/** A request without a reply: the message that carried it, and when it was sent or received. */
export interface Unanswered {
  readonly id: number;
  readonly operation: string;
  readonly atMs: number;
}

interface Operation {
  readonly name: string;
  count: number;
  unanswered: number;
  failed: number;
  maxMs: number;
  readonly samples: number[];
  next: number;
}

interface Pending {
  readonly id: number;
  readonly connection: number;
  readonly atMs: number;
  readonly operation: Operation;
}

/** Which message: its id in the log, and when and which way it went. */
export interface TrackedMessage {
  readonly id: number;
  /** Requests and replies pair within one; 1 when absent. */
  readonly connection?: number;
  readonly direction: Direction;
  readonly atMs: number;
}

/**
 * Pairs requests with replies by correlation and direction. The first reply is the latency, later ones (items of a
 * subscription) are none; a request repeated while it waits counts once. `control` with the correlation of a request, from
 * the side that asked, withdraws it. A heartbeat with an operation asks, one without answers; a new one gives up the last.
 */
export class OperationTracker {
  readonly #operations = new Map<string, Operation>();
  readonly #pending = new Map<string, Pending>();
  readonly #givenUp: Unanswered[] = [];
  readonly #exchanges = new Exchanges();

  record(message: TrackedMessage, decoded: readonly Decoded[]): void {
    for (const one of decoded) if (one.correlation !== null) this.#record(message, one, one.correlation);
  }

  /** The connection ended: what still waits is never answered, and its ids may come again on the next one. */
  connectionClosed(connection = 1): void {
    for (const [key, pending] of this.#pending) {
      if (pending.connection !== connection) continue;
      this.#pending.delete(key);
      this.#exchanges.ended(key, 'unanswered');
      this.#giveUp(pending);
    }
  }

  clear(): void {
    this.#operations.clear();
    this.#pending.clear();
    this.#givenUp.length = 0;
    this.#exchanges.clear();
  }

  /** The reply of a request, or the request of a reply; null where none is known any more. */
  pairOf(id: number): number | null {
    return this.#exchanges.pairOf(id);
  }

  /** Requests with what answered them, oldest first, those that are wanted. */
  exchanges(from: number, count: number, wanted?: WantedExchanges): ExchangePage {
    return this.#exchanges.page(from, count, wanted);
  }

  /** The most frequent first. */
  operations(): OperationStats[] {
    return [...this.#operations.values()].map(statsOf).sort((a, b) => b.count - a.count);
  }

  /** Oldest first. */
  unanswered(): Unanswered[] {
    const waiting = [...this.#pending.values()].slice(0, MAX_UNANSWERED - this.#givenUp.length);
    return [...this.#givenUp, ...waiting.map(unansweredOf)];
  }

  #record(message: TrackedMessage, decoded: Decoded, correlation: string): void {
    const asks = decoded.role === 'request' || (decoded.role === 'heartbeat' && decoded.operation !== null);
    if (asks) this.#ask(message, decoded, keyOf(message, message.direction, correlation));
    else if (decoded.role === 'control') this.#withdraw(keyOf(message, message.direction, correlation));
    else if (decoded.role !== 'event')
      this.#answer(message, decoded, keyOf(message, opposite(message.direction), correlation));
  }

  #ask(message: TrackedMessage, decoded: Decoded, key: string): void {
    const last = this.#pending.get(key);
    if (last && decoded.role === 'request') return;
    if (last) {
      this.#pending.delete(key);
      this.#exchanges.ended(key, 'unanswered');
      this.#giveUp(last);
    }
    const operation = this.#operation(decoded.operation ?? decoded.label);
    operation.count++;
    operation.unanswered++;
    const { id, atMs, connection = 1 } = message;
    const kept = owned(key);
    this.#pending.set(kept, { id, connection, atMs, operation });
    this.#exchanges.asked(kept, { id, atMs, operation: operation.name });
    if (this.#pending.size > MAX_PENDING) this.#dropOldest();
  }

  #answer(message: TrackedMessage, { role }: Decoded, key: string): void {
    this.#exchanges.answered(key, message.id, message.atMs, role === 'error');
    const pending = this.#pending.get(key);
    if (!pending) return;
    this.#pending.delete(key);
    const { operation } = pending;
    const ms = Math.max(0, message.atMs - pending.atMs);
    operation.unanswered--;
    if (role === 'error') operation.failed++;
    operation.maxMs = Math.max(operation.maxMs, ms);
    operation.samples[operation.next] = ms;
    operation.next = (operation.next + 1) % MAX_SAMPLES;
  }

  #withdraw(key: string): void {
    const pending = this.#pending.get(key);
    if (!pending) return;
    this.#pending.delete(key);
    pending.operation.unanswered--;
    this.#exchanges.ended(key, 'withdrawn');
  }

  #dropOldest(): void {
    for (const [key, pending] of this.#pending) {
      this.#pending.delete(key);
      this.#exchanges.ended(key, 'unanswered');
      this.#giveUp(pending);
      return;
    }
  }

  #giveUp(pending: Pending): void {
    if (this.#givenUp.length < MAX_UNANSWERED) this.#givenUp.push(unansweredOf(pending));
  }

  #operation(name: string): Operation {
    const known = this.#operations.get(name);
    if (known) return known;
    if (this.#operations.size >= MAX_OPERATIONS && name !== OTHER_OPERATIONS) return this.#operation(OTHER_OPERATIONS);
    const operation: Operation = {
      name: owned(plainText(name, 120)),
      count: 0,
      unanswered: 0,
      failed: 0,
      maxMs: 0,
      samples: [],
      next: 0,
    };
    this.#operations.set(owned(name), operation);
    return operation;
  }
}

function statsOf({ name, count, unanswered, failed, maxMs, samples }: Operation): OperationStats {
  const sorted = [...samples].sort((a, b) => a - b);
  return {
    operation: name,
    count,
    unanswered,
    failed,
    p50Ms: percentile(sorted, 50),
    p95Ms: percentile(sorted, 95),
    p99Ms: percentile(sorted, 99),
    maxMs,
  };
}

function unansweredOf({ id, operation, atMs }: Pending): Unanswered {
  return { id, operation: operation.name, atMs };
}

function opposite(direction: Direction): Direction {
  return direction === 'sent' ? 'received' : 'sent';
}

function keyOf({ connection = 1 }: TrackedMessage, direction: Direction, correlation: string): string {
  return `${connection} ${direction} ${correlation}`;
}

/** A copy: a slice of a message would keep the whole message in memory as long as it is kept itself. */
function owned(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}
