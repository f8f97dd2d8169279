import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { ProbeError } from '../base/errors.js';
import { importRecording } from './exportSource.js';
import { type RecordedOptions, RecordedSource } from './recordedSource.js';

const MIB = 1024 * 1024;
/** Rows of the longest recordings are kept; their payloads are read from the file again. */
const BUDGET = { columnBudgetBytes: 256 * MIB, payloadBudgetBytes: 32 * MIB };

export interface OpenedFile {
  readonly source: RecordedSource;
  /** What was missing in the file of another tool, and what could not be read. */
  readonly notes: readonly string[];
  close(): Promise<void>;
}

/** A recording, or a HAR or JSON lines as one, read whole into a log of bounded memory. `name`: what it is called. */
export async function openRecordedFile(path: string, name: string, options: RecordedOptions = {}): Promise<OpenedFile> {
  const isForeign = /^\.(har|jsonl)$/i.test(extname(path));
  const folder = isForeign ? await mkdtemp(join(tmpdir(), 'wsprobe-show-')) : null;
  const removeFolder = async () => {
    if (folder !== null) await rm(folder, { recursive: true, force: true });
  };
  try {
    const imported = folder === null ? null : await importRecording(path, join(folder, 'imported.wsrec')).catch(noRoom);
    const recording = folder === null ? path : join(folder, 'imported.wsrec');
    const source = await RecordedSource.open(name, recording, { ...options, budget: BUDGET });
    await source.loaded;
    return {
      source,
      notes: [...(imported?.notes ?? []), ...troubles(source)],
      close: async () => {
        await source.dispose();
        await removeFolder();
      },
    };
  } catch (error) {
    await removeFolder();
    throw error;
  }
}

/** Nobody asked for a recording that could not be written. */
function noRoom(cause: unknown): never {
  if (!(cause instanceof ProbeError) || !cause.code.startsWith('recording-')) throw cause;
  throw new ProbeError('import.no-room', `The temporary folder ${tmpdir()} cannot hold it: ${cause.message}`, {
    cause,
    hint: 'TMPDIR names another folder.',
  });
}

function troubles(source: RecordedSource): string[] {
  const { log, recording } = source.snapshot();
  const { droppedFrames: lost, droppedPayloads: without } = log;
  return [
    ...(recording?.error ? [recording.error] : []),
    ...(lost > 0 ? [`The first ${lost} frames are left out: more than can be held at a time.`] : []),
    ...(without > 0
      ? [`Without their content, because ${log.spillError ?? 'there is no room'}: ${without} frames.`]
      : []),
  ];
}
