import type { WebSocket } from '../transport/webSocket.js';
import type { Failure } from '../base/evidence.js';
import type { FrameViolation } from '../base/frame.js';
import type { ProbeProgress, Report } from '../base/model.js';
import type { ProbePlan } from '../base/plan.js';
import { type Clock, toThousandths } from '../base/clock.js';
import { answersTls } from '../transport/answersTls.js';
import { Connection, type ConnectionOptions } from '../transport/connection.js';
import { type HandshakeRequest, handshakeRequestOf } from '../transport/handshakeRequest.js';
import type { Network } from '../transport/network.js';
import { phaseNamesOf } from '../transport/phaseNames.js';
import { PhaseRecorder } from '../transport/phaseRecorder.js';
import { violationOf } from '../transport/webSocketErrors.js';
import { answerPing } from '../transport/answerPing.js';
import { DialectJudge } from '../dialects/dialectJudge.js';
import { assembleReport, type TalkResult } from '../run/assembleReport.js';
import { closeGracefully } from '../run/closing.js';
import { FrameWatch } from '../run/frameWatch.js';
import { Inbox } from '../run/inbox.js';
import type { RedirectTrail } from '../run/redirectTrail.js';
import { closedFailure, endedFailure } from '../run/streamFailure.js';
import { checkMessages, hold, PingProbe, type TalkOptions } from './talk.js';

export interface ProbeRunOptions {
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((progress: ProbeProgress) => void) | null;
  readonly vantage: Report['vantage'];
  readonly network: Network;
  readonly contexts: ConnectionOptions['contexts'];
  readonly clock: Clock;
  readonly trail: RedirectTrail;
}

/** How long the peer of a broken stream may take to answer our Close. */
const BROKEN_CLOSE_MS = 500;

/** One run of one plan, or one hop of it. What each part saw stays here until the report is assembled from it. */
export class ProbeRun {
  readonly plan: ProbePlan;
  readonly options: ProbeRunOptions;
  readonly vantage: Report['vantage'];
  readonly session = null;
  readonly trail: RedirectTrail;
  readonly clock: Clock;
  readonly request: HandshakeRequest;
  readonly recorder: PhaseRecorder;
  readonly connection: Connection;
  readonly watch: FrameWatch;
  readonly inbox = new Inbox();
  readonly dialectJudge: DialectJudge;
  openMs: number | null = null;
  /** When the stream ended by the peer's or the network's doing; null while it lives. */
  endedMs: number | null = null;
  /** How long the connection stayed open before we wanted to close it; null when it never opened. */
  heldMs: number | null = null;
  readyMs = 0;
  talk: TalkResult | null = null;
  answersTls: boolean | null = null;
  failure: Failure | null = null;
  readonly #ping = new PingProbe();

  constructor(plan: ProbePlan, options: ProbeRunOptions) {
    this.plan = plan;
    this.options = options;
    this.vantage = options.vantage;
    this.trail = options.trail;
    this.clock = options.clock;
    this.request = handshakeRequestOf(plan);
    this.dialectJudge = new DialectJudge({
      wanted: plan.session.dialect,
      url: this.trail.askedUrl,
      offered: plan.subprotocols,
    });
    this.recorder = new PhaseRecorder(phaseNamesOf(plan), this.clock, () => this.#progress());
    this.watch = new FrameWatch({
      maxMessageBytes: plan.limits.maxMessageBytes,
      events: {
        onPong: (payload, atMs) => this.#ping.received(payload, atMs),
        onClose: (code, reason, atMs) => this.#closedByPeer(code, reason, atMs),
        onViolation: (violation) => this.#broken(violation),
      },
    });
    this.connection = new Connection(plan, this.request, {
      clock: this.clock,
      recorder: this.recorder,
      network: options.network,
      contexts: options.contexts,
      pool: null,
      signal: options.signal,
      frames: this.watch,
      prepare: (socket) => this.#prepare(socket),
      onEnd: (kind, error, atMs) => this.#ended(kind, error, atMs),
    });
  }

  /** Runs to the end; the plan that comes back is where a redirect leads that is to be followed, else there is a report. */
  async run(): Promise<ProbePlan | null> {
    const opened = await this.connection.open();
    const next = opened.ok ? null : await this.#refused(opened.failure);
    if (opened.ok) await this.#converse(opened.value);
    if (this.failure || next) this.connection.destroy();
    return next;
  }

  report(): Report {
    return assembleReport(this);
  }

  #progress(): void {
    this.options.onProgress?.({
      running: this.recorder.running,
      elapsedMs: this.clock(),
      phases: this.recorder.phases(),
    });
  }

