import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { runCli } from '../../../../src/cli/main.js';
import { type Playground, startPlayground } from '../../../../src/core/playground/index.js';
import { useTempFolder } from '../../record/temp.js';
import { fakeIo } from '../fakeIo.js';

describe('wsprobe exporter', () => {
  const folder = useTempFolder();
  let playground: Playground;
  before(async () => {
    playground = await startPlayground({ port: 0 });
  });
  after(() => playground.stop());

  /** The exporter while it is asked, and what it said. */
  async function exporting(
    argv: readonly string[],
    asks: (get: (path: string) => Promise<{ status: number; text: string }>) => Promise<void>,
  ) {
    const io = fakeIo({ cwd: folder.path('.'), env: { EXPORTED: 'hunter2' } });
    const listen = argv.includes('--listen') ? [] : ['--listen', '127.0.0.1:0'];
    const done = runCli(['exporter', ...listen, ...argv], io);
    await Promise.race([io.written, done]);
    const base = io.out().trim();
    try {
      if (base !== '') {
        await asks(async (path) => {
          const response = await fetch(base + path);
          return { status: response.status, text: await response.text() };
        });
      }
    } finally {
      io.signal('SIGTERM');
    }
    return { exitCode: await done, base, err: io.err() };
  }

  function profile(name: string, content: unknown): string {
    writeFileSync(folder.path(name), JSON.stringify(content));
    return name;
  }

  it('probes profiles by name, and targets that --allow names as a profile says', async () => {
    const file = profile('orders.wsprobe', {
      name: 'Orders stream',
      url: `${playground.ws}/echo`,
      expect: { holdMs: 0, ping: false },
    });
    const held = profile('held.wsprobe', { url: `${playground.ws}/echo`, expect: { holdMs: 3_000 } });
    const { exitCode, err } = await exporting([file, held, '--allow', playground.ws], async (get) => {
      for (const name of ['Orders%20stream', 'orders', 'orders.wsprobe'])
        assert.match((await get(`/probe?profile=${name}`)).text, /^wsprobe_probe_success 1$/m, name);
      const closed = await get(`/probe?target=${playground.ws}/close/4401&profile=held`);
      assert.match(closed.text, /^wsprobe_close_code 4401$/m);
      const refused = await get(`/probe?target=${playground.ws}/status/503`);
      assert.match(refused.text, /^wsprobe_probe_success 0$/m);
      const file = await get(`/probe?target=${playground.ws}/orders.wsprobe`);
      assert.match(file.text, /^wsprobe_probe_success 0$/m);
      assert.equal((await get('/probe?profile=order')).status, 400);
      assert.match((await get('/probe?profile=order')).text, /Did you mean "orders"/);
      const { text } = await get('/metrics');
      const label = `target="${playground.ws}/echo",profile="Orders stream"`;
      assert.ok(text.includes(`wsprobe_probes_total{verdict="healthy",${label}} 3`), text);
    });
    assert.equal(exitCode, 0);
    assert.equal(err, '');
  });

  it('without --allow no target may be named, nor what an environment of ours holds', async () => {
    const file = profile('plain.wsprobe', { url: `${playground.ws}/echo` });
    await exporting([file], async (get) => {
      assert.equal((await get(`/probe?target=${playground.ws}/echo`)).status, 403);
      assert.equal((await get(`/probe?target=${playground.ws}/echo&profile=plain`)).status, 403);
      const { status, text } = await get(`/probe?target=${playground.ws}/%24%7Benv:EXPORTED%7D`);
      assert.equal(status, 400);
      assert.doesNotMatch(text, /hunter2/);
    });
  });

  it('says loudly that another address than loopback is open to the network', async () => {
    const { err } = await exporting(['--allow', 'ws://localhost', '--listen', '0.0.0.0:0'], async () => {});
    assert.match(err, /WARNING: http:\/\/0\.0\.0\.0:\d+ IS OPEN TO THE NETWORK/);
  });

  it('ends with 2 where it cannot begin: a port that is taken, two profiles of one name, a broken profile', async () => {
    const ends = async (argv: readonly string[]) => {
      const io = fakeIo({ cwd: folder.path('.') });
      return { exitCode: await runCli(['exporter', ...argv], io), err: io.err() };
    };
    const taken = await ends(['--allow', 'ws://h', '--listen', new URL(playground.http).host]);
    assert.equal(taken.exitCode, 2);
    assert.match(taken.err, /cannot listen on 127\.0\.0\.1:\d+ \(EADDRINUSE\)/);
    const twins = ['one.wsprobe', 'two.wsprobe'].map((name) => profile(name, { name: 'Twin', url: 'ws://h/' }));
    const clash = await ends(twins);
    assert.equal(clash.exitCode, 2);
    assert.match(clash.err, /one\.wsprobe and two\.wsprobe have one name/);
    const broken = await ends([profile('broken.wsprobe', { url: 'http://h/' })]);
    assert.equal(broken.exitCode, 2);
    assert.match(broken.err, /broken\.wsprobe.*use ws instead of http/);
  });
});
