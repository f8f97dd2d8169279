import { payloadFields } from '../frames/frameRecord.js';
import { MessageState } from '../frames/messageState.js';
import type { FrameLog } from '../frames/log/frameLog.js';
import type { LogRow } from '../base/logRow.js';
import type { InflatedMessage } from '../base/model.js';
import type { MessageLine, RecordingLine } from '../record/recording.js';
import type { ExportedSource } from './logSource.js';

const BATCH_ROWS = 500;
const BATCH_BYTES = 1024 * 1024;
/** As much of a payload as an exported recording holds. */
const MAX_PAYLOAD_BYTES = 16 * 1024 * 1024;

type FrameLine = Extract<RecordingLine, { readonly type: 'frame' }>;

/**
 * What a source still holds, as the lines of a recording: frames as on the wire, compressed messages with their content,
 * messages without wire facts, and how its connections began and ended, with its notes, where their time comes.
 */
export async function* sourceLines(source: ExportedSource): AsyncGenerator<readonly RecordingLine[], void, undefined> {
  const beside = linesBeside(source);
  let next = 0;
  for await (const batch of logLines(source.log)) {
    const lines: RecordingLine[] = [];
    for (const line of batch) {
      for (; next < beside.length && isBefore(beside[next]!, line); next++) lines.push(beside[next]!);
      lines.push(line);
    }
    yield lines;
  }
  yield beside.slice(next);
}

/** What comes at the same time as a frame: an opening stands before it, an ending behind. */
function isBefore(beside: RecordingLine, line: RecordingLine): boolean {
  return beside.type === 'close' ? beside.atMs < line.atMs : beside.atMs <= line.atMs;
}

function linesBeside({ connections, notes }: ExportedSource): readonly RecordingLine[] {
  const lines = connections.flatMap((told): RecordingLine[] => {
    const { connection, atMs, close, closedMs, ...facts } = told;
    if (atMs === null) return [];
    // The header describes the first, but for its peer.
    const isTold = connection === 1 && facts.peer === null;
    const begun: RecordingLine[] = isTold ? [] : [{ type: 'connection', connection, atMs, ...facts }];
    const end: RecordingLine[] =
      close && closedMs !== null ? [{ type: 'close', connection, atMs: closedMs, close }] : [];
    return [...begun, { type: 'open', connection, atMs }, ...end];
  });
  const noted = notes.map((note): RecordingLine => ({ type: 'note', ...note }));
  return [...lines, ...noted].toSorted((a, b) => a.atMs - b.atMs);
}

async function* logLines(log: FrameLog): AsyncGenerator<readonly RecordingLine[], void, undefined> {
  const wire = log.openView({ mode: 'wire', filter: '' });
  try {
    const states = new Map<string, MessageState>();
    for (let from = 0; from < wire.total; from += BATCH_ROWS) {
      let lines: RecordingLine[] = [];
      let bytes = 0;
      for (const row of await wire.rows(from, BATCH_ROWS)) {
        if (row.kind === 'event') continue;
        if (bytes > BATCH_BYTES) {
          yield lines;
          lines = [];
          bytes = 0;
        }
        bytes += row.payloadBytes;
        if (row.wire === 'unknown') {
          lines.push(await messageLine(log, row));
          continue;
        }
        const key = `${row.connection} ${row.direction}`;
        const state = states.get(key) ?? new MessageState();
        states.set(key, state);
        const isData = state.next(row) !== 'alone';
        const line = await frameLine(log, row, isData && state.isText && !state.compressed);
        const inflated = isData && row.fin && state.compressed ? await inflatedOf(log, row.id) : null;
        lines.push(inflated ? { ...line, inflated } : line);
      }
      yield lines;
    }
  } finally {
    wire.close();
  }
}

async function messageLine(
  log: FrameLog,
  { id, connection, atMs, direction, payloadBytes }: LogRow,
): Promise<MessageLine> {
  const { bytes, totalBytes, binary } = await log.payload(id, 'messages', 0, MAX_PAYLOAD_BYTES);
  const truncated = bytes.length < totalBytes;
  const facts = { connection, index: id, atMs, direction, kind: binary ? 'binary' : 'text', payloadBytes } as const;
  return { type: 'message', ...facts, ...payloadFields(bytes, !binary, truncated), truncated };
}

async function frameLine(log: FrameLog, row: LogRow, isText: boolean): Promise<FrameLine> {
  const { bytes, totalBytes } = await log.payload(row.id, 'wire', 0, MAX_PAYLOAD_BYTES);
  const { id, connection, atMs, direction, opcode, fin, rsv1, rsv2, rsv3, masked, wireBytes, payloadBytes } = row;
  const truncated = bytes.length < totalBytes;
  const head = { index: id, atMs, direction, opcode, fin, rsv1, rsv2, rsv3, masked, wireBytes, payloadBytes };
  return { type: 'frame', connection, ...head, ...payloadFields(bytes, isText, truncated), truncated };
}

async function inflatedOf(log: FrameLog, id: number): Promise<InflatedMessage | null> {
  // Of a message that nobody could inflate the log holds what stood on the wire.
  if ((await log.surroundings(id, 0))?.inflated !== true) return null;
  const { bytes, totalBytes, binary, available } = await log.payload(id, 'messages', 0, MAX_PAYLOAD_BYTES);
  if (!available) return null;
  const truncated = bytes.length < totalBytes;
  return { ...payloadFields(bytes, !binary, truncated), bytes: totalBytes, truncated };
}
