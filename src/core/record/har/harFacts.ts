import { OPCODE } from '../../base/frame.js';
import type { ConnectionEnd } from '../../base/sessionEvent.js';
import type { ConnectionLine, RecordingLine } from '../recording.js';

/** What a HAR entry says of a connection before its first message. */
export interface ConnectionFacts {
  readonly connection: number;
  firstMs: number;
  lastMs: number;
  openedMs: number | null;
  close: ConnectionEnd | null;
  closedMs: number | null;
  /** Of its own line; null for one that the header describes. */
  begun: ConnectionLine | null;
  controlFrames: number;
  /** Of the whole recording: a gap belongs to no connection. */
  lostFrames: number;
}

export interface RecordingFacts {
  /** In the order in which they begin. */
  readonly connections: readonly ConnectionFacts[];
  /** No connection's line stands after another connection has begun: one pass can write them all. */
  readonly oneAfterTheOther: boolean;
  readonly payloadBytes: number;
}

/** One pass over a recording. */
export async function factsOf(batches: AsyncIterable<readonly RecordingLine[]>): Promise<RecordingFacts> {
  const connections = new Map<number, ConnectionFacts>();
  let current = -1;
  let oneAfterTheOther = true;
  let payloadBytes = 0;
  let lostFrames = 0;
  for await (const batch of batches) {
    for (const line of batch) {
      if (line.type === 'lost') {
        lostFrames += line.frames;
        continue;
      }
      let facts = connections.get(line.connection);
      if (!facts) {
        const { connection, atMs } = line;
        const ends = { openedMs: null, close: null, closedMs: null };
        facts = { connection, firstMs: atMs, lastMs: atMs, ...ends, begun: null, controlFrames: 0, lostFrames: 0 };
        connections.set(connection, facts);
        current = connection;
      }
      oneAfterTheOther &&= line.connection === current;
      facts.lastMs = Math.max(facts.lastMs, line.atMs);
      facts.firstMs = Math.min(facts.firstMs, line.atMs);
      if (line.type === 'open') facts.openedMs = line.atMs;
      if (line.type === 'close') {
        facts.close = line.close;
        facts.closedMs = line.atMs;
      }
      if (line.type === 'connection') facts.begun = line;
      if (line.type === 'message') payloadBytes += line.payloadBytes;
      if (line.type === 'frame') {
        payloadBytes += line.payloadBytes + (line.inflated?.bytes ?? 0);
        if (line.opcode >= OPCODE.close) facts.controlFrames += 1;
      }
    }
  }
  for (const facts of connections.values()) facts.lostFrames = lostFrames;
  return { connections: [...connections.values()], oneAfterTheOther, payloadBytes };
}
