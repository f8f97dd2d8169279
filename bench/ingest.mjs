import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { bundleClient } from './bundleClient.mjs';
import { withFlood } from './floodPeer.mjs';
import { median } from './median.mjs';

/**
 * Messages a second through a session, its frame log on, over bare `ws`, both fed by a second process that writes pre-framed bytes:
 * the median over rounds of session / bare.
 */
export async function measureIngest(size, count) {
  const client = await bundleClient('ingestClient.ts');
  return withFlood(async (url) => {
    const { stdout } = await promisify(execFile)(process.execPath, [client, url, String(size), String(count)]);
    const rounds = JSON.parse(stdout);
    const bare = median(rounds.map((round) => round.bare));
    const session = median(rounds.map((round) => round.session));
    process.stderr.write(
      `ingest ${size} B: bare ${Math.round(bare)}/s, session ${Math.round(session)}/s, ${rounds.length} rounds\n`,
    );
    return median(rounds.map((round) => round.session / round.bare));
  });
}
