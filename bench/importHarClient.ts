import { readFileSync } from 'node:fs';
import { importRecording } from '../src/core/session/exportSource.js';

/** `parse HAR` or `import HAR WSREC`: how long it takes, and how large the process grows. */
async function main([what, from = '', to = '']: readonly string[]): Promise<void> {
  const start = performance.now();
  let frames = 0;
  if (what === 'parse') JSON.parse(readFileSync(from, 'utf8'));
  else ({ frames } = await importRecording(from, to));
  const ms = performance.now() - start;
  const peakMB = process.resourceUsage().maxRSS / 1024;
  process.stdout.write(JSON.stringify({ ms, peakMB, frames }));
}

void main(process.argv.slice(2));
