import type { FrameLog, LogView } from '../frames/log/frameLog.js';
import type { LogMode } from '../base/logRow.js';

/** A view whose filter has seen every row that is there; one whose filter cannot be read says so in `problems`. */
export async function scannedView(log: FrameLog, mode: LogMode, filter: string): Promise<LogView> {
  const view = log.openView({ mode, filter });
  while (view.scanning && view.problems.length === 0) {
    await new Promise<void>((resolve) => {
      const end = view.onDidGrow(() => {
        end();
        resolve();
      });
    });
  }
  return view;
}
