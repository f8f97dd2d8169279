import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findProgram, missingOf, SOFTWARE } from '../scripts/software.mjs';
import { root } from '../scripts/setup.mjs';

/** Of every phase on every way there, the median of 20 absolute differences from a packet capture of loopback: the worst of them. */
export async function measure() {
  const capture = SOFTWARE.find(({ id }) => id === 'tshark');
  const program = findProgram(capture);
  if (program === null) throw new Error(`timing.truth needs a packet capture. ${missingOf(capture)}`);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', 'bench/timingTruthClient.ts', program],
    { cwd: root },
  );
  const rows = JSON.parse(stdout);
  for (const { way, phase, told, seen, off } of rows) {
    const [ours, wire, apart] = [told, seen, off].map((ms) => ms.toFixed(3));
    process.stderr.write(
      `timing.truth: ${way}, ${phase}: ${ours} ms told, ${wire} ms on the wire, ${apart} ms apart\n`,
    );
  }
  return Math.max(...rows.map(({ off }) => off));
}
