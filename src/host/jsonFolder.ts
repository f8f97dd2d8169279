import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { writePrivateFile } from './privateFile.js';

const ID = /^[\w-]{1,80}$/;
const MAX_BYTES = 1024 * 1024;

/** Records by id, a file each: several windows write to one folder without writing over each other. */
export class JsonFolder<T extends object> {
  readonly #folder: string;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Every record that can be read, in no order. */
  async all(): Promise<readonly T[]> {
    const names = await readdir(this.#folder).catch(() => []);
    const ids = names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
    const records = await Promise.all(ids.map((id) => this.read(id)));
    return records.filter((record) => record !== null);
  }

  /** Null for what is not there, or is no record. */
  async read(id: string): Promise<T | null> {
    if (!ID.test(id)) return null;
    try {
      if ((await stat(this.#path(id))).size > MAX_BYTES) return null;
      const record: unknown = JSON.parse(await readFile(this.#path(id), 'utf8'));
      return typeof record === 'object' && record !== null ? (record as T) : null;
    } catch {
      return null;
    }
  }

  write(id: string, record: T): Promise<void> {
    const bytes = new TextEncoder().encode(JSON.stringify(record));
    return this.#next(() => writePrivateFile(vscode.Uri.file(this.#path(id)), bytes));
  }

  delete(id: string): Promise<void> {
    return this.#next(() => (ID.test(id) ? rm(this.#path(id), { force: true }) : Promise.resolve()));
  }

  /** In the order asked for: what was deleted stays deleted. */
  #next(change: () => Promise<void>): Promise<void> {
    const done = this.#queue.then(change);
    this.#queue = done.catch(() => undefined);
    return done;
  }

  #path(id: string): string {
    return join(this.#folder, `${id}.json`);
  }
}
