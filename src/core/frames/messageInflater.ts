import { constants, inflateRawSync } from 'node:zlib';

export interface MessageInflaterOptions {
  /** The messages of the direction share one window (RFC 7692 7.1.1): each must be given, in order. */
  readonly contextTakeover: boolean;
  /** A message that inflates to more is given up, and with it those that share its window. */
  readonly maxBytes: number;
}

/** The end of every message, left out on the wire (RFC 7692 7.2.1). */
const TAIL = Buffer.from([0, 0, 0xff, 0xff]);
const WINDOW_BYTES = 32_768;

/** Undoes permessage-deflate for one direction. A window of 32 KiB reads what was made with any smaller one. */
export class MessageInflater {
  readonly #options: MessageInflaterOptions;
  #window: Buffer | null = Buffer.alloc(0);

  constructor(options: MessageInflaterOptions) {
    this.#options = options;
  }

  /** The message as it was before compression; null when it is no DEFLATE data, too long, or its window is not known. */
  inflate(parts: readonly Uint8Array[]): Buffer | null {
    const window = this.#window;
    if (window === null) return null;
    const content = inflated([...parts, TAIL], window, this.#options.maxBytes);
    if (this.#options.contextTakeover) this.#window = content && lastBytes(window, content);
    return content;
  }
}

function inflated(parts: readonly Uint8Array[], window: Buffer, maxBytes: number): Buffer | null {
  try {
    return inflateRawSync(Buffer.concat(parts), {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: Math.max(1, maxBytes),
      ...(window.length > 0 ? { dictionary: window } : {}),
    });
  } catch {
    return null;
  }
}

function lastBytes(window: Buffer, content: Buffer): Buffer {
  if (content.length >= WINDOW_BYTES) return Buffer.from(content.subarray(content.length - WINDOW_BYTES));
  return Buffer.concat([window.subarray(Math.max(0, window.length + content.length - WINDOW_BYTES)), content]);
}
