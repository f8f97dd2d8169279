import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../scripts/setup.mjs';
import { median } from './median.mjs';

const rounds = 31;
const warmUp = 3;

/** `wsprobe --version` over `node -e 0`: medians of runs that take turns. */
export function measure() {
  const cli = [join(root, 'dist/cli/wsprobe.mjs'), '--version'];
  const empty = ['-e', '0'];
  const times = { cli: [], empty: [] };
  for (let round = 0; round < rounds + warmUp; round++) {
    const first = round % 2 === 0;
    const turns = first ? ['cli', 'empty'] : ['empty', 'cli'];
    for (const turn of turns) {
      const took = timeOf(turn === 'cli' ? cli : empty);
      if (round >= warmUp) times[turn].push(took);
    }
  }
  return median(times.cli) / median(times.empty);
}

function timeOf(args) {
  const startedAt = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  const took = performance.now() - startedAt;
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}: ${stderr}`);
  return took;
}
