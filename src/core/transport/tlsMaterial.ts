import { X509Certificate } from 'node:crypto';
import { resolve } from 'node:path';
import * as tls from 'node:tls';
import { ProbeError } from '../base/errors.js';
import { FileReadError, readRegularFile } from '../base/regularFile.js';
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
export async function loadTlsContexts(
  {
    url,
    tls: options,
    proxy,
    baseDir,
    systemCertificates = true,
  }: Pick<ProbePlan, 'url' | 'tls' | 'proxy' | 'baseDir' | 'systemCertificates'>,
  signal?: AbortSignal,
): Promise<Outcome<TlsContexts>> {
  const place = { baseDir, systemCertificates, signal };
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
  /** Ends the wait for a file. */
  readonly signal?: AbortSignal | undefined;
}

/** Reads the files a profile names and makes the context of its TLS connections; a failure names the key and the file. */
async function loadTlsMaterial(options: TlsOptions, place: Place): Promise<Outcome<tls.SecureContext>> {
  try {
    return success(await createContext(options, place));
  } catch (error) {
    if (error instanceof ProbeError) return failed('tls', 'input', error.message, error.code);
    if (place.signal?.aborted === true) return failed('tls', 'cancelled', 'Cancelled.');
    throw error;
  }
}

async function createContext(options: TlsOptions, place: Place): Promise<tls.SecureContext> {
  const { systemCertificates } = place;
  const context: tls.SecureContextOptions = {};
  const ca = await Promise.all((options.ca ?? []).map((item) => readAuthority(item, place)));
  const trusted =
    ca.length > 0 ? [...(await defaultAuthorities(systemCertificates)), ...ca] : systemAuthorities(systemCertificates);
  if (trusted) context.ca = trusted;
  const cert = await readOptional('tls.cert', options.cert, place);
  const key = await readOptional('tls.key', options.key, place);
  const pfx = await readOptional('tls.pfx', options.pfx, place);
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

function readOptional(key: string, value: string | undefined, place: Place): Promise<Buffer | undefined> {
  return value === undefined ? Promise.resolve(undefined) : readMaterial(key, value, place);
}

/** A certificate in PEM or DER. TLS itself says nothing of a file without one, and trusts nobody for it. */
async function readAuthority(value: string, place: Place): Promise<string | Buffer> {
  const bytes = await readMaterial('tls.ca', value, place);
  try {
    const first = new X509Certificate(bytes);
    return isPemText(bytes.toString('latin1')) ? bytes : first.toString();
  } catch (error) {
    throw unusable(`${nameOf('tls.ca', value)} holds no certificate in PEM or DER.`, error);
  }
}

async function readMaterial(key: string, value: string, place: Pick<Place, 'baseDir' | 'signal'>): Promise<Buffer> {
  if (isPemText(value)) return Buffer.from(value);
  const path = resolve(place.baseDir ?? '.', value);
  const { signal } = place;
  return readRegularFile(path, { maxBytes: MAX_FILE_BYTES, signal }).catch((error: NodeJS.ErrnoException) => {
    if (signal?.aborted === true) throw error;
    const { code = 'error' } = error;
    const why =
      error instanceof FileReadError && code !== 'EISDIR'
        ? `${value} is ${code === 'TOO_LARGE' ? 'larger than 4 MiB' : 'no regular file'}`
        : `cannot read ${value} (${code})`;
    throw new ProbeError('profile.unreadable-file', `\`${key}\`: ${why}.`, {
      hint: 'Paths are relative to the folder of the profile.',
      cause: error,
    });
  });
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
  return [...tls.rootCertificates, await readMaterial('NODE_EXTRA_CA_CERTS', extra, { baseDir: null })];
}
