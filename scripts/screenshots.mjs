// Takes the pictures of the README and of docs/ in a real VS Code (the server build), with the examples open and the playground running.
// The whole window in every theme goes to out/screenshots/, the inspector's upper part to media/screenshots/.
// Usage: npm run screenshots [-- name…]
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageExtension } from './package.mjs';
import { installDependencies, loadTypeScript, root } from './setup.mjs';

installDependencies();
const { startPlayground } = await loadTypeScript('src/core/playground/index.ts');
const { frameShowing, openWorkbench, probeFromPalette, runCommand, until } =
  await loadTypeScript('test/host/workbench.ts');
const { connectAndAct, sessionPictures } = await import('./sessionPictures.mjs');
const { default: sharp } = await import('sharp');
const { themes, useTheme } = await loadTypeScript('test/host/themes.ts');

const vsix = join(root, 'dist/wsprobe.vsix');
await packageExtension(vsix);

const all = join(root, 'out/screenshots');
const media = join(root, 'media/screenshots');
const readmeTheme = 'dark';

const data = await mkdtemp(join(tmpdir(), 'wsprobe-screenshots-'));
const folder = join(data, 'examples');
await cp(join(root, 'examples'), folder, { recursive: true });
// The default ports where they are free: the pictures show the addresses that a reader's own playground has.
const playground = await startPlayground().catch((error) => {
  process.stderr.write(`${error.message} The pictures show other ports.\n`);
  return startPlayground({ port: 0 });
});
const secure = (variant) => new URL('/echo', playground.tls[variant]).href;
const pictures = [
  { name: 'healthy', url: `${playground.ws}/echo`, height: 460 },
  { name: 'refused-certificate', url: secure('expired'), tab: 'handshake', height: 640 },
  { name: 'status-200', url: `${playground.ws}/status/200`, height: 570 },
  { name: 'close-4401', url: `${playground.ws}/close/4401`, height: 585 },
  { name: 'cure', url: `${playground.http2.h2c}/echo`, after: findCause, height: 640 },
  { name: 'proxy-407', profile: 'office', height: 615 },
  ...sessionPictures(playground.ws),
];
// A proxy stands in no URL: this one wants a password, and the profile has none.
await writeFile(
  join(folder, 'office.wsprobe'),
  JSON.stringify({
    name: 'Orders, from the office',
    url: `${playground.wss}/echo?stream=orders`,
    proxy: playground.proxies['connect-basic'],
  }),
);
const wanted = process.argv.slice(2);

let workbench;
try {
  workbench = await openWorkbench({
    vsix: [vsix],
    folder,
    viewport: { width: 1280, height: 860 },
    settings: { 'workbench.colorTheme': 'Light 2026', 'window.title': '${activeEditorShort}' },
  });
  const { page } = workbench;
  // A picture is worth waiting for, on a busy machine too.
  page.setDefaultTimeout(120_000);
  await mkdir(all, { recursive: true });
  await mkdir(media, { recursive: true });
  await page.locator('.activitybar [aria-label^="WebSocket"], .activitybar [aria-label^="wsprobe"]').first().click();
  for (const picture of pictures) {
    if (wanted.length > 0 && !wanted.includes(picture.name)) continue;
    const frame = await show(page, picture);
    await picture.after?.(frame);
    if (picture.tab !== undefined) await frame.locator(`#details-tab-${picture.tab}`).click();
    await page.mouse.move(0, 0);
    for (const theme of themes) {
      await useTheme(page, folder, theme);
      await page.waitForTimeout(500);
      const file = join(all, `${picture.name}-${theme.name}.png`);
      await page.screenshot({ path: file });
      process.stdout.write(`${file}\n`);
      if (theme.name !== readmeTheme) continue;
      const editor = await page.locator('.part.editor').boundingBox();
      const clip = { ...editor, height: picture.height };
      // 256 colours: a third of the bytes, and no difference that an eye finds in a user interface.
      const png = sharp(await page.screenshot({ clip })).png({
        palette: true,
        dither: 0,
        effort: 10,
        compressionLevel: 9,
      });
      await writeFile(join(media, `${picture.name}.png`), await png.toBuffer());
    }
  }
} finally {
  await workbench?.close();
  await playground.stop();
  await rm(data, { recursive: true, force: true });
}

function show(page, picture) {
  if (picture.act) return connectAndAct(page, picture);
  return picture.profile ? probeProfile(page, picture.profile) : probeFromPalette(page, picture.url);
}

async function probeProfile(page, name) {
  await runCommand(page, 'View: Close All Editors');
  await until('the earlier inspector is gone', async () => (await frameShowing(page, 'h1.verdict')) === null);
  await runCommand(page, 'WebSocket: Probe');
  await page.locator('.quick-input-title', { hasText: 'Probe a WebSocket' }).waitFor();
  await page.locator('.quick-input-widget input').fill(name);
  await page
    .locator('.quick-input-list .monaco-list-row', { hasText: `${name}.wsprobe` })
    .first()
    .click();
  const frame = await until('an inspector opens', () => frameShowing(page, 'h1.verdict', 'Down'));
  await frame.locator('#details-panel').waitFor();
  return frame;
}

async function findCause(frame) {
  await frame.locator('vscode-button, button', { hasText: 'Find what breaks it' }).first().click();
  await frame.locator('.experiment .row-ok.cure').waitFor();
}
