import type { SessionSnapshot } from '../../src/protocol/session.js';
import { sessionWords } from './strings.js';

/** Why something cannot be done now, in words; null when it can. */
export interface Obstacles {
  readonly send: string | null;
  readonly close: string | null;
  readonly terminate: string | null;
  readonly pause: string | null;
  readonly reconnect: string | null;
  readonly record: string | null;
}

/** What is shown is no connection of ours: a recording's file, what a panel had in an earlier window, other programs' connections. */
export type NotOurs = 'file' | 'restored' | 'observed';

export interface Circumstances {
  readonly recording: NotOurs | null;
  /** The engine that held the session is gone. */
  readonly stopped: boolean;
}

export function obstaclesOf(session: SessionSnapshot, { recording, stopped }: Circumstances): Obstacles {
  const { why } = sessionWords;
  const all = (reason: string) => ({ send: reason, close: reason, terminate: reason, pause: reason, record: reason });
  if (recording === 'observed' && !stopped) {
    const { observed } = session;
    const send =
      observed?.tap && (session.state === 'closed' ? why.tapEnded : observed.open > 0 ? null : why.noConnection);
    return { ...all(why.observed), ...(send === undefined ? {} : { send }), reconnect: why.observed, record: null };
  }
  if (recording) return { ...all(why.recording), reconnect: recording === 'file' ? why.recording : null };
  if (stopped) return { ...all(why.stopped), reconnect: null };
  switch (session.state) {
    case 'open':
      return {
        send: session.halfClosed ? why.halfClosed : null,
        close: session.halfClosed ? why.halfClosed : null,
        terminate: null,
        pause: null,
        reconnect: why.alreadyOpen,
        record: null,
      };
    case 'connecting':
      return { ...all(why.connecting), terminate: null, record: null, reconnect: why.connecting };
    case 'closing':
      return { ...all(why.closing), terminate: null, record: null, reconnect: why.closing };
    case 'reconnecting':
      return { ...all(why.reconnecting), terminate: null, record: null, reconnect: null };
    default:
      return { ...all(why.closed), reconnect: null };
  }
}
