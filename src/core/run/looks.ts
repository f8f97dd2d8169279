import type { Attempt, Look, ResponseInfo } from '../base/model.js';
import { formatAuthority } from '../base/address.js';
import type { Outcome } from '../transport/outcome.js';

/** Where a look goes: `address:port`. */
export function placeOf({ address, port }: Attempt): string {
  return formatAuthority(address, port);
}

/** What a look found, in the words of `tell`, or why it found nothing. */
export function foundBy<T>(answer: Outcome<T>, tell: (value: T) => string): Pick<Look, 'response' | 'error'> {
  return answer.ok ? { response: tell(answer.value), error: null } : { response: null, error: answer.failure.message };
}

export function statusLine({ httpVersion, status, reason }: Pick<ResponseInfo, 'httpVersion' | 'status' | 'reason'>) {
  return `HTTP/${httpVersion} ${status} ${reason}`.trim();
}
