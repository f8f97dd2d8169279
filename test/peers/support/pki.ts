import { KeyObject, webcrypto } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
// @peculiar/x509 asks for this before it is loaded itself.
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { type Credential, makeCertificates } from '../../../src/core/playground/certificates.js';

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
  const [{ caPem, ...servers }, inspector] = await Promise.all([makeCertificates(), makeAuthority()]);
  const credentials = { ...servers, inspector };
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

async function makeAuthority(): Promise<Credential> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=wsprobe inspecting proxy CA',
    notBefore: new Date(Date.now() - 86_400_000),
    notAfter: new Date(Date.now() + 30 * 86_400_000),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return {
    certPem: certificate.toString('pem'),
    keyPem: KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
