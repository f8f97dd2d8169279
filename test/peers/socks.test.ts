import assert from 'node:assert/strict';
import { PASSWORD, USER } from './support/accounts.js';
import { type Case, describePeer, probeCases } from './support/cases.js';
import { ECHO, HEALTHY, through, trusting } from './support/plans.js';

function THROUGH(...[report]: Parameters<NonNullable<Case['check']>>): void {
  HEALTHY(report);
  assert.equal(report.phases.find(({ name }) => name === 'proxy')?.status, 'ok');
}

describePeer(
  'Dante',
  ({ backends }) => ({
    software: 'dante',
    ports: ['socks'],
    configs: ['danted.conf'],
    values: { ...backends.ports, method: 'none' },
    args: (fill) => ['-f', fill('{{folder}}/danted.conf'), '-p', fill('{{folder}}/danted.pid')],
  }),
  'dante',
  (scene) =>
    probeCases(scene, [
      { name: 'SOCKS 5', url: 'ws://{echo}/', plan: through('socks5', 'socks', ECHO), findings: [], check: THROUGH },
      {
        name: 'SOCKS 5, the name resolved by the proxy',
        url: 'ws://localhost{:echo}/',
        plan: through('socks5', 'socks', ECHO),
        findings: [],
        check: THROUGH,
      },
      {
        name: 'SOCKS 5, TLS to the target',
        url: 'wss://localhost{:tlsEcho}/',
        plan: trusting(through('socks5', 'socks', ECHO)),
        findings: [],
        check: THROUGH,
      },
      { name: 'SOCKS 4', url: 'ws://{echo}/', plan: through('socks4', 'socks', ECHO), findings: [], check: THROUGH },
      {
        // Dante does not know 4a and takes the mark of a name to come, 0.0.0.1, for the address.
        name: 'SOCKS 4a',
        url: 'ws://localhost{:echo}/',
        plan: through('socks4a', 'socks'),
        phase: 'proxy',
        findings: ['proxy.bad-gateway @ proxy'],
        shows: ['rejected'],
      },
      {
        name: 'a port that the rules deny',
        url: 'ws://{web}/',
        plan: through('socks5', 'socks'),
        phase: 'proxy',
        findings: ['proxy.forbidden @ proxy'],
        shows: ['not allowed'],
      },
      {
        name: 'a port that the rules deny, in SOCKS 4',
        url: 'ws://{web}/',
        plan: through('socks4', 'socks'),
        phase: 'proxy',
        findings: ['proxy.bad-gateway @ proxy'],
        shows: ['SOCKS4 does not tell the two apart'],
      },
      {
        name: 'a target where nobody listens',
        url: 'ws://{refused}/',
        plan: through('socks5', 'socks'),
        phase: 'proxy',
        findings: ['proxy.bad-gateway @ proxy'],
        shows: ['refused'],
      },
      {
        name: 'CONNECT to a port that speaks SOCKS',
        url: 'ws://{echo}/',
        plan: through('http', 'socks'),
        phase: 'proxy',
        findings: ['proxy.refused @ proxy'],
      },
    ]),
);

describePeer(
  'Dante with accounts',
  ({ backends }) => ({
    software: 'dante',
    ports: ['socks'],
    configs: ['danted.conf'],
    values: { ...backends.ports, method: 'username' },
    args: (fill) => ['-f', fill('{{folder}}/danted.conf'), '-p', fill('{{folder}}/danted.pid')],
  }),
  'dante',
  (scene) =>
    probeCases(scene, [
      {
        name: 'no account sent',
        url: 'ws://{echo}/',
        plan: through('socks5', 'socks'),
        phase: 'proxy',
        findings: ['proxy.auth-required @ proxy'],
      },
      {
        name: 'an account it does not know',
        url: 'ws://{echo}/',
        plan: through('socks5', 'socks', {}, { username: 'wsprobe-nobody', password: 'guessed-wrong' }),
        phase: 'proxy',
        findings: ['proxy.auth-required @ proxy'],
        check: (report) => assert.ok(!JSON.stringify(report).includes('guessed-wrong')),
      },
    ]),
);

describePeer(
  'microsocks with an account',
  ({ backends }) => ({
    software: 'microsocks',
    ports: ['socks'],
    values: backends.ports,
    args: (fill) => ['-i', '127.0.0.1', '-p', fill('{{socks}}'), '-u', USER, '-P', PASSWORD],
  }),
  'microsocks',
  (scene) =>
    probeCases(scene, [
      {
        name: 'the right password',
        url: 'ws://{echo}/',
        plan: through('socks5', 'socks', ECHO, { username: USER, password: PASSWORD }),
        findings: [],
        check: (report, given) => {
          THROUGH(report, given);
          assert.ok(!JSON.stringify(report).includes(PASSWORD));
        },
      },
      {
        name: 'no account sent',
        url: 'ws://{echo}/',
        plan: through('socks5', 'socks'),
        phase: 'proxy',
        findings: ['proxy.auth-required @ proxy'],
      },
      {
        name: 'the wrong password',
        url: 'ws://{echo}/',
        plan: through('socks5', 'socks', {}, { username: USER, password: 'guessed-wrong' }),
        phase: 'proxy',
        findings: ['proxy.auth-required @ proxy'],
        check: (report) => assert.ok(!JSON.stringify(report).includes('guessed-wrong')),
      },
      {
        name: 'a target where nobody listens',
        url: 'ws://{refused}/',
        plan: through('socks5', 'socks', {}, { username: USER, password: PASSWORD }),
        phase: 'proxy',
        findings: ['proxy.bad-gateway @ proxy'],
      },
      {
        name: 'SOCKS 4 to a proxy that speaks SOCKS 5 alone',
        url: 'ws://{echo}/',
        plan: through('socks4', 'socks'),
        phase: 'proxy',
        findings: ['proxy.invalid-response @ proxy'],
        shows: ['use socks5:// instead'],
      },
    ]),
);
