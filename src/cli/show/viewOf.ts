import type { LogView } from '../../core/frames/log/logView.js';
import type { RecordedSource } from '../../core/session/recordedSource.js';
import { usageError } from '../usage.js';

interface ViewRequest {
  readonly mode: 'wire' | 'messages';
  readonly filter: string;
  /** What gave the filter. */
  readonly option?: string;
}

/** A view that has seen every row. Throws a usage error for a filter that cannot be read. */
export async function viewOf(
  source: RecordedSource,
  { filter, mode, option = '--filter' }: ViewRequest,
): Promise<LogView> {
  const view = source.log.openView({ mode, filter });
  const [problem] = view.problems;
  if (problem !== undefined) {
    view.close();
    throw usageError(
      `${option}: ${problem.message} (at character ${problem.index + 1})`,
      'dir:in, kind:text, size:>1k, time:<10s, conn:2, is:compressed, words, "a text", /an expression/; and, or, not',
    );
  }
  while (view.scanning) {
    await new Promise<void>((resolve) => {
      const end = view.onDidGrow(() => {
        end();
        resolve();
      });
    });
  }
  return view;
}
