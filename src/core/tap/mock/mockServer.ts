import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { ProbeError } from '../../base/errors.js';
import { formatAuthority } from '../../base/address.js';
import { ContentReader } from '../../contract/contentReader.js';
import { headerValue } from '../../handshake/headers.js';
import type { RecordedConversation } from '../../record/conversations.js';
import { Redactor } from '../../redaction/redactor.js';
import { handshakeSecrets } from '../handshakeSecrets.js';
import { RecordedAnswers } from './answers.js';
import { MockClient, type MockPace } from './mockClient.js';
import type { MockEvent } from './mockEvents.js';
import { refusalOf } from './refusal.js';

export interface MockOptions {
  readonly conversations: readonly RecordedConversation[];
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly pace: MockPace;
  /** Told of no client. */
  readonly secrets: readonly string[];
  readonly onEvent: (event: MockEvent) => void;
}

export interface Mock {
  readonly url: string;
  /** Ends every connection and the server. */
  stop(): Promise<void>;
}

const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
/** More clients get a 503. */
const MAX_CLIENTS = 1_000;
const HEADERS_TIMEOUT_MS = 10_000;

/** A server that answers as recorded conversations did, each client by one of them. Rejects with `mock.listen`. */
export async function startMock(options: MockOptions): Promise<Mock> {
  const server = createServer({ headersTimeout: HEADERS_TIMEOUT_MS }, (_request, response) => {
    response.writeHead(426, { Connection: 'close', Upgrade: 'websocket', 'Content-Type': 'text/plain' });
    response.end('This mock answers WebSocket clients.\n');
  });
  const door = new Door(options);
  server.on('upgrade', (request, socket, head) => door.enter(request, socket, head));
  server.on('clientError', (_error, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new ProbeError(
          'mock.listen',
          `Cannot listen on ${options.host}:${options.port} (${error.code ?? error.message}).`,
          {
            hint: 'Port 0 takes a free one.',
            cause: error,
          },
        ),
      ),
    );
    server.listen(options.port, options.host, resolve);
  });
  const { address, port } = server.address() as AddressInfo;
  return {
    url: `ws://${formatAuthority(address, port)}/`,
    stop: async () => {
      door.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Who comes in, and by which conversation they are answered. */
class Door {
  readonly #options: MockOptions;
  readonly #answers = new Map<RecordedConversation, RecordedAnswers>();
  readonly #clients = new Set<MockClient>();
  readonly #sockets = new Set<Duplex>();
  readonly #chosen = new WeakMap<IncomingMessage, RecordedConversation>();
  readonly #plain = this.#webSocketServer(false);
  readonly #deflating = this.#webSocketServer(true);
  #count = 0;

  constructor(options: MockOptions) {
    this.#options = options;
  }

  enter(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    const conversation = this.#choose(request.url ?? '/');
    if (conversation === null || this.#clients.size >= MAX_CLIENTS) {
      socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const client = (this.#count += 1);
    const { connection, facts } = conversation;
    const refusal = refusalOf(facts.response);
    if (refusal !== null) {
      this.#options.onEvent({ kind: 'refused', client, connection, status: refusal.status });
      socket.end(refusal.text);
      return;
    }
    const isDeflating = /permessage-deflate/i.test(
      headerValue(facts.response?.headers ?? [], 'sec-websocket-extensions') ?? '',
    );
    this.#chosen.set(request, conversation);
    const server = isDeflating ? this.#deflating : this.#plain;
    const pairs = Object.entries(request.headersDistinct).flatMap(([name, values = []]) =>
      values.map((value) => [name, value] as const),
    );
    const own = handshakeSecrets(`ws://localhost${request.url ?? '/'}`, pairs);
    const redactor = new Redactor([...this.#options.secrets, ...own]);
    server.handleUpgrade(request, socket, head, (ws) => void this.#open(client, ws, conversation, redactor));
  }

  close(): void {
    for (const client of this.#clients) client.stop();
    for (const socket of this.#sockets) socket.destroy();
  }

  async #open(
    client: number,
    socket: WebSocket,
    conversation: RecordedConversation,
    redactor: Redactor,
  ): Promise<void> {
    const { connection, end, endedMs, facts } = conversation;
    // Nothing is heard before there is somebody to hear it.
    socket.pause();
    socket.on('error', () => {});
    const reader = await ContentReader.of(facts.dialect);
    const answers =
      this.#answers.get(conversation) ?? new RecordedAnswers(conversation, await ContentReader.of(facts.dialect));
    this.#answers.set(conversation, answers);
    const { pace } = this.#options;
    const onEvent = (event: MockEvent) => this.#options.onEvent(redactor.deep(event));
    onEvent({ kind: 'connected', client, connection, wantedSubprotocol: missing(facts.subprotocol, socket.protocol) });
    const one = new MockClient(socket, answers.client(reader), { client, end, endedMs, onEvent, pace, redactor });
    this.#clients.add(one);
    socket.on('close', () => this.#clients.delete(one));
    one.start();
    socket.resume();
  }

  /** In turn, of those that were asked for this path where there are any. */
  #choose(target: string): RecordedConversation | null {
    const { conversations } = this.#options;
    const path = pathOf(target);
    const same = conversations.filter(({ facts }) => pathOf(facts.request?.target ?? facts.url) === path);
    const fit = same.length > 0 ? same : conversations;
    return fit[this.#count % Math.max(1, fit.length)] ?? null;
  }

  #webSocketServer(perMessageDeflate: boolean): WebSocketServer {
    return new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate,
      maxPayload: MAX_MESSAGE_BYTES,
      handleProtocols: (offered, request) => {
        const wanted = this.#chosen.get(request)?.facts.subprotocol ?? null;
        return wanted !== null && offered.has(wanted) ? wanted : false;
      },
    });
  }
}

function missing(wanted: string | null, selected: string): string | null {
  return wanted === null || wanted === selected ? null : wanted;
}

function pathOf(target: string): string {
  try {
    return new URL(target, 'ws://localhost').pathname;
  } catch {
    return target;
  }
}
