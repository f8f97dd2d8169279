import type { FrameRecord } from '../../src/core/base/model.js';

/** Bytes of a frame as far as the report keeps them. */
export function payloadBytes(frame: Pick<FrameRecord, 'text' | 'base64'>): Uint8Array {
  if (frame.text !== undefined) return new TextEncoder().encode(frame.text);
  try {
    return Uint8Array.from(atob(frame.base64 ?? ''), (character) => character.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}

/** Sixteen bytes a line: offset, hex in two groups of eight, printable ASCII. */
export function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let offset = 0; offset < bytes.length; offset += 16) {
    const row = [...bytes.subarray(offset, offset + 16)];
    const pairs = row.map((byte) => byte.toString(16).padStart(2, '0'));
    const hex = `${pairs.slice(0, 8).join(' ')}  ${pairs.slice(8).join(' ')}`.padEnd(48);
    const ascii = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${offset.toString(16).padStart(6, '0')}  ${hex}  ${ascii}`);
  }
  return lines.join('\n');
}

/** Hex pairs of the first bytes, for one line of a table. */
export function hexPreview(bytes: Uint8Array, limit: number): string {
  const pairs = [...bytes.subarray(0, limit)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return bytes.length > limit ? `${pairs} …` : pairs;
}

/**
 * JSON re-indented as received: the order of keys, duplicate keys, escapes and big numbers stay as they were.
 * Null when the text is no JSON object or array.
 */
export function prettyJson(text: string): string | null {
  if (!/^\s*[[{]/.test(text)) return null;
  try {
    JSON.parse(text);
  } catch {
    return null;
  }
  return reindent(text);
}

/** The same tokens of a valid JSON text, indented by two; `${variables}` count as one token. */
export function reindent(text: string): string {
  const out: string[] = [];
  let depth = 0;
  let last = '';
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|\$\{[^{}]*\}|[[\]{}:,]|[^\s[\]{}:,"]+/g)) {
    const closes = token === '}' || token === ']';
    const opened = last === '{' || last === '[';
    if (closes) depth--;
    if (closes !== opened) out.push(newLine(depth));
    out.push(token);
    if (token === ':') out.push(' ');
    if (token === '{' || token === '[') depth++;
    if (token === ',') out.push(newLine(depth));
    last = token;
  }
  return out.join('');
}

function newLine(depth: number): string {
  return `\n${'  '.repeat(depth)}`;
}

/** RFC 6455 5.2; `reserved 0x3` for what no registry knows. */
export function opcodeName(opcode: number): string {
  const known = OPCODES[opcode];
  return known ?? `reserved 0x${opcode.toString(16)}`;
}

const OPCODES: Readonly<Record<number, string>> = {
  0: 'continuation',
  1: 'text',
  2: 'binary',
  8: 'close',
  9: 'ping',
  10: 'pong',
};

export interface FrameFlag {
  readonly name: 'FIN' | 'RSV1' | 'RSV2' | 'RSV3' | 'MASK';
  readonly set: boolean;
}

export function frameFlags(frame: FrameRecord): readonly FrameFlag[] {
  return [
    { name: 'FIN', set: frame.fin },
    { name: 'RSV1', set: frame.rsv1 },
    { name: 'RSV2', set: frame.rsv2 },
    { name: 'RSV3', set: frame.rsv3 },
    { name: 'MASK', set: frame.masked },
  ];
}

/** Code and reason of a Close frame's payload; null when the frame carries none. RFC 6455 5.5.1. */
export function closePayload(bytes: Uint8Array): { readonly code: number; readonly reason: string } | null {
  if (bytes.length < 2) return null;
  const code = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
  return { code, reason: new TextDecoder().decode(bytes.subarray(2)) };
}
