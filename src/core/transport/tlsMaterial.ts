import { X509Certificate } from 'node:crypto';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import * as tls from 'node:tls';
import { ProbeError } from '../base/errors.js';
import { isPemText } from '../profile/pemText.js';
import type { ProbePlan, TlsOptions } from '../base/plan.js';
import { failed, type Outcome, success } from './outcome.js';
import { blameMaterial, nameOf } from './tlsBlame.js';

/** A PEM or PFX larger than this is no certificate. */
const MAX_FILE_BYTES = 4 * 1024 * 1024;

/** What TLS is spoken with, on each leg of the way; null where there is none. */
export interface TlsContexts {
  readonly target: tls.SecureContext | null;
  /** With an `https:` proxy. It never holds the client certificate, which is meant for the target. */
  readonly proxy: tls.SecureContext | null;
}

/** Made before the clock starts: reading roots and keys is no time of the network's. */
export async function loadTlsContexts({
  url,
  tls: options,
  proxy,
  baseDir,
  systemCertificates = true,
}: Pick<ProbePlan, 'url' | 'tls' | 'proxy' | 'baseDir' | 'systemCertificates'>): Promise<Outcome<TlsContexts>> {
  const place = { baseDir, systemCertificates };
  const { ca, minVersion } = options;
  const toProxy = { ...(ca ? { ca } : {}), ...(minVersion ? { minVersion } : {}) };
  const target = url.startsWith('wss:') ? await loadTlsMaterial(options, place) : null;
  if (target && !target.ok) return target;
  const forProxy = proxy?.kind === 'https' ? await loadTlsMaterial(toProxy, place) : null;
  if (forProxy && !forProxy.ok) return forProxy;
  return success({ target: target?.value ?? null, proxy: forProxy?.value ?? null });
}

/** Where relative paths start, and whether the operating system's store counts. */
interface Place {
  readonly baseDir: string | null;
  readonly systemCertificates: boolean;
}

/** Reads the files a profile names and makes the context of its TLS connections; a failure names the key and the file. */
async function loadTlsMaterial(options: TlsOptions, place: Place): Promise<Outcome<tls.SecureContext>> {
  try {
    return success(await createContext(options, place));
  } catch (error) {
    if (error instanceof ProbeError) return failed('tls', 'input', error.message, error.code);
    throw error;
  }
}

async function createContext(options: TlsOptions, { baseDir, systemCertificates }: Place): Promise<tls.SecureContext> {
  const context: tls.SecureContextOptions = {};
  const ca = await Promise.all((options.ca ?? []).map((item) => readAuthority(item, baseDir)));
  const trusted =
    ca.length > 0 ? [...(await defaultAuthorities(systemCertificates)), ...ca] : systemAuthorities(systemCertificates);
  if (trusted) context.ca = trusted;
  const cert = await readOptional('tls.cert', options.cert, baseDir);
  const key = await readOptional('tls.key', options.key, baseDir);
  const pfx = await readOptional('tls.pfx', options.pfx, baseDir);
  if (cert) context.cert = cert;
  if (key) context.key = key;
  if (pfx) context.pfx = pfx;
  if (options.passphrase !== undefined) context.passphrase = options.passphrase;
  if (options.minVersion !== undefined) context.minVersion = options.minVersion;
  if (Object.keys(context).length === 0) return defaultContext();
  try {
    return tls.createSecureContext(context);
  } catch (error) {
    throw unusable(blameMaterial(options, { cert, key, pfx }, error as Error), error);
  }
}

function unusable(message: string, cause: unknown): ProbeError {
  return new ProbeError('profile.invalid-certificate', message, { cause });
}

let cachedContext: tls.SecureContext | null = null;

function defaultContext(): tls.SecureContext {
  cachedContext ??= tls.createSecureContext();
  return cachedContext;
}

function readOptional(key: string, value: string | undefined, baseDir: string | null): Promise<Buffer | undefined> {
  return value === undefined ? Promise.resolve(undefined) : readMaterial(key, value, baseDir);
}

/** A certificate in PEM or DER. TLS itself says nothing of a file without one, and trusts nobody for it. */
async function readAuthority(value: string, baseDir: string | null): Promise<string | Buffer> {
  const bytes = await readMaterial('tls.ca', value, baseDir);
  try {
    const first = new X509Certificate(bytes);
    return isPemText(bytes.toString('latin1')) ? bytes : first.toString();
  } catch (error) {
    throw unusable(`${nameOf('tls.ca', value)} holds no certificate in PEM or DER.`, error);
  }
}

async function readMaterial(key: string, value: string, baseDir: string | null): Promise<Buffer> {
  if (isPemText(value)) return Buffer.from(value);
  const path = baseDir === null ? resolve(value) : resolve(baseDir, value);
  const bytes = await readBounded(path).catch((error: NodeJS.ErrnoException) => {
    throw new ProbeError('profile.unreadable-file', `\`${key}\`: cannot read ${value} (${error.code ?? 'error'}).`, {
      hint: 'Paths are relative to the folder of the profile.',
      cause: error,
    });
  });
  if (bytes.length <= MAX_FILE_BYTES) return bytes;
  throw new ProbeError('profile.unreadable-file', `\`${key}\`: ${value} is larger than 4 MiB.`);
}

/** No more than a byte above the limit, whatever the file says of its size. */
async function readBounded(path: string): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const parts: Buffer[] = [];
    for await (const part of file.createReadStream({ autoClose: false, end: MAX_FILE_BYTES }))
      parts.push(part as Buffer);
    return Buffer.concat(parts);
  } finally {
    await file.close();
  }
}

/** Node's roots with the system's: `undefined` where Node cannot read the system's store (before 22.15), so that its default holds. */
function systemAuthorities(wanted: boolean): string[] | undefined {
  if (!wanted || typeof tls.getCACertificates !== 'function') return undefined;
  const system = tls.getCACertificates('system');
  const known = new Set(tls.getCACertificates('default'));
  const more = system.filter((pem) => !known.has(pem));
  return more.length === 0 ? undefined : [...known, ...more];
}

/** What is trusted without a profile's `tls.ca`, which adds to it. Before Node 22.15 the extra file is read by ourselves. */
async function defaultAuthorities(system: boolean): Promise<readonly (string | Buffer)[]> {
  if (typeof tls.getCACertificates === 'function') {
    return systemAuthorities(system) ?? tls.getCACertificates('default');
  }
  const extra = process.env['NODE_EXTRA_CA_CERTS'];
  if (!extra) return tls.rootCertificates;
  return [...tls.rootCertificates, await readMaterial('NODE_EXTRA_CA_CERTS', extra, null)];
}
