import { KeyObject, webcrypto } from 'node:crypto';
// @peculiar/x509 asks for this before it is loaded itself.
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';

export interface Credential {
  /** The chain as it is sent: leaf first. */
  readonly certPem: string;
  readonly keyPem: string;
}

export interface Certificates {
  readonly caPem: string;
  readonly good: Credential;
  readonly expired: Credential;
  readonly notYetValid: Credential;
  readonly expiresSoon: Credential;
  readonly selfSigned: Credential;
  readonly wrongName: Credential;
  readonly missingIntermediate: Credential;
  /** For clients. */
  readonly client: Credential;
  /** What an intercepting proxy shows: the right names, signed by an authority of its own. */
  readonly intercepted: Credential;
}

const DAY_MS = 86_400_000;
const REUSE_MS = 3_600_000;
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const LOCAL_NAMES = [
  { type: 'dns', value: 'localhost' },
  { type: 'ip', value: '127.0.0.1' },
  { type: 'ip', value: '::1' },
] as const;

interface Issued {
  readonly certificate: x509.X509Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
}

interface Order {
  readonly name: string;
  readonly fromDays?: number;
  readonly toDays?: number;
  readonly names?: readonly { readonly type: 'dns' | 'ip'; readonly value: string }[];
  readonly usage?: 'server' | 'client' | 'authority';
  /** Self-signed without one. */
  readonly issuer?: Issued;
}

let made: { readonly atMs: number; readonly certificates: Promise<Certificates> } | null = null;

/** All certificates of the playground, made in parallel (ECDSA P-256) and kept for an hour of this process. */
export function makeCertificates(): Promise<Certificates> {
  if (made === null || Date.now() - made.atMs > REUSE_MS) made = { atMs: Date.now(), certificates: issueAll() };
  return made.certificates;
}

async function issueAll(): Promise<Certificates> {
  const authority = await issue({ name: 'wsprobe playground CA', fromDays: -400, toDays: 400, usage: 'authority' });
  const caPem = authority.certificate.toString('pem');
  const server = async (order: Partial<Order> = {}, chain = [caPem]): Promise<Credential> =>
    credential(await issue({ name: 'localhost', names: LOCAL_NAMES, issuer: authority, ...order }), chain);
  const [good, expired, notYetValid, expiresSoon, selfSigned, wrongName, missingIntermediate, client, intercepted] =
    await Promise.all([
      server(),
      server({ fromDays: -40, toDays: -10 }),
      server({ fromDays: 10, toDays: 100 }),
      // Half a day more, so that "5 days left" holds for the whole run.
      server({ fromDays: -85, toDays: 5.5 }),
      issue({ name: 'localhost', names: LOCAL_NAMES }).then((issued) => credential(issued, [])),
      server({ name: 'example.com', names: [{ type: 'dns', value: 'example.com' }] }),
      issue({ name: 'wsprobe playground intermediate CA', usage: 'authority', issuer: authority }).then((issuer) =>
        server({ issuer }, []),
      ),
      issue({ name: 'playground client', usage: 'client', issuer: authority }).then((issued) => credential(issued, [])),
      issue({ name: 'wsprobe playground intercepting proxy CA', toDays: 400, usage: 'authority' }).then((issuer) =>
        server({ issuer }, [issuer.certificate.toString('pem')]),
      ),
    ]);
  return {
    caPem,
    good,
    expired,
    notYetValid,
    expiresSoon,
    selfSigned,
    wrongName,
    missingIntermediate,
    client,
    intercepted,
  };
}

async function issue(order: Order): Promise<Issued> {
  const { usage = 'server', issuer } = order;
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const isAuthority = usage === 'authority';
  const signer = issuer?.keys ?? keys;
  const subject = `CN=${order.name}`;
  const parameters: Parameters<typeof x509.X509CertificateGenerator.create>[0] = {
    subject,
    issuer: issuer?.certificate.subject ?? subject,
    notBefore: new Date(Date.now() + (order.fromDays ?? -1) * DAY_MS),
    notAfter: new Date(Date.now() + (order.toDays ?? 90) * DAY_MS),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey: signer.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(isAuthority, undefined, true),
      new x509.KeyUsagesExtension(
        isAuthority ? x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign : x509.KeyUsageFlags.digitalSignature,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(signer.publicKey),
      ...(isAuthority
        ? []
        : [
            new x509.ExtendedKeyUsageExtension([
              usage === 'client' ? x509.ExtendedKeyUsage.clientAuth : x509.ExtendedKeyUsage.serverAuth,
            ]),
          ]),
      ...(order.names === undefined ? [] : [new x509.SubjectAlternativeNameExtension([...order.names])]),
    ],
  };
  return { certificate: await x509.X509CertificateGenerator.create(parameters), keys };
}

function credential(issued: Issued, chain: readonly string[]): Credential {
  return {
    certPem: [issued.certificate.toString('pem'), ...chain].join('\n'),
    keyPem: KeyObject.from(issued.keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
