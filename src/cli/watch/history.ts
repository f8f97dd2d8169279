import { resolve } from 'node:path';
import { ProbeError } from '../../core/base/errors.js';
import { plainText } from '../../core/base/plainText.js';
import { type Remembered, remember } from '../../core/watch/history/remember.js';
import { HistoryWriter } from '../../core/watch/history/writer.js';
import type { Io } from '../io.js';
import { fileError, usageError } from '../usage.js';

/** A watch goes on with the figures of so long. */
const REMEMBERED_MS = 86_400_000;

export interface OpenHistory {
  readonly remembered: Remembered;
  readonly writer: HistoryWriter;
}

/** Throws bad usage where the folder cannot be one. What goes wrong later is told on standard error. */
export async function openHistory(folder: string, io: Io): Promise<OpenHistory> {
  const path = resolve(io.cwd, folder);
  const tell = (message: string) => void io.stderr.write(`wsprobe: ${plainText(message, 2000)}\n`);
  try {
    const remembered = await remember(path, Date.now() - REMEMBERED_MS);
    if (remembered.damaged > 0)
      tell(`${remembered.damaged} lines of the history in ${folder} are damaged and left out.`);
    return { remembered, writer: await HistoryWriter.open({ folder: path, onTrouble: tell }) };
  } catch (error) {
    if (error instanceof ProbeError) throw usageError(error.message, error.hint ?? undefined);
    throw fileError(`keep a history in ${folder}`, error);
  }
}
