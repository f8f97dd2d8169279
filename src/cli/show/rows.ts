import { OPCODE } from '../../core/base/frame.js';
import type { LogMode, LogRow } from '../../core/base/logRow.js';
import type { LogView } from '../../core/frames/log/logView.js';
import type { RecordedSource } from '../../core/session/recordedSource.js';
import { ShownLog, type ShownPayload } from '../../core/session/shownLog.js';
import { opcodeName } from '../../core/text/opcodes.js';
import { decodedJson } from '../connect/decodedJson.js';
import { type LogLines, SOUGHT_BYTES } from '../connect/logLines.js';
import type { Outlet } from '../connect/outlet.js';
import { plural } from '../render/words.js';

const BATCH_ROWS = 200;
/** As much of a message as is decoded. */
const MAX_DECODED_BYTES = 4 * 1024 * 1024;

export interface RowsOptions {
  readonly source: RecordedSource;
  readonly view: LogView;
  readonly lines: LogLines;
  readonly outlet: Outlet;
  readonly showControl: boolean;
  readonly decodes: boolean;
  /** Nobody reads on. */
  readonly isGone: () => boolean;
}

/** Every row of a view as a line, in stretches: no more is in memory than the reader has still to take. */
export async function writeRows(options: RowsOptions): Promise<void> {
  const { isGone, outlet, source, view } = options;
  const isOneConnection = source.snapshot().connections <= 1;
  const shown = new ShownLog(source.log, source.secrets);
  for (let from = 0; from < view.total && !isGone(); from += BATCH_ROWS) {
    for (const row of await shown.rows(await view.rows(from, BATCH_ROWS), view.mode)) {
      if (isGone()) return;
      await writeRow(row, isOneConnection ? [] : [`connection ${row.connection}`], shown, options);
    }
    await outlet.drained();
  }
}

async function writeRow(row: LogRow, place: readonly string[], shown: ShownLog, options: RowsOptions): Promise<void> {
  const { lines, showControl, view } = options;
  if (row.kind === 'event') {
    lines.event(row.atMs, row.preview, place);
    return;
  }
  const notes = [...place, ...(view.mode === 'wire' ? wireNotes(row) : [])];
  const isControl = row.opcode >= OPCODE.close;
  if (isControl && !showControl) return;
  const payload = payloadInPreview(row) ?? (await shown.payload(row.id, view.mode, 0, SOUGHT_BYTES));
  const { available, binary, bytes } = payload;
  if (isControl) {
    lines.control({ ...row, payload: bytes }, notes);
    return;
  }
  const isRaw = row.deflated === true || (view.mode === 'wire' && row.rsv1);
  lines.message(
    row,
    {
      isText: !binary && !isRaw,
      payload: bytes,
      bytes: row.inflatedBytes ?? row.payloadBytes,
      frames: row.frames,
      isRaw: false,
    },
    {
      ...row,
      // A dialect that has no name for a message repeats it.
      label: row.label === row.preview ? null : row.label,
      decoded: options.decodes ? await decodedOf(row, options) : null,
      notes: [
        ...notes,
        ...(row.deflated ? ['compressed, its content is not in the recording'] : []),
        ...(available ? [] : ['content not kept']),
      ],
    },
  );
}

/** A short text stands in its row already: it is not read from the recording once more. Null for any other. */
function payloadInPreview(row: LogRow): Pick<ShownPayload, 'available' | 'binary' | 'bytes'> | null {
  if (row.kind !== 'text' || row.place === 'dropped' || (row.rsv1 && row.inflatedBytes === null)) return null;
  const bytes = Buffer.from(row.preview);
  const isWhole = bytes.length === (row.inflatedBytes ?? row.payloadBytes) && !row.preview.includes('\ufffd');
  return isWhole ? { available: true, binary: false, bytes } : null;
}

/** What a frame was beside its payload. */
function wireNotes({ fin, masked, opcode, rsv1, wire, wireBytes }: LogRow): string[] {
  if (wire === 'unknown') return ['frames were not seen'];
  const bits = [opcodeName(opcode), ...(fin ? ['FIN'] : []), ...(rsv1 ? ['RSV1'] : []), ...(masked ? ['masked'] : [])];
  return [bits.join(' '), plural(wireBytes, 'byte')];
}

async function decodedOf(row: LogRow, { source, view }: RowsOptions): Promise<string | null> {
  const mode: LogMode = view.mode;
  if (mode === 'wire' || row.deflated) return null;
  const { id, connection, direction, atMs } = row;
  const { available, binary, bytes, totalBytes } = await source.log.payload(id, mode, 0, MAX_DECODED_BYTES);
  if (!available) return null;
  const { decoded } = await source.dialect.decode({ id, connection, direction, binary, bytes, totalBytes, atMs });
  return decodedJson(decoded);
}
