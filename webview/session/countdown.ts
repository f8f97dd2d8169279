import type { SessionSnapshot } from '../../src/protocol/session.js';
import { fill } from '../shared/strings.js';
import { words } from './strings.js';

/** `attempt 2 of 10 in 3 s`. */
export function countdown(
  { attempt, maxAttempts, dueMs }: NonNullable<SessionSnapshot['reconnect']>,
  nowMs: number,
): string {
  const seconds = Math.ceil((dueMs - nowMs) / 1000);
  const place = { attempt, max: maxAttempts };
  return seconds > 0
    ? fill(words.header.attempt, { ...place, time: `${seconds} s` })
    : fill(words.header.attemptNow, place);
}
