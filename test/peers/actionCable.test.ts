import { type Case, describePeer, probeCases } from './support/cases.js';

const ALLOWED = { origin: 'http://allowed.example', subprotocols: ['actioncable-v1-json'] };
const WELCOME = { expect: { contains: 'welcome' }, samples: 1 };
const SUBSCRIBE = JSON.stringify({ command: 'subscribe', identifier: JSON.stringify({ channel: 'RefusedChannel' }) });

const CASES: readonly Case[] = [
  { name: 'welcome', url: 'ws://{cable}/cable?token=x', plan: { ...ALLOWED, message: WELCOME }, findings: [] },
  {
    name: 'an origin that is not on the list',
    url: 'ws://{cable}/cable?token=x',
    plan: { ...ALLOWED, origin: 'http://evil.example' },
    phase: 'upgrade',
    findings: ['upgrade.origin-refused @ application'],
    shows: ['Action Cable (Rails) refused the Origin http://evil.example', 'allowed_request_origins'],
  },
  {
    name: 'no origin',
    url: 'ws://{cable}/cable?token=x',
    phase: 'upgrade',
    findings: ['upgrade.origin-refused @ application'],
    shows: ['without an Origin'],
  },
  {
    name: 'connect refuses the client',
    url: 'ws://{cable}/cable',
    plan: { ...ALLOWED, message: { expect: 'any', samples: 1 } },
    phase: 'message',
    findings: ['message.auth-refused @ application', 'close.rejected @ application'],
    shows: ['action-cable', 'unauthorized', 'cookies and the query'],
  },
  {
    name: 'a channel rejects the subscription',
    url: 'ws://{cable}/cable?token=x',
    plan: {
      ...ALLOWED,
      message: { send: SUBSCRIBE, expect: { contains: 'confirm_subscription' }, samples: 1 },
      timeouts: { messageMs: 500 },
    },
    phase: 'message',
    findings: ['message.auth-refused @ application', 'message.mismatch @ application'],
    shows: ['RefusedChannel'],
  },
];

describePeer(
  'Action Cable under Puma',
  () => ({
    software: 'puma',
    ports: ['cable'],
    configs: ['action_cable.ru'],
    args: (fill) => [
      '-S',
      'puma',
      '-b',
      fill('tcp://127.0.0.1:{{cable}}'),
      '-t',
      '2:2',
      fill('{{folder}}/action_cable.ru'),
    ],
  }),
  'puma',
  (scene) => probeCases(scene, CASES),
);
