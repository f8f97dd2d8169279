// The servers that test/peers/ runs: which there are, and where they are on this machine.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isExecutable } from './isExecutable.mjs';

const list = fileURLToPath(new URL('../test/peers/software.json', import.meta.url));

/** Every server: `{ id, name, program, package, module?, unit? }`. */
export const SOFTWARE = JSON.parse(readFileSync(list, 'utf8'));

/** The path of its program; null when it is not installed. */
export function findProgram({ program, module }) {
  // Debian keeps servers where only root looks.
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    '/usr/local/sbin',
    '/usr/sbin',
    '/sbin',
    '/usr/bin',
  ];
  const found = [...new Set(folders)].map((folder) => join(folder, program)).filter(isExecutable);
  return found.find((path) => module === undefined || hasModule(path, module)) ?? null;
}

function hasModule(python, module) {
  return spawnSync(python, ['-c', `import ${module}`], { stdio: 'ignore' }).status === 0;
}
