// Pictures of the inspector: npx tsx test/webview/preview.ts <folder> [--fixture name,…] [--theme name,…] [--width px] [--tab name] [--full]
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { FIXTURES, type FixtureName } from './fixtures.js';
import { Harness } from './harness.js';
import { THEME_NAMES, type ThemeName } from './themes.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    fixture: { type: 'string' },
    theme: { type: 'string' },
    width: { type: 'string', default: '1100' },
    height: { type: 'string', default: '860' },
    tab: { type: 'string' },
    full: { type: 'boolean', default: false },
  },
});
const folder = positionals[0] ?? 'out/preview';
const fixtures = (values.fixture?.split(',') ?? Object.keys(FIXTURES)) as FixtureName[];
const themes = (values.theme?.split(',') ?? [...THEME_NAMES]) as ThemeName[];

async function takePictures(): Promise<void> {
  await mkdir(folder, { recursive: true });
  const harness = await Harness.start();
  for (const name of fixtures) {
    for (const theme of themes) {
      const page = await harness.open(FIXTURES[name], {
        theme,
        width: Number(values.width),
        height: Number(values.height),
      });
      if (values.tab)
        await page
          .getByRole('tab', { name: new RegExp(values.tab, 'i') })
          .first()
          .click();
      const path = join(folder, [name, theme, values.width, values.tab].filter(Boolean).join('-') + '.png');
      await page.screenshot({ path, fullPage: values.full });
      await page.context().close();
      console.log(path);
    }
  }
  await harness.stop();
}

void takePictures();
