import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { makeCertificate, pemOf } from '../base/x509.js';

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
/** What is reached as this machine: `localhost`, 127.0.0.1 and ::1. */
const LOCAL_NAMES = {
  dnsNames: ['localhost'],
  addresses: [Uint8Array.of(127, 0, 0, 1), new Uint8Array(16).fill(1, 15)],
};

interface Keys {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

interface Issued {
  readonly name: string;
  readonly pem: string;
  readonly keys: Keys;
}

interface Order {
  readonly name: string;
  readonly fromDays?: number;
  readonly toDays?: number;
  readonly dnsNames?: readonly string[];
  readonly addresses?: readonly Uint8Array[];
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
  const caPem = authority.pem;
  const server = async (order: Partial<Order> = {}, chain = [caPem]): Promise<Credential> =>
    credential(await issue({ name: 'localhost', ...LOCAL_NAMES, issuer: authority, ...order }), chain);
  const [good, expired, notYetValid, expiresSoon, selfSigned, wrongName, missingIntermediate, client, intercepted] =
    await Promise.all([
      server(),
      server({ fromDays: -40, toDays: -10 }),
      server({ fromDays: 10, toDays: 100 }),
      // Half a day more, so that "5 days left" holds for the whole run.
      server({ fromDays: -85, toDays: 5.5 }),
      issue({ name: 'localhost', ...LOCAL_NAMES }).then((issued) => credential(issued, [])),
      server({ name: 'example.com', dnsNames: ['example.com'], addresses: [] }),
      issue({ name: 'wsprobe playground intermediate CA', usage: 'authority', issuer: authority }).then((issuer) =>
        server({ issuer }, []),
      ),
      issue({ name: 'playground client', usage: 'client', issuer: authority }).then((issued) => credential(issued, [])),
      issue({ name: 'wsprobe playground intercepting proxy CA', toDays: 400, usage: 'authority' }).then((issuer) =>
        server({ issuer }, [issuer.pem]),
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

const makeKeys = promisify(generateKeyPair);

async function issue(order: Order): Promise<Issued> {
  const { name, usage = 'server', issuer, dnsNames = [], addresses = [], fromDays = -1, toDays = 90 } = order;
  const keys = await makeKeys('ec', { namedCurve: 'P-256' });
  const der = makeCertificate({
    subject: name,
    issuer: issuer?.name ?? name,
    notBefore: new Date(Date.now() + fromDays * DAY_MS),
    notAfter: new Date(Date.now() + toDays * DAY_MS),
    publicKey: keys.publicKey,
    signer: issuer?.keys ?? keys,
    usage,
    dnsNames,
    addresses,
  });
  return { name, pem: pemOf(der), keys };
}

function credential({ pem, keys }: Issued, chain: readonly string[]): Credential {
  return {
    certPem: [pem, ...chain].join('\n'),
    keyPem: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
