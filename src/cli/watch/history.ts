import { resolve } from 'node:path';
import { ProbeError } from '../../core/base/errors.js';
import { plainText } from '../../core/base/plainText.js';
import { type History, openHistory } from '../../core/watch/history/history.js';
import { plural } from '../render/words.js';
import type { Io } from '../io.js';
import { asUsage, fileError } from '../usage.js';

/** Throws bad usage where the folder cannot be one. What goes wrong later is told on standard error. */
export async function historyIn(folder: string, io: Io): Promise<History> {
  const tell = (message: string) => void io.stderr.write(`wsprobe: ${plainText(message, 2000)}\n`);
  try {
    const history = await openHistory(resolve(io.cwd, folder), tell);
    const { damaged } = history;
    const are = damaged === 1 ? 'is' : 'are';
    if (damaged > 0) tell(`${plural(damaged, 'line')} of the history in ${folder} ${are} damaged and left out.`);
    return history;
  } catch (error) {
    throw error instanceof ProbeError ? asUsage(error) : fileError(`keep a history in ${folder}`, error);
  }
}
