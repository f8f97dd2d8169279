import { OPCODE } from '../../base/frame.js';
import { opcodeName } from '../../text/opcodes.js';
import type { Direction } from '../../base/model.js';
import type { WholeMessage } from '../wholeMessage.js';

/** What was missing in the messages of an entry. */
export interface MessageNotes {
  messages: number;
  unreadable: number;
  notBase64: number;
  noOpcode: number;
  noTime: number;
}

export type Fields = Readonly<Record<string, unknown>>;
export type HarMessageFacts = WholeMessage & { readonly time: unknown };

const SURROGATE = /[\ud800-\udfff]/;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
/** Without padding a text is Base64 where the bits that it leaves over are zero. */
const UNPADDED = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048])$/;
const SENT: readonly unknown[] = ['send', 'sent', 'out', 'outgoing', 'outbound', 'client', 'request'];
const RECEIVED: readonly unknown[] = ['receive', 'received', 'recv', 'in', 'incoming', 'inbound', 'server', 'response'];
const OPCODES = new Map([0, 1, 2, 8, 9, 10].map((opcode) => [opcodeName(opcode), opcode] as const));

/**
 * A message as Chrome writes it (`type`, `time`, `opcode`, `data`), or one of its relatives; null for what is none. `json`: as it
 * stands there.
 */
export function messageOf(item: unknown, notes: MessageNotes, json?: Uint8Array): HarMessageFacts | null {
  // The debugging protocol's own frames hold their payload one level down.
  const outer = objectOf(item);
  const fields: Fields = outer['response'] === undefined ? outer : { ...outer, ...objectOf(outer['response']) };
  const direction = directionOf(fields['type']) ?? directionOf(fields['direction']) ?? directionOf(fields['dir']);
  const data = dataOf(fields, json);
  const told = opcodeOf(fields['opcode']) ?? opcodeNamed(fields['type']) ?? opcodeNamed(fields['kind']);
  // Chrome also lists "error", with opcode -1 and the error's text.
  if (direction === null || data === null || told === 'invalid') return null;
  if (told === null) notes.noOpcode += 1;
  const isBase64 = fields['encoding'] === 'base64' || fields['isBinary'] === true || fields['binary'] === true;
  const opcode = told ?? (isBase64 ? OPCODE.binary : OPCODE.text);
  return contentOf(fields, direction, opcode, data, notes);
}

function contentOf(
  fields: Fields,
  direction: Direction,
  opcode: number,
  data: string,
  notes: MessageNotes,
): HarMessageFacts {
  // Messages are listed, so that a continuation can only be a text of an old version.
  const code = opcode === OPCODE.continuation ? OPCODE.text : opcode;
  const own = fields['_opcode'];
  const bytes = fields['_bytes'];
  return {
    direction,
    time: fields['time'] ?? fields['timestamp'],
    // What exportHar had to write as binary for the sake of the data.
    opcode: typeof own === 'number' && Number.isInteger(own) && own > 0 && own < 16 ? own : code,
    payload: payloadOf(code, data, notes),
    bytes: typeof bytes === 'number' && Number.isSafeInteger(bytes) && bytes >= 0 ? bytes : undefined,
    deflated: fields['_deflated'] === true,
    unfinished: fields['_unfinished'] === true,
  };
}

function payloadOf(opcode: number, data: string, notes: MessageNotes): WholeMessage['payload'] {
  // A lone surrogate has no UTF-8.
  if (opcode === OPCODE.text) return { text: SURROGATE.test(data) ? Buffer.from(data).toString() : data };
  const digits = data.replace(/\s+/g, '').replaceAll('-', '+').replaceAll('_', '/');
  if (BASE64.test(digits) && digits.length % 4 === 0) return { base64: digits };
  if (UNPADDED.test(digits)) return { base64: digits.padEnd(digits.length + 4 - (digits.length % 4), '=') };
  if (opcode === OPCODE.binary) notes.notBase64 += 1;
  return { base64: Buffer.from(data).toString('base64') };
}

function directionOf(value: unknown): Direction | null {
  const word = typeof value === 'string' ? value.toLowerCase() : null;
  return SENT.includes(word) ? 'sent' : RECEIVED.includes(word) ? 'received' : null;
}

function opcodeOf(value: unknown): number | 'invalid' | null {
  if (value === undefined || value === null) return null;
  const named = opcodeNamed(value);
  const opcode = named ?? (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value);
  return typeof opcode === 'number' && Number.isInteger(opcode) && opcode >= 0 && opcode < 16 ? opcode : 'invalid';
}

function opcodeNamed(value: unknown): number | null {
  return typeof value === 'string' ? (OPCODES.get(value.toLowerCase()) ?? null) : null;
}

const DATA_KEYS = ['data', 'payloadData', 'payload', 'text'];

function dataOf(fields: Fields, json: Uint8Array | undefined): string | null {
  const key = DATA_KEYS.find((each) => fields[each] !== undefined && fields[each] !== null);
  const data = key === undefined ? null : fields[key];
  if (key === undefined || typeof data === 'string') return data as string | null;
  // Some writers parse the JSON of a message: its numbers and doubled keys are those of the file.
  if (typeof data !== 'object' || data === null) return null;
  return (json && memberText(Buffer.from(json).toString(), key)) ?? JSON.stringify(data);
}

/** The value of an object's own member, as it is written; the last one counts. */
function memberText(json: string, name: string): string | null {
  let depth = 0;
  let start = -1;
  let found: string | null = null;
  let last = '';
  for (const { 0: token, index } of json.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}:,]|[^\s[\]{}:,"]+/g)) {
    if (start === -2) start = index;
    const ends = depth === 1 && (token === ',' || token === '}');
    if (ends && start >= 0) found = json.slice(start, index).trimEnd();
    if (ends) start = -1;
    if (token === ':' && depth === 1 && start === -1 && last === JSON.stringify(name)) start = -2;
    if (token === '{' || token === '[') depth += 1;
    if (token === '}' || token === ']') depth -= 1;
    last = token;
  }
  return found;
}

export function objectOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : NONE;
}

const NONE: Fields = {};
