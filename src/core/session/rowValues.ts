import { JudgeTime } from '../base/expressionGuard.js';
import { selectJson } from '../base/jsonPath.js';
import type { LogMode, LogRow, RowValue } from '../base/logRow.js';
import { renderValue } from '../dialects/value/renderValue.js';
import type { LogSource } from './logSource.js';
import type { ShownLog } from './shownLog.js';

type Values = Readonly<Record<string, RowValue | null>>;

/** A longer message is not looked into. */
const MAX_MESSAGE_BYTES = 256 * 1024;
/** Of all messages that are looked into for one answer. */
const MAX_BYTES = 8 * 1024 * 1024;
const MAX_CHARACTERS = 240;
/** Of several values that one path selects. */
const MAX_VALUES = 10;
/** Whole numbers beyond it have more digits than a number keeps. */
const MANY_DIGITS = /\d{16}/;
const TEXT_OR_DIGITS = /"(?:[^"\\]|\\.)*"|-?\b\d{16,}(?![\d.eE])/g;
const MARK = '\\u0000';
const MARKED = /"\\u0000(-?\d{16,})"/g;

/**
 * Rows with what the paths select in each message: in its JSON as received, else in what its dialect makes of it. Secrets
 * are taken out. A message that is too long, or for which there is no time, is not looked into.
 */
export async function withValues(
  source: LogSource,
  shown: ShownLog,
  rows: readonly LogRow[],
  mode: LogMode,
  paths: readonly string[],
): Promise<readonly LogRow[]> {
  if (mode === 'wire') return rows;
  const time = new JudgeTime();
  let left = MAX_BYTES;
  const valued: LogRow[] = [];
  for (const row of rows) {
    const bytes = row.inflatedBytes ?? row.payloadBytes;
    const isMessage = row.kind === 'text' || row.kind === 'binary';
    const isTooLong = bytes > MAX_MESSAGE_BYTES || bytes > left;
    if (isMessage && !isTooLong) left -= bytes;
    if (!isMessage) valued.push(row);
    else if (isTooLong) valued.push({ ...row, values: unread(paths) });
    else valued.push({ ...row, values: await valuesOf(source, shown, row, paths, time) });
  }
  return valued;
}

async function valuesOf(
  source: LogSource,
  shown: ShownLog,
  row: LogRow,
  paths: readonly string[],
  time: JudgeTime,
): Promise<Values> {
  const received = await receivedJson(shown, row);
  const values = received === undefined ? {} : select(paths, [received], time);
  const missing = paths.filter((path) => values[path] === undefined);
  if (missing.length === 0) return values;
  const decoded = await decodedJson(source, shown, row);
  return decoded.length === 0 ? values : { ...select(missing, decoded, time), ...values };
}

/** All paths in one go under the guard: each go has its price. Null where there was no time for them. */
function select(paths: readonly string[], documents: readonly unknown[], time: JudgeTime): Values {
  try {
    const found = time.spend(() => paths.map((path) => documents.flatMap((document) => trySelect(path, document))));
    return Object.fromEntries(
      paths.flatMap((path, at) => {
        const values = found[at] ?? [];
        return values.length > 0 ? [[path, valueOf(values)] as const] : [];
      }),
    );
  } catch {
    return unread(paths);
  }
}

function trySelect(path: string, document: unknown): readonly unknown[] {
  try {
    return selectJson(path, document);
  } catch {
    return [];
  }
}

function unread(paths: readonly string[]): Values {
  return Object.fromEntries(paths.map((path) => [path, null]));
}

/** What a message holds: its JSON as received, else what its dialect makes of it. */
export async function documentsOf(source: LogSource, shown: ShownLog, row: LogRow): Promise<readonly unknown[]> {
  const received = await receivedJson(shown, row);
  return received === undefined ? decodedJson(source, shown, row) : [received];
}

async function receivedJson(shown: ShownLog, { id }: LogRow): Promise<unknown> {
  const { bytes, available } = await shown.payload(id, 'messages', 0, MAX_MESSAGE_BYTES);
  if (!available) return undefined;
  return parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
}

async function decodedJson(source: LogSource, shown: ShownLog, row: LogRow): Promise<readonly unknown[]> {
  const { id, connection, direction, atMs } = row;
  const { bytes, totalBytes, binary, available } = await source.log.payload(id, 'messages', 0, MAX_MESSAGE_BYTES);
  if (!available) return [];
  const { decoded } = await source.dialect.decode({ id, connection, direction, binary, bytes, totalBytes, atMs });
  return decoded.flatMap(({ value }) => (value === undefined ? [] : [parse(shown.text(renderValue(value)))]));
}

/** Undefined for what is no JSON. Whole numbers with more digits than a number keeps come as a marked text. */
function parse(text: string): unknown {
  try {
    return JSON.parse(MANY_DIGITS.test(text) ? text.replace(TEXT_OR_DIGITS, markDigits) : text);
  } catch {
    return undefined;
  }
}

function markDigits(token: string): string {
  return token.startsWith('"') ? token : `"${MARK}${token}"`;
}

/** As JSON writes it, every digit as received. */
function jsonOf(value: unknown): string {
  return JSON.stringify(value).replaceAll(MARKED, '$1');
}

function valueOf(found: readonly unknown[]): RowValue {
  const texts = found.slice(0, MAX_VALUES).map((value) => {
    const json = jsonOf(value);
    return typeof value === 'string' && json.startsWith('"') ? value : json;
  });
  const text = texts.join(', ');
  const [only] = found;
  const isPlain = found.length === 1 && (typeof only !== 'object' || only === null);
  const literal = isPlain && text.length <= MAX_CHARACTERS ? jsonOf(only) : null;
  return { text: text.slice(0, MAX_CHARACTERS), literal };
}
