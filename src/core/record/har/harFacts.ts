import { OPCODE } from '../../base/frame.js';
import type { ConnectionEnd } from '../../base/sessionEvent.js';
import { MessageState } from '../../frames/messageState.js';
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
  /** What is no message, in its order: control frames, and gaps while it was the latest connection. */
  readonly beside: BesideLine[];
  /** Control frames and gaps that found no room in `beside`. */
  besideLeftOut: number;
  /** Of the whole recording: a gap belongs to no connection. */
  lostFrames: number;
}

/** `behind`: how many messages of the connection stand before it; a time does not tell two of the same microsecond apart. */
type BesideLine = Extract<RecordingLine, { readonly type: 'frame' | 'lost' }> & { readonly behind: number };

/** Of what is no message: as JSON, in one entry and in all of them. Readers hold it in memory. */
const [MAX_BESIDE_BYTES, MAX_ALL_BESIDE_BYTES] = [1024 * 1024, 16 * 1024 * 1024];

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
  const ended = new MessageCount();
  const besideBytes = new Map<number, number>();
  let allBesideBytes = 0;
  const keepBeside = (facts: ConnectionFacts, read: Extract<RecordingLine, { readonly type: 'frame' | 'lost' }>) => {
    const line: BesideLine = { ...read, behind: ended.of(facts.connection) };
    const size = JSON.stringify(line).length;
    const bytes = (besideBytes.get(facts.connection) ?? 0) + size;
    if (bytes > MAX_BESIDE_BYTES || allBesideBytes + size > MAX_ALL_BESIDE_BYTES) {
      facts.besideLeftOut += 1;
      return;
    }
    besideBytes.set(facts.connection, bytes);
    allBesideBytes += size;
    facts.beside.push(line);
  };
  for await (const batch of batches) {
    for (const line of batch) {
      if (line.type === 'lost') {
        lostFrames += line.frames;
        const latest = connections.get(current);
        if (latest) keepBeside(latest, line);
        continue;
      }
      let facts = connections.get(line.connection);
      if (!facts) {
        const { connection, atMs } = line;
        const ends = { openedMs: null, close: null, closedMs: null };
        facts = {
          connection,
          firstMs: atMs,
          lastMs: atMs,
          ...ends,
          begun: null,
          beside: [],
          besideLeftOut: 0,
          lostFrames: 0,
        };
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
      ended.see(line);
      if (line.type === 'message') payloadBytes += line.payloadBytes;
      if (line.type === 'frame') {
        payloadBytes += line.payloadBytes + (line.inflated?.bytes ?? 0);
        if (line.opcode >= OPCODE.close) keepBeside(facts, line);
      }
    }
  }
  for (const facts of connections.values()) facts.lostFrames = lostFrames;
  return { connections: [...connections.values()], oneAfterTheOther, payloadBytes };
}

/** How many messages of each connection have ended. */
class MessageCount {
  readonly #counts = new Map<number, number>();
  readonly #states = new Map<string, MessageState>();

  of(connection: number): number {
    return this.#counts.get(connection) ?? 0;
  }

  see(line: Exclude<RecordingLine, { readonly type: 'lost' }>): void {
    if (line.type === 'message') this.#add(line.connection, 1);
    if (line.type !== 'frame' || line.opcode >= OPCODE.close) return;
    const lane = `${line.connection} ${line.direction}`;
    const state = this.#states.get(lane) ?? new MessageState();
    this.#states.set(lane, state);
    state.next(line);
    this.#add(line.connection, (state.interrupted ? 1 : 0) + (line.fin ? 1 : 0));
  }

  #add(connection: number, count: number): void {
    this.#counts.set(connection, this.of(connection) + count);
  }
}
