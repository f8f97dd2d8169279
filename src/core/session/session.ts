import { type DialectJudge, judgeFor } from '../dialects/dialectJudge.js';
import { ProbeError } from '../base/errors.js';
import type { Frame } from '../base/frame.js';
import type { Failure } from '../base/evidence.js';
import type { Report, StepResult } from '../base/model.js';
import { type EncodedPayload, encodePayload } from '../payload/encodePayload.js';
import type { Payload, ProbePlan } from '../base/plan.js';
import type { SessionEvent } from '../base/sessionEvent.js';
import { answerPing } from '../transport/answerPing.js';
import type { ConnectionRun } from '../run/connectionRun.js';
import type { HeardMessage } from '../run/heardMessage.js';
import { Run } from '../run/run.js';
import { Redactor } from '../redaction/redactor.js';
import { type Clock, createClock } from '../base/clock.js';
import type { ConnectionOptions } from '../transport/connection.js';
import type { Http2Pool } from '../transport/carriers/http2/http2Pool.js';
import { type Network, systemNetwork } from '../transport/network.js';
import { loadTlsContexts } from '../transport/tlsMaterial.js';
import { endsMessage } from './meters.js';
import { bufferedBytes, Outbox } from './outbox.js';
import { controlPayload, PingMeter } from './pingMeter.js';
import { Reconnector } from './reconnector.js';
import { Repeater } from './repeater.js';
import { SessionHeartbeat } from './sessionHeartbeat.js';
import { SessionLink } from './sessionLink.js';
import type * as Stepping from './sessionSteps.js';
import type { SessionSteps, StepRange } from './sessionSteps.js';
import type { ReferenceValues } from './references.js';
import type { SessionLog } from './sessionLog.js';
import { type SessionMessage, SessionTraffic } from './sessionTraffic.js';
import type { OutgoingMessage, RawFrame, SessionSnapshot, SessionState } from './snapshot.js';

export type { SessionMessage } from './sessionTraffic.js';

export interface SessionSetup {
  readonly sessionId: string;
  readonly plan: ProbePlan;
  readonly log: SessionLog;
  /** Where somebody else asks it too: it hears of a connection or a message before they do. */
  readonly dialectJudge?: DialectJudge;
  readonly keepPayloadBytes: number;
  readonly vantage: Report['vantage'];
  readonly network?: Network;
  /** HTTP/2 connections shared with other sessions (`session.shareConnection`). */
  readonly pool?: Http2Pool;
  readonly random?: () => number;
  /** What a connection is made with and no plan says (a token): it must be among `plan.secrets` when this returns. */
  readonly onSecrets?: (secrets: readonly string[]) => void;
  /** Of messages that may name secrets. What they are worth must be among `plan.secrets` by the time it is given. */
  readonly references?: ReferenceValues | undefined;
  /** By default each report has its findings; `asked`: once `diagnosed` is asked for them. */
  readonly findings?: 'asked' | undefined;
  /** Something in the snapshot has changed; called often: throttle. */
  readonly onChange: () => void;
  /** A whole message, inflated, with the id of its last frame's row: what dialects pair. Its bytes are borrowed. */
  readonly onMessage?: (message: SessionMessage) => void;
  /** A connection opened (`isOpen`), or ended or never opened; told before the state changes again. */
  readonly onConnection?: (report: Report, isOpen: boolean) => void;
}

const MAX_REPEAT = 100_000;

