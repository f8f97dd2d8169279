import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';
import { checkUrl, socketAddressOf } from '../../../src/core/base/url.js';
import { copyAs } from '../../../src/core/convert/copyAs.js';
import { redirectTarget } from '../../../src/core/handshake/redirectTarget.js';
import { runProbe } from '../../../src/core/probe/runProbe.js';
import { destinations } from '../../../src/core/profile/destinations.js';
import { isSameOrigin } from '../../../src/core/profile/otherOrigin.js';
import { chooseProxy } from '../../../src/core/profile/proxyChoice.js';
import { planFor } from '../../support/plan.js';
import { assertMatchesSchema } from '../../support/reportSchema.js';

describe('ws+unix', () => {
  const TAKEN: [url: string, socketPath: string, target: string][] = [
    ['ws+unix:/run/a.sock:/chat?x=1', '/run/a.sock', '/chat?x=1'],
    ['ws+unix:///run/a.sock:/chat', '/run/a.sock', '/chat'],
    ['WS+UNIX:/run/a.sock', '/run/a.sock', '/'],
    ['ws+unix:/run/a%3Ab%20c.sock:/x:y', '/run/a:b c.sock', '/x:y'],
    ['ws+unix:////./pipe/name:/chat', '\\\\.\\pipe\\name', '/chat'],
  ];
  for (const [url, socketPath, target] of TAKEN) {
    it(`takes ${url}`, () => {
      assert.equal(checkUrl(url), null);
      assert.deepEqual(socketAddressOf(new URL(url)), { socketPath, target });
    });
  }

  for (const url of [
    'ws+unix:',
    'ws+unix:a.sock:/',
    'ws+unix://host/a.sock',
    'ws+unix:/a%00:/',
    'ws+unix:/a%zz:/',
    'ws+unix:/a:x',
    'ws+unix:/a:/#f',
  ]) {
    it(`refuses ${url}`, () => assert.notEqual(checkUrl(url), null));
  }

  it('is its own origin and destination, never by a proxy, and nowhere a redirect leads', () => {
    const [a, b] = ['ws+unix:/a.sock:/x', 'ws+unix:/b.sock:/x'].map((url) => new URL(url));
    assert.ok(a && b);
    assert.equal(isSameOrigin(a, b), false);
    assert.equal(isSameOrigin(a, new URL('ws+unix:/a.sock:/y')), true);
    assert.deepEqual(destinations(planFor(a.href)), ['unix:/a.sock']);
    for (const asked of [a.href, 'ws://localhost/']) {
      assert.equal(redirectTarget('ws+unix:/var/run/other.sock:/', asked), null);
      assert.equal(redirectTarget('http+unix:/var/run/other.sock:/', asked), null);
    }
    assert.equal(redirectTarget('/next', a.href), null);
    const env = { http_proxy: 'http://p.test:3128', ALL_PROXY: 'http://p.test:3128' };
    assert.deepEqual(chooseProxy('auto', a, { env }), { proxyChoice: 'auto', proxy: null, unusedProxy: null });
    assert.throws(() => chooseProxy('http://p.test:3128', a, { env }), /no local socket/);
  });

  it('connects with Host: localhost, DNS skipped', async () => {
    const folder = process.platform === 'win32' ? null : mkdtempSync(join(tmpdir(), 'wsprobe-'));
    const path = folder ? join(folder, 'a:b.sock') : `\\\\.\\pipe\\wsprobe-${process.pid}`;
    const server = createServer();
    const asked: string[] = [];
    const sockets = new WebSocketServer({ server });
    sockets.on('connection', (socket, request) => {
      asked.push(`${request.url} ${request.headers.host}`);
      socket.on('message', (data, binary) => socket.send(data, { binary }));
    });
    server.listen(path);
    await once(server, 'listening');
    const url = folder
      ? `ws+unix:${folder}/a%3Ab.sock:/chat?x=1`
      : `ws+unix:////./pipe/wsprobe-${process.pid}:/chat?x=1`;
    const report = await runProbe(planFor(url, { message: { send: 'hi', expect: 'echo', samples: 2 } }));
    server.close();
    if (folder) rmSync(folder, { recursive: true });
    assert.equal(report.verdict, 'healthy', JSON.stringify(report.error));
    assert.deepEqual(asked, ['/chat?x=1 localhost']);
    assert.deepEqual(
      report.phases.slice(0, 2).map(({ name, status }) => [name, status]),
      [
        ['dns', 'skipped'],
        ['tcp', 'ok'],
      ],
    );
    assert.equal(report.phases[1]?.detail['socketPath'], path);
    assertMatchesSchema(report);
  });

  it('is copied as the options of curl and websocat', () => {
    const plan = planFor('ws+unix:/run/a.sock:/chat');
    assert.match(copyAs('curl', plan).text, /--unix-socket \/run\/a\.sock \\\n {2}http:\/\/localhost\/chat/);
    assert.match(
      copyAs('websocat', plan).text,
      /--ws-c-uri=ws:\/\/localhost\/chat\s(\\\n)?\s*- ws-c:unix:\/run\/a\.sock/,
    );
    assert.match(copyAs('wscat', plan).text, /ws\+unix:\/run\/a\.sock:\/chat/);
  });
});
