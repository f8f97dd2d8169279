import type { SeriesSummary } from '../base/series.js';
import { numberText } from '../text/numbers.js';
import { changesOf, type Fact, listAt, textOf, valueAt } from './facts.js';
import type { Comparison } from './model.js';
import { timingsOf } from './timings.js';

/** Two records of one experiment. Numbers in milliseconds are times, and have their noise. */
export function compareExperiments(title: string, before: unknown, after: unknown): Comparison {
  const changes = changesOf(experimentFacts(before), experimentFacts(after));
  return { title, only: null, changes, more: 0, timings: timingsOf(experimentTimes(before), experimentTimes(after)) };
}

/** Two looks at a target, as samples tell of them. */
export function compareLooks(title: string, before: unknown, after: unknown): Comparison {
  const changes = changesOf(lookFacts(before), lookFacts(after));
  return { title, only: null, changes, more: 0, timings: timingsOf(lookTimes(before), lookTimes(after)) };
}

/** What a watch came to. */
export type Watched = Pick<
  SeriesSummary,
  'verdict' | 'availability' | 'phases' | 'roundTrip' | 'closes' | 'drops' | 'reconnects' | 'sequence'
> & {
  /** Who answered last, where that is known. */
  readonly seen?: Readonly<Record<'address' | 'certificate' | 'subprotocol' | 'serverFingerprint', string | null>>;
};

/** Two watches of one target: shares and percentiles, whatever the number of their looks. */
export function compareWatches(title: string, before: Watched, after: Watched): Comparison {
  const changes = changesOf(watchFacts(before), watchFacts(after));
  return { title, only: null, changes, more: 0, timings: timingsOf(watchTimes(before), watchTimes(after)) };
}

function one(kind: string, value: unknown, name: string | null = null): Fact[] {
  const text = textOf(value);
  return text === null ? [] : [{ kind, name, value: text }];
}

function numbersOf(record: unknown): [string, number | null][] {
  const numbers = valueAt(record, 'numbers');
  if (typeof numbers !== 'object' || numbers === null) return [];
  return Object.entries(numbers).filter(([, value]) => value === null || typeof value === 'number');
}

function experimentFacts(record: unknown): Fact[] {
  return [
    ...one('verdict', valueAt(record, 'verdict')),
    ...one('stopped', valueAt(record, 'stopped')),
    ...numbersOf(record)
      .filter(([name]) => !name.endsWith('Ms'))
      .flatMap(([name, value]) => {
        const [words, told] = numberText(name, value);
        return one('number', told, words);
      }),
    ...listAt(record, 'findings').flatMap((finding) =>
      one('finding', valueAt(finding, 'title'), textOf(valueAt(finding, 'id'))),
    ),
  ];
}

function experimentTimes(record: unknown): Map<string, number> {
  const times = numbersOf(record).filter(
    (each): each is [string, number] => each[0].endsWith('Ms') && each[1] !== null,
  );
  return new Map(times.map(([name, ms]) => [numberText(name, ms)[0], ms]));
}

function lookFacts(sample: unknown): Fact[] {
  return [
    ...one('verdict', valueAt(sample, 'verdict')),
    ...one('headline', valueAt(sample, 'finding')),
    ...one('error', valueAt(sample, 'error', 'message')),
    ...one('status', valueAt(sample, 'status')),
    ...one('close', valueAt(sample, 'closeCode')),
    ...whoFacts(sample),
  ];
}

function whoFacts(record: unknown): Fact[] {
  return [
    ...one('address', valueAt(record, 'address')),
    ...one('certificate', valueAt(record, 'certificate')),
    ...one('subprotocol', valueAt(record, 'subprotocol')),
    ...one('server', valueAt(record, 'serverFingerprint')),
  ];
}

function lookTimes(sample: unknown): Map<string, number> {
  const phases = valueAt(sample, 'phases');
  const all = Object.entries(typeof phases === 'object' && phases !== null ? phases : {});
  return new Map(
    [...all, ['round trip', valueAt(sample, 'roundTripMs')] as const].filter(
      (each): each is [string, number] => typeof each[1] === 'number',
    ),
  );
}

function watchFacts({ availability, closes, drops, reconnects, seen, sequence, verdict }: Watched): Fact[] {
  const total = closes.reduce((sum, { count }) => sum + count, 0);
  return [
    ...one('verdict', verdict),
    ...(availability === null ? [] : one('available', `${(Math.floor(availability * 10_000) / 100).toFixed(2)} %`)),
    ...closes.flatMap(({ clean, code, count }) =>
      one('closes', `${Math.round((count / total) * 100)} %`, `${code}${clean ? '' : ', not clean'}`),
    ),
    ...one('drops', drops),
    ...one('reconnects', reconnects),
    ...(sequence === null ? [] : one('messages', `${sequence.lost} lost, ${sequence.repeated} repeated`)),
    ...whoFacts(seen ?? {}),
  ];
}

function watchTimes({ phases, roundTrip }: Watched): Map<string, number> {
  const all = [...Object.entries(phases), ...(roundTrip ? [['round trip', roundTrip] as const] : [])];
  return new Map(
    all.flatMap(([name, { p50Ms, p95Ms }]) => [
      [`${name} (p50)`, p50Ms],
      [`${name} (p95)`, p95Ms],
    ]),
  );
}
