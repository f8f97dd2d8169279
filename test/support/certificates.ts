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

/** A certificate (ECDSA P-256) with whatever names and dates are asked for. */
export async function makeCertificate(order: CertificateOrder): Promise<MadeCertificate> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const { issuer, altNames, authority = false } = order;
  const signer = issuer?.keys ?? keys;
  const certificate = await x509.X509CertificateGenerator.create({
    subject: order.name,
    issuer: issuer?.certificate.subjectName.toJSON() ?? order.name,
    notBefore: order.notBefore ?? new Date(Date.now() - DAY_MS),
    notAfter: order.notAfter ?? new Date(Date.now() + 90 * DAY_MS),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey: signer.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(authority, undefined, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(signer.publicKey),
      ...(altNames ? [new x509.SubjectAlternativeNameExtension([...altNames])] : []),
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
  const der = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  const at = der.indexOf(from, 0, 'latin1');
  if (at === -1) throw new Error(`The certificate does not hold ${from}.`);
  der.write(to, at, 'latin1');
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
