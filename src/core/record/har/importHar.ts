import { OPCODE } from '../../base/frame.js';
import { parseUrl } from '../../base/url.js';
import { ProbeError } from '../../base/errors.js';
import { headerValue } from '../../handshake/headers.js';
import { closeOf, parseLine } from '../parseLine.js';
import { mergeByTime } from '../mergeByTime.js';
import { RECORDING_SCHEMA, type ConnectionLine, type RecordingHeader, type RecordingLine } from '../recording.js';
import { isoTime } from '../wallClock.js';
import { lineOfMessage } from '../wholeMessage.js';
import { type HarWebSocket, indexHar, MAX_MESSAGE_BYTES } from './harIndex.js';
import { type Fields, messageOf, type MessageNotes, objectOf } from './harMessages.js';
import { notesOf } from './harNotes.js';
import { HarSecrets } from './harSecrets.js';
import { dateOf, entryClock } from './harTimes.js';
import { type ByteSource, JsonError, JsonReader, parseSlice } from './jsonReader.js';

/** What another tool's file holds, as a recording. */
export interface ImportedRecording {
  readonly header: RecordingHeader;
  /** By time, in batches, to be run through once. */
  readonly lines: AsyncIterable<readonly RecordingLine[]>;
  /** What was missing and how it was filled in, a sentence each; complete once `lines` has ended. */
  readonly notes: readonly string[];
}

/** Windows on the file that may be open at once, together. */
const WINDOWS_BYTES = 32 * 1024 * 1024;
const [LEAST_WINDOW_BYTES, MOST_WINDOW_BYTES] = [4 * 1024, 256 * 1024];

/**
 * The WebSockets of a HAR, each a connection with its URL, handshake and times, read in two passes and never as a whole.
 * Chrome, Edge, Playwright, mitmproxy and Proxyman list the messages, others something like it: what can be read is read,
 * and the notes say what was missing. Throws `har-invalid` and `har-no-websocket`.
 */
export async function importHar(source: ByteSource): Promise<ImportedRecording> {
  const { sockets, writer, torn } = await indexHar(source);
  if (sockets.length === 0) {
    throw new ProbeError('har-no-websocket', 'The HAR file holds no WebSocket.', {
      hint: 'Open the network panel before the page connects, then export the HAR.',
    });
  }
  const told = connectionsOf(sockets);
  const first = told.find(({ connection }) => connection === 1) ?? told[0]!;
  const zero = zeroOf(sockets);
  const notes: string[] = torn ? ['The HAR is cut off: what comes before the cut was read.'] : [];
  const chunk = Math.max(LEAST_WINDOW_BYTES, Math.min(MOST_WINDOW_BYTES, WINDOWS_BYTES / sockets.length));
  const sources = told.map((each) => {
    const tally: MessageNotes = { messages: 0, unreadable: 0, notBase64: 0, noOpcode: 0, noTime: 0 };
    const open = async function* lines() {
      yield* linesOf(source, each, zero, tally, chunk);
      const about = told.length > 1 ? `${each.socket.url || 'A WebSocket without a URL'}: ` : '';
      notes.push(...notesOf(each.socket, tally, writer).map((note) => about + note));
    };
    return { fromMs: msBetween(zero, startOf(each.socket)), open };
  });
  return { header: headerOf(first.socket, zero), lines: mergeByTime(sources), notes };
}

interface Told {
  readonly connection: number;
  readonly socket: HarWebSocket;
}

/** The numbers that exportHar wrote, else in the order of their starts. */
function connectionsOf(sockets: readonly HarWebSocket[]): readonly Told[] {
  const own = sockets.map(({ own: { connection } }) => connection);
  const isOwn = own.every((each) => Number.isSafeInteger(each) && (each as number) > 0);
  if (isOwn && new Set(own).size === sockets.length) {
    return sockets.map((socket, at) => ({ connection: own[at] as number, socket }));
  }
  const sorted = sockets.toSorted((a, b) => startOf(a) - startOf(b));
  return sorted.map((socket, at) => ({ connection: at + 1, socket }));
}

/** Microseconds since 1970: the entry's start, or its first message's where that is earlier. */
function startOf({ startedAt, leastMicros }: HarWebSocket): number {
  const start = Math.min(startedAt === null ? Infinity : Math.round(startedAt * 1000), leastMicros ?? Infinity);
  return Number.isFinite(start) ? start : 0;
}

/** Microseconds since 1970 at time 0 of the recording. */
function zeroOf(sockets: readonly HarWebSocket[]): number {
  const told = dateOf(sockets[0]?.own['startedAt']);
  const first = sockets.reduce((least, socket) => Math.min(least, startOf(socket)), Infinity);
  return !Number.isNaN(told) && told * 1000 <= first ? told * 1000 : Math.floor(first / 1000) * 1000;
}

function headerOf(socket: HarWebSocket, zero: number): RecordingHeader {
  const told = factsOf(socket);
  const secrets = new HarSecrets(told);
  const facts = secrets.described(told);
  const name = socket.own['name'];
  return {
    schema: RECORDING_SCHEMA,
    name: typeof name === 'string' && name !== '' ? secrets.text(name) : facts.url,
    url: facts.url,
    startedAt: isoTime(zero / 1000),
    subprotocol: facts.subprotocol,
    dialect: facts.dialect,
    request: facts.request,
    response: facts.response,
  };
}

