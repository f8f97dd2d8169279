import { isUtf8 } from 'node:buffer';

/** A whole message, whoever said it. */
export interface Said {
  readonly binary: boolean;
  readonly bytes: Uint8Array;
}

/** What a message holds as far as it can be compared part by part. */
export interface Content {
  /** What stands before the JSON: the packet type of Socket.IO, `a` of SockJS; empty for JSON alone. */
  readonly prefix: string;
  /** The acknowledgement of Socket.IO behind its packet type. */
  readonly ack: number | null;
  /** JSON, the headers and body of a STOMP frame, a text as it is; bytes as a `Uint8Array`. */
  readonly value: unknown;
}

const RECORD_SEPARATOR = '\u001e';
const SOCKET_IO = /^(4[2356](?:\d+-)?(?:\/[^,[{]*,)?)(\d{1,15})?(?=[[{]|$)/;
const PREFIX = /^[^[{"\s]{1,64}(?=[[{])/;
const STOMP = /^([A-Z]+)\r?\n((?:[^\n:]+:[^\n]*\n)*)\r?\n([^]*)\0\s*$/;
/** What is larger is compared as a whole. */
const MAX_READ_BYTES = 4 * 1024 * 1024;

/** Reads a message into what can be compared. Never throws. */
export function readContent({ binary, bytes }: Said): Content {
  const whole = { prefix: '', ack: null };
  if (bytes.length > MAX_READ_BYTES || (binary && !looksLikeJson(bytes))) return { ...whole, value: bytes };
  const text = textOf(bytes);
  const json = parseJson(text);
  if (json !== undefined) return { ...whole, value: json };
  if (binary) return { ...whole, value: bytes };
  if (text.endsWith(RECORD_SEPARATOR)) {
    const records = text.slice(0, -1).split(RECORD_SEPARATOR).map(parseJson);
    if (!records.includes(undefined)) return { ...whole, value: records.length === 1 ? records[0] : records };
  }
  return prefixed(text) ?? stomp(text) ?? { ...whole, value: text };
}

export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
}

/** JSON objects and arrays; undefined for all else. */
export function parseJson(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Where the acknowledgement of a Socket.IO packet stands in its text; null: it has none. */
export function ackOf(text: string): { readonly at: number; readonly digits: string } | null {
  const [, packet = '', digits] = SOCKET_IO.exec(text) ?? [];
  return digits === undefined ? null : { at: packet.length, digits };
}

function prefixed(text: string): Content | null {
  const [all = '', packet = '', digits] = SOCKET_IO.exec(text) ?? [];
  const prefix = all === '' ? (PREFIX.exec(text)?.[0] ?? '') : packet;
  if (prefix === '') return null;
  const rest = text.slice(all === '' ? prefix.length : all.length);
  const value = rest === '' ? null : parseJson(rest);
  return value === undefined ? null : { prefix, ack: digits === undefined ? null : Number(digits), value };
}

function stomp(text: string): Content | null {
  const [, command, head = '', body = ''] = STOMP.exec(text) ?? [];
  if (command === undefined) return null;
  const headers = head.split('\n').flatMap((line) => {
    const at = line.indexOf(':');
    return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1).replace(/\r$/, '')] as const];
  });
  return {
    prefix: '',
    ack: null,
    value: { command, headers: Object.fromEntries(headers), body: parseJson(body) ?? body },
  };
}

function looksLikeJson(bytes: Uint8Array): boolean {
  return (bytes[0] === 0x7b || bytes[0] === 0x5b) && isUtf8(bytes);
}
