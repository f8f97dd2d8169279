import { stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { FileReadError, readRegularFile } from '../base/regularFile.js';
import type { EnvironmentsFile, Problem, SharedEnvironments } from './profile.js';
import { parseEnvironmentsFile, SHARED_ENVIRONMENTS_FILE } from './sharedEnvironments.js';

/** The environments that a profile shares with others, or the file of them that cannot be used. */
export interface SharedFiles {
  readonly environments: SharedEnvironments;
  readonly wrong: {
    readonly source: string | null;
    readonly where: string;
    readonly problems: readonly Problem[];
  } | null;
}

const NOTHING_SHARED: SharedFiles = { environments: [], wrong: null };

const MAX_BYTES = 1024 * 1024;
const MAX_LEVELS = 64;
const START = { line: 0, character: 0, offset: 0, length: 0 } as const;
/** The file is not to blame. */
const MACHINE: ReadonlySet<unknown> = new Set(['EMFILE', 'ENFILE']);

/** Where a profile lies, and how far up it may look: the working directory, or the folder of a workspace. */
export interface ProfilePlace {
  readonly folder: string;
  readonly root: string;
}

/** None for a text that lies nowhere; else every `wsprobe.env.json` in the profile's folder and above it, as far as its repository or the root reaches. */
export async function readSharedFiles(place: ProfilePlace | null | undefined): Promise<SharedFiles> {
  if (!place) return NOTHING_SHARED;
  const { folder, root } = place;
  const found: EnvironmentsFile[] = [];
  for (const level of await levelsOf(folder, root)) {
    const path = join(level, SHARED_ENVIRONMENTS_FILE);
    const source = await readIfThere(path);
    if (source === null) continue;
    const where = relative(root, path) || path;
    if (source instanceof FileReadError) return { environments: [], wrong: unreadable(where, source) };
    const { file, problems } = parseEnvironmentsFile(source);
    if (file === null) return { environments: [], wrong: { source, where, problems } };
    found.push(file);
  }
  return { environments: found, wrong: null };
}

/** What is wrong with a file that the profile shares, at the beginning of the profile. */
export function sharedProblems(wrong: SharedFiles['wrong']): readonly Problem[] {
  if (wrong === null) return [];
  return wrong.problems.map((problem) => ({
    ...problem,
    message: `${wrong.where}${wrong.source === null ? '' : `:${problem.line + 1}:${problem.character + 1}`}: ${problem.message}`,
    ...START,
    length: 1,
  }));
}

/** A file further up may be anybody's: what lies outside is not looked at. */
async function levelsOf(folder: string, root: string): Promise<readonly string[]> {
  const levels: string[] = [];
  for (let level = folder; levels.length < MAX_LEVELS; level = dirname(level)) {
    levels.push(level);
    if (await isThere(join(level, '.git'))) return levels;
    if (dirname(level) === level) break;
  }
  const reach = levels.indexOf(root);
  return levels.slice(0, reach + 1 || 1);
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function readIfThere(path: string): Promise<string | FileReadError | null> {
  try {
    return (await readRegularFile(path, { maxBytes: MAX_BYTES })).toString('utf8');
  } catch (error) {
    if (error instanceof FileReadError) return error;
    if (!(error instanceof Error) || !('code' in error) || MACHINE.has(error.code)) throw error;
    return error.code === 'ENOENT' ? null : new FileReadError(String(error.code), error.message);
  }
}

function unreadable(where: string, { message }: FileReadError): SharedFiles['wrong'] {
  const problem = {
    severity: 'error',
    code: 'unreadable-file',
    message: `The file cannot be read: ${message}.`,
    ...START,
  } as const;
  return { source: null, where, problems: [problem] };
}
