import { once } from 'node:events';
import { WebSocket } from 'ws';
import { PASSWORD, USER } from './support/accounts.js';
import { type Case, describePeer, probeCases, runRow } from './support/cases.js';
import { ECHO, HEALTHY, IDLE, TWO_SECONDS } from './support/plans.js';
import { haproxySpec } from './support/specs.js';

const PLAIN: readonly Case[] = [
  { name: 'a right configuration', url: 'ws://{plain}/right', plan: ECHO, findings: [], check: HEALTHY },
  { name: 'mode tcp', url: 'ws://{passed}/', plan: ECHO, findings: [], check: HEALTHY },
  {
    name: 'a backend without a server',
    url: 'ws://{plain}/empty',
    phase: 'upgrade',
    findings: ['upgrade.unavailable @ proxy'],
    shows: ['HAProxy', 'No server is available to handle this request', 'show stat'],
  },
  {
    name: 'a server marked as down',
    url: 'ws://{plain}/down',
    phase: 'upgrade',
    findings: ['upgrade.unavailable @ proxy'],
    shows: ['HAProxy'],
  },
  {
    name: 'nobody listens behind',
    url: 'ws://{plain}/refused',
    phase: 'upgrade',
    findings: ['upgrade.unavailable @ proxy'],
    shows: ['HAProxy', '503'],
  },
  {
    name: 'the server behind hangs up',
    url: 'ws://{plain}/abrupt',
    phase: 'upgrade',
    findings: ['upgrade.bad-gateway @ proxy'],
    shows: ['HAProxy'],
  },
  {
    name: 'the server behind speaks no HTTP',
    url: 'ws://{plain}/rubbish',
    phase: 'upgrade',
    findings: ['upgrade.bad-gateway @ proxy'],
    shows: ['HAProxy'],
  },
  {
    name: 'the server behind never answers the upgrade',
    url: 'ws://{plain}/silent',
    phase: 'upgrade',
    findings: ['upgrade.gateway-timeout @ proxy'],
    shows: ['HAProxy', /after 5\d\d(\.\d+)? ms/, 'timeout server'],
  },
  {
    name: 'Upgrade and Connection deleted',
    url: 'ws://{plain}/stripped',
    phase: 'upgrade',
    findings: ['upgrade.headers-stripped @ proxy'],
    shows: ['426'],
  },
  {
    name: 'a web application behind',
    url: 'ws://{plain}/app',
    phase: 'upgrade',
    findings: ['upgrade.not-found @ application'],
    shows: ['Express'],
  },
  {
    name: 'the PROXY protocol sent to a server that does not know it',
    url: 'ws://{plain}/greeted',
    phase: 'upgrade',
    findings: ['upgrade.bad-request @ application'],
  },
  {
    name: 'TLS to a server behind that speaks none',
    url: 'ws://{plain}/nowhere',
    phase: 'upgrade',
    findings: ['upgrade.unavailable @ proxy'],
    shows: ['HAProxy'],
  },
  {
    name: 'http-request deny',
    url: 'ws://{plain}/deny',
    phase: 'upgrade',
    findings: ['upgrade.forbidden @ proxy'],
    shows: ['HAProxy', '403'],
  },
  {
    name: 'http-request deny with an Origin sent',
    url: 'ws://{plain}/deny',
    plan: { origin: 'https://app.example' },
    phase: 'upgrade',
    findings: ['upgrade.forbidden @ proxy'],
    shows: ['HAProxy', 'administrative rules'],
  },
  {
    name: 'deny_status 400',
    url: 'ws://{plain}/bad',
    phase: 'upgrade',
    findings: ['upgrade.bad-request @ proxy'],
    shows: ['HAProxy'],
  },
  {
    name: 'deny_status 503',
    url: 'ws://{plain}/closed',
    phase: 'upgrade',
    findings: ['upgrade.unavailable @ proxy'],
    shows: ['HAProxy'],
  },
  {
    name: 'http-request reject',
    url: 'ws://{plain}/reject',
    phase: 'upgrade',
    findings: ['upgrade.closed @ proxy'],
    shows: ['A rule of the server drops the request', 'HAProxy "http-request reject"'],
  },
  {
    name: 'http-request silent-drop',
    url: 'ws://{plain}/silent-drop',
    plan: { timeouts: { upgradeMs: 600 } },
    phase: 'upgrade',
    // Without the rights of root HAProxy cannot keep the kernel silent, and a reset goes out.
    ...(process.getuid?.() === 0
      ? { findings: ['upgrade.timeout @ http'], shows: ['600 ms'] }
      : { findings: ['tcp.reset @ tcp'] }),
  },
  {
    name: 'http-request tarpit',
    url: 'ws://{plain}/tarpit',
    phase: 'upgrade',
    findings: ['upgrade.server-error @ proxy'],
    shows: ['HAProxy', '500'],
  },
  {
    name: 'redirect scheme https',
    url: 'ws://{plain}/moved',
    phase: 'upgrade',
    findings: ['upgrade.redirect @ application'],
    shows: ['301', 'wss://127.0.0.1'],
  },
  {
    name: '401 without credentials',
    url: 'ws://{plain}/basic',
    phase: 'upgrade',
    findings: ['upgrade.unauthorized @ application'],
    shows: ['none were sent', 'Basic realm="staff"', 'HAProxy'],
  },
  {
    name: 'the right password',
    url: 'ws://{plain}/basic',
    plan: { ...ECHO, auth: { type: 'basic', username: USER, password: PASSWORD }, secrets: [PASSWORD] },
    findings: [],
    check: HEALTHY,
  },
  {
    name: 'a header too large',
    url: 'ws://{plain}/right',
    plan: { headers: [['X-Trace', 'x'.repeat(20_000)]] },
    phase: 'upgrade',
    findings: ['upgrade.bad-request @ proxy'],
    shows: ['HAProxy', /20\d\d\d bytes/],
  },
  {
    name: 'the PROXY protocol wanted and not sent',
    url: 'ws://{proxied}/',
    phase: 'upgrade',
    findings: ['tcp.reset @ proxy'],
    shows: ['wants the PROXY protocol first', 'accept-proxy'],
  },
  {
    name: 'idle for longer than timeout tunnel',
    url: 'ws://{plain}/idle',
    plan: IDLE,
    slow: true,
    phase: 'message',
    findings: ['close.dropped @ network'],
    shows: [TWO_SECONDS, 'whole seconds, as timers count'],
  },
  {
    name: 'idle for longer than timeout server',
    url: 'ws://{untimed}/',
    plan: IDLE,
    slow: true,
    phase: 'message',
    findings: ['close.dropped @ network'],
    shows: [TWO_SECONDS, 'whole seconds, as timers count'],
  },
  {
    name: 'idle for longer than timeout tunnel of mode tcp',
    url: 'ws://{passed}/',
    plan: IDLE,
    slow: true,
    phase: 'message',
    findings: ['close.dropped @ network'],
    shows: [TWO_SECONDS, 'whole seconds, as timers count'],
  },
];

describePeer('HAProxy', haproxySpec, 'haproxy', (scene) => {
  probeCases(scene, PLAIN);

  it('a stick table allows one request a minute: the second gets 429', async () => {
    await runRow(scene(), { url: 'ws://{plain}/rate', plan: ECHO, findings: [] });
    await runRow(scene(), {
      url: 'ws://{plain}/rate',
      phase: 'upgrade',
      findings: ['upgrade.rate-limited @ application'],
      shows: ['429', 'try again after 60 s'],
    });
  });

  it('maxconn of the server reached: 503 after timeout queue', async () => {
    const open = new WebSocket(scene().peer.url('ws://{plain}/full'));
    await once(open, 'open');
    await runRow(scene(), {
      url: 'ws://{plain}/full',
      phase: 'upgrade',
      findings: ['upgrade.unavailable @ proxy'],
      shows: ['HAProxy'],
    });
    open.terminate();
  });
});
