import type { Rollup, Sample, SampleSubject } from '../../core/base/sample.js';
import { compareLooks, compareWatches, type Watched } from '../../core/compare/records.js';
import type { Comparison } from '../../core/compare/model.js';
import { Aggregate } from '../../core/watch/aggregate.js';
import { addTo } from '../../core/watch/history/compact.js';

type Records = readonly (Sample | Rollup)[];

/** Pairs what was watched by profile, and by address where there is none. */
export function compareWatched(before: Records, after: Records): Comparison[] {
  const [old, now] = [watchedIn(before), watchedIn(after)];
  return [...new Set([...old.keys(), ...now.keys()])].map((title) => {
    const [was, is] = [old.get(title), now.get(title)];
    if (was && is) return compareWatches(title, was, is);
    return { title, only: is === undefined ? 'a' : 'b', changes: [], more: 0, timings: [] };
  });
}

/** The last look at each target, beside the last healthy one before it. Looks that were made minutes are none any more. */
export function compareToHealthy(records: Records): Comparison[] {
  const looks = records.filter((record): record is Sample => 'kind' in record && record.verdict !== null);
  return [...grouped(looks)].flatMap(([name, of]) => {
    const sorted = of.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
    const last = sorted.at(-1);
    const healthy = sorted.slice(0, -1).findLast(({ verdict }) => verdict === 'healthy');
    if (!last) return [];
    if (!healthy) return [compareLooks(`${name}: no healthy look is kept`, {}, last)];
    return [compareLooks(`${name}: ${healthy.at} and ${last.at}`, healthy, last)];
  });
}

function nameOf({ profile, target }: SampleSubject): string {
  return profile ?? target;
}

function grouped<T extends SampleSubject>(records: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const record of records) {
    const name = nameOf(record);
    const group = groups.get(name);
    if (group) group.push(record);
    else groups.set(name, [record]);
  }
  return groups;
}

function watchedIn(records: Records): Map<string, Watched> {
  return new Map(
    [...grouped(records)].map(([name, of]) => {
      const [first] = of as [Sample | Rollup];
      const sum = new Aggregate({ target: first.target, profile: first.profile });
      for (const record of of) addTo(sum, record);
      const { closes, drops, reconnects, sequence = null } = sum.rollup('');
      const last = of.findLast((record): record is Sample => 'kind' in record && record.verdict !== null);
      const { availability, phases, roundTrip, seen } = sum;
      return [
        name,
        { verdict: last?.verdict ?? null, availability, phases, roundTrip, closes, drops, reconnects, sequence, seen },
      ];
    }),
  );
}
