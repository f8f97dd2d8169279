import type { Rollup, Sample, SampleSubject } from '../../base/sample.js';
import { Aggregate } from '../aggregate.js';
import { addTo } from './compact.js';
import { pathOf, readSegment, segmentsOf } from './folder.js';

export interface Remembered {
  of(subject: SampleSubject): readonly Rollup[];
  /** Lines that could not be read. */
  readonly damaged: number;
}

/** What a folder keeps of each target since a time, all segments together, whoever wrote them. */
export async function remember(folder: string, sinceMs: number): Promise<Remembered> {
  const sums = new Map<string, Aggregate>();
  const damaged = await eachRecord(folder, sinceMs, (record) => {
    const { profile, target } = record;
    const key = keyOf(record);
    const sum = sums.get(key) ?? new Aggregate({ target, profile });
    sums.set(key, sum);
    addTo(sum, record);
  });
  const at = new Date(sinceMs).toISOString();
  return {
    damaged,
    of: (subject) => {
      const sum = sums.get(keyOf(subject));
      return sum ? [sum.rollup(at)] : [];
    },
  };
}

/** What a folder keeps of one target since a time, as it was written. */
export async function recordsOf(
  folder: string,
  subject: SampleSubject,
  sinceMs: number,
): Promise<readonly (Sample | Rollup)[]> {
  const key = keyOf(subject);
  const found: (Sample | Rollup)[] = [];
  await eachRecord(folder, sinceMs, (record) => {
    if (keyOf(record) === key) found.push(record);
  });
  return found;
}

/** How many lines could not be read. */
export async function eachRecord(
  folder: string,
  sinceMs: number,
  take: (record: Sample | Rollup) => void,
): Promise<number> {
  let damaged = 0;
  const files = await segmentsOf(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  for (const file of files) {
    // Another may have made minutes of it since the folder was read.
    const segment =
      (await readSegment(file)) ?? (await readSegment({ ...file, path: pathOf(folder, 'minutes', file.id) }));
    if (!segment) continue;
    damaged += segment.damaged;
    for (const record of segment.records) if (Date.parse(record.at) >= sinceMs) take(record);
  }
  return damaged;
}

function keyOf({ profile, target }: SampleSubject): string {
  return JSON.stringify([target, profile]);
}
