import assert from 'node:assert/strict';
import { runProbe } from '../../../src/core/probe/runProbe.js';
import { type Playground, startPlayground } from '../../../src/core/playground/index.js';
import { Watch } from '../../../src/core/watch/watch.js';
import { planFor } from '../../support/plan.js';

describe('the weather of the playground', () => {
  let playground: Playground;
  before(async () => {
    playground = await startPlayground({ port: 0 });
  });
  after(() => playground.stop());

  const probe = (query: string) => runProbe(planFor(`${playground.ws}/weather?${query}`, { expect: { holdMs: 100 } }));

  it('is fair, slow, gusty or down by its script', async () => {
    assert.equal((await probe('at=10')).verdict, 'healthy');
    const slow = await probe('at=54&ms=300');
    const upgrade = slow.phases.find(({ name }) => name === 'upgrade');
    assert.ok((upgrade?.durationMs ?? 0) > 250, `${upgrade?.durationMs}`);
    const gusts = await Promise.all([1, 2, 3].map(() => probe('at=60&ms=1')));
    assert.deepEqual(
      gusts.map(({ close }) => String(close?.code)).sort((a, b) => (a < b ? -1 : 1)),
      ['1000', '1000', '1011'],
      'every third is ended',
    );
    assert.equal((await probe('at=75')).response?.status, 503);
    assert.equal((await probe('at=90')).verdict, 'healthy');
  });

  it('comes over a connection that stands: a held watch goes through all of it', async () => {
    const reconnect = { initialMs: 1, maxMs: 20, jitter: 0, maxAttempts: 100_000 };
    const session = { heartbeat: null, reconnect, dialect: 'auto', autoPong: true, shareConnection: false };
    const watch = { everyMs: 20, alertAfter: 2, hold: true, sequence: null };
    const plan = planFor(`${playground.ws}/weather?cycle=2000&ms=20`, { session, watch });
    const ending = new AbortController();
    const watched: Watch = new Watch({
      targets: [{ plan, profile: null }],
      signal: ending.signal,
      pauseAfterMs: 600_000,
      onEvent: (event) => {
        // A machine that has other work may sleep through a spell: the next cycle has it too.
        const [series] = watched.summary().targets;
        const met = (series?.drops ?? 0) > 0 && (series?.findings['upgrade.unavailable'] ?? 0) > 0;
        if (met && event.kind === 'verdict' && event.to === 'healthy') ending.abort();
      },
    });
    await watched.run();
    assert.ok(ending.signal.aborted);
  });
});