function factsOf({
  url: told,
  request,
  response,
  own,
}: HarWebSocket): Omit<ConnectionLine, 'type' | 'connection' | 'atMs'> {
  const url = told.replace(/^http/i, 'ws') || 'ws://unknown/';
  const { status, reason, headers } = response;
  const negotiated = headerValue(headers, 'sec-websocket-protocol') ?? null;
  return {
    url,
    peer: textOrNull(own['peer']),
    subprotocol: own['subprotocol'] === undefined ? negotiated : textOrNull(own['subprotocol']),
    dialect: textOrNull(own['dialect']),
    request: own['request'] === null ? null : { target: targetOf(url, own['request']), headers: request.headers },
    response: own['response'] === null || status === 0 ? null : { status, reason, headers },
  };
}

async function* linesOf(
  source: ByteSource,
  { connection, socket }: Told,
  zero: number,
  tally: MessageNotes,
  chunkBytes: number,
): AsyncGenerator<readonly RecordingLine[], void, undefined> {
  const { own } = socket;
  const atMs = msBetween(zero, startOf(socket));
  const told = factsOf(socket);
  const secrets = new HarSecrets(told);
  const facts = secrets.described(told);
  // The header says all of the first but who its peer is.
  const isTold = connection === 1 && facts.peer === null;
  const begun: RecordingLine[] = isTold ? [] : [{ type: 'connection', connection, atMs, ...facts }];
  // HTTP/2 answers 200 (RFC 8441); smaller tools leave the answer out.
  const isOpen =
    [0, 101, 200].includes(socket.response.status) && (socket.response.status > 0 || socket.lists.length > 0);
  const openMs = own['openedMs'] === undefined ? (isOpen ? atMs : null) : timeOrNull(own['openedMs']);
  if (openMs !== null) begun.push({ type: 'open', connection, atMs: openMs });
  yield begun;
  let lastMs = atMs;
  const beside = besideOf(own, connection, zero);
  let read = 0;
  for (const offset of socket.lists) {
    for await (const lines of messagesOf(source, { connection, socket }, offset, zero, tally, chunkBytes)) {
      lastMs = Math.max(lastMs, lines.at(-1)?.atMs ?? 0);
      yield lines
        .flatMap((line) => [...takeUntil(beside, line.atMs, read++), line])
        .map((line) => secrets.hidden(line));
    }
  }
  lastMs = Math.max(lastMs, beside.at(-1)?.line.atMs ?? 0);
  yield beside.map(({ line }) => secrets.hidden(line));
  const close = closeOf(own['close']);
  const closedMs = timeOrNull(own['closedMs']) ?? Math.max(lastMs, atMs + (socket.durationMs ?? 0));
  if (close) yield [secrets.hidden({ type: 'close', connection, atMs: closedMs, close })];
}

/** Control frames and gaps as exportHar kept them, by time. What is no such line is nobody's loss: it was not ours. */
function besideOf(own: Fields, connection: number, zero: number): Beside[] {
  const list = Array.isArray(own['beside']) ? own['beside'] : [];
  const startMs = dateOf(own['startedAt']);
  const laterMs = Number.isNaN(startMs) ? 0 : msBetween(zero, startMs * 1000);
  const lines = list.flatMap((item: unknown): Beside[] => {
    const parsed = parseLine(Buffer.from(JSON.stringify({ ...objectOf(item), connection })));
    if (parsed.kind !== 'line') return [];
    const { line } = parsed;
    if (line.type !== 'lost' && !(line.type === 'frame' && line.opcode >= OPCODE.close)) return [];
    return [{ line: { ...line, atMs: line.atMs + laterMs }, behind: timeOrNull(objectOf(item)['behind']) }];
  });
  return lines.toSorted((a, b) => a.line.atMs - b.line.atMs);
}

interface Beside {
  readonly line: RecordingLine;
  /** How many messages stand before it; null where that is not told. */
  readonly behind: number | null;
}

/** Takes the lines off the front that are not later than the next message: by their place, else by its time. */
function takeUntil(beside: Beside[], atMs: number, messages: number): RecordingLine[] {
  const later = beside.findIndex(({ line, behind }) => (behind === null ? line.atMs > atMs : behind > messages));
  return beside.splice(0, later < 0 ? beside.length : later).map(({ line }) => line);
}

async function* messagesOf(
  source: ByteSource,
  { connection, socket }: Told,
  offset: number,
  zero: number,
  tally: MessageNotes,
  chunkBytes: number,
): AsyncGenerator<readonly RecordingLine[], void, undefined> {
  const start = startOf(socket);
  const clock = entryClock(start, socket.durationMs, socket.relative);
  let latest = start;
  const slices = new JsonReader(source, offset, chunkBytes).slices(MAX_MESSAGE_BYTES);
  try {
    for await (const batch of slices) {
      const lines: RecordingLine[] = [];
      for (const slice of batch) {
        const message = messageOf(slice && parseSlice(slice), tally, slice ?? undefined);
        if (!message) {
          tally.unreadable += 1;
          continue;
        }
        const at = clock.micros(message.time);
        if (at === null) tally.noTime += 1;
        tally.messages += 1;
        latest = at ?? latest;
        lines.push(lineOfMessage(message, connection, Math.max(0, msBetween(zero, latest))));
      }
      if (lines.length > 0) yield lines;
    }
  } catch (error) {
    // Cut off, which is noted, or no JSON from here on.
    if (!(error instanceof JsonError)) throw error;
    tally.unreadable += 1;
  }
}

function msBetween(zero: number, micros: number): number {
  return (micros - zero) / 1000;
}

function targetOf(url: string, own: unknown): string {
  const told = objectOf(own)['target'];
  if (typeof told === 'string') return told;
  const parsed = parseUrl(url);
  return parsed ? `${parsed.pathname}${parsed.search}` : '/';
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function timeOrNull(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
}
