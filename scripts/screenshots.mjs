// Takes the README's pictures in a real VS Code (the server build), with the examples open and the playground running.
// Every picture in every theme goes to out/screenshots/, the README's to media/screenshots/.
// Usage: npm run screenshots [-- name…]
import { copyFile, cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installDependencies, loadTypeScript, root, run } from './setup.mjs';

installDependencies();
const { startPlayground } = await loadTypeScript('src/core/playground/index.ts');
const { openWorkbench, probeFromPalette } = await loadTypeScript('test/host/workbench.ts');
const { themes, useTheme } = await loadTypeScript('test/host/themes.ts');

run(process.execPath, [join(root, 'scripts/build.mjs'), '--release']);

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
  { name: 'healthy', url: `${playground.ws}/echo` },
  { name: 'refused-certificate', url: secure('expired'), tab: 'handshake' },
  { name: 'status-200', url: `${playground.ws}/status/200` },
  { name: 'close-4401', url: `${playground.ws}/close/4401` },
];
const wanted = process.argv.slice(2);

let workbench;
try {
  workbench = await openWorkbench({
    extensionDir: root,
    folder,
    testDriver: true,
    viewport: { width: 1280, height: 860 },
    settings: { 'workbench.colorTheme': 'Light 2026', 'window.zoomLevel': 0 },
  });
  const { page } = workbench;
  await mkdir(all, { recursive: true });
  await mkdir(media, { recursive: true });
  await page.locator('.activitybar [aria-label^="WebSocket"], .activitybar [aria-label^="wsprobe"]').first().click();
  for (const picture of pictures) {
    if (wanted.length > 0 && !wanted.includes(picture.name)) continue;
    const frame = await probeFromPalette(page, picture.url);
    if (picture.tab !== undefined) await frame.locator(`#details-tab-${picture.tab}`).click();
    await page.mouse.move(0, 0);
    for (const theme of themes) {
      await useTheme(page, folder, theme);
      await page.waitForTimeout(500);
      const file = join(all, `${picture.name}-${theme.name}.png`);
      await page.screenshot({ path: file });
      process.stdout.write(`${file}\n`);
      if (theme.name === readmeTheme) await copyFile(file, join(media, `${picture.name}.png`));
    }
  }
} finally {
  await workbench?.close();
  await playground.stop();
  await rm(data, { recursive: true, force: true });
}
