import { ownFrame } from '../../core/frames/borrowedFrame.js';
import { type Frame, OPCODE } from '../../core/base/frame.js';
import { FrameRedaction } from '../../core/record/frameRedaction.js';
import type { SessionEvent } from '../../core/base/sessionEvent.js';
import { MAX_PAYLOAD_BYTES } from '../../core/record/limits.js';
import { payloadJson } from '../../core/record/payloadJson.js';
import type { Redactor } from '../../core/redaction/redactor.js';
import { renderSessionEvent } from '../../core/text/sessionEventText.js';
import { escapeJson, plainJson } from '../render/plainReport.js';
import type { FrameEntry } from './frameFeed.js';
import { type ConnectView, type Ending, type NextAttempt, type Opening, repeatsState } from './view.js';

/** One JSON object a line, frames as in a recording; times are milliseconds since the session began. */
export class JsonView implements ConnectView {
  readonly takes = 'frames';
  readonly #write: (line: string) => void;
  readonly #redactor: Redactor;
  readonly #frames: FrameRedaction<FrameEntry | string>;
  readonly #showControl: boolean;

  constructor(write: (line: string) => void, redactor: Redactor, options: { readonly showControl: boolean }) {
    this.#write = write;
    this.#redactor = redactor;
    this.#frames = new FrameRedaction({
      redactor,
      keepBytes: MAX_PAYLOAD_BYTES,
      own: (item) => (typeof item === 'string' ? item : ownEntry(item)),
      emit: (item, payload) => this.#write(typeof item === 'string' ? item : this.#frameText(item, payload)),
    });
    this.#showControl = options.showControl;
  }

  opened({ connection, openMs, report }: Opening): void {
    const { url, subprotocol, compression, durationMs } = report;
    const way = { httpVersion: report.response?.httpVersion ?? '1.1', proxy: report.proxy?.url ?? null };
    this.#put({ type: 'open', connection, atMs: openMs, url, ...way, subprotocol, compression, durationMs });
  }

  frame(entry: FrameEntry): void {
    const { connection, frame, inflated } = entry;
    if (this.#showControl || frame.opcode < OPCODE.close) this.#frames.frame(connection, frame, inflated, entry);
  }

  #frameText(entry: FrameEntry, payload: Uint8Array): string {
    const { connection, index, frame, isText, compressed, inflated, label, decoded } = entry;
    const truncated = frame.truncated || payload.length < frame.payload.length;
    const content = payloadJson(payload, isText && !compressed, truncated);
    const whole = inflated === null ? '' : `,"inflated":${this.#frames.inflatedJson(inflated)}`;
    const numbers = `"connection":${connection},"index":${index},"atMs":${thousandths(frame.atMs)}`;
    const named = label === null ? '' : `,"label":${JSON.stringify(this.#redactor.text(label))}`;
    const read = decoded === null ? '' : `,"decoded":${this.#redactedJson(decoded)}`;
    // Put together by hand, like the lines of a recording: a flood is written four times as fast.
    return escapeJson(
      `{"type":"frame",${numbers},${factsOf(frame)},${content},"truncated":${truncated}${whole}${named}${read}}`,
    );
  }

  /** Every digit stays where there is nothing to hide. */
  #redactedJson(json: string): string {
    return this.#redactor.isEmpty ? json : JSON.stringify(this.#redactor.deep(JSON.parse(json)));
  }

  message(): void {}

  event(event: SessionEvent, atMs: number, connection: number): void {
    if (repeatsState(event)) return;
    this.#put({ type: 'event', connection, atMs, text: renderSessionEvent(event) });
  }

  reconnecting({ atMs, attempt, maxAttempts, delayMs }: NextAttempt): void {
    this.#put({ type: 'reconnecting', atMs, attempt, maxAttempts, delayMs });
  }

  failed({ connection, atMs, report }: Ending): void {
    this.#frames.over(connection);
    const { error, findings } = report;
    this.#put({ type: 'failed', connection, atMs, error, findings: findings.map(({ id, title }) => ({ id, title })) });
  }

  closed({ connection, atMs, report }: Ending): void {
    this.#frames.over(connection);
    const { close, findings } = report;
    this.#put({ type: 'close', connection, atMs, close, findings: findings.map(({ id, title }) => ({ id, title })) });
  }

  lost(lines: number, atMs: number): void {
    this.#put({ type: 'lost', atMs, frames: lines, reason: 'Nobody read standard output.' });
  }

  #put(record: Readonly<Record<string, unknown>> & { readonly atMs: number }): void {
    this.#frames.between(plainJson(this.#redactor.deep({ ...record, atMs: thousandths(record.atMs) }), 0));
  }
}

function ownEntry({ inflated, ...entry }: FrameEntry): FrameEntry {
  const content = inflated && { ...inflated, payload: Uint8Array.from(inflated.payload) };
  return { ...entry, frame: ownFrame(entry.frame), inflated: content };
}

function factsOf({ direction, opcode, fin, rsv1, rsv2, rsv3, masked, headerBytes, payloadBytes }: Frame): string {
  const bits = `"fin":${fin},"rsv1":${rsv1},"rsv2":${rsv2},"rsv3":${rsv3},"masked":${masked}`;
  const sizes = `"wireBytes":${headerBytes + payloadBytes},"payloadBytes":${payloadBytes}`;
  return `"direction":"${direction}","opcode":${opcode},${bits},${sizes}`;
}

function thousandths(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
