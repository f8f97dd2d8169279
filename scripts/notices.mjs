// Third-party notices: the packages whose code esbuild put into a bundle, and the terms they come under.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

// Packages that are published without a licence text, each with a copy of the text in the repository it is made from.
const textOfRepository = new Map([
  // https://github.com/microsoft/fast/blob/master/LICENSE
  ...['@microsoft/fast-element', '@microsoft/fast-foundation', '@microsoft/fast-web-utilities'].map((name) => [
    name,
    new URL('./licences/microsoft-fast.txt', import.meta.url),
  ]),
  // https://github.com/cfworker/cfworker/blob/main/LICENSE.md
  ['@cfworker/json-schema', new URL('./licences/cfworker.txt', import.meta.url)],
]);

const head = `Third-party software in wsprobe

The bundles of wsprobe hold code of the packages below, under the terms that follow each name.
wsprobe itself is under the terms in the file LICENSE.
`;

const rule = `\n${'='.repeat(80)}\n\n`;

/** @typedef {{ readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>> }} BundleOutput */

/**
 * The notices for `outputs` (of esbuild's metafile, built in `root`). Throws for a package whose terms are not known.
 * @param {Readonly<Record<string, BundleOutput>>} outputs
 * @param {string} root
 * @returns {string}
 */
export function thirdPartyNotices(outputs, root) {
  const packages = new Map();
  for (const file of bundledFiles(outputs)) {
    const folder = folderOfPackage(file, root);
    if (folder !== null) packages.set(folder, [...(packages.get(folder) ?? []), resolve(root, file)]);
  }
  const notices = new Set([...packages].map(([folder, files]) => noticeOf(folder, files)));
  return [head, ...[...notices].sort()].join(rule);
}

/** What is left in a bundle counts; what tree shaking removed does not. */
function bundledFiles(outputs) {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  return [...new Set(inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([file]) => file))].sort();
}

/** Null for a file of our own. */
function folderOfPackage(file, root) {
  const path = resolve(root, file).replaceAll('\\', '/');
  const [folder] = /^.*\/node_modules\/(@[^/]+\/)?[^/]+(?=\/)/.exec(path) ?? [null];
  if (!existsSync(path) || (folder === null && file.startsWith('..'))) {
    throw new Error(`${file} is bundled, but is no file of a known package.`);
  }
  return folder;
}

function noticeOf(folder, files) {
  const { name, version, license, repository, homepage } = JSON.parse(readText(join(folder, 'package.json')));
  const texts = termsOf(folder, name);
  if (texts.length === 0) {
    throw new Error(
      `${name} ${version} is bundled, but has no licence text (${folder}). Its terms belong into scripts/notices.mjs.`,
    );
  }
  const address = addressOf(repository) ?? homepage;
  const title = [`${name} ${version}${license === undefined ? '' : ` (${license})`}`, address].filter(Boolean);
  return `${[title.join('\n'), ...texts, ...termsInside(files, texts)].join('\n\n')}\n`;
}

function termsOf(folder, name) {
  const own = readdirSync(folder)
    .filter((file) => /^((un)?licen[cs]e|copying|notice)([-.]|$)/i.test(file))
    .sort()
    .map((file) => join(folder, file));
  const repository = textOfRepository.get(name);
  return (own.length === 0 && repository !== undefined ? [repository] : own).map(readText).filter(Boolean);
}

// Some packages hold the code of another one, and its terms in a comment.
function termsInside(files, known) {
  const comments = files
    .flatMap((path) => readText(path).match(/\/\*[^]*?\*\//g) ?? [])
    .filter((comment) => /permission (is hereby granted|to use, copy)/i.test(comment))
    .map((comment) => comment.replaceAll(/^[/\s]*\*[*/! ]*|\s*\*+\/$/gm, '').trim());
  const words = known.map(wordsOf);
  const others = comments.filter((comment) => !words.some((text) => text.includes(wordsOf(fromCopyright(comment)))));
  return [...new Set(others)];
}

function fromCopyright(text) {
  return text.slice(Math.max(text.search(/copyright/i), 0));
}

function wordsOf(text) {
  return (text.match(/[\p{L}\p{N}]+/gu) ?? []).join(' ').toLowerCase();
}

function readText(path) {
  return readFileSync(path, 'utf8').replaceAll('\r\n', '\n').trim();
}

function addressOf(repository) {
  const given = typeof repository === 'string' ? repository : repository?.url;
  if (given === undefined) return undefined;
  if (/^[\w.-]+\/[\w.-]+$/.test(given)) return `https://github.com/${given}`;
  return given
    .replace(/^git\+/, '')
    .replace(/^(git|ssh):\/\/(git@)?/, 'https://')
    .replace(/\.git$/, '');
}
