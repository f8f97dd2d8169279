import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import type { ProxyKind } from '../../../../src/core/base/model.js';
import { renderReport } from '../../../../src/cli/render/report.js';
import { createStyle } from '../../../../src/cli/render/style.js';
import { phasesOf, ThroughProxy } from './throughProxy.js';

const KINDS: readonly ProxyKind[] = ['http', 'https', 'socks4', 'socks4a', 'socks5'];
const ECHO = { message: { send: 'hello', expect: 'echo', samples: 2 } } as const;

describe('a probe through a proxy', () => {
  const through = new ThroughProxy();
  before(() => through.start());
  after(() => through.stop());
  afterEach(() => through.stopProxies());

  for (const kind of KINDS) {
    for (const secure of [false, true]) {
      it(`${kind} to ${secure ? 'wss' : 'ws'}: every phase has its own time, in order`, async () => {
        const proxy = await through.proxy({ kind });
        const { tls, ws } = through.playground;
        const report = await through.probe(`${secure ? tls.good : ws}/echo`, proxy.route(), ECHO);
        assert.equal(report.error, null);
        assert.equal(report.verdict, 'healthy');
        assert.deepEqual(phasesOf(report), [
          'dns skipped',
          'tcp ok',
          'proxy ok',
          ...(secure ? ['tls ok'] : []),
          'upgrade ok',
          'message ok',
          'close ok',
        ]);
        let endMs = 0;
        for (const phase of report.phases.filter(({ name }) => name !== 'message')) {
          assert.ok(phase.startMs >= endMs - 0.001, `${phase.name} begins at ${phase.startMs}, before ${endMs}`);
          endMs = phase.startMs + phase.durationMs;
        }
        const phase = report.phases.find(({ name }) => name === 'proxy');
        const { requestSentMs, firstByteMs, responseCompleteMs, ...rest } = phase?.detail ?? {};
        assert.deepEqual(rest, { kind, source: 'profile' });
        const stamps = [phase?.startMs, requestSentMs, firstByteMs, responseCompleteMs].map(Number);
        assert.deepEqual(
          stamps.toSorted((a, b) => a - b),
          stamps,
        );
        assert.equal(report.attempts[0]?.port, proxy.port);
        assert.equal(report.proxy?.kind, kind);
        assert.equal(report.proxy.url, proxy.url);
        assert.equal(report.proxy.status, kind.startsWith('http') ? 200 : kind === 'socks5' ? 0 : 90);
        assert.equal(report.proxy.tls?.alpn ?? null, kind === 'https' ? 'http/1.1' : null);
        assert.equal(report.tls === null, !secure);
        const url = new URL(report.url);
        assert.deepEqual(
          proxy.requests.map(({ host, port }) => [host, port]),
          [[url.hostname, Number(url.port)]],
        );
        await proxy.idle();
      });
    }
  }

  it('tells all of a CONNECT', async () => {
    const proxy = await through.proxy({ kind: 'http', auth: { username: 'alice', password: 'secret' } });
    const route = proxy.route({ username: 'alice', password: 'secret', source: 'HTTPS_PROXY' });
    const report = await through.probe(`${through.playground.ws}/echo`, route);
    const target = report.url.slice('ws://'.length, -'/echo'.length);
    assert.deepEqual(report.proxy, {
      url: proxy.url,
      kind: 'http',
      source: 'HTTPS_PROXY',
      status: 200,
      reason: 'Connection established',
      headers: [['Via', '1.1 test']],
      request: {
        httpVersion: '1.1',
        method: 'CONNECT',
        target,
        headers: [
          ['Host', target],
          ['Proxy-Authorization', 'Basic [redacted]'],
        ],
      },
      body: null,
      tls: null,
    });
  });

  for (const kind of ['http', 'https', 'socks4a', 'socks5'] as const) {
    it(`${kind}: the proxy resolves the name, nobody does here`, async () => {
      const proxy = await through.proxy({ kind, resolve: { 'backend.test': '127.0.0.1' } });
      const url = `${through.playground.tls.good.replace('127.0.0.1', 'backend.test')}/echo`;
      const tls = { ca: [through.playground.caPem], serverName: 'localhost' };
      const report = await through.probe(url, proxy.route(), { tls });
      assert.equal(report.error, null);
      assert.equal(proxy.requests[0]?.host, 'backend.test');
      assert.deepEqual(report.phases[0]?.detail, { addresses: ['127.0.0.1'] });
      const { detail } = report.phases.find(({ name }) => name === 'proxy') ?? {};
      assert.equal(detail?.['unchecked'], 'backend.test');
      const text = renderReport(report, createStyle({ width: 120, unicode: true, colour: false })).join('\n');
      assert.match(text, /the proxy looks backend\.test up: where it leads could not be checked/);
    });
  }

  it('goes through the proxies of the playground', async () => {
    const proxy = await through.proxy({ kind: 'http' });
    const { proxies, tls } = through.playground;
    for (const [name, credentials] of [
      ['connect', {}],
      ['connect-basic', { username: 'user', password: 'pass' }],
      ['socks5', {}],
    ] as const) {
      const kind = name === 'socks5' ? 'socks5' : 'http';
      const route = proxy.route({ kind, port: Number(new URL(proxies[name]).port), ...credentials });
      const report = await through.probe(`${tls.good}/echo`, route, ECHO);
      assert.equal(report.error, null, name);
    }
  });

  it('resolves the name of the proxy itself in the dns phase', async () => {
    const proxy = await through.proxy({ kind: 'http' });
    const report = await through.probe(`${through.playground.ws}/echo`, proxy.route({ host: 'localhost' }));
    assert.equal(report.error, null);
    assert.equal(phasesOf(report)[0], 'dns ok');
    assert.equal(report.proxy?.url, `http://localhost:${proxy.port}`);
  });

  for (const kind of KINDS) {
    it(`${kind}: an IPv6 target`, async () => {
      const target = net.createServer().listen(0, '::1');
      await once(target, 'listening');
      const { port } = target.address() as { port: number };
      const asked = new Promise((resolve) => target.once('connection', (socket) => socket.once('data', resolve)));
      const proxy = await through.proxy({ kind });
      const abort = new AbortController();
      const probing = through.probe(`ws://[::1]:${port}/`, proxy.route(), {}, { signal: abort.signal });
      if (kind === 'socks4') {
        const report = await probing;
        assert.equal(report.error?.message, 'SOCKS 4 carries no IPv6 addresses: use socks5://.');
      } else {
        await asked;
        abort.abort();
        assert.equal((await probing).error?.phase, 'upgrade');
        assert.deepEqual(
          proxy.requests.map(({ host }) => host),
          ['::1'],
        );
      }
      target.close();
    });
  }

  for (const kind of ['http', 'https', 'socks5'] as const) {
    for (const door of ['h2', 'h2c', 'h2-plain'] as const) {
      it(`${kind} to ${door}: HTTP/2 within the tunnel, or the way back to 1.1`, async () => {
        const proxy = await through.proxy({ kind });
        const http = door === 'h2-plain' ? 'auto' : '2';
        const url = `${through.playground.http2[door]}/echo`;
        const report = await through.probe(url, proxy.route(), { http, ...ECHO });
        assert.equal(report.error, null);
        assert.equal(report.response?.httpVersion, door === 'h2-plain' ? '1.1' : '2');
        assert.equal(proxy.requests.length, door === 'h2-plain' ? 2 : 1);
        // Where the proxy was asked twice, the times are those of the tunnel that is used.
        const { startMs, detail } = report.phases.find(({ name }) => name === 'proxy') ?? {};
        assert.ok(Number(detail?.['requestSentMs']) >= Number(startMs));
        assert.equal(report.proxy?.kind, kind);
        await proxy.idle();
      });
    }
  }

  describe('to a target that speaks at once', () => {
    const cases = [
      ['ws', 'SSH-2.0-OpenSSH_9.6\r\n', 'upgrade', /The server answered with SSH/],
      ['ws', 'HTTP/1.1 101 Switching Protocols\r\n\r\n', 'upgrade', /answered before the request was sent/],
      ['wss', 'SSH-2.0-OpenSSH_9.6\r\n', 'tls', /wrong version number/],
    ] as const;
    for (const kind of KINDS) {
      for (const [scheme, greeting, phase, message] of cases) {
        it(`${kind}: ${scheme} hears ${JSON.stringify(greeting.slice(0, 8))} in the packet of the proxy's answer`, async () => {
          const proxy = await through.proxy({ kind, behind: Buffer.from(greeting) });
          const { port } = new URL(through.playground.ws);
          const report = await through.probe(`${scheme}://127.0.0.1:${port}/echo`, proxy.route());
          assert.equal(report.error?.phase, phase);
          assert.match(report.error.message, message);
          assert.equal(report.phases.find(({ name }) => name === 'proxy')?.status, 'ok');
          await proxy.idle();
        });
      }
    }
  });
});
