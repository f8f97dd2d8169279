import type { LogMode } from '../base/logRow.js';
import type { DialectMessage } from '../dialects/dialect.js';
import { RawJson } from '../dialects/value/rawJson.js';
import { renderValue } from '../dialects/value/renderValue.js';
import { guessDecoding } from '../payload/decoders/guessDecoding.js';
import type { WholeMessage } from '../frames/log/messageReader.js';
import type { DialectWatch } from './dialectWatch.js';
import type { LogSource } from './logSource.js';
import { rowOf } from './rowOf.js';

/** As much of a message as is decoded for the detail pane. */
const MAX_DECODED_BYTES = 4 * 1024 * 1024;

const INCOMPLETE = 'Read by itself: messages before it were dropped, or it is not whole yet.';

/** What the dialect makes of the message that a row shows; null when it has nothing to say, or the payload is gone. */
export async function decodedRow(
  source: LogSource,
  id: number,
  mode: LogMode,
): Promise<{ readonly title: string; readonly json: string } | null> {
  if (mode === 'wire') return null;
  const { bytes, totalBytes, binary, available } = await source.log.payload(id, mode, 0, MAX_DECODED_BYTES);
  if (!available) return null;
  const row = await rowOf(source.log, id, mode);
  if (!row || row.deflated) return null;
  const { connection, direction, atMs } = row;
  return decodeRow(source.dialect, { id: row.id, connection, direction, binary, bytes, totalBytes, atMs });
}

async function decodeRow(
  dialect: DialectWatch,
  message: WholeMessage,
): Promise<{ readonly title: string; readonly json: string } | null> {
  const { decoded, isComplete } = await dialect.decode(message);
  if (decoded.length === 0) return guessed(message);
  // A text protocol leaves out the value that its text already is: shown here as received all the same.
  const received = decoded.length === 1 ? jsonText(message) : undefined;
  const values = decoded.map(({ label, value = received, problem }) => ({
    label,
    ...(problem === undefined ? {} : { problem }),
    ...(isComplete ? {} : { note: INCOMPLETE }),
    ...(value === undefined ? {} : { value }),
  }));
  return { title: dialect.name ?? 'decoded', json: renderValue(values.length === 1 ? values[0] : values) };
}

/** What it may be, where nobody reads it. */
async function guessed({ binary, bytes, totalBytes }: WholeMessage): Promise<{ title: string; json: string } | null> {
  const guess = bytes.length < totalBytes ? null : await guessDecoding(binary, bytes);
  return guess && { title: `looks like ${guess.steps.join(', ')}`, json: renderValue(guess.value) };
}

function jsonText({ binary, bytes }: DialectMessage): RawJson | undefined {
  if (binary) return undefined;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  try {
    JSON.parse(text);
    return new RawJson(text);
  } catch {
    return undefined;
  }
}
