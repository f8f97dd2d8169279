import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runCli } from '../../../src/cli/main.js';
import type { Report } from '../../../src/core/base/model.js';
import { type Playground, startPlayground } from '../../../src/core/playground/index.js';
import { type FakeOptions, fakeIo } from './fakeIo.js';
import { assertGolden } from './golden.js';
import { normalise } from './normalise.js';

const UNJUDGED = { degradedMs: null, downMs: null };
const CALM = { holdMs: 10, budgets: { upgrade: UNJUDGED, message: UNJUDGED } };

describe('wsprobe against the playground', () => {
  let playground: Playground;
  let folder: string;

  before(async () => {
    playground = await startPlayground({ port: 0 });
    folder = await mkdtemp(join(tmpdir(), 'wsprobe-cli-'));
    await writeFile(join(folder, 'ca.pem'), playground.caPem);
  });
  after(async () => {
    await playground.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function run(argv: readonly string[], options: FakeOptions = {}) {
    const io = fakeIo({ cwd: folder, ...options });
    const exitCode = await runCli(argv, io);
    return { exitCode, out: io.out(), err: io.err() };
  }

  async function profile(path: string, content: unknown): Promise<string> {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
    return path;
  }

  describe('probe', () => {
    // Without budgets: a busy machine must not change a transcript.
    const calm = async (url: string) => profile('calm.wsprobe', { url, expect: CALM });
    const transcripts: [name: string, argv: () => Promise<string[]> | string[], exitCode: number][] = [
      ['healthy', async () => [await calm(`${playground.ws}/echo`), '--send', 'hello', '--expect', 'echo'], 0],
      ['trusted', async () => [await calm(`${playground.wss}/echo`), '--ca', 'ca.pem'], 0],
      ['expired', () => [`${playground.tls.expired}/echo`, '--ca', 'ca.pem'], 3],
      ['web-page', () => [`${playground.ws}/status/200`], 3],
      ['closed-4401', () => [`${playground.ws}/close/4401?reason=unauthorized&same-packet=1`], 1],
    ];
    for (const [name, argv, expected] of transcripts) {
      it(`tells ${name}`, async () => {
        const { exitCode, out, err } = await run(['probe', ...(await argv()), '--hold', '30'], {
          env: { COLUMNS: '120' },
        });
        assert.equal(err, '');
        assertGolden(`probe-${name}`, normalise(out));
        assert.equal(exitCode, expected);
      });
    }

    it('says in one line how it is with --quiet', async () => {
      const well = await run(['probe', '-q', await calm(`${playground.ws}/echo`)]);
      assert.match(well.out, /^✔ healthy +calm\.wsprobe +\d\S* (ms|s)\n$/);
      assert.equal(well.exitCode, 0);
      const page = await run(['probe', '-q', `${playground.ws}/status/200`]);
      assert.match(page.out, /^✘ down +ws:\/\/127\.0\.0\.1:\d+\/status\/200 .*200.*\n$/);
      assert.equal(page.exitCode, 3);
      assert.equal(well.err + page.err, '');
    });

    it('expects a certificate that is good for longer, and a subprotocol', async () => {
      const certificate = ['probe', `${playground.wss}/echo`, '--ca', 'ca.pem', '--json', '--hold', '10'];
      const failed = (out: string) =>
        (JSON.parse(out) as Report).expectations.filter(({ passed }) => !passed).map(({ name }) => name);
      const short = await run([...certificate, '--cert-days', '3650', '--strict']);
      assert.equal(short.exitCode, 1);
      assert.match(failed(short.out).join(), /certificate/);
      assert.deepEqual(failed((await run([...certificate, '--cert-days', '0'])).out), []);
      const offered = ['probe', `${playground.ws}/echo`, '--json', '--hold', '10', '--expect-subprotocol'];
      assert.deepEqual(failed((await run([...offered, 'none'])).out), []);
      const other = await run([...offered, 'graphql-ws']);
      assert.equal(other.exitCode, 1);
      assert.match(failed(other.out).join(), /subprotocol/);
    });

    it('takes options over what the profile says', async () => {
      const file = await profile('over.wsprobe', {
        url: `${playground.ws}/echo`,
        headers: { 'X-A': 'file', 'X-B': 'file' },
        expect: { holdMs: 10 },
      });
      const { out } = await run(['probe', file, '-H', 'x-a: option', '--json']);
      const { headers } = JSON.parse(out).request;
      const custom = headers.filter(([key]: [string]) => /^x-/i.test(key));
      assert.deepEqual(custom.sort(), [
        ['X-B', 'file'],
        ['x-a', 'option'],
      ]);
    });

    it('blames an option, not a line of the profile, for what the option brings', async () => {
      const file = await profile('fine.wsprobe', { url: `${playground.ws}/echo` });
      const { exitCode, out, err } = await run(['probe', file, '-H', 'Bad Name: x']);
      assert.match(err, /^fine\.wsprobe with these options: error: /);
      assert.equal(out, '');
      assert.equal(exitCode, 2);
    });

    it('takes variables, environments and secrets, and shows no secret', async () => {
      const file = await profile('secret.wsprobe', {
        url: '${base}/echo?who=${who}',
        auth: { type: 'bearer', token: '${secret:api-token}' },
        headers: { 'X-Other': '${secret:other}' },
        expect: { holdMs: 10 },
        environments: { here: { variables: { base: playground.ws, who: 'file' } } },
      });
      const env = { WSPROBE_SECRET_API_TOKEN: 'tok-s3cr3t-1' };
      const argv = ['probe', file, '--env', 'here', '--var', 'who=option', '--secret', 'other=oth-s3cr3t-2'];
      const { exitCode, out, err } = await run([...argv, '--verbose'], { env });
      assert.equal(err, '');
      assert.equal(exitCode, 0);
      assert.match(out, /who=option/);
      assert.doesNotMatch(out, /s3cr3t/);
      const missing = await run(argv, { env: {} });
      assert.equal(missing.exitCode, 2);
      assert.match(missing.err, /secret\.wsprobe:5:15: error: .*api-token/);
      assert.doesNotMatch(missing.err, /s3cr3t/);
    });

    it('lists every problem of a profile with its place', async () => {
      const file = await profile(
        'problems.wsprobe',
        '{\n  "url": "http://localhost/",\n  "headers": { "X-A": "a\\r\\nb" },\n  "hedders": {},\n  "expect": { "status": "101" }\n}\n',
      );
      const { exitCode, err } = await run(['probe', file]);
      assert.equal(exitCode, 2);
      assertGolden('problems', err);
    });

    it('explains a URL that is none', async () => {
      for (const url of ['localhost:8080/x', 'http://localhost/', 'ws://localhost:99999/', 'ws://', 'nonsense', '']) {
        const { exitCode, out, err } = await run(['probe', url]);
        assert.match(err, /^wsprobe: error: .+ \[invalid-url\]\n$/, url);
        assert.equal(out, '');
        assert.equal(exitCode, 2);
      }
    });

    it('rewrites one line of a terminal while it runs and takes it away', async () => {
      const { err, out } = await run(['probe', `${playground.ws}/echo`, '--hold', '20'], { stderrIsTTY: true });
      assert.match(err, /^(\r\u001b\[2K[a-z]+\.\.\. [^\r\n]*)+\r\u001b\[2K$/);
      assert.doesNotMatch(out, /\u001b|\r/);
    });

    it('ends at SIGINT with 130 and no socket left', async () => {
      const io = fakeIo({ cwd: folder });
      const heard = playground.requests;
      const done = runCli(['probe', `${playground.ws}/never`], io);
      while (playground.requests === heard) await new Promise(setImmediate);
      io.signal('SIGINT');
      assert.equal(await done, 130);
    });

    it('fails a degraded probe only with --strict', async () => {
      const file = await profile('slow.wsprobe', {
        url: `${playground.ws}/slow-upgrade?ms=60`,
        expect: { holdMs: 10, budgets: { upgrade: { degradedMs: 20 } } },
      });
      assert.equal((await run(['probe', file])).exitCode, 0);
      assert.equal((await run(['probe', file, '--strict'])).exitCode, 1);
    });
  });

  describe('the way to the server', () => {
    const QUICK = ['--hold', '10'];
    const CA = ['--ca', 'ca.pem'];

    async function json(argv: readonly string[], options: FakeOptions = {}) {
      const { exitCode, out, err } = await run(['probe', ...argv, ...QUICK, '--json'], options);
      return { exitCode, err, text: out, report: JSON.parse(out) as Report };
    }

    it('goes through a proxy, in clear and in TLS, and tells of it', async () => {
      const file = await profile('proxied.wsprobe', {
        url: `${playground.wss}/echo`,
        proxy: playground.proxies.connect,
        tls: { ca: ['ca.pem'] },
        expect: CALM,
      });
      const { exitCode, out } = await run(['probe', file], { env: { COLUMNS: '120' } });
      assertGolden('probe-proxied', normalise(out));
      assert.equal(exitCode, 0);
      const plain = await json([`${playground.ws}/echo`, '--proxy', playground.proxies.socks5]);
      assert.deepEqual([plain.exitCode, plain.report.proxy?.status, plain.report.proxy?.source], [0, 0, '--proxy']);
    });

    it('gives credentials to a proxy and to nobody else', async () => {
      const proxy = playground.proxies['connect-basic'];
      const named = proxy.replace('//', '//user:${secret:p}@');
      const { exitCode, text, report } = await json([`${playground.ws}/echo`, '--proxy', named, '--secret', 'p=pass'], {
        env: { http_proxy: 'http://x:hunter2@127.0.0.2:1' },
      });
      assert.deepEqual([exitCode, report.proxy?.status, report.proxy?.url], [0, 200, proxy]);
      for (const secret of ['user:pass', Buffer.from('user:pass').toString('base64')]) {
        assert.equal(text.includes(secret), false);
      }
      const refused = await json([`${playground.ws}/echo`, '--proxy', proxy]);
      assert.deepEqual([refused.exitCode, refused.report.proxy?.status], [3, 407]);
    });

    it('follows the environment, but not to this machine', async () => {
      const env = { http_proxy: playground.proxies.connect };
      const elsewhere = `${playground.ws.replace('127.0.0.1', '127.0.0.2')}/echo`;
      const through = await json([elsewhere], { env });
      assert.deepEqual([through.exitCode, through.report.proxy?.source], [0, 'http_proxy']);
      const listed = await run(['probe', `${playground.ws}/echo`, ...QUICK, '--verbose'], { env });
      assert.match(listed.out, /^proxy +not used: no proxy is ever used for 127\.0\.0\.1 .*$/m);
      assert.doesNotMatch((await run(['probe', `${playground.ws}/echo`, ...QUICK], { env })).out, /^proxy/m);
      const forbidden = await run(['probe', `${playground.ws}/echo`, ...QUICK, '--verbose', '--proxy', 'none'], {
        env,
      });
      assert.match(forbidden.out, /^proxy +not used: `--proxy none` says so \(known from http_proxy\)$/m);
      const broken = await run(['probe', elsewhere], { env: { http_proxy: 'ftp://user:hunter2@p' } });
      assert.match(
        broken.err,
        /^wsprobe: error: The proxy that `http_proxy` names must start with .*\[invalid-proxy\]\n$/,
      );
      assert.equal(broken.exitCode, 2);
    });

    it('speaks HTTP/2 where it may, and says what became of it', async () => {
      const { exitCode, out } = await run(['probe', `${playground.http2.h2}/echo`, ...CA, ...QUICK, '--http', '2']);
      assert.match(out, /^handshake +HTTP\/2 · 200 · /m);
      assert.equal(exitCode, 0);
      const auto = await json([`${playground.http2['h2-plain']}/echo`, ...CA, '--http', 'auto']);
      assert.deepEqual([auto.exitCode, auto.report.request?.httpVersion], [0, '1.1']);
      const strict = await json([`${playground.http2['h2-plain']}/echo`, ...CA, '--http', '2']);
      assert.equal(strict.exitCode, 3);
      assert.equal((await json([`${playground.http2.h2c}/echo`, '--http', '2'])).exitCode, 0);
    });

    it('talks over HTTP/2 and through a proxy', async () => {
      const { h2 } = playground.http2;
      const argv = ['connect', `${h2}/echo`, ...CA, '--http', '2', '--proxy', playground.proxies.connect, '--once'];
      const { exitCode, out } = await run([...argv, '--json'], { stdin: 'hello\n' });
      const lines = out.split('\n').filter((line) => line !== '');
      const opened = lines.map((line) => JSON.parse(line)).find(({ type }) => type === 'open');
      assert.deepEqual([exitCode, opened?.httpVersion, opened?.proxy], [0, '2', playground.proxies.connect]);
      const plain = await run(argv, { stdin: 'hello\n' });
      assert.equal(plain.out, 'hello\n');
      assert.match(plain.err, /^✔ open {2}wss:.* · HTTP\/2 · through http:\/\/127\.0\.0\.1:\d+ · TLSv1\.3/);
    });

    it('shows a client certificate', async () => {
      const { certPem, keyPem } = playground.client;
      await writeFile(join(folder, 'client.pem'), `${certPem}\n${keyPem}\n`);
      const url = `${playground.tls.clientCertificate}/echo`;
      assert.equal((await json([url, ...CA])).exitCode, 3);
      assert.equal((await json([url, ...CA, '--cert', 'client.pem', '--key', 'client.pem'])).exitCode, 0);
    });

    it('shows a redirect, and follows it when asked to', async () => {
      const url = `${playground.ws}/redirect`;
      const env = { COLUMNS: '120' };
      const shown = await run(['probe', url, ...QUICK], { env });
      assert.match(shown.out, /^redirect +30\d from ws:[^]* not followed/m);
      assert.equal(shown.exitCode, 3);
      const followed = await run(['probe', url, ...QUICK, '--follow-redirects'], { env });
      assert.match(followed.out, /^redirect +30\d from ws:[^]* · followed$/m);
      assert.equal(followed.exitCode, 0);
    });
  });

  describe('lab', () => {
    it('finds the one thing that keeps a handshake from passing', async () => {
      const { exitCode, out } = await run(['lab', 'handshake', `${playground.http2.h2c}/echo`]);
      assert.match(out, /^✔ .*HTTP\/2/m);
      assert.match(out, /^cure +\S.*HTTP\/2/m);
      assert.equal(exitCode, 3);
    });
  });

  describe('run', () => {
    before(async () => {
      await profile('all/a-echo.wsprobe', { url: `${playground.ws}/echo`, expect: CALM });
      await profile('all/b-forbidden.wsprobe', { url: `${playground.ws}/status/403` });
      await profile('all/c-rejected.wsprobe', { url: `${playground.ws}/close/4401` });
      await profile('all/deep/d-broken.wsprobe', '{ "url": 1 }');
      await profile('all/node_modules/e-hidden.wsprobe', '{ "url": 1 }');
      await profile('all/readme.txt', 'not a profile');
    });

    it('probes every profile, tells each in a line and exits with the worst', async () => {
      const { exitCode, out, err } = await run(['run', 'all']);
      assertGolden('run', normalise(out));
      assert.match(err, /^all\/deep\/d-broken\.wsprobe:1:10: error/);
      assert.equal(exitCode, 2);
    });

    it('gives one JSON document, whole, with reports and problems', async () => {
      const { exitCode, out } = await run(['run', 'all', '--reporter', 'json', '--concurrency', '1', '--repeat', '2']);
      const document = JSON.parse(out);
      assert.equal(document.schema, 'wsprobe.run/1');
      const { total, healthy, degraded, down, problems, notRun } = document.summary;
      assert.deepEqual(
        { total, healthy, degraded, down, problems, notRun },
        { total: 8, healthy: 2, degraded: 0, down: 4, problems: 2, notRun: 0 },
      );
      assert.deepEqual(
        document.results.map((result: { file: string; report?: object }) => [result.file, result.report !== undefined]),
        [
          ['all/a-echo.wsprobe', true],
          ['all/a-echo.wsprobe', true],
          ['all/b-forbidden.wsprobe', true],
          ['all/b-forbidden.wsprobe', true],
          ['all/c-rejected.wsprobe', true],
          ['all/c-rejected.wsprobe', true],
          ['all/deep/d-broken.wsprobe', false],
          ['all/deep/d-broken.wsprobe', false],
        ],
      );
      assert.equal(exitCode, 2);
    });

    it('ranks no connection above a later failure, and both above health', async () => {
      assert.equal((await run(['run', 'all/a-echo.wsprobe'])).exitCode, 0);
      assert.equal((await run(['run', 'all/a-echo.wsprobe', 'all/c-rejected.wsprobe'])).exitCode, 1);
      assert.equal((await run(['run', 'all/c-rejected.wsprobe', 'all/b-forbidden.wsprobe'])).exitCode, 3);
    });

    it('starts no more after a failure with --bail', async () => {
      const { exitCode, out } = await run(['run', 'all', '--bail', '--concurrency', '1', '--json']);
      assert.equal(JSON.parse(out).summary.notRun, 2);
      assert.equal(exitCode, 3);
    });

    it('goes on past a file that cannot be read', async () => {
      await profile('unread/a-huge.wsprobe', ' '.repeat(5 * 1024 * 1024));
      await profile('unread/b-echo.wsprobe', { url: `${playground.ws}/echo`, expect: CALM });
      const { exitCode, out, err } = await run(['run', 'unread', '--json']);
      assert.match(err, /^unread\/a-huge\.wsprobe: error: The file is too big/);
      assert.equal(JSON.parse(out).summary.healthy, 1);
      assert.equal(exitCode, 2);
    });

    it('goes on past a message file that is not there, a folder that has gone and a path that leads nowhere', async () => {
      await profile('gone/a-payload.wsprobe', {
        url: `${playground.ws}/echo`,
        message: { send: { file: 'no.bin' }, expect: 'echo' },
      });
      await profile('gone/b-echo.wsprobe', { url: `${playground.ws}/echo`, expect: CALM });
      const { exitCode, out, err } = await run(['run', 'gone', 'gone/none', '--json', '--repeat', '2']);
      assert.match(err, /^gone\/none: error: no such file or folder/m);
      const { summary, results } = JSON.parse(out);
      assert.deepEqual([summary.total, summary.healthy, summary.problems, summary.faults], [6, 2, 2, 0]);
      assert.equal(results[0].report.error.code, 'profile.unreadable-file');
      assert.equal(results[0].report.error.message, 'The payload file no.bin is not there.');
      assert.equal(exitCode, 2);
      const single = await run(['probe', 'gone/a-payload.wsprobe']);
      assert.match(single.out, /The payload file no\.bin is not there\./);
      assert.equal(single.exitCode, 2);
    });

    it('reports the others when one profile meets a fault of ours', async () => {
      const io = fakeIo({ cwd: folder });
      let asked = 0;
      // The first of the two to ask who we are, after the run itself, is answered with an error.
      Object.defineProperty(io, 'host', { get: () => (asked++ === 1 ? assert.fail('no name') : 'build-7') });
      const files = ['unread/b-echo.wsprobe', 'gone/b-echo.wsprobe'];
      assert.equal(await runCli(['run', ...files, '--concurrency', '1'], io), 70);
      assert.match(io.out(), /^✘ fault +gone\/b-echo\.wsprobe +no name\n✔ healthy +unread\/b-echo\.wsprobe/);
      assert.match(io.out(), /2 probes: 1 healthy.*, 1 failed by our own fault in/);
      assert.equal(io.err(), 'wsprobe: our own fault with gone/b-echo.wsprobe: no name\n');
    });

    it('says so when the output cannot be written', async () => {
      const { exitCode, err } = await run(['run', 'all/a-echo.wsprobe', '-o', 'no/such/folder/result.txt']);
      assert.match(err, /^wsprobe: cannot write .*result\.txt \(ENOENT\)\n$/);
      assert.equal(exitCode, 2);
    });

    it('writes to a file with --output', async () => {
      const { out } = await run(['run', 'all/a-echo.wsprobe', '-o', 'result.txt']);
      assert.equal(out, '');
      assert.match(await readFile(join(folder, 'result.txt'), 'utf8'), /^✔ healthy [^]*1 probe: 1 healthy/);
    });
  });

  describe('playground', () => {
    it('prints where it is, what each address shows, and ends well at SIGINT', async () => {
      const io = fakeIo({ cwd: folder });
      const done = runCli(['playground', '--port', '0'], io);
      await io.written;
      io.signal('SIGINT');
      assert.equal(await done, 0);
      assertGolden('playground', normalise(io.out()));
    });

    it('writes its authority and a client certificate, and names every address as JSON', async () => {
      const io = fakeIo({ cwd: folder });
      const argv = ['playground', '--port', '0', '--ca-file', 'a.pem', '--client-file', 'c.pem', '--json'];
      const done = runCli(argv, io);
      await io.written;
      const { tls, http2, proxies, caFile, clientFile } = JSON.parse(io.out());
      assert.deepEqual([caFile, clientFile], [join(folder, 'a.pem'), join(folder, 'c.pem')]);
      assert.match(http2.h2, /^wss:/);
      const url = `${tls.clientCertificate}/echo`;
      const argvOfProbe = ['probe', url, '--ca', 'a.pem', '--cert', 'c.pem', '--key', 'c.pem', '--hold', '10'];
      const { exitCode } = await run([...argvOfProbe, '--proxy', proxies.connect]);
      assert.equal(exitCode, 0);
      io.signal('SIGINT');
      assert.equal(await done, 0);
    });
  });
});
