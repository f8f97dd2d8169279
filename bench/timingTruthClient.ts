// Prints as JSON, for each way and phase, the medians of what is told, of what is captured, and of how far they are apart.
// Usage: node --import tsx bench/timingTruthClient.ts <path of dumpcap>
import type { PhaseName } from '../src/core/base/model.js';
import { CapturedServer, toldTimes, WAYS } from '../test/peers/support/phaseTimes.js';
import { median } from './median.mjs';

const RUNS = 20;

async function main(program: string): Promise<void> {
  const server = await CapturedServer.start(program);
  const rows: object[] = [];
  for (const way of WAYS) {
    const runs = await server.run(way, RUNS);
    for (const phase of Object.keys(runs[0]?.wire.took ?? {}) as PhaseName[]) {
      const told = runs.map(({ report }) => toldTimes(report)[phase] ?? Number.NaN);
      const seen = runs.map(({ wire }) => wire.took[phase] ?? Number.NaN);
      const off = told.map((ms, run) => Math.abs(ms - (seen[run] ?? Number.NaN)));
      rows.push({ way: way.name, phase, told: median(told), seen: median(seen), off: median(off) });
    }
  }
  await server.stop();
  process.stdout.write(`${JSON.stringify(rows)}\n`);
}

main(process.argv[2] ?? '').catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
