import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { InspectorState } from '../../src/protocol/inspector.js';
import { HEALTHY_REPORT } from './fixtures.js';
import { type OpenOptions, posted, pushSession, pushState, violations } from './harness.js';
import { SESSIONS } from './sessionFixtures.js';
import { useHarness } from './useHarness.js';

describe('a tap in Chromium', function () {
  this.timeout(180_000);
  const harness = useHarness();
  let page: Page;

  const open = async (state: InspectorState, options: OpenOptions = {}) => {
    page = await harness.open(state, { log: {}, ...options });
  };
  const last = async (method: string) => (await posted(page)).findLast((each) => each.method === method)?.params;
  const message = () => page.getByRole('textbox', { name: 'Message' });
  const button = (name: string) => page.getByRole('button', { name, exact: true });

  it('says where clients connect to at first glance, what has passed when asked, and has what is done to it', async () => {
    await open(SESSIONS.tap, { width: 320, height: 620 });
    await page.getByRole('heading', { name: 'Tapping' }).waitFor();
    await page.getByText('2 open of 14 connections').waitFor();
    await page.getByText('ws://127.0.0.1:41234').waitFor();
    await button('Copy the address').click();
    assert.deepEqual(await last('copyText'), { text: 'ws://127.0.0.1:41234' });
    await button('Target and traffic').click();
    const figures = await page.locator('.stats').innerText();
    for (const told of [
      '4/min',
      '1 min 1 s (median)',
      'normal 8, going away 2, network loss 1',
      '6 for 1 min 0 s (nginx)',
      'Came back',
      '80 % of the open connections went within a minute',
    ])
      assert.ok(figures.includes(told), told);
    assert.ok(!figures.includes('Round trip'));
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('.held').count(), 0);
    for (const [name, act] of [
      ['Inject fault…', 'fault'],
      ['Hold messages…', 'hold'],
      ['Stop tap', 'stop'],
    ] as const) {
      await button(name).click();
      assert.deepEqual(await last('tapAct'), { name: act });
    }
    assert.deepEqual(await violations(page), []);
  });

  it('shows of the connection that was chosen what is known beside its messages', async () => {
    await open(SESSIONS.tap);
    await page.locator('#session-tab-handshake').click();
    await page.getByText('Choose a connection in the Sessions view').waitFor();
    await pushState(page, { ...SESSIONS.tap, revision: 99, report: HEALTHY_REPORT });
    await page.getByText('Sec-WebSocket-Accept').first().waitFor();
    await page.locator('#session-tab-close').click();
    assert.match(await page.locator('#session-panel').innerText(), /1000/);
  });

  it('sends a message in the name of either side, on the connection that is chosen', async () => {
    await open(SESSIONS.tap, { answers: { tapInject: { bytes: 5 } } });
    await message().fill('hello');
    await message().press('Control+Enter');
    await page.getByText('Sent 5 B').waitFor();
    const draft = { format: 'text', content: 'hello', binary: false };
    assert.deepEqual(await last('tapInject'), { connection: 3, lane: 'toClient', message: draft });
    await page.getByRole('combobox', { name: 'In whose name' }).selectOption('toServer');
    await page.getByRole('combobox', { name: 'Connection' }).selectOption('2');
    await page.getByRole('button', { name: /^Send/ }).click();
    assert.deepEqual(await last('tapInject'), { connection: 2, lane: 'toServer', message: draft });
  });

  it('says of each row whose it is, and hides that where a person does not want it', async () => {
    await open(SESSIONS.tap, { log: { rows: 40 } });
    await page.locator('#log-row-38').waitFor();
    await page.getByRole('columnheader', { name: 'Connection', exact: true }).waitFor();
    const cell = page.locator('.log-row .cell-connection').first();
    assert.match(await cell.innerText(), /^\d+( \/\S+)?$/);
    await page.getByRole('button', { name: 'Rows, times, columns' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Connection', exact: true }).click();
    await page.getByRole('columnheader', { name: 'Connection', exact: true }).waitFor({ state: 'detached' });
  });

  it('does not ask for a message where there is nobody to send one to', async () => {
    const { log } = SESSIONS.tap.session;
    const empty = { ...SESSIONS.tap.session, log: { ...log, frames: 0, messages: 0 } };
    await open({ ...SESSIONS.tap, session: empty }, { log: { rows: 0 } });
    await page.getByText('Nothing has passed yet').waitFor();
    await page.getByText('Let a client connect to the address of the tap.').waitFor();
    assert.equal(await page.getByText('Send one below').count(), 0);
  });

  it('has nothing to send by where no client is connected, or it has ended', async () => {
    const { session } = SESSIONS.tap;
    const { observed } = session;
    await open({ ...SESSIONS.tap, session: { ...session, observed: { ...observed, open: 0, listed: [] } } });
    await page.getByText('No client is connected.').waitFor();
    assert.equal(await page.getByRole('combobox', { name: 'Connection' }).isDisabled(), true);
    await pushSession(page, { ...session, revision: 9, state: 'closed' });
    await page.getByText('The tap has ended.').waitFor();
    assert.equal(await message().count(), 0);
    assert.equal(await button('Stop tap').count(), 0);
  });

  it('lets held messages go, drops them, or has another go in their place', async () => {
    const draft = { format: 'text', content: '{"type":"order"}', binary: false };
    await open(SESSIONS['tap-held'], { answers: { tapHeld: draft, tapRelease: null }, width: 320, height: 620 });
    await page.getByRole('heading', { name: '3 messages wait for you' }).waitFor();
    await page.getByText('and 1 more').waitFor();
    await page.getByText('It is open to the network.').waitFor();
    await button('Let all go').click();
    assert.deepEqual(await last('tapReleaseAll'), { fate: 'pass' });
    await button('Let go of message 4 as it is').click();
    assert.deepEqual(await last('tapRelease'), { held: 4, fate: 'pass' });
    await button('Drop message 5').click();
    assert.deepEqual(await last('tapRelease'), { held: 5, fate: 'drop' });
    await message().fill('half a thought');
    await button('Edit message 4').click();
    await page.getByText('In place of held message 4').waitFor();
    assert.equal(await message().inputValue(), draft.content);
    await message().fill('{"type":"changed"}');
    await message().press('Control+Enter');
    await page.getByText('In place of held message 4').waitFor({ state: 'detached' });
    assert.deepEqual(await last('tapRelease'), { held: 4, fate: { ...draft, content: '{"type":"changed"}' } });
    await page.getByRole('combobox', { name: 'In whose name' }).waitFor();
    assert.equal(await message().inputValue(), 'half a thought');
  });
});
