import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import { BodyReader, MAX_REFUSAL_BYTES, REFUSAL_TIMEOUT_MS } from '../handshake/bodyReader.js';
import type { HandshakeInspection, RequestHead, ResponseHead } from '../handshake/handshake.js';
import { inspectHandshake, prepareInspection } from '../handshake/inspectHandshake.js';
import { parseRequestHead } from '../handshake/requestHead.js';
import { ResponseHeadReader } from '../handshake/responseHeadReader.js';
import type { ResponseInfo } from '../base/model.js';
import type { ProbePlan } from '../base/plan.js';
import { formatAuthority } from '../base/address.js';
import type { HandshakeRequest } from './handshakeRequest.js';
import { failed, failedWith, type Outcome, success, wait } from './outcome.js';
import { isTlsAlert } from './secure.js';
import { MAX_HEADER_BYTES, webSocketOptions } from './webSocketOptions.js';

/** The opening handshake as it went over the wire (RFC 6455 4). Null where it never came so far. */
export interface HandshakeRecord {
  request: RequestHead | null;
  response: ResponseHead | null;
  body: ResponseInfo['body'] | null;
  inspection: HandshakeInspection | null;
  requestSentMs: number | null;
  firstByteMs: number | null;
  responseCompleteMs: number | null;
}

function emptyHandshake(): HandshakeRecord {
  return {
    request: null,
    response: null,
    body: null,
    inspection: null,
    requestSentMs: null,
    firstByteMs: null,
    responseCompleteMs: null,
  };
}

/** Bytes after the heads, both ways: the frames. */
export interface FrameBytes {
  /** Said once, before the first frame: whether permessage-deflate was accepted (RFC 7692). */
  negotiated(deflate: boolean): void;
  /** Whether `room` has memory for frames at all. */
  readonly readsFrames: boolean;
  /** The stream is read by somebody else, and never by `ws`. */
  readonly takesOver: boolean;
  /** Memory to read the next bytes into, once there are frames; null for any. Asked for before each read. */
  room(): Uint8Array | null;
  /** Gives what is to be handed on in the place of the chunk. `isReadAtOnce`: who gets it reads it before anything else comes. */
  received(chunk: Uint8Array, atMs: number, isReadAtOnce: boolean): readonly Uint8Array[];
  sent(chunk: Uint8Array, atMs: number): void;
  /** The stream is closed: nothing is read any more. */
  closed(): void;
}

/** What stands between `ws` and the wire until the answer has been judged: a tap over HTTP/1.1, a stream over HTTP/2. */
export interface Gate {
  /** What `ws` works on. */
  readonly stream: Duplex;
  /** The answer was accepted: what follows it may pass. */
  open(): void;
  /** It was accepted, and somebody else reads on, from `rest`. */
  handOver(rest: Uint8Array): void;
  /** It was not: `ws` never sees it. */
  refuse(): void;
  destroy(): void;
}

/**
 * Runs the opening handshake through `ws` over a gate and judges the raw heads by our own hand first: only a response that
 * passes is handed to `ws`, whose refusal would then be the second opinion.
 */
export class OpeningHandshake {
  readonly record = emptyHandshake();
  readonly #frames: FrameBytes;
  readonly #reader = new ResponseHeadReader({ maxBytes: MAX_HEADER_BYTES });
  #requestText = '';
  #requestDone = false;
  #accepted = false;
  #body: BodyReader | null = null;
  #gate: Gate | null = null;
  #socket: WebSocket | null = null;
  #connected: (stream: Duplex) => void = () => {};
  #settle: (outcome: Outcome<WebSocket>) => void = () => {};
  #bodyTimer: NodeJS.Timeout | undefined;

  constructor(frames: FrameBytes) {
    this.#frames = frames;
  }

  /** The prepared socket; null before `prepare`. */
  get socket(): WebSocket | null {
    return this.#socket;
  }

