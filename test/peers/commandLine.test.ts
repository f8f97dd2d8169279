import assert from 'node:assert/strict';
import type { Report } from '../../src/core/base/model.js';
import { type BuiltCli, buildCli } from '../unit/cli/builtCli.js';
import { PASSWORD, USER } from './support/accounts.js';
import { describePeer, type Scene } from './support/cases.js';
import { haproxySpec, nginxSpec, squidSpec } from './support/specs.js';

interface Run {
  readonly name: string;
  readonly argv: (scene: Scene) => readonly string[];
  readonly exitCode: number;
  readonly findings: readonly string[];
  /** What a person reads without `--json`. */
  readonly says: readonly string[];
}

const url =
  (template: string, ...options: readonly string[]) =>
  ({ peer }: Scene): readonly string[] => [peer.url(template), ...options];

const trusted =
  (template: string, ...options: readonly string[]) =>
  ({ peer, pki }: Scene): readonly string[] => [peer.url(template), '--ca', pki.path('ca.pem'), ...options];

const NGINX: readonly Run[] = [
  { name: 'a right configuration', argv: url('ws://{plain}/right'), exitCode: 0, findings: [], says: ['healthy'] },
  {
    name: 'no Upgrade headers passed on',
    argv: url('ws://{plain}/stripped'),
    exitCode: 3,
    findings: ['upgrade.headers-stripped'],
    says: ['nginx', 'removed the Upgrade header', 'proxy_set_header Upgrade $http_upgrade;'],
  },
  {
    name: 'nobody listens behind',
    argv: url('ws://{plain}/refused'),
    exitCode: 3,
    findings: ['upgrade.bad-gateway'],
    says: ['502 Bad Gateway'],
  },
  {
    name: 'the right password',
    argv: url('ws://{plain}/basic', '--basic', `${USER}:${PASSWORD}`),
    exitCode: 0,
    findings: [],
    says: ['healthy'],
  },
  {
    name: 'an expired certificate',
    argv: trusted('wss://{expired}/'),
    exitCode: 3,
    findings: ['tls.expired'],
    says: ['expired'],
  },
  {
    name: 'a client certificate wanted',
    argv: trusted('wss://{mutual}/'),
    exitCode: 3,
    findings: ['tls.client-certificate-required'],
    says: ['client certificate'],
  },
  {
    name: 'HTTP/2 wanted of a server without RFC 8441',
    argv: trusted('wss://{tls}/', '--http', '2'),
    exitCode: 3,
    findings: ['http2.not-supported'],
    says: ['HTTP/2'],
  },
  {
    name: 'a proxy that is none',
    argv: ({ peer }) => [peer.url('ws://{echo}/'), '--proxy', peer.url('http://{plain}')],
    exitCode: 3,
    findings: ['proxy.invalid-response'],
    says: ['proxy'],
  },
];

const HAPROXY: readonly Run[] = [
  {
    name: 'HTTP/2',
    argv: trusted('wss://{tls}/', '--http', '2'),
    exitCode: 0,
    findings: [],
    says: ['healthy', 'HTTP/2'],
  },
  {
    name: 'no server behind',
    argv: url('ws://{plain}/empty'),
    exitCode: 3,
    findings: ['upgrade.unavailable'],
    says: ['HAProxy', 'show stat'],
  },
];

const SQUID: readonly Run[] = [
  {
    name: 'CONNECT with an account',
    argv: ({ peer }) => [peer.url('ws://{echo}/'), '--proxy', peer.url(`http://${USER}:${PASSWORD}@{auth}`)],
    exitCode: 0,
    findings: [],
    says: ['healthy', 'proxy'],
  },
  {
    name: 'CONNECT without one',
    argv: ({ peer }) => [peer.url('ws://{echo}/'), '--proxy', peer.url('http://{auth}')],
    exitCode: 3,
    findings: ['proxy.auth-required'],
    says: ['407', 'Squid'],
  },
  {
    name: 'a port that the rules deny',
    argv: ({ peer }) => [peer.url('ws://{web}/'), '--proxy', peer.url('http://{open}')],
    exitCode: 3,
    findings: ['proxy.forbidden'],
    says: ['403', 'Squid'],
  },
];

describe('the command line', () => {
  let cli: BuiltCli;
  before(async () => {
    cli = await buildCli();
  });
  after(() => cli.remove());

  const runs = (scene: () => Scene, rows: readonly Run[]) => {
    for (const { name, argv, exitCode, findings, says } of rows) {
      it(`${name}: ${findings.length === 0 ? 'healthy' : findings.join(', ')}, exit code ${exitCode}`, async () => {
        const [told, json] = await Promise.all([
          cli.run(['probe', ...argv(scene())]),
          cli.run(['probe', '--json', ...argv(scene())]),
        ]);
        assert.deepEqual([told.exitCode, json.exitCode], [exitCode, exitCode], told.out + told.err + json.err);
        const report = JSON.parse(json.out) as Report;
        assert.deepEqual(
          report.findings.map(({ id }) => id),
          findings,
        );
        // Lines are wrapped at the width of the terminal.
        const text = told.out.replaceAll(/\s+/g, ' ');
        for (const words of says) assert.ok(text.includes(words), `it does not say ${words}:\n${told.out}`);
        for (const text of [told.out, told.err, json.out, json.err]) assert.ok(!text.includes(PASSWORD));
      });
    }
  };

  describePeer('with nginx', nginxSpec, 'nginx', (scene) => runs(scene, NGINX));
  describePeer('with HAProxy', haproxySpec, 'haproxy', (scene) => runs(scene, HAPROXY));
  describePeer('with Squid', squidSpec, 'squid', (scene) => runs(scene, SQUID));
});
