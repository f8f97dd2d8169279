import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { runProbe } from '../../src/core/probe/runProbe.js';
import { planFor } from '../support/plan.js';
import { type Case, describePeer, planOf, probeCases } from './support/cases.js';
import { ECHO } from './support/plans.js';

const INIT = { message: { send: { json: { type: 'connection_init' } }, expect: 'any', samples: 1 } } as const;

const CASES: readonly Case[] = [
  {
    name: 'Express: nobody listens for upgrades',
    url: 'ws://{express}/chat',
    phase: 'upgrade',
    findings: ['upgrade.not-found @ application'],
    shows: ['Express (Node) took the upgrade for a page', 'new WebSocketServer({ server })'],
  },
  {
    name: 'Fastify: without the plugin',
    url: 'ws://{fastify}/ws',
    phase: 'upgrade',
    findings: ['upgrade.not-found @ application'],
    shows: ['Fastify (Node) has no WebSocket route at /ws', '@fastify/websocket'],
  },
  { name: 'Fastify: the route', url: 'ws://{routed}/ws', plan: ECHO, findings: [] },
  {
    name: 'Fastify: another path',
    url: 'ws://{routed}/ws/',
    phase: 'upgrade',
    findings: ['upgrade.not-found @ application'],
    shows: ['Fastify (Node) has no WebSocket route at /ws/'],
  },
  {
    name: 'SockJS: its base address',
    url: 'ws://{sockjs}/echo',
    phase: 'upgrade',
    findings: ['upgrade.not-websocket @ application'],
    shows: ['SockJS endpoint', '/echo/websocket'],
  },
  {
    name: 'GraphQL of the older kind: connection_error',
    url: 'ws://{legacy}/graphql',
    // It closes a moment after its message.
    plan: { ...INIT, subprotocols: ['graphql-ws'], expect: { holdMs: 2_000 } },
    phase: 'message',
    findings: ['message.auth-refused @ application', 'close.internal-error @ application'],
    shows: ['Missing auth token!', 'connection_init'],
  },
];

const SERVERS = ['express', 'fastify', 'routed', 'sockjs', 'legacy'];

describePeer(
  'frameworks of Node',
  () => ({
    software: 'node-frameworks',
    ports: SERVERS,
    configs: ['node_frameworks.mjs'],
    values: { modules: resolve('test/peers/node') },
    args: (fill) => [fill('{{folder}}/node_frameworks.mjs')],
  }),
  'node-frameworks',
  (scene) => {
    probeCases(scene, CASES);

    it('SockJS is healthy at the address that its finding gives', async () => {
      const { findings } = await runProbe(planOf(scene(), { url: 'ws://{sockjs}/echo' }));
      const { url } = JSON.parse(findings[0]?.fixes[0]?.snippet ?? '{}') as { url: string };
      assert.deepEqual((await runProbe(planFor(url, ECHO))).findings, []);
    });
  },
);
