import { once } from 'node:events';
import net, { type Server, type Socket } from 'node:net';

/** Frame types of RFC 9113 6. */
export const TYPE = {
  data: 0,
  headers: 1,
  rstStream: 3,
  settings: 4,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const FLAG = { endStream: 1, ack: 1, endHeaders: 4 } as const;

/** Settings of RFC 9113 6.5.2 and RFC 8441 3. */
export const SETTING = { maxConcurrentStreams: 3, initialWindowSize: 4, enableConnectProtocol: 8 } as const;

export const ERROR = {
  noError: 0,
  protocolError: 1,
  internalError: 2,
  refusedStream: 7,
  cancel: 8,
  enhanceYourCalm: 11,
} as const;

export interface Http2Frame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Buffer;
}

export function frame(type: number, streamId: number, payload: Uint8Array = Buffer.alloc(0), flags = 0): Buffer {
  const header = Buffer.alloc(9);
  header.writeUIntBE(payload.length, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(streamId, 5);
  return Buffer.concat([header, payload]);
}

export function settings(...pairs: readonly (readonly [id: number, value: number])[]): Buffer {
  const payload = Buffer.alloc(pairs.length * 6);
  for (const [index, [id, value]] of pairs.entries()) {
    payload.writeUInt16BE(id, index * 6);
    payload.writeUInt32BE(value, index * 6 + 2);
  }
  return frame(TYPE.settings, 0, payload);
}

export const settingsAck = frame(TYPE.settings, 0, Buffer.alloc(0), FLAG.ack);

/** What a server says that takes WebSockets. */
export const takesConnect = settings([SETTING.enableConnectProtocol, 1]);

export function rstStream(streamId: number, code: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(code);
  return frame(TYPE.rstStream, streamId, payload);
}

export function goaway(lastStreamId: number, code: number, debug = ''): Buffer {
  const payload = Buffer.alloc(8);
  payload.writeUInt32BE(lastStreamId, 0);
  payload.writeUInt32BE(code, 4);
  return frame(TYPE.goaway, 0, Buffer.concat([payload, Buffer.from(debug)]));
}

export function ping(payload = Buffer.alloc(8)): Buffer {
  return frame(TYPE.ping, 0, payload);
}

export function windowUpdate(streamId: number, increment: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(increment);
  return frame(TYPE.windowUpdate, streamId, payload);
}

export function data(streamId: number, payload: Uint8Array | string, flags = 0): Buffer {
  return frame(TYPE.data, streamId, Buffer.from(payload as string), flags);
}

/** A header block without Huffman coding or indexing (RFC 7541 6.2.2); names and values up to 16,510 bytes. */
export function headerBlock(pairs: readonly (readonly [name: string, value: string])[]): Buffer {
  return Buffer.concat(pairs.flatMap(([name, value]) => [Buffer.from([0]), literal(name), literal(value)]));
}

export function headers(streamId: number, pairs: Parameters<typeof headerBlock>[0], flags = 0): Buffer {
  return frame(TYPE.headers, streamId, headerBlock(pairs), flags | FLAG.endHeaders);
}

/** RFC 7541 5.2 with a prefix of seven bits. */
function literal(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1');
  if (bytes.length < 127) return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  const rest = bytes.length - 127;
  const length = rest < 128 ? [127, rest] : [127, (rest & 0x7f) | 0x80, rest >> 7];
  return Buffer.concat([Buffer.from(length), bytes]);
}

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

/** One client of an `Http2Peer`: its frames as they came, and a socket to write any bytes to. */
export class PeerConnection {
  readonly frames: Http2Frame[] = [];
  ended = false;
  #bytes: Buffer = Buffer.alloc(0);
  #begun = false;
  #wake: () => void = () => {};

  constructor(readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('error', () => {});
    for (const event of ['end', 'close']) {
      socket.on(event, () => {
        this.ended = true;
        this.#wake();
      });
    }
  }

  send(...bytes: readonly Uint8Array[]): void {
    this.socket.write(Buffer.concat(bytes));
  }

  /** The first frame that matches, waiting for it; undefined when the connection ends before. */
  async frame(matches: (frame: Http2Frame) => boolean): Promise<Http2Frame | undefined> {
    for (;;) {
      const found = this.frames.find(matches);
      if (found || this.ended) return found;
      await this.next();
    }
  }

  /** Settles when the client has read all that was sent: with the answer to a PING behind it. */
  async read(): Promise<void> {
    this.send(ping());
    await this.frame(({ type, flags }) => type === TYPE.ping && (flags & FLAG.ack) !== 0);
  }

  /** Something more has come, or the end. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  /** The stream of the next request. */
  async request(after = 0): Promise<number> {
    const asked = await this.frame(({ type, streamId }) => type === TYPE.headers && streamId > after);
    return asked?.streamId ?? 0;
  }

  /** Bytes of DATA that came on a stream so far. */
  received(streamId: number): Buffer {
    const payloads = this.frames.filter((each) => each.type === TYPE.data && each.streamId === streamId);
    return Buffer.concat(payloads.map(({ payload }) => payload));
  }

  async closed(): Promise<void> {
    if (!this.socket.destroyed) await once(this.socket, 'close');
  }

  #read(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    if (!this.#begun) {
      if (this.#bytes.length < PREFACE.length) return;
      this.#begun = true;
      this.#bytes = this.#bytes.subarray(PREFACE.length);
    }
    for (;;) {
      const length = this.#bytes.length < 9 ? Number.POSITIVE_INFINITY : this.#bytes.readUIntBE(0, 3);
      if (this.#bytes.length < 9 + length) break;
      const streamId = this.#bytes.readUInt32BE(5) & 0x7fffffff;
      const payload = this.#bytes.subarray(9, 9 + length);
      this.frames.push({ type: this.#bytes[3] ?? 0, flags: this.#bytes[4] ?? 0, streamId, payload });
      this.#bytes = this.#bytes.subarray(9 + length);
    }
    this.#wake();
  }
}

/** A server that speaks HTTP/2 byte by byte, as `serve` tells it to. */
export class Http2Peer {
  readonly connections: PeerConnection[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(serve: (connection: PeerConnection) => unknown): Promise<Http2Peer> {
    const server = net.createServer({ allowHalfOpen: true });
    const peer = new Http2Peer(server);
    server.on('connection', (socket) => {
      const connection = new PeerConnection(socket);
      peer.connections.push(connection);
      void serve(connection);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return peer;
  }

  get url(): string {
    const address = this.#server.address();
    return `ws://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}/`;
  }

  async stop(): Promise<void> {
    for (const { socket } of this.connections) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
