import { OPCODE } from '../../core/frames/frame.js';
import { toFrameRecord } from '../../core/frames/frameRecord.js';
import type { InflatedMessage } from '../../core/model.js';
import { FramePayloads } from '../../core/record/framePayloads.js';
import { MAX_PAYLOAD_BYTES } from '../../core/record/limits.js';
import type { Redactor } from '../../core/redaction.js';
import { plainJson } from '../render/plainReport.js';
import type { FrameEntry } from './frameFeed.js';
import { type ConnectView, type Ending, type NextAttempt, type Opening, repeatsState } from './view.js';

/** One JSON object a line, frames as in a recording; times are milliseconds since the session began. */
export class JsonView implements ConnectView {
  readonly takes = 'frames';
  readonly #write: (line: string) => void;
  readonly #redactor: Redactor;
  readonly #payloads: FramePayloads;
  readonly #showControl: boolean;

  constructor(write: (line: string) => void, redactor: Redactor, options: { readonly showControl: boolean }) {
    this.#write = write;
    this.#redactor = redactor;
    this.#payloads = new FramePayloads(redactor, MAX_PAYLOAD_BYTES);
    this.#showControl = options.showControl;
  }

  opened({ connection, openMs, report }: Opening): void {
    const { url, subprotocol, compression, durationMs } = report;
    this.#put({ type: 'open', connection, atMs: openMs, url, subprotocol, compression, durationMs });
  }

  frame({ connection, index, frame, isText, compressed, inflated }: FrameEntry): void {
    if (!this.#showControl && frame.opcode >= OPCODE.close) return;
    const payload = this.#payloads.payloadOf(connection, frame, inflated);
    const truncated = frame.truncated || payload.length < frame.payload.length;
    const atMs = thousandths(frame.atMs);
    const record = toFrameRecord({ ...frame, atMs, payload, truncated }, index, isText && !compressed);
    const whole = inflated && (JSON.parse(this.#payloads.inflatedJson(inflated)) as InflatedMessage);
    this.#write(plainJson({ type: 'frame', connection, ...record, ...(whole && { inflated: whole }) }, 0));
  }

  message(): void {}

  event(text: string, atMs: number, connection: number): void {
    if (!repeatsState(text)) this.#put({ type: 'event', connection, atMs, text });
  }

  reconnecting({ atMs, attempt, maxAttempts, delayMs }: NextAttempt): void {
    this.#put({ type: 'reconnecting', atMs, attempt, maxAttempts, delayMs });
  }

  failed({ connection, atMs, report }: Ending): void {
    const { error, findings } = report;
    this.#put({ type: 'failed', connection, atMs, error, findings: findings.map(({ id, title }) => ({ id, title })) });
  }

  closed({ connection, atMs, report }: Ending): void {
    this.#payloads.forget(connection);
    const { close, findings } = report;
    this.#put({ type: 'close', connection, atMs, close, findings: findings.map(({ id, title }) => ({ id, title })) });
  }

  lost(lines: number, atMs: number): void {
    this.#put({ type: 'lost', atMs, frames: lines, reason: 'Nobody read standard output.' });
  }

  #put(record: Readonly<Record<string, unknown>> & { readonly atMs: number }): void {
    this.#write(plainJson(this.#redactor.deep({ ...record, atMs: thousandths(record.atMs) }), 0));
  }
}

function thousandths(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
