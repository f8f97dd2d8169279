import type { Duplex } from 'node:stream';
import type { Failure, StreamEvidence } from '../base/evidence.js';
import type { Frame, FrameViolation } from '../base/frame.js';
import type { Attempt, ProbeProgress } from '../base/model.js';
import type { ProbePlan } from '../base/plan.js';
import type { Clock } from '../base/clock.js';
import { Redactor } from '../redaction/redactor.js';
import type { DialectJudge } from '../dialects/dialectJudge.js';
import type { ResponseHead } from '../handshake/handshake.js';
import type { WireMemory } from '../frames/wireMemory.js';
import { Connection, type ConnectionOptions } from '../transport/connection.js';
import { type HandshakeRequest, handshakeRequestOf } from '../transport/handshakeRequest.js';
import { phaseNamesOf } from '../transport/phaseNames.js';
import { PhaseRecorder } from '../transport/phaseRecorder.js';
import type { WebSocket } from '../transport/webSocket.js';
import { violationOf } from '../transport/webSocketErrors.js';
import { FrameWatch, type FrameWatchOptions } from './frameWatch.js';
import type { HeardMessage } from './heardMessage.js';
import { brokenFailure, closedFailure, endedFailure, unansweredFailure } from './streamFailure.js';

/** Who talks through a connection: a script or a person. Times are the run's own. */
export interface ConnectionListener {
  /** Every frame of a logged connection, both directions; its payload is borrowed. */
  onFrame?(frame: Frame): void;
  /** The frames of a chunk are through. */
  onChunk?(): void;
  /** A whole message; it is lent. */
  onMessage(message: HeardMessage): void;
  onPing(socket: WebSocket, payload: Buffer): void;
  onPong(payload: Uint8Array, atMs: number): void;
  /**
   * What ends the conversation: the peer's Close frame, a frame that breaks the rules, the end of the stream. The first one counts;
   * told once more only where `ws` finds afterwards that a frame before it was broken.
   */
  onEnd(failure: Failure): void;
  /** `ws` has let go of a socket that was open. */
  onClosed?(): void;
}

export interface ConnectionRunOptions extends Pick<ConnectionOptions, 'network' | 'contexts' | 'pool' | 'signal'> {
  readonly clock: Clock;
  /** Whether the plan's message check and steps are run through it, and so have a phase. */
  readonly checksMessages: boolean;
  /** Where every frame is logged: as much of a payload as the log may want. Null: there is no log. */
  readonly keepPayloadBytes: number | null;
  /** Memory of such a log for what a connection receives, by a log that has some. */
  readonly openInlet?: (() => WireMemory) | undefined;
  /** Hears that the connection opened; of its messages from whoever talks through it. */
  readonly dialectJudge: DialectJudge;
  readonly onProgress: ((progress: ProbeProgress) => void) | null;
  /** The open stream is for somebody else to read and write, and `ws` never sees it: `stream`. */
  readonly takesOver?: boolean | undefined;
}

/** What a report's evidence keeps of the messages. */
const MAX_TEXTS = 20;
const MAX_TEXT_CHARACTERS = 4_096;

/** One connection from DNS to its end, whoever talks through it. What each part saw stays here until a report is assembled from it. */
export class ConnectionRun {
  readonly plan: ProbePlan;
  readonly clock: Clock;
  readonly request: HandshakeRequest;
  readonly recorder: PhaseRecorder;
  readonly connection: Connection;
  readonly watch: FrameWatch;
  readonly dialectJudge: DialectJudge;
  /** What TLS is spoken with. */
  readonly contexts: ConnectionOptions['contexts'];
  /** The first messages of the peer that are text, or JSON in binary; cut. */
  readonly texts: string[] = [];
  /** The socket, from the moment it opened. */
  socket: WebSocket | null = null;
  openMs: number | null = null;
  /** When the stream ended by the peer's or the network's doing, or `ws` let go of it; null while it lives. */
  endedMs: number | null = null;
  /** What ended the conversation; null while nothing has. */
  ended: Failure | null = null;
  /** What a second look found where the peer hung up on plain HTTP: whether it answers TLS. Null: never asked. */
  answersTls: boolean | null = null;
  /** The head of the answer in plain HTTP where no TLS came about; null: there was none, or it was never asked. */
  plainAnswer: ResponseHead | null = null;
  getAnswer: ResponseHead | null = null;
  listensAt: StreamEvidence['listensAt'] = null;
  hungUpOnGet = false;
  proxyLineAnswer: ResponseHead | null = null;
  #listener: ConnectionListener | null = null;
  #redactor: Redactor | null = null;

