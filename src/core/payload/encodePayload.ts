import { isAbsolute, resolve } from 'node:path';
import { ProbeError } from '../base/errors.js';
import type { Payload } from '../base/message.js';
import { readRegularFile } from '../base/regularFile.js';
import { base64Bytes, hexBytes } from '../profile/checks.js';
import { fill, type FillContext, fillDeep } from './fill.js';

export interface PayloadContext extends FillContext {
  /** Where relative paths start; null refuses them. */
  readonly baseDir: string | null;
  /** Ends the wait for a file. */
  readonly signal?: AbortSignal | undefined;
  readonly readFile?: (path: string) => Promise<Uint8Array>;
}

export interface EncodedPayload {
  readonly binary: boolean;
  readonly bytes: Uint8Array;
}

/** Makes the bytes of one kind of payload; what it is given has passed the profile's checks, its variables not filled in. */
type Encoder = (value: never, context: PayloadContext) => EncodedPayload | Promise<EncodedPayload>;

type PayloadKind = Exclude<Payload, string> extends infer P ? (P extends unknown ? keyof P : never) : never;

/** The kinds of payload by their key. */
const ENCODERS: Readonly<Record<PayloadKind, Encoder>> = {
  text: (text: string, context) => textPayload(fill(text, context)),
  json: (value: unknown, context) => textPayload(JSON.stringify(fillDeep(value, context))),
  hex: (text: string, context) => ({ binary: true, bytes: decode(fill(text, context), 'hex') }),
  base64: (text: string, context) => ({ binary: true, bytes: decode(fill(text, context), 'base64') }),
  file: async (path: string, context) => {
    const bytes = await readPayloadFile(path, context);
    return { binary: !isPlainText(bytes), bytes };
  },
};

const MAX_PAYLOAD_FILE_BYTES = 64 * 1024 * 1024;

/**
 * The bytes of one message. `text` and `json` are sent as text, `hex` and `base64` as binary; a file as text when it is
 * UTF-8 without control characters, else as binary. Rejects with a ProbeError: `payload-file`, `payload-variable`, `payload-encoding`.
 */
export async function encodePayload(payload: Payload, context: PayloadContext): Promise<EncodedPayload> {
  if (typeof payload === 'string') return textPayload(fill(payload, context));
  const [kind, value] = Object.entries(payload)[0] as [PayloadKind, never];
  return ENCODERS[kind](value, context);
}

function textPayload(text: string): EncodedPayload {
  return { binary: false, bytes: new Uint8Array(Buffer.from(text)) };
}

function decode(text: string, encoding: 'hex' | 'base64'): Uint8Array {
  const wrong = (encoding === 'hex' ? hexBytes : base64Bytes)(text);
  if (wrong !== null) throw new ProbeError('payload-encoding', `The ${encoding} payload ${wrong}`);
  return new Uint8Array(Buffer.from(text.replace(/\s+/g, ''), encoding));
}

async function readPayloadFile(file: string, context: PayloadContext): Promise<Uint8Array> {
  if (context.baseDir === null && !isAbsolute(file)) {
    throw new ProbeError(
      'payload-file',
      `The payload file ${file} has a relative path, and the profile has no folder.`,
      {
        hint: 'Save the profile, or write the whole path.',
      },
    );
  }
  const path = resolve(context.baseDir ?? '/', file);
  try {
    const { readFile, signal } = context;
    return await (readFile ?? readRegularFile)(path, { maxBytes: MAX_PAYLOAD_FILE_BYTES, signal });
  } catch (error) {
    if (error instanceof ProbeError || context.signal?.aborted === true) throw error;
    const code = (error as { code?: unknown }).code;
    const why = WHY_UNREAD[String(code)] ?? `cannot be read (${String(code)})`;
    throw new ProbeError('payload-file', `The payload file ${file} ${why}.`, { cause: error });
  }
}

const WHY_UNREAD: Readonly<Record<string, string>> = {
  ENOENT: 'is not there',
  EISDIR: 'is a folder',
  NOT_REGULAR: 'is no regular file',
  TOO_LARGE: 'is larger than 64 MiB',
  EMFILE: 'cannot be read: too many files are open on this machine (EMFILE)',
};

function isPlainText(bytes: Uint8Array): boolean {
  if (bytes.some((byte) => byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
