import type { LogMode, LogRow } from '../../src/protocol/session.js';
import type { DetailTab } from '../session/sessionViewState.js';

/** What shows most of a row without a click, as far as the row itself tells. */
export function naturalTab(row: LogRow, mode: LogMode): DetailTab {
  if (row.kind === 'event') return 'text';
  if (row.payloadBytes === 0 || (mode === 'wire' && row.rsv1)) return 'wire';
  if (row.deflated) return 'hex';
  if (row.kind === 'text' && /^\s*[[{]/.test(row.preview)) return 'json';
  if (row.label !== null) return 'decoded';
  return row.kind === 'text' || row.kind === 'close' || row.kind === 'continuation' ? 'text' : 'hex';
}
