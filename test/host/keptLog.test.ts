import { match, ok, strictEqual } from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createVSIX } from '@vscode/vsce';
import type { Frame } from 'playwright-core';
import { type WebSocket, WebSocketServer } from 'ws';
import { repositoryRoot } from './paths.js';
import { frameShowing, openWorkbench, runCommand, until, type Workbench } from './workbench.js';

/** In the same process as the extension: it ends the engine's thread, as a fault of it would. */
const CRASHER = `
const { Worker } = require('node:worker_threads');
const { commands } = require('vscode');
const workers = new Set();
const { postMessage } = Worker.prototype;
Worker.prototype.postMessage = function (...args) {
  workers.add(this);
  return postMessage.apply(this, args);
};
exports.activate = () => commands.registerCommand('crasher.end', () => Promise.all([...workers].map((each) => each.terminate())));
`;

const MANIFEST = {
  name: 'crasher',
  publisher: 'wsprobe-test',
  version: '0.0.1',
  engines: { vscode: '^1.101.0' },
  main: './main.js',
  extensionKind: ['workspace'],
  activationEvents: ['onStartupFinished'],
  contributes: { commands: [{ command: 'crasher.end', title: 'Test: End the Engine' }] },
};

describe('the log of a session, in a real VS Code', () => {
  let folder: string;
  let server: WebSocketServer;
  let url: string;
  let workbench: Workbench;
  const sockets: WebSocket[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wsprobe-kept-'));
    const crasher = await packaged(join(folder, 'crasher'));
    server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    server.on('connection', (socket) => {
      sockets.push(socket);
      socket.on('message', (data) => socket.send(`echo of ${Buffer.isBuffer(data) ? data.toString() : ''}`));
    });
    await once(server, 'listening');
    const address = server.address();
    ok(typeof address === 'object' && address !== null);
    url = `ws://127.0.0.1:${address.port}/kept`;
    workbench = await openWorkbench({ extensionDir: repositoryRoot, vsix: [crasher], folder, testDriver: true });
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed')
      await workbench.page.screenshot({ path: join(repositoryRoot, 'out', 'keptLog.png') });
  });

  after(async () => {
    await workbench?.close();
    for (const socket of sockets) socket.terminate();
    server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('is there after a reload, of a connection that is gone', async () => {
    const { page } = workbench;
    // The palette lists what is there as it opens.
    await page.locator('.activitybar .action-label[aria-label^="WebSocket"]').waitFor({ timeout: 60_000 });
    await runCommand(page, 'WebSocket: Connect');
    await page.locator('.quick-input-widget input').fill(url);
    await page.locator('.quick-input-list .monaco-list-row', { hasText: url }).first().click();
    const frame = await until('a session is open', () => frameShowing(page, '.inspector', 'Open'));
    await say(frame, 'before the reload');
    strictEqual(sockets.length, 1);
    const reloaded = page.waitForEvent('load');
    await runCommand(page, 'Developer: Reload Window');
    await reloaded;
    await page.waitForSelector('.monaco-workbench', { timeout: 60_000 });
    const restored = await until(
      'its panel is back',
      () => frameShowing(page, '.log-row', 'before the reload'),
      60_000,
    );
    await until('it says what it is', () => frameShowing(page, '.banner', 'From an earlier window'));
    ok((await restored.locator('.log-row', { hasText: 'echo of before the reload' }).count()) > 0);
    strictEqual(sockets.length, 1, 'nothing connects by itself');
  });

  it('is shown at once when the engine dies, as disconnected, and another connection begins with a click', async () => {
    const { page } = workbench;
    const panel = await until('the panel is there', () => frameShowing(page, '.banner', 'From an earlier window'));
    await panel.getByRole('button', { name: 'Connect', exact: true }).first().click();
    const frame = await until('it is open again', () => frameShowing(page, '.inspector', 'Open'));
    await say(frame, 'before the crash');
    strictEqual(sockets.length, 2);
    await runCommand(page, 'Test: End the Engine');
    const stopped = await until('it is told', () => frameShowing(page, '.banner-failed', 'engine stopped'));
    match(await stopped.locator('.inspector').innerText(), /Engine stopped/);
    // Its payload is read from what was kept.
    await until('a row of it is shown whole', async () => {
      await stopped.locator('.log-row', { hasText: 'echo of before the crash' }).first().click();
      return (await stopped.locator('.detail', { hasText: 'echo of before the crash' }).count()) > 0;
    });
    strictEqual(await stopped.locator('.inspector', { hasText: 'Recording' }).count(), 0);
    strictEqual(sockets.length, 2, 'nothing connects by itself');
    await stopped.getByRole('button', { name: 'Reconnect', exact: true }).first().click();
    await until('it is open once more', async () => sockets.length === 3 && frameShowing(page, '.inspector', 'Open'));
  });
});

async function packaged(cwd: string): Promise<string> {
  const packagePath = join(cwd, 'crasher.vsix');
  await mkdir(cwd);
  await writeFile(join(cwd, 'package.json'), JSON.stringify(MANIFEST));
  await writeFile(join(cwd, 'main.js'), CRASHER);
  await createVSIX({ cwd, packagePath, dependencies: false, allowMissingRepository: true, skipLicense: true });
  return packagePath;
}

async function say(frame: Frame, text: string): Promise<void> {
  const box = frame.locator('.composer textarea').first();
  await box.fill(text);
  await frame.getByRole('button', { name: /^Send/ }).last().click();
  await frame
    .locator('.log-row', { hasText: `echo of ${text}` })
    .first()
    .waitFor();
}
