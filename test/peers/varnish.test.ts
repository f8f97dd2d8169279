import assert from 'node:assert/strict';
import { runProbe } from '../../src/core/probe/runProbe.js';
import { planFor } from '../support/plan.js';
import { type Case, describePeer, probeCases, runRow } from './support/cases.js';
import { startPeer } from './support/peer.js';
import { ECHO } from './support/plans.js';

const LOST: Omit<Case, 'name'> = {
  url: 'ws://{plain}/ws',
  phase: 'upgrade',
  findings: ['upgrade.headers-stripped @ proxy'],
  shows: ['Varnish between here', 'return (pipe)'],
};

const CASES: readonly Case[] = [
  { name: 'VCL that does not pipe', ...LOST },
  {
    name: 'nobody behind it',
    url: 'ws://{plain}/dead',
    phase: 'upgrade',
    findings: ['upgrade.unavailable @ proxy'],
    shows: ['Varnish could not get an answer', 'Backend fetch failed'],
  },
  {
    name: 'VCL refuses',
    url: 'ws://{plain}/denied',
    phase: 'upgrade',
    findings: ['upgrade.forbidden @ application'],
    shows: ['Varnish', 'Not for you'],
  },
];

const args = (file: string) => (fill: (text: string) => string) => [
  '-F',
  '-a',
  fill('127.0.0.1:{{plain}}'),
  '-f',
  fill(`{{folder}}/${file}`),
  '-n',
  fill('{{folder}}/work'),
  '-s',
  'malloc,16m',
];

describePeer(
  'Varnish',
  ({ backends }) => ({
    software: 'varnish',
    ports: ['plain'],
    configs: ['varnish.vcl'],
    values: backends.ports,
    args: args('varnish.vcl'),
  }),
  'varnish',
  (scene) => {
    probeCases(scene, CASES);

    it('is healthy with the snippet that its finding gives', async () => {
      const report = await runRow(scene(), LOST);
      const [fix, ...others] = report.findings[0]?.fixes ?? [];
      assert.deepEqual([fix?.language, others], ['vcl', []]);
      const mended = await startPeer({
        software: 'varnish',
        ports: ['plain'],
        configs: ['varnishMended.vcl'],
        files: { 'snippet.vcl': fix?.snippet ?? '' },
        values: scene().backends.ports,
        args: args('varnishMended.vcl'),
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
