import { isUtf8 } from 'node:buffer';
import type { FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ProbeError } from '../../core/base/errors.js';
import { plainText } from '../../core/base/plainText.js';
import { openRegularFile } from '../../core/base/regularFile.js';
import { encodePayload } from '../../core/payload/encodePayload.js';
import type { OutgoingMessage } from '../../core/session/snapshot.js';
import type { Io } from '../io.js';
import { isReadOnce, pipeNamed } from '../pipedFile.js';
import { asUsage, fileError, isBadInput } from '../usage.js';
import { separate, TooLongError } from './separate.js';
import type { ConnectSettings } from './settings.js';
import type { Talk } from './talk.js';

/** What the person cannot mean to send. */
class NotTextError extends Error {
  readonly isText = false;
}

/** What is to be sent: read before anybody is connected to, but for what comes through a pipe. */
export interface Given {
  readonly send: readonly (OutgoingMessage | typeof FROM_STDIN)[];
  /** Of `--file`; null where it is a pipe, or not given. */
  readonly file: FileHandle | null;
}

const FROM_STDIN = '@-';

/** Throws a usage error for what cannot be read. Who calls it closes the file. */
export async function readGiven({ binary, file, send }: ConnectSettings, io: Io): Promise<Given> {
  const messages = await Promise.all(
    send.map(async (text) => (text === FROM_STDIN ? text : spoken(text, { baseDir: io.cwd, binary }))),
  ).catch((error: unknown) => {
    throw asUsage(error, '--send');
  });
  const opens = file !== null && !isReadOnce(file);
  return { send: messages, file: opens ? await regularFile(file, io.cwd) : null };
}

/** A pipe that nobody writes to would hold a thread, and with it the end of the process. */
async function regularFile(file: string, cwd: string): Promise<FileHandle> {
  try {
    return await openRegularFile(resolve(cwd, file));
  } catch (error) {
    throw fileError(`read ${file}`, error);
  }
}

/** `@file` is what stands in the file, `@@` an @; anything else is the text. */
async function spoken(
  text: string,
  { baseDir, binary }: { readonly baseDir: string; readonly binary: boolean },
): Promise<OutgoingMessage> {
  if (!text.startsWith('@') || text.startsWith('@@'))
    return { format: 'text', content: text.startsWith('@') ? text.slice(1) : text, binary };
  const content = await encodePayload({ file: text.slice(1) }, { baseDir });
  return asIs(content.bytes, binary || content.binary);
}

/** Sends what the options name and the pipe holds, one after the other. False when nothing more is to be said: it is over. */
export async function sendGiven(talk: Talk, given: Given): Promise<boolean> {
  let count = 0;
  try {
    for await (const message of givenMessages(given, talk.settings, talk.io)) {
      count += 1;
      if (!(await send(talk, message, count))) return false;
    }
    return !talk.isOver;
  } catch (error) {
    // Reading ends with an error when the input is let go of, because all is over.
    if (!talk.isOver) talk.stop(whyNotRead(error, count + 1));
    return false;
  }
}

async function send(talk: Talk, message: OutgoingMessage, count: number): Promise<boolean> {
  if (!(await talk.whenOpen())) return false;
  try {
    await talk.session.send(message);
  } catch (error) {
    if (!(error instanceof ProbeError)) throw error;
    const told = `message ${count}: ${error.message}`;
    if (isBadInput(error)) talk.stop(told);
    else if (!talk.isOver) talk.notSent(told);
  }
  return !talk.isOver;
}

async function* givenMessages(
  given: Given,
  { binary, file, readsPipe, separator }: ConnectSettings,
  io: Io,
): AsyncGenerator<OutgoingMessage> {
  for (const message of given.send) yield message === FROM_STDIN ? await all(io, binary) : message;
  if (file === null && !readsPipe) return;
  const input = given.file?.createReadStream() ?? pipeNamed(file ?? '-', io) ?? io.stdin;
  for await (const bytes of separate(input, separator)) {
    if (!binary && !isUtf8(bytes)) throw new NotTextError();
    yield asIs(bytes, binary);
  }
}

/** All of standard input as one message. */
async function all(io: Io, binary: boolean): Promise<OutgoingMessage> {
  const content = await encodePayload({ file: '-' }, { baseDir: io.cwd, readFile: () => whole(io) });
  return asIs(content.bytes, binary || content.binary);
}

async function whole(io: Io): Promise<Uint8Array> {
  for await (const bytes of separate(io.stdin, null)) return bytes;
  return new Uint8Array();
}

/** By way of base64 nothing in it is taken for a variable. */
function asIs(bytes: Uint8Array, binary: boolean): OutgoingMessage {
  return { format: 'base64', content: Buffer.from(bytes).toString('base64'), binary };
}

function whyNotRead(error: unknown, count: number): string {
  if (error instanceof NotTextError) return `message ${count} is not UTF-8 and was not sent; --binary sends any bytes`;
  if (isBadInput(error)) return `message ${count}: ${error.message}`;
  const reason = error instanceof Error ? error.message : String(error);
  return `the input cannot be read: ${error instanceof TooLongError ? reason : plainText(reason, 200)}`;
}
