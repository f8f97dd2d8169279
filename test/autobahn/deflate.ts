import { constants, createDeflateRaw, createInflateRaw, type DeflateRaw, type InflateRaw } from 'node:zlib';

/** The parameters of a server's answer (RFC 7692 7.1). */
export interface DeflateAnswer {
  readonly serverNoContextTakeover?: boolean;
  readonly clientNoContextTakeover?: boolean;
  readonly serverMaxWindowBits?: number;
  readonly clientMaxWindowBits?: number;
}

const TAIL = Buffer.from([0, 0, 0xff, 0xff]);

/** The value of `Sec-WebSocket-Extensions` that answers so. */
export function extensionHeader(answer: DeflateAnswer): string {
  return [
    'permessage-deflate',
    answer.serverNoContextTakeover && 'server_no_context_takeover',
    answer.clientNoContextTakeover && 'client_no_context_takeover',
    answer.serverMaxWindowBits !== undefined && `server_max_window_bits=${answer.serverMaxWindowBits}`,
    answer.clientMaxWindowBits !== undefined && `client_max_window_bits=${answer.clientMaxWindowBits}`,
  ]
    .filter((part) => typeof part === 'string')
    .join('; ');
}

/** permessage-deflate of the server's side (RFC 7692 7.2), one message after the other. */
export class Deflate {
  readonly #answer: DeflateAnswer;
  #deflater: DeflateRaw | null = null;
  #inflater: InflateRaw | null = null;

  constructor(answer: DeflateAnswer) {
    this.#answer = answer;
  }

  async compress(payload: Uint8Array): Promise<Buffer> {
    // zlib makes no raw deflate with 8 bits: a window of 9 is as small as it gets.
    const windowBits = Math.max(9, this.#answer.serverMaxWindowBits ?? 15);
    this.#deflater ??= createDeflateRaw({ windowBits });
    const bytes = await through(this.#deflater, payload);
    if (this.#answer.serverNoContextTakeover) this.#deflater = null;
    // RFC 7692 7.2.3.6: zlib flushes nothing twice.
    return bytes.length === 0 ? Buffer.alloc(1) : bytes.subarray(0, -TAIL.length);
  }

  async decompress(bytes: Buffer): Promise<Buffer> {
    this.#inflater ??= createInflateRaw({ windowBits: this.#answer.clientMaxWindowBits ?? 15 });
    const payload = await through(this.#inflater, Buffer.concat([bytes, TAIL]));
    if (this.#answer.clientNoContextTakeover) this.#inflater = null;
    return payload;
  }
}

function through(stream: DeflateRaw | InflateRaw, bytes: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const onData = (part: Buffer) => parts.push(part);
    stream.on('data', onData);
    stream.once('error', reject);
    stream.write(bytes);
    stream.flush(constants.Z_SYNC_FLUSH, () => {
      stream.off('data', onData);
      stream.off('error', reject);
      resolve(Buffer.concat(parts));
    });
  });
}
