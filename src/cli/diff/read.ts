import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { EXPERIMENT_SCHEMA } from '../../core/base/experiment.js';
import { REPORT_SCHEMA } from '../../core/base/model.js';
import { openRegularFile, readRegularFile } from '../../core/base/regularFile.js';
import type { Rollup, Sample } from '../../core/base/sample.js';
import { parseSegment } from '../../core/watch/history/records.js';
import { eachRecord } from '../../core/watch/history/remember.js';
import { isRecordingName, openAnyRecording } from '../../core/record/openAny.js';
import { RECORDING_SCHEMA } from '../../core/record/recording.js';
import type { Io } from '../io.js';
import { pipeNamed, readPipe } from '../pipedFile.js';
import { unreadable } from '../recordings.js';
import { RUN_SCHEMA } from '../reporters/json.js';
import { usageError } from '../usage.js';
import { textOf, valueAt } from '../../core/compare/facts.js';
import type { RecordedFile } from './recordings.js';

const MAX_JSON_BYTES = 256 * 1024 * 1024;
const HINT =
  'A report is what probe --json prints, a run what run --json prints, an experiment what lab --json prints, a watch what watch --json prints or a folder of its --history, a recording a .wsrec or .har file.';

/** Of a watch each line is a record. */
const LINES = /^\{"schema":"wsprobe\.(sample|rollup|history)\//;

export type Compared =
  | { readonly of: 'report' | 'run' | 'experiment'; readonly value: unknown }
  | { readonly of: 'watch'; readonly records: readonly (Sample | Rollup)[] }
  | { readonly of: 'recording'; readonly file: RecordedFile; notes(): readonly string[]; close(): Promise<void> };

/** Throws a usage error for a file that is none of these. */
export async function readCompared(name: string, io: Pick<Io, 'cwd' | 'stdin'>): Promise<Compared> {
  try {
    return await read(name, io);
  } catch (error) {
    throw unreadable(name, error, HINT);
  }
}

async function read(name: string, io: Pick<Io, 'cwd' | 'stdin'>): Promise<Compared> {
  const path = resolve(io.cwd, name);
  if (isRecordingName(name) && !(await holdsLooks(path))) {
    const file = await openAnyRecording(path);
    return { of: 'recording', file, notes: () => file.notes(), close: () => file.close() };
  }
  if ((await stat(path).catch(() => null))?.isDirectory()) return { of: 'watch', records: await historyOf(path) };
  const pipe = pipeNamed(name, io);
  const bytes =
    pipe === null ? await readRegularFile(path, { maxBytes: MAX_JSON_BYTES }) : await readPipe(pipe, MAX_JSON_BYTES);
  return parse(name, bytes.toString('utf8').replace(/^\ufeff/, ''));
}

/** Lines of a watch may be named as other exports are. */
async function holdsLooks(path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => null);
  if (!stats?.isFile()) return false;
  const handle = await openRegularFile(path);
  try {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(64) });
    return LINES.test(buffer.toString('latin1', 0, bytesRead));
  } finally {
    await handle.close();
  }
}

/** Since all time: what is compared is not what goes on. */
async function historyOf(folder: string): Promise<readonly (Sample | Rollup)[]> {
  const records: (Sample | Rollup)[] = [];
  await eachRecord(folder, 0, (record) => records.push(record));
  if (records.length === 0) throw usageError('nothing of a watch is kept in that folder', HINT);
  return records;
}

function parse(name: string, text: string): Compared {
  if (LINES.test(text)) {
    const { records } = parseSegment(Buffer.from(text.endsWith('\n') ? text : `${text}\n`), name);
    return { of: 'watch', records };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (text.startsWith(`{"schema":"${RECORDING_SCHEMA}"`))
      throw usageError(`${name} is a recording by another name`, 'Name it so that it ends in .wsrec.');
    throw usageError(`${name} is no JSON: ${(error as Error).message}`, HINT);
  }
  const schema = textOf(valueAt(value, 'schema'));
  if (schema === REPORT_SCHEMA) return { of: 'report', value };
  if (schema === RUN_SCHEMA) return { of: 'run', value };
  if (schema === EXPERIMENT_SCHEMA) return { of: 'experiment', value };
  if (schema !== null && isLater(schema))
    throw usageError(`${name} was written by a later version (${schema})`, 'Update wsprobe to compare it.');
  throw usageError(
    `${name} is neither a report, a run nor an experiment (its schema is ${schema ?? 'not told'})`,
    HINT,
  );
}

function isLater(schema: string): boolean {
  const kind = /^(.*\/)\d+$/.exec(schema)?.[1];
  return [REPORT_SCHEMA, RUN_SCHEMA, EXPERIMENT_SCHEMA].some((known) => known.startsWith(kind ?? '\0'));
}