  constructor(plan: ProbePlan, options: ConnectionRunOptions) {
    this.plan = plan;
    this.clock = options.clock;
    this.dialectJudge = options.dialectJudge;
    this.contexts = options.contexts;
    this.request = handshakeRequestOf(plan);
    const phases = phaseNamesOf(options.checksMessages ? plan : { ...plan, message: null, steps: [], talked: false });
    const { keepPayloadBytes, onProgress, openInlet } = options;
    this.recorder = new PhaseRecorder(phases, this.clock, onProgress ? () => onProgress(this.#progress()) : () => {});
    this.watch = new FrameWatch({
      maxMessageBytes: plan.limits.maxMessageBytes,
      takesOver: options.takesOver ?? false,
      events: {
        onMessage: (message) => this.#onMessage(message),
        onPong: (payload, atMs) => this.#listener?.onPong(payload, atMs),
        onClose: (code, reason, atMs) => this.#end(closedFailure(code, reason), atMs),
        onViolation: (violation) => this.#broken(violation),
      },
      ...(keepPayloadBytes === null ? {} : { log: this.#log(keepPayloadBytes, openInlet?.() ?? null) }),
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

  /** The address that took TCP; null where none did, or the connection is shared. */
  get reached(): Attempt | null {
    return this.connection.way.attempts.findLast(({ error }) => error === null) ?? null;
  }

  /** Connects; null when it is open, else why it is not. */
  async open(listener: ConnectionListener): Promise<Failure | null> {
    this.#listener = listener;
    const opened = await this.connection.open();
    if (opened.ok && this.watch.takesOver) this.#takenOver();
    return opened.ok ? null : opened.failure;
  }

  /** The open stream, where it is for somebody else; its bytes pass here all the same. */
  get stream(): Duplex | null {
    return this.openMs === null ? null : (this.connection.tap?.stream ?? null);
  }

  #takenOver(): void {
    const { inspection, responseCompleteMs } = this.connection.handshake.record;
    this.openMs = responseCompleteMs ?? this.clock();
    this.dialectJudge.opened(inspection?.subprotocol.selected ?? null);
    this.stream?.once('close', () => {
      this.endedMs ??= this.clock();
      this.#listener?.onClosed?.();
    });
  }

  #log(keepPayloadBytes: number, memory: WireMemory | null): FrameWatchOptions['log'] & object {
    return {
      keepPayloadBytes,
      memory,
      append: (frame) => this.#listener?.onFrame?.(frame),
      chunkDone: () => this.#listener?.onChunk?.(),
    };
  }

  #progress(): ProbeProgress {
    this.#redactor ??= new Redactor(this.plan.secrets);
    const phases = this.#redactor.deep(this.recorder.phases());
    return { running: this.recorder.running, elapsedMs: this.clock(), phases };
  }

  #prepare(socket: WebSocket): void {
    // Here and not when `open` settles: messages may come in the same breath, and may be answered.
    socket.once('open', () => {
      this.openMs = this.connection.handshake.record.responseCompleteMs ?? this.clock();
      this.socket = socket;
      this.dialectJudge.opened(socket.protocol || null);
    });
    socket.on('message', (bytes: Buffer, binary: boolean) => {
      const { watch } = this;
      const { compressed, atMs } = watch.read(binary, bytes) ?? { compressed: false, atMs: watch.lastReceivedMs };
      this.#onMessage({ binary, bytes, firstByte: bytes[0], compressed, atMs });
    });
    socket.on('ping', (data: Buffer) => this.#listener?.onPing(socket, data));
    socket.on('error', (error) => this.#failedByWs(error));
    socket.on('close', () => {
      if (this.openMs === null) return;
      this.endedMs ??= this.clock();
      this.#listener?.onClosed?.();
    });
  }

  #onMessage(message: HeardMessage): void {
    if (this.texts.length < MAX_TEXTS && (!message.binary || looksLikeJson(message))) this.#keepText(message.bytes);
    this.#listener?.onMessage(message);
  }

  #keepText(bytes: Uint8Array): void {
    const cut = bytes.subarray(0, MAX_TEXT_CHARACTERS * 3);
    this.texts.push(new TextDecoder().decode(cut).slice(0, MAX_TEXT_CHARACTERS));
  }

  #end(failure: Failure, atMs: number): void {
    this.endedMs ??= atMs;
    if (this.ended) return;
    this.ended = failure;
    this.#listener?.onEnd(failure);
  }

  /** What came behind a broken frame is no part of the conversation, though it may have been heard first. */
  #broken(violation: FrameViolation): void {
    this.endedMs ??= this.clock();
    this.ended = brokenFailure(violation, this.watch.brokeClosing ? 'close' : 'message');
    this.#listener?.onEnd(this.ended);
    this.watch.onClosing?.();
  }

  #streamEnded(kind: 'server-fin' | 'server-reset', error: Error | null, atMs: number): void {
    this.watch.onClosing?.();
    const { closeSent } = this.watch;
    this.#end(closeSent ? unansweredFailure(kind) : endedFailure(kind, error, this.connection.http2), atMs);
  }

  /** What only `ws` can see: inflated payloads and their text. Its refusal counts where ours has not come first. */
  #failedByWs(error: Error): void {
    const id = violationOf(error);
    if (this.openMs !== null && id !== null) this.watch.refused(id, `${error.message}.`);
    this.watch.stopPairing();
  }
}

const SPACES: readonly (number | undefined)[] = [0x20, 0x09, 0x0a, 0x0d];
const QUOTE = 0x22;
/** `{` and `[`. */
const OPENING: readonly (number | undefined)[] = [0x7b, 0x5b];
const LOOKS_AT = 64;

/** `{` and `"`, or `[` and `"`, with nothing but white space between. Asked of every message: it makes no text of it, and mostly no view. */
function looksLikeJson(message: HeardMessage): boolean {
  if (!OPENING.includes(message.firstByte) && !SPACES.includes(message.firstByte)) return false;
  const { bytes } = message;
  const at = skipSpace(bytes, 0);
  return OPENING.includes(bytes[at]) && bytes[skipSpace(bytes, at + 1)] === QUOTE;
}

function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < LOOKS_AT && SPACES.includes(bytes[at])) at++;
  return at;
}
