// @ts-check
// The servers that test/peers/ runs: which there are, and where they are on this machine.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isExecutable } from './isExecutable.mjs';

/**
 * @typedef {object} Software
 * @property {string} id
 * @property {string} name
 * @property {string} program
 * @property {string} [package] Of Debian; several, a space between them.
 * @property {string} [npm] A folder with a package.json and its lock, instead.
 * @property {string} [unit] The service that the package brings.
 * @property {readonly string[]} [ask] Arguments with which the program tells what it was built with.
 * @property {readonly string[]} [features] What its answer must hold for the tests to run.
 */

const list = fileURLToPath(new URL('../test/peers/software.json', import.meta.url));

/** @type {readonly Software[]} */
export const SOFTWARE = JSON.parse(readFileSync(list, 'utf8'));

/**
 * The path of a program that has what the tests need; null where there is none.
 * @param {Software} software
 * @returns {string | null}
 */
export function findProgram(software) {
  return candidates(software).find((path) => lacking(path, software).length === 0) ?? null;
}

/**
 * Says what is not here: the program, or what the one that is here was built without. Null when all is there.
 * @param {Software} software
 * @returns {string | null}
 */
export function missingOf(software) {
  if (findProgram(software) !== null) return null;
  const [path] = candidates(software);
  const needed = neededFor(software);
  if (path === undefined) return `${software.name} is not installed (${needed})`;
  return `${software.name}: ${path} lacks ${lacking(path, software).join(', ')} (to be had with ${needed})`;
}

/** @param {Software} software */
function neededFor({ npm, package: names = '' }) {
  return npm === undefined ? `Debian package${names.includes(' ') ? 's' : ''} ${names}` : `npm ci --prefix ${npm}`;
}

/** @param {Software} software */
function candidates({ program }) {
  // Debian keeps servers where only root looks.
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    '/usr/local/sbin',
    '/usr/sbin',
    '/sbin',
    '/usr/bin',
  ];
  return [...new Set(folders)].map((folder) => join(folder, program)).filter(isExecutable);
}

/**
 * @param {string} path
 * @param {Software} software
 */
function lacking(path, { ask, features = [] }) {
  if (ask === undefined) return [];
  const { stdout, stderr } = spawnSync(path, ask, { encoding: 'utf8', timeout: 10_000 });
  return features.filter((feature) => !`${stdout}${stderr}`.includes(feature));
}
