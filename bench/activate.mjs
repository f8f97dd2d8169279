import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSuite } from '../scripts/buildSuite.mjs';
import { loadTypeScript, root } from '../scripts/setup.mjs';
import { median } from './median.mjs';

const windows = 5;

/** Load and activate in a real VS Code, in ms: the median over fresh windows, the first one (cold files) left out. */
export async function measure() {
  const { runSuite } = await loadTypeScript('test/host/runSuite.ts');
  const suite = await buildSuite('activate', 'bench/activation');
  const data = await mkdtemp(join(tmpdir(), 'wsprobe-activate-'));
  const results = join(data, 'results.json');
  const times = [];
  try {
    for (let window = 0; window <= windows; window++) {
      // An empty folder: nothing in it activates the extension before the clock starts.
      const code = await runSuite({
        extensionDir: root,
        suite,
        folder: data,
        env: { WSPROBE_ACTIVATE_FILE: results },
      });
      if (code !== 0) throw new Error(`The activation suite ended with ${code}.`);
      const { loadMs, activateMs } = JSON.parse(await readFile(results, 'utf8'));
      times.push(loadMs + activateMs);
      await rm(results);
    }
  } finally {
    await rm(data, { recursive: true, force: true });
  }
  process.stderr.write(
    `activate.ms: first window ${times[0].toFixed(1)}, then ${times
      .slice(1)
      .map((ms) => ms.toFixed(1))
      .join(', ')}\n`,
  );
  return median(times.slice(1));
}
