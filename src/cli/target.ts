import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { type ConnectionValues, overridesOf } from './overrides.js';
import { parsePair } from './options.js';
import { ProbeError } from '../core/base/errors.js';
import { FileReadError, readRegularFile } from '../core/base/regularFile.js';
import { applyOverrides } from '../core/profile/overrides.js';
import { parseProfile } from '../core/profile/parse.js';
import { planFromUrl, resolveProfile, resolveText } from '../core/profile/resolve.js';
import type { ProbePlan } from '../core/base/plan.js';
import type { Problem, ProfileFile, ResolveContext, SharedEnvironments } from '../core/profile/profile.js';
import { withSharedValues } from '../core/profile/sharedEnvironments.js';
import { readSharedFiles } from '../core/profile/sharedFiles.js';
import { secretsFor } from './secrets.js';
import { pipeNamed, type PipeSources, readPipe } from './pipedFile.js';
import { tooManyFiles, usageError } from './usage.js';

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

export const MAX_PROFILE_BYTES = 4 * 1024 * 1024;

export interface TargetIo extends PipeSources {
  readonly cwd: string;
  readonly env: ResolveContext['env'];
}

/** An existing file, a name that ends in .wsprobe, `-` and a pipe of the shell are profiles; everything else is a URL. */
export async function resolveTarget(
  target: string,
  values: ConnectionValues,
  io: TargetIo,
  /** Laid over the profile as the options are. */
  over: ProfileFile = {},
): Promise<ResolvedTarget> {
  const found = await findTarget(target, values, io, over);
  if (values.proxy === undefined || found.plan === null) return found;
  return { ...found, plan: chosenByOption(found.plan) };
}

/** A URL, whatever a file may be called. */
export function resolveAddress(
  url: string,
  values: ConnectionValues,
  io: Pick<TargetIo, 'cwd' | 'env'>,
): ResolvedTarget {
  const found = resolveUrl(url, overridesOf(values, io.cwd), values, io);
  return values.proxy === undefined || found.plan === null ? found : { ...found, plan: chosenByOption(found.plan) };
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
  io: TargetIo,
  over: ProfileFile,
): Promise<ResolvedTarget> {
  const overrides = { ...overridesOf(values, io.cwd), ...over };
  const pipe = pipeNamed(target, io);
  if (pipe !== null) return resolvePipe(target, pipe, overrides, values, io);
  if (target === '-') throw usageError('standard input is read for messages here: name the profile');
  const path = resolve(io.cwd, target);
  const stats = target === '' ? null : await stat(path).catch(() => null);
  if (stats?.isDirectory() === true) throw usageError(`${target} is a folder`, `wsprobe run ${target}`);
  if (stats === null && !target.endsWith('.wsprobe')) return resolveUrl(target, overrides, values, io);
  if (stats === null) throw usageError(`no such file: ${target}`);
  if (stats.size > MAX_PROFILE_BYTES) return unreadable(target, 'The file is too big for a profile (more than 4 MiB).');
  try {
    const source = (await readRegularFile(path, { maxBytes: MAX_PROFILE_BYTES })).toString('utf8');
    const place = { baseDir: dirname(path), name: basename(path, '.wsprobe') };
    return await resolveIn(target, place, source, overrides, values, io);
  } catch (error) {
    return whyUnreadable(target, error);
  }
}

/** What a profile by pipe names beside it lies in the folder that the command runs in. */
async function resolvePipe(
  target: string,
  pipe: Readable,
  overrides: ProfileFile,
  values: ConnectionValues,
  io: TargetIo,
): Promise<ResolvedTarget> {
  try {
    const source = (await readPipe(pipe, MAX_PROFILE_BYTES, io.signal)).toString('utf8');
    return await resolveIn(target, { baseDir: io.cwd }, source, overrides, values, io);
  } catch (error) {
    return whyUnreadable(target, error);
  }
}

function whyUnreadable(target: string, error: unknown): ResolvedTarget {
  if (!(error instanceof Error) || !('syscall' in error || error instanceof FileReadError)) throw error;
  if ('code' in error && (error.code === 'EMFILE' || error.code === 'ENFILE'))
    throw tooManyFilesError(error.code, error);
  return unreadable(target, `The file cannot be read: ${error.message}.`);
}

/** The profile is not to blame. */
function tooManyFilesError(code: string, cause: Error): ProbeError {
  return new ProbeError('machine.too-many-files', tooManyFiles(code), { cause });
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

interface Place {
  readonly baseDir: string;
  readonly name?: string;
}

/** With the environments that profiles of this place share. */
async function resolveIn(
  target: string,
  place: Place,
  source: string,
  overrides: ProfileFile,
  values: ConnectionValues,
  { cwd, env }: TargetIo,
): Promise<ResolvedTarget> {
  const shared = await readSharedFiles({ folder: place.baseDir, root: cwd });
  if (shared.wrong !== null) return { file: target, plan: null, ...shared.wrong };
  return resolveFile(target, place, source, overrides, { ...values, shared: shared.environments }, env);
}

type FileValues = ConnectionValues & { readonly shared: SharedEnvironments };

function resolveFile(
  target: string,
  place: Place,
  source: string,
  overrides: ProfileFile,
  values: FileValues,
  env: ResolveContext['env'],
): ResolvedTarget {
  const base = { file: target, source, where: target };
  const { file, problems } = parseProfile(source, values.shared);
  if (file === null) return { ...base, plan: null, problems };
  const environment = values.env ?? null;
  const effective = applyOverrides(withSharedValues(file, values.shared), overrides, environment);
  const context = contextOf(effective, values, env, place.baseDir, place.name);
  const written = resolveProfile(file, source, { ...context, sharedEnvironments: values.shared });
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
