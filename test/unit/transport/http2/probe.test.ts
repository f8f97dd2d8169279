import assert from 'node:assert/strict';
import type { Phase, Report } from '../../../../src/core/base/model.js';
import { type Playground, startPlayground } from '../../../../src/core/playground/index.js';
import { runProbe } from '../../../../src/core/probe/runProbe.js';
import type { MessageCheck } from '../../../../src/core/base/plan.js';
import { data, headers, Http2Peer, takesConnect } from '../../../support/http2Frames.js';
import { planFor } from '../../../support/plan.js';
import { startProxy } from '../../../support/proxyServer.js';
import { assertMatchesSchema } from '../../../support/reportSchema.js';

type Overrides = Parameters<typeof planFor>[1];

const ECHO: MessageCheck = { send: { text: 'hello' }, expect: 'echo', samples: 3 };

describe('a probe over HTTP/2', () => {
  let playground: Playground;
  before(async () => {
    playground = await startPlayground({ port: 0 });
  });
  after(() => playground.stop());

  const probe = async (url: string, overrides: Overrides = {}): Promise<Report> => {
    const report = await runProbe(planFor(url, { http: '2', tls: { ca: [playground.caPem] }, ...overrides }));
    assertMatchesSchema(report);
    return report;
  };
  const over2 = (path: string, overrides: Overrides = {}) => probe(`${playground.http2.h2c}${path}`, overrides);
  const over1 = (path: string, overrides: Overrides = {}) =>
    probe(`${playground.ws}${path}`, { http: '1.1', ...overrides });

  for (const door of ['h2', 'h2c'] as const) {
    it(`opens, echoes, pings and closes through ${door}`, async () => {
      const report = await probe(`${playground.http2[door]}/echo`, { message: ECHO, expect: { httpVersion: '2' } });
      assert.equal(report.verdict, 'healthy', JSON.stringify(report.findings));
      assert.deepEqual(
        [report.request?.httpVersion, report.request?.method, report.response?.httpVersion, report.response?.status],
        ['2', 'CONNECT', '2', 200],
      );
      assert.equal(report.accept, null);
      assert.deepEqual(report.http2, {
        streamId: 1,
        enableConnectProtocol: true,
        maxConcurrentStreams: null,
        initialWindowSize: 65_535,
        shared: false,
        goaway: null,
        reset: null,
      });
      assert.equal(report.roundTrips?.samplesMs.length, 3);
      const { code, clean, initiator } = report.close ?? {};
      assert.deepEqual([code, clean, initiator], [1000, true, 'client']);
      assert.equal(report.tls?.alpn ?? null, door === 'h2' ? 'h2' : null);
    });
  }

  it('tells when the settings came, the request left, the answer began and was complete', async () => {
    const { phases } = await probe(`${playground.http2.h2}/echo`);
    const upgrade = phaseOf(phases, 'upgrade');
    const { httpVersion, settingsMs, requestSentMs, firstByteMs, responseCompleteMs } = upgrade.detail;
    assert.equal(httpVersion, '2');
    const times = [upgrade.startMs, settingsMs, requestSentMs, firstByteMs, responseCompleteMs].map(Number);
    assert.deepEqual(
      times,
      [...times].sort((a, b) => a - b),
    );
    assert.equal(times.at(-1), Math.round((upgrade.startMs + upgrade.durationMs) * 1000) / 1000);
  });

  it('asks with pseudo-header fields and without those of HTTP/1.1', async () => {
    const overrides = {
      headers: [
        ['X-Mine', '1'],
        ['x-mine', '2'],
        ['Connection', 'keep-alive'],
        ['Keep-Alive', 'timeout=5'],
        ['TE', 'gzip'],
        ['Host', 'another.example'],
      ] as const,
      origin: 'https://app.example.com',
      cookies: { a: 'b' },
    } satisfies Overrides;
    const report = await over2('/headers?x=%20', overrides);
    const asked = report.request?.headers ?? [];
    assert.deepEqual(asked.slice(0, 5), [
      [':method', 'CONNECT'],
      [':protocol', 'websocket'],
      [':scheme', 'http'],
      [':path', '/headers?x=%20'],
      [':authority', 'another.example'],
    ]);
    const names = new Set(asked.map(([name]) => name));
    for (const name of ['connection', 'upgrade', 'host', 'keep-alive', 'te', 'sec-websocket-key']) {
      assert.ok(!names.has(name), name);
    }
    const arrived = JSON.parse(report.frames.find(({ opcode }) => opcode === 1)?.text ?? '[]') as [string, string][];
    const found = (name: string) => arrived.filter(([each]) => each === name).map(([, value]) => value);
    assert.deepEqual(found('x-mine'), ['1', '2']);
    assert.deepEqual(found('origin'), ['https://app.example.com']);
    assert.deepEqual(found('cookie'), ['a=b']);
    assert.deepEqual(found('sec-websocket-version'), ['13']);
    assert.deepEqual(found('Host'), ['another.example']);
  });

  it('judges subprotocols and extensions as over HTTP/1.1', async () => {
    const subprotocols = ['graphql-transport-ws', 'chat'];
    const paths = [
      '/subprotocol/first',
      '/subprotocol/none',
      '/subprotocol/other',
      '/subprotocol/case',
      '/subprotocol/several',
      '/subprotocol/unrequested',
      '/extension/unrequested',
      '/extension/unknown',
      '/extension/bad-parameter',
      '/extension/duplicate',
      '/extension/window-bits',
      '/auth/bearer',
      '/origin',
      '/status/403',
      '/status/404?kind=express',
      '/status/503',
      '/redirect',
      '/close/1000',
      '/close/4401?reason=no',
      '/close-empty',
      '/fin',
      '/bad-utf8',
      '/masked',
      '/bad-opcode',
      '/rsv',
      '/orphan-continuation',
    ];
    const compare = async (path: string) => {
      const overrides = {
        subprotocols: path.includes('unrequested') ? [] : subprotocols,
        // Most end by the server's doing.
        expect: { holdMs: 2_000 },
      };
      const [one, two] = await Promise.all([over1(path, overrides), over2(path, overrides)]);
      const told = ({ verdict, findings, subprotocol, compression, close, error }: Report) => ({
        verdict,
        ids: findings.map(({ id }) => id),
        subprotocol,
        compression,
        close: close && [close.code, close.reason, close.initiator, close.clean],
        error: error && [error.code, error.phase],
      });
      assert.deepEqual(told(two), told(one), path);
      const expected = one.response?.status === 101 ? 200 : one.response?.status;
      assert.equal(two.response?.status, expected, path);
      assert.equal(two.response?.body.text, one.response?.body.text, path);
    };
    await Promise.all(paths.map(compare));
  });

  it('ignores what a server sends of HTTP/1.1: its own accept', async () => {
    const report = await over2('/accept/wrong');
    assert.equal(report.verdict, 'healthy');
  });

  it('sees the same frames as over HTTP/1.1, compressed with context takeover', async () => {
    const message = { ...ECHO, send: { text: 'the same words again and again and again' } };
    for (const compression of [true, false]) {
      const [one, two] = [
        await over1('/echo', { message, compression }),
        await over2('/echo', { message, compression }),
      ];
      const bare = (report: Report) => report.frames.map(({ atMs: _atMs, ...frame }) => frame);
      assert.equal(two.compression.enabled, compression);
      assert.deepEqual(bare(two), bare(one));
    }
  });

  it('reads a reset as a reset, and names it', async () => {
    const { findings, http2, close } = await over2('/rst', { expect: { holdMs: 2_000 } });
    assert.equal(findings[0]?.id, 'close.reset');
    assert.equal(http2?.reset, 'CANCEL');
    assert.deepEqual([close?.code, close?.initiator], [1006, 'network']);
  });

  it('falls back to HTTP/1.1 on a connection of its own where HTTP/2 takes no WebSocket', async () => {
    const report = await probe(`${playground.http2['h2-plain']}/echo`, { http: 'auto', message: ECHO });
    assert.deepEqual([report.response?.httpVersion, report.response?.status], ['1.1', 101]);
    assert.equal(report.http2?.enableConnectProtocol, false);
    assert.equal(report.tls?.alpn, 'http/1.1');
    assert.equal(report.attempts.length, 2);
    assert.equal(phaseOf(report.phases, 'upgrade').detail['httpVersion'], undefined);
    assert.equal(report.findings[0]?.id, 'http2.downgraded');
  });

  it('takes HTTP/1.1 where ALPN selects it, and HTTP/2 where both can', async () => {
    const [one, two] = [
      await probe(`${playground.wss}/echo`, { http: 'auto' }),
      await probe(`${playground.http2.h2}/echo`, { http: 'auto' }),
    ];
    assert.deepEqual([one.response?.httpVersion, one.tls?.alpn, one.http2], ['1.1', 'http/1.1', undefined]);
    assert.deepEqual([two.response?.httpVersion, two.tls?.alpn], ['2', 'h2']);
    const plain = await probe(`${playground.ws}/echo`, { http: 'auto' });
    assert.equal(plain.response?.httpVersion, '1.1');
  });

  it('is strict where HTTP/2 alone was asked for', async () => {
    for (const url of [playground.wss, playground.http2['h2-plain'], playground.tls.alpnH2, playground.ws]) {
      const { error, verdict, response } = await probe(`${url}/echo`);
      assert.deepEqual(
        [verdict, error?.code, error?.phase, response],
        ['down', 'http2.not-supported', 'upgrade', null],
      );
    }
  });

  it('holds the version against the expectation', async () => {
    const { expectations } = await over1('/echo', { expect: { httpVersion: '2' } });
    assert.deepEqual(expectations[0], { name: 'HTTP version is 2', passed: false, expected: '2', actual: '1.1' });
  });

  it('goes through proxies', async () => {
    for (const name of ['connect', 'connect-basic', 'socks5'] as const) {
      const { hostname, port } = new URL(playground.proxies[name]);
      const report = await probe(`${playground.http2.h2}/echo`, {
        message: ECHO,
        proxy: {
          kind: name === 'socks5' ? 'socks5' : 'http',
          host: hostname,
          port: Number(port),
          username: name === 'connect-basic' ? 'user' : null,
          password: name === 'connect-basic' ? 'pass' : null,
          authorization: null,
          rejectUnauthorized: true,
          source: 'profile',
        },
      });
      assert.equal(report.verdict, 'healthy', name);
      assert.equal(report.response?.httpVersion, '2');
      assert.deepEqual(
        report.phases.map(({ name: phase, status }) => `${phase} ${status}`),
        ['dns skipped', 'tcp ok', 'proxy ok', 'tls ok', 'upgrade ok', 'message ok', 'close ok'],
      );
    }
  });

  it('reads SETTINGS that came with the answer of a proxy', async () => {
    const peer = await Http2Peer.start(async (connection) => {
      const id = await connection.request();
      connection.send(headers(id, [[':status', '200']]), data(id, Buffer.from('880203e8', 'hex')));
    });
    const proxy = await startProxy({ kind: 'http', behind: takesConnect });
    const report = await probe(peer.url, { proxy: proxy.route(), expect: { holdMs: 2_000 } });
    assert.equal(report.close?.code, 1000);
    await proxy.stop();
    await peer.stop();
  });

  it('leaves no connection behind', async () => {
    for (let turn = 0; playground.openSockets > 0 && turn < 1_000; turn++) await new Promise(setImmediate);
    assert.equal(playground.openSockets, 0);
  });
});

function phaseOf(phases: readonly Phase[], name: string): Phase {
  const found = phases.find((phase) => phase.name === name);
  assert.ok(found, name);
  return found;
}
