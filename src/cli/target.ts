import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { applyOverrides, type ConnectionValues, overridesOf } from './overrides.js';
import { parsePair } from './options.js';
import { ProbeError } from '../core/base/errors.js';
import { FileReadError, readRegularFile } from '../core/base/regularFile.js';
import { parseProfile } from '../core/profile/parse.js';
import { planFromUrl, resolveProfile, resolveText } from '../core/profile/resolve.js';
import type { ProbePlan } from '../core/base/plan.js';
import type { Problem, ProfileFile, ResolveContext } from '../core/profile/profile.js';
import { secretsFor } from './secrets.js';
import { usageError } from './usage.js';

/** A target ready to probe, or what is wrong with it. */
export interface ResolvedTarget {
  /** The profile's path as the person wrote it; null for a URL. */
  readonly file: string | null;
  readonly plan: ProbePlan | null;
  readonly problems: readonly Problem[];
  /** The text that the problems point into; null when they are about the options or the URL. */
  readonly source: string | null;
  /** What the problems are printed under. */
  readonly where: string;
}

const MAX_PROFILE_BYTES = 4 * 1024 * 1024;

/** An existing file, or a name that ends in .wsprobe, is a profile; everything else is a URL. */
export async function resolveTarget(
  target: string,
  values: ConnectionValues,
  io: { readonly cwd: string; readonly env: Readonly<Record<string, string | undefined>> },
): Promise<ResolvedTarget> {
  const found = await findTarget(target, values, io);
  if (values.proxy === undefined || found.plan === null) return found;
  return { ...found, plan: chosenByOption(found.plan) };
}

/** A proxy that the option names, or forbids, is not the profile's doing. */
function chosenByOption(plan: ProbePlan): ProbePlan {
  const { proxyChoice, proxy, unusedProxy } = plan;
  if (proxyChoice === 'named' && proxy) return { ...plan, proxy: { ...proxy, source: '--proxy' } };
  if (proxyChoice !== 'none' || !unusedProxy) return plan;
  return { ...plan, unusedProxy: { ...unusedProxy, because: '`--proxy none` says so' } };
}

/** Throws a usage error for options that no target can be used with. */
export function checkOptions(values: ConnectionValues, cwd: string): void {
  overridesOf(values, cwd);
  for (const pair of values.var ?? []) parsePair('--var', pair);
  for (const pair of values.secret ?? []) parsePair('--secret', pair);
}

async function findTarget(
  target: string,
  values: ConnectionValues,
  io: { readonly cwd: string; readonly env: ResolveContext['env'] },
): Promise<ResolvedTarget> {
  const overrides = overridesOf(values, io.cwd);
  const path = resolve(io.cwd, target);
  const stats = target === '' ? null : await stat(path).catch(() => null);
  if (stats?.isDirectory() === true) throw usageError(`${target} is a folder`, `wsprobe run ${target}`);
  if (stats === null && !target.endsWith('.wsprobe')) return resolveUrl(target, overrides, values, io);
  if (stats === null) throw usageError(`no such file: ${target}`);
  if (stats.size > MAX_PROFILE_BYTES) return unreadable(target, 'The file is too big for a profile (more than 4 MiB).');
  try {
    return resolveFile(
      target,
      path,
      (await readRegularFile(path, { maxBytes: MAX_PROFILE_BYTES })).toString('utf8'),
      overrides,
      values,
      io.env,
    );
  } catch (error) {
    if (!(error instanceof Error) || !('syscall' in error || error instanceof FileReadError)) throw error;
    if ('code' in error && (error.code === 'EMFILE' || error.code === 'ENFILE')) throw tooManyFiles(error.code, error);
    return unreadable(target, `The file cannot be read: ${error.message}.`);
  }
}

/** The profile is not to blame. */
function tooManyFiles(code: string, cause: Error): ProbeError {
  const message = `too many files are open on this machine (${code}): lower --concurrency, or raise the limit (ulimit -n)`;
  return new ProbeError('machine.too-many-files', message, { cause });
}

function unreadable(target: string, message: string): ResolvedTarget {
  return invalidTarget(target, 'unreadable-file', message);
}

/** A profile that cannot be used, for a reason that has no place in its text. */
export function invalidTarget(target: string, code: string, message: string): ResolvedTarget {
  const problem = {
    severity: 'error',
    code,
    message,
    line: 0,
    character: 0,
    offset: 0,
    length: 0,
  } as const;
  return { file: target, source: null, where: target, plan: null, problems: [problem] };
}

function resolveFile(
  target: string,
  path: string,
  source: string,
  overrides: ProfileFile,
  values: ConnectionValues,
  env: ResolveContext['env'],
): ResolvedTarget {
  const base = { file: target, source, where: target };
  const parsed = parseProfile(source);
  if (parsed.file === null) return { ...base, plan: null, problems: parsed.problems };
  const environment = values.env ?? null;
  const effective = applyOverrides(parsed.file, overrides, environment);
  const context = contextOf(effective, values, env, dirname(path), basename(path, '.wsprobe'));
  const written = resolveProfile(parsed.file, source, context);
  if (Object.keys(overrides).length === 0) return { ...base, ...written };

  // The options make a text that nobody wrote: what it shares with the file keeps its place there, the rest is theirs.
  const changed = resolveText(JSON.stringify(effective), context);
  const places = new Map(written.problems.map((problem) => [problem.message, problem]));
  const fromOptions = changed.problems.filter((problem) => !places.has(problem.message));
  if (fromOptions.length > 0 && changed.plan === null)
    return { file: target, source: null, where: `${target} with these options`, plan: null, problems: fromOptions };
  return { ...base, plan: changed.plan, problems: changed.problems.map((item) => places.get(item.message) ?? item) };
}

function resolveUrl(
  target: string,
  overrides: ProfileFile,
  values: ConnectionValues,
  io: { readonly cwd: string; readonly env: ResolveContext['env'] },
): ResolvedTarget {
  if (values.env !== undefined) throw usageError('--env chooses an environment of a profile, and this target is a URL');
  const context = contextOf({ ...overrides, url: target }, values, io.env, io.cwd);
  return { file: null, source: null, where: 'wsprobe', ...planFromUrl(target, overrides, context) };
}

function contextOf(
  file: ProfileFile,
  values: ConnectionValues,
  env: ResolveContext['env'],
  baseDir: string,
  name?: string,
): ResolveContext {
  return {
    env,
    secrets: secretsFor(file, values.secret ?? [], env),
    variables: Object.fromEntries((values.var ?? []).map((pair) => parsePair('--var', pair))),
    environment: values.env ?? null,
    baseDir,
    allowLinkLocal: values['allow-link-local'] === true,
    ...(name === undefined ? {} : { name }),
  };
}
