import { type Frame, OPCODE } from '../../core/base/frame.js';
import { FramePayloads } from '../../core/record/framePayloads.js';
import { MAX_PAYLOAD_BYTES } from '../../core/record/limits.js';
import { payloadJson } from '../../core/record/payloadJson.js';
import type { Redactor } from '../../core/redaction/redactor.js';
import { escapeJson, plainJson } from '../render/plainReport.js';
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
    const way = { httpVersion: report.response?.httpVersion ?? '1.1', proxy: report.proxy?.url ?? null };
    this.#put({ type: 'open', connection, atMs: openMs, url, ...way, subprotocol, compression, durationMs });
  }

  frame({ connection, index, frame, isText, compressed, inflated }: FrameEntry): void {
    if (!this.#showControl && frame.opcode >= OPCODE.close) return;
    const payload = this.#payloads.payloadOf(connection, frame, inflated);
    const truncated = frame.truncated || payload.length < frame.payload.length;
    const content = payloadJson(payload, isText && !compressed, truncated);
    const whole = inflated === null ? '' : `,"inflated":${this.#payloads.inflatedJson(inflated)}`;
    const numbers = `"connection":${connection},"index":${index},"atMs":${thousandths(frame.atMs)}`;
    // Put together by hand, like the lines of a recording: a flood is written four times as fast.
    this.#write(
      escapeJson(`{"type":"frame",${numbers},${factsOf(frame)},${content},"truncated":${truncated}${whole}}`),
    );
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

function factsOf({ direction, opcode, fin, rsv1, rsv2, rsv3, masked, headerBytes, payloadBytes }: Frame): string {
  const bits = `"fin":${fin},"rsv1":${rsv1},"rsv2":${rsv2},"rsv3":${rsv3},"masked":${masked}`;
  const sizes = `"wireBytes":${headerBytes + payloadBytes},"payloadBytes":${payloadBytes}`;
  return `"direction":"${direction}","opcode":${opcode},${bits},${sizes}`;
}

function thousandths(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
