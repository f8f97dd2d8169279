import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

export interface TokenRequest {
  readonly head: string;
  readonly body: string;
}

/** An authorization server in bytes: what `answer` gives is written, null writes nothing. Keeps what it was asked. */
export class TokenServer {
  readonly asked: TokenRequest[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #server;

  private constructor(answer: (request: TokenRequest, count: number) => string | null) {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      let text = '';
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString('latin1');
        const [head = '', body] = text.split('\r\n\r\n');
        const length = Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? 0);
        if (body === undefined || body.length < length) return;
        text = '';
        const request = { head, body };
        const bytes = answer(request, this.asked.push(request));
        if (bytes === '') socket.destroy();
        else if (bytes !== null) socket.end(bytes, 'latin1');
      });
    });
  }

  static async start(answer: (request: TokenRequest, count: number) => string | null): Promise<TokenServer> {
    const server = new TokenServer(answer);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/token`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

export function httpAnswer(status: string, body: string, type = 'application/json', more = ''): string {
  return `HTTP/1.1 ${status}\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n${more}\r\n${body}`;
}

export function tokenAnswer(token: string, more: Readonly<Record<string, unknown>> = { expires_in: 3600 }): string {
  return httpAnswer('200 OK', JSON.stringify({ access_token: token, token_type: 'Bearer', ...more }));
}
