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
    reconnect: null,
    subprotocol: null,
    dialect: null,
    sent: NO_TRAFFIC,
    received: NO_TRAFFIC,
    bufferedBytes: 0,
    compressionRatio: null,
    roundTrips: null,
    heartbeat: null,
    paused: false,
    refusesPong: false,
    halfClosed: false,
    repeating: null,
    close: null,
    findings: [],
    log: {
      generation: 0,
      frames: 0,
      messages: 0,
      droppedFrames: 0,
      droppedPayloads: 0,
      payloadBytesInMemory: 0,
      payloadBytesOnDisk: 0,
      spillError: null,
    },
    recording: null,
  };
}
