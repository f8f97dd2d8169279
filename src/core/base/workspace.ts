import { realpath, stat } from 'node:fs/promises';
import { dirname, join, relative, isAbsolute } from 'node:path';

/**
 * What a profile's files may be read from: the repository that its folder stands in (the nearest one above with `.git`), else
 * the folder itself. A real path; null where there is no folder.
 */
export async function workspaceOf(baseDir: string | null): Promise<string | null> {
  if (baseDir === null) return null;
  const own = await realpath(baseDir);
  for (let folder = own; ; folder = dirname(folder)) {
    if (await isThere(join(folder, '.git'))) return folder;
    if (dirname(folder) === folder) return own;
  }
}

/** Whether a real path is that of something in a folder, itself a real path. */
export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '' && !way.startsWith('..') && !isAbsolute(way);
}

async function isThere(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
