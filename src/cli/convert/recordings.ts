import { resolve } from 'node:path';
import { ProbeError } from '../../core/base/errors.js';
import { chosenMessages } from '../../core/convert/chosenMessages.js';
import type { Converted } from '../../core/convert/converted.js';
import { profileOfRecording } from '../../core/convert/fromRecording.js';
import { convertRecording } from '../../core/session/convertRecording.js';
import { parseInteger } from '../options.js';
import { unreadable } from '../recordings.js';
import { openFile } from '../show/openFile.js';
import { FILTER_HINT } from '../show/viewOf.js';
import { asUsage, usageError } from '../usage.js';

interface Choice {
  readonly connection?: string | undefined;
  readonly messages?: string | undefined;
}

/** Writes a recording in another form of one. Gives what was missing in it. Throws a usage error. */
export async function recordingAs(
  name: string,
  path: string,
  to: 'wsrec' | 'har' | 'jsonl',
  cwd: string,
): Promise<readonly string[]> {
  // A full disk or a folder in its place is no fault of ours.
  const unwritable = (error: unknown) => asUsage(error, path);
  return convertRecording(resolve(cwd, name), path, to, unwritable).catch((error: unknown) => {
    throw unreadable(name, error);
  });
}

/** One connection of a recording as a profile. Throws a usage error. */
export async function profileOfFile(name: string, choice: Choice, cwd: string): Promise<Converted> {
  const opened = await openFile(name, cwd);
  try {
    const { connection, messages } = choice;
    const wanted =
      connection === undefined ? undefined : parseInteger('--connection', connection, 1, Number.MAX_SAFE_INTEGER);
    const chosen = await chosenMessages(opened.source, { filter: messages, connection: wanted });
    const others = opened.source.connections.length - 1;
    const hint = others > 0 && connection === undefined ? ['--connection chooses another connection'] : [];
    const { file, left } = profileOfRecording(chosen);
    return { file, left: [...left, ...hint, ...opened.notes] };
  } catch (error) {
    throw asOption(error, name, opened.source.connections);
  } finally {
    await opened.close();
  }
}

function asOption(error: unknown, name: string, connections: readonly { readonly connection: number }[]): unknown {
  if (!(error instanceof ProbeError)) return error;
  if (error.code === 'filter-invalid') return usageError(`--messages: ${error.message}`, FILTER_HINT);
  if (error.code !== 'connection-unknown') return error;
  const known = connections.slice(0, 20).map(({ connection }) => connection);
  const more = connections.length > 20 ? ', …' : '';
  return known.length === 0
    ? usageError(`${name} holds no connection`)
    : usageError(`--connection: ${name} has no such connection`, `It has ${known.join(', ')}${more}.`);
}
