import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { plainText } from '../core/base/plainText.js';
import { FileReadError, readRegularFile } from '../core/base/regularFile.js';
import { referencedSecrets } from '../core/profile/parse.js';
import type { ProfileFile } from '../core/profile/profile.js';
import { secretEnvName } from '../core/profile/variables.js';
import type { Io } from './io.js';
import { parsePair } from './options.js';
import { usageError } from './usage.js';

/** `${secret:my-token}` is `--secret my-token=…`, otherwise the variable WSPROBE_SECRET_MY_TOKEN. */
export function secretsFor(
  file: ProfileFile,
  given: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  const fromEnvironment = referencedSecrets(file).map((name) => [name, env[secretEnvName(name)]] as const);
  return Object.fromEntries([...fromEnvironment, ...given.map((pair) => parsePair('--secret', pair))]);
}

const MAX_FILE_BYTES = 1 << 20;
const SECRET_NAME = /^[\w.-]{1,100}$/;

interface SecretValues {
  readonly secret?: string[] | undefined;
  readonly 'secrets-file'?: string | undefined;
}

/** The options with the secrets of `--secrets-file` before those of `--secret`, which win. */
export async function withSecretsFile<V extends SecretValues>(
  values: V,
  io: Pick<Io, 'cwd' | 'platform' | 'stderr'>,
): Promise<V> {
  const path = values['secrets-file'];
  if (path === undefined) return values;
  const text = await readSecrets(resolve(io.cwd, path), path);
  if (io.platform !== 'win32' && ((await stat(resolve(io.cwd, path))).mode & 0o044) !== 0) {
    io.stderr.write(`wsprobe: others can read ${plainText(path, 200)}: chmod 600 keeps it yours\n`);
  }
  const pairs = Object.entries(parseSecrets(text, path)).map(([name, value]) => `${name}=${value}`);
  return { ...values, secret: [...pairs, ...(values.secret ?? [])] };
}

async function readSecrets(path: string, shown: string): Promise<string> {
  try {
    return (await readRegularFile(path, { maxBytes: MAX_FILE_BYTES })).toString('utf8');
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    const why = error instanceof FileReadError ? error.message : `cannot read ${shown} (${String(code)})`;
    throw usageError(`--secrets-file: ${why}`);
  }
}

/** An object of texts in JSON, or a line each: `NAME=value`, the value as it stands; blank lines and `#` are passed over. */
function parseSecrets(text: string, path: string): Record<string, string> {
  const bare = text.replace(/^\uFEFF/, '');
  const found = bare.trimStart().startsWith('{') ? jsonEntries(bare, path) : lineEntries(bare, path);
  const bad = found.find(({ name }) => !SECRET_NAME.test(name));
  if (bad) throw usageError(`--secrets-file: ${path}${bad.where}: a name is letters, digits, dot, dash and underscore`);
  return Object.fromEntries(found.map(({ name, value }) => [name, value]));
}

interface Entry {
  readonly name: string;
  readonly value: string;
  /** `:line`, where it has one. */
  readonly where: string;
}

/** No message quotes the file: what is wrong in it may be a secret. */
function jsonEntries(text: string, path: string): readonly Entry[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw usageError(`--secrets-file: ${path} begins with { and is no JSON`);
  }
  return Object.entries(parsed as object).map(([name, value]: [string, unknown]) => {
    if (typeof value !== 'string') throw usageError(`--secrets-file: ${path}: each value must be a text`);
    return { name, value, where: '' };
  });
}

function lineEntries(text: string, path: string): readonly Entry[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    if (line.trim() === '' || line.trimStart().startsWith('#')) return [];
    const at = line.indexOf('=');
    if (at < 0) throw usageError(`--secrets-file: ${path}:${index + 1}: no NAME=value`);
    return [{ name: line.slice(0, at).trim(), value: line.slice(at + 1), where: `:${index + 1}` }];
  });
}
