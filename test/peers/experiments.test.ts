import assert from 'node:assert/strict';
import { experiment } from '../support/experiments.js';
import { describePeer } from './support/cases.js';
import { haproxySpec, nginxSpec } from './support/specs.js';

describePeer('lab idle at nginx', nginxSpec, 'nginx', (scene) => {
  it('finds proxy_read_timeout 3s within a tenth, and names it', async () => {
    const { peer } = scene();
    const record = await experiment('idle', peer.url('ws://{plain}/idle-3'), { connections: 6, forMs: 12_000 });
    const { idleCutoffMs } = record.numbers;
    assert.ok(idleCutoffMs !== null && idleCutoffMs !== undefined, record.conclusion);
    assert.ok(Math.abs(idleCutoffMs - 3_000) <= 300, `${idleCutoffMs}`);
    assert.match(record.conclusion, /nginx proxy_read_timeout/);
    assert.equal(record.findings[0]?.id, 'lab.idle-cutoff');
    // What it offers cures: the same again, with the heartbeat that it names.
    const offered = record.findings[0]?.fixes.find(({ title }) => title.endsWith('(profile)'));
    const { session } = JSON.parse(offered?.snippet ?? '{}') as { session: { heartbeat: { every: number } } };
    const everyMs = session.heartbeat.every;
    const heartbeat = { everyMs, timeoutMs: 2_000, send: 'ping' } as const;
    const held = { heartbeat, reconnect: null, dialect: 'auto', autoPong: true, shareConnection: false };
    const again = await experiment(
      'lifetime',
      peer.url('ws://{plain}/idle-3'),
      { connections: 1, forMs: 10_000 },
      { session: held },
    );
    assert.deepEqual([again.verdict, again.numbers['stood']], ['pass', 1], again.conclusion);
  });
});

describePeer('lab sticky at HAProxy', haproxySpec, 'haproxy', (scene) => {
  it('is caught not sticking: two servers in turn', async () => {
    const record = await experiment('sticky', scene().peer.url('ws://{plain}/pair'), { connections: 8 });
    assert.deepEqual([record.verdict, record.numbers['backends']], ['fail', 2], record.conclusion);
    assert.equal(record.findings[0]?.id, 'lab.not-sticky');
  });

  it('keeps a client by its cookie', async () => {
    const record = await experiment('sticky', scene().peer.url('ws://{plain}/pinned'), { connections: 8 });
    const { backends, backendsWithCookie } = record.numbers;
    assert.deepEqual([record.verdict, backends, backendsWithCookie], ['pass', 2, 1], record.conclusion);
    assert.doesNotMatch(JSON.stringify(record), /first-of-two|second-of-two/);
  });
});
