import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { runInNewContext } from 'node:vm';
import * as fc from 'fast-check';
import { type WebSocket, WebSocketServer } from 'ws';
import { toCurl, toNode, toWebsocat, toWscat } from '../../../../src/core/convert/copyAs.js';
import type { ProbePlan } from '../../../../src/core/base/plan.js';
import { resolveText } from '../../../../src/core/profile/resolve.js';
import { planFor } from '../../../support/plan.js';
import { callOf } from './shell.js';

const SECRETS = { orders: "s3cr3t/+'$x", session: 'c00kie value', 'api-key': 'k&y=1' };
const ENV = {
  WSPROBE_SECRET_ORDERS: SECRETS.orders,
  WSPROBE_SECRET_SESSION: SECRETS.session,
  WSPROBE_SECRET_API_KEY: SECRETS['api-key'],
};

function planOf(profile: Readonly<Record<string, unknown>>): ProbePlan {
  const { plan, problems } = resolveText(JSON.stringify(profile), {
    env: {},
    secrets: SECRETS,
    baseDir: '/work space',
  });
  assert.ok(plan, JSON.stringify(problems));
  return plan;
}

const flat = (...groups: readonly (readonly string[])[]) => groups.flat();

const full = () =>
  planOf({
    url: 'wss://127.0.0.1:8443/orders?tenant=a%20b&list[]=1',
    headers: { 'X-Tenant': "it's", 'X-Many': ['1', '2'], 'X-Empty': '' },
    origin: 'https://app.example.com',
    subprotocols: ['graphql-transport-ws', 'json'],
    auth: { type: 'bearer', token: '${secret:orders}' },
    cookies: { sid: '${secret:session}', theme: 'dark' },
    tls: { ca: ['./ca.pem'], cert: 'c.pem', key: 'k.pem', rejectUnauthorized: false, minVersion: 'TLSv1.2' },
  });

