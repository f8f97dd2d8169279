import assert from 'node:assert/strict';
import { once } from 'node:events';
import http2, { type ClientHttp2Session, type ClientHttp2Stream, type IncomingHttpHeaders } from 'node:http2';
import net from 'node:net';
import tls from 'node:tls';
import { setImmediate } from 'node:timers/promises';
import { makeCertificates } from '../../../src/core/playground/certificates.js';
import { type Playground, type ProxyVariant, startPlayground } from '../../../src/core/playground/index.js';
import { ListenerSet } from '../../../src/core/playground/server.js';
import { clientFrame, hex, RawClient, upgradeRequest, upgradeResponse } from '../../support/rawClient.js';

const HELLO = clientFrame(1, 'hello');
const ECHOED = hex('81 05 68656c6c6f');
const BASIC = `Basic ${Buffer.from('user:pass').toString('base64')}`;

describe('playground over HTTP/2', () => {
  let playground: Playground;
  let session: ClientHttp2Session;
  before(async () => {
    playground = await startPlayground({ port: 0 });
  });
  after(() => playground.stop());
  afterEach(() => session.destroy());

  const connect = async (variant: keyof Playground['http2']) => {
    const url = playground.http2[variant].replace(/^ws/, 'http');
    session = http2.connect(url, { ca: playground.caPem });
    await once(session, 'remoteSettings');
  };
  const ask = (headers: http2.OutgoingHttpHeaders) => {
    const stream = session.request(headers, { endStream: false });
    stream.on('error', () => {});
    return stream;
  };
  const open = (path: string, more: http2.OutgoingHttpHeaders = {}) =>
    ask({ ':method': 'CONNECT', ':protocol': 'websocket', ':path': path, 'sec-websocket-version': '13', ...more });
  const headOf = async (stream: ClientHttp2Stream) => {
    const [headers] = (await once(stream, 'response')) as [IncomingHttpHeaders];
    return headers;
  };
  const take = async (stream: ClientHttp2Stream, bytes: number) => {
    let taken = Buffer.alloc(0);
    while (taken.length < bytes) taken = Buffer.concat([taken, ((await once(stream, 'data')) as [Buffer])[0]]);
    return taken.toString('hex');
  };

  for (const variant of ['h2', 'h2c'] as const) {
    it(`${variant}: extended CONNECT opens, several on one connection`, async () => {
      await connect(variant);
      assert.equal(session.remoteSettings.enableConnectProtocol, true);
      assert.equal(session.alpnProtocol, variant);
      for (const path of ['/echo', '/silence', '/echo?compression=off']) {
        const stream = open(path, { 'sec-websocket-protocol': 'chat, news' });
        const head = await headOf(stream);
        assert.equal(head[':status'], 200);
        assert.equal(head['sec-websocket-protocol'], 'chat');
        for (const name of ['upgrade', 'connection', 'sec-websocket-accept']) assert.equal(head[name], undefined);
        stream.write(path === '/silence' ? clientFrame(9, 'hello') : HELLO);
        const expected = path === '/silence' ? hex('8a 05 68656c6c6f') : ECHOED;
        assert.equal(await take(stream, expected.length), expected.toString('hex'));
      }
    });
  }

  it('answers what is no WebSocket too', async () => {
    await connect('h2');
    const list = session.request({ ':path': '/' });
    assert.equal((await headOf(list))[':status'], 200);
    const refused = open('/status/503');
    const head = await headOf(refused);
    assert.deepEqual([head[':status'], head['connection']], [503, undefined]);
    const upgrade = session.request({ ':path': '/echo' });
    assert.equal((await headOf(upgrade))[':status'], 426);
  });

  it('ends and resets streams, and leaves the connection whole', async () => {
    await connect('h2c');
    const dropped = open('/fin?on=message');
    dropped.write(HELLO);
    await once(dropped.resume(), 'end');
    assert.equal(dropped.rstCode, 0);
    for (const path of ['/rst?on=message', '/rst-before-response', '/not-http', '/random']) {
      const reset = open(path);
      reset.write(HELLO);
      await new Promise((resolve) => reset.resume().once('close', resolve));
      assert.notEqual(reset.rstCode, 0, path);
    }
    const head = await headOf(open('/silence'));
    assert.equal(head[':status'], 200);
  });

  it('h2-plain: HTTP/2 without WebSockets, HTTP/1.1 with them', async () => {
    await connect('h2-plain');
    assert.equal(session.alpnProtocol, 'h2');
    assert.notEqual(session.remoteSettings.enableConnectProtocol, true);
    const client = await RawClient.connect(playground.http2['h2-plain'], {
      ca: playground.caPem,
      ALPNProtocols: ['http/1.1'],
    });
    client.sendUpgrade('/silence');
    assert.equal(await client.takeThrough('\r\n\r\n'), upgradeResponse());
    client.destroy();
  });

  it('stops with streams open', async () => {
    const second = await startPlayground({ port: 0 });
    session = http2.connect(second.http2.h2c.replace('ws:', 'http:'));
    session.on('error', () => {});
    await once(session, 'remoteSettings');
    for (const path of ['/never', '/ping?every=5', '/flood', '/echo']) open(path);
    await second.stop();
    assert.equal(second.openSockets, 0);
  });
});

