import { endingWords } from '../close/disconnect.js';
import type { Failure } from '../base/evidence.js';
import type { FrameViolation } from '../base/frame.js';
import type { Http2Info } from '../base/model.js';
import { failed, failedWith } from '../transport/outcome.js';

/** The peer sent a Close frame that nobody had asked for. */
export function closedFailure(code: number, reason: string): Failure {
  const words = reason === '' ? '' : `: ${reason}`;
  return { phase: 'message', kind: 'closed', code: String(code), message: `Closed with ${code}${words}` };
}

/** The peer sent a frame that breaks RFC 6455 or our own limits, while we talked or while we waited for its Close. */
export function brokenFailure(violation: FrameViolation, phase: 'message' | 'close'): Failure {
  return { phase, kind: 'protocol', code: violation.id, message: violation.message };
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

/** The same while we wait for the answer to our Close frame. */
export function unansweredFailure(kind: 'server-fin' | 'server-reset' | 'client'): Failure {
  return kind === 'server-reset'
    ? failed('close', 'reset', 'The peer reset the connection instead of answering our Close frame.').failure
    : failed('close', 'end', 'The peer ended the connection without answering our Close frame.').failure;
}

/** RFC 6455 7.4.1: what our Close says of the peer's frame. */
export function closeCodeFor(violation: FrameViolation | null): number {
  if (!violation) return 1000;
  if (violation.id === 'limit.message-size') return 1009;
  if (violation.id === 'limit.fragments') return 1008;
  return violation.id === 'frame.invalid-utf8' || violation.id === 'frame.bad-deflate' ? 1007 : 1002;
}
