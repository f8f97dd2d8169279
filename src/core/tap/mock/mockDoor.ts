import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { ContentReader } from '../../contract/contentReader.js';
import { inPackets, packetFormOf } from '../../contract/packets.js';
import { headerValue } from '../../handshake/headers.js';
import type { RecordedConversation } from '../../record/conversations.js';
import { Redactor } from '../../redaction/redactor.js';
import { handshakeSecrets } from '../../profile/planSecrets.js';
import { RecordedAnswers } from './answers.js';
import { MockClient, type MockPace } from './mockClient.js';
import type { MockEvent } from './mockEvents.js';
import { refusalOf } from './refusal.js';

const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
/** More clients get a 503. */
const MAX_CLIENTS = 1_000;

export interface MockDoorOptions {
  readonly conversations: readonly RecordedConversation[];
  readonly pace: MockPace;
  /** Blotted out of all that is told. */
  readonly secrets: readonly string[];
  readonly onEvent: (event: MockEvent) => void;
}

/** Who comes in, and by which conversation they are answered. */
export class MockDoor {
  readonly #options: MockDoorOptions;
  readonly #answers = new Map<RecordedConversation, RecordedAnswers>();
  readonly #clients = new Set<MockClient>();
  readonly #sockets = new Set<Duplex>();
  readonly #chosen = new WeakMap<IncomingMessage, RecordedConversation>();
  readonly #plain = this.#webSocketServer(false);
  readonly #deflating = this.#webSocketServer(true);
  #count = 0;

  constructor(options: MockDoorOptions) {
    this.#options = options;
  }

  /** Gives by which number its events call the client. */
  enter(request: IncomingMessage, socket: Duplex, head: Buffer): number {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    const conversation = this.#choose(request.url ?? '/');
    if (conversation === null || this.#clients.size >= MAX_CLIENTS) {
      socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return 0;
    }
    const client = (this.#count += 1);
    const { connection, facts } = conversation;
    const refusal = refusalOf(facts.response);
    if (refusal !== null) {
      this.#options.onEvent({ kind: 'refused', client, connection, status: refusal.status });
      socket.end(refusal.text);
      return client;
    }
    const isDeflating = /permessage-deflate/i.test(
      headerValue(facts.response?.headers ?? [], 'sec-websocket-extensions') ?? '',
    );
    this.#chosen.set(request, conversation);
    const pairs = Object.entries(request.headersDistinct).flatMap(([name, values = []]) =>
      values.map((value) => [name, value] as const),
    );
    const own = handshakeSecrets(`ws://localhost${request.url ?? '/'}`, pairs);
    const redactor = new Redactor([...this.#options.secrets, ...own]);
    const server = isDeflating ? this.#deflating : this.#plain;
    server.handleUpgrade(request, socket, head, (ws) => void this.#open(client, ws, conversation, redactor));
    return client;
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
    const form = packetFormOf(facts.dialect);
    const answers =
      this.#answers.get(conversation) ??
      new RecordedAnswers(inPackets(conversation), await ContentReader.of(facts.dialect), form);
    this.#answers.set(conversation, answers);
    const { pace } = this.#options;
    const onEvent = (event: MockEvent) => this.#options.onEvent(redactor.deep(event));
    onEvent({ kind: 'connected', client, connection, wantedSubprotocol: missing(facts.subprotocol, socket.protocol) });
    const one = new MockClient(socket, answers.client(reader), { client, end, endedMs, form, onEvent, pace, redactor });
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
