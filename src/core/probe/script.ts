import type { Failure, PingEvidence } from '../base/evidence.js';
import type { StepResult } from '../base/model.js';
import { looksDecoded, matchesOfPlan } from '../base/matches.js';
import type { MatchContext } from '../payload/match.js';
import { toThousandths } from '../base/clock.js';
import { isTalkedThrough } from '../transport/phaseNames.js';
import { answerPing } from '../transport/answerPing.js';
import type { WebSocket } from '../transport/webSocket.js';
import type { TalkResult } from '../run/assembleReport.js';
import { closeGracefully } from '../run/closing.js';
import type { HeardMessage } from '../run/heardMessage.js';
import type { ConnectionListener, ConnectionRun } from '../run/connectionRun.js';
import { Inbox } from '../run/inbox.js';
import type { Told } from '../run/run.js';
import { closeCodeFor } from '../run/streamFailure.js';
import { failed, success, wait } from '../transport/outcome.js';
import { beatOf, type PlanBeat } from './beat.js';
import { endAtPing, roundTripOf } from './endAtPing.js';
import { Decoding } from '../steps/decoding.js';
import { say } from './say.js';
import { type CloseBy, ScriptTalker } from './scriptTalker.js';
import { checkMessages, hold, PingProbe, type TalkOptions } from './talk.js';
import { readerOf } from '../payload/decoders/decodingReader.js';

/** How long the peer of a broken stream may take to answer our Close. */
const BROKEN_CLOSE_MS = 500;
/** How long the hold waits on for a pong of a far peer. */
const MAX_PONG_MS = 1_000;

/** What became of a conversation, as far as one of its connections is concerned. */
export interface Conversed {
  readonly failure: Failure | null;
  /** How many steps were run through it. */
  readonly count: number;
  readonly endedMs: number;
}

export interface ScriptOptions {
  readonly signal: AbortSignal | undefined;
  /** The URL asked first: a redirect may have led away from it. */
  readonly askedUrl: string;
  readonly schemas?: MatchContext['schemas'];
}

/** What a probe does with a connection: the message check, the hold, the close, and what it saw of them. */
export class Script implements ConnectionListener {
  readonly #connection: ConnectionRun;
  readonly #signal: AbortSignal | undefined;
  readonly #inbox = new Inbox();
  readonly #ping = new PingProbe();
  #beat: PlanBeat | null = null;
  #onPonged: () => void = () => {};
  /** Only of a connection that stood until we closed it: its peer had the time to answer. */
  #pinged: PingEvidence | null = null;
  #failure: Failure | null = null;
  #talk: TalkResult | null = null;
  #heldMs: number | null = null;
  #readyMs = 0;
  #options: TalkOptions | null = null;
  #isClosed = false;
  readonly #decoding: Decoding;
  readonly #schemas: MatchContext['schemas'];
  #steps: readonly StepResult[] | undefined;
  /** What a conversation is held through; null where the plan has none. */
  readonly talker: ScriptTalker | null;

