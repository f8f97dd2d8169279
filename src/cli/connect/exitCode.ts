import type { Report } from '../../core/base/model.js';
import { EXIT } from '../usage.js';
import { endedWell } from './endingText.js';

export interface Outcome {
  /** Of the last connection or attempt. */
  readonly report: Report | null;
  readonly everOpened: boolean;
  readonly closedByUs: boolean;
  /** Something that was asked for did not happen: a reply, a message sent. */
  readonly isIncomplete: boolean;
}

/** DESIGN 3.3 for a conversation that has come to its end. */
export function exitCodeOf({ closedByUs, everOpened, isIncomplete, report }: Outcome): number {
  if (everOpened) return report !== null && endedWell(report, closedByUs) && !isIncomplete ? EXIT.ok : EXIT.failed;
  if (report === null || report.error?.code === 'cancelled') return EXIT.interrupted;
  return report.error?.code.startsWith('profile.') === true ? EXIT.usage : EXIT.noConnection;
}
