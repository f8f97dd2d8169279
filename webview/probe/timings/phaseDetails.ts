import type { PhaseName } from '../../../src/core/base/model.js';
import { formatLimit, formatDuration } from '../../../src/core/text/durations.js';
import { fill } from '../../shared/fill.js';
import { visibleText } from '../../shared/visibleText.js';
import { handshakeWords } from '../handshake/strings.js';
import { timingsWords } from './strings.js';
import { type WaterfallRow, wasReached } from './waterfall.js';

/** What is known about a phase, as names and values; made safe to show. */
export function phaseDetails(row: WaterfallRow): readonly (readonly [name: string, value: string])[] {
  const words = timingsWords.waterfall;
  const rows: (readonly [string, string])[] = [];
  if (wasReached(row)) {
    const span = { start: formatDuration(row.startMs), end: formatDuration(row.startMs + row.durationMs) };
    rows.push([words.details.span, fill(words.starts, span)]);
  }
  const budget = budgetText(row);
  if (budget) rows.push([words.details.budget, budget]);
  for (const [key, value] of Object.entries(row.detail)) {
    const text = key === 'shared' && value === true ? words.details.shared : valueText(key, value);
    if (text !== null) rows.push([labelOf(key), text]);
  }
  return rows.length > 0 ? rows : [[words.status[row.status], words.details.none]];
}

/** With a proxy the first phases lead to it, not to the server. */
export function phaseName(name: PhaseName, proxied: boolean): string {
  const phase = timingsWords.waterfall[name];
  return proxied && (name === 'dns' || name === 'tcp') ? fill(timingsWords.waterfall.viaProxy, { phase }) : phase;
}

/** What stands where a duration would. */
export function statusText({ name, status, detail }: Pick<WaterfallRow, 'name' | 'status' | 'detail'>): string {
  const words = timingsWords.waterfall;
  if (status === 'skipped' && name === 'proxy') return words.notUsed;
  return status === 'skipped' && detail['shared'] === true ? words.shared : words.status[status];
}

export function budgetText({ budget }: Pick<WaterfallRow, 'budget'>): string {
  if (!budget) return '';
  const { degradedMs, downMs } = budget;
  const parts = [
    degradedMs === null ? null : fill(timingsWords.waterfall.budgetDegraded, { limit: formatLimit(degradedMs) }),
    downMs === null ? null : fill(timingsWords.waterfall.budgetDown, { limit: formatLimit(downMs) }),
  ];
  return parts.filter((part) => part !== null).join(', ');
}

function labelOf(key: string): string {
  if (key === 'shared') return handshakeWords.way.connection;
  const known: Readonly<Record<string, string>> = timingsWords.waterfall.details;
  if (Object.hasOwn(known, key)) return known[key] ?? key;
  const words = key
    .replace(/Ms$/, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
  return visibleText(words.charAt(0).toUpperCase() + words.slice(1));
}

/** Null for what says nothing to a person: empty values, and flags that the status already shows. */
function valueText(key: string, value: unknown): string | null {
  if (value === null || value === undefined || value === '' || typeof value === 'boolean') return null;
  if (typeof value === 'number') return key.endsWith('Ms') ? formatDuration(value) : String(value);
  if (Array.isArray(value)) {
    const items = value.map((item) => (typeof item === 'string' ? item : JSON.stringify(item)));
    return items.length > 0 ? visibleText(items.join(', ')) : null;
  }
  return visibleText(typeof value === 'string' ? value : JSON.stringify(value));
}
