import assert from 'node:assert/strict';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { PASSWORD, USER } from './support/accounts.js';
import { type Case, describePeer, probeCases, runRow } from './support/cases.js';
import { ECHO, HEALTHY, IDLE, TWO_SECONDS } from './support/plans.js';
import { CALM, openSession } from './support/session.js';
import { nginxSpec } from './support/specs.js';

const PLAIN: readonly Case[] = [
  { name: 'a right configuration', url: 'ws://{plain}/right', plan: ECHO, findings: [], check: HEALTHY },
  { name: 'HTTP/1.0 to the server behind', url: 'ws://{plain}/http10', plan: ECHO, findings: [], check: HEALTHY },
  {
    name: 'no Upgrade headers passed on',
    url: 'ws://{plain}/stripped',
    phase: 'upgrade',
    findings: ['upgrade.headers-stripped @ proxy'],
    shows: ['nginx', '426', 'proxy_set_header Upgrade $http_upgrade;'],
  },
  {
    name: 'Upgrade passed on, Connection not',
    url: 'ws://{plain}/upgrade-only',
    phase: 'upgrade',
    findings: ['upgrade.headers-stripped @ proxy'],
    shows: ['nginx', 'proxy_set_header Connection $connection_upgrade;'],
  },
  {
    name: 'the key taken away on the way',
    url: 'ws://{plain}/no-key',
    phase: 'upgrade',
    findings: ['upgrade.headers-stripped @ proxy'],
    shows: ['Missing or invalid Sec-WebSocket-Key', 'nginx'],
  },
  {
    name: 'Express behind takes it for a plain GET (404)',
    url: 'ws://{plain}/app',
    phase: 'upgrade',
    findings: ['upgrade.headers-stripped @ proxy', 'upgrade.not-found @ application'],
    shows: ['nginx', 'Express', 'proxy_set_header Upgrade'],
  },
  {
    name: 'Express behind takes it for a plain GET (200)',
    url: 'ws://{plain}/page',
    phase: 'upgrade',
    findings: ['upgrade.headers-stripped @ proxy', 'upgrade.not-websocket @ application'],
    shows: ['nginx', 'Express'],
  },
  {
    name: 'a page of its own',
    url: 'ws://{plain}/static',
    phase: 'upgrade',
    findings: ['upgrade.not-websocket @ application'],
    shows: ['HTML', 'nginx'],
  },
  {
    name: 'nobody listens behind',
    url: 'ws://{plain}/refused',
    phase: 'upgrade',
    findings: ['upgrade.bad-gateway @ proxy'],
    shows: ['nginx', '502 Bad Gateway'],
  },
  {
    name: 'the server behind hangs up',
    url: 'ws://{plain}/abrupt',
    phase: 'upgrade',
    findings: ['upgrade.bad-gateway @ proxy'],
    shows: ['nginx'],
  },
  {
    name: 'the server behind speaks no HTTP',
    url: 'ws://{plain}/rubbish',
    phase: 'upgrade',
    // nginx passes it on as HTTP/0.9: a body without a header.
    findings: ['upgrade.not-http @ http'],
    shows: ['+OK ready'],
  },
  {
    name: 'the server behind never answers the upgrade',
    url: 'ws://{plain}/silent',
    phase: 'upgrade',
    findings: ['upgrade.gateway-timeout @ proxy'],
    shows: ['nginx', /after 3\d\d(\.\d+)? ms/, 'proxy_read_timeout'],
  },
  {
    name: 'idle for longer than proxy_read_timeout',
    url: 'ws://{plain}/idle',
    plan: IDLE,
    slow: true,
    phase: 'message',
    findings: ['close.dropped @ network'],
    shows: [TWO_SECONDS, 'whole seconds, as timers count', 'nginx', 'proxy_read_timeout'],
  },
  {
    name: '503 for maintenance',
    url: 'ws://{plain}/maintenance',
    phase: 'upgrade',
    findings: ['upgrade.unavailable @ proxy'],
    shows: ['nginx', '503', 'retry-after'],
  },
  {
    name: 'return 444',
    url: 'ws://{plain}/hang-up',
    phase: 'upgrade',
    findings: ['upgrade.closed @ proxy'],
    shows: ['A rule of the server drops the request', '444', 'FIN'],
  },
  {
    name: '301 to the TLS port',
    url: 'ws://{plain}/moved',
    phase: 'upgrade',
    findings: ['upgrade.redirect @ application'],
    shows: ['301', 'wss://127.0.0.1', 'nginx'],
  },
  {
    name: '302 to a login page',
    url: 'ws://{plain}/account',
    phase: 'upgrade',
    findings: ['upgrade.redirect @ application'],
    shows: ['login', 'cookies'],
  },
  {
    name: '401 without credentials',
    url: 'ws://{plain}/basic',
    phase: 'upgrade',
    findings: ['upgrade.unauthorized @ application'],
    shows: ['none were sent', 'Basic realm="staff"', 'nginx'],
  },
  {
    name: '401 with the wrong password',
    url: 'ws://{plain}/basic',
    plan: { auth: { type: 'basic', username: USER, password: 'guess' }, secrets: ['guess'] },
    phase: 'upgrade',
    findings: ['upgrade.unauthorized @ application'],
    shows: ['did not accept', 'Authorization header'],
  },
  {
    name: 'the right password',
    url: 'ws://{plain}/basic',
    plan: { ...ECHO, auth: { type: 'basic', username: USER, password: PASSWORD }, secrets: [PASSWORD] },
    findings: [],
    check: HEALTHY,
  },
  {
    name: 'deny all',
    url: 'ws://{plain}/forbidden',
    phase: 'upgrade',
    findings: ['upgrade.forbidden @ proxy'],
    shows: ['403', 'nginx'],
  },
  {
    name: '404',
    url: 'ws://{plain}/missing',
    phase: 'upgrade',
    findings: ['upgrade.not-found @ proxy'],
    shows: ['/missing', 'nginx'],
  },
  { name: '410', url: 'ws://{plain}/gone', phase: 'upgrade', findings: ['upgrade.not-found @ application'] },
  {
    name: '405',
    url: 'ws://{plain}/method',
    phase: 'upgrade',
    findings: ['upgrade.method @ application'],
    shows: ['Allowed: POST'],
  },
  {
    name: '500',
    url: 'ws://{plain}/failing',
    phase: 'upgrade',
    findings: ['upgrade.server-error @ proxy'],
    shows: ['nginx'],
  },
  {
    name: 'a status that nobody knows',
    url: 'ws://{plain}/teapot',
    phase: 'upgrade',
    findings: ['upgrade.bad-request @ application'],
    shows: ['418'],
  },
  {
    name: 'a header too large',
    url: 'ws://{plain}/right',
    plan: { cookies: { session: 'x'.repeat(9_000) } },
    phase: 'upgrade',
    findings: ['upgrade.headers-too-large @ http'],
    shows: ['Request Header Or Cookie Too Large', /Sent in all: 9\d\d\d bytes/, 'large_client_header_buffers'],
  },
  {
    name: 'a target too long',
    url: `ws://{plain}/right?token=${'x'.repeat(9_000)}`,
    phase: 'upgrade',
    findings: ['upgrade.headers-too-large @ http'],
    shows: ['414', 'nginx'],
  },
  {
    name: 'an answer that lost Sec-WebSocket-Accept',
    url: 'ws://{plain}/lost-accept',
    phase: 'upgrade',
    findings: ['upgrade.accept-missing @ handshake'],
  },
  {
    name: 'a request that lost Sec-WebSocket-Protocol',
    url: 'ws://{plain}/no-protocol',
    plan: { subprotocols: ['chat.v1'] },
    phase: 'upgrade',
    findings: ['subprotocol.none-selected @ handshake'],
    shows: ['chat.v1'],
  },
  {
    name: 'a request that lost Sec-WebSocket-Extensions',
    url: 'ws://{plain}/no-deflate',
    plan: ECHO,
    findings: [],
    check: ({ compression }) => assert.equal(compression.enabled, false),
  },
  {
    name: 'the PROXY protocol wanted and not sent',
    url: 'ws://{proxied}/',
    phase: 'upgrade',
    findings: ['upgrade.closed @ proxy'],
    shows: ['wants the PROXY protocol first', 'proxy_protocol'],
  },
];

