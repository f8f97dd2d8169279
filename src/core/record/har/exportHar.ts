import { OPCODE } from '../../base/frame.js';
import { harEntry, harMessage } from './harEntry.js';
import { type ConnectionFacts, factsOf, type RecordingFacts } from './harFacts.js';
import { Redactor } from '../../redaction/redactor.js';
import { type RecordedMessage, RecordedMessages } from '../messages.js';
import type { RecordingHeader, RecordingLine } from '../recording.js';

/** Opens the lines of a recording from the start; called once a pass. */
export type LinesSource = () => AsyncIterable<readonly RecordingLine[]>;

export interface HarOptions {
  /** The version of wsprobe, for `creator`. */
  readonly version?: string;
  /** Up to here the messages of interleaved connections are sorted in memory; beyond, each has a pass of its own. */
  readonly maxMemoryBytes?: number;
  /** Secrets are taken out of whole messages; the header comes redacted. */
  readonly redactor?: Redactor;
}

const DEFAULT_MEMORY_BYTES = 64 * 1024 * 1024;

/**
 * A recording as HAR 1.2 with `_webSocketMessages` as Chrome writes them, an entry a connection, in pieces of text.
 * Control frames and gaps have no place in that list: they stand in `_wsprobe`, up to a bound, and what is beyond it is counted.
 */
export async function* exportHar(
  header: RecordingHeader,
  open: LinesSource,
  options: HarOptions = {},
): AsyncGenerator<string, void, undefined> {
  const redactor = options.redactor ?? new Redactor([]);
  const facts = await factsOf(open());
  const creator = { name: 'wsprobe', version: options.version ?? '' };
  yield `{"log":{"version":"1.2","creator":${JSON.stringify(creator)},"pages":[],"entries":[`;
  const connections = facts.connections.length > 0 ? facts.connections : [unused];
  const memory = options.maxMemoryBytes ?? DEFAULT_MEMORY_BYTES;
  const startedAt = Date.parse(header.startedAt);
  const messages = messagesBy(facts, open, memory, (source, only) => messagesOf(source, startedAt, only, redactor));
  let first = true;
  for (const connection of connections) {
    const entry = JSON.stringify(harEntry(header, redactor.deep(connection)));
    yield `${first ? '' : ','}\n${entry.slice(0, -1)},"_webSocketMessages":[`;
    first = false;
    yield* messages(connection);
    yield ']}';
  }
  yield '\n]}}\n';
}

type Messages = (connection: ConnectionFacts) => AsyncGenerator<string, void, undefined>;

const unused: ConnectionFacts = {
  connection: 1,
  firstMs: 0,
  lastMs: 0,
  openedMs: null,
  close: null,
  closedMs: null,
  begun: null,
  beside: [],
  besideLeftOut: 0,
  lostFrames: 0,
};

/** The messages of all connections, or of one. */
type Read = (
  lines: AsyncIterable<readonly RecordingLine[]>,
  only: number | null,
) => AsyncGenerator<readonly Piece[], void, undefined>;

function messagesBy(facts: RecordingFacts, open: LinesSource, memory: number, read: Read): Messages {
  if (facts.oneAfterTheOther) return inTurn(read(open(), null));
  if (facts.payloadBytes <= memory) return sorted(() => read(open(), null));
  return async function* onePass({ connection }) {
    let separator = '\n';
    for await (const pieces of read(open(), connection)) {
      for (const { json } of pieces) {
        yield separator + json;
        separator = ',\n';
      }
    }
  };
}

interface Piece {
  readonly connection: number;
  readonly json: string;
}

/** One pass for all: the next connection begins where the one before has ended. */
function inTurn(source: AsyncGenerator<readonly Piece[], void, undefined>): Messages {
  let ahead: readonly Piece[] = [];
  return async function* next({ connection }) {
    let separator = '\n';
    for (;;) {
      for (const [index, piece] of ahead.entries()) {
        if (piece.connection !== connection) {
          ahead = ahead.slice(index);
          return;
        }
        yield separator + piece.json;
        separator = ',\n';
      }
      const batch = await source.next();
      if (batch.done === true) {
        ahead = [];
        return;
      }
      ahead = batch.value;
    }
  };
}

function sorted(read: () => AsyncIterable<readonly Piece[]>): Messages {
  let buckets: Map<number, string[]> | null = null;
  return async function* bucket({ connection }) {
    if (!buckets) {
      buckets = new Map();
      for await (const pieces of read()) {
        for (const piece of pieces) {
          const list = buckets.get(piece.connection) ?? [];
          list.push(piece.json);
          buckets.set(piece.connection, list);
        }
      }
    }
    let separator = '\n';
    for (const json of buckets.get(connection) ?? []) {
      yield separator + json;
      separator = ',\n';
    }
    buckets.delete(connection);
  };
}

async function* messagesOf(
  batches: AsyncIterable<readonly RecordingLine[]>,
  startedAt: number,
  only: number | null,
  redactor: Redactor,
): AsyncGenerator<readonly Piece[], void, undefined> {
  const messages = new RecordedMessages(redactor);
  const piecesOf = (list: readonly RecordedMessage[]) =>
    list.map((message) => ({ connection: message.connection, json: JSON.stringify(harMessage(message, startedAt)) }));
  let latest = 0;
  for await (const batch of batches) {
    const pieces: Piece[] = [];
    for (const line of batch) {
      if (line.type === 'lost' || (only !== null && line.connection !== only)) continue;
      // Of connections one after the other, the half messages of each belong to its turn.
      if (line.type === 'close') pieces.push(...piecesOf(messages.end(line.connection)));
      else if (line.connection > latest) pieces.push(...piecesOf(messages.end(latest)));
      latest = Math.max(latest, line.connection);
      if (line.type === 'frame' && line.opcode < OPCODE.close) pieces.push(...piecesOf(messages.push(line)));
      if (line.type === 'message') pieces.push(...piecesOf([messages.whole(line)]));
    }
    yield pieces;
  }
  yield piecesOf(messages.endAll());
}
