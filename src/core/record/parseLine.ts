import { isUtf8 } from 'node:buffer';
import { ProbeError } from '../base/errors.js';
import type { FrameRecord, HeaderPair, InflatedMessage } from '../base/model.js';
import type { ConnectionEnd } from '../base/sessionEvent.js';
import { hasMoreValues } from './jsonValues.js';
import { RECORDING_SCHEMA, type RecordingHeader, type RecordingLine } from './recording.js';

type Fields = Readonly<Record<string, unknown>>;

/** A line as read: a record, a type we do not know (newer than this reader), or what is wrong with it. */
export type ParsedLine =
  | { readonly kind: 'line'; readonly line: RecordingLine }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'bad'; readonly message: string };

const TYPES: readonly unknown[] = ['frame', 'open', 'close', 'lost', 'connection', 'message', 'note'];
// A long line is one long text.
const LARGE_LINE = 64 * 1024;
const MAX_VALUES = 20_000;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Checks every field; unknown keys are left out. Never throws. */
export function parseLine(bytes: Uint8Array): ParsedLine {
  const fields = parseObject(bytes);
  if (typeof fields === 'string') return { kind: 'bad', message: fields };
  if (typeof fields['type'] !== 'string') return { kind: 'bad', message: 'it has no type' };
  if (!TYPES.includes(fields['type'])) return { kind: 'unknown' };
  const line = lineOf(fields);
  return typeof line === 'string' ? { kind: 'bad', message: line } : { kind: 'line', line };
}

/** Whether the bytes are one whole JSON object: then nothing of the line was torn off. */
export function isWholeLine(bytes: Uint8Array): boolean {
  return typeof parseObject(bytes) !== 'string';
}

/** The first line of a recording. Throws `recording-invalid`, or `recording-version` for a recording of a later version. */
export function parseHeader(bytes: Uint8Array, name: string): RecordingHeader {
  const fields = parseObject(bytes);
  const schema = typeof fields === 'string' ? null : fields['schema'];
  if (typeof fields === 'string' || typeof schema !== 'string' || !schema.startsWith('wsprobe.recording/')) {
    throw new ProbeError('recording-invalid', `${name} is not a recording: its first line is no header.`);
  }
  if (schema !== RECORDING_SCHEMA) {
    throw new ProbeError('recording-version', `${name} was written by a later version (${schema.slice(0, 40)}).`, {
      hint: 'Update wsprobe to open it.',
    });
  }
  const { name: title, url, startedAt } = fields;
  if (typeof url !== 'string' || typeof startedAt !== 'string' || Number.isNaN(Date.parse(startedAt))) {
    throw new ProbeError('recording-invalid', `The header of ${name} has no url or no valid startedAt.`);
  }
  return {
    schema: RECORDING_SCHEMA,
    name: typeof title === 'string' ? title : url,
    url,
    startedAt,
    subprotocol: textOrNull(fields['subprotocol']),
    dialect: textOrNull(fields['dialect']),
    request: requestOf(fields['request']),
    response: responseOf(fields['response']),
  };
}

function parseObject(bytes: Uint8Array): Fields | string {
  if (!isUtf8(bytes)) return 'it is not UTF-8';
  if (bytes.length > LARGE_LINE && hasMoreValues(bytes, MAX_VALUES)) return 'it holds too many values';
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString());
    return isObject(value) ? value : 'it is no JSON object';
  } catch {
    return 'it is not JSON';
  }
}

function lineOf(fields: Fields): RecordingLine | string {
  const { type, atMs, connection } = fields;
  if (!isTime(atMs)) return 'atMs is no number';
  if (type === 'lost') {
    if (!isCount(fields['frames'])) return 'frames is no count';
    return { type, atMs, frames: fields['frames'], reason: textOrNull(fields['reason']) ?? '' };
  }
  if (!isCount(connection)) return 'connection is no count';
  if (type === 'open') return { type, connection, atMs };
  if (type === 'note') {
    const text = textOrNull(fields['text']);
    return text === null ? 'a note needs a text' : { type, connection, atMs, text };
  }
  if (type === 'connection') return connectionOf(fields, connection, atMs);
  if (type === 'message') return messageOf(fields, connection, atMs);
  if (type === 'close') {
    const close = closeOf(fields['close']);
    return close ? { type, connection, atMs, close } : 'close is not valid';
  }
  const frame = frameOf(fields, atMs);
  return typeof frame === 'string' ? frame : { type: 'frame', connection, ...frame };
}

