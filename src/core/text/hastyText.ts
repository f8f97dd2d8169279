import type { HastyClient } from '../base/pace.js';
import { formatDuration } from './durations.js';

/** One sentence of a client that comes back sooner than it should. */
export function hastyText({ client, earlierMs, laterMs, refusals }: HastyClient): string {
  const now = `every ${formatDuration(laterMs)}`;
  return refusals > 0
    ? `${client} was refused ${refusals} times in a row and tries again ${now}, without backing off`
    : `${client} comes back faster and faster: every ${formatDuration(earlierMs)} before, ${now} now`;
}