describePeer('nginx', nginxSpec, 'nginx', (scene) => {
  probeCases(scene, PLAIN);

  it('limit_req: the second of two within the minute is told 503, or 429', async () => {
    await runRow(scene(), { url: 'ws://{plain}/limited-503', plan: ECHO, findings: [] });
    await runRow(scene(), {
      url: 'ws://{plain}/limited-503',
      phase: 'upgrade',
      findings: ['upgrade.unavailable @ proxy'],
      shows: ['nginx', 'limit'],
    });
    await runRow(scene(), {
      url: 'ws://{plain}/limited-429',
      phase: 'upgrade',
      findings: ['upgrade.rate-limited @ proxy'],
      shows: ['429', 'nginx'],
    });
  });

  it('a session that is silent for five seconds is cut by a timer that many have: close.idle-timeout', async () => {
    const talk = await openSession(scene(), { url: 'ws://{plain}/idle-5' });
    await talk.until(() => talk.session.state === 'closed');
    const [headline] = talk.session.report?.findings ?? [];
    assert.deepEqual([headline?.id, headline?.layer], ['close.idle-timeout', 'proxy']);
    assert.match(JSON.stringify(headline), /nginx.*proxy_read_timeout/);
    talk.session.dispose();
  });

  it('a heartbeat keeps a session open beyond the timer', async () => {
    const heartbeat = { everyMs: 700, timeoutMs: 2_000, send: 'ping' };
    const { session, until } = await openSession(scene(), {
      url: 'ws://{plain}/idle',
      plan: { session: { ...CALM, heartbeat } },
    });
    // Four beats are 2.8 seconds; the timer is 2.
    await until(() => (session.snapshot().heartbeat?.answered ?? 0) >= 4);
    assert.equal(session.state, 'open');
    session.close(1000, '');
    await until(() => session.state === 'closed');
    assert.equal(session.report?.close?.clean, true);
    session.dispose();
  });

  it('limit_conn: 503 while another connection is open', async () => {
    const open = new WebSocket(scene().peer.url('ws://{plain}/crowded'));
    await once(open, 'open');
    await runRow(scene(), {
      url: 'ws://{plain}/crowded',
      phase: 'upgrade',
      findings: ['upgrade.unavailable @ proxy'],
      shows: ['limit_conn', 'nginx'],
    });
    open.terminate();
  });
});
