import type { TlsOptions } from '../base/plan.js';
import type { ProfileFile } from './profile.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What is said beside a profile (options, arguments of a tool) wins over the file and over its chosen environment. */
export function applyOverrides(file: ProfileFile, overrides: ProfileFile, environment: string | null): ProfileFile {
  const merged = merge(file, overrides);
  const chosen = environment === null ? undefined : file.environments?.[environment];
  if (environment === null || chosen === undefined) return merged;
  return { ...merged, environments: { ...file.environments, [environment]: merge(chosen, overrides) } };
}

function merge(file: ProfileFile, overrides: ProfileFile): ProfileFile {
  const merged: Mutable<ProfileFile> = { ...file, ...overrides };
  if (overrides.session !== undefined) merged.session = { ...file.session, ...overrides.session };
  const headers = mergeHeaders(file.headers ?? {}, overrides);
  if (Object.keys(headers).length > 0) merged.headers = headers;
  else delete merged.headers;
  const setsHeader = (name: string) => Object.keys(overrides.headers ?? {}).some((key) => key.toLowerCase() === name);
  if (setsHeader('authorization') && overrides.auth === undefined) delete merged.auth;
  if (setsHeader('origin') && overrides.origin === undefined) delete merged.origin;
  if (setsHeader('cookie') && overrides.cookies === undefined) delete merged.cookies;
  if (overrides.cookies !== undefined) merged.cookies = { ...file.cookies, ...overrides.cookies };
  // Only HTTP/2 has streams to share a connection with.
  if (overrides.http === '1.1' && file.session !== undefined)
    merged.session = { ...file.session, ...overrides.session, shareConnection: false };
  if (overrides.tls !== undefined) merged.tls = mergeTls(file.tls ?? {}, overrides.tls);
  if (overrides.timeouts !== undefined) merged.timeouts = { ...file.timeouts, ...overrides.timeouts };
  if (overrides.message !== undefined) merged.message = { ...file.message, ...overrides.message };
  if (overrides.expect !== undefined) merged.expect = { ...file.expect, ...overrides.expect };
  return merged;
}

/** A client certificate takes the place of one that the file gives the other way, its passphrase with it. */
function mergeTls(file: TlsOptions, overrides: TlsOptions): TlsOptions {
  const kept: Mutable<TlsOptions> = { ...file };
  if (overrides.pfx !== undefined || (overrides.cert !== undefined && file.pfx !== undefined)) {
    for (const name of ['cert', 'key', 'pfx', 'passphrase'] as const) delete kept[name];
  }
  return { ...kept, ...overrides };
}

type Headers = NonNullable<ProfileFile['headers']>;

/** The file's headers without those that an option sets, by name or by its own way, then the options'. */
function mergeHeaders(file: Headers, { headers = {}, auth, origin, cookies }: ProfileFile): Headers {
  const replaced = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  if (auth !== undefined) replaced.add('authorization');
  if (origin !== undefined) replaced.add('origin');
  if (cookies !== undefined) replaced.add('cookie');
  const kept = Object.entries(file).filter(([name]) => !replaced.has(name.toLowerCase()));
  return { ...Object.fromEntries(kept), ...headers };
}
