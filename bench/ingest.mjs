import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { bundleClient } from './bundleClient.mjs';
import { withFlood } from './floodPeer.mjs';
import { median } from './median.mjs';

/**
 * Messages a second through a session, its frame log on, over bare `ws`, both fed by a second process that writes pre-framed bytes:
 * the median over rounds of session / bare. Bare `ws` keeps nothing; what the session kept is said. `recording`: a `.wsrec` is
 * written too, and a frame that is not in it makes the row 0.
 */
export async function measureIngest(size, count, recording = false) {
  const client = await bundleClient('ingestClient.ts');
  return withFlood(async (url) => {
    const args = [client, url, String(size), String(count), ...(recording ? ['record'] : [])];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const rounds = JSON.parse(stdout);
    const of = (name) => Math.round(median(rounds.map((round) => round[name])));
    process.stderr.write(
      `ingest ${size} B: bare ${of('bare')}/s, session ${of('session')}/s, ${rounds.length} rounds; ` +
        `kept of ${Math.round((count * size) / (1 << 20))} MB: ${of('memoryMB')} MB in memory, ${of('diskMB')} MB on disk, ` +
        `${of('droppedPayloads')} of ${count} payloads dropped; ${of('droppedFrames')} frames dropped\n`,
    );
    const unrecorded = Math.max(...rounds.map((round) => round.unrecorded));
    if (unrecorded > 0) {
      process.stderr.write(`ingest ${size} B: ${unrecorded} frames are not in the recording\n`);
      return 0;
    }
    return median(rounds.map((round) => round.session / round.bare));
  });
}
