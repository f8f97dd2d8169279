import type { Converted } from '../../core/convert/converted.js';
import { profileOfRecording } from '../../core/convert/fromRecording.js';
import { OPCODE } from '../../core/base/frame.js';
import { exportSource } from '../../core/session/exportSource.js';
import { connectionOf, readRecorded } from '../recordings.js';
import { asUsage } from '../usage.js';
import { openFile } from '../show/openFile.js';
import { viewOf } from '../show/viewOf.js';

const BATCH_ROWS = 1_000;

/** A recording in another form of recording. Gives what was missing in it. */
export async function convertRecording(
  name: string,
  path: string,
  to: 'wsrec' | 'har' | 'jsonl',
  cwd: string,
): Promise<readonly string[]> {
  const opened = await openFile(name, cwd);
  try {
    await exportSource(opened.source, to, path);
    return opened.notes;
  } catch (error) {
    // A full disk or a folder in its place is no fault of ours.
    throw asUsage(error, path);
  } finally {
    await opened.close();
  }
}

interface Chosen {
  readonly connection?: string | undefined;
  readonly messages?: string | undefined;
}

/** One connection of a recording as a profile. Throws a usage error. */
export async function profileOfFile(name: string, chosen: Chosen, cwd: string): Promise<Converted> {
  const read = await readRecorded(name, cwd);
  const numbers = chosen.messages === undefined ? null : await matching(name, chosen.messages, cwd);
  const isWanted = (connection: number, number: number) => numbers?.has(`${connection} ${number}`) !== false;
  const first = read.conversations.find(({ connection, messages }) =>
    messages.some(({ number }) => isWanted(connection, number)),
  );
  const conversation = connectionOf(read, name, chosen.connection) ?? first ?? read.conversations[0]!;
  const { connection } = conversation;
  const { file, left } = profileOfRecording(conversation, ({ number }) => isWanted(connection, number));
  const others = read.conversations.filter((other) => other !== conversation).length;
  const more = others === 0 ? [] : [`${others} other connections: --connection chooses one`];
  return { file, left: [...left, ...more, ...read.notes] };
}

/** The messages that a filter finds, each as its connection and its number there. */
async function matching(name: string, filter: string, cwd: string): Promise<ReadonlySet<string>> {
  const opened = await openFile(name, cwd);
  try {
    const { source } = opened;
    await source.dialect.caughtUp();
    const wanted = new Set<number>();
    const found = new Set<string>();
    const counts = new Map<number, number>();
    const chosen = await viewOf(source, { mode: 'messages', filter, option: '--messages' });
    const all = await viewOf(source, { mode: 'messages', filter: '' });
    for (const view of [chosen, all]) {
      for (let from = 0; from < view.total; from += BATCH_ROWS) {
        for (const row of await view.rows(from, BATCH_ROWS)) {
          if (row.kind === 'event' || row.opcode >= OPCODE.close) continue;
          if (view === chosen) wanted.add(row.id);
          else {
            const number = (counts.get(row.connection) ?? 0) + 1;
            counts.set(row.connection, number);
            if (wanted.has(row.id)) found.add(`${row.connection} ${number}`);
          }
        }
      }
      view.close();
    }
    return found;
  } finally {
    await opened.close();
  }
}
