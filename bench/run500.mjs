import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../scripts/setup.mjs';
import { median } from './median.mjs';

const profiles = 500;
const concurrency = 8;
const holdMs = 250;
const rounds = 3;
/** Said by a process about itself when it ends, in KiB. */
const tellMemory = `data:text/javascript,process.on("exit",()=>process.stderr.write("maxRSS "+process.resourceUsage().maxRSS+"\\n"))`;

/** 500 profiles by `wsprobe run` with every reporter that keeps files, over 500 bare connections: whole processes. */
export async function measure() {
  const { ratios } = await measured();
  return median(ratios);
}

let once500 = null;

/** Measured once for the rows of time and of memory. */
export function measured() {
  once500 ??= run();
  return once500;
}

async function run() {
  const folder = await mkdtemp(join(tmpdir(), 'wsprobe-run500-'));
  const server = spawn(process.execPath, [join(root, 'bench/echoServer.mjs')], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const [port] = await once(server.stdout, 'data');
    const url = `ws://127.0.0.1:${String(port).trim()}/`;
    await mkdir(join(folder, 'profiles'));
    const profile = JSON.stringify({ url, expect: { holdMs } });
    for (let index = 0; index < profiles; index++)
      await writeFile(join(folder, 'profiles', `${index}.wsprobe`), profile);
    const bare = [join(root, 'bench/run500Client.mjs'), url, profiles, concurrency, holdMs].map(String);
    const files = ['junit=results.xml', 'html=results.html', 'json=results.json'].flatMap((each) => [
      '--reporter',
      each,
    ]);
    const args = ['run', 'profiles', '--concurrency', String(concurrency), '--reports', 'reports', ...files];
    const ours = ['--import', tellMemory, join(root, 'dist/cli/wsprobe.mjs'), ...args];
    const ratios = [];
    const memoryMB = [];
    for (let round = 0; round < rounds; round++) {
      const floor = await timeOf(bare, folder);
      const { ms, stderr } = await timeOf(ours, folder);
      ratios.push(ms / floor.ms);
      memoryMB.push(Number(/^maxRSS (\d+)$/m.exec(stderr)?.[1]) / 1024);
    }
    process.stderr.write(
      `run.500: ratios ${ratios.map((ratio) => ratio.toFixed(3)).join(', ')}, memory ${memoryMB.map((mb) => mb.toFixed(1)).join(', ')} MB\n`,
    );
    return { ratios, memoryMB };
  } finally {
    server.stdin.end();
    server.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

async function timeOf(args, cwd) {
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_PROXY: '*' },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout = (stdout + text).slice(-2000)));
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr = (stderr + text).slice(-2000)));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`node ${args.join(' ')} ended with ${code}: ${stdout}${stderr}`);
  return { ms: performance.now() - startedAt, stderr };
}
