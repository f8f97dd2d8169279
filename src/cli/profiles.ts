import { readdir, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { Redactor } from '../core/redaction/redactor.js';
import { usageError } from './usage.js';
import { type Glob, isGlob, parseGlob } from './run/glob.js';

const SKIPPED_FOLDERS = new Set(['node_modules', '.git']);

/** A profile, a URL, or a path where a profile may be and cannot be got at. */
export interface FoundTarget {
  readonly target: string;
  /** As it is shown. */
  readonly label: string;
  readonly isUrl: boolean;
  /** Why it cannot; null for a profile. */
  readonly unreadable: string | null;
}

/** Files by their absolute paths, with the reason why one cannot be got at. */
type Found = Map<string, string | null>;

/**
 * Everything that the arguments name: profiles sorted, then URLs as they stand. Files as named, folders and globs searched for
 * `*.wsprobe` without following links.
 */
export async function findTargets(targets: readonly string[], cwd: string): Promise<FoundTarget[]> {
  // It would be the whole working directory: a variable that is not set, more likely.
  if (targets.includes('')) throw usageError('a file, folder or URL is named by an empty text');
  const found: Found = new Map();
  const isUrl = (target: string) => /^ws(s?:\/\/|\+unix:\/)/i.test(target);
  for (const path of targets.filter((target) => !isUrl(target))) await find(path, cwd, found);
  const files = [...found]
    .map(([path, unreadable]) => ({ file: shortest(path, cwd), unreadable }))
    .sort((a, b) => (a.file < b.file ? -1 : 1))
    .map(({ file, unreadable }) => ({ target: file, label: file, isUrl: false, unreadable }));
  const redactor = new Redactor([]);
  const urls = [...new Set(targets.filter(isUrl))];
  return [...files, ...urls.map((url) => ({ target: url, label: redactor.url(url), isUrl: true, unreadable: null }))];
}

async function find(path: string, cwd: string, found: Found): Promise<void> {
  const absolute = resolve(cwd, path);
  const stats = await stat(absolute).catch((error: unknown) => reasonOf(error));
  if (typeof stats !== 'string') {
    if (stats.isDirectory()) await search(absolute, found);
    else found.set(absolute, null);
  } else if (stats === 'ENOENT' && isGlob(path)) await searchGlob(path, cwd, found);
  else found.set(absolute, stats === 'ENOENT' ? 'no such file or folder' : stats);
}

async function searchGlob(pattern: string, cwd: string, found: Found): Promise<void> {
  const glob = parseGlob(pattern.replaceAll(sep, '/').replace(/^\.\//, ''));
  const base = resolve(cwd, glob.base);
  const matched: Found = new Map();
  await search(base, matched, { glob, base });
  if (matched.size === 0) found.set(resolve(cwd, pattern), 'no profile matches');
  for (const [file, unreadable] of matched) found.set(file, unreadable);
}

async function search(
  folder: string,
  found: Found,
  within: { readonly glob: Glob; readonly base: string } | null = null,
): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (within === null || reasonOf(error) !== 'ENOENT')
      found.set(folder, `cannot read the folder (${reasonOf(error)})`);
    return [];
  });
  for (const entry of entries) {
    const path = join(folder, entry.name);
    const below = within === null ? '' : relative(within.base, path).replaceAll(sep, '/');
    if (entry.isDirectory()) {
      const isMeant = within?.glob.reaches(below) ?? !SKIPPED_FOLDERS.has(entry.name);
      if (isMeant && !SKIPPED_FOLDERS.has(entry.name)) await search(path, found, within);
    } else if (entry.isFile() && entry.name.endsWith('.wsprobe') && (within?.glob.matches(below) ?? true))
      found.set(path, null);
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
