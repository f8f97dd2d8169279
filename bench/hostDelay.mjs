import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSuite } from '../scripts/buildSuite.mjs';
import { loadTypeScript, root } from '../scripts/setup.mjs';
import { withFlood } from './floodPeer.mjs';

/** More frames than any session takes in the time. */
const COUNT = 1_000_000_000;

/**
 * How late the extension host's event loop is (99th percentile, in ms) in a real VS Code, while a session takes frames
 * of 64 B as fast as it can and the inspector shows them.
 */
export async function measure() {
  const { runSuite } = await loadTypeScript('test/host/runSuite.ts');
  const suite = await buildSuite('hostDelay', 'bench/hostDelay');
  const data = await mkdtemp(join(tmpdir(), 'wsprobe-delay-'));
  const results = join(data, 'results.json');
  try {
    return await withFlood(async (url, framesOfNext) => {
      const frames = framesOfNext();
      const code = await runSuite({
        extensionDir: root,
        suite,
        folder: data,
        env: { WSPROBE_DELAY_FILE: results, WSPROBE_FLOOD_URL: `${url}/?size=64&count=${COUNT}` },
      });
      if (code !== 0) throw new Error(`The host delay suite ended with ${code}.`);
      const { idle, flood } = JSON.parse(await readFile(results, 'utf8'));
      const said = ({ p50Ms, p99Ms, maxMs }) =>
        `p50 ${p50Ms.toFixed(2)}, p99 ${p99Ms.toFixed(2)}, max ${maxMs.toFixed(1)} ms`;
      process.stderr.write(
        `ingest.hostDelayP99Ms: ${said(flood)} while ${await frames} frames came; idle ${said(idle)}\n`,
      );
      return flood.p99Ms;
    });
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}
