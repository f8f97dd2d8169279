import type { Failure, SessionEvidence } from '../base/evidence.js';
import type { Frame } from '../base/frame.js';
import { type Clock, toThousandths } from '../base/clock.js';
import type { BorrowedFrame } from '../frames/borrowedFrame.js';
import type { ProbePlan } from '../base/plan.js';
import { isSameOrigin } from '../profile/otherOrigin.js';
import { Redactor } from '../redaction/redactor.js';
import type { ConnectionListener, ConnectionRun } from '../run/connectionRun.js';
import type { HeardMessage } from '../run/heardMessage.js';
import { endedWell, isAnswered } from '../run/endedWell.js';
import type { Told } from '../run/run.js';
import type { Connection } from '../transport/connection.js';
import type { WebSocket } from '../transport/webSocket.js';

/** Times are the session's: frames of all its connections stand on one axis. */
export interface LinkListener {
  /** Every frame, both directions; its payload is borrowed. */
  onFrame(frame: Frame): void;
  /** The frames of a chunk are through. */
  onChunk(): void;
  /** A whole message; it is lent. */
  onMessage(message: HeardMessage, atMs: number): void;
  onPing(socket: WebSocket, payload: Buffer): void;
  onPong(payload: Uint8Array, atMs: number): void;
  /** The link is over, for whatever reason; told once, and only after it was open. */
  onEnd(): void;
}

export interface LinkOptions {
  /** The session's own clock; a connection's begins anew with each run. */
  readonly clock: Clock;
  /** The plan asked first: a redirect may have led away from it. */
  readonly asked: Pick<ProbePlan, 'url' | 'secrets'>;
  readonly listener: LinkListener;
}

/** One connection of a session: a run's connection that a person talks through. */
export class SessionLink implements ConnectionListener {
  readonly #run: ConnectionRun;
  readonly #listener: LinkListener;
  readonly #elsewhere: boolean;
  /** What the session's clock said when the run's said 0. */
  readonly #offsetMs: number;
  /** The latest time of a frame, and what it is on the session's clock: the frames of a chunk share it. */
  #frameMs = -1;
  #frameSessionMs = 0;
  #readyMs = 0;
  failure: Failure | null = null;
  session: SessionEvidence | null = null;
  /** What the plan of a redirect knows to be secret, and what the session has come to know. */
  readonly #redactors: readonly Redactor[];

  constructor(run: ConnectionRun, { asked, clock, listener }: LinkOptions) {
    this.#run = run;
    this.#listener = listener;
    this.#elsewhere = !isSameOrigin(new URL(asked.url), new URL(run.plan.url));
    this.#redactors = [asked, run.plan].map(({ secrets }) => new Redactor(secrets));
    this.#offsetMs = clock() - run.clock();
  }

  get connection(): Connection {
    return this.#run.connection;
  }

  /** Null until the connection is open. */
  get socket(): WebSocket | null {
    return this.#run.socket;
  }

  /** On the session's clock; null while the connection lives. */
  get endedMs(): number | null {
    const { endedMs } = this.#run;
    return endedMs === null ? null : this.#sessionMs(endedMs);
  }

  get closeReceived(): ConnectionRun['watch']['closeReceived'] {
    return this.#run.watch.closeReceived;
  }

  /** What ended the conversation; null while nothing has. */
  get ended(): Failure | null {
    return this.#run.ended ?? this.failure;
  }

  get openForMs(): number {
    const { openMs, endedMs } = this.#run;
    return openMs === null || endedMs === null ? 0 : endedMs - openMs;
  }

  /** As the connection stands; a live one has no close yet. */
  get told(): Told {
    const isLive = this.#run.endedMs === null && this.socket !== null;
    const { session } = this;
    return {
      failure: endedWell(this.#run, this.failure) ? null : this.failure,
      talk: null,
      heldMs: null,
      readyMs: this.#readyMs,
      ping: null,
      isLive,
      session,
    };
  }

  /** The way to an open connection is over: `failure` is why there is none. */
  arrived(failure: Failure | null): void {
    this.#readyMs = this.#run.clock();
    if (failure) this.failure = failure;
  }

  /** Whether a message must not go to this peer: a redirect led to another origin, and the message holds a secret of the profile. */
  withholds(bytes: Uint8Array): boolean {
    return this.#elsewhere && this.#redactors.some((redactor) => redactor.bytes(bytes) !== bytes);
  }

  onFrame(frame: Frame): void {
    const { atMs } = frame;
    if (atMs !== this.#frameMs) {
      this.#frameMs = atMs;
      this.#frameSessionMs = this.#sessionMs(atMs);
    }
    // Frames of a logged connection are lent: for as long as the session looks at one, its time is the session's.
    const lent = frame as BorrowedFrame;
    lent.atMs = this.#frameSessionMs;
    this.#listener.onFrame(lent);
    lent.atMs = atMs;
  }

  onChunk(): void {
    this.#listener.onChunk();
  }

  onMessage(message: HeardMessage): void {
    this.#listener.onMessage(message, message.atMs + this.#offsetMs);
  }

  onPing(socket: WebSocket, payload: Buffer): void {
    this.#listener.onPing(socket, payload);
  }

  onPong(payload: Uint8Array, atMs: number): void {
    this.#listener.onPong(payload, this.#sessionMs(atMs));
  }

  /** Its own Close is no failure, nor is what answers it. */
  onEnd(failure: Failure): void {
    if (isAnswered(this.#run, failure)) return;
    if (failure.kind === 'protocol') this.failure = failure;
    else this.failure ??= failure;
  }

  onClosed(): void {
    this.#listener.onEnd();
  }

  #sessionMs(runMs: number): number {
    return toThousandths(runMs + this.#offsetMs);
  }
}
