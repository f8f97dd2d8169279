import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { FindingId } from '../../../src/core/diagnosis/findingIds.js';
import { runProbe } from '../../../src/core/probe/runProbe.js';
import {
  type CertificateOrder,
  FOR_CLIENTS,
  LOCAL,
  type MadeCertificate,
  makeCertificate,
  onlyUnder,
  patchSignature,
} from '../../support/certificates.js';
import { systemNetwork } from '../../../src/core/transport/network.js';
import { planFor } from '../../support/plan.js';
import { startTlsServer } from '../../support/tlsServer.js';
import type { Way } from './waysThere.js';

const DAY_MS = 86_400_000;

/** What a server shows: its certificate, what it sends behind it, and whom the probe trusts. */
interface Shown {
  readonly leaf: MadeCertificate;
  readonly chain?: readonly MadeCertificate[];
  readonly root: MadeCertificate;
  readonly certPem?: string;
}

const authority = (order: Partial<CertificateOrder> = {}) =>
  makeCertificate({ name: [{ CN: ['Root'] }], authority: true, ...order });
const signed = (issuer: MadeCertificate, order: Partial<CertificateOrder> = {}) =>
  makeCertificate({ name: [{ CN: ['leaf'] }], altNames: LOCAL, issuer, ...order });

/** Below a root: one more authority, made so, that signs the certificate of the server. */
async function belowMiddle(order: Partial<CertificateOrder>): Promise<Shown> {
  const root = await authority();
  const middle = await authority({ name: [{ CN: ['Middle'] }], issuer: root, ...order });
  return { leaf: await signed(middle), chain: [middle], root };
}

async function belowRoot(order: Partial<CertificateOrder>, rootOrder: Partial<CertificateOrder> = {}): Promise<Shown> {
  const root = await authority(rootOrder);
  return { leaf: await signed(root, order), root };
}

async function tooDeep(): Promise<Shown> {
  const root = await authority();
  const limited = await authority({ name: [{ CN: ['Limited'] }], issuer: root, pathLength: 0 });
  const deeper = await authority({ name: [{ CN: ['Deeper'] }], issuer: limited });
  return { leaf: await signed(deeper), chain: [deeper, limited], root };
}

async function otherRoot(order: Partial<CertificateOrder>): Promise<Shown> {
  const shown = await belowMiddle({});
  return { ...shown, chain: [], root: await authority(order) };
}

async function changed(): Promise<Shown> {
  const shown = await belowRoot({});
  return { ...shown, certPem: patchSignature(shown.leaf.certPem) };
}

const CERTIFICATES: readonly (readonly [headline: FindingId, title: RegExp, make: () => Promise<Shown>])[] = [
  [
    'tls.wrong-purpose',
    /not for servers: it may be used for clientAuth alone/,
    () => belowRoot({ extensions: FOR_CLIENTS }),
  ],
  [
    'tls.invalid-authority',
    /^CN=Middle signed the certificate and is no authority/,
    () => belowMiddle({ authority: false }),
  ],
  ['tls.invalid-authority', /path length/, tooDeep],
  ['tls.name-constraints', /may not sign for the names/, () => belowMiddle({ extensions: [onlyUnder('example.com')] })],
  ['tls.weak-certificate', /SHA-1/, () => belowRoot({ kind: 'sha1' }, { kind: 'sha1' })],
  ['tls.bad-signature', /signature in the chain is wrong/, changed],
  [
    'tls.expired',
    /^CN=Middle, which signed for the server, expired 3 days ago/,
    () => belowMiddle({ notBefore: new Date(Date.now() - 9 * DAY_MS), notAfter: new Date(Date.now() - 3.5 * DAY_MS) }),
  ],
  [
    'tls.not-yet-valid',
    /^The certificate is not valid before 20/,
    () => belowRoot({ notBefore: new Date(Date.now() + 2 * DAY_MS) }),
  ],
  [
    'tls.name-mismatch',
    /names 127\.0\.0\.1 as a DNS name/,
    () => belowRoot({ altNames: [{ type: 'dns', value: '127.0.0.1' }] }),
  ],
  ['tls.name-mismatch', /only a common name/, () => belowRoot({ name: [{ CN: ['127.0.0.1'] }], altNames: [] })],
  [
    'tls.name-mismatch',
    /not for the address 127\.0\.0\.1/,
    () => belowRoot({ altNames: [{ type: 'dns', value: 'a.test' }] }),
  ],
  [
    'tls.incomplete-chain',
    /signed by CN=Middle, whose certificate neither the server sends nor "ca" holds/,
    () => otherRoot({}),
  ],
];

