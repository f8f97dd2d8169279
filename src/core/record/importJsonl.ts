import { ProbeError } from '../base/errors.js';
import { isDeeper } from '../base/nesting.js';
import type { ImportedRecording } from './har/importHar.js';
import { LineSplitter } from './lineSplitter.js';
import { MAX_LINE_BYTES } from './limits.js';
import { parseHeader, parseLine } from './parseLine.js';
import { RECORDING_SCHEMA, type RecordingHeader, type RecordingLine } from './recording.js';
import { lineOfMessage } from './wholeMessage.js';

/** No line of an export is nested as deep. */
const MAX_DEPTH = 16;

type Fields = Readonly<Record<string, unknown>>;

/**
 * JSON Lines as exportJsonl writes them, line by line: messages, and how their connections began and ended. Throws
 * `jsonl-invalid` where the first line is no description of a connection.
 */
export async function importJsonl(source: AsyncIterable<Uint8Array>): Promise<ImportedRecording> {
  const objects = objectsOf(source);
  const first = await objects.next();
  const header = first.done === true ? null : headerOf(first.value);
  if (first.done === true || !header) {
    await objects.return();
    throw new ProbeError('jsonl-invalid', 'These JSON lines are no export: the first describes no connection.');
  }
  const notes: string[] = [];
  return { header, lines: linesOf(first.value, objects, notes), notes };
}

async function* linesOf(
  first: Fields | null,
  objects: AsyncGenerator<Fields | null, void, undefined>,
  notes: string[],
): AsyncGenerator<readonly RecordingLine[], void, undefined> {
  let bad = 0;
  let index = 0;
  const take = (fields: Fields | null) => {
    const line = fields && lineOf(fields);
    if (!line) bad += 1;
    else if (line.type === 'frame' || line.type === 'message') return [{ ...line, index: index++ }];
    return line ? [line] : [];
  };
  // The header says all of connection 1 but who its peer is.
  if (first?.['connection'] !== 1 || typeof first['peer'] === 'string') yield take(first);
  for await (const fields of objects) yield take(fields);
  if (bad > 0) notes.push(`Left out, because they could not be read: ${bad} ${bad === 1 ? 'line' : 'lines'}.`);
}

async function* objectsOf(source: AsyncIterable<Uint8Array>): AsyncGenerator<Fields | null, void, undefined> {
  const splitter = new LineSplitter(MAX_LINE_BYTES);
  for await (const chunk of source) for (const { bytes } of splitter.push(chunk)) yield objectOf(bytes);
  const rest = splitter.rest();
  if (rest) yield objectOf(rest.bytes);
}

function objectOf(bytes: Uint8Array | null): Fields | null {
  try {
    const value: unknown = bytes && JSON.parse(Buffer.from(bytes).toString());
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject && !isDeeper(value, MAX_DEPTH) ? (value as Fields) : null;
  } catch {
    return null;
  }
}

function headerOf(first: Fields | null): RecordingHeader | null {
  if (first?.['type'] !== 'connection') return null;
  try {
    return parseHeader(Buffer.from(JSON.stringify({ ...first, schema: RECORDING_SCHEMA })), 'The file');
  } catch {
    return null;
  }
}

function lineOf(fields: Fields): RecordingLine | null {
  const { opcode, connection, direction, atMs, bytes, deflated, unfinished, type } = fields;
  if (typeof opcode !== 'number') {
    const event = { ...fields, type: type === 'closed' ? 'close' : type };
    const parsed = parseLine(Buffer.from(JSON.stringify(event)));
    return parsed.kind === 'line' ? parsed.line : null;
  }
  const { text, base64 } = fields;
  const payload = typeof text === 'string' ? { text } : typeof base64 === 'string' ? { base64 } : null;
  if (!payload || (direction !== 'sent' && direction !== 'received')) return null;
  if (typeof connection !== 'number' || typeof atMs !== 'number') return null;
  const size = typeof bytes === 'number' ? { bytes } : {};
  const message = { direction, opcode, payload, ...size } as const;
  const line = lineOfMessage(
    { ...message, deflated: deflated === true, unfinished: unfinished === true },
    connection,
    atMs,
  );
  // Checked as every other line is.
  const parsed = parseLine(Buffer.from(JSON.stringify(line)));
  return parsed.kind === 'line' ? parsed.line : null;
}
