import { promisify } from 'node:util';
import { brotliCompress, deflate, gzip } from 'node:zlib';
import { ProbeError } from '../base/errors.js';
import {
  type Compression,
  type Payload,
  type PayloadContents,
  type PayloadKind,
  payloadKind,
} from '../base/message.js';
import { base64Bytes, hexBytes } from '../profile/checks.js';
import { expectBrotli } from '../redaction/hiddenContent.js';
import { fill, fillDeep } from './fill.js';
import {
  type EncodedPayload,
  type PayloadContext,
  type PayloadEncoder,
  textPayload,
  unencodable,
} from './kinds/kind.js';
import { readPayloadFile } from './payloadFile.js';

export type { EncodedPayload, PayloadContext };

type Loader = () => Promise<{ readonly encode: PayloadEncoder }>;

/** Kinds that need a library, or that few messages are of: loaded when they are sent. */
const LATER = {
  msgpack: () => import('./kinds/msgpack.js'),
  cbor: () => import('./kinds/cbor.js'),
  protobuf: () => import('./kinds/protobuf.js'),
  socketio: () => import('./kinds/socketio.js'),
  signalr: () => import('./kinds/signalr.js'),
  stomp: () => import('./kinds/stomp.js'),
  mqtt: () => import('./kinds/mqtt.js'),
} satisfies Partial<Record<PayloadKind, Loader>>;

const later =
  (kind: keyof typeof LATER): PayloadEncoder =>
  async (value: never, context) =>
    (await LATER[kind]()).encode(value, context);

/** The kinds of payload by their key. */
const ENCODERS: Readonly<Record<PayloadKind, PayloadEncoder>> = {
  text: (text: string, context) => textPayload(fill(text, context)),
  json: (value: unknown, context) => textPayload(JSON.stringify(fillDeep(value, context))),
  hex: (text: string, context) => ({ binary: true, bytes: decode(fill(text, context), 'hex') }),
  base64: (text: string, context) => ({ binary: true, bytes: decode(fill(text, context), 'base64') }),
  file: async (path: string, context) => {
    const bytes = await readPayloadFile(path, context);
    return { binary: !isPlainText(bytes), bytes };
  },
  msgpack: later('msgpack'),
  cbor: later('cbor'),
  protobuf: later('protobuf'),
  socketio: later('socketio'),
  signalr: later('signalr'),
  stomp: later('stomp'),
  mqtt: later('mqtt'),
};

/** Loads what encodes this payload, so that no step waits for it. */
export async function loadEncoder(payload: Payload): Promise<void> {
  const kind = typeof payload === 'string' ? 'text' : payloadKind(payload);
  if (kind in LATER) await LATER[kind as keyof typeof LATER]();
}

const COMPRESSORS: Readonly<Record<Compression, (bytes: Uint8Array) => Promise<Uint8Array>>> = {
  gzip: promisify(gzip),
  deflate: promisify(deflate),
  brotli: promisify(brotliCompress),
};

/**
 * The bytes of one message. Each kind is sent as text or as binary, as its protocol has it; a file as text when it is UTF-8
 * without control characters, else as binary; what is compressed, or said to be binary, as binary. Rejects with a ProbeError: `payload-file`, `payload-variable`, `payload-encoding`.
 */
export async function encodePayload(payload: Payload, context: PayloadContext): Promise<EncodedPayload> {
  if (typeof payload === 'string') return textPayload(fill(payload, context));
  const kind = payloadKind(payload);
  const { binary, bytes } = await ENCODERS[kind]((payload as PayloadContents)[kind] as never, context);
  const { binary: asBinary = false, compress, wrap } = payload;
  if (wrap !== undefined) return inSockJs(kind, { binary, bytes });
  if (compress === 'brotli') expectBrotli();
  if (compress === undefined) return { binary: binary || asBinary, bytes };
  return { binary: true, bytes: new Uint8Array(await COMPRESSORS[compress](bytes)), plain: bytes };
}

/** https://sockjs.github.io/sockjs-protocol/sockjs-protocol-0.3.3.html: what a client says is a list of texts. */
function inSockJs(kind: PayloadKind, { binary, bytes }: EncodedPayload): EncodedPayload {
  if (binary) throw unencodable(kind, 'is binary, and a SockJS frame carries texts.');
  return textPayload(JSON.stringify([Buffer.from(bytes).toString('utf8')]));
}

function decode(text: string, encoding: 'hex' | 'base64'): Uint8Array {
  const wrong = (encoding === 'hex' ? hexBytes : base64Bytes)(text);
  if (wrong !== null) throw new ProbeError('payload-encoding', `The ${encoding} payload ${wrong}`);
  return new Uint8Array(Buffer.from(text.replace(/\s+/g, ''), encoding));
}

function isPlainText(bytes: Uint8Array): boolean {
  if (bytes.some((byte) => byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
