import { isUtf8 } from 'node:buffer';
import { type Decoder, UNWRAPPERS } from '../../base/message.js';
import type { BinaryFormat } from '../../dialects/shape/binaryScan.js';
import { readItem } from '../../dialects/shape/binaryShape.js';
import { loadCbor, loadMsgpack } from '../../dialects/shape/formats.js';
import { RawJson } from '../../dialects/value/rawJson.js';
import { expectBrotli } from '../../redaction/hiddenContent.js';
import { base64, jsonValue } from './jsonValue.js';
import { type Unwrapper, unwrap } from './unwrap.js';

/** What decoders make of one message. */
export interface DecoderReading {
  /** What was inside of the wrappings, and what the value is of: `gzip`, `msgpack`. */
  readonly steps: readonly string[];
  readonly binary: boolean;
  readonly bytes: Uint8Array;
  /** Of the first decoder that took every byte; null: none did. */
  readonly value: (() => unknown) | null;
  /** Why a wrapping could not be opened although it is there. */
  readonly problem: string | null;
}

/** Decoders that are ready to read: what they need is loaded. */
export interface LoadedDecoders {
  /** Null where none of them applies. Never throws. */
  read(message: { readonly binary: boolean; readonly bytes: Uint8Array }): DecoderReading | null;
}

/** A value that takes all of the bytes; null where these are none of it. */
type ReadValue = (bytes: Uint8Array) => (() => unknown) | null;

/** Longer messages are not decoded to values. */
const MAX_VALUE_BYTES = 16 * 1024 * 1024;

/** The decoders that a profile names, with their schemas. Rejects with a ProbeError: `protobuf-schema`. */
export async function loadDecoders(
  decode: readonly Decoder[],
  baseDir: string | null,
  signal?: AbortSignal,
): Promise<LoadedDecoders> {
  const wrappings: Unwrapper[] = [];
  const values: (readonly [name: string, read: ReadValue])[] = [];
  for (const each of decode) {
    const wrapping = UNWRAPPERS.find((name) => name === each);
    if (wrapping === 'brotli') expectBrotli();
    if (wrapping) wrappings.push(wrapping);
    else if (each === 'msgpack') values.push(['msgpack', itemOf(await loadMsgpack(asIs))]);
    else if (each === 'cbor') values.push(['cbor', itemOf(await loadCbor(asIs))]);
    else if (typeof each === 'object')
      values.push([each.protobuf.type, await protobufOf(each.protobuf, baseDir, signal)]);
  }
  return { read: (message) => readMessage(message, wrappings, values) };
}

function readMessage(
  { binary, bytes }: { readonly binary: boolean; readonly bytes: Uint8Array },
  wrappings: readonly Unwrapper[],
  values: readonly (readonly [name: string, read: ReadValue])[],
): DecoderReading | null {
  const steps: string[] = [];
  let content = bytes;
  let problem: string | null = null;
  for (const wrapping of wrappings) {
    // A text is no compressed data; only what it spells may be.
    if (!binary && steps.length === 0 && wrapping !== 'base64') continue;
    const inside = unwrap(wrapping, content);
    if (typeof inside === 'string') problem ??= inside;
    else if (inside !== null) {
      content = inside;
      steps.push(wrapping);
    }
  }
  const isBinary = steps.length === 0 ? binary : !isUtf8(content);
  const read = { binary: isBinary, bytes: content, problem };
  if (binary || steps.length > 0) {
    for (const [name, readAll] of content.length > MAX_VALUE_BYTES ? [] : values) {
      const value = readAll(content);
      if (value) return { ...read, steps: [...steps, name], value };
    }
  }
  return steps.length === 0 && problem === null ? null : { ...read, steps, value: null };
}

/** One item to the last byte. What it claims is counted before the library sees it. */
function itemOf(format: BinaryFormat): ReadValue {
  return (bytes) => {
    if (bytes.length === 0) return null;
    const { shape, end } = readItem(format, bytes, 0);
    if (shape === null || end !== bytes.length) return null;
    return () => jsonValue(shape.value());
  };
}

async function protobufOf(
  { schema, type }: { readonly schema: string; readonly type: string },
  baseDir: string | null,
  signal: AbortSignal | undefined,
): Promise<ReadValue> {
  const { loadMessageType } = await import('../protobuf/loadSchema.js');
  const { decodeMessage } = await import('../protobuf/decodeMessage.js');
  const { NotProtobuf } = await import('../protobuf/reader.js');
  const message = await loadMessageType(schema, type, baseDir, signal);
  return (bytes) => {
    try {
      const value = decodeMessage(message, bytes);
      return () => value;
    } catch (error) {
      if (error instanceof NotProtobuf) return null;
      throw error;
    }
  };
}

/** The value in a message that was read; undefined where there is nothing but a problem. */
export function readValue(reading: DecoderReading): unknown {
  if (reading.value) return reading.value();
  return reading.steps.length === 0 ? undefined : contentValue(reading);
}

/** What is inside of wrappings that no decoder and no dialect reads: JSON as it came, a text, or bytes in Base64. */
export function contentValue({ binary, bytes }: Pick<DecoderReading, 'binary' | 'bytes'>): unknown {
  if (binary) return base64(bytes);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  try {
    JSON.parse(text);
    return new RawJson(text);
  } catch {
    return text;
  }
}

function asIs(bytes: Uint8Array): unknown {
  return bytes;
}