  /** A refusal that the profile expects (`expect.status`) is an answer like another. */
  async #refused(refusal: Failure): Promise<ProbePlan | null> {
    const { plan, failure } = await this.trail.next(this.plan, refusal, this.connection);
    if (plan) return plan;
    this.readyMs = this.clock();
    const status = this.connection.handshake.record.response?.status;
    if (failure.phase === 'upgrade' && failure.kind === 'status' && status === this.plan.expect.status) {
      this.recorder.end('upgrade', 'ok', {}, this.connection.handshake.record.responseCompleteMs ?? this.clock());
      if (this.plan.message) this.recorder.skip('message');
      this.recorder.skip('close');
      return null;
    }
    this.failure = failure;
    const hungUp = failure.phase === 'upgrade' && (failure.kind === 'end' || failure.kind === 'reset');
    const address = this.connection.way.attempts.find(({ error }) => error === null);
    if (hungUp && !this.request.secure && !this.plan.proxy && this.connection.tap?.bytesReceived === 0 && address) {
      this.answersTls = await answersTls(address, this.options.network, this.options.signal);
    }
    return null;
  }

  #prepare(socket: WebSocket): void {
    socket.once('open', () => this.dialectJudge.opened(socket.protocol || null));
    socket.on('message', (data: Buffer, binary: boolean) => {
      const atMs = this.watch.pair(binary, data)?.atMs ?? this.clock();
      this.dialectJudge.message({ direction: 'received', binary, bytes: data, atMs });
      this.inbox.push({ binary, bytes: data, atMs });
    });
    socket.on('ping', (data: Buffer) => answerPing(socket, data));
    socket.on('error', (error) => this.#failedByWs(error));
  }

  async #converse(socket: WebSocket): Promise<void> {
    const { clock, dialectJudge, inbox, plan, recorder, watch } = this;
    const openMs = this.connection.handshake.record.responseCompleteMs ?? clock();
    this.openMs = openMs;
    this.readyMs = openMs;
    const talk: TalkOptions = { plan, socket, watch, inbox, dialectJudge, clock, signal: this.options.signal, openMs };
    if (plan.message) {
      recorder.begin('message', openMs);
      this.talk = await checkMessages(plan.message, talk);
      this.failure = this.talk.failure;
      this.readyMs = clock();
      const { mode, samplesMs } = this.talk;
      recorder.end('message', this.failure ? 'failed' : 'ok', { mode, samples: samplesMs.length });
    } else if (plan.expect.holdMs > 0 && !inbox.ended) {
      this.#ping.send(socket, clock);
    }
    this.failure ??= await hold(talk);
    this.heldMs = toThousandths((this.endedMs ?? clock()) - openMs);
    this.#forgiveExpectedClose();
    if (this.failure && !plan.message) {
      recorder.begin('message', openMs);
      recorder.end('message', 'failed', { hold: true }, this.endedMs ?? clock());
    }
    await this.#close(socket);
    const { roundTripMs } = this.#ping;
    if (roundTripMs !== null) this.talk = { mode: 'ping', samplesMs: [roundTripMs], failure: null };
  }

  async #close(socket: WebSocket): Promise<void> {
    const { failure, inbox, recorder, watch } = this;
    const tap = this.connection.tap;
    if (!tap || failure?.kind === 'cancelled' || failure?.kind === 'end' || failure?.kind === 'reset') {
      socket.terminate();
      return;
    }
    const begun = inbox.ended !== null && failure?.kind !== 'protocol';
    recorder.begin('close', watch.closeReceived?.atMs ?? this.clock());
    const closing = await closeGracefully({
      socket,
      tap,
      watch,
      timeoutMs:
        failure?.kind === 'protocol'
          ? Math.min(BROKEN_CLOSE_MS, this.plan.timeouts.closeMs)
          : this.plan.timeouts.closeMs,
      signal: this.options.signal,
      code: begun || watch.closeSent ? null : closeCodeFor(watch.violation),
    });
    // From Close to Close: what TCP takes to end after that is another matter.
    const answeredMs = closing ? this.clock() : Math.max(watch.closeSent?.atMs ?? 0, watch.closeReceived?.atMs ?? 0);
    recorder.end('close', closing ? 'degraded' : 'ok', {}, answeredMs);
    if (closing?.kind === 'cancelled' || !this.failure) this.failure = closing;
  }

  /** A server may close by itself where the profile says so (`expect.closeCode`), once the message check is through. */
  #forgiveExpectedClose(): void {
    const code = this.watch.closeReceived?.code;
    const checked = !this.plan.message || this.talk?.failure === null;
    if (
      this.failure?.kind === 'closed' &&
      checked &&
      code !== undefined &&
      this.plan.expect.closeCode?.includes(code)
    ) {
      this.failure = null;
    }
  }

  #closedByPeer(code: number, reason: string, atMs: number): void {
    this.endedMs ??= atMs;
    this.inbox.end(closedFailure(code, reason));
  }

  #broken(violation: FrameViolation): void {
    this.endedMs ??= this.clock();
    this.inbox.end({ phase: 'message', kind: 'protocol', code: violation.id, message: violation.message });
  }

  #ended(kind: 'server-fin' | 'server-reset', error: Error | null, atMs: number): void {
    this.endedMs ??= atMs;
    this.watch.onClosing?.();
    this.inbox.end(endedFailure(kind, error, this.connection.http2));
  }

  /** What only `ws` can see: inflated payloads and their text. Its refusal counts where ours has not come first. */
  #failedByWs(error: Error): void {
    this.watch.stopPairing();
    if (this.openMs === null) return;
    const id = violationOf(error);
    if (id === null || this.inbox.ended) return;
    this.watch.violation ??= { id, message: `${error.message}.`, wireOffset: 0, hex: '' };
    this.#broken(this.watch.violation);
  }
}

/** RFC 6455 7.4.1: what our Close says of the peer's frame. */
function closeCodeFor(violation: FrameViolation | null): number {
  if (!violation) return 1000;
  if (violation.id === 'limit.message-size') return 1009;
  if (violation.id === 'limit.fragments') return 1008;
  return violation.id === 'frame.invalid-utf8' || violation.id === 'frame.bad-deflate' ? 1007 : 1002;
}
