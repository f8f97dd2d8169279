import type { LogRow } from '../base/logRow.js';
import { plainText } from '../base/plainText.js';

const MAX_TEXT = 240;

/** One row of a log as a line to read: seconds since the start, direction, kind, size, what it says. Safe to show. */
export function logLine(row: LogRow): string {
  const time = (row.atMs / 1000).toFixed(3).padStart(10);
  const said = [row.label, row.preview].filter((part) => part !== null && part !== '').join('  ');
  const text = plainText(said, MAX_TEXT);
  if (row.kind === 'event') return `${time}  -- ${text}`;
  const direction = row.direction === 'sent' ? 'sent    ' : 'received';
  const bytes = row.inflatedBytes ?? row.payloadBytes;
  const marks = [row.marked ? '[marked]' : '', row.place === 'dropped' ? '[payload dropped]' : ''];
  return [`${time}  ${direction}  ${row.kind.padEnd(12)}  ${`${bytes} B`.padStart(12)} `, ...marks, text]
    .filter((part) => part !== '')
    .join(' ');
}
