import type { Style } from '../render/style.js';
import { closingText, endedWell, failureText, openingText, reconnectingText } from './endingText.js';
import type { ConnectView, Ending, NextAttempt, Opening } from './view.js';

export interface PlainOptions {
  readonly write: (bytes: Uint8Array) => void;
  readonly notice: (line: string) => void;
  /** Of the notices. */
  readonly style: Style;
  /** Behind each message. */
  readonly ending: string;
  /** What a person asked to be made of text messages; null leaves every byte as it came. */
  readonly format: ((text: string) => string) | null;
  readonly closedByUs: () => boolean;
}

/**
 * For a pipe: the bytes of each message received and a separator, nothing else and nothing altered or hidden, for the reader
 * is a program; all the rest is told on standard error.
 */
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
    const { ending, format, write } = this.#options;
    const payload = format === null || binary ? bytes : Buffer.from(format(Buffer.from(bytes).toString()));
    // Borrowed until now.
    write(Buffer.concat([payload, Buffer.from(ending)]));
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
