import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { runCli } from '../../src/cli/main.js';
import { UpgradeServer } from '../support/upgradeServer.js';
import { type FakeIo, fakeIo } from '../unit/cli/fakeIo.js';
import { programFor } from './support/cases.js';
import { type Peer, startPeer } from './support/peer.js';

const EXAMPLES = 'examples/monitoring';
const example = (name: string): string => readFileSync(join(EXAMPLES, name), 'utf8');

describe('Prometheus', () => {
  if (programFor('prometheus') === null) return;

  let isWell = true;
  let folder: string;
  let server: UpgradeServer;
  let prometheus: Peer;
  let io: FakeIo;
  let exporter: Promise<number>;
  let base: string;

  before(async function () {
    this.timeout(60_000);
    server = await UpgradeServer.start((visit) => (isWell ? void visit.accept() : visit.refuse(503)));
    folder = mkdtempSync(join(tmpdir(), 'wsprobe-exporter-'));
    const profile = { name: 'orders', url: server.url('/profile'), expect: { holdMs: 20 } };
    writeFileSync(join(folder, 'orders.wsprobe'), JSON.stringify(profile));
    io = fakeIo({ cwd: folder });
    const allow = ['--allow', `ws://${server.authority}`, '--hold', '20ms'];
    exporter = runCli(['exporter', 'orders.wsprobe', '--listen', '127.0.0.1:0', ...allow], io);
    await Promise.race([io.written, exporter]);
    base = io.out().trim();
    prometheus = await startPeer({
      software: 'prometheus',
      ports: ['web'],
      files: { 'prometheus.yml': configuration(), 'wsprobe.rules.yml': rules() },
      args: (fill) => [
        fill('--config.file={{folder}}/prometheus.yml'),
        fill('--storage.tsdb.path={{folder}}/data'),
        fill('--web.listen-address=127.0.0.1:{{web}}'),
      ],
    });
    // It listens before it can answer.
    while (!(await fetch(prometheus.url('http://{web}/-/ready'))).ok) await pause(100);
  });
  after(async () => {
    await prometheus?.stop();
    io.signal('SIGTERM');
    assert.equal(await exporter, 0);
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  afterEach(function () {
    if (this.currentTest?.state === 'failed') process.stdout.write(`${prometheus.log()}\n`);
  });

  /** The example, with its addresses those of here and in the time of a test. */
  function configuration(): string {
    return example('prometheus.yml')
      .replaceAll('127.0.0.1:9115', new URL(base).host)
      .replaceAll('wss://ws.example.com', `ws://${server.authority}`)
      .replaceAll(/_interval: 30s/g, '_interval: 2s')
      .replaceAll('scrape_timeout: 10s', 'scrape_timeout: 2s');
  }

  function rules(): string {
    return example('wsprobe.rules.yml').replaceAll(/for: \d+m/g, 'for: 0s');
  }

  async function query(expression: string): Promise<{ metric: Record<string, string>; value: number }[]> {
    const answer = await fetch(prometheus.url(`http://{web}/api/v1/query?query=${encodeURIComponent(expression)}`));
    const { data } = (await answer.json()) as {
      data: { result: { metric: Record<string, string>; value: [number, string] }[] };
    };
    return data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
  }

  /** Prometheus tells nobody when it has scraped: it is asked until it has. */
  async function until(expression: string, count: number): Promise<Record<string, string>[]> {
    for (;;) {
      const found = await query(expression);
      if (found.length === count) return found.map(({ metric }) => metric);
      await pause(200);
    }
  }

  it('scrapes targets and profiles by the example, without an error', async function () {
    this.timeout(60_000);
    const up = await until('wsprobe_probe_success == 1', 3);
    assert.deepEqual(
      new Set(up.map(({ instance }) => instance)),
      new Set([server.url('/orders'), server.url('/quotes'), 'orders']),
    );
    await until('up == 1', 4);
    assert.equal((await query('wsprobe_phase_duration_seconds{phase="upgrade"}')).length, 3);
    await until('wsprobe_probes_total{verdict="healthy"} > 0', 3);
    await until('histogram_quantile(0.95, wsprobe_round_trip_seconds_bucket) >= 0', 3);
    assert.deepEqual(new Set(server.asked.map(({ path }) => path)), new Set(['/orders', '/quotes', '/profile']));
  });

  it('its rules fire when the server refuses, and clear when it is well again', async function () {
    this.timeout(120_000);
    const firing = 'ALERTS{alertname="WebSocketDown",alertstate="firing"}';
    await until(firing, 0);
    isWell = false;
    await until(firing, 3);
    assert.equal((await query('wsprobe_finding_info{severity="error"}')).length >= 3, true);
    isWell = true;
    await until(firing, 0);
  });

  it('promtool finds nothing in the examples and in the metrics', async () => {
    const promtool = (args: readonly string[], input = '') => {
      const { status, stdout, stderr } = spawnSync('promtool', args, { input, encoding: 'utf8', cwd: EXAMPLES });
      assert.equal(status, 0, stdout + stderr);
      return stdout + stderr;
    };
    assert.match(promtool(['check', 'config', 'prometheus.yml']), /SUCCESS/);
    assert.match(promtool(['check', 'rules', '--lint-fatal', 'wsprobe.rules.yml']), /SUCCESS/);
    assert.match(promtool(['test', 'rules', 'wsprobe.rules.test.yml']), /SUCCESS/);
    for (const path of ['/probe?profile=orders', '/metrics']) {
      const text = await (await fetch(base + path)).text();
      assert.equal(promtool(['check', 'metrics'], text), '', path);
    }
  });
});
