import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import type { Io } from '../../../../src/cli/io.js';
import { runCli } from '../../../../src/cli/main.js';
import { type Playground, startPlayground } from '../../../../src/core/playground/index.js';
import { Session } from '../../../../src/core/session/session.js';
import { type FakeOptions, fakeIo, keyboard } from '../fakeIo.js';
import { assertGolden } from '../golden.js';
import { normaliseTalk } from './normaliseTalk.js';

describe('wsprobe connect', () => {
  let playground: Playground;
  let folder: string;
  before(async () => {
    playground = await startPlayground({ port: 0 });
    folder = await mkdtemp(join(tmpdir(), 'wsprobe-connect-'));
  });
  after(async () => {
    await playground.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function run(path: string, argv: readonly string[] = [], options: FakeOptions = {}) {
    const io = fakeIo({ cwd: folder, ...options });
    const target = path.startsWith('/') ? `${playground.ws}${path}` : path;
    const exitCode = await runCli(['connect', target, ...argv], io);
    return { exitCode, out: io.out(), outBytes: io.outBytes(), err: io.err() };
  }
  const linesOf = (out: string) => out.trimEnd().split('\n');
  const json = (out: string) => linesOf(out).map((line) => JSON.parse(line) as Record<string, unknown>);

  describe('in a pipe', () => {
    it('sends each line and prints what comes back, nothing else', async () => {
      const { exitCode, out, err } = await run('/echo', ['--max', '3'], { stdin: 'one\n{"id":"${x}"}\n\u00e9 three' });
      assert.equal(out, 'one\n{"id":"${x}"}\n\u00e9 three\n');
      assert.match(err, /^✔ open {2}ws:.* · permessage-deflate · [\d.]+ ms\n✔ closed {2}1000 · by us\n$/);
      assert.equal(exitCode, 0);
    });

    it('sends what NUL parts, line breaks and all, and parts the answers so', async () => {
      const { out } = await run('/echo', ['--null', '--max', '2'], { stdin: 'a\nb\0c' });
      assert.equal(out, 'a\nb\0c\0');
    });

    it('sends any bytes with --binary', async () => {
      const stdin = Buffer.from('ff0a', 'hex');
      const { outBytes } = await run('/echo', ['--binary', '--once'], { stdin });
      assert.equal(outBytes.toString('hex'), 'ff0a0a');
      const lines = await run('/echo', ['--binary', '--lines', '--once'], { stdin });
      assert.equal(lines.outBytes.toString('hex'), 'ff0a');
      const refused = await run('/echo', [], { stdin });
      assert.match(refused.err, /message 1 is not UTF-8 and was not sent; --binary sends any bytes/);
      assert.equal(refused.exitCode, 2);
    });

    it('waits for replies after the last line, and not with --wait 0', async () => {
      const slow = '/slow-echo?ms=80';
      assert.equal((await run(slow, ['--wait', '30s', '--once'], { stdin: 'x' })).out, 'x\n');
      assert.equal((await run(slow, ['--wait', '0'], { stdin: 'x' })).out, '');
    });

    it('fails when the reply that --once waits for never comes', async () => {
      const { exitCode, out, err } = await run('/silence', ['--once', '--wait', '30'], { stdin: 'x' });
      assert.equal(out, '');
      assert.match(err, /No message within 30 ms\./);
      assert.equal(exitCode, 1);
    });

    it('sends all input as one message with --whole and --binary, of any size', async () => {
      const bytes = Buffer.from(Array.from({ length: 3000 }, (_, index) => (index * 7) % 256));
      const { outBytes } = await run('/echo', ['--binary', '--once', '--raw'], { stdin: bytes });
      assert.equal(outBytes.toString('hex'), bytes.toString('hex'));
      assert.equal((await run('/echo', ['--whole', '--once'], { stdin: '{\n}\r\n' })).out, '{\n}\r\n\n');
    });

    it('sends what --send and --file say, in their order, and leaves standard input alone', async () => {
      await writeFile(join(folder, 'f.bin'), Buffer.from('00ff0a', 'hex'));
      await writeFile(join(folder, 'two.txt'), 'one\ntwo');
      const fifo = join(folder, 'pipe');
      if (process.platform !== 'win32') execFileSync('mkfifo', [fifo]);
      const argv = ['--send', 'a\nb', '--send', '@f.bin', '--send', '@@at', '--file', 'two.txt', '--max', '5'];
      const { exitCode, outBytes } = await run('/echo', argv, { stdin: new PassThrough() });
      assert.equal(outBytes.toString('latin1'), 'a\nb\n\0\u00ff\n\n@at\none\ntwo\n');
      assert.equal(exitCode, 0);
      const piped = await run('/echo', ['--send', 'first', '--send', '@-', '--max', '2'], { stdin: 'a\nb' });
      assert.equal(piped.out, 'first\na\nb\n');
      for (const [wrong, why] of [
        [['--send', '@none'], /^wsprobe: --send: The payload file none is not there/],
        [['--file', 'none'], /^wsprobe: cannot read none \(ENOENT\)\n$/],
        [['--file', folder], /cannot read .* \(it is a folder, EISDIR\)/],
        [['--send', '${nothing}'], /message 1: .*has no value/],
        ...(process.platform === 'win32' ? [] : [[['--file', fifo], /cannot read .* \(no regular file\)/] as const]),
      ] as const) {
        const refused = await run('/echo', wrong);
        assert.match(refused.err, why);
        assert.equal(refused.exitCode, 2);
        // A file is looked for before anybody is connected to.
        if (wrong[1] !== '${nothing}') assert.doesNotMatch(refused.err, /open/);
      }
    });

    it('closes after a message that --until matches, and fails without one', async () => {
      const stdin = 'one\ntwo\nthree\n';
      for (const until of ['two', '/^t.o$/']) {
        const { exitCode, out } = await run('/echo', ['--until', until], { stdin });
        assert.deepEqual([exitCode, out], [0, 'one\ntwo\n']);
      }
      const labelled = await run('/echo', ['--until', 'two', '--json', '--labels'], { stdin });
      assert.equal(labelled.exitCode, 0);
      assert.match(labelled.out, /"direction":"received".*"text":"two"/);
      const none = await run('/echo', ['--until', 'four', '--wait', '30'], { stdin });
      assert.match(none.err, /No message matched --until four within 30 ms\./);
      assert.equal(none.exitCode, 1);
    });

    it('fails when fewer messages came than --max, and says how many', async () => {
      const timed = await run('/echo', ['--max', '100', '--wait', '100'], { stdin: 'a\nb\n' });
      assert.match(timed.err, /2 of 100 messages came within 100 ms\./);
      const closed = await run('/close/1000?after=0', ['--max', '3', '--wait', 'forever']);
      assert.match(closed.err, /0 of 3 messages came\.\n/);
      assert.deepEqual([timed.exitCode, closed.exitCode], [1, 1]);
    });

    it('prints no message more than --max, though more arrive with it', async () => {
      const { exitCode, out } = await run('/flood?count=5000', ['--max', '3', '--wait', 'forever']);
      assert.equal(linesOf(out).length, 3);
      assert.equal(exitCode, 0);
    });

    it('prints a big message whole', async () => {
      const { out } = await run('/big?bytes=3000000', ['--once']);
      assert.equal(out.length, 3_000_001);
    });

    it('never hands a terminal escape on to standard error', async () => {
      const { out, err } = await run('/hostile/message', ['--once']);
      assert.match(out, /\u001b\[2J.*\u202egnp\.exe/);
      assert.doesNotMatch(err, /[\u001b\u009b\u202e\0]/);
      for (const path of ['/hostile/refusal', '/hostile/close', '/hostile/headers']) {
        const told = await run(path, ['--wait', '50']);
        assert.doesNotMatch(told.out + told.err, /[\u001b\u009b\u202e]/);
      }
    });
  });

  describe('exit code', () => {
    const ends: [path: string, exitCode: number, why: RegExp][] = [
      ['/close/1000?after=0', 0, /closed {2}1000 · by the server/],
      ['/close/1001?after=0', 0, /closed {2}1001/],
      ['/close-empty?after=0', 0, /closed {2}1005/],
      ['/close/1011?after=0', 1, /closed {2}1011 [^]*\nwhy /],
      ['/close/4401?after=0&reason=expired', 1, /closed {2}4401 "expired" · by the server[^]*\nwhy [^]*\nchange /],
      ['/fin?after=0', 1, /closed {2}1006 · by the network[^]*\nwhy /],
      ['/rst?after=0', 1, /closed {2}1006 · by the network[^]*\nwhy /],
      ['/masked', 1, /\nwhy /],
      ['/status/401', 3, /✘ down[^]*\nwhy .*credentials[^]*\nchange /],
      ['ws://127.0.0.1:1/', 3, /✘ down[^]*\nwhy /],
    ];
    for (const [path, expected, why] of ends) {
      it(`is ${expected} for ${path}`, async () => {
        const { exitCode, out, err } = await run(path, ['--wait', 'forever']);
        assert.match(err, why);
        assert.equal(out, '');
        assert.equal(exitCode, expected);
      });
    }

    it('is 1 when our Close is not answered', async () => {
      const file = 'impatient.wsprobe';
      await writeFile(
        join(folder, file),
        JSON.stringify({ url: `${playground.ws}/never-close`, timeouts: { closeMs: 50 } }),
      );
      assert.equal((await run(file, ['--wait', '0'])).exitCode, 1);
    });

    it('is 0 after one Ctrl+C and 130 after the second', async () => {
      for (const [path, signals, expected] of [
        ['/echo', 1, 0],
        ['/never-close', 2, 130],
        ['/never', 1, 130],
      ] as const) {
        const io = fakeIo({ cwd: folder, stdin: new PassThrough() });
        const heard = playground.requests;
        const done = runCli(['connect', `${playground.ws}${path}`, '--json'], io);
        const until = async (sign: () => boolean) => {
          while (!sign()) await new Promise(setImmediate);
        };
        await until(() => (path === '/never' ? playground.requests > heard : io.out().includes('"open"')));
        io.signal('SIGINT');
        if (signals === 2) {
          await until(() => io.out().includes('"opcode":8'));
          io.signal('SIGINT');
        }
        assert.equal(await done, expected, path);
      }
    });
  });

  it('records from the first frame on with --record', async () => {
    const { err } = await run('/echo', ['--record', 'from-start.wsrec', '--max', '1'], { stdin: 'hello\n' });
    assert.match(err, /recording to from-start\.wsrec\n[^]*recorded 4 frames, /);
    const lines = (await readFile(join(folder, 'from-start.wsrec'), 'utf8')).trimEnd().split('\n');
    const kinds = lines.map((line) => (JSON.parse(line) as { type?: string }).type);
    assert.deepEqual(kinds, [undefined, 'connection', 'open', 'frame', 'frame', 'frame', 'frame', 'close']);
  });

  for (const [code, why] of [
    ['ENOSPC', 'the disk is full'],
    ['EDQUOT', 'the quota of the disk is used up'],
    ['EIO', 'the disk reports an error'],
  ] as const) {
    it(`says that ${why} where a recording stops for it, and exits with 1`, async () => {
      const handle = await open(join(folder, 'any'), 'w');
      const files = Object.getPrototypeOf(handle) as { writev: unknown };
      await handle.close();
      const { writev } = files;
      files.writev = () => Promise.reject(Object.assign(new Error('writev'), { code }));
      try {
        const { err, exitCode, out } = await run('/echo', ['--record', `${code}.wsrec`, '--max', '1'], {
          stdin: 'a\n',
        });
        assert.match(err, new RegExp(`The recording stopped: ${why}\\.`));
        assert.doesNotMatch(err, /slower/);
        assert.deepEqual([out, exitCode], ['a\n', 1]);
      } finally {
        files.writev = writev;
      }
    });
  }

  it('tells at the end with --verbose how long replies took', async () => {
    const init = '{"type":"connection_init"}\n{"type":"ping"}\n';
    const argv = ['--subprotocol', 'graphql-transport-ws', '--max', '2', '--verbose'];
    const { err } = await run('/graphql', argv, { stdin: init });
    assert.match(err, /operation +count +p50 +p95 +p99 +max +unanswered +failed\nconnection_init +1 /);
  });

  it('refuses options that would have no effect', async () => {
    const prompt = () => ({ stdin: keyboard(), stdoutIsTTY: true, stderrIsTTY: true });
    for (const [argv, options, why] of [
      [['--timestamps', 'delta'], {}, /--timestamps wants a terminal/],
      [['--timestamps', 'delta', '--json'], {}, /--timestamps wants a terminal/],
      [['--no-control'], {}, /--no-control wants a terminal or --json/],
      [['--pretty', '--json'], {}, /--pretty wants messages/],
      [['--raw', '--json'], {}, /--raw wants a pipe/],
      [['--whole', '--send', 'x'], {}, /--whole wants a pipe or --file/],
      [['--whole', '--lines'], {}, /--lines and --whole cannot go together/],
      [['--send', '@-', '--file', '-'], {}, /standard input can be read once/],
      [['--until', '/(/'], {}, /--until: Invalid regular expression/],
      [['--until', ''], {}, /--until wants a text/],
      [['--binary'], prompt(), /--binary wants a pipe, --send or --file/],
      [['--null'], prompt(), /--null wants a pipe or --file/],
      [['--wait', '5s'], prompt(), /--wait wants a pipe, --send or --file/],
      [['--send', '@-'], prompt(), /--send @- and --file - want a pipe/],
    ] as const) {
      const { exitCode, err, out } = await run('/echo', argv, options);
      assert.match(err, why);
      assert.deepEqual([exitCode, out], [2, '']);
    }
    const labels = await run('/echo', ['--labels']);
    assert.deepEqual([labels.exitCode, /--labels wants a terminal or --json/.test(labels.err)], [2, true]);
    for (const [argv, why] of [
      [['--decode', 'gzip'], /--decode wants a terminal or --json/],
      [['--json', '--decode', 'zip'], /--decode wants the name of a decoder[^]*gzip.*protobuf:FILE:TYPE/],
      [['--json', '--decode', 'protobuf:nowhere.proto:A', '--send', 'x'], /The schema nowhere\.proto is not there/],
    ] as const) {
      const { exitCode, err } = await run('/echo', argv);
      assert.match(err, why);
      assert.equal(exitCode, 2);
    }
    const dialect = await run('/echo', ['--dialect', 'morse']);
    assert.deepEqual([dialect.exitCode, /--dialect wants auto, none or the name/.test(dialect.err)], [2, true]);
  });

  describe('--json', () => {
    it('gives an object a line for every frame and event', async () => {
      const { exitCode, out } = await run('/echo', ['--json', '--max', '1'], { stdin: 'hello\n' });
      const records = json(out);
      assert.equal(exitCode, 0);
      assert.deepEqual(
        records.map(({ type, direction, opcode }) => [type, direction, opcode].filter((value) => value !== undefined)),
        [
          ['event'],
          ['open'],
          ['frame', 'sent', 1],
          ['frame', 'received', 1],
          ['frame', 'sent', 8],
          ['frame', 'received', 8],
          ['close'],
        ],
      );
      const { inflated, rsv1, atMs } = records[3] ?? {};
      assert.deepEqual([rsv1, inflated], [true, { text: 'hello', bytes: 5, truncated: false }]);
      assert.ok(Number(atMs) >= Number(records[1]?.['atMs']));
      const { close } = records.at(-1) as { close: { code: number; clean: boolean } };
      assert.deepEqual([close.code, close.clean], [1000, true]);
    });

    it('names messages by their dialect with --labels, the last ones before the end too', async () => {
      const stdin = '{"jsonrpc":"2.0","id":1,"method":"sum"}\nplain\n';
      const { out } = await run('/echo', ['--json', '--labels', '--dialect', 'json-rpc', '--max', '2'], { stdin });
      const messages = json(out).filter(({ opcode }) => opcode === 1);
      assert.deepEqual(messages.map(({ direction, label }) => `${String(direction)} ${String(label)}`).toSorted(), [
        'received plain',
        'received sum #1',
        'sent plain',
        'sent sum #1',
      ]);
    });

    it('shows what --decode makes of messages', async () => {
      const stdin = `${Buffer.from('{"a":12345678901234567890}').toString('base64')}\nplain text\n`;
      const { out } = await run('/echo', ['--json', '--decode', 'base64', '--decode', 'msgpack', '--max', '2'], {
        stdin,
      });
      const received = out.split('\n').filter((line) => line.includes('"received","opcode":1'));
      assert.deepEqual(
        received.map((line) => /"decoded":(.*)}$/.exec(line)?.[1]),
        ['{"a":12345678901234567890}', undefined],
      );
    });

    it('says why it did not open', async () => {
      const { exitCode, out, err } = await run('/status/401', ['--json']);
      const failed = json(out).at(-1);
      assert.equal(failed?.['type'], 'failed');
      const [finding] = (failed?.['findings'] ?? []) as readonly { readonly id: string }[];
      assert.equal(finding?.id, 'upgrade.unauthorized');
      assert.match(err, /✘ down/);
      assert.equal(exitCode, 3);
    });

    it('escapes what a terminal would obey, and stays the same text', async () => {
      const { out } = await run('/hostile/message', ['--json', '--once']);
      assert.doesNotMatch(out, /[\u001b\u009b\u202e\0]/);
      const message = json(out).find(({ opcode }) => opcode === 1);
      assert.match(String(message?.['text']), /\u001b\[2J.*\u202e/);
    });

    it('leaves control frames out with --no-control', async () => {
      const { out } = await run('/ping-flood?count=3', ['--json', '--no-control', '--wait', '50']);
      assert.ok(!json(out).some(({ opcode }) => Number(opcode) >= 8));
    });
  });

  it('shows no secret to a person and in no record, whoever says it', async () => {
    const file = 'secret.wsprobe';
    await writeFile(
      join(folder, file),
      JSON.stringify({ url: `${playground.ws}/headers`, auth: { type: 'bearer', token: '${secret:token}' } }),
    );
    for (const options of [['--json'], []]) {
      for (const stdoutIsTTY of [true, false]) {
        const stdin = 'my tok-s3cr3t-1 is\n';
        const argv = ['--secret', 'token=tok-s3cr3t-1', '--max', '2', ...options];
        const { out, err } = await run(file, argv, { stdin, stdoutIsTTY });
        assert.match(out, /Authorization/);
        assert.doesNotMatch(err, /s3cr3t/);
        if (!stdoutIsTTY && options.length === 0) continue;
        assert.match(out, /my (\[redacted\]|\*+) is/);
        assert.doesNotMatch(out, /s3cr3t/);
      }
    }
  });

  it('reconnects with --reconnect, and says so', async () => {
    const file = 'again.wsprobe';
    const reconnect = { initialMs: 1, maxMs: 1, jitter: 0, maxAttempts: 2 };
    await writeFile(
      join(folder, file),
      JSON.stringify({ url: `${playground.ws}/fin?after=0`, session: { reconnect } }),
    );
    const { exitCode, out, err } = await run(file, ['--wait', 'forever', '--reconnect']);
    assert.equal(err.match(/✔ open/g)?.length, 3);
    assert.deepEqual(err.match(/reconnecting in .* \(attempt \d of 2\)/g)?.length, 2);
    assert.equal(out, '');
    assert.equal(exitCode, 1);
  });

  it('drops a peer that does not answer --ping-interval', async () => {
    const { exitCode, err } = await run('/no-pong', ['--ping-interval', '20ms', '--wait', 'forever']);
    assert.match(err, /why .*(half-open|ping|heartbeat)/i);
    assert.equal(exitCode, 1);
  });

  describe('on a terminal', () => {
    const transcripts: [name: string, path: string, argv: string[], stdin: string][] = [
      ['echo', '/echo?compression=off', ['--once'], '{"a": 1,\t"b":2}\n'],
      ['pretty', '/echo', ['--pretty', '--once'], '{"big":12345678901234567890,"list":[1]}\n'],
      ['binary', '/binary?bytes=100', ['--once'], ''],
      ['fragments', '/fragments?count=3', ['--once', '--no-control'], ''],
      ['refused', '/status/401', [], ''],
      ['closed', '/close/4401?after=0&reason=expired', ['--wait', 'forever'], ''],
      ['hostile', '/hostile/message', ['--once'], ''],
    ];
    for (const [name, path, argv, stdin] of transcripts) {
      it(`shows ${name}`, async () => {
        const { out, err } = await run(path, argv, { stdin, stdoutIsTTY: true, env: { NO_COLOR: '1' } });
        assertGolden(`connect-${name}`, normaliseTalk(out + err));
      });
    }

    it('counts from the line before, or tells the time', async () => {
      const options = { stdin: 'x', stdoutIsTTY: true, env: { NO_COLOR: '1' } };
      assert.match((await run('/echo', ['--once', '--timestamps', 'delta'], options)).out, /^ +\+\d+\.\d ← x$/m);
      const clock = /^\d\d:\d\d:\d\d\.\d{3} ← x$/m;
      assert.match((await run('/echo', ['--once', '--timestamps', 'absolute'], options)).out, clock);
    });

    it('dims control frames', async () => {
      const { out } = await run('/ping-flood?count=3', ['--wait', '50'], { stdoutIsTTY: true });
      assert.match(out, /\u001b\[2m +[\d.]+ ← ping "1"\u001b\[0m\n/);
    });

    it('cuts a long text, and says how long it is', async () => {
      const { out } = await run('/big?bytes=3000000', ['--once'], { stdoutIsTTY: true, env: { NO_COLOR: '1' } });
      assert.match(out, /\[cut: 2\.86 MiB in all\]/);
      assert.ok(out.length < 20_000);
    });
  });

  describe('with a reader slower than the peer', () => {
    it('stops reading until the reader has caught up, and loses nothing', async () => {
      const pauses: boolean[] = [];
      const restore = watchPauses(pauses);
      try {
        const reader = heldReader();
        const io: Io = { ...fakeIo({ cwd: folder }), stdout: reader.output };
        const target = `${playground.ws}/flood?count=200000`;
        const done = runCli(['connect', target, '--max', '200000', '--wait', 'forever'], io);
        await reader.isFull;
        assert.equal(pauses.at(-1), true);
        const held = reader.written();
        // Ten turns of the loop in which a socket that is read would have given more.
        for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
        assert.ok(reader.written() - held < 8 * 1024 * 1024);
        reader.read();
        assert.equal(await done, 0);
        assert.ok(pauses.lastIndexOf(false) > pauses.indexOf(true));
        assert.equal(reader.written(), 200_000 * (64 + '\n'.length));
      } finally {
        restore();
      }
    });

    it('ends when the reader goes away', async () => {
      const reader = heldReader();
      const io: Io = { ...fakeIo({ cwd: folder }), stdout: reader.output };
      const done = runCli(['connect', `${playground.ws}/flood?count=200000`, '--wait', 'forever'], io);
      await reader.isFull;
      reader.output.stream.destroy(new Error('EPIPE'));
      assert.equal(await done, 0);
    });
  });
});

/** Notes every pause and resumption of any session until the returned function is called. */
function watchPauses(pauses: boolean[]): () => void {
  const before = Object.getOwnPropertyDescriptor(Session.prototype, 'pause');
  const real = before?.value as (this: Session, paused: boolean) => void;
  const pause = function (this: Session, paused: boolean) {
    pauses.push(paused);
    real.call(this, paused);
  };
  Object.defineProperty(Session.prototype, 'pause', { ...before, value: pause });
  return () => Object.defineProperty(Session.prototype, 'pause', before ?? {});
}

/** A reader that takes nothing until told to, then everything. */
function heldReader() {
  let held: (() => void) | null = null;
  let isReading = false;
  let bytes = 0;
  let full = () => {};
  const isFull = new Promise<void>((resolve) => (full = resolve));
  const stream = new Writable({
    decodeStrings: false,
    write(_chunk, _encoding, done) {
      if (isReading) done();
      else held = done;
    },
  });
  stream.on('error', () => {});
  const write = (content: string | Uint8Array) => {
    bytes += content.length;
    const hasRoom = stream.write(content);
    // The listener of the outlet runs in the same turn.
    if (!hasRoom) setImmediate(full);
    return hasRoom;
  };
  return {
    output: { isTTY: false, stream, write },
    isFull,
    written: () => bytes,
    read: () => {
      isReading = true;
      held?.();
    },
  };
}
