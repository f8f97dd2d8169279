import { isUtf8 } from 'node:buffer';
import { ProbeError } from '../../core/base/errors.js';
import { plainText } from '../../core/base/plainText.js';
import type { Conversation } from './conversation.js';
import { separate, TooLongError } from './separate.js';

const MAX_TIMER_MS = 2_147_483_647;

/** Sends what a pipe holds, message by message as the socket takes them, then waits for replies and closes. */
export class PipedInput {
  readonly #conversation: Conversation;
  #timer: NodeJS.Timeout | undefined;

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
    void this.#run();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#conversation.io.stdin.destroy();
  }

  async #run(): Promise<void> {
    const { io, settings } = this.#conversation;
    try {
      let count = 0;
      for await (const message of separate(io.stdin, settings.separator)) {
        count += 1;
        if (!(await this.#send(message, count))) return;
      }
      if (this.#conversation.isOver || settings.waitMs === Infinity) return;
      const close = () => void this.#conversation.closeWhenRead();
      this.#timer = setTimeout(close, Math.min(settings.waitMs, MAX_TIMER_MS));
    } catch (error) {
      // Reading ends with an error when the input is let go of, because all is over.
      if (!this.#conversation.isOver) this.#conversation.stop(whyNotRead(error));
    }
  }

  /** False when nothing more is to be sent. */
  async #send(bytes: Buffer, count: number): Promise<boolean> {
    const conversation = this.#conversation;
    const { binary } = conversation.settings;
    if (!binary && !isUtf8(bytes)) {
      conversation.stop(`message ${count} is not UTF-8 and was not sent; --binary sends any bytes`);
      return false;
    }
    if (!(await conversation.whenOpen())) return false;
    try {
      // By way of base64 nothing in it is taken for a variable.
      await conversation.session.send({ format: 'base64', content: bytes.toString('base64'), binary });
    } catch (error) {
      if (!(error instanceof ProbeError)) throw error;
      if (!conversation.isOver) conversation.notSent(`message ${count}: ${error.message}`);
    }
    return !conversation.isOver;
  }
}

function whyNotRead(error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return `standard input: ${error instanceof TooLongError ? reason : plainText(reason, 200)}`;
}
