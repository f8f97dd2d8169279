import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { bundleClient } from './bundleClient.mjs';
import { withFlood } from './floodPeer.mjs';
import { median } from './median.mjs';

/** 1 GiB of payload in messages of 1 KiB. */
const COUNT = 1024 * 1024;
const ROUNDS = 5;

/**
 * By how many MiB the memory of a process grows, at its highest, while a session of default limits takes 1 GiB:
 * the median over processes.
 */
export async function measure() {
  const client = await bundleClient('flatMemoryClient.ts');
  return withFlood(async (url) => {
    const rounds = [];
    for (let round = 0; round < ROUNDS; round++) {
      const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', client, url, String(COUNT)]);
      rounds.push(JSON.parse(stdout));
    }
    const of = (name) => median(rounds.map((round) => round[name])).toFixed(0);
    const peaks = rounds.map(({ peakMB }) => peakMB.toFixed(0)).join(', ');
    process.stderr.write(
      `log.flatMemoryMB: ${peaks}; payloads: ${of('payloadMB')} MB in memory, ${of('diskMB')} MB on disk, ` +
        `${of('droppedPayloads')} of ${COUNT} dropped; ${of('droppedFrames')} frames dropped\n`,
    );
    return median(rounds.map(({ peakMB }) => peakMB));
  });
}
