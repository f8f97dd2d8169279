import type { LogView } from '../../core/frames/log/logView.js';
import type { RecordedSource } from '../../core/session/recordedSource.js';
import { scannedView } from '../../core/session/scannedView.js';
import { usageError } from '../usage.js';

interface ViewRequest {
  readonly mode: 'wire' | 'messages';
  readonly filter: string;
}

/** A view that has seen every row. Throws a usage error for a filter that cannot be read. */
export async function viewOf(source: RecordedSource, { filter, mode }: ViewRequest): Promise<LogView> {
  const view = await scannedView(source.log, mode, filter);
  const [problem] = view.problems;
  if (problem === undefined) return view;
  view.close();
  throw usageError(`--filter: ${problem.message} (at character ${problem.index + 1})`, FILTER_HINT);
}

export const FILTER_HINT =
  'dir:in, kind:text, size:>1k, time:<10s, conn:2, is:compressed, words, "a text", /an expression/; and, or, not';
