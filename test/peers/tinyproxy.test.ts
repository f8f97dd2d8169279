import assert from 'node:assert/strict';
import { runProbe } from '../../src/core/probe/runProbe.js';
import { planFor } from '../support/plan.js';
import { type Case, describePeer, probeCases, runRow, type Scene } from './support/cases.js';
import { startPeer } from './support/peer.js';
import { ECHO } from './support/plans.js';

const through = (scene: Scene) => ({ proxy: route(scene.peer.ports['plain'] ?? 0) });
const route = (port: number) => ({
  kind: 'http' as const,
  host: '127.0.0.1',
  port,
  username: null,
  password: null,
  authorization: null,
  rejectUnauthorized: true,
  source: 'the profile',
});

const PORT: Omit<Case, 'name' | 'url'> = {
  plan: through,
  phase: 'proxy',
  findings: ['proxy.forbidden @ proxy'],
  shows: ['Tinyproxy', 'Access violation', 'ConnectPort'],
};

describePeer(
  'Tinyproxy',
  ({ backends }) => ({
    software: 'tinyproxy',
    ports: ['plain'],
    configs: ['tinyproxy.conf'],
    values: backends.ports,
    args: (fill) => ['-d', '-c', fill('{{folder}}/tinyproxy.conf')],
  }),
  'tinyproxy',
  (scene) => {
    it('refuses a port, and is healthy with the snippet that the finding gives', async () => {
      const { echo } = scene().backends.ports;
      const report = await runRow(scene(), { ...PORT, url: `ws://127.0.0.1:${echo}/` });
      const fix = report.findings[0]?.fixes[0];
      const mended = await startPeer({
        software: 'tinyproxy',
        ports: ['plain'],
        configs: ['tinyproxy.conf'],
        values: { ...scene().backends.ports, refused: Number(/^ConnectPort (\d+)$/.exec(fix?.snippet ?? '')?.[1]) },
        args: (fill) => ['-d', '-c', fill('{{folder}}/tinyproxy.conf')],
      });
      try {
        const plan = { ...ECHO, proxy: route(mended.ports['plain'] ?? 0) };
        assert.deepEqual((await runProbe(planFor(`ws://127.0.0.1:${echo}/`, plan))).findings, []);
      } finally {
        await mended.stop();
      }
    });

    probeCases(scene, [
      {
        name: 'nobody at the port',
        url: 'ws://127.0.0.1:1/',
        plan: through,
        phase: 'proxy',
        findings: ['proxy.bad-gateway @ proxy'],
        shows: ['Tinyproxy', 'Unable to connect'],
      },
    ]);
  },
);
