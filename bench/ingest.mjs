import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { root } from '../scripts/setup.mjs';
import { median } from './median.mjs';

/**
 * Messages a second through a session, its frame log on, over bare `ws`, both fed by a second process that writes pre-framed bytes:
 * the median over rounds of session / bare.
 */
export async function measureIngest(size, count) {
  const client = join(root, 'out/bench/ingestClient.cjs');
  await build({
    entryPoints: [join(root, 'bench/ingestClient.ts')],
    outfile: client,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['bufferutil', 'utf-8-validate'],
    logLevel: 'warning',
  });
  const server = spawn(process.execPath, [join(root, 'bench/floodServer.mjs')], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const [port] = await once(server.stdout, 'data');
    const url = `ws://127.0.0.1:${String(port).trim()}`;
    const { stdout } = await promisify(execFile)(process.execPath, [client, url, String(size), String(count)]);
    const rounds = JSON.parse(stdout);
    const bare = median(rounds.map((round) => round.bare));
    const session = median(rounds.map((round) => round.session));
    process.stderr.write(
      `ingest ${size} B: bare ${Math.round(bare)}/s, session ${Math.round(session)}/s, ${rounds.length} rounds\n`,
    );
    return median(rounds.map((round) => round.session / round.bare));
  } finally {
    server.stdin.end();
    server.kill();
  }
}
