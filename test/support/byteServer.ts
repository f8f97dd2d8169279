import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { FrameDecoder } from '../../src/core/frames/frameDecoder.js';
import type { Frame } from '../../src/core/base/frame.js';
import { acceptFor } from '../../src/core/handshake/accept.js';

/** What a byte-level server does with one connection; whatever is left out does nothing. */
export interface ByteScript {
  /** How late the 101 comes. */
  readonly afterMs?: number;
  /** Lines between the status line of the 101 and its end. */
  readonly headers?: readonly string[];
  readonly onOpen?: (socket: Socket) => void;
  /** Every frame of the client, unmasked. */
  readonly onFrame?: (frame: Frame, socket: Socket) => void;
}

/** A WebSocket server without a library: the upgrade is right, all that follows is a test's. */
export class ByteServer {
  /** Heads of the requests, one a connection, in order. */
  readonly heads: string[] = [];
  readonly opcodes: number[][] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(script: (connection: number) => ByteScript) {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      this.#serve(socket, script);
    });
  }

  static async start(script: ByteScript | ((connection: number) => ByteScript)): Promise<ByteServer> {
    const server = new ByteServer(typeof script === 'function' ? script : () => script);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  url(path = '/', scheme = 'ws'): string {
    return `${scheme}://127.0.0.1:${this.port}${path}`;
  }

  /** No connection is taken any more; those that stand go on. */
  refuseMore(): void {
    this.#server.close();
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }

  #serve(socket: Socket, script: (connection: number) => ByteScript): void {
    let head = '';
    const onHead = (chunk: Buffer) => {
      head += chunk.toString('latin1');
      if (!head.includes('\r\n\r\n')) return;
      socket.off('data', onHead);
      const connection = this.heads.push(head) - 1;
      const opcodes: number[] = (this.opcodes[connection] = []);
      const { afterMs = 0, headers = [], onFrame, onOpen } = script(connection);
      const key = /^sec-websocket-key: *(\S+)/im.exec(head)?.[1] ?? '';
      const accept = `Sec-WebSocket-Accept: ${acceptFor(key)}`;
      const lines = [
        'HTTP/1.1 101 Switching Protocols',
        'Upgrade: websocket',
        'Connection: Upgrade',
        accept,
        ...headers,
      ];
      const answer = () => {
        socket.write(`${lines.join('\r\n')}\r\n\r\n`);
        onOpen?.(socket);
      };
      if (afterMs === 0) answer();
      else setTimeout(answer, afterMs);
      const decoder = new FrameDecoder({
        direction: 'sent',
        keepPayloadBytes: 4_096,
        onFrame: (frame) => {
          opcodes.push(frame.opcode);
          onFrame?.(frame, socket);
        },
      });
      socket.on('data', (bytes: Buffer) => decoder.push(bytes, 0));
    };
    socket.on('data', onHead);
  }
}

/** A frame of a server, its payload shorter than 126 bytes. */
export function serverFrame(opcode: number, payload: Uint8Array | string = ''): Buffer {
  const bytes = Buffer.from(payload as string);
  return Buffer.concat([Buffer.from([0x80 | opcode, bytes.length]), bytes]);
}

export function closeFrame(code: number, reason = ''): Buffer {
  return serverFrame(8, Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]));
}
