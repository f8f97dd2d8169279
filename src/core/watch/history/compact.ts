import { rename, rm } from 'node:fs/promises';
import { ProbeError } from '../../base/errors.js';
import { lockFile } from '../../base/fileLock.js';
import { openPrivateFile } from '../../base/regularFile.js';
import type { Rollup, Sample } from '../../base/sample.js';
import { Aggregate } from '../aggregate.js';
import { bytesOf, leftovers, pathOf, readSegment, type SegmentFile, segmentsOf } from './folder.js';
import { headerLine } from './records.js';

const DAY_MS = 86_400_000;
/** A segment spans a day at most; from then on its youngest sample is a day old. */
const SAMPLES_KEPT_MS = 2 * DAY_MS;
const MINUTES_KEPT_MS = 30 * DAY_MS;
const MINUTE_MS = 60_000;

/**
 * Samples of more than a day become minutes, minutes of more than a month go, and beyond `maxBytes` the oldest do, samples to minutes
 * first. What another writes is left to it. At every moment each sample is there once.
 */
export async function compact(folder: string, wallMs: number, maxBytes: number): Promise<void> {
  for (const file of await leftovers(folder)) await locked(file, () => rm(file.path, { force: true }));
  for (const file of await segmentsOf(folder)) {
    const ageMs = wallMs - file.startedMs;
    if (file.holds === 'samples' && ageMs > SAMPLES_KEPT_MS) await toMinutes(folder, file);
    if (file.holds === 'minutes' && ageMs > MINUTES_KEPT_MS + DAY_MS) await rm(file.path, { force: true });
  }
  await keepTo(folder, maxBytes);
}

async function keepTo(folder: string, maxBytes: number): Promise<void> {
  for (const act of [(file: SegmentFile) => toMinutes(folder, file), remove]) {
    const files = await segmentsOf(folder);
    const sizes = await Promise.all(files.map(bytesOf));
    let total = sizes.reduce((sum, size) => sum + size, 0);
    for (const [index, file] of files.entries()) {
      if (total <= maxBytes) return;
      const left = await act(file);
      total -= (sizes[index] ?? 0) - (left ?? sizes[index] ?? 0);
    }
  }
}

/** Bytes that are left of it; null: it is another's. */
async function remove(file: SegmentFile): Promise<number | null> {
  return locked(file, async () => {
    await rm(file.path, { force: true });
    return 0;
  });
}

async function toMinutes(folder: string, file: SegmentFile): Promise<number | null> {
  if (file.holds === 'minutes') return null;
  return locked(file, async () => {
    const segment = await readSegment(file);
    if (!segment) return 0;
    const minutes = { ...file, path: pathOf(folder, 'minutes', file.id) };
    const part = `${minutes.path}.part`;
    const handle = await openPrivateFile(part, 'w');
    try {
      await handle.writeFile(headerLine(new Date(file.startedMs).toISOString()));
      await handle.writeFile(
        minutesOf(segment.records)
          .map((rollup) => `${JSON.stringify(rollup)}\n`)
          .join(''),
      );
      await handle.sync();
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    } finally {
      await handle.close();
    }
    // From here on its samples do not count any more, whether or not they are deleted.
    await rename(part, minutes.path);
    await rm(file.path, { force: true });
    return bytesOf(minutes);
  });
}

/** The samples of each minute and target together, in the order of their time. */
export function minutesOf(records: readonly (Sample | Rollup)[]): readonly Rollup[] {
  const minutes = new Map<string, { readonly at: string; readonly sum: Aggregate }>();
  for (const record of records) {
    const { profile, target } = record;
    const at = new Date(Math.floor(Date.parse(record.at) / MINUTE_MS) * MINUTE_MS).toISOString();
    const key = JSON.stringify([at, target, profile]);
    const minute = minutes.get(key) ?? { at, sum: new Aggregate({ target, profile }) };
    minutes.set(key, minute);
    addTo(minute.sum, record);
  }
  return [...minutes.values()].map(({ at, sum }) => sum.rollup(at)).sort((a, b) => (a.at < b.at ? -1 : 1));
}

export function addTo(sum: Aggregate, record: Sample | Rollup): void {
  if ('kind' in record) sum.add(record);
  else sum.merge(record);
}

/** Null where another has it, or the system does not let us: it stays for another time. */
async function locked<T>({ path }: SegmentFile, act: () => Promise<T>): Promise<T | null> {
  const lock = await lockFile(path).catch(() => null);
  if (lock === null) return null;
  try {
    return await act();
  } catch (error) {
    if (error instanceof ProbeError) throw error;
    return null;
  } finally {
    await lock.release();
  }
}
