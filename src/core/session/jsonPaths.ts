import type { PathFound } from '../base/logRow.js';
import { quoteText } from '../base/plainText.js';
import type { LogSource } from './logSource.js';
import { documentsOf } from './rowValues.js';
import type { ShownLog } from './shownLog.js';

/** The latest messages say what may be asked for. */
const MAX_ROWS = 200;
const MAX_BYTES = 1024 * 1024;
const MAX_MESSAGE_BYTES = 64 * 1024;
const MAX_DEPTH = 8;
const MAX_PATH = 160;
/** Told apart: an object whose keys are ids has as many as it likes. */
const MAX_KNOWN = 2_000;
const MAX_TOLD = 200;
const MAX_EXAMPLE = 40;
const SHORT = /^[A-Za-z_]\w*$/;
/** What a word of a filter cannot hold. */
const ODD = /[\s'"\\()|[\]]|[^\x20-\x7e]/;

/** Paths of the values in the latest messages of a log, the most frequent first; secrets are taken out. */
export async function jsonPathsIn(source: LogSource, shown: ShownLog): Promise<readonly PathFound[]> {
  const found = new Map<string, { readonly value: unknown; count: number }>();
  const view = source.log.openView({ mode: 'messages', filter: '' });
  const rows = await view.rows(Math.max(0, view.total - MAX_ROWS), MAX_ROWS).finally(() => view.close());
  let left = MAX_BYTES;
  for (const row of rows.toReversed()) {
    const bytes = row.inflatedBytes ?? row.payloadBytes;
    if ((row.kind !== 'text' && row.kind !== 'binary') || bytes > MAX_MESSAGE_BYTES || bytes > left) continue;
    left -= bytes;
    for (const document of await documentsOf(source, shown, row)) collect(document, '$', MAX_DEPTH, found);
  }
  return [...found]
    .sort(([, a], [, b]) => b.count - a.count)
    .slice(0, MAX_TOLD)
    .map(([path, { value }]) => ({ path, example: quoteText(String(value), MAX_EXAMPLE) }))
    .filter(({ path }) => shown.text(path) === path);
}

function collect(
  value: unknown,
  path: string,
  depth: number,
  found: Map<string, { readonly value: unknown; count: number }>,
): void {
  if (path.length > MAX_PATH || depth < 0) return;
  if (Array.isArray(value)) {
    for (const item of value.slice(0, 3)) collect(item, `${path}[*]`, depth - 1, found);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, each] of Object.entries(value)) {
      if (SHORT.test(name)) collect(each, `${path}.${name}`, depth - 1, found);
      else if (name !== '' && !ODD.test(name)) collect(each, `${path}['${name}']`, depth - 1, found);
    }
  } else if (path !== '$') {
    const known = found.get(path);
    if (known) known.count += 1;
    else if (found.size < MAX_KNOWN) found.set(path, { value, count: 1 });
  }
}
