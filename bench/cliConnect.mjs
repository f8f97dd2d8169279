import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../scripts/setup.mjs';
import { median } from './median.mjs';

const rounds = 21;
const warmUp = 2;

/** `wsprobe connect URL --send hi --once` over `wscat -c URL -x hi -w 0`: processor time of whole processes that take turns, medians. */
export async function measure() {
  const server = spawn(process.execPath, [join(root, 'bench/echoServer.mjs')], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const [port] = await once(server.stdout, 'data');
    const url = `ws://127.0.0.1:${String(port).trim()}/`;
    const wscat = createRequire(import.meta.url).resolve('wscat/bin/wscat');
    const commands = {
      wsprobe: [join(root, 'dist/cli/wsprobe.mjs'), 'connect', url, '--send', 'hi', '--once'],
      wscat: [wscat, '-c', url, '-x', 'hi', '-w', '0'],
    };
    const spent = { wsprobe: [], wscat: [] };
    for (let round = 0; round < rounds + warmUp; round++) {
      for (const turn of round % 2 === 0 ? ['wsprobe', 'wscat'] : ['wscat', 'wsprobe']) {
        const took = await cpuOf(commands[turn]);
        if (round >= warmUp) spent[turn].push(took);
      }
    }
    process.stderr.write(
      `cli.connect: wsprobe ${median(spent.wsprobe).toFixed(1)} ms, wscat ${median(spent.wscat).toFixed(1)} ms of processor time\n`,
    );
    return median(spent.wsprobe) / median(spent.wscat);
  } finally {
    server.stdin.end();
    server.kill();
  }
}

async function cpuOf(args) {
  const child = spawn(process.execPath, ['--require', join(root, 'bench/cpuAtExit.cjs'), ...args], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const text = { 2: '', 3: '' };
  for (const fd of [2, 3]) child.stdio[fd].setEncoding('utf8').on('data', (part) => (text[fd] += part));
  const [status] = await once(child, 'close');
  if (status !== 0 || text[3] === '') throw new Error(`node ${args.join(' ')} ended with ${status}: ${text[2]}`);
  return Number(text[3].split(' ')[0]) / 1000;
}
