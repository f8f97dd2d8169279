import { loadTypeScript } from './setup.mjs';

const { frameShowing, runCommand, until } = await loadTypeScript('test/host/workbench.ts');

const order = JSON.stringify({
  op: 'order',
  item: 'tea',
  amount: 3,
  note: 'The same words compress to almost nothing. ',
});

/** What is pictured of sessions: where to, what is done once it is open. */
export function sessionPictures(ws) {
  return [
    {
      name: 'session',
      target: 'GraphQL',
      height: 796,
      act: async ({ frame, send }) => {
        await send('{"type":"connection_init"}', 2);
        await send('{"type":"subscribe","id":"1","payload":{"query":"subscription { time }"}}', 7);
        await choose(frame, '"count":2');
        await frame.locator('#detail-tab-json').click();
      },
    },
    {
      name: 'session-filter',
      target: `${ws}/echo?stream=orders`,
      height: 676,
      act: async ({ frame, send }) => {
        let rows = 0;
        for (let id = 1; id <= 6; id++) {
          const kind = id % 3 === 0 ? 'cancelled' : 'order';
          await send(
            JSON.stringify({ event: kind, id, total: id * 40, customer: { name: 'Ada', city: 'Ulm' } }),
            (rows += 2),
          );
        }
        await frame.locator('[role="combobox"]').fill('dir:in $.total >= 120');
        await frame.locator('.log-row', { hasText: '"total":120' }).first().waitFor();
        await until('the filter has been applied', async () => (await frame.locator('.log-row').count()) === 4);
        await choose(frame, '"total":200');
      },
    },
    {
      name: 'session-wire',
      target: `${ws}/echo`,
      height: 676,
      act: async ({ frame, send }) => {
        await send(order, 2);
        await send(order.replace('tea', 'coffee'), 4);
        await frame.locator('.log-toolbar label', { hasText: 'Wire' }).click();
        await frame.locator('.log-row', { hasText: 'FIN' }).first().waitFor();
        await choose(frame, 'recv');
        await frame.locator('#detail-tab-wire').click();
      },
    },
    {
      name: 'session-lost',
      target: `${ws}/idle?ms=5000`,
      height: 420,
      act: async ({ frame, send }) => {
        await send('{"op":"subscribe","stream":"orders"}', 2);
        await frame.locator('h1.verdict', { hasText: 'Closed' }).waitFor();
      },
    },
  ];
}

/** Closes the editors, connects from the palette to a URL or a profile's name, and does what the picture shows. */
export async function connectAndAct(page, { target, act }) {
  await runCommand(page, 'View: Close All Editors');
  await until('the earlier inspector is gone', async () => (await frameShowing(page, 'h1.verdict')) === null);
  await runCommand(page, 'WebSocket: Connect…');
  await page.locator('.quick-input-title', { hasText: 'Connect to a WebSocket' }).waitFor();
  await page.locator('.quick-input-widget input').fill(target);
  await page.locator('.quick-input-list .monaco-list-row', { hasText: target }).first().click();
  const frame = await until('a session is open', () => frameShowing(page, 'h1.verdict', 'Open'));
  const box = frame.locator('.composer-text');
  const send = async (text, rows) => {
    await box.fill(text);
    await box.press('Control+Enter');
    await until(`${rows} rows are there`, async () => (await frame.locator('.log-row').count()) >= rows);
  };
  await act({ frame, send });
  return frame;
}

async function choose(frame, text) {
  await frame.locator('.log-row', { hasText: text }).first().click();
  await frame.locator('#detail-panel').waitFor();
}
