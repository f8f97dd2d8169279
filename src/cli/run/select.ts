import { basename, resolve } from 'node:path';
import { readRegularFile } from '../../core/base/regularFile.js';
import { parseProfile } from '../../core/profile/parse.js';
import { type FoundTarget, findTargets } from '../profiles.js';
import { MAX_PROFILE_BYTES } from '../target.js';
import { usageError } from '../usage.js';
import type { RunItem } from './item.js';

/** What a run probes: each target in each environment, so often as it is repeated. */
export interface Selection {
  readonly count: number;
  at(index: number): RunItem;
  readonly titles: Iterable<RunItem>;
}

export interface SelectOptions {
  readonly environments: readonly string[];
  readonly repeat: number;
  readonly grep: RegExp | null;
}

type Place = Pick<RunItem, 'target' | 'label' | 'file' | 'environment' | 'unreadable'>;

/** Throws a usage error where nothing is left to run. */
export async function select(targets: readonly string[], cwd: string, options: SelectOptions): Promise<Selection> {
  const found = await findTargets(targets, cwd);
  if (found.length === 0) throw usageError(`no .wsprobe file in ${targets.join(', ')}`);
  const url = found.find(({ isUrl }) => isUrl);
  if (url !== undefined && options.environments.length > 0)
    throw usageError(`--env chooses an environment of a profile, and ${url.label} is a URL`);
  const places: Place[] = [];
  for (const each of found) places.push(...(await placesOf(each, cwd, options)));
  if (places.length === 0)
    throw usageError(`none of ${found.length} profiles matches --grep ${options.grep?.source ?? ''}`);
  const { repeat } = options;
  return {
    count: places.length * repeat,
    at(index) {
      const place = places[Math.floor(index / repeat)];
      if (place === undefined) throw new RangeError(`no item ${index}`);
      return { ...place, iteration: (index % repeat) + 1 };
    },
    titles: places.map((place) => ({ ...place, iteration: repeat })),
  };
}

async function placesOf(found: FoundTarget, cwd: string, { environments, grep }: SelectOptions): Promise<Place[]> {
  const { isUrl, label, target, unreadable } = found;
  const name = grep === null || isUrl || unreadable !== null ? '' : await nameOf(resolve(cwd, target));
  const each = environments.length === 0 ? [null] : environments;
  return each
    .filter((environment) => grep === null || [label, name, environment ?? ''].some((text) => grep.test(text)))
    .map((environment) => ({ target, label, file: isUrl ? null : label, environment, unreadable }));
}

/** As the file writes it. A file that is no profile has none, and is told when it is run. */
async function nameOf(path: string): Promise<string> {
  const text = await readRegularFile(path, { maxBytes: MAX_PROFILE_BYTES }).then(String, () => '');
  return parseProfile(text).file?.name ?? basename(path, '.wsprobe');
}

export function parseGrep(text: string): RegExp {
  try {
    return new RegExp(text, 'iu');
  } catch {
    throw usageError('--grep wants a regular expression');
  }
}
