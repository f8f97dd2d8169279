import { Watch } from '../../../src/core/watch/watch.js';
import { planFor } from '../../support/plan.js';

const [held = '', ...urls] = process.argv.slice(2);
const session = {
  heartbeat: { everyMs: 50, timeoutMs: 500, send: 'ping' },
  reconnect: null,
  dialect: 'auto',
  autoPong: true,
  shareConnection: false,
} as const;

/** Tells its samples to who forked it, until that goes away. */
async function main(): Promise<void> {
  const ending = new AbortController();
  process.once('disconnect', () => ending.abort());
  const watch = { everyMs: 20, alertAfter: 1, hold: held === 'held', sequence: null };
  await new Watch({
    targets: urls.map((url) => ({
      plan: planFor(url, { watch, session, timeouts: { upgradeMs: 500 } }),
      profile: null,
    })),
    signal: ending.signal,
    pauseAfterMs: 300,
    onEvent: (event) => void process.send?.(event),
  }).run();
}

void main();
