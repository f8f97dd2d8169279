import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';
import { chromiumFlags, findHeadless } from '../../scripts/chromium.mjs';
import { Attachment } from '../../src/core/tap/devtools/attachment.js';

/** Pages by path; `/echo` echoes, `/flood` sends, `/refuse` refuses. */
const PAGES: Readonly<Record<string, string>> = {
  '/': `<title>Shop</title><script>
    const socket = new WebSocket('ws://' + location.host + '/echo?token=query-secret-1', ['chat']);
    socket.onopen = () => { socket.send('cookie-secret-1'); socket.send(new Uint8Array([1, 2, 3])); };
    let got = 0;
    socket.onmessage = () => { if (++got === 2) socket.close(4001, 'done'); };
  </script>`,
  '/refused': `<script>new WebSocket('ws://' + location.host + '/refuse');</script>`,
  '/worker': `<script>new Worker('/worker.js');</script>`,
  '/worker.js': `const socket = new WebSocket('ws://' + location.host + '/echo'); socket.onopen = () => socket.send('from a worker');`,
  '/stay': `<title>Stays</title><script>
    const socket = new WebSocket('ws://' + location.host + '/echo');
    let timer;
    socket.onopen = () => { timer = setInterval(() => socket.send('tick'), 20); };
  </script>`,
  '/flood': `<script>for (let n = 0; n < 200; n++) new WebSocket('ws://' + location.host + '/flood');</script>`,
};
const SOCKETS = 200;
const PER_SOCKET = 100;

