import { codeIn, generalMeaning } from '../close/codeMeaning.js';
import { findDialect } from '../dialects/registry.js';
import type { SessionOptions } from '../base/plan.js';
import type { SessionEvent } from '../base/sessionEvent.js';
import { type Clock, toThousandths } from '../base/clock.js';
import { backoffMs } from './backoff.js';
import type { SessionSnapshot } from './snapshot.js';

/** A connection that stood so long was a good one: backing off starts anew after it. */
const STABLE_MS = 5_000;

export type RetryDecision =
  | { readonly kind: 'retry'; readonly delayMs: number; readonly attempt: number; readonly maxAttempts: number }
  | { readonly kind: 'stop'; readonly because: SessionEvent | null };

/** Decides whether and when a session connects again by itself, by the profile's `session.reconnect`. */
export class Reconnector {
  readonly #policy: SessionOptions['reconnect'];
  readonly #clock: Clock;
  readonly #random: () => number;
  #attempts = 0;
  #waiting: { readonly dueMs: number; readonly timer: NodeJS.Timeout } | null = null;

  constructor(policy: SessionOptions['reconnect'], clock: Clock, random: () => number) {
    this.#policy = policy;
    this.#clock = clock;
    this.#random = random;
  }

  /** After a connection that was open for `openForMs` (0: it never was) ended with `code` (null: it never was). */
  decide(code: number | null, openForMs: number, dialect: string | null): RetryDecision {
    if (openForMs > STABLE_MS) this.#attempts = 0;
    const policy = this.#policy;
    if (!policy) return { kind: 'stop', because: null };
    if (this.#attempts >= policy.maxAttempts) {
      return { kind: 'stop', because: { kind: 'gave-up', maxAttempts: policy.maxAttempts } };
    }
    if (code !== null && !isWorthRetrying(code, dialect)) {
      return { kind: 'stop', because: { kind: 'not-worth-retrying', code } };
    }
    this.#attempts += 1;
    const delayMs = backoffMs(policy, this.#attempts, this.#random);
    return { kind: 'retry', delayMs, attempt: this.#attempts, maxAttempts: policy.maxAttempts };
  }

  schedule(delayMs: number, connect: () => void): void {
    this.stop();
    const timer = setTimeout(() => {
      this.#waiting = null;
      connect();
    }, delayMs);
    this.#waiting = { dueMs: toThousandths(this.#clock() + delayMs), timer };
  }

  /** Forgets a scheduled attempt. */
  stop(): void {
    if (this.#waiting) clearTimeout(this.#waiting.timer);
    this.#waiting = null;
  }

  /** The person connects by hand: the count begins anew. */
  reset(): void {
    this.stop();
    this.#attempts = 0;
  }

  snapshot(): SessionSnapshot['reconnect'] {
    if (!this.#waiting || !this.#policy) return null;
    return { attempt: this.#attempts, maxAttempts: this.#policy.maxAttempts, dueMs: this.#waiting.dueMs };
  }
}

/** A code of an application or library that says "no" or "fix it first" would only be said again. */
function isWorthRetrying(code: number, dialect: string | null): boolean {
  if (code < 3000) return true;
  const closing = dialect === null ? null : findDialect(dialect)?.closing;
  const { reconnect } = (closing && codeIn(closing, code)) ?? generalMeaning(code);
  return reconnect === 'yes' || reconnect === 'backoff';
}
