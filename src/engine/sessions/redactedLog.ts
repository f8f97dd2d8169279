import type { FrameLog } from '../../core/frames/log/frameLog.js';
import type { LogMode, LogRow } from '../../core/base/logRow.js';
import { REDACTED, Redactor } from '../../core/redaction/redactor.js';
import type { LogPayload } from '../../protocol/session.js';

/** As a preview is cut by the log. */
const PREVIEW_CHARACTERS = 240;
/** A secret's longest spelling that is looked for across the edges of a piece, in bytes. */
const MAX_MARGIN_BYTES = 64 * 1024;
/** A JSON escape writes six characters for one. */
const LONGEST_SPELLING = 6;
/** Shorter beginnings of a secret give nothing away. */
const MIN_BEGINNING = 4;

/** A log as it leaves the engine: what the session knows to be secret is blotted out of rows and payloads. */
export class RedactedLog {
  readonly #log: FrameLog;
  readonly #redactor: Redactor;
  readonly #secrets: readonly string[];
  readonly #marginBytes: number;

  constructor(log: FrameLog, secrets: readonly string[]) {
    this.#log = log;
    this.#redactor = new Redactor(secrets);
    this.#secrets = secrets.filter((secret) => secret.length >= MIN_BEGINNING);
    const longest = Math.max(0, ...secrets.map((secret) => Buffer.byteLength(secret)));
    this.#marginBytes = Math.min(MAX_MARGIN_BYTES, longest * LONGEST_SPELLING);
  }

  rows(rows: readonly LogRow[]): readonly LogRow[] {
    if (this.#redactor.isEmpty) return rows;
    return rows.map((row) => ({
      ...row,
      preview: this.#preview(row.preview),
      label: row.label === null ? null : this.#redactor.text(row.label),
    }));
  }

  text(text: string): string {
    return this.#redactor.text(text);
  }

  /** Bytes of a payload; secrets that lie across the edges of the piece are found all the same. */
  async payload(id: number, mode: LogMode, offset: number, length: number): Promise<LogPayload> {
    const from = Math.max(0, offset - this.#marginBytes);
    const range = await this.#log.payload(id, mode, from, length + (offset - from) + this.#marginBytes);
    const clean = this.#redactor.bytes(range.bytes);
    // A copy: a view would take the whole slab along.
    const bytes = Uint8Array.from(clean.subarray(offset - from, offset - from + length));
    return { bytes, totalBytes: range.totalBytes, binary: range.binary, available: range.available };
  }

  /** The cut of a preview may run through a secret: its beginning goes as well. */
  #preview(preview: string): string {
    const clean = this.#redactor.text(preview);
    if (preview.length < PREVIEW_CHARACTERS - 2) return clean;
    for (const secret of this.#secrets) {
      for (let length = Math.min(secret.length, clean.length); length >= MIN_BEGINNING; length--) {
        if (clean.endsWith(secret.slice(0, length))) return `${clean.slice(0, -length)}${REDACTED}`;
      }
    }
    return clean;
  }
}
