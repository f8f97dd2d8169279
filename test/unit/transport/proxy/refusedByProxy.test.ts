import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import type { ProxyKind } from '../../../../src/core/base/model.js';
import { makeCertificates } from '../../../../src/core/playground/certificates.js';
import { type ProxyBehaviour } from '../../../support/proxyOptions.js';
import { phasesOf, ThroughProxy } from './throughProxy.js';

const KINDS: readonly ProxyKind[] = ['http', 'https', 'socks4', 'socks4a', 'socks5'];
const PASSWORD = 'pässword-7f3a';

describe('a probe that its proxy refuses', () => {
  const through = new ThroughProxy();
  let url: string;
  before(async () => {
    await through.start();
    url = `${through.playground.tls.good}/echo`;
  });
  after(() => through.stop());
  afterEach(() => through.stopProxies());

  const STOPPED = ['proxy failed', 'tls not-reached', 'upgrade not-reached', 'close not-reached'];

  const REFUSALS: readonly (readonly [kind: ProxyKind, refuse: number, code: string, message: string])[] = [
    ['http', 403, '403', '403 Forbidden'],
    ['https', 502, '502', '502 Bad Gateway'],
    ['http', 407, '407', '407 Proxy Authentication Required'],
    ['socks5', 2, 'not-allowed', 'The SOCKS proxy answered 2: connection not allowed by ruleset.'],
    ['socks4', 92, 'ident-required', 'The SOCKS proxy answered 92: request rejected: no identd reached on the client.'],
    ['socks4a', 91, 'rejected', 'The SOCKS proxy answered 91: request rejected or failed.'],
  ];
  for (const [kind, refuse, code, message] of REFUSALS) {
    it(`${kind} answers ${refuse}: the report says so, and nothing goes on`, async () => {
      const proxy = await through.proxy({ kind, refuse });
      const report = await through.probe(url, proxy.route());
      assert.equal(report.verdict, 'down');
      assert.deepEqual(report.error, { phase: 'proxy', code, message });
      assert.deepEqual(phasesOf(report).slice(2), STOPPED);
      assert.equal(report.proxy?.status, refuse);
      assert.equal(report.proxy.body === null, !kind.startsWith('http'));
      assert.match(report.proxy.body?.text ?? '<h1>', /^<h1>/);
      assert.deepEqual([report.tls, report.request, report.response], [null, null, null]);
      assert.equal(proxy.requests.length, 1);
      await proxy.idle();
    });
  }

  it('tells where the proxy could not reach the target', async () => {
    const gone = net.createServer().listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const { port } = gone.address() as { port: number };
    gone.close();
    for (const [kind, code] of [
      ['http', '502'],
      ['socks5', 'connection-refused'],
      ['socks4', 'rejected'],
    ] as const) {
      const proxy = await through.proxy({ kind });
      const report = await through.probe(`ws://127.0.0.1:${port}/`, proxy.route());
      assert.deepEqual([report.error?.phase, report.error?.code], ['proxy', code]);
    }
  });

  it('tells where the proxy itself cannot be reached', async () => {
    const proxy = await through.proxy({ kind: 'socks5' });
    await through.stopProxies();
    const report = await through.probe(url, proxy.route());
    assert.deepEqual([report.error?.phase, report.error?.code], ['tcp', 'ECONNREFUSED']);
    assert.match(report.error?.message ?? '', new RegExp(`127.0.0.1:${proxy.port}`));
    assert.equal(report.proxy?.status, null);
  });

  for (const kind of KINDS) {
    it(`${kind}: wrong credentials are asked once, and told to nobody`, async () => {
      const proxy = await through.proxy({ kind, auth: { username: 'alice', password: 'another' } });
      const socks4 = kind === 'socks4' || kind === 'socks4a';
      const route = proxy.route(socks4 ? { username: PASSWORD } : { username: 'alice', password: PASSWORD });
      const report = await through.probe(url, route, { secrets: [PASSWORD] });
      assert.equal(report.error?.phase, 'proxy');
      assert.equal(report.error.code, kind === 'socks5' ? 'auth-refused' : socks4 ? 'ident-mismatch' : '407');
      assert.equal(proxy.requests.length, 1);
      const basic = Buffer.from(`alice:${PASSWORD}`).toString('base64');
      const text = JSON.stringify(report);
      for (const secret of [PASSWORD, basic, encodeURIComponent(PASSWORD)]) assert.ok(!text.includes(secret), text);
      await proxy.idle();
    });
  }

  it('takes credentials out of what the proxy says back', async () => {
    const echo = net.createServer((socket) => {
      socket.once('data', (chunk) => {
        const [, value = ''] = /Proxy-Authorization: (.*)\r\n/.exec(chunk.toString('latin1')) ?? [];
        const [, both = ''] = value.split(' ');
        const body = `${value} is ${Buffer.from(both, 'base64').toString()}`;
        socket.end(`HTTP/1.1 407 No ${value}\r\nX-Echo: ${value}\r\nX-Plain: ${both}\r\n\r\n${body}`);
      });
    });
    echo.listen(0, '127.0.0.1');
    await once(echo, 'listening');
    const { port } = echo.address() as { port: number };
    const { route } = await through.proxy({ kind: 'http' });
    const basic = Buffer.from(`alice:${PASSWORD}`).toString('base64');
    for (const [credentials, secret] of [
      [{ username: 'alice', password: PASSWORD }, PASSWORD],
      [{ authorization: 'Bearer token-7f3a' }, 'token-7f3a'],
    ] as const) {
      const report = await through.probe(url, route({ port, ...credentials }), { secrets: [secret] });
      assert.equal(report.proxy?.status, 407);
      assert.match(report.proxy.body?.text ?? '', /\[redacted\]/);
      const text = JSON.stringify(report);
      for (const each of [secret, basic]) assert.ok(!text.includes(each), text);
    }
    echo.close();
  });

  const BEHAVIOURS: readonly (readonly [ProxyBehaviour, http: string, socks: string])[] = [
    ['rubbish', 'proxy.not-http', 'malformed'],
    ['midway', 'proxy.end', 'proxy.end'],
    ['close', 'proxy.end', 'proxy.end'],
    ['reset', 'ECONNRESET', 'ECONNRESET'],
    ['silence', 'proxy.timeout', 'proxy.timeout'],
    ['endless-headers', 'proxy.headers-too-large', 'malformed'],
    ['drip', 'proxy.timeout', 'malformed'],
  ];
  for (const kind of KINDS) {
    for (const [behaviour, http, socks] of BEHAVIOURS) {
      it(`${kind}: ${behaviour} ends in a clear failure, and leaves nothing behind`, async () => {
        const proxy = await through.proxy({ kind, behaviour });
        const waits = behaviour === 'silence' || behaviour === 'drip';
        const report = await through.probe(url, proxy.route(), { timeouts: { connectMs: waits ? 400 : 5_000 } });
        assert.deepEqual([report.error?.phase, report.error?.code], ['proxy', kind.startsWith('http') ? http : socks]);
        assert.deepEqual(phasesOf(report).slice(2), STOPPED);
        await proxy.idle();
      });
    }
  }

  describe('over TLS with the proxy', () => {
    it('refuses a certificate that is not right, unless told not to', async () => {
      const { expired } = await makeCertificates();
      const proxy = await through.proxy({ kind: 'https', tls: { cert: expired.certPem, key: expired.keyPem } });
      const report = await through.probe(url, proxy.route());
      assert.deepEqual(report.error, {
        phase: 'proxy',
        code: 'CERT_HAS_EXPIRED',
        message: 'certificate has expired',
      });
      assert.deepEqual(phasesOf(report).slice(2), STOPPED);
      assert.equal(report.proxy?.tls?.authorized, false);
      assert.equal(report.proxy.tls.chain[0]?.subject, 'CN=localhost');
      assert.equal(report.tls, null);
      assert.equal(proxy.requests.length, 0);
      await proxy.idle();
      const trusting = await through.probe(url, proxy.route({ rejectUnauthorized: false }));
      assert.equal(trusting.error, null);
      assert.equal(trusting.proxy?.tls?.authorizationError, 'CERT_HAS_EXPIRED');
      assert.equal(trusting.tls?.authorized, true);
    });

    it('judges the certificates of proxy and target each by its own', async () => {
      const proxy = await through.proxy({ kind: 'https' });
      const report = await through.probe(`${through.playground.tls.expired}/echo`, proxy.route());
      assert.deepEqual([report.error?.phase, report.error?.code], ['tls', 'CERT_HAS_EXPIRED']);
      assert.equal(report.proxy?.tls?.authorized, true);
      assert.equal(report.tls?.authorized, false);
      await proxy.idle();
    });

    it('tells a proxy that speaks no TLS', async () => {
      const proxy = await through.proxy({ kind: 'http' });
      const report = await through.probe(url, proxy.route({ kind: 'https' }));
      assert.equal(report.error?.phase, 'proxy');
      assert.match(report.error.message, /wrong version number/);
    });

    it('hears a proxy that wants a certificate of the client, which is meant for targets only', async () => {
      const proxy = await through.proxy({ kind: 'https' });
      const { port } = new URL(through.playground.tls.clientCertificate);
      const { certPem, keyPem } = through.playground.client;
      const tls = { ca: [through.playground.caPem], cert: certPem, key: keyPem };
      const report = await through.probe(url, proxy.route({ port: Number(port) }), { tls });
      assert.deepEqual(
        [report.error?.phase, report.error?.code],
        ['proxy', 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'],
      );
    });

    it('gives up where the proxy never answers the hello', async () => {
      const silent = net.createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
      await once(silent, 'listening');
      const { port } = silent.address() as { port: number };
      const { route } = await through.proxy({ kind: 'https' });
      const report = await through.probe(url, route({ port }), { timeouts: { connectMs: 300 } });
      assert.deepEqual(report.error, {
        phase: 'proxy',
        code: 'proxy.timeout',
        message: 'No TLS handshake with the proxy within 300 ms.',
      });
      silent.close();
    });

    it('says which of the two legs of TLS was cut', async () => {
      const proxy = await through.proxy({ kind: 'https' });
      const address = through.playground.tcp['accept-then-fin'];
      const report = await through.probe(`wss://${address}/`, proxy.route());
      assert.equal(report.error?.phase, 'tls');
      await proxy.idle();
    });
  });

  it('leads to no metadata service, by address or by name', async () => {
    for (const host of ['169.254.169.254', 'metadata.google.internal', '[fd00:ec2::254]', '0xa9fea9fe']) {
      const proxy = await through.proxy({ kind: 'http' });
      const report = await through.probe(`ws://${host}/latest/meta-data`, proxy.route());
      assert.deepEqual([report.error?.phase, report.error?.code], ['proxy', 'proxy.guard']);
      assert.equal(proxy.requests.length, 0);
      await proxy.idle();
    }
  });

  it('guards the address of the proxy itself', async () => {
    const { route } = await through.proxy({ kind: 'http' });
    const report = await through.probe(url, route({ host: '169.254.169.254' }));
    assert.deepEqual([report.error?.phase, report.error?.code], ['dns', 'dns.guard']);
  });
});
