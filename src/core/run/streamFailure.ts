import { endingWords } from '../close/disconnect.js';
import type { Failure } from '../base/evidence.js';
import type { Http2Info } from '../base/model.js';
import { failedWith } from '../transport/outcome.js';

/** The peer sent a Close frame that nobody had asked for. */
export function closedFailure(code: number, reason: string): Failure {
  const words = reason === '' ? '' : `: ${reason}`;
  return { phase: 'message', kind: 'closed', code: String(code), message: `Closed with ${code}${words}` };
}

/** The peer ended or broke the stream of an open connection without a Close frame. */
export function endedFailure(
  kind: 'server-fin' | 'server-reset',
  error: Error | null,
  http2: Http2Info | null,
): Failure {
  if (kind === 'server-fin') {
    const message = `The peer ${endingWords({ endedBy: kind, http2 })} without a Close frame.`;
    return { phase: 'message', kind: 'end', code: null, message };
  }
  return failedWith('message', error ?? new Error('The peer reset the connection.'), 'reset').failure;
}
