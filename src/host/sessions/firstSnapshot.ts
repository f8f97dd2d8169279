import { EMPTY_LOG } from '../../core/base/logRow.js';
import { NOT_TALKING } from '../../core/base/notTalking.js';
import type { SessionSnapshot } from '../../protocol/session.js';

const NO_TRAFFIC = {
  messages: 0,
  frames: 0,
  payloadBytes: 0,
  wireBytes: 0,
  messagesPerSecond: 0,
  bytesPerSecond: 0,
} as const;

/** What a session shows before the engine has said anything of it. */
export function firstSnapshot(sessionId: string, name: string, url: string): SessionSnapshot {
  return {
    sessionId,
    revision: 0,
    name,
    url,
    state: 'connecting',
    startedAt: new Date().toISOString(),
    elapsedMs: 0,
    connections: 1,
    subprotocol: null,
    dialect: null,
    sent: NO_TRAFFIC,
    received: NO_TRAFFIC,
    ...NOT_TALKING,
    close: null,
    log: EMPTY_LOG,
    recording: null,
  };
}
