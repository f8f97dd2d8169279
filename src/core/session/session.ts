import { explainClose } from '../close/explainClose.js';
import { dialectOf } from '../close/dialects.js';
import { ProbeError } from '../errors.js';
import { type Frame, OPCODE } from '../frames/frame.js';
import type { Report } from '../model.js';
import { encodePayload } from '../profile/payload.js';
import type { ProbePlan } from '../profile/profile.js';
import { Redactor } from '../redaction.js';
import { type Clock, createClock, toThousandths } from '../transport/clock.js';
import type { ConnectionOptions } from '../transport/connection.js';
import { type Network, systemNetwork } from '../transport/network.js';
import { loadTlsMaterial } from '../transport/tlsMaterial.js';
import { backoffMs } from './backoff.js';
import { Heartbeat } from './heartbeat.js';
import { encodeOutgoing, encodeRawFrame } from './outgoing.js';
import { Repeater } from './repeater.js';
import { RoundTripWindow } from './roundTripWindow.js';
import { SessionLink } from './sessionLink.js';
import type { SessionLog } from './sessionLog.js';
import type { OutgoingMessage, RawFrame, SessionSnapshot, SessionState } from './snapshot.js';
import { TrafficCounter } from './traffic.js';

export interface SessionSetup {
  readonly sessionId: string;
  readonly plan: ProbePlan;
  readonly log: SessionLog;
  readonly keepPayloadBytes: number;
  readonly vantage: Report['vantage'];
  readonly network?: Network;
  readonly random?: () => number;
  /** Something in the snapshot has changed; called often: throttle. */
  readonly onChange: () => void;
  /** A whole message, inflated: what dialects pair. `direction` sent or received. */
  readonly onMessage?: (direction: 'sent' | 'received', binary: boolean, bytes: Uint8Array, atMs: number) => void;
  /** A connection opened (its report has no close) or ended. */
  readonly onConnection?: (report: Report) => void;
}

/** Sending beyond this is refused: a peer that does not read must not fill our memory. */
const MAX_BUFFERED_BYTES = 64 * 1024 * 1024;
/** Above this the session says that the peer does not keep up. */
const PONG_BACKLOG_BYTES = 1024 * 1024;
const MAX_PENDING_PINGS = 100;
const MAX_REPEAT = 100_000;
/** A connection that stood so long was a good one: backing off starts anew after it. */
const STABLE_MS = 5_000;

/** A live connection a person talks through, with what it takes to keep it: heartbeat, reconnect, counters. Ends with `dispose`. */
export class Session {
  readonly sessionId: string;
  readonly #setup: SessionSetup;
  readonly #plan: ProbePlan;
  readonly #clock: Clock = createClock();
  readonly #startedAt = new Date();
  readonly #redactor: Redactor;
  readonly #sent = new TrafficCounter();
  readonly #received = new TrafficCounter();
  readonly #roundTrips = new RoundTripWindow();
  readonly #pendingPings = new Map<string, number>();
  #context: ConnectionOptions['context'] = null;
  #state: SessionState = 'connecting';
  #link: SessionLink | null = null;
  #report: Report | null = null;
  #connections = 0;
  #revision = 0;
  #abort = new AbortController();
  #heartbeat: Heartbeat | null = null;
  #missedHeartbeat: 'ping' | 'message' | null = null;
  #repeater: Repeater | null = null;
  #retry: { readonly attempt: number; readonly dueMs: number; readonly timer: NodeJS.Timeout } | null = null;
  #attempts = 0;
  /** The person has ended it: nothing reconnects by itself any more. */
  #closedByPerson = false;
  #paused = false;
  #refusesPong: boolean;
  #halfClosed = false;
  #pings = 0;
  #pongs = 0;
  #sequence = 0;
  #maxBufferedBytes = 0;
  #sendRefused = false;
  #lastReceivedMs: number | null = null;
  #lastByteMs: number | null = null;
  #inflatedBytes = { sent: 0, received: 0 };
  /** Of the messages that have left, in order, whether they left compressed; raw frames are none of them. */
  readonly #leftCompressed: boolean[] = [];
  #leavingCompressed = false;
  #sendingRaw = false;
  #disposed = false;

