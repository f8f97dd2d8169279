import { Buffer } from 'node:buffer';
import type { FrameLog } from '../frames/log/frameLog.js';
import type { LogRow } from '../base/logRow.js';
import type { InflatedMessage } from '../base/model.js';
import type { RecordingLine } from '../record/recording.js';

const BATCH_ROWS = 500;
/** As much of a payload as an exported recording holds. */
const MAX_PAYLOAD_BYTES = 16 * 1024 * 1024;

type FrameLine = Extract<RecordingLine, { readonly type: 'frame' }>;

/** What a log still holds, as the lines of a recording: frames as on the wire, compressed messages with their content. */
export async function* logLines(log: FrameLog): AsyncGenerator<readonly RecordingLine[], void, undefined> {
  const wire = log.openView({ mode: 'wire', filter: '' });
  try {
    const compressed = new Set<string>();
    for (let from = 0; from < wire.total; from += BATCH_ROWS) {
      const lines: RecordingLine[] = [];
      for (const row of await wire.rows(from, BATCH_ROWS)) {
        if (row.kind === 'event') continue;
        const key = `${row.connection} ${row.direction}`;
        if (row.opcode === 1 || row.opcode === 2) {
          if (row.rsv1) compressed.add(key);
          else compressed.delete(key);
        }
        const endsCompressed = row.opcode < 8 && row.fin && compressed.has(key);
        const line = await frameLine(log, row, compressed.has(key));
        const inflated = endsCompressed ? await inflatedOf(log, row.id) : null;
        lines.push(inflated ? { ...line, inflated } : line);
      }
      yield lines;
    }
  } finally {
    wire.close();
  }
}

async function frameLine(log: FrameLog, row: LogRow, compressed: boolean): Promise<FrameLine> {
  const { bytes, totalBytes, binary } = await log.payload(row.id, 'wire', 0, MAX_PAYLOAD_BYTES);
  const { id, connection, atMs, direction, opcode, fin, rsv1, rsv2, rsv3, masked, wireBytes, payloadBytes } = row;
  const shown = encode(bytes, binary || compressed || opcode >= 8);
  const head = { index: id, atMs, direction, opcode, fin, rsv1, rsv2, rsv3, masked, wireBytes, payloadBytes };
  return { type: 'frame', connection, ...head, ...shown, truncated: bytes.length < totalBytes };
}

async function inflatedOf(log: FrameLog, id: number): Promise<InflatedMessage | null> {
  const { bytes, totalBytes, binary, available } = await log.payload(id, 'messages', 0, MAX_PAYLOAD_BYTES);
  if (!available) return null;
  return { ...encode(bytes, binary), bytes: totalBytes, truncated: bytes.length < totalBytes };
}

function encode(bytes: Uint8Array, binary: boolean): { text: string } | { base64: string } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return binary ? { base64: buffer.toString('base64') } : { text: buffer.toString('utf8') };
}
