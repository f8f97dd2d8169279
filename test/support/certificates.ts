import { KeyObject, webcrypto } from 'node:crypto';
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;

export interface CertificateOrder {
  /** Attributes of the subject: `[{ CN: ['name'] }]`; any text. */
  readonly name: x509.JsonName;
  readonly altNames?: readonly { readonly type: 'dns' | 'ip' | 'url' | 'email'; readonly value: string }[];
  readonly authority?: boolean;
  /** Self-signed without one. */
  readonly issuer?: MadeCertificate;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** ECDSA P-256 without; `sha1` signs an RSA certificate with SHA-1, `rsa1024` has a key of 1,024 bits. */
  readonly kind?: 'sha1' | 'rsa1024';
  /** How many authorities may stand below this one. */
  readonly pathLength?: number;
  /** Beside those that every certificate has: its uses, constraints of its names. */
  readonly extensions?: readonly x509.Extension[];
}

/** A certificate that only a client may show (`extendedKeyUsage`). */
export const FOR_CLIENTS: readonly x509.Extension[] = [
  new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
];

/** An authority that may sign for names under this one alone (RFC 5280 4.2.1.10). */
export function onlyUnder(domain: string): x509.Extension {
  const name = Buffer.concat([Buffer.from([0x82, domain.length]), Buffer.from(domain, 'latin1')]);
  const wrap = (tag: number, inner: Uint8Array) => Buffer.concat([Buffer.from([tag, inner.length]), inner]);
  return new x509.Extension('2.5.29.30', true, wrap(0x30, wrap(0xa0, wrap(0x30, name))));
}

export interface MadeCertificate {
  readonly certificate: x509.X509Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
  readonly certPem: string;
  readonly keyPem: string;
  /** The key encrypted with a passphrase. */
  readonly encryptedKeyPem: (passphrase: string) => string;
}

export const LOCAL = [
  { type: 'dns', value: 'localhost' },
  { type: 'ip', value: '127.0.0.1' },
] as const;

function algorithmOf(kind: CertificateOrder['kind']) {
  if (kind === undefined) return ALGORITHM;
  return {
    name: 'RSASSA-PKCS1-v1_5',
    hash: kind === 'sha1' ? 'SHA-1' : 'SHA-256',
    modulusLength: kind === 'rsa1024' ? 1_024 : 2_048,
    publicExponent: Uint8Array.of(1, 0, 1),
  };
}

/** A certificate with whatever names, dates and extensions are asked for. */
export async function makeCertificate(order: CertificateOrder): Promise<MadeCertificate> {
  const algorithm = algorithmOf(order.kind);
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const { issuer, altNames, authority = false } = order;
  const signer = issuer?.keys ?? keys;
  const certificate = await x509.X509CertificateGenerator.create({
    subject: order.name,
    issuer: issuer?.certificate.subjectName.toJSON() ?? order.name,
    notBefore: order.notBefore ?? new Date(Date.now() - DAY_MS),
    notAfter: order.notAfter ?? new Date(Date.now() + 90 * DAY_MS),
    signingAlgorithm: issuer ? { ...issuer.keys.privateKey.algorithm, hash: algorithm.hash } : algorithm,
    publicKey: keys.publicKey,
    signingKey: signer.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(authority, order.pathLength, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(signer.publicKey),
      ...(altNames && altNames.length > 0 ? [new x509.SubjectAlternativeNameExtension([...altNames])] : []),
      ...(order.extensions ?? []),
    ],
  });
  const key = KeyObject.from(keys.privateKey);
  return {
    certificate,
    keys,
    certPem: certificate.toString('pem'),
    keyPem: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    encryptedKeyPem: (passphrase) =>
      key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }).toString(),
  };
}

/** The same certificate with some of its bytes replaced: its signature is wrong then, and anything else can be. */
export function patchCertificate(pem: string, from: string, to: string): string {
  if (from.length !== to.length) throw new Error('A patch keeps the length.');
  const der = derOf(pem);
  const at = der.indexOf(from, 0, 'latin1');
  if (at === -1) throw new Error(`The certificate does not hold ${from}.`);
  der.write(to, at, 'latin1');
  return pemOf(der);
}

/** The same certificate with the last byte of its signature changed. */
export function patchSignature(pem: string): string {
  const der = derOf(pem);
  der[der.length - 1]! ^= 1;
  return pemOf(der);
}

function derOf(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
}

function pemOf(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
