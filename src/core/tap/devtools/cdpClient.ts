import { WebSocket } from 'ws';
import { ProbeError } from '../../base/errors.js';
import { guardedLookup } from '../../transport/guardedLookup.js';
import { refuseGuarded } from './guard.js';
import { type Fields, fieldsOf, numberOf, parseFields, textOf } from './wire.js';

/** A message of 100 MiB in Base64, with what stands around it. */
const MAX_MESSAGE_BYTES = 144 * 1024 * 1024;
const MAX_PENDING = 10_000;
const OPEN_TIMEOUT_MS = 10_000;
const CALL_TIMEOUT_MS = 10_000;

/** Sessions of the worker threads of Node, which are spoken to through their process. */
const THREAD = 'thread ';

/** The session of a worker thread, as Node calls it; null where it has no name. */
export function threadSession(name: unknown): string | null {
  const text = textOf(name, 200);
  return text === null ? null : `${THREAD}${text}`;
}

/** An event of DevTools; `sessionId` is null for the target that was connected to. */
export interface CdpEvent {
  readonly method: string;
  readonly params: Fields;
  readonly sessionId: string | null;
}

export interface CdpClientOptions {
  readonly onEvent: (event: CdpEvent) => void;
  /** Once, when the connection is over, and why. */
  readonly onClose: (why: string) => void;
}

interface Pending {
  readonly resolve: (result: Fields) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * A connection to DevTools. It is never paused: a browser that cannot send buffers by itself, a debugger in front of it in
 * its own process. What has a wrong shape is left out.
 */
export class CdpClient {
  readonly #socket: WebSocket;
  readonly #options: CdpClientOptions;
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;
  #isOver = false;
  #hasAnswered = false;

  private constructor(socket: WebSocket, options: CdpClientOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (!isBinary) this.#take(data.toString());
    });
    socket.on('close', (code) => this.#end(`the connection to DevTools closed (${code})`));
    socket.on('error', (error) => this.#end(error.message));
  }

  /** Rejects with a ProbeError when nobody takes the connection. */
  static open(url: URL, options: CdpClientOptions, signal?: AbortSignal): Promise<CdpClient> {
    refuseGuarded(url);
    const socket = new WebSocket(url, {
      // Compressing costs the debugger more than the bytes are worth.
      perMessageDeflate: false,
      maxPayload: MAX_MESSAGE_BYTES,
      handshakeTimeout: OPEN_TIMEOUT_MS,
      followRedirects: false,
      lookup: guardedLookup,
    });
    return new Promise((resolve, reject) => {
      const abort = () => socket.terminate();
      signal?.addEventListener('abort', abort, { once: true });
      const failed = (error: Error) => {
        signal?.removeEventListener('abort', abort);
        reject(
          new ProbeError('attach.connect', `No connection to DevTools at ${url.host}: ${error.message}.`, {
            hint: 'One debugger at a time may be attached to some targets: close the other, or take the http:// address.',
            cause: error,
          }),
        );
      };
      socket.once('error', failed);
      socket.once('open', () => {
        signal?.removeEventListener('abort', abort);
        socket.off('error', failed);
        resolve(new CdpClient(socket, options));
      });
      if (signal?.aborted) abort();
    });
  }

  /** Whether anything was answered as DevTools answer, be it a refusal. */
  get hasAnswered(): boolean {
    return this.#hasAnswered;
  }

  /** Asks for something; rejects with the words of DevTools where it is refused, or the connection is over. */
  call(method: string, params: Fields = {}, sessionId: string | null = null): Promise<Fields> {
    if (this.#isOver) return Promise.reject(new Error('The connection to DevTools is over.'));
    if (this.#pending.size >= MAX_PENDING) return Promise.reject(new Error('DevTools answer nothing any more.'));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => this.#settle(id, (each) => each.reject(new Error(`${method}: no answer`))),
        CALL_TIMEOUT_MS,
      );
      timer.unref();
      this.#pending.set(id, { resolve, reject, timer });
      this.#send({ id, method, params }, sessionId);
    });
  }

  #send(message: Fields, sessionId: string | null): void {
    if (sessionId?.startsWith(THREAD) !== true) {
      this.#socket.send(JSON.stringify(sessionId === null ? message : { ...message, sessionId }));
      return;
    }
    // That it was taken says nothing: the answer comes as an event.
    const params = { sessionId: sessionId.slice(THREAD.length), message: JSON.stringify(message) };
    this.#socket.send(JSON.stringify({ id: this.#nextId++, method: 'NodeWorker.sendMessageToWorker', params }));
  }

  /** The same, where a refusal means that this kind of target has nothing of the sort. */
  async tryCall(method: string, params: Fields = {}, sessionId: string | null = null): Promise<Fields | null> {
    try {
      return await this.call(method, params, sessionId);
    } catch {
      return null;
    }
  }

  close(why = 'it was closed'): void {
    this.#socket.close();
    this.#end(why);
  }

  #take(text: string, thread: string | null = null): void {
    const message = parseFields(text);
    if (!message || this.#isOver) return;
    const id = numberOf(message['id']);
    if (id !== null) {
      const error = fieldsOf(message['error']);
      const result = fieldsOf(message['result']);
      // Who says back what it was told has answered nothing.
      if (error || result) this.#hasAnswered = true;
      this.#settle(id, ({ resolve, reject }) => {
        if (error) reject(new Error(textOf(error['message'], 1_000) ?? 'refused'));
        else if (result) resolve(result);
        else reject(new Error('no answer'));
      });
      return;
    }
    const method = textOf(message['method'], 200);
    if (method === null) return;
    const params = fieldsOf(message['params']) ?? {};
    const { message: told, sessionId: name } = params;
    // A thread has none of its own.
    if (method === 'NodeWorker.receivedMessageFromWorker' && thread === null && typeof told === 'string')
      this.#take(told, threadSession(name));
    else this.#options.onEvent({ method, params, sessionId: thread ?? textOf(message['sessionId'], 200) });
  }

  #settle(id: number, how: (pending: Pending) => void): void {
    const pending = this.#pending.get(id);
    if (!pending) return;
    this.#pending.delete(id);
    clearTimeout(pending.timer);
    how(pending);
  }

  #end(why: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const id of this.#pending.keys()) this.#settle(id, ({ reject }) => reject(new Error(why)));
    this.#options.onClose(why);
    if (this.#socket.readyState !== WebSocket.CLOSED) setTimeout(() => this.#socket.terminate(), 1_000).unref();
  }
}
