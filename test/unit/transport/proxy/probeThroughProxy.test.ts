import assert from 'node:assert/strict';
import type { PhaseName, ProxyKind, Report } from '../../../../src/core/model.js';
import { type Playground, startPlayground } from '../../../../src/core/playground/index.js';
import { runProbe } from '../../../../src/core/probe/runProbe.js';
import { planFor } from '../../../support/plan.js';
import { type ProxyOptions, startProxy, type TestProxy } from '../../../support/proxyServer.js';
import { assertMatchesSchema } from '../../../support/reportSchema.js';

const KINDS: readonly ProxyKind[] = ['http', 'https', 'socks4', 'socks4a', 'socks5'];
const PASSWORD = 'pässword-7f3a';

describe('a probe through a proxy', () => {
  let playground: Playground;
  let proxy: TestProxy;
  before(async () => {
    playground = await startPlayground({ port: 0 });
  });
  after(() => playground.stop());
  afterEach(() => proxy.stop());

  /** `127.0.0.1` in the URL of the playground becomes `host`. */
  const probe = async (
    options: ProxyOptions,
    {
      secure = false,
      host = '127.0.0.1',
      ...overrides
    }: { secure?: boolean; host?: string } & Parameters<typeof planFor>[1] = {},
    route: Parameters<TestProxy['route']>[0] = {},
  ): Promise<Report> => {
    proxy = await startProxy(options);
    const base = (secure ? playground.tls.good : playground.ws).replace('127.0.0.1', host);
    const report = await runProbe(
      planFor(`${base}/echo`, {
        proxyChoice: 'named',
        proxy: proxy.route(route),
        tls: { ca: [playground.caPem] },
        message: { send: 'hello', expect: 'echo', samples: 2 },
        secrets: [PASSWORD],
        ...overrides,
      }),
    );
    assertMatchesSchema(report);
    return report;
  };

  const phasesOf = (report: Report, ...names: PhaseName[]) =>
    report.phases.filter(({ name }) => names.includes(name)).map(({ name, status }) => `${name} ${status}`);

  for (const kind of KINDS) {
    for (const secure of [false, true]) {
      it(`${kind} to ${secure ? 'wss' : 'ws'}: every phase has its own time, in order`, async () => {
        const report = await probe({ kind }, { secure });
        assert.equal(report.error, null);
        assert.equal(report.verdict, 'healthy');
        assert.deepEqual(phasesOf(report, 'dns', 'tcp', 'proxy', 'tls', 'upgrade', 'message', 'close'), [
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
        const detail = phase?.detail ?? {};
        const stamps = [phase?.startMs, detail['requestSentMs'], detail['firstByteMs'], detail['responseCompleteMs']];
        assert.deepEqual(
          stamps.toSorted((a, b) => Number(a) - Number(b)),
          stamps,
        );
        assert.equal(report.proxy?.kind, kind);
        assert.equal(report.proxy.url, proxy.url);
        assert.equal(report.proxy.status, kind.startsWith('http') ? 200 : kind === 'socks5' ? 0 : 90);
        await proxy.idle();
      });
    }
  }

  for (const expected of [undefined, 403]) {
    it(`a proxy's 403 ends the probe where the server's status is expected to be ${expected ?? 'anything'}`, async () => {
      const report = await probe(
        { kind: 'http', refuse: 403 },
        expected === undefined ? {} : { expect: { status: 403 } },
      );
      assert.deepEqual([report.verdict, report.error?.phase, report.proxy?.status], ['down', 'proxy', 403]);
      assert.deepEqual(phasesOf(report, 'proxy', 'upgrade'), ['proxy failed', 'upgrade not-reached']);
    });
  }
});
