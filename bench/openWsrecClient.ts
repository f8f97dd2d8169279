import { createReadStream } from 'node:fs';
import { RecordedSource } from '../src/core/session/recordedSource.js';

/** `read WSREC` or `open WSREC`: how long it takes, how much of it the processors work, and how large the process grows. */
async function main([what, path = '']: readonly string[]): Promise<void> {
  const start = performance.now();
  const before = process.cpuUsage();
  let frames = 0;
  let firstMs = 0;
  if (what === 'read') await readThrough(path);
  else {
    const source = await RecordedSource.open('bench', path);
    firstMs = performance.now() - start;
    await source.loaded;
    frames = source.snapshot().received.frames;
    await source.dispose();
  }
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  const cpuMs = (user + system) / 1000;
  const peakMB = process.resourceUsage().maxRSS / 1024;
  process.stdout.write(JSON.stringify({ ms, firstMs, cpuMs, peakMB, frames }));
}

async function readThrough(path: string): Promise<void> {
  for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 })) void (chunk as Buffer).length;
}

void main(process.argv.slice(2));
