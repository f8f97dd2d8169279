import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { runCli } from '../../../../src/cli/main.js';
import { sampleSchema } from '../../../../src/core/base/sampleSchema.js';
import type { Sample } from '../../../../src/core/base/sample.js';
import { type Playground, startPlayground } from '../../../../src/core/playground/index.js';
import { useTempFolder } from '../../record/temp.js';
import { type FakeOptions, fakeIo } from '../fakeIo.js';

describe('wsprobe watch', () => {
  const folder = useTempFolder();
  let playground: Playground;
  before(async () => {
    playground = await startPlayground({ port: 0 });
  });
  after(() => playground.stop());

  /** A profile that is well on a busy machine too. */
  function well(): string {
    const profile = { url: `${playground.ws}/echo`, expect: { holdMs: 20, ping: false, budgets: { upgrade: 60_000 } } };
    writeFileSync(folder.path('well.wsprobe'), JSON.stringify(profile));
    return 'well.wsprobe';
  }

  async function watch(argv: readonly string[], options: FakeOptions = {}) {
    const io = fakeIo({ cwd: folder.path('.'), ...options });
    const every = argv.includes('--every') ? [] : ['--every', '5ms'];
    const exitCode = await runCli(['watch', ...every, ...argv], io);
    return { exitCode, out: io.out(), err: io.err() };
  }

  it('in a pipe tells when a verdict turns and when an alert fires, then all in numbers', async () => {
    // It closes before a hold of so long is over, however busy the machine.
    const ill = { url: `${playground.ws}/close/1011`, expect: { holdMs: 20_000, ping: false } };
    writeFileSync(folder.path('ill.wsprobe'), JSON.stringify(ill));
    const { exitCode, out, err } = await watch([well(), 'ill.wsprobe', '--count', '3']);
    assert.equal(exitCode, 1, 'an alert fires at the end');
    assert.equal(err, '');
    assert.match(out, /^\d\d:\d\d:\d\d {2}✘ ill\.wsprobe is down: The server failed/m);
    assert.match(out, /alert: ill\.wsprobe: Down 2 times in a row\n.*The server failed.*\n +First: /m);
    assert.match(out, /^✔ well\.wsprobe\navailable +100\.00 % of 3 looks, connected 3$/m);
    assert.match(out, /^closes +1011 × 3$/m);
    assert.match(out, /2 targets watched for .* · 1 healthy · 1 down · 1 alert$/m);
    assert.doesNotMatch(out, /\u001b/);
  });

  it('with --json prints a sample a line, each as the schema has it, and nothing else', async () => {
    const ajv = new Ajv({ allowUnionTypes: true });
    addFormats.default(ajv);
    const isSample = ajv.compile(sampleSchema());
    const { exitCode, out, err } = await watch([`${playground.ws}/echo`, '--count', '4', '--json']);
    assert.equal(exitCode, 0);
    const samples = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Sample);
    assert.equal(samples.length, 4);
    for (const sample of samples) assert.ok(isSample(sample), JSON.stringify(isSample.errors));
    assert.match(err, /1 target watched/);
  });

  it('ends with 3 where nothing ever connected, with 2 where a profile cannot be used', async () => {
    assert.equal((await watch(['ws://127.0.0.1:1/', '--count', '2', '-q'])).exitCode, 3);
    writeFileSync(folder.path('bad.wsprobe'), '{ "url": "ws://h", "watch": { "hold": 1 } }');
    const { exitCode, err, out } = await watch([`${playground.ws}/echo`, 'bad.wsprobe', '--count', '1']);
    assert.deepEqual([exitCode, out], [2, '']);
    assert.match(err, /`watch\.hold` must be true or false/);
  });

  it('is ended by Ctrl+C where nothing else ends it, and cut short where something does', async () => {
    for (const [more, expected] of [
      [[], 0],
      [['--for', '1h'], 130],
      [['--count', '1000000'], 130],
    ] as const) {
      const io = fakeIo();
      const done = runCli(['watch', `${playground.ws}/echo`, '--every', '5ms', '--json', ...more], io);
      await io.written;
      io.signal('SIGINT');
      assert.equal(await done, expected);
      assert.match(io.err(), /1 target watched/);
    }
  });

  it('ends where nobody reads it any more', async () => {
    const io = fakeIo();
    const done = runCli(['watch', `${playground.ws}/echo`, '--every', '5ms', '--json'], io);
    await io.written;
    io.stdout.stream.destroy();
    assert.equal(await done, 0);
  });

  it('takes from a profile how often and whether it holds, keeps to --for, and hides secrets', async () => {
    const profile = {
      url: `${playground.ws}/echo?token=\${secret:t}`,
      watch: { everyMs: 5, hold: true },
      expect: { holdMs: 1 },
    };
    writeFileSync(folder.path('held.wsprobe'), JSON.stringify(profile));
    const io = fakeIo({ cwd: folder.path('.') });
    const exitCode = await runCli(
      ['watch', 'held.wsprobe', '--secret', 't=hunter2secret', '--for', '300ms', '--json'],
      io,
    );
    assert.equal(exitCode, 0);
    const [first] = io
      .out()
      .split('\n')
      .map((line) => JSON.parse(line || 'null') as Sample | null);
    assert.deepEqual([first?.kind, first?.profile], ['hold', 'held.wsprobe']);
    assert.match(io.err(), /^held +.* at the longest, 0 drops, 0 reconnects/m);
    assert.doesNotMatch(io.out() + io.err(), /hunter2secret/);
  });

  it('with --held holds what no profile says to', async () => {
    const { out } = await watch([`${playground.ws}/echo`, '--held', '--count', '2', '--json']);
    assert.equal((JSON.parse(out.split('\n')[0] ?? '') as Sample).kind, 'hold');
  });

  it('on a terminal draws a live view over itself and leaves the summary', async () => {
    const { out } = await watch([well(), '--every', '400ms', '--count', '3'], {
      stdoutIsTTY: true,
      env: { NO_COLOR: '1' },
    });
    assert.match(out, /✔ well\.wsprobe +100\.00 % .*[▁█].*\n.*Ctrl\+C ends it\n/);
    assert.match(out, /\u001b\[2A\u001b\[0J/);
    const last = out.slice(out.lastIndexOf('\u001b'));
    assert.match(last, /^\u001b\[0J\n?✔ well\.wsprobe\n/);
  });

  it('with --history goes on where it ended, and refuses what a later version wrote', async () => {
    const target = `${playground.ws}/echo`;
    await watch([target, '--count', '2', '--history', 'kept']);
    const { out } = await watch([target, '--count', '1', '--history', 'kept']);
    assert.match(out, /^available +100\.00 % of 3 looks/m);
    writeFileSync(folder.path('kept/minutes-20200101T000000Z-00000000.jsonl'), '{"schema":"wsprobe.history/3"}\n');
    const later = await watch([target, '--count', '1', '--history', 'kept']);
    assert.deepEqual([later.exitCode, later.out], [2, '']);
    assert.match(later.err, /written by a later version of wsprobe.*\n +Update wsprobe, or name another folder/);
    writeFileSync(folder.path('file'), '');
    assert.match(
      (await watch([target, '--history', 'file'])).err,
      /cannot keep a history in file \(.*(ENOTDIR|EEXIST)\)/,
    );
  });
});
