import { parseUrl } from '../../base/url.js';
import { ProbeError } from '../../base/errors.js';
import { isExtendedConnect } from './harEntry.js';
import { headerValue, hasToken } from '../../handshake/headers.js';
import type { HeaderPair } from '../../base/model.js';
import { importMessages, type MessageNotes } from './harMessages.js';
import { hasMoreValues } from '../jsonValues.js';
import { closeOf } from '../parseLine.js';
import { RECORDING_SCHEMA, type RecordingHeader, type RecordingLine } from '../recording.js';
import { isoTime } from '../wallClock.js';

/** One WebSocket of a HAR file. Bits, sizes and masks are computed: a HAR knows messages, not frames. */
export interface ImportedRecording {
  readonly header: RecordingHeader;
  readonly lines: readonly RecordingLine[];
  /** What could not be taken over, a sentence each. */
  readonly notes: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

const MAX_HAR_BYTES = 256 * 1024 * 1024;
const MAX_VALUES = 8_000_000;
const NONE: Fields = {};

/**
 * The WebSockets of a HAR as Chrome, Edge and other tools write it (`_webSocketMessages`). Firefox writes only the
 * handshake: such an entry becomes a recording without messages and a note. Throws `har-invalid`, `har-too-large` and
 * `har-no-websocket`.
 */
export function importHar(source: string | Uint8Array): readonly ImportedRecording[] {
  const entries = entriesOf(parse(source));
  const recordings = entries.filter(isWebSocket).map(recordingOf);
  if (recordings.length === 0) {
    throw new ProbeError('har-no-websocket', 'The HAR file holds no WebSocket.', {
      hint: 'Open the network panel before the page connects, then export the HAR.',
    });
  }
  return recordings;
}

function parse(source: string | Uint8Array): unknown {
  const bytes = typeof source === 'string' ? Buffer.from(source) : source;
  if (bytes.length > MAX_HAR_BYTES || hasMoreValues(bytes, MAX_VALUES)) {
    throw new ProbeError('har-too-large', 'The HAR file is too large to be opened.', {
      hint: 'Export only the WebSocket: filter the network panel by WS first.',
    });
  }
  try {
    return JSON.parse(
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
        .toString()
        .replace(/^\ufeff/, ''),
    );
  } catch (cause) {
    throw new ProbeError('har-invalid', 'The file is no HAR: it is not JSON.', { cause });
  }
}

function entriesOf(har: unknown): readonly Fields[] {
  const entries = objectOf(objectOf(har)['log'])['entries'];
  if (!Array.isArray(entries)) throw new ProbeError('har-invalid', 'The file is no HAR: it has no log.entries.');
  return entries.map(objectOf);
}

function isWebSocket(entry: Fields): boolean {
  if (Array.isArray(entry['_webSocketMessages']) || entry['_resourceType'] === 'websocket') return true;
  const response = objectOf(entry['response']);
  const request = objectOf(entry['request']);
  if (/^wss?:/i.test(textOf(request['url'])) || isExtendedConnect(headersOf(request['headers']))) return true;
  return (
    response['status'] === 101 && hasToken(headerValue(headersOf(response['headers']), 'upgrade') ?? '', 'websocket')
  );
}

function recordingOf(entry: Fields): ImportedRecording {
  const request = objectOf(entry['request']);
  const response = objectOf(entry['response']);
  const url = textOf(request['url']).replace(/^http/i, 'ws') || 'ws://unknown/';
  const requestHeaders = headersOf(request['headers']);
  const responseHeaders = headersOf(response['headers']);
  const extension = objectOf(entry['_wsprobe']);
  const began = Date.parse(textOf(entry['startedDateTime']));
  const messages = importMessages(entry['_webSocketMessages'], Number.isNaN(began) ? null : began);
  const status = typeof response['status'] === 'number' ? response['status'] : 0;
  const header: RecordingHeader = {
    schema: RECORDING_SCHEMA,
    name: textOf(extension['name']) || url,
    url,
    startedAt: isoTime(messages.startedAt),
    subprotocol: headerValue(responseHeaders, 'sec-websocket-protocol') ?? (textOf(extension['subprotocol']) || null),
    dialect: null,
    request: { target: targetOf(url), headers: requestHeaders },
    response: status > 0 ? { status, reason: textOf(response['statusText']), headers: responseHeaders } : null,
  };
  return { header, lines: linesOf(entry, status, messages.lines), notes: notesOf(entry, messages.notes) };
}

function linesOf(entry: Fields, status: number, messages: readonly RecordingLine[]): RecordingLine[] {
  const lines: RecordingLine[] = [];
  // HTTP/2 answers 200 (RFC 8441).
  if (status === 101 || status === 200) lines.push({ type: 'open', connection: 1, atMs: 0 });
  for (const message of messages) lines.push(message);
  const close = closeOf(objectOf(entry['_wsprobe'])['close']);
  if (close) {
    const duration = typeof entry['time'] === 'number' ? entry['time'] : 0;
    lines.push({ type: 'close', connection: 1, atMs: Math.max(duration, lines.at(-1)?.atMs ?? 0), close });
  }
  return lines;
}

function notesOf(entry: Fields, notes: MessageNotes): string[] {
  const texts: string[] = [];
  if (!Array.isArray(entry['_webSocketMessages'])) {
    texts.push('The HAR holds the handshake only: Firefox does not export the messages of a WebSocket.');
  }
  if (notes.unreadable > 0) {
    texts.push(`Left out, without a valid type, opcode, time or data: ${countOf(notes.unreadable)}.`);
  }
  if (notes.notBase64 > 0) {
    texts.push(`Marked as binary but not base64, taken over as text bytes: ${countOf(notes.notBase64)}.`);
  }
  return texts;
}

function countOf(messages: number): string {
  return `${messages} ${messages === 1 ? 'message' : 'messages'}`;
}

function headersOf(value: unknown): HeaderPair[] {
  if (!Array.isArray(value)) return [];
  return value.map(objectOf).flatMap(({ name, value: text }): HeaderPair[] => {
    return typeof name === 'string' && typeof text === 'string' ? [[name, text]] : [];
  });
}

function targetOf(url: string): string {
  const parsed = parseUrl(url);
  return parsed ? `${parsed.pathname}${parsed.search}` : '/';
}

function objectOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : NONE;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