  constructor(setup: SessionSetup) {
    this.#setup = setup;
    this.#plan = setup.plan;
    this.sessionId = setup.sessionId;
    this.#refusesPong = !setup.plan.session.autoPong;
    this.#redactor = new Redactor(setup.plan.secrets);
  }

  get state(): SessionState {
    return this.#state;
  }

  /** The report of the present or last connection. */
  get report(): Report | null {
    return this.#report;
  }

  /** Connects for the first time. Settles with the report whether it opened or not; `state` says which. */
  async open(): Promise<Report> {
    if (this.#plan.url.startsWith('wss:')) {
      this.#context = await loadTlsMaterial(this.#plan.tls, this.#plan.baseDir);
    }
    return this.#connect();
  }

  snapshot(): SessionSnapshot {
    const nowMs = this.#clock();
    const { heartbeat, reconnect } = this.#plan.session;
    const live = this.#state === 'open' || this.#state === 'closing';
    return {
      sessionId: this.sessionId,
      revision: ++this.#revision,
      name: this.#redactor.text(this.#plan.name),
      url: this.#redactor.url(this.#plan.url),
      state: this.#state,
      startedAt: this.#startedAt.toISOString(),
      elapsedMs: nowMs,
      connections: this.#connections,
      reconnect: this.#retry && {
        attempt: this.#retry.attempt,
        maxAttempts: reconnect?.maxAttempts ?? 0,
        dueMs: this.#retry.dueMs,
      },
      subprotocol: this.#report?.subprotocol.selected ?? null,
      dialect: this.#dialect(),
      sent: this.#sent.snapshot(nowMs),
      received: this.#received.snapshot(nowMs),
      bufferedBytes: this.#bufferedBytes(),
      compressionRatio: this.#report?.compression.enabled
        ? { sent: this.#ratio('sent'), received: this.#ratio('received') }
        : null,
      roundTrips: this.#roundTrips.snapshot(),
      heartbeat: heartbeat && { ...heartbeat, missed: this.#heartbeat?.missed ?? (this.#missedHeartbeat ? 1 : 0) },
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
    };
  }

  /** Sends one message; settles when the socket has taken it. Throws `ProbeError` when it cannot be encoded or sent now. */
  async send(message: OutgoingMessage): Promise<number> {
    const { binary, bytes } = await encodeOutgoing(message, { baseDir: this.#plan.baseDir, seq: ++this.#sequence });
    await this.#sendBytes(bytes, binary);
    return bytes.length;
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
        if (error) this.#event(`Repeating stopped: ${error.message}`);
        this.#changed();
      },
    );
    this.#changed();
  }

  stopRepeat(): void {
    this.#repeater?.stop();
  }

  async sendRaw({ payload, ...frame }: RawFrame): Promise<void> {
    const link = this.#requireOpen();
    const { bytes } = await encodeOutgoing(payload, { baseDir: this.#plan.baseDir, seq: ++this.#sequence });
    this.#requireRoom(bytes.length);
    this.#sendingRaw = true;
    link.connection.tap?.stream.write(encodeRawFrame(frame, bytes));
    this.#sendingRaw = false;
    this.#changed();
  }

  /** A protocol ping whose round trip is measured. Payload: UTF-8, 125 bytes at most (RFC 6455 5.5). */
  ping(payload = `wsprobe.${this.#pings + 1}`): void {
    const socket = this.#requireOpen().socket;
    const bytes = controlPayload(payload);
    this.#pings += 1;
    if (this.#pendingPings.size >= MAX_PENDING_PINGS) this.#pendingPings.clear();
    this.#pendingPings.set(bytes.toString('latin1'), this.#clock());
    socket?.ping(bytes);
    this.#changed();
  }

  /** An unsolicited pong (RFC 6455 5.5.3). */
  pong(payload: string): void {
    this.#requireOpen().socket?.pong(controlPayload(payload));
    this.#changed();
  }

  close(code: number, reason: string): void {
    this.#closedByPerson = true;
    this.#stopRetrying();
    const socket = this.#link?.socket;
    if (this.#state === 'connecting') {
      this.#abort.abort();
      return;
    }
    if (this.#state !== 'open' || !socket) {
      if (this.#state === 'reconnecting') this.#setState('closed');
      return;
    }
    // A paused socket would never read the peer's answer.
    this.pause(false);
    this.#setState('closing');
    try {
      socket.close(code, reason);
    } catch (error) {
      this.#setState('open');
      this.#closedByPerson = false;
      throw new ProbeError('session.invalid-close', (error as Error).message, {
        hint: 'A close code is 1000, 1001-1003, 1007-1014 or 3000-4999, its reason 123 bytes at most. Raw frames send any other.',
        cause: error,
      });
    }
  }

  /** Lets go at once, whatever is going on: no Close frame, nothing more is read or sent. */
  terminate(): void {
    this.#closedByPerson = true;
    this.#stopRetrying();
    this.#abort.abort();
    this.#link?.socket?.terminate();
    this.#link?.connection.destroy();
    if (this.#state === 'reconnecting') this.#setState('closed');
  }

  /** Sends FIN and goes on reading: what does the server do with a client that has finished? */
  halfClose(): void {
    this.#requireOpen().connection.tap?.stream.end();
    this.#halfClosed = true;
    this.#event('Half-closed: we sent FIN and still read');
    this.#changed();
  }

  /** Connects anew, now; a live connection is closed with 1001 first. */
  async reconnect(): Promise<Report> {
    this.#stopRetrying();
    this.#attempts = 0;
    const link = this.#link;
    this.#link = null;
    link?.socket?.close(1001, 'reconnecting');
    link?.socket?.resume();
    if (link) this.#heartbeat?.stop();
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
    this.#event(paused ? 'Reading paused: TCP holds the peer back' : 'Reading goes on');
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
    this.#heartbeat?.stop();
    this.stopRepeat();
    this.#setup.log.dispose();
  }

  async #connect(): Promise<Report> {
    this.#setState('connecting');
    this.#connections += 1;
    this.#abort = new AbortController();
    this.#paused = false;
    this.#halfClosed = false;
    this.#missedHeartbeat = null;
    this.#pendingPings.clear();
    const connection = this.#connections;
    const link: SessionLink = new SessionLink(this.#plan, {
      clock: this.#clock,
      network: this.#setup.network ?? systemNetwork,
      context: this.#context,
      signal: this.#abort.signal,
      vantage: this.#setup.vantage,
      keepPayloadBytes: this.#setup.keepPayloadBytes,
      listener: {
        onFrame: (frame) => this.#onFrame(frame, connection),
        onMessage: (bytes, binary, compressed, atMs) => this.#onMessage(bytes, binary, compressed, atMs),
        onPing: (payload) => this.#onPing(link, payload),
        onPong: (payload, atMs) => this.#onPong(payload, atMs),
        onEnd: () => this.#onEnd(link),
      },
    });
    this.#link = link;
    this.#event(connection === 1 ? 'Connecting' : `Connecting (${connection})`);
    const opened = await link.open();
    const report = link.report();
    if (this.#link !== link) return report;
    this.#report = report;
    if (opened) this.#opened(link, report);
    else this.#ended(link);
    this.#setup.onConnection?.(report);
    return report;
  }

  #opened(link: SessionLink, report: Report): void {
    this.#setState('open');
    const { selected } = report.subprotocol;
    this.#event(`Open after ${report.durationMs} ms${selected === null ? '' : `, subprotocol ${selected}`}`);
    const { heartbeat } = this.#plan.session;
    if (heartbeat) {
      this.#heartbeat = new Heartbeat({
        everyMs: heartbeat.everyMs,
        timeoutMs: heartbeat.timeoutMs,
        clock: this.#clock,
        bufferedBytes: () => this.#bufferedBytes(),
        beat: () => this.#beat(),
        onMissed: () => this.#missed(link),
      });
    }
    // What ended while the report was made has nobody else to tell of it.
    if (link.endedMs !== null && link.socket?.readyState === CLOSED) this.#onEnd(link);
  }

  #beat(): void {
    const send = this.#plan.session.heartbeat?.send;
    if (send === undefined || this.#state !== 'open') return;
    if (send === 'ping') {
      this.ping();
      return;
    }
    encodePayload(send, { baseDir: this.#plan.baseDir, seq: ++this.#sequence })
      .then(({ binary, bytes }) => this.#sendBytes(bytes, binary))
      .catch((error: Error) => this.#event(`The heartbeat could not be sent: ${error.message}`));
  }

  #missed(link: SessionLink): void {
    this.#missedHeartbeat = this.#plan.session.heartbeat?.send === 'ping' ? 'ping' : 'message';
    this.#event(
      `No answer to the heartbeat within ${this.#plan.session.heartbeat?.timeoutMs} ms: the connection is given up`,
    );
    link.failure ??= { phase: 'message', kind: 'no-reply', code: null, message: 'The heartbeat was not answered.' };
    link.socket?.terminate();
  }

  #onFrame(frame: Frame, connection: number): void {
    this.#setup.log.append(frame, connection);
    const traffic = frame.direction === 'sent' ? this.#sent : this.#received;
    const endsMessage = frame.fin && frame.opcode < OPCODE.close;
    traffic.count(frame.headerBytes + frame.payloadBytes, frame.payloadBytes, endsMessage, frame.atMs);
    this.#lastByteMs = frame.atMs;
    if (frame.direction === 'sent') this.#noteCompression(frame);
    else {
      this.#lastReceivedMs = frame.atMs;
      if (this.#heartbeat && endsMessage && this.#plan.session.heartbeat?.send !== 'ping') this.#heartbeat.answered();
    }
    this.#changed();
  }

  #noteCompression(frame: Frame): void {
    if (this.#sendingRaw || frame.opcode >= OPCODE.close) return;
    if (frame.opcode !== OPCODE.continuation) this.#leavingCompressed = frame.rsv1;
    if (frame.fin) this.#leftCompressed.push(this.#leavingCompressed);
  }

  #onMessage(bytes: Buffer, binary: boolean, compressed: boolean, atMs: number): void {
    if (compressed) {
      this.#setup.log.attachInflated('received', bytes, binary);
      this.#inflatedBytes.received += bytes.length;
    }
    this.#setup.onMessage?.('received', binary, bytes, atMs);
    if (compressed) this.#changed();
  }

  #onPing(link: SessionLink, payload: Buffer): void {
    const socket = link.socket;
    if (this.#refusesPong || !socket || socket.bufferedAmount > PONG_BACKLOG_BYTES) return;
    socket.pong(payload);
  }

  #onPong(payload: Uint8Array, atMs: number): void {
    this.#pongs += 1;
    const key = Buffer.from(payload).toString('latin1');
    const sentMs = this.#pendingPings.get(key);
    if (sentMs === undefined) return;
    this.#pendingPings.delete(key);
    this.#roundTrips.add(atMs, toThousandths(atMs - sentMs));
    if (this.#plan.session.heartbeat?.send === 'ping') this.#heartbeat?.answered();
  }

  /** `ws` has let go of the socket: the connection is over. */
  #onEnd(link: SessionLink): void {
    if (this.#link !== link || this.#state === 'connecting') return;
    const nowMs = this.#clock();
    const { heartbeat } = this.#plan.session;
    link.session = {
      missedHeartbeat: this.#missedHeartbeat,
      heartbeatTimeoutMs: heartbeat?.timeoutMs ?? null,
      pingsSent: this.#pings,
      pongsReceived: this.#pongs,
      idleMs: this.#lastByteMs === null ? null : toThousandths((link.endedMs ?? nowMs) - this.#lastByteMs),
      silentMs: this.#lastReceivedMs === null ? null : toThousandths((link.endedMs ?? nowMs) - this.#lastReceivedMs),
      maxBufferedBytes: this.#maxBufferedBytes,
      sendRefused: this.#sendRefused,
      paused: this.#paused,
    };
    this.#report = link.report();
    this.#setup.onConnection?.(this.#report);
    this.#ended(link);
  }

  #ended(link: SessionLink): void {
    this.#heartbeat?.stop();
    this.#heartbeat = null;
    this.stopRepeat();
    const report = this.#report;
    const close = report?.close;
    const why = close
      ? `Closed ${close.code}${close.reason === '' ? '' : ` ${close.reason}`}: ${close.evidence}`
      : (report?.error?.message ?? 'Not connected');
    this.#event(this.#redactor.text(why));
    const opened = link.openMs !== null;
    if (opened && (link.endedMs ?? 0) - (link.openMs ?? 0) > STABLE_MS) this.#attempts = 0;
    const policy = this.#plan.session.reconnect;
    if (this.#closedByPerson || !policy || this.#attempts >= policy.maxAttempts || !this.#worthRetrying(close?.code)) {
      this.#setState('closed');
      return;
    }
    this.#attempts += 1;
    const delayMs = backoffMs(policy, this.#attempts, this.#setup.random);
    const timer = setTimeout(() => {
      this.#retry = null;
      void this.#connect();
    }, delayMs);
    this.#retry = { attempt: this.#attempts, dueMs: toThousandths(this.#clock() + delayMs), timer };
    this.#setState('reconnecting');
    this.#event(`Reconnecting in ${delayMs} ms (attempt ${this.#attempts} of ${policy.maxAttempts})`);
  }

  /** A code that says "no" or "fix it first" would only be said again. */
  #worthRetrying(code: number | undefined): boolean {
    if (code === undefined || code === 1006) return true;
    const dialect = this.#dialect();
    const { reconnect } = explainClose(code, dialect === null ? {} : { dialect });
    const worth = reconnect === 'yes' || reconnect === 'backoff' || code < 3000;
    if (!worth) this.#event(`Not reconnecting: ${code} would be answered again until its cause is mended`);
    return worth;
  }

  #sendBytes(bytes: Uint8Array, binary: boolean): Promise<void> {
    const link = this.#requireOpen();
    this.#requireRoom(bytes.length);
    const { socket } = link;
    return new Promise((resolve, reject) => {
      socket?.send(bytes, { binary }, (error) => {
        if (error) {
          reject(new ProbeError('session.not-sent', `The message was not sent: ${error.message}`, { cause: error }));
          return;
        }
        if (this.#leftCompressed.shift()) {
          this.#setup.log.attachInflated('sent', bytes, binary);
          this.#inflatedBytes.sent += bytes.length;
        }
        this.#setup.onMessage?.('sent', binary, bytes, this.#clock());
        resolve();
      });
      this.#maxBufferedBytes = Math.max(this.#maxBufferedBytes, this.#bufferedBytes());
      this.#changed();
    });
  }

  #requireOpen(): SessionLink {
    if (this.#state === 'open' && this.#link) return this.#link;
    throw new ProbeError('session.not-open', `The session is ${this.#state}.`, {
      hint: this.#state === 'closed' ? 'Reconnect to send.' : 'Wait until it is open.',
    });
  }

  #requireRoom(bytes: number): void {
    const buffered = this.#bufferedBytes();
    if (buffered + bytes <= MAX_BUFFERED_BYTES || buffered === 0) return;
    this.#sendRefused = true;
    throw new ProbeError(
      'session.buffer-full',
      `The peer does not read: ${buffered} bytes wait to be sent, 64 MiB is our limit.`,
      {
        hint: 'Wait until the peer has read, or close the session.',
      },
    );
  }

