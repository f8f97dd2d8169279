import { createHash, type Hash } from 'node:crypto';
import type { Socket } from 'node:net';
import { constants, createInflateRaw, type InflateRaw } from 'node:zlib';
import { type Frame, OPCODE } from '../../src/core/base/frame.js';
import { FrameDecoder } from '../../src/core/frames/frameDecoder.js';
import type { Direction } from '../../src/core/base/model.js';
import type { SessionLog } from '../../src/core/session/sessionLog.js';
import { type Network, systemNetwork } from '../../src/core/transport/network.js';
import { EMPTY_LOG } from '../../src/core/base/logRow.js';

const HEAD_END = Buffer.from('\r\n\r\n');
const DEFLATE_TAIL = Buffer.from([0, 0, 0xff, 0xff]);

/** Bytes after the opening handshake of one direction, counted at the socket itself. */
class BodyBytes {
  bytes = 0;
  readonly #halves: FrameDecoder;
  #head: Buffer | null = Buffer.alloc(0);

  constructor(direction: Direction) {
    this.#halves = new FrameDecoder({ direction, keepPayloadBytes: 0, onFrame: () => {} });
  }

  /** Without the frame that never became whole. */
  get inWholeFrames(): number {
    return this.bytes - this.#halves.pendingBytes;
  }

  push(chunk: Uint8Array): void {
    if (this.#head === null) {
      this.#body(chunk);
      return;
    }
    this.#head = Buffer.concat([this.#head, chunk]);
    const end = this.#head.indexOf(HEAD_END);
    if (end === -1) return;
    this.#body(this.#head.subarray(end + HEAD_END.length));
    this.#head = null;
  }

  #body(chunk: Uint8Array): void {
    this.bytes += chunk.length;
    this.#halves.push(chunk, 0);
  }
}

/** One direction as the wire decoder tells it: a digest for each whole message. */
class DecodedMessages {
  wireBytes = 0;
  frames = 0;
  readonly digests: string[] = [];
  readonly #inflated: InflatedBytes | null;
  #hash: Hash | null = null;
  #compressed = false;
  #opcode = 0;
  #closed = false;

  constructor(inflated: InflatedBytes | null) {
    this.#inflated = inflated;
  }

  push(frame: Frame): void {
    this.frames += 1;
    this.wireBytes += frame.headerBytes + frame.payloadBytes;
    // Behind a Close nothing counts any more (RFC 6455 5.5.1).
    if (frame.opcode === OPCODE.close) this.#closed = true;
    if (this.#closed || frame.opcode > OPCODE.binary) return;
    if (frame.opcode !== OPCODE.continuation) {
      this.#opcode = frame.opcode;
      this.#compressed = frame.rsv1;
      this.#hash = createHash('sha1');
    }
    if (!this.#hash) return;
    if (this.#compressed) this.#inflated?.push(frame.payload, frame.fin);
    else this.#hash.update(frame.payload);
    if (!frame.fin) return;
    this.digests.push(this.#compressed ? `${this.#opcode} compressed` : `${this.#opcode} ${this.#hash.digest('hex')}`);
    this.#hash = null;
  }
}

/** Inflates what the decoder saw by itself, only to count it. */
class InflatedBytes {
  bytes = 0;
  #used = false;
  #stream: InflateRaw | null = null;

  push(payload: Uint8Array, fin: boolean): void {
    this.#used = true;
    this.#stream ??= createInflateRaw()
      .on('data', (part: Buffer) => {
        this.bytes += part.length;
      })
      .on('error', () => {
        this.#used = false;
      });
    this.#stream.write(Buffer.from(payload));
    if (fin) this.#stream.write(DEFLATE_TAIL);
  }

  /** Null when nothing was compressed, or when it could not be inflated. */
  async total(): Promise<number | null> {
    const stream = this.#stream;
    if (!stream || !this.#used) return null;
    await new Promise<void>((resolve) => {
      stream.once('error', () => resolve());
      stream.flush(constants.Z_SYNC_FLUSH, () => resolve());
    });
    return this.#used ? this.bytes : null;
  }
}

/** Holds three accounts of one connection against each other: the socket's bytes, the wire decoder's frames, and the messages of `ws`. */
export class WireAudit {
  readonly #socket: Record<Direction, BodyBytes> = {
    sent: new BodyBytes('sent'),
    received: new BodyBytes('received'),
  };
  readonly #inflated = new InflatedBytes();
  readonly #decoded = { sent: new DecodedMessages(null), received: new DecodedMessages(this.#inflated) };
  readonly #delivered: string[] = [];
  #deliveredCompressed = 0;

  /** Counts what its sockets carry. */
  readonly network: Network = {
    ...systemNetwork,
    connect: (address, family, port) => this.#tap(systemNetwork.connect(address, family, port)),
  };

  /** What a session writes its frames to. */
  readonly log: SessionLog = {
    append: (frame) => {
      const decoded = this.#decoded[frame.direction];
      decoded.push(frame);
      return this.#decoded.sent.frames + this.#decoded.received.frames;
    },
    appendEvent: () => {},
    attachInflated: (direction, bytes) => {
      if (direction === 'received') this.#deliveredCompressed += bytes.length;
    },
    clear: () => {},
    status: () => EMPTY_LOG,
    dispose: () => {},
  };

  /** A message as `ws` gave it. */
  delivered(bytes: Uint8Array, binary: boolean): void {
    const decoded = this.#decoded.received.digests[this.#delivered.length];
    const opcode = binary ? OPCODE.binary : OPCODE.text;
    const digest = decoded?.endsWith('compressed') ? 'compressed' : createHash('sha1').update(bytes).digest('hex');
    this.#delivered.push(`${opcode} ${digest}`);
  }

  /** `givenUp`: `ws` refused a frame, so that the decoder may have seen more than it delivered. `secure`: the socket's bytes are TLS's. */
  async disagreements(givenUp: boolean, secure: boolean): Promise<string[]> {
    const found: string[] = [];
    for (const direction of ['received', 'sent'] as const) {
      const onWire = this.#socket[direction].inWholeFrames;
      const inFrames = this.#decoded[direction].wireBytes;
      if (!secure && onWire !== inFrames)
        found.push(`${direction}: ${onWire} bytes on the socket, ${inFrames} in frames`);
    }
    const decoded = this.#decoded.received.digests;
    const delivered = this.#delivered;
    const differs = delivered.findIndex((digest, index) => digest !== decoded[index]);
    if (differs !== -1)
      found.push(`message ${differs}: decoded ${decoded[differs] ?? 'none'}, ws ${delivered[differs]}`);
    if (!givenUp && decoded.length !== delivered.length) {
      found.push(`${decoded.length} messages decoded, ${delivered.length} from ws`);
    }
    const inflated = await this.#inflated.total();
    if (!givenUp && inflated !== null && inflated !== this.#deliveredCompressed) {
      found.push(`${inflated} bytes inflated from the wire, ${this.#deliveredCompressed} from ws`);
    }
    return found;
  }

  #tap(socket: Socket): Socket {
    const push = socket.push.bind(socket);
    const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
    socket.push = (chunk: Buffer | null) => {
      if (chunk) this.#socket.received.push(chunk);
      return push(chunk);
    };
    socket.write = (chunk: Uint8Array | string, ...rest: unknown[]) => {
      this.#socket.sent.push(typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : chunk);
      return write(chunk, ...rest);
    };
    return socket;
  }
}