  /**
   * Makes the request ready before the layers below connect; nothing leaves before `run`. A request that `ws` or Node
   * refuses to make is a failure of its own.
   */
  prepare(plan: ProbePlan, request: HandshakeRequest): Outcome<WebSocket> {
    try {
      // The stream is already secure where it must be: to `ws` it is always plain.
      const url = `ws://${formatAuthority(request.host.replace(/%.*$/, ''), request.port)}${request.target}`;
      const options = webSocketOptions(plan, request, (connected) => {
        this.#connected = connected;
      });
      this.#socket = new WebSocket(url, [...request.subprotocols], options);
      this.#socket.on('error', this.#onWebSocketError);
      return success(this.#socket);
    } catch (error) {
      return failedWith('upgrade', error as Error, 'input');
    }
  }

  /** `spentMs` of the time is gone already. */
  run(gate: Gate, timeoutMs: number, signal: AbortSignal | undefined, spentMs = 0): Promise<Outcome<WebSocket>> {
    const socket = this.#socket;
    if (!socket) throw new Error('The opening handshake was not prepared.');
    this.#gate = gate;
    return wait<WebSocket>(
      {
        phase: 'upgrade',
        timeoutMs: Math.max(0, timeoutMs - spentMs),
        timeoutMessage: `No complete answer to the upgrade request within ${timeoutMs} ms.`,
        signal,
      },
      (settle) => {
        this.#settle = settle;
        socket.once('open', () => settle(success(socket)));
        this.#connected(gate.stream);
        return (outcome) => {
          clearTimeout(this.#bodyTimer);
          this.#finishBody();
          if (!outcome.ok) this.abandon();
        };
      },
    );
  }

  /** Lets go of what was prepared or begun; nothing more is sent. */
  abandon(): void {
    this.#socket?.terminate();
    this.#gate?.destroy();
  }

  sent(chunk: Uint8Array, atMs: number): void {
    if (this.#requestDone) {
      this.#frames.sent(chunk, atMs);
      return;
    }
    this.#requestText += Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1');
    if (!this.#requestText.endsWith('\r\n\r\n')) return;
    this.requested(parseRequestHead(this.#requestText), atMs);
  }

  /** The request has left; what is sent from now on is frames. */
  requested(request: RequestHead, atMs: number): void {
    this.#requestDone = true;
    this.record.requestSentMs = atMs;
    this.record.request = request;
    prepareInspection(request);
  }

  /** Where the next bytes are to be read to; null where that does not matter. */
  room(): Uint8Array | null {
    return this.#accepted ? this.#frames.room() : null;
  }

  /** As FrameBytes has it. */
  received(chunk: Uint8Array, atMs: number, isReadAtOnce: boolean): readonly Uint8Array[] {
    if (this.#accepted) return this.#frames.received(chunk, atMs, isReadAtOnce);
    this.#receivedHead(chunk, atMs);
    return [chunk];
  }

  /** The stream is closed. */
  closed(): void {
    this.#frames.closed();
  }

  #receivedHead(chunk: Uint8Array, atMs: number): void {
    if (this.#body) {
      if (this.#body.push(chunk)) this.#refuseByStatus();
      return;
    }
    if (this.record.response) return;
    this.record.firstByteMs ??= atMs;
    const step = this.#reader.push(chunk);
    if (step.state === 'more') return;
    if (step.state === 'error') {
      this.#gate?.refuse();
      this.#settle(failed('upgrade', step.kind, step.message));
      return;
    }
    this.answered(step.head, step.rest, atMs);
  }

  /** The head of the answer is complete; `rest` are the bytes that came with it. */
  answered(head: ResponseHead, rest: Uint8Array, atMs: number): void {
    this.record.firstByteMs ??= atMs;
    this.record.response = head;
    this.record.responseCompleteMs = atMs;
    if (isAccepting(head)) this.#judge(head, rest, atMs);
    else this.#readBody(head, rest);
  }

  /** The layer below has the last word: HTTP/2 reset the stream, or went away. */
  fail(outcome: Outcome<never>): void {
    if (!this.#accepted) this.#settle(outcome);
  }

  ended(kind: 'server-fin' | 'server-reset', error: Error | null): void {
    if (this.#body) {
      this.#body.end();
      this.#refuseByStatus();
      return;
    }
    if (this.#accepted) return;
    if (error && isTlsAlert(error)) this.#settle(failedWith('tls', error));
    else if (kind === 'server-fin')
      this.#settle(failed('upgrade', 'end', 'The peer closed the connection (FIN) before it had answered.'));
    else this.#settle(failedWith('upgrade', error ?? new Error('The peer reset the connection.'), 'reset'));
  }

  #judge(response: ResponseHead, rest: Uint8Array, atMs: number): void {
    const request = this.record.request;
    if (!request) {
      this.#gate?.refuse();
      this.#settle(failed('upgrade', 'malformed', 'The peer answered before the request was sent.'));
      return;
    }
    const inspection = inspectHandshake({ request, response });
    this.record.inspection = inspection;
    const problem = inspection.problems.find(({ severity }) => severity === 'error');
    if (problem) {
      this.#gate?.refuse();
      this.#settle(failed('upgrade', 'handshake', problem.message, problem.id));
      return;
    }
    this.#accepted = true;
    this.#frames.negotiated(inspection.compression.enabled);
    if (rest.length > 0) this.#frames.received(rest, atMs, false);
    if (!this.#frames.takesOver) return this.#gate?.open();
    this.#gate?.handOver(rest);
    if (this.#socket) this.#settle(success(this.#socket));
  }

  #readBody(head: ResponseHead, rest: Uint8Array): void {
    this.#gate?.refuse();
    this.#body = new BodyReader({ head, maxBytes: MAX_REFUSAL_BYTES });
    this.#bodyTimer = setTimeout(() => this.#refuseByStatus(), REFUSAL_TIMEOUT_MS);
    if (this.#body.push(rest)) this.#refuseByStatus();
  }

  #finishBody(): void {
    if (this.#body) this.record.body = this.#body.body;
  }

  #refuseByStatus(): void {
    const response = this.record.response;
    this.#settle(
      failed('upgrade', 'status', `${response?.status} ${response?.reason}`.trim(), String(response?.status)),
    );
  }

  readonly #onWebSocketError = (error: Error) => {
    this.#settle(failedWith('upgrade', error, this.#accepted ? 'handshake' : 'malformed'));
  };
}

/** 101 (RFC 6455 4.2.2); over HTTP/2 any 2xx (RFC 8441 5). */
function isAccepting({ httpVersion, status }: ResponseHead): boolean {
  return httpVersion === '2' ? status >= 200 && status < 300 : status === 101;
}
