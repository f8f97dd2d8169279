import { OPCODE } from '../../core/base/frame.js';
import type { SessionEvent } from '../../core/base/sessionEvent.js';
import { renderSessionEvent } from '../../core/text/sessionEventText.js';
import { plural } from '../render/words.js';
import { closingText, endedWell, failureText, openingText, reconnectingText } from './endingText.js';
import type { FrameEntry } from './frameFeed.js';
import { type LogLineOptions, LogLines, SOUGHT_BYTES } from './logLines.js';
import { MessageParts } from './messageParts.js';
import { type ConnectView, type Ending, type NextAttempt, type Opening, repeatsState } from './view.js';

export interface TranscriptOptions extends LogLineOptions {
  readonly showControl: boolean;
  readonly closedByUs: () => boolean;
}

/** What the conversation tells by itself: a pause that a person asked for, an attempt that failed. */
const IS_SHOWN_OTHERWISE: ReadonlySet<SessionEvent['kind']> = new Set([
  'connecting',
  'connect-failed',
  'paused',
  'resumed',
] satisfies SessionEvent['kind'][]);

/** A conversation for a person: a line a message with its time and direction, control frames dimmed. */
export class Transcript implements ConnectView {
  readonly takes = 'frames';
  readonly #options: TranscriptOptions;
  readonly #messages = new MessageParts(SOUGHT_BYTES);
  readonly #lines: LogLines;

  constructor(options: TranscriptOptions) {
    this.#options = options;
    this.#lines = new LogLines(options);
  }

  opened({ openMs, report, startedAtMs }: Opening): void {
    this.#lines.begin(openMs, startedAtMs);
    this.#lines.put(openingText(report, this.#options.style));
  }

  frame(entry: FrameEntry): void {
    const { frame } = entry;
    if (frame.opcode >= OPCODE.close) {
      if (this.#options.showControl) this.#lines.control(frame);
      return;
    }
    const message = this.#messages.add(entry);
    if (message === null) return;
    const { opcode, rsv2, rsv3 } = frame;
    this.#lines.message(frame, message, { opcode, rsv2, rsv3, label: entry.label, decoded: entry.decoded });
  }

  message(): void {}

  event(event: SessionEvent): void {
    if (!repeatsState(event) && !IS_SHOWN_OTHERWISE.has(event.kind)) this.#lines.dim(renderSessionEvent(event));
  }

  reconnecting(next: NextAttempt): void {
    this.#lines.dim(reconnectingText(next));
  }

  failed({ report }: Ending): void {
    this.#lines.put(failureText(report, this.#options.style));
  }

  closed({ report }: Ending): void {
    const { closedByUs, style } = this.#options;
    this.#lines.put(closingText(report, endedWell(report, closedByUs()), style));
  }

  lost(lines: number): void {
    this.#lines.dim(`${plural(lines, 'line')} left out: nobody read standard output.`);
  }
}
