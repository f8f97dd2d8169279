import assert from 'node:assert/strict';
import { runCli } from '../../../src/cli/main.js';
import { TraceCollector, valueOf } from '../../support/traceCollector.js';
import { UpgradeServer } from '../../support/upgradeServer.js';
import { fakeIo } from './fakeIo.js';

describe('--otlp', () => {
  const ending: (() => Promise<unknown>)[] = [];
  let collector: TraceCollector;
  let server: UpgradeServer;
  beforeEach(async () => {
    collector = await TraceCollector.start(ending);
    server = await UpgradeServer.start();
    ending.push(() => server.stop());
  });
  afterEach(async () => {
    for (const end of ending.splice(0).toReversed()) await end();
  });

  async function wsprobe(argv: readonly string[], env: Record<string, string> = {}) {
    const io = fakeIo({ env });
    const exitCode = await runCli([...argv, '--hold', '0'], io);
    return { exitCode, err: io.err(), out: io.out() };
  }

  const commands: [argv: string[], traces: number][] = [
    [['probe'], 1],
    [['run', '--repeat', '3'], 3],
    [['watch', '--every', '5ms', '--count', '2', '-q'], 2],
  ];
  for (const [[command = '', ...options], traces] of commands) {
    it(`of ${command} sends a trace of each probe, and traceparent to the server`, async () => {
      const { exitCode, err } = await wsprobe([command, server.url(), ...options, '--otlp', collector.url]);
      assert.equal(err, '');
      assert.equal(exitCode, 0);
      assert.equal(collector.traces.length, traces);
      assert.equal(new Set(collector.traces.map(([root]) => root?.traceId)).size, traces);
      for (const [root] of collector.traces)
        assert.equal(valueOf(root?.attributes ?? [], 'wsprobe.verdict'), 'healthy');
      const joined = server.asked.map(({ headers }) => String(headers['traceparent']).slice(3, 35));
      assert.deepEqual(new Set(joined), new Set(collector.traces.map(([root]) => root?.traceId)));
    });
  }

  it('alone puts traceparent on the request', async () => {
    await wsprobe(['probe', server.url()]);
    assert.equal(server.asked[0]?.headers['traceparent'], undefined);
  });

  it('of a collector that is not there changes no exit code, and says so', async () => {
    const { exitCode, err, out } = await wsprobe(['probe', server.url(), '--json', '--otlp', 'http://127.0.0.1:1']);
    assert.equal(exitCode, 0);
    assert.match(
      err,
      /^wsprobe: A trace could not be delivered to http:\/\/127\.0\.0\.1:1\/v1\/traces: ECONNREFUSED\.$/m,
    );
    assert.match(err, /^wsprobe: One trace was not delivered\.$/m);
    assert.equal((JSON.parse(out) as { verdict: string }).verdict, 'healthy');
  });

  it('sends the headers that OpenTelemetry has its variable for, and never shows them', async () => {
    const OTEL_EXPORTER_OTLP_HEADERS = 'x-api-key=hunter2, authorization=Basic%20aHVudGVyMg';
    await wsprobe(['probe', server.url(), '--otlp', collector.url], { OTEL_EXPORTER_OTLP_HEADERS });
    assert.equal(collector.received[0]?.headers['x-api-key'], 'hunter2');
    assert.equal(collector.received[0]?.headers.authorization, 'Basic aHVudGVyMg');
    for (const broken of ['hunter2', 'a b=hunter2', 'a=hunter2%0d%0ax: y', 'a=hunter2%'])
      assert.deepEqual(
        await wsprobe(['probe', server.url(), '--otlp', collector.url], { OTEL_EXPORTER_OTLP_HEADERS: broken }),
        {
          exitCode: 2,
          err: 'wsprobe: OTEL_EXPORTER_OTLP_HEADERS must be name=value, with commas between\n',
          out: '',
        },
      );
  });

  it('is refused where it is no address of a collector, or nothing would be traced', async () => {
    for (const [argv, message] of [
      [['probe', server.url(), '--otlp', 'localhost:4318'], /--otlp must start with http:\/\/ or https:\/\//],
      [['probe', server.url(), '--otlp', 'http://u:hunter2@h'], /must hold no user or password/],
      [['watch', server.url(), '--held', '--otlp', collector.url], /--otlp wants probes, and --held makes none/],
    ] as const) {
      const { exitCode, err } = await wsprobe(argv);
      assert.equal(exitCode, 2);
      assert.match(err, message);
      assert.doesNotMatch(err, /hunter2/);
    }
    assert.equal(server.asked.length, 0);
  });
});
