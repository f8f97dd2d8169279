import type { Clock } from '../base/clock.js';
import type { MatchContext } from '../payload/match.js';
import type { Outcome } from '../transport/outcome.js';
import type { Talker } from './talker.js';

export interface ConversationOptions {
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  /** The connection of a client, opened when it is asked for the first time; of null where there are no clients. */
  readonly connect: (client: string | null) => Promise<Outcome<Talker>>;
  /** Where relative paths start. */
  readonly baseDir: string | null;
  readonly schemas: NonNullable<MatchContext['schemas']>;
  /** Variables to begin with, beside those that steps capture. */
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** What steps share while they run. */
export interface Shared {
  captured: Readonly<Record<string, unknown>>;
  /** Messages sent so far, by client. */
  readonly sent: Map<string | null, number>;
}