/** A live connection a person talks through, with what it takes to keep it: heartbeat, reconnect, counters. Ends with `dispose`. */
export class Session {
  readonly sessionId: string;
  readonly #setup: SessionSetup;
  readonly #plan: ProbePlan;
  readonly #clock: Clock = createClock();
  readonly #startedAt = new Date();
  readonly #redactor: Redactor;
  readonly #pings = new PingMeter();
  readonly #outbox: Outbox;
  readonly #traffic: SessionTraffic;
  readonly #heartbeat: SessionHeartbeat;
  readonly #reconnector: Reconnector;
  readonly #dialectJudge: DialectJudge;
  #contexts: ConnectionOptions['contexts'] = NO_CONTEXTS;
  #state: SessionState = 'connecting';
  #run: Run<SessionLink> | null = null;
  #report: Report | null = null;
  #connections = 0;
  #revision = 0;
  #abort = new AbortController();
  #repeater: Repeater | null = null;
  #stepping: typeof Stepping | null = null;
  #steps: SessionSteps | null = null;
  /** The person has ended it: nothing reconnects by itself any more. */
  #closedByPerson = false;
  #paused = false;
  #refusesPong: boolean;
  #halfClosed = false;
  #disposed = false;

  constructor(setup: SessionSetup) {
    this.#setup = setup;
    this.#plan = setup.plan;
    this.sessionId = setup.sessionId;
    this.#refusesPong = !setup.plan.session.autoPong;
    this.#redactor = new Redactor(setup.plan.secrets);
    this.#reconnector = new Reconnector(setup.plan.session.reconnect, this.#clock, setup.random ?? Math.random);
    this.#dialectJudge = setup.dialectJudge ?? judgeFor(setup.plan);
    const { log, onMessage } = setup;
    this.#traffic = new SessionTraffic({ log, dialectJudge: this.#dialectJudge, onMessage });
    this.#heartbeat = new SessionHeartbeat(setup.plan.session.heartbeat, {
      clock: this.#clock,
      bufferedBytes: () => bufferedBytes(this.#link),
      ping: () => this.#state === 'open' && this.ping(),
      send: (payload) => this.#beat(payload),
    });
    this.#outbox = new Outbox({
      baseDir: setup.plan.baseDir,
      variables: setup.plan.variables,
      references: setup.references,
      openLink: () => this.#requireOpen(),
      onSent: ({ binary, bytes }, { id, atMs, compressed }) => {
        this.#traffic.sent({ id, binary, bytes, atMs }, compressed);
        this.#changed();
      },
    });
  }

  get #link(): SessionLink | null {
    return this.#run?.current?.talker ?? null;
  }

  get state(): SessionState {
    return this.#state;
  }

  /** The report of the present or last connection. */
  get report(): Report | null {
    return this.#report;
  }

  /** The report with its findings, whenever they are wanted. Null where there is no report. */
  async diagnosed(): Promise<Report | null> {
    const report = (await this.#run?.diagnosed()) ?? null;
    return report && this.#redactor.deep(report);
  }

  /** Connects for the first time. Settles with the report whether it opened or not; `state` says which. */
  async open(): Promise<Report> {
    // Steps are run without a pause between the asking and their inbox.
    if ((this.#plan.steps?.length ?? 0) > 0) this.#stepping = await import('./sessionSteps.js');
    this.#contexts = await loadTlsContexts(this.#plan, this.#abort.signal);
    return this.#connect(this.#abort);
  }

  snapshot(): SessionSnapshot {
    const nowMs = this.#clock();
    const live = this.#state === 'open' || this.#state === 'closing';
    return {
      sessionId: this.sessionId,
      revision: this.#revision,
      name: this.#redactor.text(this.#plan.name),
      url: this.#redactor.url(this.#plan.url),
      state: this.#state,
      startedAt: this.#startedAt.toISOString(),
      elapsedMs: nowMs,
      connections: this.#connections,
      reconnect: this.#reconnector.snapshot(),
      subprotocol: this.#report?.subprotocol.selected ?? null,
      dialect: this.#dialectJudge.name,
      ...this.#traffic.snapshot(nowMs, this.#report?.compression.enabled ?? false),
      bufferedBytes: bufferedBytes(this.#link),
      roundTrips: this.#pings.roundTrips.snapshot(),
      heartbeat: this.#heartbeat.snapshot(),
      paused: this.#paused,
      refusesPong: this.#refusesPong,
      halfClosed: this.#halfClosed,
      repeating: this.#repeater && {
        sent: this.#repeater.sent,
        total: this.#repeater.total,
        everyMs: this.#repeater.everyMs,
      },
      close: live ? null : (this.#report?.close ?? null),
      findings: this.#report?.findings ?? [],
      log: this.#setup.log.status(),
      recording: null,
      ...stepsOf(this.#plan, this.#steps !== null),
    };
  }

  /** Settles with the payload's size when the socket has taken it. Throws `ProbeError` when it cannot be encoded or sent now. */
  async send(message: OutgoingMessage): Promise<number> {
    this.#requireOpen();
    const bytes = await this.#outbox.send(message);
    this.#changed();
    return bytes;
  }

  /** Sends bytes as they stand before it returns; nothing is filled in. Settles when the socket has taken them, rejects like `send`. */
  async sendBytes(message: EncodedPayload): Promise<void> {
    await this.#outbox.sendEncoded(message);
    this.#changed();
  }

  /** Sends a message `times` times, `everyMs` apart. At most 100,000 times; one repetition at a time. */
  repeat(message: OutgoingMessage, times: number, everyMs: number): void {
    this.#requireOpen();
    const total = Math.max(1, Math.min(MAX_REPEAT, Math.floor(times)));
    this.stopRepeat();
    this.#repeater = new Repeater(
      total,
      Math.max(0, everyMs),
      () => this.send(message).then(() => {}),
      (error) => {
        this.#repeater = null;
        if (error) this.#event({ kind: 'repeat-stopped', message: this.#redactor.text(error.message) });
        this.#changed();
      },
    );
    this.#changed();
  }

  /** Runs steps of the profile over this connection, one conversation at a time; gives a row for each, redacted. */
  async runSteps(range: StepRange): Promise<readonly StepResult[]> {
    this.#requireOpen();
    if (this.#steps) throw new ProbeError('session.steps-running', 'Steps are being run already.');
    const closeReceived = () => this.#link?.closeReceived ?? null;
    const { SessionSteps } = this.#stepping ?? (await import('./sessionSteps.js'));
    const steps = new SessionSteps(
      {
        clock: this.#clock,
        dialectJudge: this.#dialectJudge,
        get closeReceived() {
          return closeReceived();
        },
        sendBytes: (message) => this.sendBytes(message),
        ping: (payload) => this.ping(payload),
        close: (code, reason) => this.close(code, reason),
      },
      this.#plan,
    );
    this.#steps = steps;
    this.#changed();
    try {
      return this.#redactor.deep(await steps.run(this.#plan, range));
    } finally {
      this.#steps = null;
      this.#changed();
    }
  }

  stopSteps(): void {
    this.#steps?.stop();
  }

  stopRepeat(): void {
    this.#repeater?.stop();
  }

  /** Sends a frame as it stands, whatever RFC 6455 says of it. */
  async sendRaw(frame: RawFrame): Promise<void> {
    this.#requireOpen();
    await this.#outbox.sendRaw(frame);
    this.#changed();
  }

  /** A protocol ping whose round trip is measured; a payload of ours when null. */
  ping(payload: string | null = null): void {
    this.#pings.ping(this.#requireOpen().socket, payload, this.#clock());
    this.#changed();
  }

  /** An unsolicited pong (RFC 6455 5.5.3). */
  pong(payload: string): void {
    this.#requireOpen().socket?.pong(controlPayload(payload));
    this.#changed();
  }

  close(code: number, reason: string): void {
    this.#closedByPerson = true;
    this.#reconnector.stop();
    const before = this.#state;
    const socket = this.#link?.socket;
    const isOpen = this.#isOpen();
    if (before === 'connecting' && !isOpen) {
      this.#abort.abort();
      return;
    }
    if (!isOpen || !socket) {
      if (this.#state === 'reconnecting') this.#setState('closed');
      return;
    }
    // A paused socket would never read the peer's answer.
    this.pause(false);
    if (before === 'open') this.#setState('closing');
    try {
      socket.close(code, reason);
    } catch (error) {
      this.#setState(before);
      this.#closedByPerson = false;
      const isLong = Buffer.byteLength(reason) > 123;
      const why = isLong ? 'The reason is longer than 123 bytes.' : `No Close frame carries the code ${code}.`;
      throw new ProbeError('session.invalid-close', why, {
        hint: 'A close code is 1000, 1001-1003, 1007-1014 or 3000-4999, its reason 123 bytes at most. Raw frames send any other.',
        cause: error,
      });
    }
  }

  /** Lets go at once, whatever is going on: no Close frame, nothing more is read or sent. */
  terminate(): void {
    this.#closedByPerson = true;
    this.#reconnector.stop();
    this.#abort.abort();
    this.#link?.socket?.terminate();
    this.#link?.connection.destroy();
    if (this.#state === 'reconnecting') this.#setState('closed');
  }

  /** Sends FIN and goes on reading: what does the server do with a client that has finished? */
  halfClose(): void {
    this.#requireOpen().connection.tap?.stream.end();
    this.#halfClosed = true;
    this.#event({ kind: 'half-closed' });
    this.#changed();
  }

  /** Connects anew, now; a live connection is closed with 1001 first. */
  async reconnect(): Promise<Report> {
    this.#reconnector.reset();
    const link = this.#link;
    this.#run = null;
    // One that is still on its way would open all the same, and nobody would close it.
    this.#abort.abort();
    link?.socket?.close(1001, 'reconnecting');
    link?.socket?.resume();
    if (link) this.#heartbeat.stop();
    this.#closedByPerson = false;
    return this.#connect();
  }

  pause(paused: boolean): void {
    if (paused === this.#paused) return;
    const socket = this.#link?.socket;
    if (paused) this.#requireOpen();
    this.#paused = paused;
    if (paused) socket?.pause();
    else socket?.resume();
    this.#event({ kind: paused ? 'paused' : 'resumed' });
    this.#changed();
  }

  refusePong(refuse: boolean): void {
    this.#refusesPong = refuse;
    this.#changed();
  }

  clear(): void {
    this.#setup.log.clear();
    this.#changed();
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.terminate();
    this.#heartbeat.stop();
    this.stopRepeat();
    this.stopSteps();
    this.#setup.log.dispose();
  }

  async #connect(abort = new AbortController()): Promise<Report> {
    this.#setState('connecting');
    this.#connections += 1;
    this.#abort = abort;
    this.#paused = false;
    this.#halfClosed = false;
    this.#heartbeat.connectionBegan();
    this.#pings.forgetPending();
    this.#outbox.reset();
    this.#traffic.connectionBegan();
    this.#event({ kind: 'connecting', connection: this.#connections });
    try {
      return await this.#lead();
    } catch (error) {
      if (this.#abort === abort) this.#failed(error as Error);
      throw error;
    }
  }

  /** The way to an open connection, along redirects, or to why there is none. */
  async #lead(): Promise<Report> {
    const run = this.#begin();
    const { failure, talker: link } = await run.open();
    link.arrived(failure);
    const report = this.#reportOf(run, link);
    if (this.#run !== run) return report;
    this.#report = report;
    this.#setup.onConnection?.(report, failure === null);
    if (failure) this.#ended(link);
    else this.#opened(link, report);
    return report;
  }

  /** A fault of ours came between: what was opened has nobody to talk through it. */
  #failed(error: Error): void {
    const message = this.#redactor.text(error.message);
    this.#event({ kind: 'connect-failed', connection: this.#connections, message });
    const link = this.#link;
    this.#run = null;
    link?.socket?.terminate();
    link?.connection.destroy();
    this.#heartbeat.stop();
    this.#setState('closed');
  }

  #begin(): Run<SessionLink> {
    const { keepPayloadBytes, log, network = systemNetwork, pool = null, vantage } = this.#setup;
    const run: Run<SessionLink> = new Run(this.#plan, {
      network,
      pool,
      vantage,
      keepPayloadBytes,
      openInlet: log.openInlet?.bind(log),
      contexts: this.#contexts,
      findings: this.#setup.findings,
      dialectJudge: this.#dialectJudge,
      signal: this.#abort.signal,
      checksMessages: false,
      onProgress: null,
      onRedirect: (next) => {
        if (this.#run === run) this.#event({ kind: 'redirected', url: this.#redactor.url(next.url) });
      },
      ...(this.#setup.onSecrets ? { onSecrets: this.#setup.onSecrets } : {}),
      listen: (connection) => this.#listen(connection),
    });
    this.#run = run;
    return run;
  }

  #listen(run: ConnectionRun): SessionLink {
    const connection = this.#connections;
    const link: SessionLink = new SessionLink(run, {
      clock: this.#clock,
      asked: this.#plan,
      listener: {
        onFrame: (frame) => this.#onFrame(frame, connection),
        onChunk: () => this.#changed(),
        onMessage: (message, atMs) => {
          // What the old connection still inflates belongs to rows that nobody waits for any more.
          if (this.#link === link) this.#onMessage(message, atMs);
        },
        onPing: (socket, payload) => {
          if (!this.#refusesPong) answerPing(socket, payload);
        },
        onPong: (payload, atMs) => this.#onPong(payload, atMs),
        onEnd: () => this.#onEnd(link),
      },
    });
    return link;
  }

  #opened(link: SessionLink, report: Report): void {
    this.#setState('open');
    this.#event({ kind: 'open', durationMs: report.durationMs, subprotocol: report.subprotocol.selected });
    this.#heartbeat.start(() => this.#missed(link));
    // Closed by who heard the first message, before there was a report.
    if (this.#closedByPerson) this.#setState('closing');
    // What ended while the report was made has nobody else to tell of it.
    if (link.endedMs !== null && link.socket?.readyState === CLOSED) this.#onEnd(link);
  }

  #beat(payload: Payload): void {
    if (this.#state !== 'open') return;
    encodePayload(payload, this.#outbox.payloadContext())
      .then((encoded) => this.#outbox.sendEncoded(encoded))
      .catch((error: Error) =>
        this.#event({ kind: 'heartbeat-not-sent', message: this.#redactor.text(error.message) }),
      );
  }

  #missed(link: SessionLink): void {
    this.#event({ kind: 'heartbeat-missed', timeoutMs: this.#heartbeat.timeoutMs ?? 0 });
    link.failure ??= { phase: 'message', kind: 'no-reply', code: null, message: 'The heartbeat was not answered.' };
    link.connection.distrust();
    link.socket?.terminate();
  }

  #onFrame(frame: Frame, connection: number): void {
    const id = this.#traffic.frame(frame, connection);
    if (frame.direction === 'sent') this.#outbox.noteFrame(frame, id);
    else if (endsMessage(frame)) this.#heartbeat.onMessage();
  }

  #onMessage(message: HeardMessage, atMs: number): void {
    const changed = this.#traffic.received(message, atMs);
    this.#steps?.received({ binary: message.binary, bytes: message.bytes, atMs });
    this.#answer(message);
    if (changed) this.#changed();
  }

  /** A ping of the dialect has its pong too, where pings are answered at all. */
  #answer(message: HeardMessage): void {
    const pong = this.#refusesPong || this.#state !== 'open' ? null : this.#dialectJudge.answerTo(message);
    // What cannot be sent any more is told by the end of the connection.
    if (pong !== null) void this.#outbox.sendEncoded({ binary: false, bytes: Buffer.from(pong) }).catch(() => {});
  }

  #onPong(payload: Uint8Array, atMs: number): void {
    this.#steps?.onPong(payload);
    if (this.#pings.pong(payload, atMs)) this.#heartbeat.onPong();
  }

  /** `ws` has let go of the socket: the connection is over. */
  #onEnd(link: SessionLink): void {
    if (this.#link !== link || this.#state === 'connecting') return;
    link.session = {
      missedHeartbeat: this.#heartbeat.missedBy,
      heartbeatTimeoutMs: this.#heartbeat.timeoutMs,
      pingsSent: this.#pings.sent,
      pongsReceived: this.#pings.received,
      ...this.#traffic.silenceBefore(link.endedMs ?? this.#clock()),
      maxBufferedBytes: this.#outbox.maxBufferedBytes,
      sendRefused: this.#outbox.refused,
      paused: this.#paused,
    };
    this.#report = this.#run ? this.#reportOf(this.#run, link) : null;
    this.#dialectJudge.ended();
    if (this.#report) this.#setup.onConnection?.(this.#report, false);
    this.#ended(link);
  }

  /** Of a redirect's plan, whose secrets are its own: what the session has come to know since is taken out here. */
  #reportOf(run: Run<SessionLink>, link: SessionLink): Report {
    return this.#redactor.deep(run.report(link.told));
  }

  #ended(link: SessionLink): void {
    this.#steps?.onEnd(link.ended ?? ENDED);
    this.#heartbeat.connectionEnded();
    this.stopRepeat();
    const report = this.#report;
    const close = report?.close;
    this.#event(
      this.#redactor.deep<SessionEvent>(
        close ? { kind: 'closed', close } : { kind: 'not-connected', message: report?.error?.message ?? null },
      ),
    );
    if (this.#closedByPerson) {
      this.#setState('closed');
      return;
    }
    const decision = this.#reconnector.decide(close?.code ?? null, link.openForMs, this.#dialectJudge.name);
    if (decision.kind === 'stop') {
      if (decision.because !== null) this.#event(decision.because);
      this.#setState('closed');
      return;
    }
    const { attempt, delayMs, maxAttempts } = decision;
    this.#reconnector.schedule(delayMs, () => {
      // The log tells of a fault already.
      this.#connect().catch(() => {});
    });
    this.#event({ kind: 'reconnecting', delayMs, attempt, maxAttempts });
    this.#setState('reconnecting');
  }

  /** A connection is open before its report is made: what the server says first may be answered at once. */
  #isOpen(): boolean {
    return this.#state === 'open' || (this.#state === 'connecting' && this.#link?.socket?.readyState === OPEN);
  }

  #requireOpen(): SessionLink {
    const link = this.#link;
    if (this.#isOpen() && link) return link;
    throw new ProbeError('session.not-open', `The session is ${this.#state}.`, {
      hint: this.#state === 'closed' ? 'Reconnect to send.' : 'Wait until it is open.',
    });
  }

  #event(event: SessionEvent): void {
    this.#setup.log.appendEvent(event, this.#clock(), this.#connections);
  }

  #setState(state: SessionState): void {
    this.#state = state;
    this.#changed();
  }

  #changed(): void {
    this.#revision += 1;
    if (!this.#disposed) this.#setup.onChange();
  }
}

/** `WebSocket.OPEN`, `WebSocket.CLOSED`. */
const OPEN = 1;
const CLOSED = 3;

function stepsOf({ clients, steps = [] }: ProbePlan, running: boolean): Pick<SessionSnapshot, 'steps'> {
  return steps.length === 0 || clients ? {} : { steps: { count: steps.length, running } };
}

const ENDED: Failure = { phase: 'message', kind: 'end', code: null, message: 'The connection has ended.' };

const NO_CONTEXTS: ConnectionOptions['contexts'] = { ok: true, value: { target: null, proxy: null } };
