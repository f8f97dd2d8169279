import { utf8 } from '../messageText.js';

/** One STOMP frame (1.0 to 1.2). */
export interface StompFrame {
  readonly command: string;
  /** In their order, unescaped; the first of a repeated header counts. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}

export type StompPart =
  | { readonly kind: 'frame'; readonly frame: StompFrame; readonly end: number }
  /** A line break between frames. */
  | { readonly kind: 'heartbeat'; readonly end: number }
  /** More bytes are needed; `need` of them from `at` on at least, where that is known. */
  | { readonly kind: 'partial'; readonly need: number | null }
  | { readonly kind: 'broken'; readonly problem: string };

const LF = 0x0a;
const CR = 0x0d;
const MAX_HEAD = 65_536;
const MAX_HEADERS = 500;

/** Reads what begins at `at` (STOMP 1.2, "Augmented BNF"). `at` must be within the bytes. */
export function readStomp(bytes: Uint8Array, at: number): StompPart {
  if (bytes[at] === LF) return { kind: 'heartbeat', end: at + 1 };
  if (bytes[at] === CR) {
    if (at + 1 === bytes.length) return { kind: 'partial', need: 2 };
    return bytes[at + 1] === LF ? { kind: 'heartbeat', end: at + 2 } : broken('a lone carriage return');
  }
  const lines: string[] = [];
  let i = at;
  for (;;) {
    const end = bytes.indexOf(LF, i);
    if (end < 0 || end - at > MAX_HEAD || lines.length > MAX_HEADERS) {
      const long = end >= 0 || bytes.length - at > MAX_HEAD;
      return long ? broken('headers are longer than any STOMP frame has') : { kind: 'partial', need: null };
    }
    const line = utf8(bytes.subarray(i, bytes[end - 1] === CR && end > i ? end - 1 : end));
    i = end + 1;
    if (line === '') break;
    lines.push(line);
  }
  const [command = '', ...rest] = lines;
  if (!/^[A-Z]{3,20}$/.test(command)) return broken('no STOMP command');
  const escaped = command !== 'CONNECT' && command !== 'CONNECTED';
  const headers = rest.map((line) => splitHeader(line, escaped));
  const length = headers.find(([name]) => name === 'content-length')?.[1];
  const known = length !== undefined && /^\d{1,9}$/.test(length);
  const end = known ? i + Number(length) : bytes.indexOf(0, i);
  if (end < 0 || end >= bytes.length) return { kind: 'partial', need: known ? end + 1 - at : null };
  if (bytes[end] !== 0) return broken('no NUL after the body: content-length is wrong');
  return { kind: 'frame', frame: { command, headers, body: bytes.subarray(i, end) }, end: end + 1 };
}

/** Value of a header, null when absent. */
export function headerOf(frame: StompFrame, name: string): string | null {
  return frame.headers.find(([key]) => key === name)?.[1] ?? null;
}

function broken(problem: string): StompPart {
  return { kind: 'broken', problem };
}

const escapes: Readonly<Record<string, string>> = { '\\r': '\r', '\\n': '\n', '\\c': ':', '\\\\': '\\' };

function splitHeader(line: string, escaped: boolean): readonly [string, string] {
  const colon = line.indexOf(':');
  const pair = colon < 0 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1)];
  const [name = '', value = ''] = escaped ? pair.map(unescape) : pair;
  return [name, value];
}

function unescape(text: string): string {
  return text.replace(/\\[rnc\\]/g, (escape) => escapes[escape] ?? escape);
}
