import type { Direction } from '../../base/model.js';
import type { LogRow } from '../../base/logRow.js';
import { UNFRAMED } from './columns.js';
import type { LogStore } from './logStore.js';
import { readPieces, readPiecesNow } from './pieces.js';
import { PREVIEW_BYTES, previewOf } from './preview.js';
import type { RowReader } from './rowReader.js';
import type { Piece } from './slab.js';

const LABEL_BYTES = 65_536;

/** What a dialect is given to label a row of the messages view. */
export interface LabelledMessage {
  /** Of the message's last frame so far. */
  readonly id: number;
  readonly connection: number;
  readonly direction: Direction;
  readonly binary: boolean;
  /** The content, inflated; its first 64 KiB when it is longer. */
  readonly bytes: Uint8Array;
  readonly totalBytes: number;
  readonly atMs: number;
}

/** A promise where the label has to be worked out from messages before. */
export type LabelOf = (message: LabelledMessage) => string | null | Promise<string | null>;
export type IsMarked = (row: RowReader) => boolean;

/** Makes rows as they leave the log. */
export class RowMaker {
  readonly #store: LogStore;
  readonly #labelOf: LabelOf | null;
  readonly #isMarked: IsMarked;

  constructor(store: LogStore, labelOf: LabelOf | null, isMarked: IsMarked) {
    this.#store = store;
    this.#labelOf = labelOf;
    this.#isMarked = isMarked;
  }

  /** The rows under the cursor at each of the refs; facts are of now, previews may have to wait for the disk. */
  make(reader: RowReader, refs: readonly number[]): Promise<LogRow[]> {
    const rows: Promise<LogRow>[] = [];
    for (const ref of refs) if (reader.tryMoveTo(ref)) rows.push(this.#makeRow(reader));
    return Promise.all(rows);
  }

  async #makeRow(reader: RowReader): Promise<LogRow> {
    const { kind, isBinary } = reader;
    const facts = this.#facts(reader);
    const isMessage = reader.mode === 'messages' && (kind === 'text' || kind === 'binary');
    const labelOf = isMessage && !isDeflated(reader) ? this.#labelOf : null;
    const totalBytes = reader.sizeBytes;
    const wanted = labelOf === null ? PREVIEW_BYTES : LABEL_BYTES;
    const pieces = reader.pieces(reader.mode === 'messages', wanted);
    const bytes = pieces === null ? null : await this.#read(pieces, wanted);
    if (bytes === null) return facts;
    const preview = previewOf(bytes.subarray(0, PREVIEW_BYTES), kind, isBinary);
    if (labelOf === null) return { ...facts, preview };
    const { id, connection, direction, atMs } = facts;
    const message = { id, connection, direction, binary: isBinary ?? true, bytes, totalBytes, atMs };
    return { ...facts, preview, label: await labelled(labelOf, message) };
  }

  #facts(reader: RowReader): LogRow {
    const { kind, flags } = reader;
    return {
      id: reader.lastId,
      kind,
      atMs: reader.atMs,
      direction: reader.direction,
      opcode: reader.opcode,
      fin: reader.fin,
      rsv1: (flags & 0x20) !== 0,
      rsv2: (flags & 0x40) !== 0,
      rsv3: (flags & 0x80) !== 0,
      masked: reader.isMasked,
      wireBytes: reader.wireBytes,
      payloadBytes: reader.payloadBytes,
      inflatedBytes: reader.inflatedBytes,
      frames: reader.frames,
      connection: reader.connection,
      place: reader.place,
      marked: this.#isMarked(reader),
      ...((flags & UNFRAMED) === 0 ? {} : { wire: 'unknown' }),
      ...(isDeflated(reader) ? { deflated: true } : {}),
      preview: '',
      label: null,
    };
  }

  async #read(pieces: readonly Piece[], length: number): Promise<Uint8Array | null> {
    const now = readPiecesNow(this.#store.slabs, pieces, 0, length);
    return now === 'disk' ? readPieces(this.#store.slabs, pieces, 0, length) : now;
  }
}

function isDeflated(reader: RowReader): boolean {
  return reader.mode === 'messages' && reader.isCompressed && !reader.isInflated && !reader.isOpen;
}

async function labelled(labelOf: LabelOf, message: LabelledMessage): Promise<string | null> {
  try {
    return await labelOf(message);
  } catch {
    // What a peer sent must not cost a person the row.
    return null;
  }
}