  #bufferedBytes(): number {
    const link = this.#link;
    if (!link?.socket) return 0;
    return Math.max(link.socket.bufferedAmount, link.connection.tap?.stream.writableLength ?? 0);
  }

  #ratio(direction: 'sent' | 'received'): number | null {
    const inflated = this.#inflatedBytes[direction];
    const traffic = direction === 'sent' ? this.#sent : this.#received;
    if (inflated === 0) return null;
    return toThousandths(traffic.snapshot(this.#clock()).payloadBytes / inflated);
  }

  #dialect(): string | null {
    const { dialect } = this.#plan.session;
    if (dialect !== 'auto') return dialect;
    return dialectOf({ subprotocol: this.#report?.subprotocol.selected ?? null, url: this.#plan.url });
  }

  #stopRetrying(): void {
    if (this.#retry) clearTimeout(this.#retry.timer);
    this.#retry = null;
  }

  #event(text: string): void {
    this.#setup.log.appendEvent(text, this.#clock(), this.#connections);
  }

  #setState(state: SessionState): void {
    this.#state = state;
    this.#changed();
  }

  #changed(): void {
    if (!this.#disposed) this.#setup.onChange();
  }
}

/** `WebSocket.CLOSED`. */
const CLOSED = 3;

function controlPayload(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= 125) return bytes;
  throw new ProbeError(
    'session.control-too-long',
    `A control frame holds 125 bytes, this payload has ${bytes.length}.`,
    {
      hint: 'RFC 6455 5.5. A raw frame sends more, to see what the server makes of it.',
    },
  );
}
