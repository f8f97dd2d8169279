import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../scripts/setup.mjs';

const watches = 200;
const everyS = 30;
/** Six looks at each: what is watched goes on for days, and a start is no small part of a minute. */
const forS = 180;
/** Said by a process about itself when it ends: microseconds of the processor, KiB. */
const tellUse = `data:text/javascript,process.on("exit",()=>{const{user,system}=process.cpuUsage();process.stderr.write("used "+(user+system)+" "+process.resourceUsage().maxRSS+"\\n")})`;

let once200 = null;

/** Share of one core, in percent, that `wsprobe watch` of 200 profiles takes, its start included. */
export async function measure() {
  const { percent } = await measured();
  return percent;
}

/** Measured once for the rows of the processor and of memory. */
export function measured() {
  once200 ??= run();
  return once200;
}

async function run() {
  const folder = await mkdtemp(join(tmpdir(), 'wsprobe-watch200-'));
  const server = spawn(process.execPath, [join(root, 'bench/echoServer.mjs')], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const [port] = await once(server.stdout, 'data');
    const profile = JSON.stringify({ url: `ws://127.0.0.1:${String(port).trim()}/` });
    await mkdir(join(folder, 'profiles'));
    for (let index = 0; index < watches; index++)
      await writeFile(join(folder, 'profiles', `${index}.wsprobe`), profile);
    const options = ['--every', `${everyS}s`, '--for', `${forS}s`, '--history', 'history', '--quiet'];
    const args = ['--import', tellUse, join(root, 'dist/cli/wsprobe.mjs'), 'watch', 'profiles', ...options];
    const startedAt = performance.now();
    const child = spawn(process.execPath, args, {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, NO_PROXY: '*' },
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr = (stderr + text).slice(-2000)));
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`wsprobe watch ended with ${code}: ${stderr}`);
    const [, microseconds, kib] = /^used (\d+) (\d+)$/m.exec(stderr) ?? [];
    const percent = (Number(microseconds) / 1000 / (performance.now() - startedAt)) * 100;
    return { percent, memoryMB: Number(kib) / 1024 };
  } finally {
    server.stdin.end();
    server.kill();
    await rm(folder, { recursive: true, force: true });
  }
}
