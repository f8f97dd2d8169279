/** Every field of a frame (RFC 6455 5.2) can be forced. */
export interface FrameFields {
  readonly opcode: number;
  readonly payload?: Uint8Array | string;
  readonly fin?: boolean;
  /** RSV1 is 4, RSV2 2, RSV3 1. */
  readonly rsv?: number;
  readonly mask?: Uint8Array;
  /** The length the header declares, where it is not that of the payload. */
  readonly declared?: bigint;
}

/** The bytes of one frame with the shortest length encoding. */
export function encodeFrame(fields: FrameFields): Buffer {
  const payload = typeof fields.payload === 'string' ? Buffer.from(fields.payload) : Buffer.from(fields.payload ?? []);
  const length = fields.declared ?? BigInt(payload.length);
  const head = Buffer.alloc(length < 126n ? 2 : length < 65_536n ? 4 : 10);
  head[0] = (fields.fin === false ? 0 : 0x80) | ((fields.rsv ?? 0) << 4) | fields.opcode;
  if (head.length === 2) head[1] = Number(length);
  else if (head.length === 4) {
    head[1] = 126;
    head.writeUInt16BE(Number(length), 2);
  } else {
    head[1] = 127;
    head.writeBigUInt64BE(length, 2);
  }
  const { mask } = fields;
  if (mask === undefined) return Buffer.concat([head, payload]);
  head[1] |= 0x80;
  return Buffer.concat([head, mask, applyMask(payload, mask)]);
}

/** RFC 6455 5.3; gives a copy. */
export function applyMask(payload: Uint8Array, mask: Uint8Array): Buffer {
  const masked = Buffer.from(payload);
  for (let index = 0; index < masked.length; index++) masked[index] = masked[index]! ^ mask[index & 3]!;
  return masked;
}

/** A Close frame with any code from 0 to 65535; the reason is cut to the 123 bytes a control frame has room for. */
export function encodeClose(code: number, reason = ''): Buffer {
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(code);
  return encodeFrame({ opcode: 8, payload: Buffer.concat([payload, cutText(reason, 123)]) });
}

function cutText(text: string, maxBytes: number): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return bytes;
  let end = maxBytes;
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end);
}

/** A frame of the client, unmasked. */
export interface ClientFrame {
  readonly fin: boolean;
  readonly rsv: number;
  readonly opcode: number;
  readonly payload: Buffer;
}

const MAX_PAYLOAD_BYTES = 16_777_216;

/** Reads the frames of a client from any split of the bytes. After `onTooBig` (a payload above 16 MiB) it reads no more. */
export class ClientFrameReader {
  #chunks: Buffer[] = [];
  #size = 0;
  #needed = 2;
  #stopped = false;

  constructor(
    private readonly onFrame: (frame: ClientFrame) => void,
    private readonly onTooBig: () => void,
  ) {}

  push(chunk: Buffer): void {
    if (this.#stopped) return;
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    // Joined only once a frame can be whole, so that a big payload in many pieces stays linear.
    if (this.#size < this.#needed) return;
    let bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    while (!this.#stopped) {
      const total = this.#totalBytes(bytes);
      this.#needed = total;
      if (bytes.length < total || this.#stopped) break;
      this.#onWhole(bytes.subarray(0, total));
      bytes = bytes.subarray(total);
    }
    this.#chunks = bytes.length === 0 ? [] : [bytes];
    this.#size = bytes.length;
  }

  #totalBytes(bytes: Buffer): number {
    if (bytes.length < 2) return 2;
    const short = bytes[1]! & 0x7f;
    const head = headBytes(bytes[1]!);
    if (bytes.length < head) return head;
    const length = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
    if (length <= MAX_PAYLOAD_BYTES) return head + length;
    this.#stopped = true;
    this.onTooBig();
    return head;
  }

  #onWhole(bytes: Buffer): void {
    const head = headBytes(bytes[1]!);
    const masked = (bytes[1]! & 0x80) !== 0;
    const payload = bytes.subarray(head);
    this.onFrame({
      fin: (bytes[0]! & 0x80) !== 0,
      rsv: (bytes[0]! >> 4) & 7,
      opcode: bytes[0]! & 15,
      payload: masked ? applyMask(payload, bytes.subarray(head - 4, head)) : Buffer.from(payload),
    });
  }
}

function headBytes(second: number): number {
  const short = second & 0x7f;
  return 2 + (short === 126 ? 2 : short === 127 ? 8 : 0) + ((second & 0x80) === 0 ? 0 : 4);
}
