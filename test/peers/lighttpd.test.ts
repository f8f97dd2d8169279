import assert from 'node:assert/strict';
import { runProbe } from '../../src/core/probe/runProbe.js';
import { planFor } from '../support/plan.js';
import { type Case, describePeer, probeCases, runRow, type Scene } from './support/cases.js';
import { startPeer } from './support/peer.js';
import { ECHO } from './support/plans.js';

const LOST: Omit<Case, 'name'> = {
  url: 'ws://{plain}/ws',
  phase: 'upgrade',
  findings: ['upgrade.headers-stripped @ proxy'],
  shows: ['lighttpd between here', 'proxy.header'],
};

const CASES: readonly Case[] = [
  { name: 'mod_proxy without the upgrade', ...LOST },
  {
    name: 'nobody behind it',
    url: 'ws://{plain}/dead',
    phase: 'upgrade',
    findings: ['upgrade.unavailable @ proxy'],
    shows: ['lighttpd could not reach'],
  },
  {
    name: 'nothing at the path',
    url: 'ws://{plain}/nope',
    phase: 'upgrade',
    findings: ['upgrade.not-found @ application'],
    shows: ['lighttpd'],
  },
];

describePeer(
  'lighttpd',
  ({ backends }) => ({
    software: 'lighttpd',
    ports: ['plain'],
    configs: ['lighttpd.conf'],
    values: backends.ports,
    args: (fill) => ['-D', '-f', fill('{{folder}}/lighttpd.conf')],
  }),
  'lighttpd',
  (scene) => {
    probeCases(scene, CASES);

    it('is healthy with the snippet that its finding gives', async () => {
      const { backends }: Scene = scene();
      const report = await runRow(scene(), LOST);
      const [fix, ...others] = report.findings[0]?.fixes ?? [];
      assert.deepEqual([fix?.language, others], ['lighttpd', []]);
      const mended = await startPeer({
        software: 'lighttpd',
        ports: ['plain'],
        files: { snippet: (fix?.snippet ?? '').replace('8080', String(backends.ports.echo)) },
        args: (fill) => ['-D', '-f', fill('{{folder}}/lighttpdMended.conf')],
        configs: ['lighttpdMended.conf'],
      });
      try {
        const { findings } = await runProbe(planFor(mended.url('ws://{plain}/ws'), ECHO));
        assert.deepEqual(findings, []);
      } finally {
        await mended.stop();
      }
    });
  },
);
