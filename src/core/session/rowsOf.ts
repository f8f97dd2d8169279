import type { LogRow } from '../base/logRow.js';
import type { LogSource } from './logSource.js';
import type { ShownLog } from './shownLog.js';

/** The rows of some messages as they may be shown; null for those that the log no longer has. */
export async function rowsOf(
  { log }: Pick<LogSource, 'log'>,
  shown: ShownLog,
  messages: readonly { readonly id: number }[],
): Promise<readonly (LogRow | null)[]> {
  const view = log.openView({ mode: 'messages', filter: '' });
  try {
    const rows: (LogRow | null)[] = [];
    for (const { id } of messages) {
      const at = view.rowOf(id);
      const [row] = at === null ? [] : await shown.rows(await view.rows(at, 1), 'messages');
      rows.push(row ?? null);
    }
    return rows;
  } finally {
    view.close();
  }
}
