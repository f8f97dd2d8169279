import { createPrivateKey, createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { isIP } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseAddress } from '../../base/address.js';
import { openPrivateFile } from '../../base/regularFile.js';
import { makeCertificate, pemOf } from '../../base/x509.js';

const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 365;
const LEAF_DAYS = 30;
const NAME = 'wsprobe tap (this machine)';
const LOCAL = {
  dnsNames: ['localhost'],
  addresses: [Uint8Array.of(127, 0, 0, 1), new Uint8Array(16).fill(1, 15)],
};

/** An authority of this machine alone, that vouches for this machine's own names. */
export interface Authority {
  readonly certPem: string;
  /** Where its certificate lies, for whoever is to trust it. */
  readonly path: string;
  /** It was made just now. */
  readonly isNew: boolean;
  readonly keyPem: string;
}

/** The folder of the authority: of this user alone. */
export function authorityFolder(env: NodeJS.ProcessEnv = process.env): string {
  const base =
    process.platform === 'win32'
      ? (env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'))
      : (env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'));
  return join(base, 'wsprobe', 'tap-authority');
}

/** The authority that is kept in a folder, made where there is none or it ends within a day. Rejects as the system does. */
export async function openAuthority(folder: string): Promise<Authority> {
  const path = join(folder, 'authority.pem');
  const keyPath = join(folder, 'authority-key.pem');
  const [certPem, keyPem] = await Promise.all([path, keyPath].map((file) => readFile(file, 'utf8').catch(() => '')));
  if (certPem && keyPem && isGood(certPem, keyPem)) return { certPem, keyPem, path, isNew: false };
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const made = {
    certPem: pemOf(
      makeCertificate({
        subject: NAME,
        issuer: NAME,
        ...validity(AUTHORITY_DAYS),
        publicKey: keys.publicKey,
        signer: keys,
        usage: 'authority',
        dnsNames: [],
        addresses: [],
        permitted: LOCAL,
      }),
    ),
    keyPem: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await write(keyPath, made.keyPem);
  await write(path, `${made.certPem}\n`);
  return { ...made, path, isNew: true };
}

/** Forgets the authority: nothing that it signed can be made again. False where there was none. */
export async function removeAuthority(folder: string): Promise<boolean> {
  const was = await readFile(join(folder, 'authority.pem')).catch(() => null);
  await rm(folder, { recursive: true, force: true });
  return was !== null;
}

/** A certificate for this machine's own names and the one that is listened on, its key in memory alone. */
export function issueLeaf(authority: Authority, host: string): { readonly cert: string; readonly key: string } {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const address = parseAddress(host);
  const isLocal = LOCAL.addresses.some((known) => address && Buffer.compare(known, address) === 0);
  const own =
    isIP(host) !== 0
      ? { dnsNames: [], addresses: address && !isLocal ? [address] : [] }
      : { dnsNames: host === 'localhost' ? [] : [host], addresses: [] };
  const privateKey = createPrivateKey(authority.keyPem);
  const der = makeCertificate({
    subject: 'localhost',
    issuer: NAME,
    ...validity(LEAF_DAYS),
    publicKey: keys.publicKey,
    signer: { privateKey, publicKey: createPublicKey(privateKey) },
    usage: 'server',
    dnsNames: [...LOCAL.dnsNames, ...own.dnsNames],
    addresses: [...LOCAL.addresses, ...own.addresses],
  });
  return { cert: pemOf(der), key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

/** How a client comes to trust it, in words and commands. */
export function howToTrust(path: string): string {
  return [
    `Clients must trust ${path}:`,
    `  Node            NODE_EXTRA_CA_CERTS=${path} node app.js`,
    `  curl            --cacert ${path}`,
    `  wsprobe         --ca ${path}`,
    '  Chrome, Firefox Settings, Certificates, Authorities, Import',
    `  Debian, Ubuntu  sudo cp ${path} /usr/local/share/ca-certificates/wsprobe-tap.crt && sudo update-ca-certificates`,
    `  macOS           security add-trusted-cert -k ~/Library/Keychains/login.keychain-db ${path}`,
    `  Windows         certutil -user -addstore Root ${path}`,
    'It vouches for localhost, 127.0.0.1 and ::1 alone; wsprobe tap --remove-authority forgets it.',
  ].join('\n');
}

function isGood(certPem: string, keyPem: string): boolean {
  try {
    const certificate = new X509Certificate(certPem);
    return (
      Date.parse(certificate.validTo) > Date.now() + DAY_MS && certificate.checkPrivateKey(createPrivateKey(keyPem))
    );
  } catch {
    return false;
  }
}

function validity(days: number): { readonly notBefore: Date; readonly notAfter: Date } {
  return { notBefore: new Date(Date.now() - DAY_MS), notAfter: new Date(Date.now() + days * DAY_MS) };
}

async function write(path: string, text: string): Promise<void> {
  await rm(path, { force: true });
  const handle = await openPrivateFile(path, 'wx');
  try {
    await handle.writeFile(text);
  } finally {
    await handle.close();
  }
}
