import type { Failure, SessionEvidence } from '../base/evidence.js';
import type { DialectJudge } from '../dialects/dialectJudge.js';
import type { Frame, FrameViolation } from '../base/frame.js';
import { OPCODE } from '../base/frame.js';
import type { Report } from '../base/model.js';
import { assembleReport, type RunRecord } from '../run/assembleReport.js';
import { FrameWatch } from '../run/frameWatch.js';
import { isSameOrigin } from '../profile/redirectPlan.js';
import type { RedirectTrail } from '../run/redirectTrail.js';
import { closedFailure, endedFailure } from '../run/streamFailure.js';
import type { ProbePlan } from '../base/plan.js';
import { Redactor } from '../redaction/redactor.js';
import { type Clock, toThousandths } from '../base/clock.js';
import { Connection, type ConnectionOptions } from '../transport/connection.js';
import { type HandshakeRequest, handshakeRequestOf } from '../transport/handshakeRequest.js';
import type { Http2Pool } from '../transport/http2/http2Pool.js';
import type { Network } from '../transport/network.js';
import { phaseNamesOf } from '../transport/phaseNames.js';
import { PhaseRecorder } from '../transport/phaseRecorder.js';
import type { WebSocket } from '../transport/webSocket.js';
import { violationOf } from '../transport/webSocketErrors.js';

export interface LinkListener {
  /** Every frame, both directions; its payload is borrowed. Times are the link's own. */
  onFrame(frame: Frame): void;
  /** The frames of a chunk are through. */
  onChunk(): void;
  /** A whole message as `ws` gives it; `compressed` where its frames were. */
  onMessage(bytes: Buffer, binary: boolean, compressed: boolean, atMs: number): void;
  onPing(payload: Buffer): void;
  onPong(payload: Uint8Array, atMs: number): void;
  /** The link is over, for whatever reason; told once, and only after it was open. */
  onEnd(): void;
}

export interface LinkOptions {
  readonly clock: Clock;
  readonly trail: RedirectTrail;
  readonly network: Network;
  readonly contexts: ConnectionOptions['contexts'];
  readonly pool: Http2Pool | null;
  readonly signal: AbortSignal;
  readonly vantage: Report['vantage'];
  readonly keepPayloadBytes: number;
  readonly dialectJudge: DialectJudge;
  readonly listener: LinkListener;
}

/** One connection of a session, from DNS to its end: a run whose talking a person does. */
export class SessionLink implements RunRecord {
  readonly plan: ProbePlan;
  readonly request: HandshakeRequest;
  /** The session's own: frames of all its connections stand on one axis. */
  readonly clock: Clock;
  readonly trail: RedirectTrail;
  readonly vantage: Report['vantage'];
  readonly recorder: PhaseRecorder;
  readonly dialectJudge: DialectJudge;
  readonly connection: Connection;
  readonly watch: FrameWatch;
  readonly inbox = { texts: [] as string[] };
  readonly talk = null;
  readonly answersTls = null;
  readonly heldMs = null;
  failure: Failure | null = null;
  /** Where a redirect leads that is to be followed; null: nowhere. */
  next: ProbePlan | null = null;
  openMs: number | null = null;
  endedMs: number | null = null;
  readyMs = 0;
  session: SessionEvidence | null = null;
  socket: WebSocket | null = null;
  readonly #listener: LinkListener;
  readonly #elsewhere: boolean;
  #redactor: Redactor | null = null;

  constructor(plan: ProbePlan, options: LinkOptions) {
    this.plan = plan;
    this.clock = options.clock;
    this.trail = options.trail;
    this.#elsewhere = !isSameOrigin(new URL(this.trail.askedUrl), new URL(plan.url));
    this.vantage = options.vantage;
    this.dialectJudge = options.dialectJudge;
    this.request = handshakeRequestOf(plan);
    this.#listener = options.listener;
    this.recorder = new PhaseRecorder(phaseNamesOf({ ...plan, message: null }), this.clock, () => {});
    this.watch = new FrameWatch({
      maxMessageBytes: plan.limits.maxMessageBytes,
      log: {
        keepPayloadBytes: options.keepPayloadBytes,
        append: (frame) => this.#listener.onFrame(frame),
        chunkDone: () => this.#listener.onChunk(),
      },
      events: {
        onPong: (payload, atMs) => this.#listener.onPong(payload, atMs),
        onClose: (code, reason, atMs) => this.#closedByPeer(code, reason, atMs),
        onViolation: () => {},
      },
    });
    this.connection = new Connection(plan, this.request, {
      clock: this.clock,
      recorder: this.recorder,
      network: options.network,
      contexts: options.contexts,
      pool: options.pool,
      signal: options.signal,
      frames: this.watch,
      prepare: (socket) => this.#prepare(socket),
      onEnd: (kind, error, atMs) => this.#streamEnded(kind, error, atMs),
    });
  }

