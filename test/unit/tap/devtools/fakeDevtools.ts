import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

interface Call {
  readonly id: number;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly sessionId?: string;
}

/** A DevTools endpoint that says what a test wants it to. */
export class FakeDevtools {
  readonly calls: Call[] = [];
  readonly answers: Record<string, unknown> = {};
  /** What `/json/version` and `/json/list` answer: text, or a value as JSON. */
  readonly pages: Record<string, unknown> = {};
  /** Methods that are refused. */
  readonly refused = new Set<string>();
  readonly paths: string[] = [];
  /** It is none, and says back what it is told. */
  echoes = false;
  /** How often the list of targets was asked for. */
  lists = 0;
  readonly #http: Server = createServer((request, response) => {
    const page = this.pages[request.url ?? ''];
    if (request.url === '/json/list') this.lists += 1;
    response.statusCode = page === undefined ? 404 : 200;
    response.end(typeof page === 'string' ? page : JSON.stringify(page));
  });
  readonly #sockets: WebSocket[] = [];

  async listen(): Promise<this> {
    const server = new WebSocketServer({ server: this.#http });
    server.on('connection', (socket, request) => {
      this.paths.push(request.url ?? '');
      this.#sockets.push(socket);
      socket.on('message', (data: Buffer) => {
        const call = JSON.parse(data.toString()) as Call;
        this.calls.push(call);
        const { id, method, sessionId } = call;
        if (this.echoes) {
          socket.send(data.toString());
          return;
        }
        const answer = this.refused.has(method)
          ? { error: { code: -32_601, message: `'${method}' wasn't found` } }
          : { result: this.answers[method] ?? {} };
        socket.send(JSON.stringify({ id, ...answer, ...(sessionId ? { sessionId } : {}) }));
      });
    });
    this.#http.listen(0, '127.0.0.1');
    await once(this.#http, 'listening');
    return this;
  }

  get host(): string {
    return `127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  /** An event on every connection. */
  emit(method: string, params: object, sessionId?: string): void {
    this.say(JSON.stringify({ method, params, ...(sessionId ? { sessionId } : {}) }));
  }

  say(text: string): void {
    for (const socket of this.#sockets) socket.send(text);
  }

  drop(): void {
    for (const socket of this.#sockets.splice(0)) socket.terminate();
  }

  async stop(): Promise<void> {
    this.drop();
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  /** Socket events in the shapes of Chromium 156. */
  created(requestId: string, url: string, sessionId?: string): void {
    this.emit('Network.webSocketCreated', { requestId, url }, sessionId);
  }

  opened(requestId: string, headers: object = {}, sessionId?: string): void {
    const response = { status: 101, statusText: 'Switching Protocols', headers };
    this.emit('Network.webSocketHandshakeResponseReceived', { requestId, timestamp: 1, response }, sessionId);
  }

  frame(requestId: string, payloadData: unknown, fields: object = {}, sessionId?: string): void {
    const response = { opcode: 1, mask: false, payloadData, ...fields };
    this.emit('Network.webSocketFrameReceived', { requestId, timestamp: 2, response }, sessionId);
  }
}
