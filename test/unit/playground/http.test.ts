import assert from 'node:assert/strict';
import { inflateRawSync } from 'node:zlib';
import { startPlayground, type Playground } from '../../../src/core/playground/index.js';
import { responses } from '../../../src/core/playground/responses.js';
import { hex, RawClient, upgradeRequest, upgradeResponse } from '../../support/rawClient.js';

const get = (target: string, ...headers: string[]): string =>
  `GET ${target} HTTP/1.1\r\nHost: a\r\n${headers.map((line) => `${line}\r\n`).join('')}\r\n`;
const BAD_REQUEST = 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n';
const UNKNOWN =
  'HTTP/1.1 404 Not Found\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 62\r\n\r\n' +
  'The playground has no such path. GET / lists the ones it has.\n';

/** Request, whole answer; the connection ends by FIN when the answer says close. */
const EXCHANGES: [name: string, request: string | Buffer, response: string][] = [
  [
    'a plain GET on a WebSocket path',
    get('/echo'),
    'HTTP/1.1 426 Upgrade Required\r\nContent-Type: text/plain\r\nContent-Length: 16\r\n\r\nUpgrade Required',
  ],
  ['an upgrade to an unknown path', upgradeRequest('/nowhere'), UNKNOWN],
  [
    'an upgrade without a key',
    get('/silence', 'Upgrade: websocket', 'Connection: Upgrade'),
    'HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/html\r\nContent-Length: 43\r\n\r\nMissing or invalid Sec-WebSocket-Key header',
  ],
  [
    'an upgrade of another version',
    upgradeRequest('/silence').replace('Version: 13', 'Version: 7'),
    'HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/html\r\nSec-WebSocket-Version: 13, 8\r\nContent-Length: 47\r\n\r\n' +
      'Missing or invalid Sec-WebSocket-Version header',
  ],
  [
    'an upgrade to another protocol',
    upgradeRequest('/silence').replace('websocket', 'h2c'),
    'HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/html\r\nContent-Length: 22\r\n\r\nInvalid Upgrade header',
  ],
  [
    'an upgrade that is no GET',
    upgradeRequest('/silence').replace('GET', 'PUT'),
    'HTTP/1.1 405 Method Not Allowed\r\nConnection: close\r\nContent-Type: text/html\r\nContent-Length: 19\r\n\r\nInvalid HTTP method',
  ],
  ['a TLS ClientHello', hex('1603010200010001fc0303'), BAD_REQUEST],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', UNKNOWN],
  ['a request line of another language', 'EHLO example.com\r\n\r\n', BAD_REQUEST],
  ['a header without a colon', 'GET / HTTP/1.1\r\nHost\r\n\r\n', BAD_REQUEST],
  [
    'headers above 64 KiB',
    get('/', `X-Big: ${'x'.repeat(70_000)}`),
    'HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\n\r\n',
  ],
  [
    'a status out of range',
    get('/status/99'),
    'HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 54\r\n\r\nThe playground answers with statuses from 200 to 599.\n',
  ],
  [
    'a status without software of its own',
    get('/status/418'),
    "HTTP/1.1 418 I'm a Teapot\r\nContent-Type: text/plain\r\nContent-Length: 17\r\n\r\n418 I'm a Teapot\n",
  ],
  ['a status that has no body', get('/status/204'), 'HTTP/1.1 204 No Content\r\nContent-Type: text/plain\r\n\r\n'],
  [
    'HEAD',
    get('/status/410').replace('GET', 'HEAD'),
    'HTTP/1.1 410 Gone\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: 66\r\n\r\n',
  ],
];

/** What tells the software apart: in the head, or in the body. */
const SIGNS: Readonly<Record<string, string[]>> = {
  '200/spa': ['Server: nginx', '<div id="root">'],
  '200/express-behind-nginx': ['Server: nginx', 'X-Powered-By: Express'],
  '400/plain-http-to-https': ['Server: nginx', 'The plain HTTP request was sent to HTTPS port'],
  '400/header-too-large': ['Server: nginx', 'Request Header Or Cookie Too Large'],
  '400/session-unknown': ['{"code":1,"message":"Session ID unknown"}'],
  '400/missing-key': ['Missing or invalid Sec-WebSocket-Key header'],
  '401/bearer': ['WWW-Authenticate: Bearer realm='],
  '401/basic': ['WWW-Authenticate: Basic realm='],
  '403/origin': ['Origin not allowed'],
  '404/express-behind-nginx': ['Server: nginx', 'X-Powered-By: Express', 'Cannot GET /ws'],
  '405/nginx': ['Allow: POST'],
  '407/squid': ['Proxy-Authenticate: Basic'],
  '426/nginx': ['Server: nginx', 'Upgrade Required'],
  '426/apache': ['Server: Apache', 'Upgrade Required'],
  '429/json': ['Retry-After: 30'],
  '502/nginx': ['Server: nginx', '<center>nginx'],
  '502/apache': ['Server: Apache', 'Proxy Error'],
  '502/caddy': ['Server: Caddy', 'Content-Length: 0'],
  '503/haproxy': ['cache-control: no-cache', 'No server is available to handle this request'],
  '503/nginx': ['503 Service Temporarily Unavailable'],
  '503/awselb': ['Server: awselb/2.0'],
  '504/nginx': ['504 Gateway Time-out'],
  ...Object.fromEntries(
    [520, 521, 522, 523, 524, 525, 526, 530].map((status) => [
      `${status}/cloudflare`,
      ['Server: cloudflare', 'CF-RAY: ', 'error code: '],
    ]),
  ),
};

