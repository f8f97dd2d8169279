import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { runCli } from '../../../src/cli/main.js';
import { startPlayground } from '../../../src/core/playground/index.js';
import { frameLine, header } from '../record/samples.js';
import { fakeIo, type FakeIo } from './fakeIo.js';

describe('wsprobe tap', () => {
  let playground: Awaited<ReturnType<typeof startPlayground>>;
  let folder: string;
  const environment = process.env['XDG_DATA_HOME'];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wsprobe-tap-'));
    process.env['XDG_DATA_HOME'] = folder;
    playground = await startPlayground({ port: 0 });
  });
  after(async () => {
    if (environment === undefined) delete process.env['XDG_DATA_HOME'];
    else process.env['XDG_DATA_HOME'] = environment;
    await playground.stop();
    await rm(folder, { recursive: true });
  });

  /** What it does while clients use it; ends as Ctrl+C ends it. */
  async function tapping(
    options: readonly string[],
    work: (address: string, io: FakeIo) => Promise<void>,
  ): Promise<{ readonly code: number; readonly io: FakeIo }> {
    const io = fakeIo();
    const target = options.includes('--target') ? [] : ['--target', `${playground.ws}/`];
    const done = runCli(['tap', ...target, ...options], io);
    const address = () => /wsprobe: (wss?:\/\/\S+) leads to/.exec(io.err())?.[1];
    while (address() === undefined) await new Promise((resolve) => setImmediate(resolve));
    try {
      await work(address() ?? '', io);
    } finally {
      io.signal('SIGINT');
    }
    return { code: await done, io };
  }

  async function say(url: string, text: string, options: object = {}): Promise<string> {
    const socket = new WebSocket(`${url}/echo`, options);
    await once(socket, 'open');
    socket.send(text);
    const [answer] = (await once(socket, 'message')) as [Buffer];
    socket.close(1000);
    await once(socket, 'close');
    return String(answer);
  }

  const plain = (text: string) =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(/^ *[\d.]+ /, '').replaceAll(playground.ws, 'ws://target'));

  it('shows what passes, with whose it is, and sums up', async () => {
    const { code, io } = await tapping([], async (address, { out }) => {
      strictEqual(await say(address, 'hello', { perMessageDeflate: { threshold: 0 } }), 'hello');
      strictEqual(await say(address, 'plain', { perMessageDeflate: false }), 'plain');
      while (out().split('Closed').length < 3) await new Promise((resolve) => setImmediate(resolve));
    });
    strictEqual(code, 0);
    const lines = plain(io.out());
    for (const said of [
      '● Connecting to ws://target/echo [1 /echo]',
      '→ hello [1 /echo]',
      '← hello [1 /echo]',
      '→ close 1000 [1 /echo]',
      '● Closed 1000: The client sent Close 1000; the server answered with Close 1000. [1 /echo]',
      '→ plain [2 /echo]',
    ])
      ok(lines.includes(said), `${said} is none of\n${lines.join('\n')}`);
    match(io.err(), /2 connections; 2 messages/);
    match(io.err(), /ends: normal 2/);
  });

  it('tells alerts as watch does, with what to do first', async () => {
    const { code, io } = await tapping(['--quiet', '--pid', String(process.pid)], async (address, { err }) => {
      const clients = Array.from({ length: 25 }, () => new WebSocket(`${address}/echo`));
      await Promise.all(clients.map((client) => once(client, 'open')));
      for (const client of clients) client.terminate();
      while (!err().includes('(1006)')) await new Promise((resolve) => setImmediate(resolve));
    });
    strictEqual(code, 0);
    match(io.err(), /alert: ws:\/\/127\.0\.0\.1:\d+\/: 100 % of the connections end without\s+a Close frame \(1006\)/);
    match(io.err(), /First: /);
    strictEqual(io.out(), '');
  });

  it('records all clients into one file of a folder, and gives lines of a recording', async () => {
    const captures = join(folder, 'captures');
    const { io } = await tapping(['--record', captures, '--json'], async (address, { out }) => {
      await Promise.all([say(address, 'one'), say(address, 'two')]);
      while (out().split('"close"').length < 3) await new Promise((resolve) => setImmediate(resolve));
    });
    const files = await readdir(captures);
    strictEqual(files.length, 1);
    const texts = [io.out(), await readFile(join(captures, files[0] ?? ''), 'utf8')];
    for (const text of texts) {
      const lines = text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { type?: string; connection?: number });
      deepStrictEqual(
        lines.filter(({ type }) => type === 'connection').map(({ connection }) => connection),
        [1, 2],
      );
    }
  });

  it('does what a file of faults says, and tells what is wrong in one', async () => {
    const file = join(folder, 'faults.jsonc');
    await writeFile(file, '[ { "direction": "toServer", "do": { "replace": "other" } } ] // always');
    const { io } = await tapping(['--faults', file, '--seed', '7'], async (address) => {
      strictEqual(await say(address, 'hello'), 'other');
    });
    match(io.err(), /1 fault, --seed 7/);
    match(io.out(), /Fault 1: put another message in the place of a message of 5 bytes to the server/);
    await writeFile(file, '[\n { "do": { "dealyMs": 1 } }\n]');
    const wrong = fakeIo();
    strictEqual(await runCli(['tap', '-t', playground.ws, '--faults', file], wrong), 2);
    match(wrong.err(), /faults\.jsonc:2:\d+: error: .*Did you mean .delayMs./);
  });

  it('answers as a recording did while the server is down, and not while it is there', async () => {
    const file = join(folder, 'orders.wsrec');
    const lines = [
      header,
      frameLine({ index: 0, direction: 'sent', masked: true, text: '{"op":"price","id":1}', payloadBytes: 21 }),
      frameLine({ index: 1, atMs: 2, text: '{"id":1,"price":7}', payloadBytes: 18 }),
    ];
    await writeFile(file, lines.map((each) => `${JSON.stringify(each)}\n`).join(''));
    const there = await tapping(['--answer-from', file], async (address) => {
      strictEqual(await say(address, '{"op":"price","id":5}'), '{"op":"price","id":5}', 'the echo of the server');
    });
    strictEqual(there.code, 0);
    const { code, io } = await tapping(
      ['--target', 'ws://127.0.0.1:1/', '--answer-from', file],
      async (address, { out }) => {
        strictEqual(await say(address, '{"op":"price","id":5}'), '{"id":5,"price":7}', 'with the id of now');
        const socket = new WebSocket(`${address}/orders`);
        await once(socket, 'open');
        socket.send('who is this');
        while (!out().includes('nothing like this')) await new Promise((resolve) => setImmediate(resolve));
        const over = once(socket, 'close');
        socket.close(4001);
        strictEqual(((await over) as [number])[0], 4001);
        while (out().split('Closed').length < 3) await new Promise((resolve) => setImmediate(resolve));
      },
    );
    strictEqual(code, 0);
    const told = plain(io.out()).join('\n');
    match(told, /● .*refused.* orders\.wsrec answers in its place\. \[1 \/echo\]/);
    match(told, /→ \{"op":"price","id":5\} \[1 \/echo\]\n(.*\n)*← \{"id":5,"price":7\} \[1 \/echo\]/);
    match(told, /orders\.wsrec has nothing like this: who is this/);
    match(told, /Closed 4001: The client sent Close 4001, and was answered\./);
    match(io.err(), /2 connections; 2 messages/);
  });

  it('writes metrics', async () => {
    await tapping(['--metrics', '127.0.0.1:0', '--pid', String(process.pid), '-q'], async (address, io) => {
      await say(address, 'hello', { perMessageDeflate: false });
      const at = () => /metrics at (\S+)/.exec(io.err())?.[1];
      while (at() === undefined) await new Promise((resolve) => setImmediate(resolve));
      const read = async () => (await fetch(at() ?? '')).text();
      let text = await read();
      while (!/tap_connections 0/.test(text)) text = await read();
      for (const line of [
        'wsprobe_tap_connections_total 1',
        'wsprobe_tap_disconnects_total{reason="normal"} 1',
        'wsprobe_tap_messages_total{direction="toServer"} 1',
        'wsprobe_tap_bytes_total{direction="toClient"} 5',
        'wsprobe_tap_storm 0',
      ])
        ok(text.includes(line), `${line} is not in\n${text}`);
      match(text, /wsprobe_tap_server_resident_memory_bytes \d{6,}/);
      strictEqual(io.out(), '');
    });
  });

  it('listens to wss by an authority of its own, that lies with the user alone and is forgotten when told to', async () => {
    await tapping(['--tls'], async (address) => {
      const kept = join(folder, 'wsprobe', 'tap-authority');
      for (const name of await readdir(kept)) strictEqual((await stat(join(kept, name))).mode & 0o777, 0o600, name);
      const ca = await readFile(join(kept, 'authority.pem'), 'utf8');
      strictEqual(await say(address, 'hello', { ca }), 'hello');
      strictEqual(await say(address.replace('127.0.0.1', 'localhost'), 'hello', { ca }), 'hello');
    });
    const io = fakeIo();
    strictEqual(await runCli(['tap', '--remove-authority'], io), 0);
    deepStrictEqual(await readdir(join(folder, 'wsprobe')), []);
  });

  it('says loudly where others reach it', async () => {
    const { io } = await tapping(['--listen', '0.0.0.0:0'], async () => {});
    match(io.err(), /IS OPEN TO THE NETWORK/);
  });

  for (const [argv, says] of [
    [[], /wants a target/],
    [['ws://x/'], /--target/],
    [['-t', 'ws://127.0.0.1:1/', '--pid', '0'], /--pid/],
    [['-t', 'ws://127.0.0.1:1/', '--listen', 'nowhere'], /address and a port/],
    [['-t', 'ws://127.0.0.1:1/', '--faults', '/nowhere/faults', '--seed', 'x'], /--seed wants/],
    [['-t', 'ws://127.0.0.1:1/', '--seed', '7'], /--faults/],
    [['-t', 'ws://127.0.0.1:1/', '--json', '--quiet'], /--json and --quiet cannot go together/],
    [['-t', 'ws://127.0.0.1:1/', '--faults', '/nowhere/faults'], /--faults/],
    [['-t', 'ws://127.0.0.1:1/', '--answer-from', '/nowhere/orders.wsrec'], /orders\.wsrec/],
    [['-t', 'ws://127.0.0.1:1/', '--answer-from', 'orders.txt'], /no recording/],
    [
      ['-t', 'ws://127.0.0.1:1/', '--record', 'package.json'],
      /cannot record in .*package\.json \(it is a file, EEXIST\)/,
    ],
  ] as const) {
    it(`refuses ${argv.join(' ')}`, async () => {
      const io = fakeIo();
      strictEqual(await runCli(['tap', ...argv], io), 2);
      match(io.err(), says);
    });
  }

  it('ends with 3 where no client reached the server', async () => {
    const io = fakeIo();
    const done = runCli(['tap', '-t', 'ws://127.0.0.1:1/', '-q'], io);
    const address = () => /wsprobe: (wss?:\/\/\S+) leads to/.exec(io.err())?.[1];
    while (address() === undefined) await new Promise((resolve) => setImmediate(resolve));
    const socket = new WebSocket(address() ?? '');
    await once(socket, 'error');
    io.signal('SIGINT');
    strictEqual(await done, 3);
  });
});
