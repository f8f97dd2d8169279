import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { Agent, request } from 'node:http';
import { type AllowRule, parseAllowRule } from '../../../../src/core/base/allowRules.js';
import type { ProbePlan } from '../../../../src/core/base/plan.js';
import { Exporter, type ExporterOptions } from '../../../../src/core/watch/exporter/exporter.js';
import type { Question } from '../../../../src/core/watch/exporter/question.js';
import { planFor } from '../../../support/plan.js';
import { UpgradeServer, type Visit } from '../../../support/upgradeServer.js';

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly type: string;
}

function ask(
  base: string,
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
  agent: Agent | false = false,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(`${base}${path}`, { headers, method, agent }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text, type: response.headers['content-type'] ?? '' }),
      );
    });
    asked.on('error', reject);
    asked.end();
  });
}

const probePath = (target: string) => `/probe?target=${encodeURIComponent(target)}`;
const OPEN = 'application/openmetrics-text; version=1.0.0';
const HELLO = { send: 'hello', expect: 'echo', samples: 2 } as const;

describe('the exporter', () => {
  const ending: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const end of ending.splice(0).toReversed()) await end();
  });

  async function server(onVisit?: (visit: Visit) => void): Promise<UpgradeServer> {
    const started = await UpgradeServer.start(onVisit);
    ending.push(() => started.stop());
    return started;
  }

  async function exporter(
    allow: readonly string[],
    options: Partial<ExporterOptions> & { readonly plan?: Partial<ProbePlan> } = {},
  ): Promise<string> {
    const { plan = {}, ...more } = options;
    const faults: unknown[] = [];
    const made = new Exporter({
      host: '127.0.0.1',
      port: 0,
      allow: allow.map((pattern) => parseAllowRule(pattern) as AllowRule),
      planOf: async ({ target }: Question) => planFor(target ?? 'ws://127.0.0.1:1/', plan),
      onFault: (error) => faults.push(error),
      ...more,
    });
    const base = await made.start();
    ending.push(async () => {
      await made.stop();
      assert.deepEqual(faults, []);
    });
    return base;
  }

  it('a scrape of /probe is a probe, told as metrics of that probe alone', async () => {
    const peer = await server();
    const base = await exporter([`ws://${peer.authority}`]);
    const { status, text, type } = await ask(base, probePath(peer.url('/a?key=1')));
    assert.equal(status, 200, text);
    assert.equal(type, 'text/plain; version=0.0.4; charset=utf-8');
    assert.match(text, /^wsprobe_probe_success 1$/m);
    assert.match(text, /^wsprobe_verdict\{verdict="healthy"\} 1$/m);
    assert.match(text, /^wsprobe_verdict\{verdict="down"\} 0$/m);
    assert.match(text, /^wsprobe_phase_duration_seconds\{phase="upgrade"\} [\d.e-]+$/m);
    assert.match(text, /^wsprobe_status_code 101$/m);
    assert.match(text, /^wsprobe_close_code 1000$/m);
    assert.doesNotMatch(text, /wsprobe_subprotocol_info|wsprobe_certificate|total/);
    assert.equal(peer.asked[0]?.path, '/a?key=1');
    const refused = await ask(base, probePath('ws://127.0.0.1:1/'));
    assert.equal(refused.status, 403);
  });

  it('a probe that fails is metrics too, with what was found', async () => {
    const peer = await server((visit) => visit.refuse(503));
    const base = await exporter([`ws://${peer.authority}`]);
    const { status, text } = await ask(base, probePath(peer.url()));
    assert.equal(status, 200);
    assert.match(text, /^wsprobe_probe_success 0$/m);
    assert.match(text, /^wsprobe_verdict\{verdict="down"\} 1$/m);
    assert.match(text, /^wsprobe_status_code 503$/m);
    assert.match(text, /^wsprobe_finding_info\{id="upgrade\.[a-z0-9-]+",layer="[a-z]+",severity="error"\} 1$/m);
  });

  it('adds up over time, in either format as often as it is asked', async () => {
    const peer = await server((visit) => {
      void visit.accept().then((socket) => socket.on('message', (data, binary) => socket.send(data, { binary })));
    });
    const base = await exporter([`ws://${peer.authority}`], { plan: { message: HELLO } });
    for (const path of ['/?token=hunter2', '/?token=hunter3', '/b']) await ask(base, probePath(peer.url(path)));
    for (let turn = 0; turn < 2; turn++) {
      const open = await ask(base, '/metrics', { accept: `text/plain;q=0.5, ${OPEN}` });
      assert.equal(open.type, 'application/openmetrics-text; version=1.0.0; charset=utf-8');
      assert.match(open.text, /^# TYPE wsprobe_probes counter$/m);
      assert.match(open.text, /\n# EOF\n$/);
      const plain = await ask(base, '/metrics', { accept: `${OPEN};q=0.1, */*;q=0.2` });
      assert.match(plain.text, /^# TYPE wsprobe_probes_total counter$/m);
      assert.doesNotMatch(plain.text, /EOF/);
      for (const { text } of [open, plain]) {
        const root = `target="ws://${peer.authority}/",profile=""`;
        assert.ok(text.includes(`\nwsprobe_probes_total{verdict="healthy",${root}} 2\n`), text);
        assert.ok(text.includes(`\nwsprobe_probes_total{verdict="down",${root}} 0\n`));
        assert.ok(text.includes(`\nwsprobe_closes_total{code="1000",clean="true",${root}} 2\n`));
        assert.ok(text.includes(`\nwsprobe_round_trip_seconds_count{${root}} 4\n`));
        assert.doesNotMatch(text, /hunter|token/);
      }
    }
  });

  it('what is not allowed gets 403, and nothing is sent: not by a redirect either', async () => {
    const other = await server();
    const peer = await server((visit) => visit.refuse(302, { Location: other.http('/') }));
    const base = await exporter([`ws://${peer.authority}`], { plan: { followRedirects: true } });
    assert.equal((await ask(base, probePath(other.url()))).status, 403);
    assert.equal((await ask(base, probePath(peer.url().replace('ws://', 'ws://u:p@')))).status, 403);
    const { status, text } = await ask(base, probePath(peer.url()));
    assert.equal(status, 200);
    assert.match(text, /^wsprobe_status_code 302$/m);
    assert.equal(other.asked.length, 0);
    const both = await exporter([`ws://${peer.authority}`, `ws://${other.authority}`], {
      plan: { followRedirects: true },
    });
    assert.match((await ask(both, probePath(peer.url()))).text, /^wsprobe_status_code 101$/m);
  });

  it('a plan that connects elsewhere than the target is refused with 403', async () => {
    const peer = await server();
    const elsewhere = planFor('ws://127.0.0.1:1/');
    const base = await exporter([`ws://${peer.authority}`], {
      plan: { clients: [{ name: 'bob', plan: elsewhere }], steps: [{ client: 'bob', ping: {} }] },
    });
    assert.equal((await ask(base, probePath(peer.url()))).status, 403);
  });

  it('a metadata address that a rule names is refused by the guard', async () => {
    const base = await exporter(['ws://169.254.169.254', 'ws://[fe80::1]', 'ws://0.0.0.0:*']);
    for (const target of ['ws://169.254.169.254/', 'ws://0xa9fea9fe/', 'ws://[fe80::1]/', 'ws://0:99/']) {
      const { text } = await ask(base, probePath(target));
      assert.match(text, /wsprobe_finding_info\{id="guard\./, text);
    }
  });

  it('scrapes of one target at once share a probe, and more probes than the limit get 503', async () => {
    const visits: Visit[] = [];
    let met = () => {};
    const peer = await server((visit) => {
      visits.push(visit);
      met();
    });
    const base = await exporter([`ws://${peer.authority}`], { maxProbes: 1 });
    const arrived = new Promise<void>((resolve) => (met = resolve));
    const scrapes = Array.from({ length: 20 }, () => ask(base, probePath(peer.url())));
    await arrived;
    const busy = await ask(base, probePath(peer.url('/other')));
    assert.equal(busy.status, 503);
    assert.match(busy.text, /1 probes are under way, which is the limit/);
    await visits[0]?.accept();
    for (const { text } of await Promise.all(scrapes)) assert.match(text, /^wsprobe_probe_success 1$/m);
    assert.equal(peer.asked.length, 1);
    assert.match((await ask(base, '/metrics')).text, /^wsprobe_exporter_refused_total\{reason="busy"\} 1$/m);
  });

  it('answers before the scrape gives up, and lets go of the target', async () => {
    const peer = await server(() => {});
    const base = await exporter([`ws://${peer.authority}`]);
    const { status, text } = await ask(base, probePath(peer.url()), { 'X-Prometheus-Scrape-Timeout-Seconds': '0.4' });
    assert.equal(status, 200);
    assert.match(text, /^wsprobe_probe_timeout 1$/m);
    assert.match(text, /^wsprobe_probe_success 0$/m);
    await peer.idle();
    assert.match((await ask(base, '/metrics')).text, /^wsprobe_probes_total\{verdict="down",.*\} 1$/m);
  });

  it('ends a probe that nobody waits for any more', async () => {
    const peer = await server((visit) => {
      visit.socket.resume();
      scrape.destroy();
    });
    const base = await exporter([`ws://${peer.authority}`]);
    const scrape = request(`${base}${probePath(peer.url())}`);
    scrape.on('error', () => {});
    scrape.end();
    await new Promise((resolve) => scrape.on('close', resolve));
    await peer.idle();
    // It said nothing about the target.
    assert.doesNotMatch((await ask(base, '/metrics')).text, /^wsprobe_probes_total/m);
  });

  it('what cannot be asked for is told with 400', async () => {
    const base = await exporter(['ws://h:*'], { planOf: async () => 'There is no such profile here.' });
    const cases: [path: string, message: RegExp][] = [
      ['/probe', /Say what to probe/],
      ['/probe?target=', /target is empty/],
      ['/probe?url=ws://h/', /no parameter "url"/],
      ['/probe?target=ws://h/&target=ws://i/', /twice/],
      ['/probe?target=http://h/', /use ws instead of http/],
      [`/probe?target=ws://h/${'a'.repeat(3000)}`, /longer than 2000/],
      ['/probe?target=ws://h/%24%7Benv:HOME%7D', /variables are filled in profiles alone/],
      ['/probe?profile=nobody', /There is no such profile/],
      [`/probe?profile=${'x'.repeat(300)}`, /too long/],
    ];
    for (const [path, message] of cases) {
      const { status, text } = await ask(base, path);
      assert.equal(status, 400, path);
      assert.match(text, message);
    }
    for (const header of ['soon', '0', '-1', '1e3', '']) {
      const { status } = await ask(base, '/probe?profile=a', { 'X-Prometheus-Scrape-Timeout-Seconds': header });
      assert.equal(status, 400, header);
    }
  });

  it('refuses what a web page sends, and a name that was pointed here', async () => {
    const peer = await server();
    const base = await exporter([`ws://${peer.authority}`]);
    const path = probePath(peer.url());
    for (const headers of [
      { origin: 'null' },
      { origin: base },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-origin' },
      { host: 'rebound.example' },
      { host: '127.0.0.1.rebound.example:80' },
      { host: '10.0.0.1' },
    ]) {
      assert.equal((await ask(base, path, headers as Record<string, string>)).status, 403, JSON.stringify(headers));
    }
    assert.equal(peer.asked.length, 0);
    for (const host of ['localhost', 'LOCALHOST:9115', '127.0.0.1:1', '[::1]:80', '127.9.9.9'])
      assert.equal((await ask(base, '/-/healthy', { host })).status, 200, host);
  });

  it('answers to GET and HEAD, to paths that it has, and bounds the head', async () => {
    const base = await exporter(['ws://h']);
    assert.equal((await ask(base, '/-/healthy', {}, 'HEAD')).text, '');
    assert.equal((await ask(base, '/metrics', {}, 'POST')).status, 405);
    assert.equal((await ask(base, '/probe?target=ws://h/', {}, 'HEAD')).status, 405);
    assert.equal((await ask(base, '/nowhere')).status, 404);
    assert.match((await ask(base, '/')).text, /\/probe\?target=/);
    assert.equal((await ask(base, '/metrics', { 'x-long': 'x'.repeat(20_000) })).status, 431);
  });

  it('takes one scrape after the other over one connection, and keeps nothing of them', async () => {
    const base = await exporter(['ws://h']);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const warnings: Error[] = [];
    const warned = (warning: Error) => warnings.push(warning);
    process.on('warning', warned);
    for (let turn = 0; turn < 20; turn++) assert.equal((await ask(base, '/metrics', {}, 'GET', agent)).status, 200);
    // A warning is told in the turn after.
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', warned);
    agent.destroy();
    assert.deepEqual(warnings, []);
  });

  it('told to end, it ends: who waits for a probe is answered, who sends nothing is let go of', async () => {
    let met = () => {};
    const peer = await server(() => met());
    const made = new Exporter({
      host: '127.0.0.1',
      port: 0,
      allow: [parseAllowRule(`ws://${peer.authority}`) as AllowRule],
      planOf: async ({ target }) => planFor(target ?? ''),
      onFault: () => {},
    });
    const base = await made.start();
    const silent = connect(Number(new URL(base).port), '127.0.0.1');
    await once(silent, 'connect');
    const arrived = new Promise<void>((resolve) => (met = resolve));
    const scrape = ask(base, probePath(peer.url()));
    await arrived;
    const [answer] = await Promise.all([scrape, made.stop(), once(silent, 'close')]);
    assert.equal(answer.status, 503);
    await peer.idle();
  });
});
