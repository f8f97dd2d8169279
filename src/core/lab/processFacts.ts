import { readdir, readFile } from 'node:fs/promises';

/** What a process takes of the machine; null where the system does not tell. */
export interface ProcessFacts {
  readonly memoryBytes: number | null;
  readonly files: number | null;
  /** As many files it may have open (the soft limit). */
  readonly fileLimit: number | null;
}

/** Read from /proc: Linux alone, and for processes of the same user or by root. */
export async function processFacts(pid: number | 'self'): Promise<ProcessFacts> {
  const [status, limits, files] = await Promise.all([
    readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''),
    readFile(`/proc/${pid}/limits`, 'utf8').catch(() => ''),
    readdir(`/proc/${pid}/fd`).catch(() => null),
  ]);
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1];
  const limit = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
  return {
    memoryBytes: kilobytes === undefined ? null : Number(kilobytes) * 1024,
    files: files && files.length,
    fileLimit: limit === undefined ? null : Number(limit),
  };
}