describe("playground's proxies", () => {
  let playground: Playground;
  before(async () => {
    playground = await startPlayground({ port: 0 });
  });
  after(() => playground.stop());

  const authority = (url: string) => new URL(url).host;
  const tunnel = async (variant: ProxyVariant, target: string, headers: readonly string[] = []) => {
    const client = await RawClient.connect(playground.proxies[variant]);
    client.send(`CONNECT ${target} HTTP/1.1\r\n${headers.map((line) => `${line}\r\n`).join('')}\r\n`);
    return { client, head: await client.takeThrough('\r\n\r\n') };
  };
  const opens = async (client: RawClient) => {
    client.sendUpgrade('/silence');
    assert.equal(await client.takeThrough('\r\n\r\n'), upgradeResponse());
    client.destroy();
  };

  it('connect leads to the playground, by any of its loopback names, and nowhere else', async () => {
    const { port } = new URL(playground.ws);
    for (const host of ['127.0.0.1', 'localhost', '127.1.2.3']) {
      const { client, head } = await tunnel('connect', `${host}:${port}`);
      assert.match(head, /^HTTP\/1\.1 200 /);
      await opens(client);
    }
    const elsewhere = net.createServer().listen(0, '127.0.0.1');
    await once(elsewhere, 'listening');
    const foreign = (elsewhere.address() as net.AddressInfo).port;
    for (const target of [
      `127.0.0.1:${foreign}`,
      `example.com:${port}`,
      `0.0.0.0:${port}`,
      `10.0.0.1:${port}`,
      'x',
      ':',
    ]) {
      const { client, head } = await tunnel('connect', target);
      assert.match(head, /^HTTP\/1\.1 403 /, target);
      assert.equal(await client.ended(), 'fin');
    }
    elsewhere.close();
    const client = await RawClient.connect(playground.proxies.connect);
    client.send(upgradeRequest('/echo'));
    assert.match(await client.takeThrough('\r\n\r\n'), /^HTTP\/1\.1 405 /);
    client.destroy();
  });

  it('connect-basic asks for user and password', async () => {
    const target = authority(playground.ws);
    for (const headers of [[], ['Proxy-Authorization: Basic eA=='], ['Proxy-Authorization: Bearer x']]) {
      const { client, head } = await tunnel('connect-basic', target, headers);
      assert.match(head, /^HTTP\/1\.1 407 [^]*\r\nProxy-Authenticate: Basic realm="playground proxy"\r\n/);
      client.destroy();
    }
    const { client, head } = await tunnel('connect-basic', target, [`Proxy-Authorization: ${BASIC}`]);
    assert.match(head, /^HTTP\/1\.1 200 /);
    await opens(client);
  });

  it('socks5 speaks RFC 1928, in any split', async () => {
    const port = Number(new URL(playground.ws).port);
    const portHex = port.toString(16).padStart(4, '0');
    const name = Buffer.from('localhost').toString('hex');
    for (const target of [`01 7f000001 ${portHex}`, `03 09 ${name} ${portHex}`]) {
      const client = await RawClient.connect(playground.proxies.socks5);
      for (const byte of hex(`05 02 00 02 05 01 00 ${target}`)) {
        client.send(Buffer.from([byte]));
        await setImmediate();
      }
      assert.equal((await client.take(12)).toString('hex'), '050005000001000000000000');
      await opens(client);
    }
    for (const [sends, gives] of [
      ['05 01 02', '05ff'],
      [`05 01 00 05 02 00 01 7f000001 ${portHex}`, '050005070001000000000000'],
      ['05 01 00 05 01 00 01 7f000001 0001', '050005020001000000000000'],
      [`05 01 00 05 01 00 01 08080808 ${portHex}`, '050005020001000000000000'],
      ['04 01 00', ''],
    ] as const) {
      const client = await RawClient.connect(playground.proxies.socks5);
      client.send(hex(sends));
      assert.equal((await client.takeAll()).toString('hex'), gives);
    }
  });

  it('intercepting ends TLS in its own name, and passes plain traffic on', async () => {
    const plain = await tunnel('intercepting', authority(playground.ws));
    await opens(plain.client);
    const { client } = await tunnel('intercepting', authority(playground.wss));
    client.socket.removeAllListeners('data');
    const socket = tls.connect({ socket: client.socket, host: '127.0.0.1', ca: [], rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    assert.equal(socket.getPeerCertificate().issuer.CN, 'wsprobe playground intercepting proxy CA');
    socket.write(upgradeRequest('/silence'));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    assert.equal(answer.toString(), upgradeResponse());
    socket.destroy();
  });

  it('pass ends and resets on, and keep nothing', async () => {
    for (const [path, ending] of [
      ['/fin', 'fin'],
      ['/rst', 'rst'],
    ] as const) {
      const { client } = await tunnel('connect', authority(playground.ws));
      client.sendUpgrade(path);
      assert.equal(await client.ended(), ending);
      client.destroy();
    }
    const silent = await RawClient.connect(playground.proxies.connect);
    silent.destroy();
    while (playground.openSockets > 0) await setImmediate();
  });

  for (const leaves of ['fin', 'rst'] as const) {
    it(`intercepting keeps nothing of a client that leaves with ${leaves} before a word`, async () => {
      const { client, head } = await tunnel('intercepting', playground.tcp['accept-then-silence']);
      assert.match(head, /^HTTP\/1\.1 200 /);
      if (leaves === 'fin') client.socket.end();
      else client.socket.resetAndDestroy();
      while (playground.openSockets > 0) await setImmediate();
    });
  }

  it('intercepting keeps nothing of a client that leaves with its question', async () => {
    const client = await RawClient.connect(playground.proxies.intercepting);
    client.send(`CONNECT ${playground.tcp['accept-then-silence']} HTTP/1.1\r\n\r\n`);
    client.socket.end();
    while (playground.openSockets > 0) await setImmediate();
  });

  it('intercepting outlives a target that resets before the client has said a word', async () => {
    const { caPem, intercepted } = await makeCertificates();
    const listeners = new ListenerSet('127.0.0.1', caPem);
    const accepted: net.Socket[] = [];
    const target = await listeners.listenTcp(0, (socket) => void accepted.push(socket));
    const proxy = await listeners.listenProxy(0, { credential: null, intercepts: intercepted });
    const client = await RawClient.connect(`127.0.0.1:${proxy}`);
    client.send(`CONNECT 127.0.0.1:${target} HTTP/1.1\r\n\r\n`);
    assert.match(await client.takeThrough('\r\n\r\n'), /^HTTP\/1\.1 200 /);
    for (const socket of accepted) socket.resetAndDestroy();
    await client.ended();
    while (listeners.openSockets > 0) await setImmediate();
    await listeners.destroy();
  });
});