/** Accepted here, and by nobody else: Node takes a common name. */
const namedByCommonName: Way = [
  'tls.common-name-only',
  'a certificate without other names',
  async () => {
    const root = await authority();
    const leaf = await signed(root, { name: [{ CN: ['localhost'] }], altNames: [] });
    const server = await startTlsServer({ cert: leaf.certPem, key: leaf.keyPem });
    const url = server.url.replace('127.0.0.1', 'localhost');
    const lookup = () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
    const plan = planFor(url, { tls: { ca: [root.certPem] } });
    const report = await runProbe(plan, { network: { ...systemNetwork, lookup } });
    await server.stop();
    return report;
  },
];

/** The alerts that servers refuse a hello with (RFC 8446 6.2), as they stand on the wire. */
const ALERTS: readonly (readonly [headline: FindingId, title: RegExp, name: string, code: number])[] = [
  ['tls.unrecognized-name', /an address was asked for/, 'unrecognized_name', 112],
  ['tls.no-shared-cipher', /no cipher in common/, 'handshake_failure', 40],
  ['tls.no-shared-cipher', /no cipher in common/, 'insufficient_security', 71],
  ['tls.version', /no TLS version in common/, 'protocol_version', 70],
  ['tls.client-certificate-required', /this profile has none/, 'certificate_required', 116],
  ['tls.client-certificate-required', /this profile has none/, 'bad_certificate', 42],
  ['tls.client-certificate-required', /this profile has none/, 'unknown_ca', 48],
  ['tls.alpn', /does not speak HTTP\/1\.1/, 'no_application_protocol', 120],
  ['tls.closed', /with the alert "internal error"/, 'internal_error', 80],
  ['tls.closed', /with the alert "decode error"/, 'decode_error', 50],
];

/** Faults of certificates, and alerts, each of a server that really shows it. */
export const TLS_FAULTS: readonly Way[] = [
  namedByCommonName,
  ...CERTIFICATES.map(
    ([headline, title, make]): Way => [
      headline,
      `a certificate: ${title.source}`,
      async () => {
        const { leaf, chain = [], root, certPem = leaf.certPem } = await make();
        const server = await startTlsServer({
          cert: [certPem, ...chain.map((other) => other.certPem)].join('\n'),
          key: leaf.keyPem,
          ciphers: 'DEFAULT@SECLEVEL=0',
        });
        const report = await runProbe(planFor(server.url, { tls: { ca: [root.certPem] } }));
        await server.stop();
        assert.match(report.findings[0]?.title ?? '', title, JSON.stringify(report.error));
        return report;
      },
    ],
  ),
  ...ALERTS.map(
    ([headline, title, name, code]): Way => [
      headline,
      `the alert ${name}`,
      async () => {
        const alert = Uint8Array.of(0x15, 0x03, 0x03, 0x00, 0x02, 0x02, code);
        const server = createServer((socket) => socket.on('error', () => {}).once('data', () => socket.end(alert)));
        server.listen(0, '127.0.0.1');
        await once(server, 'listening');
        const report = await runProbe(planFor(`wss://127.0.0.1:${(server.address() as AddressInfo).port}/`));
        server.close();
        assert.match(report.findings[0]?.title ?? '', title, JSON.stringify(report.error));
        return report;
      },
    ],
  ),
];
