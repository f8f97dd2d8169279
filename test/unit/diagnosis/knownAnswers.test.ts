import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import * as fc from 'fast-check';
import { Server as SocketServer } from 'socket.io';
import { WebSocketServer } from 'ws';
import { diagnose } from '../../../src/core/diagnosis/diagnose.js';
import { runProbe } from '../../../src/core/probe/runProbe.js';
import { answer, refusedWith } from '../../support/evidence.js';
import { planFor } from '../../support/plan.js';
import { assertWellFormed } from './wellFormed.js';

type Row = readonly [
  name: string,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
  id: string,
  title: RegExp,
];

const ALB = { Server: 'awselb/2.0' };
const TEXT = { 'Content-Type': 'text/plain; charset=utf-8' };
const CF = { Server: 'cloudflare', 'CF-RAY': '1' };
const heroku = (page: string) => `<iframe src="//www.herokucdn.com/error-pages/${page}.html"></iframe>`;

const rows: readonly Row[] = [
  ['ALB 464', 464, ALB, '', 'upgrade.bad-request', /AWS load balancer.*HTTP versions/],
  ['ALB 561', 561, ALB, '', 'upgrade.unauthorized', /identity provider/],
  ['WAF challenge', 202, { 'x-amzn-waf-action': 'challenge' }, '', 'upgrade.forbidden', /^AWS WAF.*browser/],
  ['WAF captcha', 405, { 'x-amzn-waf-action': 'captcha' }, '', 'upgrade.forbidden', /^AWS WAF/],
  ['API Gateway path', 403, {}, '{"message":"Missing Authentication Token"}', 'upgrade.not-found', /path or stage/],
  ['API Gateway', 403, { 'x-amz-apigw-id': 'a' }, '{"message":"Forbidden"}', 'upgrade.forbidden', /^AWS API Gateway/],
  ['captive portal', 511, {}, '', 'upgrade.server-error', /captive portal/],
  [
    'Cloudflare challenge',
    403,
    { ...CF, 'cf-mitigated': 'challenge' },
    '',
    'upgrade.forbidden',
    /^Cloudflare.*browser/,
  ],
  ['Cloudflare 1033', 530, CF, 'error code: 1033', 'upgrade.cdn-error', /1033: the tunnel/],
  ['ngrok', 404, { 'ngrok-error-code': 'ERR_NGROK_3200' }, '', 'upgrade.not-found', /tunnel is offline/],
  ['Heroku: no app', 404, {}, heroku('no-such-app'), 'upgrade.not-found', /^Heroku.*no app/],
  ['Heroku: crash', 503, {}, heroku('application-error'), 'upgrade.unavailable', /^Heroku.*crashed/],
  ['Vercel', 404, { 'x-vercel-error': 'DEPLOYMENT_NOT_FOUND' }, '', 'upgrade.not-found', /no deployment/],
  ['Netlify', 404, {}, 'Not Found - Request ID: 01J-x', 'upgrade.not-found', /^Netlify knows no/],
  ['Railway', 404, { 'x-railway-fallback': 'true' }, '{}', 'upgrade.not-found', /^Railway knows no/],
  ['Render', 404, { 'x-render-routing': 'no-server' }, '', 'upgrade.not-found', /^Render knows no/],
  ['Azure', 403, {}, '<html><h1>Error 403 - This web app is stopped.</h1>', 'upgrade.unavailable', /is stopped/],
  ['Cloud Run', 429, { Server: 'Google Frontend' }, 'Rate exceeded.', 'upgrade.rate-limited', /no instance free/],
  ['uvicorn', 403, { Server: 'uvicorn' }, '', 'upgrade.forbidden', /no route at \/chat/],
  [
    'uvicorn, no library',
    404,
    { Server: 'uvicorn' },
    '{"detail":"Not Found"}',
    'upgrade.not-found',
    /no WebSocket library/,
  ],
  ['uvicorn, old', 400, {}, 'Unsupported upgrade request.', 'upgrade.bad-request', /no WebSocket library/],
  ['Action Cable', 404, TEXT, 'Page not found', 'upgrade.origin-refused', /^Action Cable.*Origin/],
  [
    'Engine.IO as JSON',
    400,
    {},
    '{"code":0,"message":"Transport unknown"}',
    'upgrade.bad-request',
    /transport=websocket/,
  ],
  ['Engine.IO version', 400, {}, 'Unsupported protocol version', 'upgrade.bad-request', /generations/],
  ['SockJS', 200, TEXT, 'Welcome to SockJS!\n', 'upgrade.not-websocket', /\/chat\/websocket/],
  ['SignalR', 400, {}, 'Connection ID required', 'upgrade.bad-request', /negotiation/],
  ['Node inspector', 400, {}, 'WebSockets request was expected\r\n', 'upgrade.not-found', /Node inspector/],
  [
    'Chromium: Host',
    500,
    {},
    'Host header is specified and is not an IP address or localhost.',
    'upgrade.server-error',
    /Chromium/,
  ],
];

