import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Attachment } from '../../../../src/core/tap/devtools/attachment.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

/** A server and a client of `ws` that have loaded it before anybody looks; it goes on at each line that it is told. */
const APP = `
const { WebSocket, WebSocketServer } = require('ws');
const { Worker } = require('node:worker_threads');
const thread = \`
  const { WebSocket } = require('ws');
  const { parentPort } = require('node:worker_threads');
  parentPort.on('message', (url) => {
    const client = new WebSocket(url);
    client.on('open', () => client.send('from a thread'));
    client.on('message', () => client.send('bye'));
    client.on('close', () => parentPort.postMessage('thread closed'));
  });
  parentPort.postMessage('thread ready');
\`;
let worker;
const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
server.on('connection', (socket) => socket.on('message', (data, binary) => {
  if (String(data) === 'bye') socket.close(4001, 'as asked');
  else socket.send(data, { binary });
}));
let client;
const steps = {
  connect: () => {
    client = new WebSocket('ws://127.0.0.1:' + server.address().port + '/orders?token=query-secret-1', ['chat']);
    client.on('open', () => console.log('open'));
    client.on('message', (data) => console.log('got ' + data));
    client.on('close', (code) => console.log('closed ' + code));
  },
  talk: () => { client.send('hello'); client.send(Buffer.from([1, 2, 3])); },
  bye: () => client.send('bye'),
  names: () => console.log('names ' + Object.getOwnPropertyNames(globalThis).filter((name) => /^__[0-9a-f]{24}_/.test(name)).length
    + ' ' + Object.hasOwn(WebSocket.prototype, 'emit')),
  exit: () => process.exit(0),
  thread: () => {
    worker = new Worker(thread, { eval: true });
    worker.on('message', (text) => console.log(text));
  },
  threadTalks: () => worker.postMessage('ws://127.0.0.1:' + server.address().port + '/thread'),
  threadEnds: () => worker.terminate().then(() => console.log('thread ended')),
};
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => steps[line]());
server.on('listening', () => console.log('ready'));
`;

describe('attaching to Node', function () {
  this.timeout(180_000);
  let app: ChildProcess;
  let address: string;
  let said: string;
  let attachment: Attachment;

  beforeEach(async () => {
    said = '';
    app = spawn(process.execPath, ['--inspect=127.0.0.1:0', '-e', APP], { cwd: ROOT, stdio: 'pipe' });
    let errors = '';
    app.stdout?.on('data', (data: Buffer) => (said += data.toString()));
    app.stderr?.on('data', (data: Buffer) => (errors += data.toString()));
    while (!/Debugger listening on ws:\/\/\S+/.test(errors)) await once(app.stderr!, 'data');
    address = /ws:\/\/[^/]+/.exec(errors)?.[0].replace('ws:', 'http:') ?? '';
    await hears('ready');
  });
  afterEach(async () => {
    await attachment?.stop();
    await attachment?.source.dispose();
    if (app.exitCode === null) {
      app.kill('SIGKILL');
      await once(app, 'exit');
    }
  });

  const hears = async (text: string) => {
    while (!said.includes(text)) await once(app.stdout!, 'data');
  };
  const tell = async (step: string, answer: string) => {
    app.stdin?.write(`${step}\n`);
    await hears(answer);
  };
  const attach = async (hook: boolean) => {
    attachment = await Attachment.start({ sessionId: 'n', address, hook, spillDir: null });
  };
  const rows = async () => {
    const view = attachment.source.log.openView({ mode: 'messages', filter: '' });
    const all = await view.rows(0, 1_000);
    view.close();
    return all.map(({ connection, direction, kind, preview }) => {
      const told = preview.replaceAll(/127\.0\.0\.1:\d+/g, 'HOST');
      return kind === 'event' ? `${connection} ${told}` : `${connection} ${direction} ${told}`;
    });
  };
  const untilClosed = async (count: number) => {
    for (;;) {
      // Before they are read: what changes meanwhile is not waited for in vain.
      const changed = new Promise<void>((resolve) => (attachment.source.onChange = resolve));
      const told = await rows();
      if (told.filter((row) => / Closed /.test(row)).length >= count) return told;
      await changed;
    }
  };

  it('shows with a hook what both sides of the process say, with close codes, and leaves nothing behind', async () => {
    await attach(true);
    await tell('connect', 'open');
    await tell('talk', 'got \u0001\u0002\u0003');
    await tell('bye', 'closed 4001');
    const told = await untilClosed(2);
    const listed = attachment.source.snapshot().observed?.listed;
    const server = listed?.find(({ name }) => name.includes('from '));
    const client = listed?.find((each) => each !== server);
    assert.deepEqual(
      told.filter((row) => row.startsWith(`${client?.connection} `)),
      [
        'Connecting to ws://HOST/orders?token=[redacted]',
        'Open: ws://HOST/orders?token=[redacted], subprotocol chat',
        'sent hello',
        'sent 01 02 03',
        'received hello',
        'received 01 02 03',
        'sent bye',
        'Closed 4001 as asked: as the program was told',
      ].map((row) => `${client?.connection} ${row}`),
    );
    assert.deepEqual(
      told.filter((row) => row.startsWith(`${server?.connection} `)).map((row) => row.replace(/^\d+ /, '')),
      [
        'Connecting to ws://HOST/orders?token=[redacted]',
        'Open: ws://HOST/orders?token=[redacted], subprotocol chat',
        'received hello',
        'sent hello',
        'received 01 02 03',
        'sent 01 02 03',
        'received bye',
        'Closed 4001 as asked: as the program was told',
      ],
    );
    assert.match(server?.name ?? '', /^\/orders from 127\.0\.0\.1:\d+$/);
    await tell('names', 'names 1 true');
    await attachment.stop();
    await tell('names', 'names 0 false');
  });

  it('follows its worker threads with a hook, and lets go of them', async () => {
    await tell('thread', 'thread ready');
    await attach(true);
    await tell('threadTalks', 'thread closed');
    const told = await untilClosed(2);
    for (const row of ['sent from a thread', 'received from a thread', 'sent bye', 'received bye'])
      assert.ok(told.filter((each) => each.endsWith(` ${row}`)).length > 0, `${row}: ${told.join('\n')}`);
    assert.equal(told.filter((row) => row.endsWith(' Closed 4001 as asked: as the program was told')).length, 2);
    await tell('threadEnds', 'thread ended');
    await tell('connect', 'open');
    await tell('bye', 'closed 4001');
    await untilClosed(4);
  });

  it('takes up sockets that were open before, and says so', async () => {
    await tell('connect', 'open');
    await attach(true);
    await tell('talk', 'got \u0001\u0002\u0003');
    await tell('bye', 'closed 4001');
    const told = await untilClosed(2);
    assert.equal(told.filter((row) => row.includes('This socket was open before')).length, 2);
    assert.ok(attachment.source.snapshot().observed?.listed.every(({ isPartial }) => isPartial));
  });

  it('says without a hook that frames are not told, and ends with the process', async () => {
    await attach(false);
    assert.match((await rows())[0] ?? '', /DevTools of Node\.js tell no frames/);
    await tell('connect', 'open');
    app.stdin?.write('exit\n');
    assert.equal(await attachment.done, 'nobody answers there any more');
  });
});
