import type { Redactor } from '../../core/redaction/redactor.js';
import type { Style } from '../render/style.js';
import { visibleText } from '../render/visible.js';
import { closingText, endedWell, failureText, openingText, reconnectingText } from './endingText.js';
import type { ConnectView, Ending, NextAttempt, Opening } from './view.js';

export interface PlainOptions {
  readonly write: (text: string) => void;
  readonly notice: (line: string) => void;
  readonly redactor: Redactor;
  /** Of the notices. */
  readonly style: Style;
  readonly separator: '\n' | '\0';
  readonly format: (text: string) => string;
  readonly closedByUs: () => boolean;
}

/** For a pipe: the messages received and nothing else, whole, binary ones as hex; all the rest is told on standard error. */
export class PlainView implements ConnectView {
  readonly takes = 'messages';
  readonly #options: PlainOptions;

  constructor(options: PlainOptions) {
    this.#options = options;
  }

  opened({ report }: Opening): void {
    this.#options.notice(openingText(report, this.#options.style));
  }

  frame(): void {}

  message(binary: boolean, bytes: Uint8Array): void {
    const { format, redactor, separator, write } = this.#options;
    const buffer = (data: Uint8Array) => Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    if (binary) write(buffer(redactor.bytes(bytes)).toString('hex') + separator);
    else write(redactor.text(visibleText(format(buffer(bytes).toString()))) + separator);
  }

  event(): void {}

  reconnecting(next: NextAttempt): void {
    this.#options.notice(reconnectingText(next));
  }

  failed({ report }: Ending): void {
    this.#options.notice(failureText(report, this.#options.style));
  }

  closed({ report }: Ending): void {
    const { closedByUs, notice, style } = this.#options;
    notice(closingText(report, endedWell(report, closedByUs()), style));
  }

  lost(lines: number): void {
    this.#options.notice(`${lines} messages were left out: nobody read standard output.`);
  }
}