describe('knownAnswers', () => {
  for (const [name, status, headers, body, id, title] of rows) {
    it(`reads ${name} as ${id}, and as nothing else`, () => {
      const findings = diagnose(refusedWith(answer(status, headers, body)));
      assert.deepEqual(
        findings.map((finding) => finding.id),
        [id],
      );
      assert.match(findings[0]?.title ?? '', title);
      assert.match(findings[0]?.evidence[0] ?? '', /^Recognised by: /);
      for (const finding of findings) assertWellFormed(finding);
    });
  }

  it('guesses nothing where the byte that tells is another', () => {
    const others: readonly [status: number, headers: Record<string, string>, body: string][] = [
      [464, {}, ''],
      [561, { Server: 'nginx' }, ''],
      [403, {}, '{"message":"Forbidden"}'],
      [403, { Server: 'uvicorn' }, 'no'],
      [404, { 'Content-Type': 'text/html' }, 'Page not found'],
      [404, {}, '{"detail":"Not Found"}'],
      [429, {}, 'Rate exceeded.'],
      [400, {}, 'Bad Request'],
      [403, CF, 'error code: 1999'],
      [404, {}, 'constructor'],
    ];
    for (const [status, headers, body] of others) {
      for (const { evidence } of diagnose(refusedWith(answer(status, headers, body))))
        assert.doesNotMatch(evidence.join('\n'), /^Recognised by/, `${status} ${body}`);
    }
  });

  it('stays well formed when answers are cut or swapped', () => {
    fc.assert(
      fc.property(fc.constantFrom(...rows), fc.constantFrom(...rows), fc.nat(80), (one, other, length) => {
        const response = answer(one[1], { ...one[2], ...other[2] }, other[3].slice(0, length));
        const findings = diagnose(refusedWith(response));
        assert.ok(findings.length > 0);
        for (const finding of findings) assertWellFormed(finding);
      }),
    );
  });

  describe('with the software itself', () => {
    const probed = async (server: ReturnType<typeof createServer>, path: string) => {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const report = await runProbe(planFor(`ws://127.0.0.1:${port}${path}`));
      return report;
    };

    it('tells the path that ws does not take', async () => {
      const server = createServer();
      const sockets = new WebSocketServer({ server, path: '/other' });
      try {
        const { findings } = await probed(server, '/chat');
        assert.deepEqual(
          findings.map(({ id }) => id),
          ['upgrade.bad-request'],
        );
        assert.match(findings[0]?.title ?? '', /^The ws library \(Node\) takes no WebSocket at \/chat/);
      } finally {
        sockets.close();
        server.close();
      }
    });

    it('tells what Socket.IO misses in the query, and its fix cures', async () => {
      const server = createServer();
      const io = new SocketServer(server);
      try {
        const { findings } = await probed(server, '/socket.io/');
        assert.match(findings[0]?.title ?? '', /^Socket\.IO \(Engine\.IO\) answered "Transport unknown"/);
        const { url } = JSON.parse(findings[0]?.fixes[0]?.snippet ?? '{}') as { url: string };
        const cured = await runProbe(planFor(url));
        assert.deepEqual(cured.findings, []);
      } finally {
        await io.close();
      }
    });
  });
});
