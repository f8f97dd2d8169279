import type { SessionOptions } from '../base/plan.js';

type Policy = NonNullable<SessionOptions['reconnect']>;

/**
 * Delay before reconnect attempt `attempt` (from 1): initialMs doubled each time up to maxMs, of which the part `jitter` is left to
 * chance, so that clients dropped together do not come back together.
 */
export function backoffMs(policy: Policy, attempt: number, random: () => number = Math.random): number {
  const full = Math.min(policy.maxMs, policy.initialMs * 2 ** Math.min(attempt - 1, 40));
  return Math.round(full * (1 - policy.jitter * random()));
}
