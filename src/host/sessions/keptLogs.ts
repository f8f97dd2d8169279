import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { lockOf, writerOf } from '../../core/base/fileLock.js';
import { setting } from '../settings.js';

const MAX_AGE_MS = 7 * 24 * 3_600_000;
const KEPT = /\.wsrec(\.part)?$/;

/** Where the ends of the sessions' logs are, for the next window. The engine writes them; here they are placed and swept. */
export class KeptLogs {
  readonly #folder: string;

  constructor(storage: vscode.Uri) {
    this.#folder = join(storage.fsPath, 'sessions');
  }

  /** The file for a new session's log; null where none is to be kept. */
  async place(sessionId: string): Promise<string | null> {
    if (!vscode.workspace.isTrusted || !setting('session.keepLog')) return null;
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    return join(this.#folder, `${sessionId}.wsrec`);
  }

  /** Deletes one that nobody shows any more. A path of somewhere else is left alone. */
  async drop(path: string): Promise<void> {
    if (dirname(path) === this.#folder) await remove(path);
  }

  /** Deletes what no panel will ask for, and what is older than a week. What a window writes to stays, whosever it is. */
  async sweep(wanted: ReadonlySet<string>, nowMs = Date.now()): Promise<void> {
    const names = await readdir(this.#folder).catch(() => []);
    for (const name of names.filter((each) => KEPT.test(each))) {
      const path = join(this.#folder, name);
      const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: nowMs }));
      if (wanted.has(path) && nowMs - mtimeMs <= MAX_AGE_MS) continue;
      if ((await writerOf(path.replace(/\.part$/, ''))) === null) await remove(path);
    }
  }
}

async function remove(path: string): Promise<void> {
  await rm(path, { force: true });
  await rm(lockOf(path), { force: true });
}