describe('playground over HTTP', () => {
  let playground: Playground;
  before(async () => {
    playground = await startPlayground({ port: 0 });
  });
  after(() => playground.stop());

  async function ask(request: string | Buffer): Promise<RawClient> {
    const client = await RawClient.connect(playground.ws);
    client.send(request);
    return client;
  }

  for (const [name, request, response] of EXCHANGES) {
    it(`answers ${name}`, async () => {
      const client = await ask(request);
      assert.equal((await client.take(response.length)).toString('latin1'), response);
      if (/connection: close/i.test(response)) assert.equal(await client.ended(), 'fin');
      client.destroy();
    });
  }

  for (const [status, variants] of Object.entries(responses)) {
    for (const kind of Object.keys(variants)) {
      it(`gives ${status} as ${kind} gives it`, async () => {
        const response = await fetchRaw(`/status/${status}?kind=${kind}`);
        assert.match(response.head, new RegExp(`^HTTP/1\\.1 ${status} [^\r]+\r\n`));
        for (const sign of SIGNS[`${status}/${kind}`] ?? [])
          assert.ok(`${response.head}${response.body}`.includes(sign), sign);
        if (kind === 'haproxy') assert.doesNotMatch(response.head, /^server:/im);
      });
    }
  }

  it('knows every sign of a kind it has', () => {
    const kinds = Object.entries(responses).flatMap(([status, variants]) =>
      Object.keys(variants).map((kind) => `${status}/${kind}`),
    );
    assert.deepEqual(
      Object.keys(SIGNS).filter((key) => !kinds.includes(key)),
      [],
    );
  });

  it('takes ?server= for ?kind=', async () => {
    assert.equal((await fetchRaw('/status/502?server=caddy')).body, '');
  });

  it('lists every path, as text and as HTML', async () => {
    const text = await (await fetch(playground.http)).text();
    const html = await (await fetch(playground.http, { headers: { accept: 'text/html' } })).text();
    for (const { path, summary } of playground.paths) {
      assert.ok(text.includes(path) && text.includes(summary), path);
      assert.ok(html.includes(path.replace('<', '&lt;').replace('>', '&gt;')), path);
    }
    assert.equal((await fetch(playground.http)).headers.get('content-type'), 'text/plain; charset=utf-8');
  });

  it('gives its authority', async () => {
    assert.equal(await (await fetch(`${playground.http}/ca.pem`)).text(), playground.caPem);
  });

  it('answers one request after another on the same connection', async () => {
    const client = await ask(get('/status/404'));
    const first = await client.takeThrough('</html>\r\n');
    client.send(get('/status/404'));
    assert.equal(await client.takeThrough('</html>\r\n'), first);
    client.sendUpgrade('/silence');
    assert.equal(await client.takeThrough('\r\n\r\n'), upgradeResponse());
    client.destroy();
  });

  it('answers the first of two requests in one packet and closes', async () => {
    const client = await ask(get('/status/404') + get('/status/404'));
    const answer = (await client.takeAll()).toString();
    assert.equal(answer.split('HTTP/1.1 404').length, 2);
    assert.equal(await client.ended(), 'fin');
  });

  it('reads a head in any split', async () => {
    const client = await RawClient.connect(playground.ws);
    for (const byte of Buffer.from(upgradeRequest('/silence'))) client.send(Buffer.from([byte]));
    assert.equal(await client.takeThrough('\r\n\r\n'), upgradeResponse());
    client.destroy();
  });

  it('holds no more than the limit, and opens again when one has left', async () => {
    const first = await ask(upgradeRequest('/limit?connections=1'));
    await first.takeThrough('\r\n\r\n');
    assert.match((await fetchRaw('/limit?connections=1', true)).head, /^HTTP\/1\.1 503 .*\r\nRetry-After: 1\r\n/s);
    const closed = await ask(upgradeRequest('/limit?connections=1&answer=1013'));
    await closed.takeThrough('\r\n\r\n');
    assert.equal((await closed.take(19)).toString('hex'), '881103f554727920616761696e206c61746572');
    closed.destroy();
    first.socket.end();
    await first.ended();
    const second = await ask(upgradeRequest('/limit?connections=1'));
    assert.equal(await second.takeThrough('\r\n\r\n'), upgradeResponse());
    second.destroy();
  });

  it('sends a bomb that inflates to what was asked for', async () => {
    const client = await RawClient.connect(playground.ws);
    client.sendUpgrade('/bomb?bytes=90000000', ['Sec-WebSocket-Extensions: permessage-deflate']);
    await client.takeThrough('\r\n\r\n');
    const head = await client.take(10);
    assert.equal(head.subarray(0, 2).toString('hex'), 'c27f');
    const payload = await client.take(Number(head.readBigUInt64BE(2)));
    assert.ok(payload.length < 100_000);
    const inflated = inflateRawSync(Buffer.concat([payload, hex('0000ffff')]), { finishFlush: 2 });
    assert.equal(inflated.length, 90_000_000);
    client.destroy();
  });

  it('refuses compressed faults to a client that offers no compression', async () => {
    assert.match((await fetchRaw('/bomb', true)).head, /^HTTP\/1\.1 400 /);
  });

  async function fetchRaw(target: string, upgrade = false): Promise<{ head: string; body: string }> {
    const client = await ask(upgrade ? upgradeRequest(target) : get(target));
    const head = await client.takeThrough('\r\n\r\n');
    const length = Number(/^content-length: (\d+)\r$/im.exec(head)?.[1]);
    const body = (await client.take(length)).toString();
    client.destroy();
    return { head, body };
  }
});
