import type { Failure } from '../base/evidence.js';
import type { ExperimentRun, Numbers } from '../base/experiment.js';
import { looksDecoded, matchesOfPlan } from '../base/matches.js';
import type { CloseInfo, ResponseInfo } from '../base/model.js';
import { readerOf } from '../payload/decoders/decodingReader.js';
import { encodePayload } from '../payload/encodePayload.js';
import type { MatchContext } from '../payload/match.js';
import { ScriptTalker } from '../probe/scriptTalker.js';
import { closeGracefully, describeClose } from '../run/closing.js';
import type { HeardMessage } from '../run/heardMessage.js';
import type { ConnectionListener, ConnectionRun } from '../run/connectionRun.js';
import { converse } from '../steps/conversation.js';
import { Decoding } from '../steps/decoding.js';
import { answerPing } from '../transport/answerPing.js';
import { success } from '../transport/outcome.js';
import type { WebSocket } from '../transport/webSocket.js';

export interface HeldMessage {
  readonly binary: boolean;
  /** Borrowed: who keeps it copies it. */
  readonly bytes: Uint8Array;
  readonly atMs: number;
}

/** What an experiment hears of a connection, from its opening on. */
export interface HeldListener {
  onMessage?(message: HeldMessage, held: Held): void;
  onPing?(atMs: number, held: Held): void;
  /** False: the peer's pings stay unanswered. Default: what the profile says. */
  readonly answersPings?: boolean;
}

export interface HeldOptions {
  readonly askedUrl: string;
  readonly signal: AbortSignal;
  readonly schemas: NonNullable<MatchContext['schemas']>;
  readonly listener: HeldListener;
}

const MAX_PINGS = 1_000;
const PING_PREFIX = 'wsprobe.lab.';

/** One connection of an experiment, held for as long as the experiment wants. Times are the experiment's own. */
export class Held implements ConnectionListener {
  readonly number: number;
  readonly startMs: number;
  readonly #run: ConnectionRun;
  readonly #options: HeldOptions;
  readonly #talker: ScriptTalker;
  readonly #decoding: Decoding;
  #isGreeting = true;
  /** Why it is not open; null where it is, or was. */
  failure: Failure | null = null;
  /** What ended it, ours aside; null while nothing has. */
  ended: Failure | null = null;
  /** When the latest frame came, or a message went; Close frames aside. */
  lastTrafficMs = 0;
  /** The longest time without a frame in either direction that it has outlived. */
  outlivedMs = 0;
  /** When the peer's first pings came. */
  readonly pingsMs: number[] = [];
  messages = 0;
  #pings = 0;
  readonly #awaited = new Map<string, (atMs: number | null) => void>();
  #closeFailure: Failure | null = null;
  #settleEnd: () => void = () => {};
  /** Settles when the peer or the network has ended it, or it was closed. */
  readonly over: Promise<void>;

  constructor(number: number, run: ConnectionRun, options: HeldOptions) {
    this.number = number;
    this.startMs = run.clock();
    this.#run = run;
    this.#options = options;
    const { plan } = run;
    const isRead = looksDecoded(matchesOfPlan(plan));
    this.#decoding = new Decoding(() => (isRead ? readerOf(plan, run.dialectJudge.reader) : null), isRead);
    this.#talker = new ScriptTalker(run, options.signal, options.askedUrl, this.#decoding, () => this.#closed());
    this.over = new Promise((resolve) => {
      this.#settleEnd = resolve;
    });
  }

  get isOpen(): boolean {
    return this.#run.openMs !== null && this.endMs === null;
  }

  get openMs(): number | null {
    return this.#run.openMs;
  }

  get endMs(): number | null {
    return this.#run.endedMs;
  }

