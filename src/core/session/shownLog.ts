import type { FrameLog, PayloadRange, Surroundings } from '../frames/log/frameLog.js';
import { PREVIEW_BYTES, previewOf } from '../frames/log/preview.js';
import type { LogMode, LogRow } from '../base/logRow.js';
import { redactPieces, stars } from '../record/redactPieces.js';
import { REDACTED, Redactor } from '../redaction/redactor.js';

/** As a preview is cut by the log. */
const PREVIEW_CHARACTERS = 240;
/** Of a compressed message: a longer one is taken to hold a secret. */
const MAX_INFLATED_BYTES = 16 * 1024 * 1024;
/** Shorter beginnings of a secret in a preview give nothing away. */
const MIN_BEGINNING = 4;
const EMPTY = new Uint8Array(0);

/** Bytes of a payload as they may be shown; `available` is false when it was dropped. */
export type ShownPayload = Omit<PayloadRange, 'storedBytes'>;

/** A log as it may be shown: what the session knows to be secret is blotted out of rows and payloads. */
export class ShownLog {
  readonly #log: FrameLog;
  readonly #redactor: Redactor;

  constructor(log: FrameLog, secrets: readonly string[]) {
    this.#log = log;
    this.#redactor = new Redactor(secrets);
  }

  async rows(rows: readonly LogRow[], mode: LogMode): Promise<readonly LogRow[]> {
    if (this.#redactor.isEmpty) return rows;
    const previews = await Promise.all(rows.map((row) => this.#previewOf(row, mode)));
    return rows.map((row, index) => ({
      ...row,
      preview: previews[index]!,
      label: row.label === null ? null : this.#redactor.text(row.label),
    }));
  }

  text(text: string): string {
    return this.#redactor.text(text);
  }

  /** Bytes of a payload; secrets that lie across the edges of the piece, or of the frame, are found all the same. */
  async payload(id: number, mode: LogMode, offset: number, length: number): Promise<ShownPayload> {
    const margin = this.#redactor.reachBytes;
    const from = Math.max(0, offset - margin);
    const range = await this.#log.payload(id, mode, from, length + (offset - from) + margin);
    const isWire = mode === 'wire';
    const around = margin > 0 ? await this.#log.surroundings(id, isWire ? margin : 0) : null;
    const isDeflated = around?.compressed === true && (isWire || !around.inflated);
    const clean = isDeflated ? await this.#deflated(id, around, range.bytes) : this.#clean(range, from, isWire, around);
    // A copy: a view would take the whole slab along.
    const bytes = Uint8Array.from(clean.subarray(offset - from, offset - from + length));
    return { bytes, totalBytes: range.totalBytes, binary: range.binary, available: range.available };
  }

  #clean(range: PayloadRange, from: number, isWire: boolean, around: Surroundings | null): Uint8Array {
    const { bytes, storedBytes, totalBytes } = range;
    const isStart = from === 0;
    const isEnd = from + bytes.length >= storedBytes;
    const edges = {
      cutBefore: isWire && isStart && around?.cutBefore === true,
      cutAfter: isEnd && (storedBytes < totalBytes || around?.cutAfter === true),
    };
    if (!isWire || around === null) return redactPieces(this.#redactor, [bytes], edges)[0] ?? bytes;
    const pieces = [isStart ? around.before : EMPTY, bytes, isEnd ? around.after : EMPTY];
    return redactPieces(this.#redactor, pieces, edges)[1] ?? bytes;
  }

  /** Deflated bytes hide a secret from a search: they are shown where the content is known to hold none. */
  async #deflated(id: number, { inflated }: Surroundings, bytes: Uint8Array): Promise<Uint8Array> {
    if (!inflated) return stars(bytes.length);
    const content = await this.#log.payload(id, 'messages', 0, MAX_INFLATED_BYTES);
    const isClean =
      content.bytes.length === content.totalBytes && this.#redactor.bytes(content.bytes) === content.bytes;
    return isClean ? bytes : stars(bytes.length);
  }

  async #previewOf(row: LogRow, mode: LogMode): Promise<string> {
    const isDeflated = row.rsv1 && (mode === 'wire' || row.inflatedBytes === null);
    const isPart = mode === 'wire' && (row.opcode === 0 || !row.fin);
    if (row.kind === 'event' || row.opcode > 2 || !(isDeflated || isPart)) return this.#preview(row);
    const { bytes, binary } = await this.payload(row.id, mode, 0, PREVIEW_BYTES);
    return previewOf(bytes, row.kind, binary);
  }

  /** The cut of a preview may run through a secret: its beginning goes as well. */
  #preview({ preview, fin }: LogRow): string {
    const clean = this.#redactor.text(preview);
    if (fin && preview.length < PREVIEW_CHARACTERS - 2) return clean;
    const bytes = Buffer.from(clean);
    const open = this.#redactor.beginning(bytes, MIN_BEGINNING);
    return open === 0 ? clean : `${bytes.subarray(0, bytes.length - open).toString()}${REDACTED}`;
  }
}
