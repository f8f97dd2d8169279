import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { messageText } from '../../contract/messageText.js';
import { Packets } from '../../contract/packets.js';
import type { Said } from '../../contract/said.js';
import type { PacketForm } from '../../dialects/dialect.js';
import type { ConnectionEnd } from '../../base/sessionEvent.js';
import type { Redactor } from '../../redaction/redactor.js';
import type { AnsweredClient, Heard } from './answers.js';
import type { MockEvent } from './mockEvents.js';

/** `fast`: answers go out at once; `real`: as long after what they answer as they were recorded. */
export type MockPace = 'real' | 'fast';

export interface MockClientOptions {
  readonly client: number;
  readonly end: ConnectionEnd | null;
  readonly endedMs: number | null;
  /** How packets lie in messages; null: a message is what is said. */
  readonly form: PacketForm | null;
  readonly pace: MockPace;
  readonly redactor: Redactor;
  readonly onEvent: (event: MockEvent) => void;
}

/** As much may wait to be taken by a client before it is written more. */
const MAX_UNSENT_BYTES = 1024 * 1024;
/** Messages of a client that wait to be answered; then it is not read. */
const MAX_WAITING = 16;
/** Unmatched messages of a client that are told; more are counted. */
const MAX_TOLD = 100;
/** What a timer can wait for. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** One client of a mock: its messages are answered one after the other, and it is read no faster than it takes the answers. */
export class MockClient {
  readonly #socket: WebSocket;
  readonly #answered: AnsweredClient;
  readonly #options: MockClientOptions;
  /** Of what the client says. */
  readonly #packets: Packets | null;
  readonly #stopping = new AbortController();
  readonly #openedMs = performance.now();
  #waiting = 0;
  #unmatched = 0;
  /** What was sent last has left. */
  #written: Promise<void> = Promise.resolve();
  #last: Promise<void> = Promise.resolve();

  constructor(socket: WebSocket, answered: AnsweredClient, options: MockClientOptions) {
    this.#socket = socket;
    this.#answered = answered;
    this.#options = options;
    this.#packets = options.form && new Packets(options.form);
  }

  start(): void {
    const { client, onEvent } = this.#options;
    const socket = this.#socket;
    socket.on('message', (data, binary) => {
      const message = { binary, bytes: data as Buffer };
      for (const said of this.#packets?.push(message) ?? [message]) this.#inTurn(() => this.#hear(said));
    });
    // A client that breaks the protocol is answered by `ws`, with the close code that says so.
    socket.on('error', () => {});
    socket.on('close', (code) => {
      this.#stopping.abort();
      onEvent({ kind: 'closed', client, code, unmatched: this.#unmatched });
    });
    this.#inTurn(async () => void (await this.#say(this.#answered.greet())));
  }

  stop(): void {
    this.#stopping.abort();
    this.#socket.terminate();
  }

  #inTurn(work: () => Promise<void>): void {
    this.#waiting += 1;
    if (this.#waiting > MAX_WAITING) this.#socket.pause();
    this.#last = this.#last.then(async () => {
      if (!this.#stopping.signal.aborted) await work();
      this.#waiting -= 1;
      if (this.#waiting <= MAX_WAITING && this.#socket.isPaused) this.#socket.resume();
    });
  }

  async #hear({ binary, bytes }: Said): Promise<void> {
    const { client, onEvent, redactor } = this.#options;
    const heard = this.#answered.hear({ binary, bytes });
    if (heard.by === null || heard.request === null) {
      this.#unmatched += 1;
      // Before it is cut: the beginning of a secret would be told else.
      const message = messageText({ binary, bytes: redactor.bytes(bytes) });
      if (this.#unmatched <= MAX_TOLD) onEvent({ kind: 'unmatched', client, message, bytes: bytes.length });
      return;
    }
    const answers = await this.#say(heard);
    onEvent({ kind: 'answered', client, by: heard.by, request: heard.request.number, answers });
  }

  /** Gives how many answers went out. */
  async #say({ answers, isLast }: Heard): Promise<number> {
    const startMs = performance.now();
    let count = 0;
    for (const { afterMs, binary, bytes } of answers) {
      await this.#until(startMs + afterMs);
      if (this.#socket.readyState !== WebSocket.OPEN) return count;
      await this.#send(bytes, binary);
      count += 1;
    }
    if (isLast) await this.#end();
    return count;
  }

  async #until(timeMs: number): Promise<void> {
    const leftMs = timeMs - performance.now();
    if (this.#options.pace === 'fast' || leftMs <= 0) return;
    await delay(Math.min(leftMs, MAX_DELAY_MS), null, { signal: this.#stopping.signal }).catch(() => {});
  }

  async #send(bytes: Uint8Array, binary: boolean): Promise<void> {
    const isSlow = this.#socket.bufferedAmount > MAX_UNSENT_BYTES;
    this.#written = new Promise<void>((resolve) => this.#socket.send(bytes, { binary }, () => resolve()));
    if (isSlow) await this.#written;
  }

  /** The server's end as it was recorded; where the client ended the connection, it does so again. */
  async #end(): Promise<void> {
    const { end, endedMs } = this.#options;
    if (end === null || end.initiator === 'client') return;
    if (endedMs !== null) await this.#until(this.#openedMs + endedMs);
    if (end.initiator === 'network' || !isSendable(end.code)) {
      // What was given before goes out, and then the stream ends as it did: without a Close frame.
      await this.#written;
      this.#socket.terminate();
    } else this.#socket.close(end.code === 1005 || end.code === null ? undefined : end.code, end.reason);
  }
}

/** Whether a Close frame may carry the code (RFC 6455 7.4); 1005 is that of a frame without one. */
function isSendable(code: number | null): boolean {
  if (code === null) return false;
  return (
    code === 1005 || (code >= 3000 && code <= 4999) || (code >= 1000 && code <= 1014 && code !== 1004 && code !== 1006)
  );
}