describe('toCurl', () => {
  it('asks for the upgrade with everything the plan asks with', () => {
    const { text, environment, notes } = toCurl(full(), { secrets: SECRETS });
    const { args } = callOf('curl', text, { ...ENV, WSPROBE_SECRET_THEME: 'dark' });
    assert.deepEqual(
      args,
      flat(
        ['--http1.1', '--include', '--no-buffer', '--globoff'],
        ['--header', 'Connection: Upgrade', '--header', 'Upgrade: websocket'],
        ['--header', 'Sec-WebSocket-Version: 13', '--header', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='],
        ['--header', 'Sec-WebSocket-Protocol: graphql-transport-ws, json'],
        ['--header', 'Origin: https://app.example.com', '--header', "X-Tenant: it's"],
        ['--header', 'X-Many: 1', '--header', 'X-Many: 2', '--header', 'X-Empty;'],
        ['--header', `Authorization: Bearer ${SECRETS.orders}`],
        ['--header', `Cookie: sid=${SECRETS.session}; theme=dark`],
        ['--cacert', '/work space/ca.pem', '--cert', '/work space/c.pem', '--key', '/work space/k.pem'],
        ['--tlsv1.2', '--insecure', 'https://127.0.0.1:8443/orders?tenant=a%20b&list[]=1'],
      ),
    );
    assert.deepEqual(environment, ['WSPROBE_SECRET_ORDERS', 'WSPROBE_SECRET_SESSION', 'WSPROBE_SECRET_THEME']);
    assert.match(notes.join(), /sends no message/);
  });

  it('reads as a command over several lines', () => {
    const plan = planOf({ url: 'ws://127.0.0.1/x', auth: { type: 'bearer', token: '${secret:orders}' } });
    assert.equal(
      toCurl(plan, { secrets: SECRETS }).text,
      [
        'curl \\',
        '  --http1.1 --include --no-buffer --globoff \\',
        "  --header 'Connection: Upgrade' \\",
        "  --header 'Upgrade: websocket' \\",
        "  --header 'Sec-WebSocket-Version: 13' \\",
        "  --header 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==' \\",
        `  --header 'Authorization: Bearer '"$WSPROBE_SECRET_ORDERS" \\`,
        '  http://127.0.0.1/x',
      ].join('\n'),
    );
  });

  it('gives a password to --user and an encoded key to the URL', () => {
    const basic = planOf({
      url: 'ws://127.0.0.1/',
      auth: { type: 'basic', username: 'ann', password: '${secret:orders}' },
    });
    const { args } = callOf('curl', toCurl(basic, { secrets: SECRETS }).text, ENV);
    assert.deepEqual(args.slice(args.indexOf('--user')), ['--user', `ann:${SECRETS.orders}`, 'http://127.0.0.1/']);
    const key = { type: 'apiKey', name: 'key', value: '${secret:api-key}', in: 'query' };
    const query = toCurl(planOf({ url: 'ws://127.0.0.1/?a=1', auth: key }), { secrets: SECRETS });
    const value = encodeURIComponent(SECRETS['api-key']);
    const { args: urls } = callOf('curl', query.text, { WSPROBE_SECRET_KEY_ENCODED: value });
    assert.equal(urls.at(-1), `http://127.0.0.1/?a=1&key=${value}`);
    assert.match(query.notes.join(), /WSPROBE_SECRET_KEY_ENCODED stands in the URL/);
  });
});

describe('a copied command that follows redirects', () => {
  it('says which secrets the tool takes along to another server', () => {
    const plan = planOf({
      url: 'wss://127.0.0.1/',
      followRedirects: true,
      headers: { 'X-Plain': '1', 'X-Key': '${secret:orders}', Authorization: 'Bearer ${secret:session}' },
      cookies: { sid: '${secret:session}' },
      auth: { type: 'subprotocol', token: 'canary-token' },
      tls: { cert: 'c.pem', key: 'k.pem' },
    });
    const note =
      'A redirect to another server takes along what wsprobe leaves out there: X-Key, the subprotocol, the client certificate.';
    for (const copy of [toCurl, toWscat, toNode]) {
      const { notes } = copy(plan, { secrets: SECRETS });
      assert.ok(notes.includes(note), notes.join(' '));
      assert.ok(!copy({ ...plan, followRedirects: false }, { secrets: SECRETS }).notes.includes(note));
    }
    const harmless = planOf({ url: 'wss://127.0.0.1/', followRedirects: true, headers: { 'X-Plain': '1' } });
    assert.doesNotMatch(toWscat(harmless).notes.join(), /redirect/);
  });
});

describe('a proxy in a copied command', () => {
  const PROXY = 'p@ss/w:rd';
  const secrets = { proxy: PROXY };
  const way = (url: string, proxy: string, more: object = {}) => {
    const context = { env: {}, secrets: {}, baseDir: null };
    const { plan, problems } = resolveText(JSON.stringify({ url, proxy, ...more }), context);
    assert.ok(plan, JSON.stringify(problems));
    return plan;
  };
  const credentials = `ann%40corp:${encodeURIComponent(PROXY)}`;
  const env = { WSPROBE_SECRET_PROXY: PROXY, WSPROBE_SECRET_PROXY_ENCODED: encodeURIComponent(PROXY) };
  const tail = (args: readonly string[], from: string) => args.slice(args.indexOf(from));

  it('is named to curl with its credentials apart, asked for a tunnel', () => {
    const plain = toCurl(way('ws://h/', `http://${credentials}@127.0.0.2:3128`, { followRedirects: true }), {
      secrets,
    });
    assert.deepEqual(tail(callOf('curl', plain.text, env).args, '--proxy'), [
      '--proxy',
      'http://127.0.0.2:3128',
      '--proxy-user',
      `ann@corp:${PROXY}`,
      '--proxytunnel',
      '--location',
      'http://h/',
    ]);
    assert.deepEqual(plain.environment, ['WSPROBE_SECRET_PROXY']);
    const socks = toCurl(way('ws://h/', 'socks5://[::1]'), { secrets });
    assert.deepEqual(tail(callOf('curl', socks.text, env).args, '--proxy'), [
      '--proxy',
      'socks5h://[::1]:1080',
      'http://h/',
    ]);
    const plan = way('wss://h/', `https://p`, { tls: { ca: ['/ca.pem'] } });
    assert.ok(plan.proxy);
    const ready = { ...plan.proxy, authorization: 'Basic eDp5enp5', rejectUnauthorized: false };
    const { args } = callOf('curl', toCurl({ ...plan, proxyChoice: 'auto', proxy: ready }).text, {
      WSPROBE_SECRET_PROXY: 'eDp5enp5',
    });
    assert.deepEqual(tail(args, '--proxy'), [
      '--proxy',
      'https://p:443',
      '--proxy-header',
      'Proxy-Authorization: Basic eDp5enp5',
      '--proxy-cacert',
      '/ca.pem',
      '--proxy-insecure',
      'https://h/',
    ]);
  });

  it('is kept away where the plan goes without', () => {
    const context = { env: { http_proxy: 'http://p' }, secrets: {}, baseDir: null };
    for (const url of ['ws://localhost/', 'ws://h/']) {
      const { plan } = resolveText(JSON.stringify({ url, ...(url === 'ws://h/' ? { proxy: 'none' } : {}) }), context);
      assert.ok(plan);
      assert.deepEqual(tail(callOf('curl', toCurl(plan).text).args, '--noproxy').slice(0, 2), ['--noproxy', '*']);
    }
  });

  it('is named to wscat in a URL, to websocat where it can, and else told', () => {
    const plan = way('ws://h/', `http://${credentials}@127.0.0.2:3128`, { followRedirects: true });
    const wscat = toWscat(plan, { secrets });
    assert.deepEqual(tail(callOf('wscat', wscat.text, env).args, '--proxy'), [
      '--proxy',
      `http://${credentials}@127.0.0.2:3128`,
      '--location',
    ]);
    assert.match(wscat.notes.join(), /WSPROBE_SECRET_PROXY_ENCODED .* percent-encoded/);
    const websocat = toWebsocat(plan, { secrets });
    assert.doesNotMatch(websocat.text, /127\.0\.0\.2/);
    assert.match(websocat.notes.join(), /The proxy is left out.*follows no redirects/);
    const socks = way('ws://h/', 'socks5://[::1]:9050');
    assert.deepEqual(callOf('websocat', toWebsocat(socks).text).args, ['--socks5', '[::1]:9050', 'ws://h/']);
    assert.match(toWscat(socks).notes.join(), /The proxy is left out/);
  });

  it('is an agent in a script', async () => {
    const proxy = `http://${credentials}@127.0.0.2:3128`;
    const { text, notes } = toNode(way('ws://h/', proxy, { followRedirects: true }), { secrets });
    assert.match(text, /^import \{ HttpsProxyAgent \} from 'https-proxy-agent';$/m);
    assert.match(text, /followRedirects: true,/);
    assert.match(notes.join(), /npm install https-proxy-agent/);
    const [, code = ''] = /agent: new HttpsProxyAgent\((.*)\),$/m.exec(text) ?? [];
    const secret = (name: keyof typeof env) => env[name];
    assert.equal(runInNewContext(code, { secret, encodeURIComponent }), proxy);
    const resolvedThere = toNode(way('ws://h/', 'socks5://p'));
    assert.match(resolvedThere.text, /new SocksProxyAgent\('socks5h:\/\/' \+ 'p:1080'\),/);
    const socks = toNode(way('ws://h/', 'socks4a://ann@p'));
    assert.match(
      socks.text,
      /agent: new SocksProxyAgent\('socks4a:\/\/' \+ encodeURIComponent\('ann'\) \+ '@' \+ 'p:1080'\),/,
    );
  });
});

describe('toWebsocat', () => {
  it('passes options, and the message on its standard input', () => {
    const { text } = toWebsocat(full(), { secrets: SECRETS, message: { text: `{"token":"${SECRETS.orders}"}` } });
    const { args, input } = callOf('websocat', text, { ...ENV, WSPROBE_SECRET_THEME: 'dark' });
    assert.deepEqual(
      args,
      flat(
        ['--no-close', '--protocol', 'graphql-transport-ws, json', '--origin', 'https://app.example.com'],
        ["--header=X-Tenant: it's", '--header=X-Many: 1', '--header=X-Many: 2', '--header=X-Empty: '],
        [`--header=Authorization: Bearer ${SECRETS.orders}`, `--header=Cookie: sid=${SECRETS.session}; theme=dark`],
        ['--insecure', 'wss://127.0.0.1:8443/orders?tenant=a%20b&list[]=1'],
      ),
    );
    assert.equal(input, `{"token":"${SECRETS.orders}"}\n`);
    assert.match(text, /SSL_CERT_FILE='\/work space\/ca.pem' websocat/);
  });

  it('keeps lines together and bytes as they are', () => {
    const plan = planFor('ws://127.0.0.1/');
    const lines = callOf('websocat', toWebsocat(plan, { message: { text: 'a\nb' } }).text);
    assert.deepEqual([lines.args.slice(0, 3), lines.input], [['--no-close', '--no-line', '--text'], 'a\nb']);
    const bytes = callOf('websocat', toWebsocat(plan, { message: { base64: 'AAEC' } }).text);
    assert.deepEqual(bytes.args.slice(0, 3), ['--no-close', '--no-line', '--binary']);
  });

  it('writes Digest where the tool speaks it, and says where it does not', () => {
    const plan = planOf({
      url: 'ws://127.0.0.1/',
      auth: { type: 'digest', username: 'ann', password: '${secret:orders}' },
    });
    const { args } = callOf('curl', toCurl(plan, { secrets: SECRETS }).text, ENV);
    assert.deepEqual(args.slice(args.indexOf('--digest'), args.indexOf('--digest') + 3), [
      '--digest',
      '--user',
      `ann:${SECRETS.orders}`,
    ]);
    for (const tool of [toNode, toWebsocat, toWscat]) {
      const { notes, text } = tool(plan, { secrets: SECRETS });
      assert.match(notes.join('\n'), /does not speak Digest: the credentials are left out/);
      assert.doesNotMatch(text, /ann/);
    }
  });

  it('encodes basic credentials where the command runs', () => {
    const plan = planOf({
      url: 'ws://127.0.0.1/',
      auth: { type: 'basic', username: 'ann', password: '${secret:orders}' },
    });
    const { args } = callOf('websocat', toWebsocat(plan, { secrets: SECRETS }).text, ENV);
    assert.equal(args[0], `--header=Authorization: Basic ${Buffer.from(`ann:${SECRETS.orders}`).toString('base64')}`);
  });
});

describe('toWscat', () => {
  it('passes options and the message', () => {
    const { text, notes } = toWscat(full(), { secrets: SECRETS, message: { text: 'hi "there"' } });
    const { args } = callOf('wscat', text, { ...ENV, WSPROBE_SECRET_THEME: 'dark' });
    assert.deepEqual(
      args,
      flat(
        ['--connect', 'wss://127.0.0.1:8443/orders?tenant=a%20b&list[]=1'],
        ['--subprotocol', 'graphql-transport-ws', '--subprotocol', 'json', '--origin', 'https://app.example.com'],
        ['--header', "X-Tenant: it's", '--header', 'X-Many: 1, 2', '--header', 'X-Empty: '],
        ['--header', `Authorization: Bearer ${SECRETS.orders}`],
        ['--header', `Cookie: sid=${SECRETS.session}; theme=dark`],
        ['--ca', '/work space/ca.pem', '--cert', '/work space/c.pem', '--key', '/work space/k.pem', '--no-check'],
        ['--execute', 'hi "there"', '--wait', '10'],
      ),
    );
    assert.match(notes.join(), /tls.minVersion have no option/);
    assert.match(notes.join(), /wscat sends the values of X-Many as a list in one header/);
  });
});

describe('toNode', () => {
  let server: WebSocketServer;
  before(async () => {
    server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(server, 'listening');
  });
  after(() => server.close());

  async function runScript(
    script: string,
    env: Readonly<Record<string, string>>,
  ): Promise<{ request: IncomingMessage; message: string; output: string }> {
    const connected = once(server, 'connection');
    const child = spawn(process.execPath, ['--input-type=module', '-'], { env: { ...process.env, ...env } });
    child.stdin.end(script);
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const [socket, request] = (await connected) as [WebSocket, IncomingMessage];
    const [data] = (await once(socket, 'message')) as [Buffer];
    socket.send('welcome');
    socket.close(4001, 'done');
    await once(child, 'close');
    return { request, message: data.toString(), output };
  }

  it('runs, connects as the plan does, sends and prints', async () => {
    const plan = planOf({
      url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/orders?q=1`,
      headers: { 'X-Tenant': 'it\'s "a"\\', 'X-Token': '${secret:orders}' },
      subprotocols: ['json'],
      auth: { type: 'basic', username: 'ann', password: '${secret:session}' },
      origin: 'https://app.example.com',
    });
    const { text } = toNode(plan, { secrets: SECRETS, message: { text: `line\n\u202e${SECRETS.orders}` } });
    const { request, message, output } = await runScript(text, ENV);
    assert.equal(request.url, '/orders?q=1');
    assert.equal(request.headers['x-tenant'], 'it\'s "a"\\');
    assert.equal(request.headers['x-token'], SECRETS.orders);
    assert.equal(request.headers['sec-websocket-protocol'], 'json');
    assert.equal(request.headers.origin, 'https://app.example.com');
    const credentials = Buffer.from(`ann:${SECRETS.session}`).toString('base64');
    assert.equal(request.headers.authorization, `Basic ${credentials}`);
    assert.equal(message, `line\n\u202e${SECRETS.orders}`);
    assert.equal(output, 'welcome\nClosed: 4001 done\n');
  });

  it('reads certificates and a passphrase from where the profile names them', () => {
    const { text } = toNode(
      { ...full(), tls: { ...full().tls, passphrase: 'op3n', serverName: 'x.test' } },
      { secrets: SECRETS },
    );
    assert.match(text, /import \{ readFileSync \} from 'node:fs';/);
    assert.match(text, /ca: \[readFileSync\('\/work space\/ca.pem'\)\],/);
    assert.match(text, /passphrase: secret\('WSPROBE_SECRET_PASSPHRASE'\),/);
    assert.match(text, /servername: 'x.test',/);
  });
});

describe('a copied command', () => {
  const writers = [toCurl, toWebsocat, toWscat, toNode];

  it('never holds a secret, wherever it stands', () => {
    const value = fc
      .stringMatching(/^[A-Za-z0-9/+=_. -]{6,24}$/)
      .filter((text) => text.trim() === text && text.length >= 6);
    fc.assert(
      fc.property(value, fc.nat({ max: 6 }), (secret, place) => {
        const plan = planFor('ws://127.0.0.1/', {
          secrets: [secret],
          ...(place === 0 ? { headers: [['X-Any', `a ${secret} b`]] } : {}),
          ...(place === 1 ? { auth: { type: 'bearer', token: secret } } : {}),
          ...(place === 2 ? { auth: { type: 'subprotocol', token: secret } } : {}),
          ...(place === 3 ? { cookies: { a: secret } } : {}),
          ...(place === 4 ? { url: `ws://127.0.0.1/?token=${encodeURIComponent(secret)}` } : {}),
          ...(place === 5 ? { proxyChoice: 'named', proxy: proxyWith(secret) } : {}),
          ...(place === 6 ? { headers: [['Authorization', `Basic ${Buffer.from(secret).toString('base64')}`]] } : {}),
        });
        const messages = [{ text: `<${secret}>` }, { base64: Buffer.from(`x${secret}`).toString('base64') }];
        for (const write of writers) {
          for (const message of messages) {
            const { text } = write(plan, { message });
            for (const spelling of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')]) {
              assert.equal(text.includes(spelling), false, text);
            }
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it('names values that the profile has no name for by where they stand', () => {
    const plan = planFor('ws://127.0.0.1/?token=abcdef&token=ghijkl', {
      headers: [['X-Api-Key', 'value-1']],
      cookies: { sid: 'value-2' },
      secrets: ['abcdef', 'ghijkl', 'value-1', 'value-2'],
    });
    assert.deepEqual(toCurl(plan).environment, [
      'WSPROBE_SECRET_TOKEN',
      'WSPROBE_SECRET_TOKEN_2',
      'WSPROBE_SECRET_SID',
      'WSPROBE_SECRET_X_API_KEY',
    ]);
  });
});

function proxyWith(password: string): ProbePlan['proxy'] {
  return {
    kind: 'http',
    host: '127.0.0.1',
    port: 1,
    username: 'user',
    password,
    authorization: null,
    rejectUnauthorized: true,
    source: 'profile',
  };
}
