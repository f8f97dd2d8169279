import { ProbeError } from '../../base/errors.js';
import type { HeaderPair } from '../../base/model.js';
import { headerValue, hasToken } from '../../handshake/headers.js';
import { isExtendedConnect } from './harEntry.js';
import { type Fields, objectOf } from './harMessages.js';
import { isWallTime, rawTime, type TimeRange, wallMicros } from './harTimes.js';
import { type ByteSource, JsonError, JsonReader } from './jsonReader.js';

/** What a HAR says of one WebSocket besides its messages, and where these are. */
export interface HarWebSocket {
  readonly url: string;
  readonly request: { readonly headers: readonly HeaderPair[] };
  readonly response: { readonly status: number; readonly reason: string; readonly headers: readonly HeaderPair[] };
  /** Milliseconds since 1970; null where it is not told. */
  readonly startedAt: number | null;
  readonly durationMs: number | null;
  /** Of `_wsprobe`: what exportHar added. */
  readonly own: Fields;
  /** Offsets of the lists of messages. */
  readonly lists: readonly number[];
  /** A file beside the HAR that holds the messages (Playwright). */
  readonly attached: string | null;
  /** Raw times that are no wall clock. */
  readonly relative: TimeRange | null;
  /** The earliest of the wall clock; microseconds since 1970. */
  readonly leastMicros: number | null;
}

export interface HarIndex {
  readonly sockets: readonly HarWebSocket[];
  readonly writer: string;
  /** The file ends within an entry: what was there before it is told. */
  readonly torn: boolean;
}

type Draft = { -readonly [K in keyof HarWebSocket]: HarWebSocket[K] };

const MAX_TEXT_BYTES = 256 * 1024;
const MAX_FACTS_BYTES = 4 * 1024 * 1024;
/** A longer message is left out and counted. */
export const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;
const MAX_SOCKETS = 100_000;
const MESSAGE_LISTS = ['_webSocketMessages', '_webSocketFrames'];
const TIME_KEYS = ['"time"', '"timestamp"'].map((key) => Buffer.from(key));

/** One pass over a HAR; the messages are only counted in by their times. Throws `har-invalid`. */
export async function indexHar(source: ByteSource): Promise<HarIndex> {
  const reader = new JsonReader(source);
  const sockets: HarWebSocket[] = [];
  let writer = '';
  let hasEntries = false;
  let torn = false;
  try {
    await reader.members(async (key) => {
      if (key !== 'log') return void (await reader.skip());
      await reader.members(async (inLog) => {
        if (inLog === 'entries') {
          hasEntries = await reader.elements(async () => {
            hasEntries = true;
            await readEntry(reader, (entry) => {
              if (sockets.length < MAX_SOCKETS) sockets.push(entry);
            });
          });
        } else if (inLog === 'creator') writer = textOf(objectOf(await reader.value(MAX_TEXT_BYTES))['name']);
        else await reader.skip();
      });
    });
  } catch (cause) {
    if (!(cause instanceof JsonError)) throw cause;
    if (sockets.length === 0) throw new ProbeError('har-invalid', 'The file is no HAR: it is not JSON.', { cause });
    torn = true;
  }
  if (!hasEntries) throw new ProbeError('har-invalid', 'The file is no HAR: it has no log.entries.');
  return { sockets, writer, torn };
}

/** `found` is given a WebSocket also where the file ends within it, with what came before. */
async function readEntry(reader: JsonReader, found: (socket: HarWebSocket) => void): Promise<void> {
  const lists: number[] = [];
  let resource = '';
  const draft: Draft = {
    url: '',
    request: { headers: [] },
    response: { status: 0, reason: '', headers: [] },
    startedAt: null,
    durationMs: null,
    own: {},
    lists,
    attached: null,
    relative: null,
    leastMicros: null,
  };
  const visit = async (key: string) => {
    if (MESSAGE_LISTS.includes(key)) {
      await reader.peek();
      lists.push(reader.offset);
      if (!(await readTimes(reader, draft))) lists.pop();
    } else if (key === 'request') await readRequest(reader, draft);
    else if (key === 'response') await readResponse(reader, draft);
    else if (key === 'startedDateTime') draft.startedAt = rawTime(await reader.value(MAX_TEXT_BYTES));
    else if (key === 'time') draft.durationMs = rawTime(await reader.value(MAX_TEXT_BYTES));
    else if (key === '_resourceType') resource = textOf(await reader.value(MAX_TEXT_BYTES)).toLowerCase();
    else if (key === '_wsprobe') draft.own = objectOf(await reader.value(MAX_FACTS_BYTES));
    else await reader.skip();
  };
  try {
    await reader.members(visit);
  } finally {
    if (lists.length > 0 || resource === 'websocket' || isUpgrade(draft)) found(draft);
  }
}

