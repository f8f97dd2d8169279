import type { Failure, PingEvidence } from '../base/evidence.js';
import { toThousandths } from '../base/clock.js';
import { answerPing } from '../transport/answerPing.js';
import type { WebSocket } from '../transport/webSocket.js';
import type { TalkResult } from '../run/assembleReport.js';
import { closeGracefully } from '../run/closing.js';
import type { ConnectionListener, ConnectionRun } from '../run/connectionRun.js';
import { Inbox } from '../run/inbox.js';
import type { Told } from '../run/run.js';
import { closeCodeFor } from '../run/streamFailure.js';
import { failed } from '../transport/outcome.js';
import { beatOf, type PlanBeat } from './beat.js';
import { endAtPing } from './endAtPing.js';
import { checkMessages, hold, PingProbe, type TalkOptions } from './talk.js';

/** How long the peer of a broken stream may take to answer our Close. */
const BROKEN_CLOSE_MS = 500;

/** What a probe does with a connection: the message check, the hold, the close, and what it saw of them. */
export class Script implements ConnectionListener {
  readonly #connection: ConnectionRun;
  readonly #signal: AbortSignal | undefined;
  readonly #inbox = new Inbox();
  readonly #ping = new PingProbe();
  #beat: PlanBeat | null = null;
  /** Only of a connection that stood until we closed it: its peer had the time to answer. */
  #pinged: PingEvidence | null = null;
  #failure: Failure | null = null;
  #talk: TalkResult | null = null;
  #heldMs: number | null = null;
  #readyMs = 0;

  constructor(connection: ConnectionRun, signal: AbortSignal | undefined) {
    this.#connection = connection;
    this.#signal = signal;
  }

  onMessage(bytes: Buffer, binary: boolean, _compressed: boolean, atMs: number): void {
    this.#connection.dialectJudge.message({ direction: 'received', binary, bytes, atMs });
    this.#inbox.push({ binary, bytes, atMs });
  }

  onPing(socket: WebSocket, payload: Buffer): void {
    answerPing(socket, payload);
  }

  onPong(payload: Uint8Array, atMs: number): void {
    if (this.#ping.received(payload, atMs)) this.#beat?.onPong();
  }

  onEnd(failure: Failure): void {
    this.#inbox.end(failure);
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
    };
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
    if (plan.message) recorder.skip('message');
    recorder.skip('close');
  }

  /** The connection is open: says what the plan says, stays as long as it is told to, and closes. */
  async run(): Promise<void> {
    const { socket } = this.#connection;
    if (!socket) return;
    const { clock, connection, dialectJudge, plan, recorder, watch } = this.#connection;
    const inbox = this.#inbox;
    const openMs = this.#connection.openMs ?? clock();
    this.#readyMs = openMs;
    const talk: TalkOptions = { plan, socket, watch, inbox, dialectJudge, clock, signal: this.#signal, openMs };
    if (plan.message) {
      recorder.begin('message', openMs);
      this.#talk = await checkMessages(plan.message, talk);
      this.#failure = this.#talk.failure;
      this.#readyMs = clock();
      const { mode, samplesMs } = this.#talk;
      recorder.end('message', this.#failure ? 'failed' : 'ok', { mode, samples: samplesMs.length });
    } else if (plan.expect.holdMs > 0 && plan.expect.ping !== false && !inbox.ended) {
      this.#ping.send(socket, clock);
    }
    this.#beat = beatOf(talk, this.#ping);
    this.#failure ??= await hold(talk, this.#beat);
    this.#noteEndAtPing();
    this.#heldMs = toThousandths((this.#connection.endedMs ?? clock()) - openMs);
    this.#forgiveExpectedClose();
    if (this.#failure && !plan.message) {
      recorder.begin('message', openMs);
      recorder.end('message', 'failed', { hold: true }, this.#connection.endedMs ?? clock());
    }
    await this.#close(socket);
    this.#judgePing();
    const { roundTripsMs } = this.#ping;
    if (!plan.message && roundTripsMs.length > 0) this.#talk = { mode: 'ping', samplesMs: roundTripsMs, failure: null };
    if (this.#failure) connection.destroy();
  }

  async #close(socket: WebSocket): Promise<void> {
    this.#preferViolation();
    const failure = this.#failure;
    const { clock, connection, plan, recorder, watch } = this.#connection;
    const { tap } = connection;
    if (!tap || failure?.kind === 'cancelled' || failure?.kind === 'end' || failure?.kind === 'reset') {
      socket.terminate();
      return;
    }
    const isBroken = failure?.kind === 'protocol';
    const begun = this.#inbox.ended !== null && !isBroken;
    recorder.begin('close', watch.closeReceived?.atMs ?? clock());
    const { closeMs } = plan.timeouts;
    const closing = await closeGracefully({
      socket,
      tap,
      watch,
      timeoutMs: isBroken ? Math.min(BROKEN_CLOSE_MS, closeMs) : closeMs,
      signal: this.#signal,
      code: begun || watch.closeSent ? null : closeCodeFor(watch.violation),
    });
    // From Close to Close: what TCP takes to end after that is another matter.
    const answeredMs = closing ? clock() : Math.max(watch.closeSent?.atMs ?? 0, watch.closeReceived?.atMs ?? 0);
    recorder.end('close', closing ? 'degraded' : 'ok', {}, answeredMs);
    if (closing?.kind === 'cancelled' || !this.#failure) this.#failure = closing;
    this.#preferViolation();
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
    if (plan.message) return;
    recorder.begin('message', this.#connection.openMs ?? 0);
    recorder.end('message', 'failed', { hold: true });
    recorder.end('close', 'failed');
  }

  /** A frame that `ws` found broken only after the Close behind it was heard: the Close is no part of the conversation. */
  #preferViolation(): void {
    const { ended } = this.#connection;
    if (ended?.kind === 'protocol' && this.#failure?.kind !== 'cancelled') this.#failure = ended;
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
