import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { root } from '../scripts/setup.mjs';
import { median } from './median.mjs';

/** A full probe over bare `ws` connect and close, on loopback: the median over rounds of probe / bare. */
export async function measure() {
  const client = join(root, 'out/bench/probeOverheadClient.cjs');
  await build({
    entryPoints: [join(root, 'bench/probeOverheadClient.ts')],
    outfile: client,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['bufferutil', 'utf-8-validate'],
    logLevel: 'warning',
  });
  const server = spawn(process.execPath, [join(root, 'bench/echoServer.mjs')], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const [port] = await once(server.stdout, 'data');
    const { stdout } = await promisify(execFile)(process.execPath, [client, `ws://127.0.0.1:${String(port).trim()}/`]);
    const rounds = JSON.parse(stdout);
    process.stderr.write(
      `probe.overhead: bare ${median(rounds.map((round) => round.bareMs)).toFixed(3)} ms, probe ${median(rounds.map((round) => round.probeMs)).toFixed(3)} ms, ${rounds.length} rounds\n`,
    );
    return median(rounds.map((round) => round.probeMs / round.bareMs));
  } finally {
    server.stdin.end();
    server.kill();
  }
}
