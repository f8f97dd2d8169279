import { resolve } from 'node:path';
import { ProbeError } from '../core/base/errors.js';
import { FileReadError } from '../core/base/regularFile.js';
import { type Conversations, type RecordedConversation, readConversations } from '../core/record/conversations.js';
import { isRecordingName, type OpenedRecording, openAnyRecording } from '../core/record/openAny.js';
import { parseInteger } from './options.js';
import { fileError, usageError } from './usage.js';

const HINT = 'A recording is written by connect --record or the editor; a HAR by the network panel of a browser.';

/** Opens a recording that a person named. Throws a usage error. */
export async function openRecorded(name: string, cwd: string): Promise<OpenedRecording> {
  if (!isRecordingName(name)) throw usageError(`${name} is no recording: it ends in .wsrec, .har or .jsonl`, HINT);
  return openAnyRecording(resolve(cwd, name)).catch((error: unknown) => {
    throw unreadable(name, error);
  });
}

/** The conversations of a recording that a person named. Throws a usage error, also where it holds none. */
export async function readRecorded(name: string, cwd: string): Promise<Conversations> {
  const opened = await openRecorded(name, cwd);
  const read = await readConversations(opened).catch((error: unknown) => {
    throw unreadable(name, error);
  });
  if (read.conversations.length === 0) throw usageError(`${name} holds no connection`, HINT);
  return read;
}

/** The connection that `--connection` names; null where it was not given. Throws a usage error where there is none such. */
export function connectionOf(
  { conversations }: Conversations,
  name: string,
  option: string | undefined,
): RecordedConversation | null {
  if (option === undefined) return null;
  const number = parseInteger('--connection', option, 1, Number.MAX_SAFE_INTEGER);
  const found = conversations.find(({ connection }) => connection === number);
  if (found) return found;
  const known = conversations.slice(0, 20).map(({ connection }) => connection);
  throw usageError(
    `${name} has no connection ${number}`,
    `It has ${known.join(', ')}${conversations.length > 20 ? ', …' : ''}.`,
  );
}

/** Why a file cannot be read, as bad usage; any other error as it is. `hint`: what such a file is, where the error has none. */
export function unreadable(name: string, error: unknown, hint = HINT): unknown {
  if (error instanceof ProbeError && error.code === 'usage') return error;
  const isOurs = error instanceof ProbeError || error instanceof FileReadError;
  if (!isOurs && typeof (error as { syscall?: unknown } | null)?.syscall !== 'string') return error;
  const why = isOurs ? `${name}: ${error.message}` : fileError(`read ${name}`, error).message;
  return usageError(why, (error instanceof ProbeError ? error.hint : null) ?? hint);
}
