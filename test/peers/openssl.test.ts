import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { findProgram } from '../../scripts/software.mjs';
import type { TlsOptions } from '../../src/core/base/plan.js';
import { LOCAL, type MadeCertificate, makeCertificate } from '../support/certificates.js';
import { type Case, describePeer, runRow } from './support/cases.js';
import { softwareOf } from './support/peer.js';

const PASSPHRASE = 'open sesame';
const YEAR_MS = 365 * 86_400_000;

/** Who comes to a server that takes only clients of one authority. */
interface Credentials {
  readonly authority: MadeCertificate;
  readonly server: MadeCertificate;
  readonly known: MadeCertificate;
  readonly stranger: MadeCertificate;
  readonly expired: MadeCertificate;
}

async function makeCredentials(): Promise<Credentials> {
  const authority = await makeCertificate({ name: [{ CN: ['client authority'] }], authority: true });
  const [server, known, stranger, expired] = await Promise.all([
    makeCertificate({ name: [{ CN: ['server'] }], altNames: LOCAL, issuer: authority }),
    makeCertificate({ name: [{ CN: ['known'] }], issuer: authority }),
    makeCertificate({ name: [{ CN: ['stranger'] }] }),
    makeCertificate({
      name: [{ CN: ['expired'] }],
      issuer: authority,
      notBefore: new Date(Date.now() - 2 * YEAR_MS),
      notAfter: new Date(Date.now() - YEAR_MS),
    }),
  ]);
  return { authority, server, known, stranger, expired };
}

const REQUIRED = 'tls.client-certificate-required @ tls';
const REFUSED = 'tls.client-certificate-refused @ tls';

/** What each client is told. OpenSSL's server has no WebSocket: who is let in gets its page. */
const ROWS: readonly (readonly [
  version: 'tls1_2' | 'tls1_3',
  who: keyof Credentials | 'nobody' | 'pfx',
  row: Pick<Case, 'findings' | 'phase' | 'shows'>,
])[] = [
  ['tls1_2', 'known', { phase: 'upgrade', findings: ['upgrade.not-websocket @ application'] }],
  ['tls1_3', 'known', { phase: 'upgrade', findings: ['upgrade.not-websocket @ application'] }],
  ['tls1_2', 'pfx', { phase: 'upgrade', findings: ['upgrade.not-websocket @ application'] }],
  ['tls1_3', 'pfx', { phase: 'upgrade', findings: ['upgrade.not-websocket @ application'] }],
  ['tls1_2', 'nobody', { phase: 'tls', findings: ['tls.no-shared-cipher @ tls'], shows: ['client certificate'] }],
  ['tls1_3', 'nobody', { phase: 'tls', findings: [REQUIRED] }],
  ['tls1_2', 'stranger', { phase: 'tls', findings: [REFUSED] }],
  ['tls1_3', 'stranger', { phase: 'tls', findings: [REFUSED] }],
  ['tls1_2', 'expired', { phase: 'tls', findings: [REFUSED], shows: ['expired'] }],
  ['tls1_3', 'expired', { phase: 'tls', findings: [REFUSED], shows: ['expired'] }],
];

describe('client certificates, judged by OpenSSL', () => {
  let credentials: Credentials;
  before(async () => {
    credentials = await makeCredentials();
  });
  for (const version of ['tls1_2', 'tls1_3'] as const) {
    describePeer(
      version,
      () => ({
        software: 'openssl',
        ports: ['tls'],
        files: {
          'ca.pem': credentials.authority.certPem,
          'server.pem': credentials.server.certPem,
          'server.key': credentials.server.keyPem,
        },
        args: (fill) => {
          const own = '-cert server.pem -key server.key -CAfile ca.pem';
          return fill(
            `s_server -accept 127.0.0.1:{{tls}} ${own} -Verify 1 -verify_return_error -${version} -www`,
          ).split(' ');
        },
      }),
      'openssl',
      (scene) => {
        for (const [ofVersion, who, row] of ROWS) {
          if (ofVersion !== version) continue;
          it(`${who}: ${row.findings.join(', ')}`, async () => {
            const { folder } = scene().peer;
            const own =
              who === 'pfx' ? pfxOf(credentials.known, folder) : who === 'nobody' ? {} : pemOf(credentials[who]);
            const tls = { ca: [credentials.authority.certPem], ...own };
            await runRow(scene(), { url: 'wss://{tls}/', plan: { tls }, ...row });
          });
        }
      },
    );
  }
});

function pemOf(made: MadeCertificate): TlsOptions {
  return { cert: made.certPem, key: made.encryptedKeyPem(PASSPHRASE), passphrase: PASSPHRASE };
}

/** Exported by OpenSSL, as people do it. */
function pfxOf({ certPem, keyPem }: MadeCertificate, folder: string): TlsOptions {
  const path = (name: string) => join(folder, name);
  writeFileSync(path('client.pem'), `${certPem}\n${keyPem}`, { mode: 0o600 });
  const args = ['pkcs12', '-export', '-in', path('client.pem'), '-out', path('client.pfx')];
  execFileSync(findProgram(softwareOf('openssl')) ?? 'openssl', [...args, '-passout', `pass:${PASSPHRASE}`]);
  return { pfx: path('client.pfx'), passphrase: PASSPHRASE };
}
