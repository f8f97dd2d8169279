import { OPCODE } from '../../base/frame.js';
import type { RecordingLine } from '../recording.js';

export interface MessageNotes {
  unreadable: number;
  notBase64: number;
}

interface ImportedMessages {
  readonly lines: readonly RecordingLine[];
  /** Milliseconds since 1970 at time 0: the entry's, or its first message's where that is earlier. */
  readonly startedAt: number;
  readonly notes: MessageNotes;
}

interface Message {
  readonly sent: boolean;
  readonly at: number;
  readonly opcode: number;
  readonly payload: { readonly text: string } | { readonly base64: string };
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
/** Seconds since 1970 stay below it until the year 5138; milliseconds have been above it since 1973. */
const SECONDS_END = 100_000_000_000;

/** `_webSocketMessages` to frames, one each. `startedAt` is the entry's, null when it has none. */
export function importMessages(value: unknown, startedAt: number | null): ImportedMessages {
  const notes: MessageNotes = { unreadable: 0, notBase64: 0 };
  const messages: Message[] = [];
  for (const item of Array.isArray(value) ? (value as readonly unknown[]) : []) {
    const message = messageOf(item, notes);
    if (message) messages.push(message);
    else notes.unreadable += 1;
  }
  const first = messages.reduce((least, { at }) => Math.min(least, at), startedAt ?? Infinity);
  const start = Number.isFinite(first) ? Math.floor(first) : 0;
  return { lines: messages.map((message, index) => lineOf(message, index, start)), startedAt: start, notes };
}

function messageOf(item: unknown, notes: MessageNotes): Message | null {
  if (typeof item !== 'object' || item === null) return null;
  const { type, time, opcode, data, _opcode } = item as Readonly<Record<string, unknown>>;
  const at = wallClock(time);
  // Chrome also lists "error", with opcode -1 and the error's text.
  if ((type !== 'send' && type !== 'receive') || at === null || typeof data !== 'string') return null;
  if (typeof opcode !== 'number' || !Number.isInteger(opcode) || opcode < 0 || opcode > 15) return null;
  // Chrome lists messages, so that a continuation can only be a text of an old version.
  const code = opcode === OPCODE.continuation ? OPCODE.text : opcode;
  const payload = payloadOf(code, data, notes);
  // A text that is not UTF-8, as exportHar writes it.
  const isText = _opcode === OPCODE.text && 'base64' in payload;
  return { sent: type === 'send', at, opcode: isText ? OPCODE.text : code, payload };
}

function payloadOf(opcode: number, data: string, notes: MessageNotes): Message['payload'] {
  if (opcode === OPCODE.text) return { text: Buffer.from(data).toString() };
  const digits = data.replace(/\s+/g, '');
  if (BASE64.test(digits) && digits.length % 4 === 0) return { base64: digits };
  if (opcode === OPCODE.binary) notes.notBase64 += 1;
  return { base64: Buffer.from(data).toString('base64') };
}

function lineOf({ sent, at, opcode, payload }: Message, index: number, start: number): RecordingLine {
  const size = 'text' in payload ? Buffer.byteLength(payload.text) : Buffer.from(payload.base64, 'base64').length;
  const header = 2 + (size > 65_535 ? 8 : size > 125 ? 2 : 0) + (sent ? 4 : 0);
  return {
    type: 'frame',
    connection: 1,
    index,
    atMs: Math.round((at - start) * 1000) / 1000,
    direction: sent ? 'sent' : 'received',
    opcode,
    fin: true,
    rsv1: false,
    rsv2: false,
    rsv3: false,
    masked: sent,
    wireBytes: header + size,
    payloadBytes: size,
    ...payload,
    truncated: false,
  };
}

/** Milliseconds since 1970: Chrome writes seconds, other tools milliseconds or ISO 8601. */
function wallClock(time: unknown): number | null {
  const parsed = typeof time === 'string' ? Date.parse(time) : time;
  if (typeof parsed !== 'number' || !(parsed >= 0 && parsed < 8.64e15)) return null;
  if (typeof time === 'string') return parsed;
  return parsed < SECONDS_END ? Math.round(parsed * 1_000_000) / 1000 : parsed;
}
