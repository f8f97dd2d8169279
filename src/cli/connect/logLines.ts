import { parseClosePayload } from '../../core/frames/closePayload.js';
import { type Frame, OPCODE } from '../../core/base/frame.js';
import { formatDuration } from '../../core/text/durations.js';
import { opcodeName } from '../../core/text/opcodes.js';
import { incompleteTail } from '../../core/frames/utf8.js';
import type { Direction } from '../../core/base/model.js';
import type { Redactor } from '../../core/redaction/redactor.js';
import { formatBytes } from '../../core/text/sizes.js';
import type { Style } from '../render/style.js';
import { padStart } from '../render/text.js';
import { plural, toAscii } from '../render/words.js';
import { hexRows, visibleText } from '../render/visible.js';
import type { ShownMessage } from './messageParts.js';
import type { Timestamps } from './settings.js';
import { timeText } from './timeText.js';

export interface LogLineOptions {
  readonly write: (text: string) => void;
  readonly redactor: Redactor;
  readonly style: Style;
  readonly timestamps: Timestamps;
  readonly format: (text: string) => string;
}

/** Where a line stands in its log. */
export interface LogPlace {
  readonly atMs: number;
  readonly direction: Direction;
}

/** What is said of a message beside its content. */
export interface MessageFacts extends Pick<Frame, 'opcode' | 'rsv2' | 'rsv3'> {
  readonly label: string | null;
  /** What it was decoded as, as JSON. */
  readonly decoded: string | null;
  /** In brackets behind it. */
  readonly notes?: readonly string[];
}

type ControlFrame = Pick<Frame, 'atMs' | 'direction' | 'opcode' | 'payload'>;

/** Shown of one text; what is left out is counted, and `--json` or a recording has it. */
const SHOWN_TEXT_BYTES = 16 * 1024;
const SHOWN_BINARY_BYTES = 64;
/** Wanted of one message: more than a secret that stands in one piece, so that one at the border is known as one. */
export const SOUGHT_BYTES = SHOWN_TEXT_BYTES + 4096;
const TIME_COLUMNS = 10;
const MAX_PENDING_PINGS = 100;

/** The lines of a log for a person: one a message with its time and direction, control frames dimmed. Safe and redacted. */
export class LogLines {
  readonly #options: LogLineOptions;
  readonly #pings = new Map<string, number>();
  #openMs = 0;
  #startedAtMs = 0;
  #lastMs: number | null = null;

  constructor(options: LogLineOptions) {
    this.#options = options;
  }

  /** Times are told from here on. */
  begin(openMs: number, startedAtMs: number): void {
    this.#openMs = openMs;
    this.#startedAtMs = startedAtMs;
    this.#lastMs = null;
    this.#pings.clear();
  }

  message({ atMs, direction }: LogPlace, message: ShownMessage, facts: MessageFacts): void {
    const notes = facts.notes ?? [];
    const text = this.#decodedText(facts.decoded, notes) ?? this.#messageText(message, facts, notes);
    this.#line(atMs, direction, this.#labelled(facts.label, text), false);
  }

  control(frame: ControlFrame, notes: readonly string[] = []): void {
    this.#line(frame.atMs, frame.direction, this.#noted(this.#controlText(frame), notes), true);
  }

  /** What happened to a connection, with its time. */
  event(atMs: number, text: string, notes: readonly string[] = []): void {
    this.#line(atMs, null, this.#noted(this.#options.redactor.text(visibleText(text)), notes), true);
  }

