import { isUtf8 } from 'node:buffer';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { ProbeError } from '../../core/base/errors.js';
import { plainText } from '../../core/base/plainText.js';
import { openRegularFile } from '../../core/base/regularFile.js';
import { encodePayload } from '../../core/payload/encodePayload.js';
import type { OutgoingMessage } from '../../core/session/snapshot.js';
import type { Io } from '../io.js';
import { pipeNamed } from '../pipedFile.js';
import { isBadInput } from '../usage.js';
import { separate, TooLongError } from './separate.js';
import type { ConnectSettings } from './settings.js';
import type { Talk } from './talk.js';

/** What the person cannot mean to send. */
class NotTextError extends Error {
  readonly isText = false;
}

/** Sends what the options name and the pipe holds, one after the other. False when nothing more is to be said: it is over. */
export async function sendGiven(talk: Talk): Promise<boolean> {
  let count = 0;
  try {
    for await (const message of givenMessages(talk.settings, talk.io)) {
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

async function* givenMessages(settings: ConnectSettings, io: Io): AsyncGenerator<OutgoingMessage> {
  for (const text of settings.send) yield await spoken(text, settings, io);
  const { file, readsPipe } = settings;
  if (file === null && !readsPipe) return;
  const input = file === null ? io.stdin : (pipeNamed(file, io) ?? (await regularFile(resolve(io.cwd, file))));
  for await (const bytes of separate(input, settings.separator)) {
    if (!settings.binary && !isUtf8(bytes)) throw new NotTextError();
    yield asIs(bytes, settings.binary);
  }
}

/** A pipe that nobody writes to would hold a thread, and with it the end of the process. */
async function regularFile(path: string): Promise<Readable> {
  return (await openRegularFile(path)).createReadStream();
}

/** `@file` is what stands in the file, `@-` all of standard input, `@@` an @; anything else is the text. */
async function spoken(text: string, { binary }: ConnectSettings, io: Io): Promise<OutgoingMessage> {
  if (!text.startsWith('@') || text.startsWith('@@'))
    return { format: 'text', content: text.startsWith('@') ? text.slice(1) : text, binary };
  const file = text.slice(1);
  const content =
    file === '-'
      ? await encodePayload({ file: '-' }, { baseDir: io.cwd, readFile: () => whole(io) })
      : await encodePayload({ file }, { baseDir: io.cwd });
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