  constructor(connection: ConnectionRun, { askedUrl, schemas, signal }: ScriptOptions) {
    this.#schemas = schemas;
    this.#connection = connection;
    this.#signal = signal;
    const close: CloseBy = (code, reason, timeoutMs) => this.#closeAsTold(code, reason, timeoutMs);
    const { plan } = connection;
    const isRead = looksDecoded(matchesOfPlan(plan));
    this.#decoding = new Decoding(() => (isRead ? readerOf(plan, connection.dialectJudge.reader) : null), isRead);
    this.talker = isTalkedThrough(plan) ? new ScriptTalker(connection, signal, askedUrl, this.#decoding, close) : null;
  }

  onMessage({ binary, bytes, atMs }: HeardMessage): void {
    this.#connection.dialectJudge.message({ direction: 'received', binary, bytes, atMs });
    const message = { binary, bytes, atMs };
    this.#decoding.heard('received', message);
    this.#inbox.push(message);
    this.talker?.inbox.push(message);
    if (this.talker) this.#beat?.onMessage();
    this.#answer(message);
  }

  onPing(socket: WebSocket, payload: Buffer): void {
    if (this.#connection.plan.session.autoPong) answerPing(socket, payload);
  }

  /** A ping of the dialect has its pong too, where pings are answered at all. */
  #answer(message: { readonly binary: boolean; readonly bytes: Buffer }): void {
    const { clock, dialectJudge, plan, socket, watch } = this.#connection;
    if (!plan.session.autoPong || !socket || socket.readyState !== socket.OPEN) return;
    const pong = dialectJudge.answerTo(message);
    if (pong === null) return;
    say({ clock, decoding: this.#decoding, dialectJudge, socket, watch }, { binary: false, bytes: Buffer.from(pong) });
  }

  onPong(payload: Uint8Array, atMs: number): void {
    if (this.#ping.received(payload, atMs)) {
      this.#beat?.onPong();
      this.#onPonged();
    }
    this.talker?.onPong(payload);
  }

  onEnd(failure: Failure): void {
    if (this.talker) this.#beat?.stop();
    this.#inbox.end(failure);
    this.talker?.onEnd(failure);
  }

  onClosed(): void {
    this.talker?.inbox.close();
  }

  get told(): Told {
    return {
      failure: this.#failure,
      talk: this.#talk,
      heldMs: this.#heldMs,
      readyMs: this.#readyMs,
      ping: this.#pinged,
      isLive: false,
      session: null,
      ...(this.#steps === undefined ? {} : { steps: this.#steps }),
    };
  }

  /** Whether the connection ever opened. */
  get isOpen(): boolean {
    return this.#connection.socket !== null;
  }

  /** The connection did not open. A refusal that the profile expects (`expect.status`) is an answer like another. */
  refused(failure: Failure): void {
    const { clock, connection, plan, recorder } = this.#connection;
    this.#readyMs = clock();
    const { response, responseCompleteMs } = connection.handshake.record;
    if (failure.phase !== 'upgrade' || failure.kind !== 'status' || response?.status !== plan.expect.status) {
      this.#failure = failure;
      return;
    }
    recorder.end('upgrade', 'ok', {}, responseCompleteMs ?? clock());
    if (plan.message || this.talker) recorder.skip('message');
    recorder.skip('close');
  }

  /** The connection is open: says what the plan says, stays as long as it is told to, and closes. */
  async run(): Promise<void> {
    await this.begin();
    await this.finish();
  }

  /** The connection is open: the message check, where the plan has one. Null when it is fit to be talked through. */
  async begin(): Promise<Failure | null> {
    const { clock, dialectJudge, openMs: opened, plan, recorder, socket, watch } = this.#connection;
    if (!socket) return null;
    const inbox = this.#inbox;
    const openMs = opened ?? clock();
    this.#readyMs = openMs;
    const means = { signal: this.#signal, decoding: this.#decoding, schemas: this.#schemas };
    this.#options = { plan, socket, watch, inbox, dialectJudge, clock, openMs, ...means };
    if (plan.message || this.talker) recorder.begin('message', openMs);
    if (this.talker) this.#startBeat(this.#options);
    if (plan.message) {
      this.#talk = await checkMessages(plan.message, this.#options);
      this.#failure = this.#talk.failure;
      this.#readyMs = clock();
    } else if (!this.talker && plan.expect.holdMs > 0 && plan.expect.ping !== false && !inbox.ended) {
      this.#ping.send(socket, clock);
    }
    return this.#failure;
  }

  /** Stays as long as it is told to, and closes. Of a conversation: with what became of this connection's part in it. */
  async finish(conversed: Conversed | null = null): Promise<void> {
    const { clock, connection, plan, recorder, socket } = this.#connection;
    const options = this.#options;
    if (!socket || !options) return;
    if (conversed) {
      this.#failure ??= conversed.failure;
      this.#readyMs = conversed.endedMs;
    }
    if (plan.message || conversed) {
      const { mode, samplesMs } = this.#talk ?? { mode: null, samplesMs: [] };
      const detail = mode === null ? {} : { mode, samples: samplesMs.length };
      recorder.end('message', this.#failure ? 'failed' : 'ok', {
        ...detail,
        ...(conversed ? { steps: conversed.count } : {}),
      });
    }
    const isOver = this.talker?.isOver ?? false;
    this.#beat?.stop();
    if (!isOver) {
      const isCut = conversed !== null && this.#failure !== null;
      this.#beat = beatOf(options, this.#ping);
      this.#failure ??= (await hold(options, this.#beat)) ?? (await this.#awaitPong());
      this.#noteEndAtPing();
      if (this.#failure !== null && !isCut) this.#forgiveLeave();
      if (!isCut && this.talker?.hasTakenLeave !== true)
        this.#heldMs = toThousandths((this.#connection.endedMs ?? clock()) - options.openMs);
    }
    this.#forgiveExpectedClose();
    if (this.#failure && !plan.message && !conversed) {
      recorder.begin('message', options.openMs);
      recorder.end('message', 'failed', { hold: true }, this.#connection.endedMs ?? clock());
    }
    if (!this.#isClosed) await this.#close(socket);
    this.#judgePing();
    const { roundTripsMs } = this.#ping;
    if (!plan.message && roundTripsMs.length > 0) this.#talk = { mode: 'ping', samplesMs: roundTripsMs, failure: null };
    if (this.#failure) connection.destroy();
  }

  /** Steps take their time: the connection is kept as the profile says meanwhile. A beat without an answer ends it. */
  #startBeat(options: TalkOptions): void {
    this.#beat = beatOf(options, this.#ping);
    this.#beat?.start((failure) => this.onEnd(failure));
  }

  /** The rows of a conversation are told by the connection that is reported. */
  tell(steps: readonly StepResult[]): void {
    this.#steps = steps;
  }

  /** A step closes: this is the connection's close, with its phase. */
  async #closeAsTold(code: number, reason: string, timeoutMs: number): Promise<Failure | null> {
    const { clock, connection, recorder, socket, watch } = this.#connection;
    const { tap } = connection;
    if (!socket || !tap) return null;
    this.#isClosed = true;
    this.#beat?.stop();
    recorder.begin('close', clock());
    const signal = this.#signal;
    const failure = await closeGracefully({ socket, tap, watch, timeoutMs, signal, code, reason });
    recorder.end('close', failure ? 'degraded' : 'ok', {}, watch.closeReceived?.atMs ?? clock());
    return failure;
  }

  async #close(socket: WebSocket): Promise<void> {
    this.#preferViolation();
    const failure = this.#failure;
    const { clock, connection, ended, plan, recorder, watch } = this.#connection;
    const { tap } = connection;
    const isCutOff = ended?.kind === 'end' || ended?.kind === 'reset';
    if (isCutOff && failure === null && (this.talker?.isOver === true || this.talker?.hasTakenLeave === true)) {
      // A step waited for just that, or said what has this for an answer.
      recorder.skip('close');
      socket.terminate();
      return;
    }
    if (!tap || failure?.kind === 'cancelled' || failure?.kind === 'end' || failure?.kind === 'reset') {
      socket.terminate();
      return;
    }
    const isBroken = failure?.kind === 'protocol';
    const begun = this.#connection.ended !== null && !isBroken;
    recorder.begin('close', watch.closeReceived?.atMs ?? clock());
    const { closeMs } = plan.timeouts;
    const ending = await closeGracefully({
      socket,
      tap,
      watch,
      timeoutMs: isBroken ? Math.min(BROKEN_CLOSE_MS, closeMs) : closeMs,
      signal: this.#signal,
      code: begun || watch.closeSent ? null : closeCodeFor(watch.violation),
    });
    // It may cross our Close on the way.
    const closing = this.#isAnswerToLeave(ending) ? null : ending;
    // From Close to Close: what TCP takes to end after that is another matter.
    const answeredMs = ending ? clock() : Math.max(watch.closeSent?.atMs ?? 0, watch.closeReceived?.atMs ?? 0);
    recorder.end('close', closing ? 'degraded' : 'ok', {}, answeredMs);
    if (closing?.kind === 'cancelled' || !this.#failure) this.#failure = closing;
    this.#preferViolation();
  }

  /** An end at the ping must not look like an answer to our Close where a round trip takes longer than the hold. */
  async #awaitPong(): Promise<Failure | null> {
    const { clock } = this.#connection;
    const { waitingSinceMs } = this.#ping;
    const leftMs = (waitingSinceMs ?? 0) + Math.min(MAX_PONG_MS, 2 * roundTripOf(this.#connection)) - clock();
    if (waitingSinceMs === null || leftMs <= 0) return null;
    const waited = await wait<null>(
      { phase: 'message', timeoutMs: Math.ceil(leftMs), timeoutMessage: '', signal: this.#signal },
      (settle) => {
        this.#onPonged = () => settle(success(null));
        const stop = this.#inbox.read({
          onMessage: () => {},
          onEnd: (failure) => settle({ ok: false, failure }),
        });
        return () => {
          this.#onPonged = () => {};
          stop();
        };
      },
    );
    if (waited.ok || waited.failure.kind === 'cancelled') return waited.ok ? null : waited.failure;
    // The hold was over: any other end is that of the closing handshake.
    return endAtPing(this.#connection, waitingSinceMs, waited.failure) ? waited.failure : null;
  }

  /** The peer ended the connection right after our ping, and nothing else says why. */
  #noteEndAtPing(): void {
    const end = endAtPing(this.#connection, this.#ping.waitingSinceMs, this.#failure);
    if (end) this.#pinged = { answered: false, end, withoutIt: null };
  }

  /** A peer from which nothing at all has come is not there, whatever TCP says. */
  #judgePing(): void {
    const { plan, recorder, watch } = this.#connection;
    const stood =
      this.#failure === null || this.#failure.phase === 'close' || this.#failure.code === 'heartbeat.missed';
    const { closeReceived, closeSent } = watch;
    const peerBegan = closeReceived !== null && (closeSent === null || closeReceived.atMs <= closeSent.atMs);
    if (!this.#ping.hasSent || !stood || peerBegan) return;
    const answered = this.#ping.waitingSinceMs === null;
    this.#pinged = { answered, end: null, withoutIt: null };
    if (answered || this.#failure?.kind !== 'timeout' || this.#failure.phase !== 'close' || watch.hasReceived) return;
    const { closeMs } = plan.timeouts;
    const message = `Nothing came back: no pong, no message, and within ${closeMs} ms no answer to our Close frame.`;
    this.#failure = failed('message', 'timeout', message).failure;
    if (plan.message || this.talker) return;
    recorder.begin('message', this.#connection.openMs ?? 0);
    recorder.end('message', 'failed', { hold: true });
    recorder.end('close', 'failed');
  }

  /** A frame that `ws` found broken only after the Close behind it was heard: the Close is no part of the conversation. */
  #preferViolation(): void {
    const { ended } = this.#connection;
    if (ended?.kind === 'protocol' && this.#failure?.kind !== 'cancelled') this.#failure = ended;
  }

  /** Behind a farewell of ours the end is the answer, whatever becomes of the hold. */
  #forgiveLeave(): void {
    if (this.#isAnswerToLeave(this.#failure)) this.#failure = null;
  }

  #isAnswerToLeave(failure: Failure | null): boolean {
    return failure !== null && ['closed', 'end', 'reset'].includes(failure.kind) && this.talker?.hasTakenLeave === true;
  }

  /** A server may close by itself where the profile says so (`expect.closeCode`), once the message check is through. */
  #forgiveExpectedClose(): void {
    const { plan, watch } = this.#connection;
    const code = watch.closeReceived?.code;
    const checked = !plan.message || this.#talk?.failure === null;
    if (this.#failure?.kind !== 'closed' || !checked || code === undefined) return;
    if (plan.expect.closeCode?.includes(code)) this.#failure = null;
  }
}
