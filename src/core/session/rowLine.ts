import { isUtf8 } from 'node:buffer';
import type { LogMode } from '../base/logRow.js';
import { messageJson } from '../record/exportJsonl.js';
import type { LogSource } from './logSource.js';
import { rowOf } from './rowOf.js';
import type { ShownLog } from './shownLog.js';

/** As much of a payload as a line holds. */
const MAX_LINE_BYTES = 8 * 1024 * 1024;

/** A row as the line of an export, its secrets taken out; null for a line of ours, and for a payload that is gone. */
export async function rowLine(source: LogSource, shown: ShownLog, id: number, mode: LogMode): Promise<string | null> {
  const row = await rowOf(source.log, id, mode);
  if (!row || row.kind === 'event') return null;
  const { bytes, totalBytes, binary, available } = await shown.payload(id, mode, 0, MAX_LINE_BYTES);
  if (!available) return null;
  const { connection, atMs, direction, opcode, fin, rsv1, deflated = mode === 'wire' && rsv1 } = row;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return messageJson(
    {
      connection,
      atMs,
      direction,
      opcode,
      bytes: totalBytes,
      truncated: bytes.length < totalBytes,
      deflated,
      finished: fin || mode === 'wire',
      ...(!binary && isUtf8(buffer) ? { text: buffer.toString() } : { base64: buffer.toString('base64') }),
    },
    Date.parse(source.header().startedAt),
  );
}
