import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Credential, makeCertificates } from '../../../src/core/playground/certificates.js';
import { makeCertificate } from '../../../src/core/base/x509.js';

const DAY_MS = 86_400_000;

/**
 * A private authority (`ca.pem`) and what it signed, as files: `<name>.pem` (the chain), `<name>.key`, `<name>.both` (both
 * in one). `inspector` is another authority: that of a proxy which opens TLS.
 */
export interface Pki {
  readonly folder: string;
  /** The path of a file. */
  path(name: string): string;
}

let made: Promise<Pki> | null = null;

/** Made once a process, and gone with it. */
export function makePki(): Promise<Pki> {
  made ??= writePki();
  return made;
}

async function writePki(): Promise<Pki> {
  const { caPem, ...servers } = await makeCertificates();
  const credentials = { ...servers, inspector: makeAuthority() };
  const folder = mkdtempSync(join(process.env['WSPROBE_PEERS_FOLDER'] ?? tmpdir(), 'pki-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755);
  const path = (name: string) => join(folder, name);
  writeFileSync(path('ca.pem'), caPem);
  for (const [name, { certPem, keyPem }] of Object.entries(credentials)) {
    writeFileSync(path(`${name}.pem`), certPem);
    writeFileSync(path(`${name}.key`), keyPem);
    writeFileSync(path(`${name}.both`), `${certPem}\n${keyPem}`);
  }
  return { folder, path };
}

function makeAuthority(): Credential {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const der = makeCertificate({
    subject: 'wsprobe inspecting proxy CA',
    issuer: 'wsprobe inspecting proxy CA',
    notBefore: new Date(Date.now() - DAY_MS),
    notAfter: new Date(Date.now() + 30 * DAY_MS),
    publicKey: keys.publicKey,
    signer: keys,
    usage: 'authority',
    dnsNames: [],
    addresses: [],
  });
  return {
    certPem: new X509Certificate(der).toString(),
    keyPem: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
