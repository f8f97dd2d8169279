import { plainText } from '../../core/base/plainText.js';
import type { DialectWatch } from '../../core/session/dialectWatch.js';
import { formatDuration } from '../../core/text/durations.js';
import { padStart } from '../render/text.js';
import { plural } from '../render/words.js';

const MAX_ROWS = 50;

/** Requests by operation with the times of their replies, the most frequent first. */
export function operationsText(dialect: Pick<DialectWatch, 'operations' | 'missed'>): string {
  const operations = dialect.operations();
  const { missed } = dialect;
  const notes = missed > 0 ? [`${plural(missed, 'message')} could not be paired`] : [];
  if (operations.length === 0) return ['no requests were recognised', ...notes].join('\n');
  const head = row('operation', ['count', 'p50', 'p95', 'p99', 'max', 'unanswered', 'failed']);
  const rows = operations.slice(0, MAX_ROWS).map(({ operation, count, unanswered, failed, ...times }) => {
    const answered = count > unanswered;
    const durations = [times.p50Ms, times.p95Ms, times.p99Ms, times.maxMs];
    const shown = durations.map((ms) => (answered ? formatDuration(ms) : '-'));
    return row(plainText(operation, 32), [String(count), ...shown, String(unanswered), String(failed)]);
  });
  const left = operations.length - MAX_ROWS;
  return [head, ...rows, ...(left > 0 ? [plural(left, 'more operation')] : []), ...notes].join('\n');
}

function row(name: string, cells: readonly string[]): string {
  return `${name.padEnd(32)} ${cells.map((cell) => padStart(cell, 10)).join(' ')}`;
}
