import type { SessionSnapshot } from '../../src/protocol/session.js';
import { fill } from '../shared/fill.js';
import { sessionWords } from './strings.js';

/** `attempt 2 of 10 in 3 s`. */
export function countdown(
  { attempt, maxAttempts, dueMs }: NonNullable<SessionSnapshot['reconnect']>,
  nowMs: number,
): string {
  const seconds = Math.ceil((dueMs - nowMs) / 1000);
  const place = { attempt, max: maxAttempts };
  return seconds > 0
    ? fill(sessionWords.header.attempt, { ...place, time: `${seconds} s` })
    : fill(sessionWords.header.attemptNow, place);
}
