import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../../src/cli/main.js';
import { RecordedSource } from '../../../src/core/session/recordedSource.js';
import { FakeDevtools } from '../tap/devtools/fakeDevtools.js';
import { fakeIo, type FakeIo } from './fakeIo.js';

describe('wsprobe attach', () => {
  let devtools: FakeDevtools;
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wsprobe-attach-'));
  });
  beforeEach(async () => {
    devtools = await new FakeDevtools().listen();
  });
  afterEach(() => devtools.stop());
  after(() => rm(folder, { recursive: true }));

  const until = async (fits: () => boolean) => {
    while (!fits()) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  /** Attached to one page, which has said a little. */
  const attached = async (options: readonly string[], untilTold: (io: FakeIo) => boolean) => {
    const io = fakeIo();
    const done = runCli(['attach', `ws://${devtools.host}/devtools/page/p`, ...options], io);
    await until(() => io.err().includes('attached to'));
    devtools.created('1', 'ws://shop.test/orders?token=query-secret-1');
    devtools.opened('1');
    devtools.frame('1', 'hello query-secret-1 \u001b[31m');
    devtools.created('2', 'ws://shop.test/chat');
    devtools.opened('2');
    devtools.frame('2', 'AQID', { opcode: 2 });
    devtools.emit('Network.webSocketClosed', { requestId: '1', timestamp: 3 });
    await until(() => untilTold(io));
    return { io, done };
  };

  it('shows what is said as connect does, with which socket it is, until it is interrupted', async () => {
    const { io, done } = await attached([], (told) => /Closed/.test(told.out()));
    io.signal('SIGINT');
    assert.equal(await done, 0);
    assert.deepEqual(
      io
        .out()
        .trimEnd()
        .split('\n')
        .map((line) => line.replace(/^ *[\d.]+ /, '')),
      [
        '● Connecting to ws://shop.test/orders?token=[redacted] [1 /orders]',
        '● Open: ws://shop.test/orders?token=[redacted] [1 /orders]',
        '← hello [redacted] \\u001b[31m [1 /orders]',
        '● Connecting to ws://shop.test/chat [2 /chat]',
        '● Open: ws://shop.test/chat [2 /chat]',
        '← binary, 3 bytes [2 /chat]',
        ' 01 02 03                                         ...',
        '● Closed without a known code: DevTools do not tell the close code [1 /orders]',
        '● Closed without a known code: wsprobe has detached [2 /chat]',
      ],
    );
    assert.match(io.err(), /2 connections, 0 sent, 2 received/);
  });

  it('gives the lines of a recording, and writes one, and ends with the target', async () => {
    const file = join(folder, 'page.wsrec');
    const { io, done } = await attached(['--json', '--record', file], (told) => /"close"/.test(told.out()));
    devtools.drop();
    assert.equal(await done, 0);
    assert.match(io.err(), /ended: the connection to DevTools closed/);
    for (const text of [io.out(), await readFile(file, 'utf8')]) {
      assert.doesNotMatch(text, /query-secret-1/);
      const path = join(folder, 'told.wsrec');
      await writeFile(path, text);
      const recorded = await RecordedSource.open('r', path);
      await recorded.loaded;
      const { connections, received, recording } = recorded.snapshot();
      assert.deepEqual([connections, received.messages, recording?.error], [2, 2, null]);
      assert.deepEqual(
        recorded.connections.map(({ url, close }) => [url, close?.code]),
        [
          ['ws://shop.test/orders?token=[redacted]', null],
          ['ws://shop.test/chat', null],
        ],
      );
      await recorded.dispose();
    }
  });

  it('says what is wrong with an address, and where no DevTools are', async () => {
    const run = async (...argv: readonly string[]) => {
      const io = fakeIo();
      return [await runCli(['attach', ...argv], io), io.err()] as const;
    };
    assert.equal((await run())[0], 2);
    assert.equal((await run('ftp://127.0.0.1'))[0], 2);
    for (const option of [['--pretty'], ['--timestamps', 'delta']])
      assert.match((await run(`ws://${devtools.host}/x`, '--json', ...option))[1], /cannot go together/);
    const [code, err] = await run(`http://${devtools.host}`);
    assert.equal(code, 3);
    assert.match(err, /No DevTools at 127\.0\.0\.1:\d+: it answers \/json\/version with 404/);
    const record = join(folder, 'no', 'folder.wsrec');
    assert.equal((await run(`ws://${devtools.host}/devtools/page/p`, '--record', record))[0], 2);
  });
});
