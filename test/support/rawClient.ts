import { once } from 'node:events';
import net, { type Socket } from 'node:net';
import tls, { type ConnectionOptions } from 'node:tls';

/** The key of RFC 6455 1.3, and the accept that belongs to it. */
export const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
export const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

export type Ending = 'fin' | 'rst';

/** Above this the client stops reading until something is taken: servers without end stay bounded here too. */
const MAX_PENDING_BYTES = 1_048_576;

/** A client that sends and sees bytes, and knows nothing of what they mean. */
export class RawClient {
  #bytes: Buffer = Buffer.alloc(0);
  #ending: Ending | null = null;
  #discards = false;
  #wake: () => void = () => {};

  private constructor(readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => {
      const full = this.#bytes.length > MAX_PENDING_BYTES;
      if (!full || !this.#discards) this.#bytes = Buffer.concat([this.#bytes, chunk]);
      if (full && !this.#discards) socket.pause();
      this.#wake();
    });
    socket.on('end', () => this.#end('fin'));
    socket.on('error', () => this.#end('rst'));
    socket.on('close', () => this.#end('rst'));
  }

  /** `address` is host:port or any URL with a port; TLS for wss and https. */
  static async connect(address: string, options: ConnectionOptions = {}): Promise<RawClient> {
    const url = new URL(address.includes('://') ? address : `tcp://${address}`);
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const at = { host, port: Number(url.port) };
    const secure = url.protocol === 'wss:' || url.protocol === 'https:';
    const socket = secure ? tls.connect({ ...at, ...options }) : net.connect(at);
    const client = new RawClient(socket);
    await once(socket, secure ? 'secureConnect' : 'connect');
    return client;
  }

  /** The other side of a connection, as a server accepted it. */
  static over(socket: Socket): RawClient {
    return new RawClient(socket);
  }

  send(data: string | Uint8Array): void {
    this.socket.write(typeof data === 'string' ? Buffer.from(data, 'latin1') : data);
  }

  /** The opening request of RFC 6455 1.3. `behind` goes out in the same write. */
  sendUpgrade(target: string, headers: readonly string[] = [], behind: Uint8Array = Buffer.alloc(0)): void {
    this.send(Buffer.concat([Buffer.from(upgradeRequest(target, headers), 'latin1'), behind]));
  }

  /** Everything received and not yet taken. */
  get pending(): Buffer {
    return this.#bytes;
  }

  /** Takes exactly this many bytes, up to 1 MiB; fewer when the connection ends before. */
  async take(count: number): Promise<Buffer> {
    await this.until(() => this.#bytes.length >= count || this.#ending !== null);
    const taken = this.#bytes.subarray(0, count);
    this.#bytes = this.#bytes.subarray(taken.length);
    this.socket.resume();
    return taken;
  }

  /** Takes everything up to and including `mark`. */
  async takeThrough(mark: string): Promise<string> {
    await this.until(() => this.#bytes.includes(mark) || this.#ending !== null);
    const at = this.#bytes.indexOf(mark);
    return (await this.take(at === -1 ? this.#bytes.length : at + mark.length)).toString('latin1');
  }

  /** Takes what comes until the connection ends. */
  async takeAll(): Promise<Buffer> {
    await this.until(() => this.#ending !== null);
    return this.take(this.#bytes.length);
  }

  /** How the connection ends. What comes until then stays pending, beyond 1 MiB it is thrown away. */
  async ended(): Promise<Ending> {
    this.#discards = true;
    this.socket.resume();
    await this.until(() => this.#ending !== null);
    return this.#ending ?? 'rst';
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  destroy(): void {
    this.socket.destroy();
  }

  #end(ending: Ending): void {
    this.#ending ??= ending;
    this.#wake();
  }
}

export function upgradeRequest(target: string, headers: readonly string[] = []): string {
  const lines = [
    `GET ${target} HTTP/1.1`,
    'Host: server.example.com',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${KEY}`,
    'Sec-WebSocket-Version: 13',
    ...headers,
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** A right 101 to the request above, with more header lines before the empty one. */
export function upgradeResponse(more: readonly string[] = []): string {
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${ACCEPT}`,
    ...more,
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

export const hex = (digits: string): Buffer => Buffer.from(digits.replaceAll(/\s/g, ''), 'hex');

/** A masked frame of a client with the key of RFC 6455 5.7; payloads up to 125 bytes. */
export function clientFrame(opcode: number, payload: string | Uint8Array = '', first = 0x80): Buffer {
  const bytes = Buffer.from(payload);
  const mask = [0x37, 0xfa, 0x21, 0x3d];
  return Buffer.from([first | opcode, 0x80 | bytes.length, ...mask, ...bytes.map((byte, at) => byte ^ mask[at & 3]!)]);
}
