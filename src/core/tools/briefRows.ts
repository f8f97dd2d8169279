import { plainText } from '../base/plainText.js';
import type { ReadRow, RowsRead } from './rowsRead.js';
import { untrusted } from './untrusted.js';

/** Contents are cut before; escapes make them longer. */
const MAX_LINE = 30_000;

/** What a model reads of a stretch of a log: a line a row, and how to get at the rest. */
export function briefRows({ rows, before, behind, most, dropped }: RowsRead, state: string): string {
  const first = rows.at(0);
  const last = rows.at(-1);
  const cut = rows.find(({ isCut }) => isCut);
  return [
    `session ${state}; ${rows.length === 0 ? 'no row' : `rows ${first?.id} to ${last?.id}`}`,
    ...(before > 0 && first ? [`${before} earlier rows match: "after": -1 begins with the first`] : []),
    ...untrusted(rows.map(lineOf)),
    ...(behind > 0 && last ? [`${behind} later rows match: "after": ${last.id} goes on`] : []),
    ...(cut
      ? [`cut contents end in "…": "after": ${cut.id - 1}, "limit": 1 gives up to ${most} characters of row ${cut.id}`]
      : []),
    ...(dropped > 0 ? [`${dropped} older rows were dropped: the log is bounded`] : []),
    ...(rows.length === 0 && state === 'open' ? ['nothing came yet: ask again, or send something'] : []),
  ].join('\n');
}

function lineOf({ id, atMs, direction, kind, bytes, label, content, isHex, isDeflated, isCut }: ReadRow): string {
  const at = `#${id} ${(atMs / 1000).toFixed(3)} s`;
  const text =
    content === null
      ? '(no longer kept)'
      : `${isDeflated ? 'still compressed, ' : ''}${isHex ? 'hex ' : ''}${oneLine(content)}${isCut ? '…' : ''}`;
  if (kind === 'event') return `${at} event: ${text}`;
  const named = label === null ? '' : ` [${plainText(label, 100)}]`;
  return `${at} ${direction} ${kind} ${bytes} B${named}: ${text}`;
}

/** A row stays one line: its own breaks are written as escapes. */
function oneLine(text: string): string {
  return plainText(text.replaceAll('\r', '\\r').replaceAll('\n', '\\n'), MAX_LINE);
}
