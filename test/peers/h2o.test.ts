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
  shows: ['H2O between here', 'proxy.websocket'],
};

const CASES: readonly Case[] = [
  { name: 'a reverse proxy without WebSockets', ...LOST },
  {
    name: 'nobody behind it',
    url: 'ws://{plain}/dead',
    phase: 'upgrade',
    findings: ['upgrade.bad-gateway @ proxy'],
    shows: ['H2O could not get a valid answer'],
  },
];

describePeer(
  'H2O',
  ({ backends }) => ({
    software: 'h2o',
    ports: ['plain'],
    configs: ['h2o.conf'],
    values: backends.ports,
    args: (fill) => ['-c', fill('{{folder}}/h2o.conf')],
  }),
  'h2o',
  (scene) => {
    probeCases(scene, CASES);

    it('is healthy with the snippet that its finding gives', async () => {
      const { backends }: Scene = scene();
      const report = await runRow(scene(), LOST);
      const [fix, ...others] = report.findings[0]?.fixes ?? [];
      assert.deepEqual([fix?.language, others], ['yaml', []]);
      const mended = await startPeer({
        software: 'h2o',
        ports: ['plain'],
        files: { snippet: (fix?.snippet ?? '').replace('8080', String(backends.ports.echo)) },
        args: (fill) => ['-c', fill('{{folder}}/h2oMended.conf')],
        configs: ['h2oMended.conf'],
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