  /** Whether the connection opened; why not is in `failure` and the report. */
  async open(): Promise<boolean> {
    const opened = await this.connection.open();
    this.readyMs = this.clock();
    if (!opened.ok) {
      const { plan, failure } = await this.trail.next(this.plan, opened.failure, this.connection);
      this.next = plan;
      this.failure = failure ?? opened.failure;
      this.connection.destroy();
      return false;
    }
    return true;
  }

  /** The report of this connection as it stands, its times counted from its own beginning; a live one has no close yet. */
  report(): Report {
    const report = assembleReport(this);
    const live = this.endedMs === null && this.socket !== null;
    return sinceMs({ ...report, close: live ? null : report.close }, this.trail.beganMs);
  }

  /** Whether a message must not go to this peer: a redirect led to another origin, and the message holds a secret of the profile. */
  withholds(bytes: Uint8Array): boolean {
    if (!this.#elsewhere) return false;
    this.#redactor ??= new Redactor(this.plan.secrets);
    return this.#redactor.bytes(bytes) !== bytes;
  }

  #prepare(socket: WebSocket): void {
    // Here and not when `open` settles: messages may come in the same breath, and may be answered.
    socket.once('open', () => {
      this.openMs = this.connection.handshake.record.responseCompleteMs ?? this.clock();
      this.socket = socket;
      this.dialectJudge.opened(socket.protocol || null);
    });
    socket.on('message', (data: Buffer, binary: boolean) => {
      const arrived = this.watch.isPairing ? this.watch.pair(binary, data) : null;
      this.#listener.onMessage(data, binary, arrived?.compressed ?? false, arrived?.atMs ?? this.watch.lastReceivedMs);
    });
    socket.on('ping', (data: Buffer) => this.#listener.onPing(data));
    socket.on('error', (error) => this.#failedByWs(error));
    socket.on('close', () => {
      if (this.openMs === null) return;
      this.endedMs ??= this.clock();
      this.#listener.onEnd();
    });
  }

  #closedByPeer(code: number, reason: string, atMs: number): void {
    this.endedMs ??= atMs;
    if (this.watch.closeSent) return;
    this.failure ??= closedFailure(code, reason);
  }

  #streamEnded(kind: 'server-fin' | 'server-reset', error: Error | null, atMs: number): void {
    this.endedMs ??= atMs;
    if (this.openMs === null || this.watch.closeReceived) return;
    this.failure ??= endedFailure(kind, error, this.connection.http2);
  }

  /** `ws` is the judge of a session's frames; where the broken one stood, the last frames kept tell. */
  #failedByWs(error: Error): void {
    this.watch.stopPairing();
    const id = violationOf(error);
    if (this.openMs === null || id === null) return;
    const violation: FrameViolation = { id, message: `${error.message}.`, wireOffset: this.#lastDataOffset(), hex: '' };
    this.watch.violation ??= violation;
    this.failure ??= { phase: 'message', kind: 'protocol', code: id, message: violation.message };
  }

  #lastDataOffset(): number {
    const last = this.watch.frames.findLast(
      ({ direction, opcode }) => direction === 'received' && opcode < OPCODE.close,
    );
    return last?.wireOffset ?? 0;
  }
}

/** A report whose clock began at `originMs`, with every time counted from there. */
function sinceMs(report: Report, originMs: number): Report {
  if (originMs === 0) return report;
  const since = (ms: number) => toThousandths(Math.max(0, ms - originMs));
  const sinceIn = (detail: Record<string, unknown>) =>
    Object.fromEntries(
      Object.entries(detail).map(([key, value]) => [
        key,
        key.endsWith('Ms') && typeof value === 'number' ? since(value) : value,
      ]),
    );
  return {
    ...report,
    durationMs: since(report.durationMs),
    phases: report.phases.map((phase) => ({
      ...phase,
      startMs: phase.status === 'not-reached' ? 0 : since(phase.startMs),
      detail: sinceIn(phase.detail),
    })),
    attempts: report.attempts.map((attempt) => ({ ...attempt, startMs: since(attempt.startMs) })),
    ...(report.redirects
      ? { redirects: report.redirects.map((redirect) => ({ ...redirect, startMs: since(redirect.startMs) })) }
      : {}),
    frames: report.frames.map((frame) => ({ ...frame, atMs: since(frame.atMs) })),
  };
}
