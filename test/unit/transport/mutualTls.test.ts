import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TlsOptions as ServerOptions } from 'node:tls';
import type { Report } from '../../../src/core/base/model.js';
import { type Playground, startPlayground } from '../../../src/core/playground/index.js';
import { exitCodeOf } from '../../../src/core/text/exitCode.js';
import { runProbe } from '../../../src/core/probe/runProbe.js';
import type { TlsOptions } from '../../../src/core/base/plan.js';
import { resolveText } from '../../../src/core/profile/resolve.js';
import { LOCAL, type MadeCertificate, makeCertificate } from '../../support/certificates.js';
import { planFor } from '../../support/plan.js';
import { assertMatchesSchema } from '../../support/reportSchema.js';
import { startTlsServer, type TlsServer } from '../../support/tlsServer.js';

const FIXTURES = join('test', 'unit', 'transport', 'fixtures');
/** Opens the fixtures' PFX. */
const PFX_PASSPHRASE = 'open-the-pfx';
const PASSPHRASE = 'canary-passphrase-4f1d';

describe('mutual TLS', () => {
  let folder: string;
  let authority: MadeCertificate;
  let server: MadeCertificate;
  let client: MadeCertificate;
  let stranger: MadeCertificate;
  let running: TlsServer | null = null;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'wsprobe-tls-'));
    authority = await makeCertificate({ name: [{ CN: ['test authority'] }], authority: true });
    [server, client, stranger] = await Promise.all([
      makeCertificate({ name: [{ CN: ['server'] }], altNames: LOCAL, issuer: authority }),
      makeCertificate({ name: [{ CN: ['known client'] }], issuer: authority }),
      makeCertificate({ name: [{ CN: ['stranger'] }] }),
    ]);
    const files = {
      'ca.pem': authority.certPem,
      'ca.der': Buffer.from(authority.certificate.rawData),
      'client.pem': client.certPem,
      'client.key': client.keyPem,
      'encrypted.key': client.encryptedKeyPem(PASSPHRASE),
      'other.key': stranger.keyPem,
      'rubbish.pem': 'This is no certificate.\n',
      'client.pfx': readFileSync(join(FIXTURES, 'client.pfx')),
      'legacy.pfx': readFileSync(join(FIXTURES, 'client-legacy.pfx')),
      'huge.pem': Buffer.alloc(4 * 1024 * 1024 + 1),
    };
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  afterEach(async () => {
    await running?.stop();
    running = null;
  });

  const start = async (options: ServerOptions = {}): Promise<TlsServer> => {
    running = await startTlsServer({ cert: server.certPem, key: server.keyPem, ...options });
    return running;
  };
  /** A server that takes only clients of the test authority, or of the PFX. */
  const startStrict = (options: ServerOptions = {}) => {
    const ca = [authority.certPem, readFileSync(join(FIXTURES, 'client-of-pfx.pem'), 'utf8')];
    return start({ requestCert: true, rejectUnauthorized: true, ca, ...options });
  };
  const probe = async (tls: TlsOptions, url = running?.url ?? '', overrides: Parameters<typeof planFor>[1] = {}) => {
    const report = await runProbe(planFor(url, { ...overrides, tls: { ca: ['ca.pem'], ...tls }, baseDir: folder }));
    assertMatchesSchema(report);
    return report;
  };
  const ids = (report: Report) => report.findings.map(({ id }) => id);

  it('opens with a certificate and an encrypted key, the passphrase by reference', async () => {
    const { clients, url } = await startStrict();
    const text = JSON.stringify({
      url,
      tls: { ca: ['./ca.pem'], cert: './client.pem', key: './encrypted.key', passphrase: '${secret:client-key}' },
    });
    const { plan, problems } = resolveText(text, { env: {}, secrets: { 'client-key': PASSPHRASE }, baseDir: folder });
    assert.ok(plan, JSON.stringify(problems));
    const report = await runProbe({ ...plan, expect: { ...plan.expect, holdMs: 20 } });
    assert.equal(report.verdict, 'healthy', JSON.stringify(report.error));
    assert.equal(clients[0]?.name, 'known client');
    assertKeepsSecrets(report, client);
  });

  it('opens with a certificate and key written into the profile, and repeats neither', async () => {
    const { clients, url } = await startStrict();
    const tls = { ca: [authority.certPem], cert: client.certPem, key: client.keyPem };
    const { plan } = resolveText(JSON.stringify({ url, tls }), { env: {}, secrets: {}, baseDir: null });
    assert.ok(plan);
    assert.ok(plan.secrets.includes(client.keyPem));
    const report = await runProbe({ ...plan, expect: { ...plan.expect, holdMs: 20 } });
    assert.equal(report.verdict, 'healthy', JSON.stringify(report.error));
    assert.equal(clients[0]?.name, 'known client');
    assertKeepsSecrets(report, client);
  });

  it('opens with a PFX', async () => {
    const { clients } = await startStrict();
    const report = await probe({ pfx: 'client.pfx', passphrase: PFX_PASSPHRASE });
    assert.equal(report.verdict, 'healthy', JSON.stringify(report.error));
    assert.equal(clients[0]?.name, 'pfx client');
    assert.ok(!JSON.stringify(report).includes(PFX_PASSPHRASE));
  });

  it('trusts the profile’s authority beside the roots, in PEM and in DER', async () => {
    await start();
    for (const ca of ['ca.pem', 'ca.der', authority.certPem]) {
      const report = await probe({ ca: [ca] });
      assert.equal(report.verdict, 'healthy', JSON.stringify(report.error));
      assert.equal(report.tls?.authorized, true);
    }
    const report = await probe({ ca: [stranger.certPem] });
    assert.equal(report.tls?.authorized, false);
    assert.equal(report.error?.phase, 'tls');
  });

  it('asks for another name with serverName, and checks the certificate against it', async () => {
    const inner = await makeCertificate({
      name: [{ CN: ['inner'] }],
      altNames: [{ type: 'dns', value: 'inner.example' }],
      issuer: authority,
    });
    const { clients } = await start({ cert: inner.certPem, key: inner.keyPem });
    assert.equal((await probe({})).findings[0]?.id, 'tls.name-mismatch');
    assert.equal((await probe({ serverName: 'inner.example' })).verdict, 'healthy');
    assert.equal(clients.at(-1)?.serverName, 'inner.example');
  });

  it('speaks no version below minVersion', async () => {
    await start({ maxVersion: 'TLSv1.2' });
    assert.equal((await probe({ minVersion: 'TLSv1.2' })).tls?.protocol, 'TLSv1.2');
    const report = await probe({ minVersion: 'TLSv1.3' });
    assert.equal(report.findings[0]?.id, 'tls.version');
    assert.equal(report.error?.phase, 'tls');
    assert.match(JSON.stringify(report.findings[0]), /at least TLSv1\.3/);
  });

  it('opens without a certificate where one is asked for and none is needed', async () => {
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const { clients } = await start({ requestCert: true, rejectUnauthorized: false, maxVersion });
      assert.equal((await probe({})).verdict, 'healthy', maxVersion);
      assert.equal(clients[0]?.name, null);
      await running?.stop();
    }
    running = null;
  });

  it('says that a certificate is wanted, over TLS 1.3, where the alert comes after the handshake', async () => {
    await startStrict({ minVersion: 'TLSv1.3' });
    const report = await probe({});
    assert.deepEqual(ids(report), ['tls.client-certificate-required']);
    assert.equal(report.error?.phase, 'tls');
    assert.equal(report.phases.find(({ name }) => name === 'tls')?.status, 'failed');
    assert.equal(report.phases.find(({ name }) => name === 'upgrade')?.status, 'not-reached');
  });

  it('says that a certificate may be wanted, over TLS 1.2, whose alert says no more', async () => {
    await startStrict({ maxVersion: 'TLSv1.2' });
    const report = await probe({});
    assert.equal(report.error?.phase, 'tls');
    assert.deepEqual(ids(report), ['tls.no-shared-cipher']);
    assert.match(report.findings[0]?.explanation ?? '', /missing client certificate/);
  });

  describe('material that cannot be used', () => {
    const CASES: readonly (readonly [name: string, tls: TlsOptions, code: string, message: string])[] = [
      [
        'a wrong passphrase',
        { cert: 'client.pem', key: 'encrypted.key', passphrase: 'wrong-canary' },
        'profile.invalid-certificate',
        '`tls.passphrase` does not open `tls.key` (encrypted.key).',
      ],
      [
        'no passphrase',
        { cert: 'client.pem', key: 'encrypted.key' },
        'profile.invalid-certificate',
        '`tls.key` (encrypted.key) is encrypted, and there is no `tls.passphrase`.',
      ],
      [
        'a key of another certificate',
        { cert: 'client.pem', key: 'other.key' },
        'profile.invalid-certificate',
        '`tls.key` (other.key) does not belong to `tls.cert` (client.pem).',
      ],
      [
        'a key that is none',
        { cert: 'client.pem', key: 'rubbish.pem' },
        'profile.invalid-certificate',
        '`tls.key` (rubbish.pem) holds no private key in PEM.',
      ],
      [
        'a certificate that is none',
        { cert: 'rubbish.pem', key: 'client.key' },
        'profile.invalid-certificate',
        '`tls.cert` (rubbish.pem) holds no certificate in PEM.',
      ],
      [
        'an authority that is none',
        { ca: ['rubbish.pem'] },
        'profile.invalid-certificate',
        '`tls.ca` (rubbish.pem) holds no certificate in PEM or DER.',
      ],
      [
        'a PFX that is none',
        { pfx: 'rubbish.pem', passphrase: 'wrong-canary' },
        'profile.invalid-certificate',
        '`tls.pfx` (rubbish.pem) is no PKCS #12 with a certificate and its key.',
      ],
      [
        'a PFX with a wrong passphrase',
        { pfx: 'client.pfx', passphrase: 'wrong-canary' },
        'profile.invalid-certificate',
        '`tls.passphrase` does not open `tls.pfx` (client.pfx).',
      ],
      [
        'a PFX without its passphrase',
        { pfx: 'client.pfx' },
        'profile.invalid-certificate',
        '`tls.pfx` (client.pfx) is protected by a passphrase, and there is no `tls.passphrase`.',
      ],
      [
        'a PFX of an older program',
        { pfx: 'legacy.pfx', passphrase: PFX_PASSPHRASE },
        'profile.invalid-certificate',
        '`tls.pfx` (legacy.pfx) is encrypted in a way that is no longer supported: export it anew, with AES.',
      ],
      [
        'a file that is missing',
        { cert: 'client.pem', key: 'gone.key' },
        'profile.unreadable-file',
        '`tls.key`: cannot read gone.key (ENOENT).',
      ],
      ['a folder', { pfx: '.' }, 'profile.unreadable-file', '`tls.pfx`: cannot read . (EISDIR).'],
      ['a file too large', { ca: ['huge.pem'] }, 'profile.unreadable-file', '`tls.ca`: huge.pem is larger than 4 MiB.'],
      [
        'a file without end',
        { ca: ['/dev/zero'] },
        'profile.unreadable-file',
        '`tls.ca`: /dev/zero is no regular file.',
      ],
    ];
    for (const [name, tls, code, message] of CASES) {
      it(name, async function () {
        if (process.platform === 'win32' && name === 'a file without end') this.skip();
        const report = await probe(tls, 'wss://127.0.0.1:1/');
        assert.deepEqual(report.error, { code, message, phase: 'tls' });
        assert.deepEqual(ids(report), [code]);
        assert.deepEqual(report.attempts, []);
        assert.doesNotMatch(JSON.stringify(report), /canary/);
        assertKeepsSecrets(report, client);
      });
    }
  });

  describe('a certificate that expires soon', () => {
    let playground: Playground;
    before(async () => {
      playground = await startPlayground({ port: 0 });
    });
    after(() => playground.stop());

    it('degrades the verdict within the days that the profile expects', async () => {
      const url = `${playground.tls.expiresSoon}/echo`;
      const tls = { ca: [playground.caPem] };
      const soon = await probe(tls, url, { expect: { certificateDaysLeft: 14 } });
      assert.equal(soon.verdict, 'degraded');
      assert.equal(soon.error, null);
      assert.deepEqual(ids(soon), ['tls.expires-soon']);
      assert.equal(exitCodeOf(soon), 0);
      assert.equal(exitCodeOf(soon, { strict: true }), 1);
      assert.equal((await probe(tls, url, { expect: { certificateDaysLeft: 3 } })).verdict, 'healthy');
    });
  });
});

/** Neither the passphrase nor a line of the private key, plain or encrypted, is anywhere in the report. */
function assertKeepsSecrets(report: Report, { keyPem, encryptedKeyPem }: MadeCertificate): void {
  const said = JSON.stringify(report);
  const lines = `${keyPem}\n${encryptedKeyPem(PASSPHRASE)}`.split('\n').filter((line) => /^[\w+/=]{20,}$/.test(line));
  assert.ok(lines.length > 2);
  for (const secret of [PASSPHRASE, ...lines]) assert.ok(!said.includes(secret), secret);
}
