import type { Failure } from '../base/evidence.js';
import type { FrameRecord } from '../base/model.js';
import { toFrameRecord } from '../frames/frameRecord.js';
import type { EncodedPayload } from '../payload/encodePayload.js';
import { isSameOrigin } from '../profile/otherOrigin.js';
import { Redactor } from '../redaction/redactor.js';
import type { ConnectionRun } from '../run/connectionRun.js';
import { timeoutFor } from '../steps/arrival.js';
import type { Decoding } from '../steps/decoding.js';
import { Inbox, type InboxMessage } from '../steps/inbox.js';
import type { Talker } from '../steps/talker.js';
import { failed, type Outcome, success, wait } from '../transport/outcome.js';
import { say } from './say.js';

/** As much may wait to be sent before a step adds to it. */
const MAX_UNSENT_BYTES = 16 * 1024 * 1024;

/** The closing handshake, by whoever owns the connection. */
export type CloseBy = (code: number, reason: string, timeoutMs: number) => Promise<Failure | null>;

/** A probe's connection as steps talk through it. */
export class ScriptTalker implements Talker {
  readonly inbox = new Inbox();
  /** A step closed the connection, or waited for its end: there is no hold left, and the end is as it should be. */
  isOver = false;
  /** The last message takes leave as its dialect has it: the server may end the connection as it likes. */
  hasTakenLeave = false;
  readonly #connection: ConnectionRun;
  readonly #signal: AbortSignal | undefined;
  readonly #close: CloseBy;
  readonly #decoding: Decoding;
  /** A redirect has led to another origin: what is the profile's own secret is not said there. */
  readonly #elsewhere: boolean;
  #redactor: Redactor | null = null;
  #pings = 0;
  #awaited: { readonly payload: Buffer; readonly settle: (outcome: Outcome<null>) => void } | null = null;
  #onEnd: (() => void) | null = null;
  #onWritten: () => void = () => {};

  constructor(
    connection: ConnectionRun,
    signal: AbortSignal | undefined,
    askedUrl: string,
    decoding: Decoding,
    close: CloseBy,
  ) {
    this.#connection = connection;
    this.#signal = signal;
    this.#close = close;
    this.#decoding = decoding;
    this.#elsewhere = !isSameOrigin(new URL(askedUrl), new URL(connection.plan.url));
  }

  get ended(): Failure | null {
    return this.inbox.ended;
  }

  get closeReceived(): Talker['closeReceived'] {
    return this.#connection.watch.closeReceived;
  }

  onPong(payload: Uint8Array): void {
    if (this.#awaited && Buffer.compare(payload, this.#awaited.payload) === 0) this.#awaited.settle(success(null));
  }

  onEnd(failure: Failure): void {
    this.inbox.end(failure, this.#connection.watch.messagesReceived);
    this.#awaited?.settle({ ok: false, failure });
    this.#onEnd?.();
  }

  async send({ binary, bytes, plain = bytes }: EncodedPayload, deadlineMs: number): Promise<Outcome<null>> {
    const { clock, dialectJudge, socket, watch } = this.#connection;
    if (this.#withholds(plain)) return WITHHELD;
    const taken = await this.#untilTaken(deadlineMs);
    if (!taken.ok) return taken;
    if (this.ended) return { ok: false, failure: this.ended };
    if (!socket || socket.readyState !== socket.OPEN) return failed('message', 'error', 'The connection is closed.');
    this.hasTakenLeave = dialectJudge.dialect?.takesLeave({ binary, bytes }) ?? false;
    const voice = { clock, dialectJudge, socket, watch, decoding: this.#decoding };
    say(voice, { binary, bytes }, () => this.#onWritten());
    return success(null);
  }

  /** What the peer does not take stays in our memory: no more is added to it. */
  async #untilTaken(deadlineMs: number): Promise<Outcome<null>> {
    const { clock, socket } = this.#connection;
    const isTaken = () => this.ended !== null || (socket?.bufferedAmount ?? 0) <= MAX_UNSENT_BYTES;
    if (isTaken()) return success(null);
    const timeoutMs = timeoutFor(deadlineMs, clock);
    const timeoutMessage = `The peer has not taken what was sent before: ${socket?.bufferedAmount} bytes wait.`;
    return await wait<null>({ phase: 'message', timeoutMs, timeoutMessage, signal: this.#signal }, (settle) => {
      const look = () => {
        if (isTaken()) settle(success(null));
      };
      this.#onWritten = look;
      this.#onEnd = look;
      return () => {
        this.#onWritten = () => {};
        this.#onEnd = null;
      };
    });
  }

  ping(deadlineMs: number): Promise<Outcome<null>> {
    const { clock, socket } = this.#connection;
    if (this.ended) return Promise.resolve({ ok: false, failure: this.ended });
    if (!socket || socket.readyState !== socket.OPEN) {
      return Promise.resolve(failed('message', 'error', 'The connection is closed.'));
    }
    const timeoutMs = timeoutFor(deadlineMs, clock);
    const payload = Buffer.from(`wsprobe.step.${++this.#pings}`);
    const options = {
      phase: 'message',
      timeoutMs,
      timeoutMessage: 'No pong came in time.',
      signal: this.#signal,
    } as const;
    return wait<null>(options, (settle) => {
      this.#awaited = { payload, settle };
      socket.ping(payload);
      return () => {
        this.#awaited = null;
      };
    });
  }

  async close(code: number, reason: string, deadlineMs: number): Promise<Outcome<null>> {
    if (this.isOver || this.ended) return failed('message', 'error', 'The connection is closed already.');
    if (this.#withholds(Buffer.from(reason))) return WITHHELD;
    this.isOver = true;
    const failure = await this.#close(code, reason, timeoutFor(deadlineMs, this.#connection.clock));
    return failure ? { ok: false, failure } : success(null);
  }

  async untilEnd(deadlineMs: number): Promise<Failure | null> {
    const { clock } = this.#connection;
    const timeoutMs = timeoutFor(deadlineMs, clock);
    const waited = await wait<null>(
      { phase: 'message', timeoutMs, timeoutMessage: '', signal: this.#signal },
      (settle) => {
        this.#onEnd = () => settle(success(null));
        if (this.ended) settle(success(null));
        return () => {
          this.#onEnd = null;
        };
      },
    );
    if (!waited.ok && waited.failure.kind === 'cancelled') return waited.failure;
    if (this.ended) this.isOver = true;
    return this.ended;
  }

  decode(message: InboxMessage): Promise<readonly unknown[] | null> {
    return this.#decoding.valuesOf(message);
  }

  #withholds(bytes: Uint8Array): boolean {
    if (!this.#elsewhere) return false;
    this.#redactor ??= new Redactor(this.#connection.plan.secrets);
    return this.#redactor.bytes(bytes) !== bytes;
  }

  latestFrames(): readonly FrameRecord[] {
    const { inflated, latest } = this.#connection.watch;
    return latest.map(({ frame, index }) => {
      const message = inflated.get(frame);
      return message ? { ...toFrameRecord(frame, index), inflated: message } : toFrameRecord(frame, index);
    });
  }
}

const WITHHELD = failed(
  'message',
  'error',
  'The message holds a secret of the profile, and a redirect has led to another origin.',
);