  /** Beside the messages, without a time. */
  dim(text: string): void {
    this.put(
      this.#options.style.paint(
        'dim',
        `${' '.repeat(TIME_COLUMNS + 1)}${this.#options.style.glyphs.info} ${visibleText(text)}`,
      ),
    );
  }

  /** A line that is safe and painted already. */
  put(line: string): void {
    const { style, write } = this.#options;
    write(`${style.unicode ? line : toAscii(line)}\n`);
  }

  #messageText(
    { bytes, isRaw, isText, payload, frames }: ShownMessage,
    { opcode, rsv2, rsv3 }: MessageFacts,
    said: readonly string[],
  ): string {
    const { format, redactor } = this.#options;
    const notes = [...said, ...(frames > 1 ? [`${frames} frames`] : [])];
    if (rsv2 || rsv3) notes.push('reserved bits set');
    if (isRaw) notes.push('compressed, could not be inflated');
    if (isText) {
      const whole = payload.length < bytes ? payload.subarray(0, payload.length - incompleteTail(payload)) : payload;
      const content = Buffer.from(whole.buffer, whole.byteOffset, whole.byteLength).toString();
      const text = redactor.text(visibleText(payload.length < bytes ? content : format(content)));
      const shown = text.slice(0, SHOWN_TEXT_BYTES).replace(/[\ud800-\udbff]$/, '');
      const isCut = payload.length < bytes || shown.length < text.length;
      const rest = isCut ? [`cut: ${formatBytes(bytes)} in all`] : [];
      return this.#noted(shown, [...notes, ...rest]);
    }
    const kind =
      opcode === OPCODE.binary || opcode === OPCODE.continuation || opcode === OPCODE.text
        ? 'binary'
        : opcodeName(opcode);
    const shown = redactor.bytes(payload).subarray(0, SHOWN_BINARY_BYTES);
    const left = bytes - shown.length;
    const head = this.#noted(`${kind}, ${plural(bytes, 'byte')}`, notes);
    const rows = left > 0 ? [...hexRows(shown), plural(left, 'more byte')] : hexRows(shown);
    return [head, ...rows].join('\n');
  }

  #decodedText(json: string | null, notes: readonly string[]): string | null {
    if (json === null) return null;
    const { format, redactor } = this.#options;
    const text = redactor.text(visibleText(format(json)));
    const shown = text.slice(0, SHOWN_TEXT_BYTES).replace(/[\ud800-\udbff]$/, '');
    return this.#noted(shown, [...notes, 'decoded', ...(shown.length < text.length ? ['cut'] : [])]);
  }

  #labelled(label: string | null, text: string): string {
    if (label === null) return text;
    const { redactor, style } = this.#options;
    return `${style.paint('accent', visibleText(redactor.text(label)))}  ${text}`;
  }

  #noted(text: string, notes: readonly string[]): string {
    return notes.length === 0 ? text : `${text} ${this.#options.style.paint('dim', `[${notes.join(', ')}]`)}`;
  }

  #controlText(frame: ControlFrame): string {
    const { redactor } = this.#options;
    const name = opcodeName(frame.opcode);
    if (frame.opcode === OPCODE.close) {
      const close = parseClosePayload(frame.payload);
      if ('violation' in close) return `close, ${close.violation.message}`;
      const reason = close.reason === '' ? '' : ` "${redactor.text(visibleText(close.reason))}"`;
      return close.code === 1005 ? 'close without a code' : `close ${close.code}${reason}`;
    }
    const bytes = Buffer.from(redactor.bytes(frame.payload)).subarray(0, 125);
    const text = bytes.toString();
    const isText = Buffer.from(text).equals(bytes);
    const shown =
      bytes.length === 0 ? '' : isText ? ` "${redactor.text(visibleText(text))}"` : ` ${bytes.toString('hex')}`;
    return `${name}${shown}${this.#roundTrip(frame)}`;
  }

  #roundTrip({ atMs, direction, opcode, payload }: ControlFrame): string {
    const key = Buffer.from(payload).toString('latin1');
    if (opcode === OPCODE.ping && direction === 'sent') {
      if (this.#pings.size >= MAX_PENDING_PINGS) this.#pings.clear();
      this.#pings.set(key, atMs);
    }
    const sentMs = opcode === OPCODE.pong && direction === 'received' ? this.#pings.get(key) : undefined;
    if (sentMs === undefined) return '';
    this.#pings.delete(key);
    return `  ${formatDuration(atMs - sentMs)}`;
  }

  #line(atMs: number, direction: Direction | null, text: string, isControl: boolean): void {
    const { style, timestamps } = this.#options;
    const time = timeText(timestamps, {
      atMs,
      openMs: this.#openMs,
      lastMs: this.#lastMs,
      startedAtMs: this.#startedAtMs,
    });
    this.#lastMs = atMs;
    const column = padStart(time, TIME_COLUMNS);
    const indent = ' '.repeat(column.length + 3);
    const arrow = style.glyphs[direction ?? 'info'];
    // The peer's own line breaks never reach the left edge, where our lines begin.
    const body = text.replaceAll('\n', `\n${indent}`);
    if (isControl) this.put(style.paint('dim', `${column} ${arrow} ${body}`));
    else
      this.put(`${style.paint('dim', column)} ${style.paint(direction === 'sent' ? 'accent' : 'good', arrow)} ${body}`);
  }
}
