import { type Case, describePeer, probeCases } from './support/cases.js';

const CASES: readonly Case[] = [
  {
    name: 'without the subprotocol',
    url: 'ws://{plain}/xmpp-websocket',
    phase: 'upgrade',
    findings: ['upgrade.bad-request @ application'],
    shows: ['as xmpp wants it'],
  },
  {
    name: 'a host that it does not serve',
    url: 'ws://{plain}/xmpp-websocket',
    plan: {
      subprotocols: ['xmpp'],
      message: {
        send: '<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="nope.example" version="1.0"/>',
        expect: { contains: 'features' },
        samples: 1,
      },
    },
    phase: 'message',
    findings: ['message.auth-refused @ application', 'close.rejected @ application'],
    shows: ['(xmpp) refused the client', 'host-unknown'],
  },
  {
    name: 'a path that is not its own',
    url: 'ws://{plain}/ws',
    plan: { subprotocols: ['xmpp'] },
    phase: 'upgrade',
    findings: ['upgrade.not-found @ application'],
    shows: ['no WebSocket at /ws'],
  },
];

describePeer(
  'Prosody',
  () => ({
    software: 'prosody',
    ports: ['plain'],
    configs: ['prosody.cfg.lua'],
    args: (fill) => ['--config', fill('{{folder}}/prosody.cfg.lua'), '-F'],
  }),
  'prosody',
  (scene) => {
    probeCases(scene, CASES);
  },
);
