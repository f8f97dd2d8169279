import { type Given, sendGiven } from './givenInput.js';
import type { Talk, TalkInput } from './talk.js';

const MAX_TIMER_MS = 2_147_483_647;

/** Sends what the options name and a pipe holds, message by message as the socket takes them, then waits for replies and closes. */
export class PipedInput implements TalkInput {
  readonly #talk: Talk;
  #timer: NodeJS.Timeout | undefined;

  constructor(talk: Talk, given: Given) {
    this.#talk = talk;
    void this.#run(given);
  }

  end(): void {
    clearTimeout(this.#timer);
    if (this.#talk.settings.readsStdin) this.#talk.io.stdin.destroy();
  }

  async #run(given: Given): Promise<void> {
    const talk = this.#talk;
    const { waitMs } = talk.settings;
    if (!(await sendGiven(talk, given)) || waitMs === Infinity) return;
    this.#timer = setTimeout(() => void talk.closeWhenRead(), Math.min(waitMs, MAX_TIMER_MS));
  }
}
