import type { WebSocket } from '../transport/webSocket.js';
import { endingWords, explainAbnormal, type SocketEnd } from '../close/disconnect.js';
import type { Failure } from '../base/evidence.js';
import type { CloseInfo } from '../base/model.js';
import type { WireTap } from '../transport/wireTap.js';
import { success, wait } from '../transport/outcome.js';
import type { FrameWatch } from './frameWatch.js';
import { brokenFailure, unansweredFailure } from './streamFailure.js';

/** RFC 6455 7.1.1 lets the server end TCP first: how long we wait for its FIN once both Close frames are through. */
const FIN_GRACE_MS = 500;

export interface CloseOptions {
  readonly socket: WebSocket;
  readonly tap: WireTap;
  readonly watch: FrameWatch;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** Code to close with; null when the peer or `ws` has already begun to close. */
  readonly code: number | null;
  readonly reason?: string;
}

/** Runs the closing handshake (RFC 6455 7.1.2) to its end or to the deadline, and leaves no socket behind. */
export async function closeGracefully(options: CloseOptions): Promise<Failure | null> {
  const { socket, tap, watch, code } = options;
  const closed = await wait<null>(
    {
      phase: 'close',
      timeoutMs: options.timeoutMs,
      timeoutMessage: `The peer did not answer our Close frame within ${options.timeoutMs} ms.`,
      signal: options.signal,
    },
    (settle) => {
      let grace: NodeJS.Timeout | undefined;
      const fail = (failure: Failure) => settle({ ok: false, failure });
      const check = () => {
        const answered = watch.closeReceived !== null && watch.closeSent !== null;
        if (watch.violation && watch.brokeClosing) fail(brokenFailure(watch.violation, 'close'));
        else if (tap.endedBy !== null && !answered) fail(unansweredFailure(tap.endedBy));
        else if (tap.endedBy !== null) settle(success(null));
        else if (answered) grace ??= setTimeout(() => settle(success(null)), FIN_GRACE_MS);
      };
      watch.onClosing = check;
      socket.once('close', check);
      if (code !== null) socket.close(code, options.reason);
      check();
      return () => {
        clearTimeout(grace);
        watch.onClosing = null;
        socket.off('close', check);
      };
    },
  );
  // After both Close frames and the peer's FIN `ws` ends the stream by itself.
  if (!closed.ok || tap.endedBy === null) socket.terminate();
  return closed.ok ? null : closed.failure;
}

/** The close as a report tells it: who began, with which code, and what our own socket saw. */
export function describeClose(
  watch: FrameWatch,
  end: Pick<SocketEnd, 'endedBy' | 'openForMs' | 'http2' | 'brokeTls'>,
  timedOut: boolean,
): CloseInfo {
  const { closeReceived: received, closeSent: sent } = watch;
  if (received && (!sent || received.atMs <= sent.atMs)) {
    return {
      code: received.code,
      reason: received.reason,
      initiator: 'server',
      clean: sent !== null,
      evidence: sent
        ? `The peer sent Close ${received.code} first; we answered it.`
        : `The peer sent Close ${received.code} and was gone before our answer.`,
    };
  }
  if (received && sent && !watch.violation && !answers(received.code, sent.code)) {
    return {
      code: received.code,
      reason: received.reason,
      initiator: 'server',
      clean: true,
      evidence: `We sent Close ${sent.code} as the peer sent Close ${received.code} of its own; the two crossed.`,
    };
  }
  if (sent) {
    const clean = received !== null;
    return {
      code: watch.violation && !watch.brokeClosing ? sent.code : clean ? received.code : 1006,
      reason: received?.reason ?? '',
      initiator: 'client',
      clean,
      evidence: describeOurClose(watch, sent.code, clean, end, timedOut),
    };
  }
  return {
    code: 1006,
    reason: '',
    initiator: end.endedBy === 'client' ? 'client' : 'network',
    clean: false,
    evidence: explainAbnormal(end).text,
  };
}

/** RFC 6455 5.5.1: an answer repeats the code as a rule; servers that answer alike to all say 1000, or nothing. */
function answers(received: number, sent: number): boolean {
  return received === sent || received === 1000 || received === 1005;
}

function describeOurClose(
  watch: FrameWatch,
  code: number,
  clean: boolean,
  end: Pick<SocketEnd, 'endedBy' | 'http2' | 'brokeTls'>,
  timedOut: boolean,
): string {
  if (watch.violation && watch.brokeClosing) {
    return `We sent Close ${code}; instead of a Close frame came one that breaks the rules: ${watch.violation.message}`;
  }
  const said = watch.violation ? `We closed with ${code}: ${watch.violation.message}` : `We sent Close ${code}`;
  const ours = said.replace(/\.$/, '');
  if (clean) return `${ours}; the peer answered with Close ${watch.closeReceived?.code}.`;
  if (timedOut) return `${ours}; the peer did not answer before our deadline.`;
  const gone = end.endedBy === 'server-fin' || end.endedBy === 'server-reset';
  return `${ours}; the peer ${gone ? `${endingWords(end)} without answering` : 'did not answer'}.`;
}