  /** How long it stood, until now where it still stands. */
  get heldMs(): number {
    return this.openMs === null ? 0 : (this.endMs ?? this.#run.clock()) - this.openMs;
  }

  /** From the last frame in either direction to the end, or to now. */
  get silentMs(): number {
    return Math.max(0, (this.endMs ?? this.#run.clock()) - this.lastTrafficMs);
  }

  get response(): ResponseInfo | null {
    const { response, body } = this.#run.connection.handshake.record;
    return response && { ...response, body: body ?? { text: '', bytes: 0, truncated: false } };
  }

  /** From the first byte of the way there to the 101. */
  get openingMs(): number | null {
    return this.openMs === null ? null : this.openMs - this.startMs;
  }

  get socket(): WebSocket | null {
    return this.#run.socket;
  }

  get dialect(): string | null {
    return this.#run.dialectJudge.name;
  }

  get bytesReceived(): number {
    return this.#run.connection.tap?.bytesReceived ?? 0;
  }

  /** Null while it stands, and where it never opened. */
  get close(): CloseInfo | null {
    const { connection, watch } = this.#run;
    if (this.openMs === null || this.endMs === null) return null;
    const timedOut = this.#closeFailure?.kind === 'timeout';
    return describeClose(
      watch,
      {
        endedBy: connection.tap?.endedBy ?? null,
        openForMs: this.heldMs,
        http2: connection.http2,
        brokeTls: connection.tap?.brokeTls ?? false,
      },
      timedOut,
    );
  }

  /** The connection is open: says what the profile says first, its message and its steps. */
  async greet(): Promise<void> {
    const { plan, clock } = this.#run;
    this.#traffic(Math.max(this.lastTrafficMs, this.openMs ?? 0));
    const { message, steps = [], baseDir, variables } = plan;
    if (message?.send !== undefined) await this.send(message.send);
    if (steps.length > 0) {
      const { schemas, signal } = this.#options;
      const connect = async () => success(this.#talker);
      const { failed } = await converse(steps, { clock, signal, connect, baseDir, variables, schemas });
      if (failed) this.failure = stepFailure(failed.row.name, failed.row.error, failed.cause);
    }
    this.#isGreeting = false;
  }

  /** Sends a message; why it could not be sent, or null. */
  async send(payload: Parameters<typeof encodePayload>[0]): Promise<Failure | null> {
    const { baseDir, variables, timeouts } = this.#run.plan;
    const encoded = await encodePayload(payload, { baseDir, variables });
    const sent = await this.#talker.send(encoded, this.#run.clock() + timeouts.messageMs);
    this.#traffic(this.#run.clock());
    if (!sent.ok) this.failure ??= sent.failure;
    return sent.ok ? null : sent.failure;
  }

  /** The round trip of a ping in milliseconds; null where no pong came in time. */
  ping(timeoutMs: number): Promise<number | null> {
    const { socket, clock } = this.#run;
    if (!socket || !this.isOpen || socket.readyState !== socket.OPEN) return Promise.resolve(null);
    const payload = `${PING_PREFIX}${++this.#pings}`;
    return new Promise((resolve) => {
      const sentMs = clock();
      const settle = (atMs: number | null) => {
        clearTimeout(timer);
        this.#options.signal.removeEventListener('abort', giveUp);
        this.#awaited.delete(payload);
        resolve(atMs === null ? null : Math.max(0, atMs - sentMs));
      };
      const giveUp = () => settle(null);
      const timer = setTimeout(giveUp, timeoutMs);
      this.#options.signal.addEventListener('abort', giveUp);
      this.#awaited.set(payload, settle);
      // What is sent into a dead connection shows nothing: a silence is outlived when something comes back.
      socket.ping(payload);
    });
  }

  /** Closes as one should where it still stands, and leaves no socket behind. */
  async finish(): Promise<void> {
    if (this.isOpen) await this.#closed();
    this.drop();
  }

  /** Ends it without a word. */
  drop(): void {
    this.#run.socket?.terminate();
    this.#run.connection.destroy();
    this.#end();
  }

  row(note = '', numbers: Numbers = {}): ExperimentRun {
    const { failure } = this;
    return {
      connection: this.number,
      startMs: this.startMs,
      openMs: this.openMs,
      endMs: this.endMs,
      status: this.response?.status ?? null,
      close: this.close,
      error: failure && { code: failure.code ?? failure.kind, message: failure.message, phase: failure.phase },
      note,
      numbers,
    };
  }

  onMessage({ binary, bytes, atMs }: HeardMessage): void {
    this.#traffic(atMs);
    this.messages += 1;
    const message = { binary, bytes, atMs };
    this.#run.dialectJudge.message({ direction: 'received', ...message });
    if (this.#isGreeting) {
      const kept = { ...message, bytes: Buffer.from(bytes) };
      this.#decoding.heard('received', kept);
      this.#talker.inbox.push(kept);
    }
    this.#options.listener.onMessage?.(message, this);
  }

  onPing(socket: WebSocket, payload: Buffer): void {
    const { clock, plan } = this.#run;
    const atMs = clock();
    this.#traffic(atMs);
    if (this.pingsMs.length < MAX_PINGS) this.pingsMs.push(atMs);
    if (this.#options.listener.answersPings ?? plan.session.autoPong) answerPing(socket, payload);
    this.#options.listener.onPing?.(atMs, this);
  }

  onPong(payload: Uint8Array, atMs: number): void {
    this.#traffic(atMs);
    this.#talker.onPong(payload);
    this.#awaited.get(Buffer.from(payload).toString('latin1'))?.(atMs);
  }

  onEnd(failure: Failure): void {
    if (!this.#run.watch.closeSent || failure.kind === 'protocol') this.ended ??= failure;
    this.#talker.onEnd(failure);
    this.#end();
  }

  onClosed(): void {
    this.#talker.inbox.close();
    this.#end();
  }

  #traffic(atMs: number): void {
    if (this.lastTrafficMs > 0) this.outlivedMs = Math.max(this.outlivedMs, atMs - this.lastTrafficMs);
    this.lastTrafficMs = atMs;
  }

  #end(): void {
    for (const settle of this.#awaited.values()) settle(null);
    this.#settleEnd();
  }

  async #closed(): Promise<Failure | null> {
    const { connection, plan, socket, watch } = this.#run;
    const { tap } = connection;
    if (!socket || !tap) return null;
    const timeoutMs = plan.timeouts.closeMs;
    const code = watch.closeSent || watch.closeReceived ? null : 1000;
    const { signal } = this.#options;
    this.#closeFailure = await closeGracefully({ socket, tap, watch, timeoutMs, signal, code });
    return this.#closeFailure;
  }
}

function stepFailure(name: string, error: string | null, cause: Failure | null): Failure {
  return {
    phase: 'message',
    kind: 'expectation',
    code: 'step.failed',
    message: `${name}: ${error ?? cause?.message ?? ''}`,
  };
}
