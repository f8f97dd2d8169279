import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Failure } from '../../../src/core/base/evidence.js';
import type { EncodedPayload } from '../../../src/core/payload/encodePayload.js';
import type { ConversationOptions } from '../../../src/core/steps/conversationOptions.js';
import { Inbox } from '../../../src/core/steps/inbox.js';
import type { Talker } from '../../../src/core/steps/talker.js';
import { success } from '../../../src/core/transport/outcome.js';

interface Event {
  readonly atMs: number;
  readonly run: () => void;
}

/** Time that passes only when everything waits. */
export class VirtualTime {
  nowMs = 0.5;
  #events: Event[] = [];
  readonly #real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };

  at(atMs: number, run: () => void): Event {
    const event = { atMs, run };
    this.#events.push(event);
    return event;
  }

  /** Runs something in this time: its timers are ours until it has ended. */
  async through<T>(work: Promise<T>): Promise<T> {
    const state = { isOver: false };
    const done = work.finally(() => {
      state.isOver = true;
    });
    while (!state.isOver) {
      await nextTurn();
      await nextTurn();
      const next = this.#events.toSorted((a, b) => a.atMs - b.atMs)[0];
      if (state.isOver || !next) continue;
      this.#events = this.#events.filter((event) => event !== next);
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.run();
    }
    return done;
  }

  install(): void {
    const fake = (run: () => void, ms: number) => this.at(this.nowMs + ms, run);
    const clear = (event: Event) => {
      this.#events = this.#events.filter((each) => each !== event);
    };
    Object.assign(globalThis, { setTimeout: fake, clearTimeout: clear });
  }

  restore(): void {
    Object.assign(globalThis, this.#real);
  }
}

/** A peer that says its texts at their times, in virtual time. */
export class ScriptedTalker implements Talker {
  readonly inbox = new Inbox();
  readonly sent: EncodedPayload[] = [];
  readonly time: VirtualTime;
  closeReceived: Talker['closeReceived'] = null;

  constructor(said: readonly { readonly text: string; readonly atMs: number }[], time = new VirtualTime()) {
    this.time = time;
    for (const { text, atMs } of said) {
      const push = () => this.inbox.push({ binary: false, bytes: Buffer.from(text), atMs });
      if (atMs <= time.nowMs) push();
      else time.at(atMs, push);
    }
  }

  get ended(): Failure | null {
    return this.inbox.ended;
  }

  options(more: Partial<ConversationOptions> = {}): ConversationOptions {
    return {
      clock: () => this.time.nowMs,
      connect: () => Promise.resolve(success(this)),
      baseDir: null,
      schemas: new Map(),
      ...more,
    };
  }

  send(payload: EncodedPayload) {
    this.sent.push(payload);
    return success(null);
  }

  ping() {
    return Promise.resolve(success(null));
  }

  close() {
    return Promise.resolve(success(null));
  }

  untilEnd() {
    return Promise.resolve(this.ended);
  }

  decode() {
    return Promise.resolve(null);
  }

  latestFrames() {
    return [];
  }
}
