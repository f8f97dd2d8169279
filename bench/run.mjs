// Prints one JSON object a line: {"name","value","unit","bar","ok"}. Exits 1 when a row misses its bar.
// Usage: npm run bench -- [--only name,name]
import { installDependencies } from '../scripts/setup.mjs';

installDependencies();

// Loaded late: what a row needs may be TypeScript or a dependency.
const rows = [
  { name: 'probe.overhead', unit: 'ratio', bar: 1.6, from: () => import('./probeOverhead.mjs') },
  { name: 'timing.truth', unit: 'ms', bar: 1, from: () => import('./timingTruth.mjs') },
  { name: 'ingest.64B', unit: 'ratio', atLeast: 0.75, from: () => import('./ingest64B.mjs') },
  { name: 'ingest.16KiB', unit: 'ratio', atLeast: 0.95, from: () => import('./ingest16KiB.mjs') },
  { name: 'ingest.record64B', unit: 'ratio', atLeast: 0.35, from: () => import('./ingestRecord64B.mjs') },
  { name: 'log.bytesPerFrame', unit: 'B', bar: 130, from: () => import('./logBytesPerFrame.mjs') },
  { name: 'log.filterMs', unit: 'ms', bar: 120, from: () => import('./logFilter.mjs') },
  { name: 'log.flatMemoryMB', unit: 'MB', bar: 128, from: () => import('./flatMemory.mjs') },
  { name: 'ingest.hostDelayP99Ms', unit: 'ms', bar: 16, from: () => import('./hostDelay.mjs') },
  { name: 'panel.scrollP95Ms', unit: 'ms', bar: 16.7, from: () => import('./panelScroll.mjs') },
  { name: 'import.har200MB', unit: 'ratio', bar: 4, from: () => import('./importHar.mjs') },
  { name: 'open.wsrec1GB', unit: 'ratio', bar: 3, from: () => import('./openWsrec.mjs') },
  { name: 'show.200MB', unit: 'ratio', bar: 8, from: () => import('./showWsrec.mjs') },
  { name: 'run.500', unit: 'ratio', bar: 1.5, from: () => import('./run500.mjs') },
  { name: 'run.500MemoryMB', unit: 'MB', bar: 150, from: () => import('./run500Memory.mjs') },
  { name: 'tap.latency', unit: 'ratio', bar: 2, from: () => import('./tapLatency.mjs') },
  { name: 'tap.throughput', unit: 'ratio', atLeast: 1, from: () => import('./tapThroughput.mjs') },
  { name: 'watch.cpu', unit: '%', bar: 3, from: () => import('./watch200.mjs') },
  { name: 'watch.memoryMB', unit: 'MB', bar: 200, from: () => import('./watch200Memory.mjs') },
  { name: 'cli.start', unit: 'ratio', bar: 1.2, from: () => import('./cliStart.mjs') },
  { name: 'cli.connect', unit: 'ratio', bar: 1.2, from: () => import('./cliConnect.mjs') },
  { name: 'activate.ms', unit: 'ms', bar: 30, from: () => import('./activate.mjs') },
  { name: 'bundle.extensionKB', unit: 'KB', bar: 120, from: () => import('./bundleSize.mjs') },
  { name: 'bundle.inspectorKB', unit: 'KB', bar: 300, from: () => import('./inspectorSize.mjs') },
  { name: 'vsix.KB', unit: 'KB', bar: 900, from: () => import('./vsixSize.mjs') },
];

const given = process.argv.indexOf('--only');
const only = given === -1 ? rows.map((row) => row.name) : (process.argv[given + 1] ?? '').split(',');
const unknown = only.filter((name) => !rows.some((row) => row.name === name));
if (unknown.length > 0) {
  process.stderr.write(`--only takes names out of: ${rows.map((row) => row.name).join(', ')}\n`);
  process.exit(2);
}

// Every row is measured on what ships: the release build inside the package.
const { packageExtension } = await import('../scripts/package.mjs');
await packageExtension('dist/wsprobe.vsix', { smallest: only.includes('vsix.KB') });

for (const { name, unit, bar: most, atLeast, from } of rows) {
  if (!only.includes(name)) continue;
  const { measure } = await from();
  const measured = await measure();
  const value = Number(measured.toFixed(3));
  const bar = most ?? atLeast;
  const ok = most === undefined ? value >= bar : value <= bar;
  process.stdout.write(`${JSON.stringify({ name, value, unit, bar, ok })}\n`);
  if (!ok) process.exitCode = 1;
}
