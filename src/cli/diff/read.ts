import { resolve } from 'node:path';
import { REPORT_SCHEMA } from '../../core/base/model.js';
import { readRegularFile } from '../../core/base/regularFile.js';
import { isRecordingName, openAnyRecording } from '../../core/record/openAny.js';
import { RECORDING_SCHEMA } from '../../core/record/recording.js';
import type { Io } from '../io.js';
import { pipeNamed, readPipe } from '../pipedFile.js';
import { unreadable } from '../recordings.js';
import { RUN_SCHEMA } from '../reporters/json.js';
import { usageError } from '../usage.js';
import { textOf, valueAt } from './facts.js';
import type { RecordedFile } from './recordings.js';

const MAX_JSON_BYTES = 256 * 1024 * 1024;
const HINT = 'A report is what probe --json prints, a run what run --json prints, a recording a .wsrec or .har file.';

export type Compared =
  | { readonly of: 'report' | 'run'; readonly value: unknown }
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
  if (isRecordingName(name)) {
    const file = await openAnyRecording(path);
    return { of: 'recording', file, notes: () => file.notes(), close: () => file.close() };
  }
  const pipe = pipeNamed(name, io);
  const bytes =
    pipe === null ? await readRegularFile(path, { maxBytes: MAX_JSON_BYTES }) : await readPipe(pipe, MAX_JSON_BYTES);
  return parse(name, bytes.toString('utf8').replace(/^\ufeff/, ''));
}

function parse(name: string, text: string): Compared {
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
  throw usageError(`${name} is neither a report nor a run (its schema is ${schema ?? 'not told'})`, HINT);
}
