import type { Failure } from '../base/evidence.js';
import type { ConnectionRun } from './connectionRun.js';

/** A close that nobody need explain, unless the profile expects another. */
const NORMAL_CLOSE: readonly number[] = [1000, 1001, 1005];

/** The peer ended a conversation, by a code that says that nothing was wrong, or that the profile expects. */
export function endedWell({ plan, watch }: Pick<ConnectionRun, 'plan' | 'watch'>, failure: Failure | null): boolean {
  const { closeReceived, hasTalked } = watch;
  const { closeCode } = plan.expect;
  if (failure?.kind !== 'closed' || !closeReceived) return false;
  return (hasTalked || closeCode !== undefined) && (closeCode ?? NORMAL_CLOSE).includes(closeReceived.code);
}

/** The peer's Close that answers ours is no failure. */
export function isAnswered({ watch }: Pick<ConnectionRun, 'watch'>, failure: Failure): boolean {
  return failure.kind === 'closed' && watch.closeSent !== null;
}
