import { readdir, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';

const SKIPPED_FOLDERS = new Set(['node_modules', '.git']);

/** A profile, or a path where one may be and cannot be got at. */
export interface FoundProfile {
  readonly file: string;
  /** Why it cannot; null for a profile. */
  readonly unreadable: string | null;
}

/** Every profile that the arguments name, sorted; files as named, folders searched for `*.wsprobe` without following links. */
export async function findProfiles(paths: readonly string[], cwd: string): Promise<FoundProfile[]> {
  const found = new Map<string, string | null>();
  for (const path of paths) {
    const absolute = resolve(cwd, path);
    const stats = await stat(absolute).catch((error: unknown) => reasonOf(error));
    if (typeof stats === 'string') found.set(absolute, stats === 'ENOENT' ? 'no such file or folder' : stats);
    else if (stats.isDirectory()) await search(absolute, found);
    else found.set(absolute, null);
  }
  return [...found]
    .map(([file, unreadable]) => ({ file: shortest(file, cwd), unreadable }))
    .sort((a, b) => (a.file < b.file ? -1 : 1));
}

async function search(folder: string, found: Map<string, string | null>): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    found.set(folder, `cannot read the folder (${reasonOf(error)})`);
    return [];
  });
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !SKIPPED_FOLDERS.has(entry.name)) await search(path, found);
    else if (entry.isFile() && entry.name.endsWith('.wsprobe')) found.set(path, null);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

function shortest(file: string, cwd: string): string {
  const path = relative(cwd, file);
  // Forward slashes everywhere: results of one repository compare equal on every system.
  return path.startsWith('..') || isAbsolute(path) ? file : path.replaceAll(sep, '/');
}