async function readRequest(reader: JsonReader, draft: Draft): Promise<void> {
  await reader.members(async (key) => {
    if (key === 'url') draft.url = textOf(await reader.value(MAX_TEXT_BYTES));
    else if (key === 'headers') draft.request = { headers: headersOf(await reader.value(MAX_FACTS_BYTES)) };
    else await reader.skip();
  });
}

async function readResponse(reader: JsonReader, draft: Draft): Promise<void> {
  await reader.members(async (key) => {
    const { response } = draft;
    if (key === 'status') {
      const status = await reader.value(MAX_TEXT_BYTES);
      if (typeof status === 'number' && Number.isSafeInteger(status) && status >= 0)
        draft.response = { ...response, status };
    } else if (key === 'statusText')
      draft.response = { ...response, reason: textOf(await reader.value(MAX_TEXT_BYTES)) };
    else if (key === 'headers')
      draft.response = { ...response, headers: headersOf(await reader.value(MAX_FACTS_BYTES)) };
    else if (key === 'content') {
      await reader.members(async (inContent) => {
        if (inContent === '_file') draft.attached = textOf(await reader.value(MAX_TEXT_BYTES)) || null;
        else await reader.skip();
      });
    } else await reader.skip();
  });
}

/** False for what is no list. */
async function readTimes(reader: JsonReader, draft: Draft): Promise<boolean> {
  const slices = reader.slices(MAX_MESSAGE_BYTES);
  for (let next = await slices.next(); ; next = await slices.next()) {
    if (next.done === true) return next.value;
    for (const slice of next.value) {
      const raw = slice && rawTime(timeIn(slice));
      if (raw === null) continue;
      if (isWallTime(raw)) draft.leastMicros = Math.min(draft.leastMicros ?? Infinity, wallMicros(raw));
      else {
        const { least, most } = draft.relative ?? { least: raw, most: raw };
        draft.relative = { least: Math.min(least, raw), most: Math.max(most, raw) };
      }
    }
  }
}

/** The time of a message without parsing it. Within a text the key's first quote would stand behind a backslash. */
function timeIn(slice: Uint8Array): unknown {
  const bytes = Buffer.from(slice.buffer, slice.byteOffset, slice.length);
  for (const key of TIME_KEYS) {
    for (let at = bytes.indexOf(key); at >= 0; at = bytes.indexOf(key, at + 1)) {
      if (bytes[at - 1] === 0x5c) continue;
      const found = /^\s*:\s*("[^"\\]*"|[-+.\deE]+)/.exec(
        bytes.toString('latin1', at + key.length, at + key.length + 60),
      )?.[1];
      if (found !== undefined) return found.startsWith('"') ? found.slice(1, -1) : Number(found);
    }
  }
  return null;
}

function isUpgrade({ url, request, response }: HarWebSocket): boolean {
  if (/^wss?:/i.test(url) || isExtendedConnect(request.headers)) return true;
  return response.status === 101 && hasToken(headerValue(response.headers, 'upgrade') ?? '', 'websocket');
}

function headersOf(value: unknown): HeaderPair[] {
  if (!Array.isArray(value)) return [];
  return value.map(objectOf).flatMap(({ name, value: text }): HeaderPair[] => {
    return typeof name === 'string' && typeof text === 'string' ? [[name, text]] : [];
  });
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
