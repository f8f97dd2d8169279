import { isUtf8 } from 'node:buffer';
import { ProbeError } from '../../core/base/errors.js';
import { plainText } from '../../core/base/plainText.js';
import { separate, TooLongError } from './separate.js';
import type { Talk, TalkInput } from './talk.js';

const MAX_TIMER_MS = 2_147_483_647;

/** Sends what a pipe holds, message by message as the socket takes them, then waits for replies and closes. */
export class PipedInput implements TalkInput {
  readonly #talk: Talk;
  #timer: NodeJS.Timeout | undefined;

  constructor(talk: Talk) {
    this.#talk = talk;
    void this.#run();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#talk.io.stdin.destroy();
  }

  async #run(): Promise<void> {
    const { io, settings } = this.#talk;
    try {
      let count = 0;
      for await (const message of separate(io.stdin, settings.separator)) {
        count += 1;
        if (!(await this.#send(message, count))) return;
      }
      if (this.#talk.isOver || settings.waitMs === Infinity) return;
      const close = () => void this.#talk.closeWhenRead();
      this.#timer = setTimeout(close, Math.min(settings.waitMs, MAX_TIMER_MS));
    } catch (error) {
      // Reading ends with an error when the input is let go of, because all is over.
      if (!this.#talk.isOver) this.#talk.stop(whyNotRead(error));
    }
  }

  /** False when nothing more is to be sent. */
  async #send(bytes: Buffer, count: number): Promise<boolean> {
    const talk = this.#talk;
    const { binary } = talk.settings;
    if (!binary && !isUtf8(bytes)) {
      talk.stop(`message ${count} is not UTF-8 and was not sent; --binary sends any bytes`);
      return false;
    }
    if (!(await talk.whenOpen())) return false;
    try {
      // By way of base64 nothing in it is taken for a variable.
      await talk.session.send({ format: 'base64', content: bytes.toString('base64'), binary });
    } catch (error) {
      if (!(error instanceof ProbeError)) throw error;
      if (!talk.isOver) talk.notSent(`message ${count}: ${error.message}`);
    }
    return !talk.isOver;
  }
}

function whyNotRead(error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return `standard input: ${error instanceof TooLongError ? reason : plainText(reason, 200)}`;
}
