import { createPrivateKey, X509Certificate } from 'node:crypto';
import { isPemText } from '../profile/pemText.js';
import type { TlsOptions } from '../base/plan.js';

/** What was read for the keys of a profile's `tls`. */
export interface ClientMaterial {
  readonly cert?: Buffer | undefined;
  readonly key?: Buffer | undefined;
  readonly pfx?: Buffer | undefined;
}

/**
 * Which key of the profile is to blame for material that TLS refused, in one sentence with the file's name. Found by trying
 * each by itself: the words of OpenSSL and BoringSSL differ, and name neither key nor file.
 */
export function blameMaterial(options: TlsOptions, { cert, key, pfx }: ClientMaterial, refusal: Error): string {
  const { passphrase } = options;
  if (pfx) return blamePfx(nameOf('tls.pfx', options.pfx), passphrase, refusal);
  const certificate = cert && attempt(() => new X509Certificate(cert));
  const privateKey =
    key && attempt(() => createPrivateKey({ key, ...(passphrase === undefined ? {} : { passphrase }) }));
  if (cert && !certificate) return `${nameOf('tls.cert', options.cert)} holds no certificate in PEM.`;
  if (key && !privateKey) return blameKey(nameOf('tls.key', options.key), key, passphrase);
  if (certificate && privateKey && !certificate.checkPrivateKey(privateKey)) {
    return `${nameOf('tls.key', options.key)} does not belong to ${nameOf('tls.cert', options.cert)}.`;
  }
  return `The TLS material cannot be used: ${refusal.message}`;
}

/** `tls.key` with its file; text in the profile itself is not repeated. */
export function nameOf(name: string, value: string | undefined): string {
  return value === undefined || isPemText(value) ? `\`${name}\`` : `\`${name}\` (${value})`;
}

function blameKey(name: string, key: Buffer, passphrase: string | undefined): string {
  if (!/ENCRYPTED/.test(key.toString('latin1'))) return `${name} holds no private key in PEM.`;
  return passphrase === undefined
    ? `${name} is encrypted, and there is no \`tls.passphrase\`.`
    : `\`tls.passphrase\` does not open ${name}.`;
}

function blamePfx(name: string, passphrase: string | undefined, { message }: Error): string {
  if (/mac verify|incorrect.password|bad.decrypt/i.test(message)) {
    return passphrase === undefined
      ? `${name} is protected by a passphrase, and there is no \`tls.passphrase\`.`
      : `\`tls.passphrase\` does not open ${name}.`;
  }
  // RC2 and the like, as older programs wrote it.
  if (/unsupported|unknown.algorithm/i.test(message)) {
    return `${name} is encrypted in a way that is no longer supported: export it anew, with AES.`;
  }
  return `${name} is no PKCS #12 with a certificate and its key.`;
}

function attempt<T>(make: () => T): T | null {
  try {
    return make();
  } catch {
    return null;
  }
}
