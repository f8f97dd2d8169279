import type { ProbePlan } from '../../core/base/plan.js';
import { suggest } from '../../core/profile/problems.js';
import type { Question } from '../../core/watch/exporter/question.js';
import type { Io } from '../io.js';
import type { ConnectionValues } from '../overrides.js';
import { writeProblems } from '../problems.js';
import { findTargets } from '../profiles.js';
import { invalidTarget, resolveAddress, resolveTarget } from '../target.js';
import { usageError } from '../usage.js';

interface Known {
  readonly file: string;
  readonly plan: ProbePlan;
}

/** Profiles by the names that a scrape may call them by. */
export type Profiles = ReadonlyMap<string, Known>;

/**
 * The profiles that the arguments name, each by its own name, its path as it was found, and that of its file where no other has it;
 * null, with the problems told, where one of them cannot be used.
 */
export async function profilesOf(
  names: readonly string[],
  values: ConnectionValues,
  noColor: boolean,
  io: Io,
): Promise<Profiles | null> {
  const found = await findTargets(names, io.cwd);
  const url = found.find(({ isUrl }) => isUrl);
  if (url)
    throw usageError('exporter wants files: a scrape names the target, and --allow which ones', `--allow ${url.label}`);
  if (names.length > 0 && found.length === 0) throw usageError(`no .wsprobe file in ${names.join(', ')}`);
  const all: Known[] = [];
  for (const { label, target, unreadable } of found) {
    const resolved =
      unreadable === null
        ? await resolveTarget(target, values, { cwd: io.cwd, env: io.env })
        : invalidTarget(label, 'unreadable-file', unreadable);
    writeProblems(resolved, io, noColor);
    if (resolved.plan) all.push({ file: target, plan: resolved.plan });
  }
  return all.length < found.length ? null : byName(all);
}

function byName(all: readonly Known[]): Profiles {
  const profiles = new Map<string, Known>();
  for (const known of all) {
    const same = profiles.get(known.plan.name);
    if (same) throw usageError(`${same.file} and ${known.file} have one name, and a scrape asks by name`);
    profiles.set(known.plan.name, known);
  }
  for (const known of all) {
    const name = known.file.replace(/^.*[\\/]/, '').replace(/\.wsprobe$/, '');
    const others = all.filter(({ file }) => file.replace(/^.*[\\/]/, '') === `${name}.wsprobe`);
    if (!profiles.has(name) && others.length === 1) profiles.set(name, known);
    if (!profiles.has(known.file)) profiles.set(known.file, known);
  }
  return profiles;
}

/** The plan of what a scrape asks for; a sentence where there is none. It tells nothing of what a profile holds. */
export async function planOf(
  { profile, target }: Question,
  profiles: Profiles,
  values: ConnectionValues,
  io: Io,
): Promise<ProbePlan | string> {
  const known = profile === null ? null : profiles.get(profile);
  if (known === undefined) {
    const guess = suggest(profile ?? '', [...profiles.keys()]);
    return `There is no such profile here.${guess === null ? '' : ` Did you mean ${JSON.stringify(guess)}?`}`;
  }
  if (target === null) return known?.plan ?? 'There is nothing to probe.';
  const { env: _environment, ...ofAddress } = values;
  const asked = known
    ? await resolveTarget(known.file, values, { cwd: io.cwd, env: io.env }, { url: target })
    : resolveAddress(target, ofAddress, io);
  return asked.plan ?? 'The profile cannot be used with this target.';
}
