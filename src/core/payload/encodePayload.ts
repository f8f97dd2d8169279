import { randomUUID } from 'node:crypto';
import { isAbsolute, resolve } from 'node:path';
import { ProbeError } from '../base/errors.js';
import { readRegularFile } from '../base/regularFile.js';
import { base64Bytes, hexBytes } from '../profile/checks.js';
import type { Payload } from '../base/plan.js';
import { parts } from '../profile/variables.js';

export interface PayloadContext {
  /** Where relative paths start; null refuses them. */
  readonly baseDir: string | null;
  /** Values captured from earlier replies. */
  readonly variables?: Readonly<Record<string, string>>;
  /** `${seq}`: the number of this message, from 1. */
  readonly seq?: number;
  readonly now?: Date;
  readonly uuid?: () => string;
  /** Ends the wait for a file. */
  readonly signal?: AbortSignal | undefined;
  readonly readFile?: (path: string) => Promise<Uint8Array>;
}

export interface EncodedPayload {
  readonly binary: boolean;
  readonly bytes: Uint8Array;
}

const MAX_PAYLOAD_FILE_BYTES = 64 * 1024 * 1024;

/**
 * The bytes of one message. `text` and `json` are sent as text, `hex` and `base64` as binary; a file as text when it is
 * UTF-8 without control characters, else as binary. Rejects with a ProbeError: `payload-file`, `payload-variable`, `payload-encoding`.
 */
export async function encodePayload(payload: Payload, context: PayloadContext): Promise<EncodedPayload> {
  if (typeof payload === 'string') return textPayload(fill(payload, context));
  if ('text' in payload) return textPayload(fill(payload.text, context));
  if ('json' in payload) return textPayload(JSON.stringify(fillDeep(payload.json, context)));
  if ('hex' in payload) return { binary: true, bytes: decode(fill(payload.hex, context), 'hex') };
  if ('base64' in payload) return { binary: true, bytes: decode(fill(payload.base64, context), 'base64') };
  const bytes = await readPayloadFile(payload.file, context);
  return { binary: !isPlainText(bytes), bytes };
}

function textPayload(text: string): EncodedPayload {
  return { binary: false, bytes: new Uint8Array(Buffer.from(text)) };
}

function fill(text: string, context: PayloadContext): string {
  return parts(text)
    .map((part) => {
      if (part.kind === 'literal') return part.text;
      if (part.kind === 'variable') return valueOf(part.name, context);
      throw new ProbeError('payload-variable', 'A message holds a variable that cannot be filled in as it is sent.');
    })
    .join('');
}

function valueOf(name: string, context: PayloadContext): string {
  if (name === 'uuid') return (context.uuid ?? randomUUID)();
  if (name === 'now') return (context.now ?? new Date()).toISOString();
  if (name === 'seq') return String(context.seq ?? 1);
  const captured = context.variables ?? {};
  const value = Object.hasOwn(captured, name) ? captured[name] : undefined;
  if (value === undefined)
    throw new ProbeError('payload-variable', `\${${name}} has no value as this message is sent.`);
  return value;
}

function fillDeep(value: unknown, context: PayloadContext): unknown {
  if (typeof value === 'string') return fill(value, context);
  if (Array.isArray(value)) return value.map((item) => fillDeep(item, context));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillDeep(item, context)]));
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
