import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../scripts/setup.mjs';

const ROUNDS = 3;

/** Frame time (95th percentile) while a log of 1,000,000 rows scrolls in Chromium: the middle of three rounds. */
export async function measure() {
  const script = join(root, 'bench/panelScrollRound.ts');
  const inspector = join(root, 'dist/webview');
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', script, inspector, String(ROUNDS)],
    {
      cwd: root,
    },
  );
  const rounds = JSON.parse(stdout).toSorted((a, b) => a.frameP95Ms - b.frameP95Ms);
  const middle = rounds[Math.floor(ROUNDS / 2)];
  process.stderr.write(
    `panel.scrollP95Ms: ${middle.frames} frames, p50 ${middle.frameP50Ms.toFixed(2)} ms, p99 ${middle.frameP99Ms.toFixed(2)} ms; ` +
      `main thread ${middle.taskMs.toFixed(2)} ms a frame (script ${middle.scriptMs.toFixed(2)}, style and layout ${middle.layoutMs.toFixed(2)}); ` +
      `rows not there yet under the wheel ${(middle.blankShare * 100).toFixed(1)} %\n`,
  );
  return middle.frameP95Ms;
}
