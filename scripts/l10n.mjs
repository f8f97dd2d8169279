// Writes l10n/bundle.l10n.json, what translators begin with, from what the host says: npm run l10n. With --check it only says what is wrong.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hostStrings } from './hostStrings.mjs';
import { root } from './setup.mjs';

const target = join(root, 'l10n/bundle.l10n.json');
// Lines of the log channel stay as they are.
const host = /^src\/(host\/(?!logLines\.ts$)|extension\.ts$)/;
const { bare, messages, unfixed } = hostStrings(join(root, 'tsconfig.json'), host, root);
const text = `${JSON.stringify(Object.fromEntries(messages.map((message) => [message, message])), null, 2)}\n`;

const wrong = [
  ...unfixed.map(({ at, text: message }) => `${at}: l10n.t wants a message that stands there, not ${message}`),
  ...bare.map(({ at, text: message }) => `${at}: not through l10n.t: ${JSON.stringify(message)}`),
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
