import type { Frame } from '../base/frame.js';
import { FrameDecoder } from '../frames/frameDecoder.js';
import { encodeFrame } from '../frames/frameEncoder.js';

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
  readonly rsv1: boolean;
  readonly rsv2: boolean;
  readonly rsv3: boolean;
  readonly opcode: number;
  readonly payload: Buffer;
}

const MAX_PAYLOAD_BYTES = 16_777_216;

/** Reads the frames of a client from any split of the bytes. After `onTooBig` (a payload above 16 MiB) it reads no more. */
export class ClientFrameReader {
  readonly #decoder: FrameDecoder;
  #stopped = false;

  constructor(
    private readonly onFrame: (frame: ClientFrame) => void,
    private readonly onTooBig: () => void,
  ) {
    this.#decoder = new FrameDecoder({
      direction: 'sent',
      keepPayloadBytes: MAX_PAYLOAD_BYTES,
      onFrame: (frame) => this.#onWhole(frame),
    });
  }

  push(chunk: Buffer): void {
    if (this.#stopped) return;
    this.#decoder.push(chunk, 0);
    if (!this.#stopped && (this.#decoder.pending()?.declaredPayloadBytes ?? 0) > MAX_PAYLOAD_BYTES) this.#stop();
  }

  #onWhole({ fin, rsv1, rsv2, rsv3, opcode, payload, truncated }: Frame): void {
    if (this.#stopped) return;
    if (truncated) this.#stop();
    else
      this.onFrame({
        fin,
        rsv1,
        rsv2,
        rsv3,
        opcode,
        payload: Buffer.from(payload.buffer, payload.byteOffset, payload.length),
      });
  }

  #stop(): void {
    this.#stopped = true;
    this.onTooBig();
  }
}
