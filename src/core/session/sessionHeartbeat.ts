import type { Clock } from '../base/clock.js';
import type { Payload, SessionOptions } from '../base/plan.js';
import { Heartbeat } from '../run/heartbeat.js';
import type { SessionSnapshot } from './snapshot.js';

export interface SessionHeartbeatOptions {
  readonly clock: Clock;
  /** Bytes that the peer has not taken yet. */
  readonly bufferedBytes: () => number;
  readonly ping: () => void;
  readonly send: (payload: Payload) => void;
}

/** The heartbeat of a session over its connections, by the profile's `session.heartbeat`. */
export class SessionHeartbeat {
  readonly #policy: SessionOptions['heartbeat'];
  readonly #options: SessionHeartbeatOptions;
  #beating: Heartbeat | null = null;
  #missedBy: 'ping' | 'message' | null = null;

  constructor(policy: SessionOptions['heartbeat'], options: SessionHeartbeatOptions) {
    this.#policy = policy;
    this.#options = options;
  }

  get timeoutMs(): number | null {
    return this.#policy?.timeoutMs ?? null;
  }

  /** What went unanswered on the present connection. */
  get missedBy(): 'ping' | 'message' | null {
    return this.#missedBy;
  }

  connectionBegan(): void {
    this.#missedBy = null;
  }

  /** The connection is open. `onMissed` is told once of a beat that was not answered in time. */
  start(onMissed: () => void): void {
    const policy = this.#policy;
    if (!policy) return;
    const { clock, bufferedBytes } = this.#options;
    this.#beating = new Heartbeat({
      everyMs: policy.everyMs,
      timeoutMs: policy.timeoutMs,
      clock,
      bufferedBytes,
      beat: () => this.#beat(policy.send),
      onMissed: () => {
        this.#missedBy = policy.send === 'ping' ? 'ping' : 'message';
        onMissed();
      },
    });
  }

  stop(): void {
    this.#beating?.stop();
  }

  connectionEnded(): void {
    this.stop();
    this.#beating = null;
  }

  /** A message of the peer answers a message. */
  onMessage(): void {
    if (this.#beating && this.#policy?.send !== 'ping') this.#beating.answered();
  }

  /** A pong to a ping of ours answers a ping. */
  onPong(): void {
    if (this.#policy?.send === 'ping') this.#beating?.answered();
  }

  snapshot(): SessionSnapshot['heartbeat'] {
    if (!this.#policy) return null;
    const { everyMs, timeoutMs } = this.#policy;
    const answered = this.#beating?.count ?? 0;
    return { everyMs, timeoutMs, answered, missed: this.#beating?.missed ?? (this.#missedBy ? 1 : 0) };
  }

  #beat(send: Payload): void {
    if (send === 'ping') this.#options.ping();
    else this.#options.send(send);
  }
}
