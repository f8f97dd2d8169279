import { match, ok, strictEqual } from 'node:assert/strict';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { WebSocket } from 'ws';
import { type Playground, startPlayground } from '../../src/core/playground/index.js';
import { repositoryRoot } from './paths.js';
import { frameShowing, openWorkbench, runCommand, until, type Workbench } from './workbench.js';

describe('a tap in a real VS Code', () => {
  let folder: string;
  let playground: Playground;
  let workbench: Workbench;
  let frame: Frame;
  let address: string;
  let client: WebSocket;
  let clientAddress: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wsprobe-tap-'));
    await cp(join(repositoryRoot, 'examples'), folder, { recursive: true });
    playground = await startPlayground({ port: 0 });
    workbench = await openWorkbench({
      extensionDir: repositoryRoot,
      folder,
      testDriver: true,
      settings: { 'workbench.colorTheme': 'Dark 2026' },
    });
    await workbench.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  });

  afterEach(async function () {
    if (this.currentTest?.state !== 'failed') return;
    const title = this.currentTest.title.replaceAll(/\W+/g, '-').slice(0, 60);
    const file = join(repositoryRoot, 'out', `tap-${title}.png`);
    await workbench.page.screenshot({ path: file });
    process.stdout.write(`      ${file}\n`);
  });

  after(async () => {
    client?.terminate();
    await workbench?.close();
    await playground?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const picks = () => workbench.page.locator('.quick-input-list .monaco-list-row');
  const pick = async (title: string, label: string): Promise<void> => {
    await workbench.page.locator('.quick-input-title', { hasText: title }).waitFor();
    // Far down it is not on the page.
    await workbench.page.locator('.quick-input-widget input').first().fill(label);
    await picks().filter({ hasText: label }).first().click();
  };
  const rows = (text: string) => frame.locator('.log-row', { hasText: text });
  const next = async (): Promise<string> => String(((await once(client, 'message')) as [Buffer])[0]);
  // A profile beside them may have the same path.
  const treeRow = (text: string) =>
    workbench.page
      .locator('.pane', { has: workbench.page.locator('.pane-header[aria-label^="Sessions"]') })
      .locator('.monaco-list-row', { hasText: text });
  const clientRow = (text: string) => treeRow(clientAddress).filter({ hasText: text });

  it('is started from the palette, and says where clients connect to', async () => {
    const { page } = workbench;
    await page.locator('.activitybar .action-label[aria-label*="WebSocket"]').waitFor();
    await runCommand(page, 'WebSocket: Tap…');
    await page.locator('.quick-input-title', { hasText: 'Tap the connections to' }).waitFor();
    await page.locator('.quick-input-widget input').first().fill(`${playground.ws}/`);
    await picks().filter({ hasText: 'stand between it and its clients' }).first().click();
    await page.locator('.quick-input-title', { hasText: 'Port to listen on' }).waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.quick-input-title', { hasText: 'choose what you need' }).waitFor();
    await page.keyboard.press('Enter');
    frame = await until('the panel of the tap opens', () => frameShowing(page, 'h1.verdict', 'Tapping'));
    const banner = await frame.locator('.tap-banner').innerText();
    address = /ws:\/\/127\.0\.0\.1:\d+/.exec(banner)?.[0] ?? '';
    ok(address, banner);
    match(await frame.locator('.composer').innerText(), /No client is connected/);
  });

  it('shows whose connection came, in the tree and in the log', async () => {
    // Told apart from who came before where this is tried again.
    client?.terminate();
    client = new WebSocket(`${address}/echo?token=query-secret-1`, { headers: { 'User-Agent': 'shop/1' } });
    client.on('error', () => undefined);
    client.once('upgrade', ({ socket }) => (clientAddress = `127.0.0.1:${socket.localPort}`));
    await once(client, 'open');
    const hello = `hello through the tap, says ${clientAddress}`;
    const heard = next();
    client.send(hello);
    strictEqual(await heard, hello);
    await rows(hello).nth(1).waitFor();
    strictEqual(await rows(hello).count(), 2, 'once each way');
    await runCommand(workbench.page, 'WebSocket: Focus on Sessions View');
    await treeRow('Tap of')
      .filter({ hasText: /1 open · ws:\/\/127\.0\.0\.1:\d+/ })
      .waitFor();
    await clientRow('open · 2 messages').waitFor();
    ok(!(await workbench.page.locator('.monaco-workbench').innerText()).includes('query-secret'));
    await clientRow('/echo').click();
    await frame.locator('#session-tab-handshake').click();
    await frame.getByText('shop/1').first().waitFor();
    await frame.locator('#session-tab-log').click();
  });

  /** The figures open from the header. */
  async function inDetails(text: string): Promise<void> {
    const details = frame.getByRole('button', { name: 'Target and traffic' });
    await details.click();
    await frame.getByRole('dialog').getByText(text).first().waitFor();
    await details.click();
  }

  it('sends what is composed as the server, and as the client', async () => {
    const pushed = next();
    await frame.locator('.composer-text').fill('from the server, says wsprobe');
    await frame.getByRole('button', { name: /^Send \(/ }).click();
    strictEqual(await pushed, 'from the server, says wsprobe');
    const echoed = next();
    await frame.getByRole('combobox', { name: 'In whose name' }).selectOption('toServer');
    await frame.locator('.composer-text').fill('from the client, says wsprobe');
    await frame.locator('.composer-text').press('Control+Enter');
    strictEqual(await echoed, 'from the client, says wsprobe');
    await rows('Sent a message of ours').first().waitFor();
  });

  it('holds a message, and has another go in its place', async () => {
    await frame.getByRole('button', { name: 'Hold messages…' }).click();
    await pick('Hold messages until you let them go', 'Hold every message');
    await pick('Which way?', 'To the server');
    await inDetails('every message');
    client.send('{"order":1}');
    await frame.getByRole('heading', { name: '1 message waits for you' }).waitFor();
    await treeRow('Tap of').filter({ hasText: '1 held' }).waitFor();
    await frame.getByRole('button', { name: 'Edit message 1' }).click();
    await until(
      'it is there to be edited',
      async () => (await frame.locator('.composer-text').inputValue()) === '{"order":1}',
    );
    const heard = next();
    await frame.locator('.composer-text').fill('{"order":2}');
    await frame.locator('.composer-text').press('Control+Enter');
    strictEqual(await heard, '{"order":2}');
    await rows('Changed a message').first().waitFor();
    client.send('dropped');
    await frame.getByRole('button', { name: 'Drop message 2' }).click();
    await rows('Dropped a message').first().waitFor();
    await frame.getByRole('button', { name: 'Hold messages…' }).click();
    await pick('Hold messages until you let them go', 'Hold every message no more');
  });

  it('cuts the connection by a fault that is noted, and tells how connections ended', async () => {
    const over = new Promise<number>((resolve) => client.once('close', resolve));
    await frame.getByRole('button', { name: 'Inject fault…' }).click();
    await pick('What goes wrong on all connections?', 'Cut by RST');
    await pick('Which way?', 'Both ways');
    strictEqual(await over, 1006);
    await rows('Fault 1: reset the connection to both sides').first().waitFor();
    await inDetails('network loss 1');
    await clientRow('closed 1006').waitFor();
  });

  it('ends, and its log stays', async () => {
    await frame.getByRole('button', { name: 'Stop tap' }).click();
    await frame.locator('h1.verdict', { hasText: 'Closed' }).waitFor();
    await frame.getByText('The tap has ended.').waitFor();
    ok((await rows('{"order":1}').count()) > 0);
    strictEqual(await frame.locator('.composer').count(), 0);
  });
});
