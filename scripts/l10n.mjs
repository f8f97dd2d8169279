// Writes l10n/bundle.l10n.json, what translators begin with, from what the host and its pages say: npm run l10n. With --check it only says what is wrong.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hostStrings, pageStrings } from './shownStrings.mjs';
import { root } from './setup.mjs';

const target = join(root, 'l10n/bundle.l10n.json');
// Lines of the log channel stay as they are.
const host = /^src\/(host\/(?!logLines\.ts$)|extension\.ts$)/;
const found = [
  hostStrings(join(root, 'tsconfig.json'), host, root),
  pageStrings(join(root, 'webview/tsconfig.json'), /^webview\/.*\.tsx?$/, root),
];
const messages = [...new Set(found.flatMap((each) => each.messages))].toSorted();
const text = `${JSON.stringify(Object.fromEntries(messages.map((message) => [message, message])), null, 2)}\n`;

const wrong = [
  ...found.flatMap(({ unfixed }) =>
    unfixed.map(({ at, text: message }) => `${at}: a message must stand there as a whole, not ${message}`),
  ),
  ...found.flatMap(({ bare }) =>
    bare.map(({ at, text: message }) => `${at}: cannot be translated: ${JSON.stringify(message)}`),
  ),
];
if (!process.argv.includes('--check')) {
  await mkdir(join(root, 'l10n'), { recursive: true });
  await writeFile(target, text);
} else if ((await readFile(target, 'utf8').catch(() => '')) !== text) {
  wrong.push('l10n/bundle.l10n.json is out of date: run "npm run l10n".');
}
if (wrong.length > 0) {
  process.stderr.write(`${wrong.join('\n')}\n`);
  process.exitCode = 1;
}