function connectionOf(fields: Fields, connection: number, atMs: number): RecordingLine | string {
  const { url } = fields;
  if (typeof url !== 'string') return 'a connection needs a url';
  return {
    type: 'connection',
    connection,
    atMs,
    url,
    peer: textOrNull(fields['peer']),
    subprotocol: textOrNull(fields['subprotocol']),
    dialect: textOrNull(fields['dialect']),
    request: requestOf(fields['request']),
    response: responseOf(fields['response']),
  };
}

function messageOf(fields: Fields, connection: number, atMs: number): RecordingLine | string {
  const { index, direction, kind, payloadBytes, truncated } = fields;
  if (!isCount(index) || !isCount(payloadBytes)) return 'index or a size is no count';
  if (direction !== 'sent' && direction !== 'received') return 'direction is neither sent nor received';
  if (kind !== 'text' && kind !== 'binary') return 'kind is neither text nor binary';
  if (!isBoolean(truncated)) return 'a bit is no boolean';
  const payload = payloadOf(fields);
  if (!payload) return 'it needs one of text and base64';
  return { type: 'message', connection, index, atMs, direction, kind, payloadBytes, ...payload, truncated };
}

function frameOf(fields: Fields, atMs: number): FrameRecord | string {
  const { index, direction, opcode, fin, rsv1, rsv2, rsv3, masked, wireBytes, payloadBytes, truncated } = fields;
  if (!isCount(index) || !isCount(wireBytes) || !isCount(payloadBytes)) return 'index or a size is no count';
  if (direction !== 'sent' && direction !== 'received') return 'direction is neither sent nor received';
  if (!isCount(opcode) || opcode > 15) return 'opcode is not 0 to 15';
  if (!isBoolean(fin) || !isBoolean(rsv1) || !isBoolean(rsv2) || !isBoolean(rsv3)) return 'a bit is no boolean';
  if (!isBoolean(masked) || !isBoolean(truncated)) return 'a bit is no boolean';
  const payload = payloadOf(fields);
  if (!payload) return 'it needs one of text and base64';
  const inflated = fields['inflated'] === undefined ? null : inflatedOf(fields['inflated']);
  if (fields['inflated'] !== undefined && !inflated) return 'inflated is not valid';
  return {
    index,
    atMs,
    direction,
    opcode,
    fin,
    rsv1,
    rsv2,
    rsv3,
    masked,
    wireBytes,
    payloadBytes,
    ...payload,
    truncated,
    ...(inflated ? { inflated } : {}),
  };
}

function payloadOf(fields: Fields): { text: string } | { base64: string } | null {
  const { text, base64 } = fields;
  if (typeof text === 'string' && base64 === undefined) return { text };
  if (typeof base64 === 'string' && text === undefined && BASE64.test(base64)) return { base64 };
  return null;
}

function inflatedOf(value: unknown): InflatedMessage | null {
  if (!isObject(value)) return null;
  const { bytes, truncated } = value;
  const payload = payloadOf(value);
  return payload && isCount(bytes) && isBoolean(truncated) ? { ...payload, bytes, truncated } : null;
}

/** A close as a recording holds it, its code null where the source did not know it; null when it is not valid. */
export function closeOf(value: unknown): ConnectionEnd | null {
  if (!isObject(value)) return null;
  const { code, reason, initiator, clean, evidence } = value;
  if (!(isCount(code) || code === null) || typeof reason !== 'string' || !isBoolean(clean)) return null;
  if (initiator !== 'client' && initiator !== 'server' && initiator !== 'network') return null;
  return { code, reason, initiator, clean, evidence: textOrNull(evidence) ?? '' };
}

function requestOf(value: unknown): RecordingHeader['request'] {
  if (!isObject(value) || typeof value['target'] !== 'string') return null;
  return { target: value['target'], headers: headersOf(value['headers']) };
}

function responseOf(value: unknown): RecordingHeader['response'] {
  if (!isObject(value) || !isCount(value['status'])) return null;
  const { status, reason, headers } = value;
  return { status, reason: textOrNull(reason) ?? '', headers: headersOf(headers) };
}

function headersOf(value: unknown): HeaderPair[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((pair: unknown): HeaderPair[] => {
    const [name, text] = Array.isArray(pair) ? (pair as readonly unknown[]) : [];
    return typeof name === 'string' && typeof text === 'string' ? [[name, text]] : [];
  });
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