describe('attaching to a real Chromium', function () {
  this.timeout(180_000);
  let server: Server;
  let site: string;
  let chromium: ChildProcess;
  let profile: string;
  let devtools: string;
  let attachment: Attachment;

  before(async () => {
    server = createServer((request, response) => {
      const page = PAGES[request.url ?? ''];
      response.statusCode = page === undefined ? 404 : 200;
      response.setHeader('content-type', request.url?.endsWith('.js') ? 'text/javascript' : 'text/html');
      response.setHeader('set-cookie', 'sid=cookie-secret-1');
      response.end(page);
    });
    const sockets = new WebSocketServer({ noServer: true });
    server.on('upgrade', (request, socket, head) => {
      if (request.url === '/refuse') socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
      else
        sockets.handleUpgrade(request, socket, head, (peer) => {
          if (request.url === '/flood') for (let n = 0; n < PER_SOCKET; n++) peer.send(`message ${n}`);
          peer.on('message', (data, binary) => peer.send(data, { binary }));
        });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    profile = await mkdtemp(join(tmpdir(), 'wsprobe-attach-'));
    const flags = [...chromiumFlags, '--headless', '--remote-debugging-port=0', `--user-data-dir=${profile}`];
    chromium = spawn(findHeadless(), [...flags, 'about:blank'], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    chromium.stderr?.on('data', (data: Buffer) => (said += data.toString()));
    while (!/DevTools listening on ws:\/\/[^/]+\//.test(said)) await once(chromium.stderr!, 'data');
    devtools = `http://${/listening on ws:\/\/([^/]+)\//.exec(said)?.[1]}`;
  });
  after(async () => {
    // Asked to end, it waits for what a page is in the middle of.
    chromium?.kill('SIGKILL');
    if (chromium && chromium.exitCode === null) await once(chromium, 'exit');
    // What it has started may hold the other end of it a little longer.
    chromium?.stderr?.destroy();
    server?.closeAllConnections();
    server?.close();
    if (profile) await rm(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  });
  afterEach(async () => {
    await attachment?.stop();
    await attachment?.source.dispose();
    const tabs = (await (await fetch(`${devtools}/json/list`)).json()) as { id: string; url: string }[];
    for (const { id, url } of tabs) if (url.startsWith(site)) await fetch(`${devtools}/json/close/${id}`);
  });

  const attach = async (hook = false, address = devtools) => {
    attachment = await Attachment.start({ sessionId: 'c', address, hook, spillDir: null });
  };
  const open = async (path: string) => {
    const response = await fetch(`${devtools}/json/new?${encodeURIComponent(`${site}${path}`)}`, { method: 'PUT' });
    return (await response.json()) as { id: string; webSocketDebuggerUrl: string };
  };
  const rows = async () => {
    const view = attachment.source.log.openView({ mode: 'messages', filter: '' });
    const all = await view.rows(0, 1_000);
    view.close();
    return all.map(({ connection, direction, kind, preview }) => {
      const told = preview.replaceAll(site.slice(5), '//SITE');
      return kind === 'event' ? `${connection} ${told}` : `${connection} ${direction} ${told}`;
    });
  };
  const untilRow = async (wanted: RegExp) => {
    for (;;) {
      const told = await rows();
      if (told.some((row) => wanted.test(row))) return told;
      await new Promise<void>((resolve) => (attachment.source.onChange = resolve));
    }
  };
  const without = (told: readonly string[], left: RegExp) => told.filter((row) => !left.test(row));

  it('sees a socket of a page to come from its first byte, with its handshake as the browser sent it', async () => {
    await attach();
    await open('/');
    const told = await untilRow(/ Closed /);
    assert.deepEqual(without(told, /Opened by/), [
      '1 Connecting to ws://SITE/echo?token=[redacted]',
      '1 Open: ws://SITE/echo?token=[redacted], subprotocol chat',
      '1 sent cookie-secret-1',
      '1 sent 01 02 03',
      '1 received cookie-secret-1',
      '1 received 01 02 03',
      '1 Closed without a known code: DevTools do not tell the close code',
    ]);
    const seen = attachment.handshake(1);
    const header = (name: string) => seen?.request?.headers.find(([each]) => each === name)?.[1];
    assert.deepEqual([header('Origin'), header('Cookie')], [site, 'sid=cookie-secret-1']);
    assert.ok(seen?.request?.isRaw && seen.response?.isRaw);
    assert.doesNotMatch(JSON.stringify(attachment.source.connections), /secret-1/);
    assert.ok(attachment.source.secrets.includes('cookie-secret-1'), 'blotted out of what is shown of messages');
  });

  it('tells the close code that a page was told, where a hook was allowed', async () => {
    await attach(true);
    await open('/');
    assert.match((await untilRow(/ Closed /)).join('\n'), /1 Closed 4001 done: as the program was told/);
  });

  it('tells a refusal, and the sockets of a worker', async () => {
    await attach();
    await open('/refused');
    assert.match((await untilRow(/Unexpected response code: 403/)).join('\n'), /Connecting to ws:\/\/SITE\/refuse/);
    await open('/worker');
    const told = await untilRow(/received from a worker/);
    assert.ok(told.some((row) => row.endsWith('sent from a worker')));
  });

  it('says of a socket that was open before that it was, and sees it from the start once the page is loaded again', async () => {
    const tab = await open('/stay');
    const list = async () => (await (await fetch(`${devtools}/json/list`)).json()) as { id: string; title: string }[];
    while (!(await list()).some(({ id, title }) => id === tab.id && title === 'Stays'));
    await attach(false, tab.webSocketDebuggerUrl);
    await untilRow(/Reload to see it from the start/);
    const connection =
      attachment.source.snapshot().observed?.listed.find(({ isPartial }) => isPartial)?.connection ?? 0;
    assert.ok(await attachment.reload(connection));
    const told = await untilRow(/Open: ws:\/\/SITE\/echo/);
    const end = told.findIndex((row) => row.includes('Closed without a known code: the page was'));
    assert.ok(end > 0 && end < told.findIndex((row) => row.includes('Connecting to ws://SITE/echo')));
    await fetch(`${devtools}/json/close/${tab.id}`);
    await attachment.done;
    assert.equal(attachment.source.snapshot().observed?.open, 0);
  });

  it('loses nothing of many sockets that speak at once', async () => {
    await attach();
    await open('/flood');
    const { source } = attachment;
    while (source.snapshot().received.messages < SOCKETS * PER_SOCKET)
      await new Promise<void>((resolve) => (source.onChange = resolve));
    const { log, observed } = source.snapshot();
    assert.deepEqual([source.connections.length, log.messages, log.droppedFrames], [SOCKETS, SOCKETS * PER_SOCKET, 0]);
    assert.ok(observed?.listed.every(({ messages }) => messages === PER_SOCKET));
  });
});
