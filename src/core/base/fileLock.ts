import { randomUUID } from 'node:crypto';
import { link, open, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname, uptime } from 'node:os';
import { ProbeError } from './errors.js';
import { isProcessAlive } from './processes.js';

/** Who writes a file, as `<file>.lock` beside it says. */
export interface LockHolder {
  readonly pid: number;
  readonly host: string;
  /** ISO 8601: since when. */
  readonly startedAt: string;
  readonly token: string;
}

const MAX_ATTEMPTS = 5;
/** Of this thread's locks: what else bears our process id is left over from one that died. */
const held = new Set<string>();

/**
 * Makes the caller the one writer of a file; `release` ends that. Rejects with `file-busy`, which names the other.
 * What a process that is no more left behind is taken over. Where no file can stand beside it, there is no lock; a full disk
 * rejects, as the system does.
 */
export async function lockFile(given: string): Promise<{ release(): Promise<void> }> {
  const path = await realpath(given).catch(() => given);
  const lock = lockOf(path);
  if (!(await canBeLocked(path))) return { release: async () => {} };
  const ours: LockHolder = {
    pid: process.pid,
    host: hostname(),
    startedAt: new Date().toISOString(),
    token: randomUUID(),
  };
  // Before it stands there: another of this thread must not take it for a leftover.
  held.add(ours.token);
  try {
    const isOurs = await claim(lock, path, ours);
    return { release: () => release(isOurs ? lock : null, ours.token) };
  } catch (error) {
    held.delete(ours.token);
    throw error;
  }
}

/** Who writes the file now; null when nobody does. */
export async function writerOf(path: string): Promise<LockHolder | null> {
  const holder = await readHolder(lockOf(path));
  return holder !== null && isAlive(holder) ? holder : null;
}

export function lockOf(path: string): string {
  return `${path}.lock`;
}

/** False where the folder takes no file of ours. */
async function claim(lock: string, path: string, ours: LockHolder): Promise<boolean> {
  const part = `${lock}.${ours.token}`;
  // Why the folder takes no file is told when the file itself is opened.
  const made = await open(part, 'wx', 0o600).catch(() => null);
  if (made === null) return false;
  try {
    try {
      await made.writeFile(JSON.stringify(ours));
    } finally {
      await made.close();
    }
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      if (await place(part, lock)) return true;
      const holder = await readHolder(lock);
      if (holder !== null && isAlive(holder)) throw busy(path, holder);
      await clearAway(lock, holder?.token ?? null, ours.token);
    }
    throw busy(path, await readHolder(lock));
  } finally {
    await rm(part, { force: true });
  }
}

/** A link appears whole or not at all; where a file system has none, the file is made anew. */
async function place(part: string, lock: string): Promise<boolean> {
  try {
    await link(part, lock);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
  }
  try {
    await writeFile(lock, await readFile(part), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Removes a leftover, and nothing that another has put in its place meanwhile. */
async function clearAway(lock: string, token: string | null, ours: string): Promise<void> {
  const aside = `${lock}.${ours}.old`;
  try {
    await rename(lock, aside);
  } catch {
    return;
  }
  const moved = await readHolder(aside);
  if (moved !== null && moved.token !== token) await link(aside, lock).catch(() => {});
  await rm(aside, { force: true });
}

async function release(lock: string | null, token: string): Promise<void> {
  if (lock !== null && (await readHolder(lock))?.token === token) await rm(lock, { force: true }).catch(() => {});
  held.delete(token);
}

async function readHolder(lock: string): Promise<LockHolder | null> {
  try {
    const { size } = await stat(lock);
    if (size > 4096) return null;
    const { pid, host, startedAt, token } = JSON.parse(await readFile(lock, 'utf8')) as Partial<LockHolder>;
    const isWhole =
      typeof pid === 'number' &&
      Number.isInteger(pid) &&
      pid > 0 &&
      typeof host === 'string' &&
      typeof startedAt === 'string' &&
      typeof token === 'string';
    return isWhole ? { pid, host, startedAt, token } : null;
  } catch {
    return null;
  }
}

/** Of another machine nothing can be known: it is believed. */
function isAlive({ pid, host, startedAt, token }: LockHolder): boolean {
  if (host !== hostname()) return true;
  if (pid === process.pid) return held.has(token);
  // The process ids of before the machine was started are others now.
  if (Date.parse(startedAt) < Date.now() - uptime() * 1000) return false;
  return isProcessAlive(pid);
}

/** A pipe or a device is nobody's file: whoever opened it reads it. */
async function canBeLocked(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return true;
  }
}

function busy(path: string, holder: LockHolder | null): ProbeError {
  const here = holder?.pid === process.pid && holder.host === hostname();
  const who = holder === null ? 'another' : here ? 'this process' : `process ${holder.pid} on ${holder.host}`;
  const since = holder === null ? '' : ` since ${holder.startedAt}`;
  return new ProbeError('file-busy', `${path} is being written by ${who}${since}.`, {
    hint: `Choose another file, or stop that recording. If nobody writes it, delete ${lockOf(path)}.`,
  });
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | null)?.code;
}
