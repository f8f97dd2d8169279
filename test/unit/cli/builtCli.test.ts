import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { readPipe } from '../../../src/cli/pipedFile.js';
import { type Playground, startPlayground } from '../../../src/core/playground/index.js';
import { type BuiltCli, buildCli } from './builtCli.js';

describe('the built command line', function () {
  this.timeout(180_000);
  let cli: BuiltCli;
  let playground: Playground;
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wsprobe-run-'));
    [cli, playground] = await Promise.all([buildCli(), startPlayground({ port: 0 })]);
  });
  after(async () => {
    await Promise.all([playground.stop(), cli.remove(), rm(folder, { recursive: true, force: true })]);
  });

  it('answers --version with the version alone', async () => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8'));
    assert.deepEqual(await cli.run(['--version']), { exitCode: 0, out: `${version}\n`, err: '' });
    assert.match((await cli.run([])).out, /^wsprobe: why does a WebSocket not connect/);
  });

  it('exits 0 for a healthy probe and prints it on standard output alone', async () => {
    const { exitCode, out, err } = await cli.run(['probe', `${playground.ws}/echo`, '--hold', '20']);
    assert.equal(err, '');
    assert.match(out, /^✔ healthy/);
    assert.equal(exitCode, 0);
  });

  it('converts what each format that it reads says', async () => {
    const all: Readonly<Record<string, string>> = {
      'a.yaml': 'name: a\nurl: wss://h.test/\n',
      'a.http': 'WEBSOCKET wss://h.test/\n',
      'a.wsprobe': '{ "url": "wss://h.test/" }',
    };
    for (const [name, text] of Object.entries(all)) {
      await writeFile(join(folder, name), text);
      const to = join(folder, `${name}.${name.endsWith('.wsprobe') ? 'mjs' : 'wsprobe'}`);
      const { exitCode, err } = await cli.run(['convert', join(folder, name), to]);
      assert.deepEqual([exitCode, err], [0, ''], name);
      assert.match(await readFile(to, 'utf8'), /wss:\/\/h\.test/);
    }
  });

  it('says of any answer that it cannot be written, and exits with 70', async function () {
    if (process.platform !== 'linux') this.skip();
    const env = { CLI: cli.path };
    for (const argv of ['', '--help', '--version', 'help probe', 'explain 1006']) {
      const line = `"${process.execPath}" "$CLI" ${argv} > /dev/full`;
      const told = await new Promise((resolve) => {
        execFile('sh', ['-c', line], { env }, (error, _out, err) => resolve([error?.code ?? 0, err]));
      });
      assert.deepEqual(told, [70, 'wsprobe: cannot write the output (ENOSPC)\n'], argv);
    }
  });

  it('reads a profile from a pipe that the command line names, and from no other', async function () {
    if (process.platform === 'win32') this.skip();
    const profile = JSON.stringify({ url: `${playground.ws}/echo`, expect: { holdMs: 20 } });
    const env = { PROFILE: profile, CLI: cli.path };
    const sh = (line: string) =>
      new Promise<{ exitCode: unknown; out: string; err: string }>((resolve) => {
        execFile('bash', ['-c', line], { env: { ...process.env, ...env }, cwd: folder }, (error, out, err) =>
          resolve({ exitCode: error?.code ?? 0, out, err }),
        );
      });
    const node = `"${process.execPath}" "$CLI"`;
    for (const line of [
      `${node} probe <(echo "$PROFILE")`,
      `echo "$PROFILE" | ${node} probe -`,
      `echo "$PROFILE" | ${node} probe /dev/stdin`,
      `${node} probe /dev/fd/3 3< <(echo "$PROFILE")`,
      `${node} connect --once <(echo "$PROFILE") < <(echo hello)`,
      `${node} run --json <(echo "$PROFILE")`,
    ]) {
      const { exitCode, err, out } = await sh(line);
      assert.equal(exitCode, 0, `${line}\n${err}${out}`);
    }
    for (const [line, why] of [
      [`${node} probe <(yes)`, /more than 4 MiB/],
      [`mkfifo named; ${node} probe named`, /no regular file/],
      [`${node} connect - < <(echo hello)`, /name the profile/],
      [`${node} probe <(echo "{ half")`, /\/dev\/fd\/\d+:1:\d+: error/],
    ] as const) {
      const { exitCode, err } = await sh(line);
      assert.match(err, why, line);
      assert.equal(exitCode, 2, line);
    }
  });

  it('stops reading a pipe that brings nothing when it is told to', async () => {
    const controller = new AbortController();
    const pipe = new PassThrough();
    const reading = readPipe(pipe, 10, controller.signal);
    controller.abort(new Error('interrupted'));
    await assert.rejects(reading, /interrupted/);
    assert.equal(pipe.destroyed, true);
    await assert.rejects(readPipe(new PassThrough(), 10, controller.signal), /interrupted/);
  });

  it('exits 1 when the connection opened and then failed', async () => {
    const { exitCode, out } = await cli.run(['probe', `${playground.ws}/close/4401?reason=unauthorized`]);
    assert.match(out, /4401/);
    assert.equal(exitCode, 1);
  });

  it('exits 2 for a bad profile, with every place on standard error', async () => {
    const file = join(folder, 'bad.wsprobe');
    await writeFile(file, '{\n  "url": "ftp://localhost/",\n  "hedders": {}\n}\n');
    const { exitCode, out, err } = await cli.run(['probe', file]);
    assert.match(err, /bad\.wsprobe:2:\d+: error:[^]*\^[^]*bad\.wsprobe:3:3: error:/);
    assert.equal(out, '');
    assert.equal(exitCode, 2);
    const json = await cli.run(['probe', file, '--json']);
    assert.equal(JSON.parse(json.out).problems.length, 2);
    assert.equal(json.exitCode, 2);
  });

  it('exits 3 when there is no connection', async () => {
    const closed = createServer();
    closed.listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    const refused = await cli.run(['probe', `ws://127.0.0.1:${port}/`]);
    assert.match(refused.out, /ECONNREFUSED/);
    assert.equal(refused.exitCode, 3);
    assert.equal((await cli.run(['probe', `${playground.ws}/status/403`])).exitCode, 3);
  });

  it('prints exactly one JSON document with --json', async () => {
    const { exitCode, out } = await cli.run(['probe', `${playground.ws}/echo`, '--json', '--hold', '20']);
    const report = JSON.parse(out);
    assert.equal(report.schema, 'wsprobe.report/1');
    assert.equal(report.verdict, 'healthy');
    assert.equal(exitCode, 0);
  });

  it('survives a reader that goes away', async () => {
    const started = cli.start(['probe', `${playground.ws}/echo`, '--verbose', '--hold', '20']);
    started.child.stdout?.destroy();
    const { exitCode, err } = await started.outcome;
    assert.equal(err, '');
    assert.equal(exitCode, 0);
  });

  it('talks through a pipe, both ways', async () => {
    const { exitCode, out, err } = await cli.run(['connect', `${playground.ws}/echo`, '--max', '2'], {
      input: 'one\ntwo\n',
    });
    assert.match(err, /^✔ open .*\n✔ closed {2}1000 · by us\n$/);
    assert.equal(out, 'one\ntwo\n');
    assert.equal(exitCode, 0);
  });

  it('exits with what the close of a connection means', async () => {
    const ends: [path: string, exitCode: number][] = [
      ['/close/1001?after=0', 0],
      ['/close/4401?after=0', 1],
      ['/rst?after=0', 1],
      ['/status/403', 3],
    ];
    for (const [path, expected] of ends) {
      const { exitCode, out, err } = await cli.run(['connect', `${playground.ws}${path}`, '--wait', 'forever']);
      assert.equal(out, '');
      if (expected > 0) assert.match(err, /^why /m);
      assert.equal(exitCode, expected, path);
    }
  });

  it('ends a conversation when its reader goes away, though the pipe into it stays', async () => {
    const started = cli.start(['connect', `${playground.ws}/flood?count=1000000`, '--json'], { keepsInput: true });
    await started.shows('"frame"');
    started.child.stdout?.destroy();
    assert.equal((await started.outcome).exitCode, 0);
  });

  // Windows has no signals: a process that is told to stop there is ended without being asked.
  if (process.platform !== 'win32') {
    it('exits 130 when interrupted, with what it knows, and leaves no connection behind', async () => {
      const silent = createServer();
      silent.listen(0, '127.0.0.1');
      await once(silent, 'listening');
      const { port } = silent.address() as AddressInfo;
      const started = cli.start(['probe', `ws://127.0.0.1:${port}/`]);
      const [socket] = (await once(silent, 'connection')) as [Socket];
      socket.on('error', () => {});
      await once(socket, 'data');
      const closed = once(socket, 'close');
      started.child.kill('SIGINT');
      const { exitCode, out } = await started.outcome;
      await closed;
      silent.close();
      assert.match(out, /failed in upgrade/);
      assert.equal(exitCode, 130);
    });

    it('closes a conversation at the first signal and lets go at the second', async () => {
      for (const [path, signals, expected] of [
        ['/echo', 1, 0],
        ['/never-close', 2, 130],
      ] as const) {
        const started = cli.start(['connect', `${playground.ws}${path}`, '--json'], { keepsInput: true });
        await started.shows('"open"');
        started.child.kill('SIGINT');
        await started.shows('"opcode":8');
        if (signals === 2) started.child.kill('SIGINT');
        assert.equal((await started.outcome).exitCode, expected);
      }
    });

    it('runs the playground until it is told to stop', async () => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        const caFile = join(folder, 'ca.pem');
        const started = cli.start(['playground', '--port', '0', '--ca-file', caFile, '--json']);
        await started.shows('\n');
        assert.match(await readFile(caFile, 'utf8'), /BEGIN CERTIFICATE/);
        started.child.kill(signal);
        const { exitCode, out, err } = await started.outcome;
        assert.match(JSON.parse(out).ws, /^ws:\/\/127\.0\.0\.1:\d+$/);
        assert.equal(err, '');
        assert.equal(exitCode, 0);
      }
    });
  }
});
