import { readdir, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { fileError, usageError } from './usage.js';

const SKIPPED_FOLDERS = new Set(['node_modules', '.git']);

/** Every profile that the arguments name, sorted; files as named, folders searched for `*.wsprobe` without following links. */
export async function findProfiles(paths: readonly string[], cwd: string): Promise<string[]> {
  const found = new Set<string>();
  for (const path of paths) {
    const absolute = resolve(cwd, path);
    const stats = await stat(absolute).catch(() => null);
    if (stats === null) throw usageError(`no such file or folder: ${path}`);
    if (stats.isDirectory()) await search(absolute, found);
    else found.add(absolute);
  }
  return [...found].map((file) => shortest(file, cwd)).sort();
}

async function search(folder: string, found: Set<string>): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw fileError(`read the folder ${folder}`, error);
  });
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !SKIPPED_FOLDERS.has(entry.name)) await search(path, found);
    else if (entry.isFile() && entry.name.endsWith('.wsprobe')) found.add(path);
  }
}

function shortest(file: string, cwd: string): string {
  const path = relative(cwd, file);
  // Forward slashes everywhere: results of one repository compare equal on every system.
  return path.startsWith('..') || isAbsolute(path) ? file : path.replaceAll(sep, '/');
}
