import type { LogMode, LogRow } from '../base/logRow.js';
import type { FrameLog } from '../frames/log/frameLog.js';

/** One row by its id; null when the log no longer has it. */
export async function rowOf(log: FrameLog, id: number, mode: LogMode): Promise<LogRow | null> {
  const view = log.openView({ mode, filter: '' });
  try {
    const at = view.rowOf(id);
    const [row] = at === null ? [] : await view.rows(at, 1);
    return row ?? null;
  } finally {
    view.close();
  }
}
