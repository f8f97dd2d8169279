import { constants, gunzipSync } from 'node:zlib';
import type { FrameRecord } from '../base/model.js';
import { readItem } from '../dialects/shape/binaryShape.js';
import { cborSyntax, msgpackSyntax } from '../dialects/shape/formats.js';
import type { Shape } from '../dialects/shape/shape.js';
import { readReason } from '../close/reasonText.js';

const MAX_MESSAGES = 20;
const MAX_BASE64 = 5_600;

/** The payloads of binary frames from the server, the first bytes of each. */
export function binaryReceived(frames: readonly FrameRecord[]): Buffer[] {
  return frames
    .filter(({ direction, opcode, base64 }) => direction === 'received' && opcode === 2 && base64 !== undefined)
    .slice(0, MAX_MESSAGES)
    .map(({ base64 = '' }) => Buffer.from(base64.slice(0, MAX_BASE64), 'base64'));
}

/** What can be read in binary messages: text (NATS, brokers of STOMP), JSON behind a head, MessagePack and CBOR as JSON. */
export function textInBinary(frames: readonly FrameRecord[]): string[] {
  return binaryReceived(frames)
    .map((bytes) => unpacked(bytes) ?? withoutFraming(unzipped(bytes).toString('latin1')))
    .filter((text) => /^[\t\r\n\0\x1e\x20-\x7e]+$/.test(text));
}

/** JSON behind the few bytes that a protocol puts before it: the channel of Kubernetes, the head of VS Code's server. */
function withoutFraming(text: string): string {
  // The ErrorResponse of PostgreSQL: fields, each by a letter, M the message.
  if (/^E[^]{4}S[A-Z]{3,10}\0/.test(text)) return `ERROR: ${/\0M([^\0]{1,300})/.exec(text)?.[1] ?? ''}`;
  const reason = reasonBehindItsLength(text);
  if (reason !== null) return reason;
  const start = text.slice(0, 66).indexOf('{"');
  const isFramed = start > 0 && /[\0-\x08\x0e-\x1f\x7f-\xff]/.test(text.slice(0, start));
  return isFramed && text.endsWith('}') ? text.slice(start) : text;
}

/**
 * The words with which a message ends, where the byte before counts them: alone, as RFB sends them; behind fields of a protocol, as
 * strings of Yjs (Hocuspocus) and MessagePack (Colyseus), only words that complain.
 */
function reasonBehindItsLength(text: string): string | null {
  const [, length = '', alone = ''] = /^[\0-\x02]{0,2}\0\0([\0-\xff])([\x20-\x7e]{4,255})$/.exec(text) ?? [];
  if (alone !== '' && length.charCodeAt(0) === alone.length) return alone;
  const tail = /[\x20-\x7e]{6,255}$/.exec(text.slice(-256))?.[0] ?? '';
  // The byte that counts may be a letter itself.
  for (const words of [tail, tail.slice(1)]) {
    const head = text.slice(0, text.length - words.length);
    const count = head.charCodeAt(head.length - 1);
    const counted = count === words.length || (words.length < 32 && count === (0xa0 | words.length));
    if (counted && head.length <= MAX_HEAD && isBinary(head) && readReason(words) !== null) return words;
  }
  return null;
}

/** A refusal is told before anything else; longer ones carry data. */
const MAX_HEAD = 64;

const isBinary = (head: string) => /[\0-\x08\x0e-\x1f\x7f-\xff]/.test(head);

/** One container of MessagePack or CBOR from the first byte to the last; null where it is none, or holds what JSON has no word for. */
function unpacked(bytes: Buffer): string | null {
  for (const format of [msgpackSyntax, cborSyntax]) {
    const { shape, end } = readItem(format, bytes, 0);
    if (shape === null || end !== bytes.length || !(shape.kind === 'object' || shape.kind === 'array')) continue;
    const json = shape.size > 0 ? plain(shape, 0) : undefined;
    if (json !== undefined) return JSON.stringify(json).replace(/[^\x20-\x7e]/g, '?');
  }
  return null;
}

const MAX_DEPTH = 6;
const MAX_MEMBERS = 40;

function plain(shape: Shape, depth: number): unknown {
  if (depth > MAX_DEPTH) return undefined;
  switch (shape.kind) {
    case 'object':
      return Object.fromEntries(
        shape
          .keys()
          .slice(0, MAX_MEMBERS)
          .map((key) => [key, inner(shape.get(key), depth)]),
      );
    case 'array':
      return Array.from({ length: Math.min(shape.size, MAX_MEMBERS) }, (_, index) => inner(shape.at(index), depth));
    case 'number':
      return Number(shape.text);
    case 'boolean':
      return shape.text === 'true';
    case 'string':
      return shape.text;
    default:
      return null;
  }
}

const inner = (shape: Shape | null, depth: number) => (shape ? (plain(shape, depth + 1) ?? null) : null);

/** Feeds of markets compress each message by itself, without a word in the handshake. */
function unzipped(bytes: Buffer): Buffer {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: 65_536, finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return bytes;
  }
}
