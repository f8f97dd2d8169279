import { type Case, describePeer, probeCases } from './support/cases.js';

const CASES: readonly Case[] = [
  {
    name: 'the right token',
    url: 'ws://{sockets}/',
    plan: {
      message: { send: 'CONNECT {"verbose":false,"auth_token":"s3cret"}\r\nPING\r\n', expect: 'any', samples: 1 },
      expect: { holdMs: 200 },
    },
    findings: [],
  },
  {
    name: 'no token',
    url: 'ws://{sockets}/',
    plan: { message: { send: 'CONNECT {"verbose":false}\r\n', expect: { contains: '+OK' }, samples: 1 } },
    phase: 'message',
    findings: ['message.auth-refused @ application', 'close.policy @ application'],
    shows: ['Authorization Violation', 'auth_token'],
  },
  {
    name: 'a foreign origin',
    url: 'ws://{sockets}/',
    plan: { origin: 'http://evil.example' },
    phase: 'upgrade',
    findings: ['upgrade.origin-refused @ application'],
    shows: ['refused the Origin http://evil.example'],
  },
];

describePeer(
  'NATS',
  () => ({
    software: 'nats',
    ports: ['clients', 'sockets'],
    configs: ['nats.conf'],
    args: (fill) => ['-c', fill('{{folder}}/nats.conf')],
  }),
  'nats',
  (scene) => probeCases(scene, CASES),
);
