import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { runCli } from '../../../../src/cli/main.js';
import { type Playground, startPlayground } from '../../../../src/core/playground/index.js';
import { useTempFolder } from '../../record/temp.js';
import { type FakeOptions, fakeIo } from '../fakeIo.js';
import { junitProblems, readXml } from './junitRules.js';

const CALM = { holdMs: 10, budgets: { upgrade: { degradedMs: null, downMs: null } } };

describe('wsprobe run', () => {
  const folder = useTempFolder();
  let playground: Playground;
  before(async () => {
    playground = await startPlayground({ port: 0 });
  });
  after(() => playground.stop());

  function write(path: string, content: unknown): void {
    const file = folder.path(path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  }

  function echo(more: object = {}): object {
    return { url: `${playground.ws}/echo`, expect: CALM, ...more };
  }

  async function run(argv: readonly string[], options: FakeOptions = {}) {
    const io = fakeIo({ cwd: folder.path('.'), ...options });
    const exitCode = await runCli(['run', ...argv], io);
    return { exitCode, out: io.out(), err: io.err() };
  }

  async function results(argv: readonly string[], options?: FakeOptions) {
    const { out, err, exitCode } = await run([...argv, '--json'], options);
    assert.notEqual(out, '', err);
    return { ...JSON.parse(out), exitCode, err };
  }

  const read = (path: string) => readFileSync(folder.path(path), 'utf8');
  const modeOf = (path: string) => statSync(folder.path(path)).mode & 0o777;

  describe('what is probed', () => {
    beforeEach(() => {
      for (const name of ['a', 'b', 'deep/c', 'deep/.hidden/d', 'node_modules/e']) write(`t/${name}.wsprobe`, echo());
      write('t/readme.md', 'no profile');
    });

    const targets = async (argv: readonly string[]) =>
      (await results(argv)).results.map(({ target }: { target: string }) => target);

    it('takes globs that no shell has expanded', async () => {
      assert.deepEqual(await targets(['t/*']), ['t/a.wsprobe', 't/b.wsprobe']);
      assert.deepEqual(await targets(['t/**/*.wsprobe']), ['t/a.wsprobe', 't/b.wsprobe', 't/deep/c.wsprobe']);
      assert.deepEqual(await targets([folder.path('t/{a,deep/c}.wsprobe')]), ['t/a.wsprobe', 't/deep/c.wsprobe']);
      assert.deepEqual(await targets(['t/[b]*', 't/b.wsprobe']), ['t/b.wsprobe']);
    });

    it('says so when a glob matches nothing', async () => {
      const { exitCode, out, err } = await run(['t/x*', 't/a.wsprobe']);
      assert.match(err, /^t\/x\*: error: no profile matches/m);
      assert.match(out, /2 probes: 1 healthy.*1 invalid/);
      assert.equal(exitCode, 2);
    });

    it('takes URLs, and shows none of their secrets', async () => {
      const { out, exitCode } = await run([
        `${playground.ws}/echo?token=hunter2x9`,
        't/a.wsprobe',
        '--hold',
        '10',
        '--json',
      ]);
      assert.equal(exitCode, 0);
      assert.deepEqual(
        JSON.parse(out).results.map(({ file }: { file: string | null }) => file),
        ['t/a.wsprobe', null],
      );
      assert.doesNotMatch(out, /hunter2x9/);
    });

    it('takes with --grep those whose path, name or environment matches', async () => {
      write('g/a.wsprobe', echo({ name: 'Orders stream' }));
      write('g/b.wsprobe', echo({ environments: { staging: {} } }));
      write('g/c.wsprobe', '{ "url": 1 }');
      assert.deepEqual(await targets(['g', '--grep', 'orders']), ['g/a.wsprobe']);
      assert.deepEqual(await targets(['g', '--grep', '[bc]\\.wsprobe$']), ['g/b.wsprobe', 'g/c.wsprobe']);
      assert.deepEqual(await targets(['g/b.wsprobe', '--env', 'staging', '--grep', '^stag']), ['g/b.wsprobe']);
    });
  });

  describe('environments', () => {
    it('stand side by side', async () => {
      const environments = { one: { variables: { x: '1' } }, two: { url: `${playground.ws}/status/403` } };
      const profile = { url: `${playground.ws}/echo?x=\${x}`, environments, expect: CALM };
      write('e/a.wsprobe', JSON.stringify(profile, null, 2));
      const { exitCode, out } = await run(['e', '--env', 'one', '--env', 'two', '--env', 'one']);
      const [, second] = (await results(['e', '--env', 'one', '--env', 'two'])).results;
      assert.equal(read('e/a.wsprobe').split('\n')[second.line - 1]?.trim(), `"url": "${environments.two.url}"`);
      assert.match(out, /^✔ healthy +e\/a\.wsprobe \[one\] .*\n✘ down +e\/a\.wsprobe \[two\] .*\n\n2 probes:/);
      assert.equal(exitCode, 3);
    });

    it('come from wsprobe.env.json beside the profile and above it, up to the repository', async () => {
      mkdirSync(folder.path('far/repo/.git'), { recursive: true });
      write('far/wsprobe.env.json', { outside: {} });
      write('far/repo/wsprobe.env.json', {
        staging: { url: `${playground.ws}/status/500`, variables: { who: 'far' } },
      });
      write('far/repo/api/wsprobe.env.json', { staging: { url: `${playground.ws}/echo?who=\${who}` } });
      write('far/repo/api/a.wsprobe', { expect: CALM });
      const { results: found, exitCode } = await results(['far/repo', '--env', 'staging']);
      assert.equal(exitCode, 0);
      assert.match(found[0].report.url, /\/echo\?who=far$/);
      const { err } = await run(['far/repo', '--env', 'outside']);
      assert.match(err, /a\.wsprobe.*There is no environment `outside`: the profile has `staging`\./);
      const probed = fakeIo({ cwd: folder.path('.') });
      assert.equal(
        await runCli(['probe', 'far/repo/api/a.wsprobe', '--env', 'staging', '-H', 'X-A: b'], probed),
        0,
        probed.err(),
      );
    });

    it('reach to the working directory where there is no repository, and not beyond', async () => {
      write('work/wsprobe.env.json', { near: {} });
      write('work/in/a.wsprobe', echo());
      const cwd = folder.path('work');
      assert.equal((await run(['in', '--env', 'near'], { cwd })).exitCode, 0);
      assert.equal((await run(['a.wsprobe', '--env', 'near'], { cwd: folder.path('work/in') })).exitCode, 2);
    });

    it('that do not exist are a problem that names those that do, and the others are run', async () => {
      write('n/a.wsprobe', echo({ environments: { local: {}, prod: {} } }));
      write('n/b.wsprobe', echo({ environments: { stage: {} } }));
      const { exitCode, err, out } = await run(['n', '--env', 'stage']);
      assert.match(
        err,
        /n\/a\.wsprobe:1:\d+: error: There is no environment `stage`: the profile has `local`, `prod`\./,
      );
      assert.match(out, /1 healthy.*1 invalid/);
      assert.equal(exitCode, 2);
    });

    it('of a broken wsprobe.env.json are told with their place', async () => {
      write('w/wsprobe.env.json', '{\n  "local": { "ulr": "ws://h" }\n}');
      write('w/a.wsprobe', echo());
      const { exitCode, err } = await run(['w', '--env', 'local']);
      assert.match(err, /^w\/wsprobe\.env\.json:2:14: error: .*ulr/);
      assert.equal(exitCode, 2);
      assert.equal((await run(['w'])).exitCode, 2);
    });
  });

  describe('again and again', () => {
    /** Refuses so many handshakes, then passes them on to the playground. */
    async function flakyDoor(failures: number): Promise<{ url: string; server: Server; sockets: Socket[] }> {
      let left = failures;
      const sockets: Socket[] = [];
      const server = createServer((socket) => {
        sockets.push(socket);
        socket.on('error', () => {});
        if (left-- > 0) socket.destroy();
        else {
          const { hostname, port } = new URL(playground.ws);
          const upstream = connect(Number(port), hostname);
          sockets.push(upstream);
          upstream.on('error', () => {});
          socket.pipe(upstream).pipe(socket);
        }
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const address = server.address();
      assert.ok(address !== null && typeof address === 'object');
      return { url: `ws://127.0.0.1:${address.port}/echo`, server, sockets };
    }

    async function withDoor(failures: number, use: (url: string) => Promise<void>): Promise<void> {
      const { url, server, sockets } = await flakyDoor(failures);
      try {
        await use(url);
      } finally {
        for (const socket of sockets) socket.destroy();
        await new Promise((resolve) => server.close(resolve));
      }
    }

    it('tells a retried pass as flaky', async () => {
      await withDoor(2, async (url) => {
        write('f.wsprobe', { ...echo(), url });
        const { exitCode, results: found, summary } = await results(['f.wsprobe', '--retry', '3']);
        assert.deepEqual([exitCode, summary.healthy, summary.flaky, found[0].flaky], [0, 1, 1, true]);
        assert.equal(found[0].failedTries[0].exitCode, 3);
        assert.notEqual(found[0].failedTries[0].why, '');
      });
    });

    it('fails when no try passes, and tries nothing again that cannot pass', async () => {
      await withDoor(9, async (url) => {
        write('f.wsprobe', { ...echo(), url });
        const { exitCode, results: found, summary } = await results(['f.wsprobe', '--retry', '1']);
        assert.deepEqual([exitCode, summary.flaky, found[0].failedTries.length], [3, 0, 1]);
      });
      write('invalid.wsprobe', '{ "url": 1 }');
      const { results: found } = await results(['invalid.wsprobe', '--retry', '5']);
      assert.deepEqual(found[0].failedTries, []);
    });

    it('keeps the order, however many run at once', async () => {
      for (const [index, ms] of [60, 1, 30, 1, 1].entries())
        write(`o/${index}.wsprobe`, { url: `${playground.ws}/slow-upgrade?ms=${ms}`, expect: CALM });
      const { results: found } = await results(['o', '--concurrency', '5', '--repeat', '2']);
      assert.deepEqual(
        found.map(({ target, iteration }: { target: string; iteration: number }) => `${target} ${iteration}`),
        [0, 1, 2, 3, 4].flatMap((index) => [1, 2].map((turn) => `o/${index}.wsprobe ${turn}`)),
      );
    });
  });

  describe('reports on disk', () => {
    it('are written by several reporters at once, for their owner alone, with text left on standard output', async () => {
      write('r/a.wsprobe', echo({ name: 'Twin' }));
      write('r/b.wsprobe', echo({ name: 'Twin' }));
      writeFileSync(folder.path('old.xml'), 'open to all', { mode: 0o644 });
      const files = ['--reporter', 'junit=old.xml', '--reporter', 'html=out.html', '--reporter', 'tap=out.tap'];
      const { exitCode, out } = await run(['r', ...files, '--reporter', 'json=out.json', '--reports', 'all/reports']);
      assert.equal(exitCode, 0);
      assert.match(out, /^✔ healthy [^]*2 probes: 2 healthy/);
      assert.deepEqual(junitProblems(readXml(read('old.xml'))), []);
      assert.match(read('out.html'), /All 2 probes passed/);
      assert.match(read('out.tap'), /^TAP version 14\n1\.\.2\n/);
      assert.equal(JSON.parse(read('out.json')).summary.total, 2);
      assert.deepEqual(readdirSync(folder.path('all/reports')).sort(), ['r-a.json', 'r-b.json']);
      assert.equal(JSON.parse(read('all/reports/r-a.json')).schema, 'wsprobe.report/1');
      if (process.platform === 'win32') return;
      for (const path of ['old.xml', 'out.html', 'out.tap', 'out.json', 'all/reports/r-b.json'])
        assert.equal(modeOf(path), 0o600, path);
    });

    it('have a name of their own, whatever their profiles, environments and turns are called', async () => {
      write('s/a-b.wsprobe', echo({ environments: { '../x y': {} } }));
      write('s/a/b.wsprobe', echo({ environments: { '../x y': {} } }));
      const argv = ['s', `${playground.ws}/echo`, '--repeat', '2', '--reports', 'named', '--hold', '10'];
      assert.equal((await run(argv)).exitCode, 0);
      const port = new URL(playground.ws).port;
      const url = `ws-127.0.0.1-${port}-echo`;
      assert.deepEqual(
        readdirSync(folder.path('named')).sort(),
        [...['1', '1-2', '2', '2-2'].map((turn) => `s-a-b.${turn}.json`), `${url}.1.json`, `${url}.2.json`].sort(),
      );
      await run(['s/a', '--env', '../x y', '--reports', 'odd']);
      assert.deepEqual(readdirSync(folder.path('odd')), ['s-a-b.x-y.json']);
    });

    it('that cannot be written stop the run before it begins', async () => {
      write('r/a.wsprobe', echo());
      const heard = playground.requests;
      for (const option of [
        ['--reporter', 'junit=no/such/a.xml'],
        ['--reports', 'r/a.wsprobe'],
        ['-o', 'r'],
      ]) {
        const { exitCode, out, err } = await run(['r', ...option]);
        assert.equal(exitCode, 2);
        assert.equal(out, '');
        assert.match(err, /^wsprobe: cannot (write|make the folder) .* \(.*(ENOENT|EEXIST|EISDIR|ENOTDIR)\)$/m);
      }
      assert.equal(playground.requests, heard);
    });
  });

  describe('interrupted', () => {
    const HOLDING = { expect: { holdMs: 60_000 } };
    const phases: [phase: string, path: string, profile: object][] = [
      ['upgrade', '/never', {}],
      ['hold', '/echo', HOLDING],
      ['message', '/echo', { message: { send: 'x', expect: { contains: 'y' } }, timeouts: { messageMs: 60_000 } }],
      ['close', '/never-close', { timeouts: { closeMs: 60_000 }, expect: CALM }],
    ];

    async function untilHeard(): Promise<void> {
      const heard = playground.requests;
      while (playground.requests === heard) await new Promise(setImmediate);
    }

    for (const [name, path, profile] of phases) {
      it(`in the phase ${name}, it reports what was done and ends with 130`, async () => {
        write(`i/${name}/1.wsprobe`, echo());
        write(`i/${name}/2.wsprobe`, { url: `${playground.ws}${path}`, ...profile });
        for (const index of [3, 4, 5]) write(`i/${name}/${index}.wsprobe`, echo());
        const io = fakeIo({ cwd: folder.path('.') });
        const files = ['--reporter', `junit=${name}.xml`, '--reporter', `html=${name}.html`];
        const done = runCli(['run', `i/${name}`, '--concurrency', '1', '--json', ...files], io);
        await untilHeard();
        await untilHeard();
        // Where in the phase it is interrupted depends on this, and nothing that is asserted.
        await new Promise((resolve) => setTimeout(resolve, 50));
        io.signal('SIGINT');
        assert.equal(await done, 130);
        const { results: found, summary } = JSON.parse(io.out());
        assert.equal(found[0].report.verdict, 'healthy');
        // What was found out before the close stays true.
        if (name !== 'close') assert.deepEqual([found[1].exitCode, found[1].report.error.code], [130, 'cancelled']);
        assert.deepEqual([summary.total, summary.notRun, summary.exitCode], [5, 3, 130]);
        assert.deepEqual(junitProblems(readXml(read(`${name}.xml`))), []);
        assert.match(read(`${name}.html`), /interrupted/);
      });
    }

    it('while profiles are looked for, it reports that nothing was run', async () => {
      write('z/a.wsprobe', echo());
      const io = fakeIo({ cwd: folder.path('.') });
      const interrupting: typeof io = {
        ...io,
        onSignal(listener) {
          setImmediate(listener, 'SIGINT');
          return io.onSignal(listener);
        },
      };
      assert.equal(await runCli(['run', 'z', '--json'], interrupting), 130);
      assert.deepEqual(JSON.parse(io.out()).results, []);
      assert.equal(JSON.parse(io.out()).summary.notRun, 1);
    });
  });

  it('tells a conversation that failed by its step: a case of JUnit, an annotation at its line, both sides in text', async () => {
    write(
      'c.wsprobe',
      `{
  "url": "${playground.ws}/echo",
  "clients": { "alice": {}, "bob": {} },
  "steps": [
    { "client": "alice", "send": { "json": { "type": "join" } } },
    { "client": "alice", "expect": { "jsonPath": "$.type", "equals": "join" } },
    { "client": "bob", "name": "bob hears of it", "send": { "json": { "type": "hello", "n": 1 } } },
    { "client": "bob", "expect": { "jsonPath": "$.n", "equals": 2 }, "withinMs": 100 },
    { "client": "alice", "close": {} }
  ]
}`,
    );
    const files = ['--reporter', 'junit=c.xml', '--reporter', 'github=c.github', '--reporter', 'html=c.html'];
    const { exitCode, out } = await run(['c.wsprobe', ...files]);
    assert.equal(exitCode, 1);
    assert.match(
      out,
      /step 4 of 5: bob: .* · c\.wsprobe:8\n(.*\n)* +expected +.*2\n(.*\n)*.* 1 step skipped after it\n/,
    );
    const [suite] = readXml(read('c.xml')).children;
    assert.ok(suite);
    assert.deepEqual(junitProblems(readXml(read('c.xml'))), []);
    const cases = suite.children.filter(({ name }) => name === 'testcase');
    const told = cases.map(({ attributes, children }) => [
      attributes['name']?.replace(/^(step \d+):[^]*/, '$1'),
      children[0]?.name,
    ]);
    assert.deepEqual(told, [
      ['connection of alice', undefined],
      ['connection of bob', undefined],
      ['alice: stays open for 250 ms', undefined],
      ...['step 1', 'step 2', 'step 3'].map((name) => [name, undefined]),
      ['step 4', 'failure'],
      ['step 5', 'skipped'],
    ]);
    // What was compressed on the wire is shown as it was said.
    assert.match(out, /frames +\d.* → text \{"type":"hello","n":1\}/);
    assert.match(read('c.github'), /^::error file=c\.wsprobe,line=8,title=c\.wsprobe::step 4: bob: /m);
    assert.match(read('c.html'), /4\. bob: [^]*class="expected"/);
  });

  describe('on a terminal', () => {
    it('says how far it is, on standard error, and takes that away', async () => {
      write('p/a.wsprobe', echo());
      write('p/b.wsprobe', { url: `${playground.ws}/status/403` });
      const { err, out } = await run(['p'], { stderrIsTTY: true, stdoutIsTTY: true });
      assert.match(err, /\r\u001b\[2K0\/2 .*p\/a\.wsprobe/);
      assert.match(err, /\r\u001b\[2K$/);
      assert.doesNotMatch(out, /\r/);
    });

    it('is quiet in CI', async () => {
      write('p/a.wsprobe', echo());
      const { err } = await run(['p/a.wsprobe'], { stderrIsTTY: true, stdoutIsTTY: true, env: { CI: 'true' } });
      assert.equal(err, '');
    });
  });

  it('has no annotation in its text that a server wrote, on a runner of GitHub', async () => {
    write('gh.wsprobe', {
      url: `${playground.ws}/close/4401?reason=${encodeURIComponent('##[error]x')}`,
      name: '::error::x',
    });
    const { out } = await run(['gh.wsprobe', '--verbose'], { env: { GITHUB_ACTIONS: 'true' } });
    assert.doesNotMatch(out, /^\s*::|##\[/m);
    assert.match(out, /## \[error\]x/);
  });
});
