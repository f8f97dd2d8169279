import assert from 'node:assert/strict';
import type { PassThrough } from 'node:stream';
import { runCli } from '../../../src/cli/main.js';
import { renderExperiment } from '../../../src/cli/render/experiment.js';
import { createStyle } from '../../../src/cli/render/style.js';
import { type Experiment, EXPERIMENT_NAMES } from '../../../src/core/base/experiment.js';
import { ByteServer, closeFrame } from '../../support/byteServer.js';
import { assertIsExperiment } from '../../support/experiments.js';
import { UpgradeServer } from '../../support/upgradeServer.js';
import { fakeIo, type FakeOptions, keyboard } from './fakeIo.js';
import { assertGolden } from './golden.js';

async function lab(argv: readonly string[], options: FakeOptions = {}) {
  const io = fakeIo(options);
  const exitCode = await runCli(['lab', ...argv], io);
  return { exitCode, out: io.out(), err: io.err() };
}

const record: Experiment = {
  schema: 'wsprobe.experiment/1',
  experiment: 'closes',
  name: 'api.test/feed',
  url: 'wss://api.test/feed',
  startedAt: '2026-11-20T12:00:00.000Z',
  durationMs: 4210.5,
  vantage: { host: 'build-7', remote: null },
  connections: { opened: 19, failed: 1 },
  verdict: 'fail',
  conclusion: '19 connections ended: 14 with 1000, 5 with 1011; 1 more did not open.',
  numbers: { probes: 20, abnormalPercent: 26.315, probeP50Ms: 310.2, memoryBytes: 4096, lost: null },
  findings: [
    {
      id: 'lab.abnormal-closes',
      layer: 'application',
      severity: 'warning',
      title: '5 of 19 connections ended abnormally.',
      explanation: 'Monitors alert above 5 %.',
      evidence: ['5 times 1011: The peer sent Close 1011 first; we answered it.'],
      fixes: [{ title: 'Look there', language: 'text', snippet: 'In the log of the server.' }],
    },
  ],
  runs: [
    {
      connection: 1,
      startMs: 0.2,
      openMs: 12.5,
      endMs: 262.5,
      status: 101,
      close: { code: 1011, reason: '', initiator: 'server', clean: true, evidence: 'The peer sent Close 1011 first.' },
      error: null,
      note: 'It broke.',
      numbers: {},
    },
  ],
  stopped: null,
};

describe('wsprobe lab', () => {
  const cleanups: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    await Promise.all(cleanups.splice(0).map((cleanup) => cleanup()));
  });
  const serve = async (...given: Parameters<typeof UpgradeServer.start>) => {
    const server = await UpgradeServer.start(...given);
    cleanups.push(() => server.stop());
    return server;
  };

  it('shows the verdict and the conclusion first, then numbers, then findings with their fixes', () => {
    assertIsExperiment(record);
    const style = createStyle({ width: 80, unicode: true, colour: false });
    assertGolden('lab-experiment', renderExperiment(record, style, true).join('\n'));
  });

  it('prints one record as JSON, and ends with 0 where all is well', async () => {
    const server = await serve();
    const { err, exitCode, out } = await lab([
      'closes',
      server.url(),
      '--connections',
      '3',
      '--hold',
      '20ms',
      '--json',
    ]);
    const told = JSON.parse(out) as Experiment;
    assertIsExperiment(told);
    assert.deepEqual([exitCode, told.verdict, err], [0, 'pass', '']);
  });

  it('ends with 1 where it fails, with 3 where nothing opened, and with --strict with 1 for a warning', async () => {
    const server = await ByteServer.start((connection) => ({
      onOpen: (socket) => socket.end(closeFrame(connection === 3 ? 1011 : 1000)),
    }));
    cleanups.push(() => server.stop());
    const argv = ['closes', server.url(), '--connections', '4'];
    assert.equal((await lab([...argv, '--strict'])).exitCode, 1);
    const down = await serve((visit) => visit.refuse(502));
    const refused = await lab(['closes', down.url(), '--connections', '2']);
    assert.equal(refused.exitCode, 3);
    assert.match(refused.out, /^✘ fail {6}lab closes\n/);
    assert.match(refused.out, /No connection opened: /);
  });

  it('refuses what an experiment does not take, and more than it allows, before anything is sent', async () => {
    const server = await serve();
    for (const [argv, says] of [
      [['closes', server.url(), '--for', '3s'], /lab closes has no use for --for/],
      [['idle', server.url(), '--samples', '3'], /lab idle has no use for --samples/],
      [['sequence', server.url()], /lab sequence wants --json-path/],
      [['closes', server.url(), '--connections', '501'], /wants 1 to 500/],
      [['idle', server.url(), '--for', '0'], /lab idle --for wants 100 ms to 120 min\n/],
      [['closes', server.url(), '--connections', '0'], /whole number/],
      [['handshake', server.url(), '--connections', '2'], /lab handshake has no use for --connections/],
      [['close', server.url()], /Did you mean closes\?/],
      [[], /lab wants an experiment/],
    ] as const) {
      const { err, exitCode } = await lab(argv);
      assert.equal(exitCode, 2, argv.join(' '));
      assert.match(err, says);
    }
    assert.equal(server.asked.length, 0);
  });

  it('asks before more than 50 connections: on a terminal, else it wants --yes', async () => {
    const server = await serve((visit) => visit.refuse(403));
    const argv = ['closes', server.url(), '--connections', '51'];
    const piped = await lab(argv);
    assert.equal(piped.exitCode, 2);
    assert.match(piped.err, /51 connections need a yes\n +--yes says it/);
    for (const [typed, exitCode] of [
      ['n\n', 2],
      ['y\n', 3],
    ] as const) {
      const stdin: PassThrough & { readonly isTTY: true } = keyboard();
      const done = lab(argv, { stdin, stderrIsTTY: true });
      stdin.write(typed);
      const told = await done;
      assert.match(told.err, /Open 51 connections to 127\.0\.0\.1:\d+\? \[y\/N\] /);
      assert.equal(told.exitCode, exitCode);
    }
    assert.equal((await lab([...argv, '--yes'])).exitCode, 3);
  });

  it('ends as interrupted, with what was found by then', async () => {
    const io = fakeIo();
    const server = await serve((visit) => {
      if (server.asked.length > 3) io.signal('SIGINT');
      else void visit.accept();
    });
    const exitCode = await runCli(['lab', 'closes', server.url(), '--connections', '30', '--hold', '5ms'], io);
    assert.equal(exitCode, 130);
    assert.match(io.out(), /Stopped early: It was interrupted\./);
  });

  it('tells how far it is on a terminal alone', async () => {
    const server = await serve();
    const { err } = await lab(['closes', server.url(), '--connections', '2', '--hold', '5ms'], { stderrIsTTY: true });
    assert.match(err, /closes\.\.\. .*2 opened/);
    assert.equal(err.split('\r').at(-1), '\u001b[2K');
  });

  it('names each experiment in its help', async () => {
    const { out } = await lab(['--help']);
    for (const name of EXPERIMENT_NAMES) assert.match(out, new RegExp(`^ {2}${name} {2,}\\S`, 'm'));
    for (const line of out.split('\n')) assert.ok(line.length <= 80, line);
  });
});
