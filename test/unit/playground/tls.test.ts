import assert from 'node:assert/strict';
import { once } from 'node:events';
import http2 from 'node:http2';
import tls, { type ConnectionOptions } from 'node:tls';
import { startPlayground, type Playground, type TlsVariant } from '../../../src/core/playground/index.js';
import { RawClient, upgradeRequest, upgradeResponse } from '../../support/rawClient.js';

/** What a client that trusts the playground's authority sees. */
const VERDICTS: readonly (readonly [TlsVariant, string | null])[] = [
  ['good', null],
  ['expired', 'CERT_HAS_EXPIRED'],
  ['selfSigned', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ['wrongName', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ['notYetValid', 'CERT_NOT_YET_VALID'],
  ['missingIntermediate', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ['expiresSoon', null],
  ['clientCertificate', 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'],
  ['tls12', null],
];

describe('playground over TLS', () => {
  let playground: Playground;
  before(async () => {
    playground = await startPlayground({ port: 0 });
  });
  after(() => playground.stop());

  for (const [variant, code] of VERDICTS) {
    it(`${variant}: ${code ?? 'opens'}`, async () => {
      const socket = connect(variant);
      const failure = new Promise<string | null>((resolve) => {
        socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
        socket.on('data', (chunk: Buffer) => resolve(chunk.toString() === upgradeResponse() ? null : chunk.toString()));
      });
      socket.write(upgradeRequest('/silence'));
      assert.equal(await failure, code);
      socket.destroy();
    });
  }

  it('opens for a client with the right certificate', async () => {
    const client = await RawClient.connect(playground.tls.clientCertificate, {
      ca: playground.caPem,
      cert: playground.client.certPem,
      key: playground.client.keyPem,
    });
    client.sendUpgrade('/silence');
    assert.equal(await client.takeThrough('\r\n\r\n'), upgradeResponse());
    client.destroy();
  });

  it('shows an untrusting client the whole chain', async () => {
    const socket = connect('good', { ca: [], rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    assert.equal(String(socket.authorizationError), 'SELF_SIGNED_CERT_IN_CHAIN');
    const leaf = socket.getPeerCertificate(true);
    assert.equal(leaf.subjectaltname, 'DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1');
    assert.equal(leaf.issuerCertificate.subject.CN, 'wsprobe playground CA');
    socket.destroy();
  });

  it('expires soon: five whole days from now', async () => {
    const socket = connect('expiresSoon');
    await once(socket, 'secureConnect');
    const leftMs = Date.parse(socket.getPeerCertificate().valid_to) - Date.now();
    assert.equal(Math.floor(leftMs / 86_400_000), 5);
    socket.destroy();
  });

  it('tls12: speaks nothing newer', async () => {
    const socket = connect('tls12');
    await once(socket, 'secureConnect');
    assert.equal(socket.getProtocol(), 'TLSv1.2');
    socket.destroy();
    const [error] = await once(connect('tls12', { minVersion: 'TLSv1.3' }), 'error');
    assert.match(String(error), /protocol.version/i);
  });

  it('chooses http/1.1 where it is offered beside h2', async () => {
    const socket = connect('good', { ALPNProtocols: ['h2', 'http/1.1'] });
    await once(socket, 'secureConnect');
    assert.equal(socket.alpnProtocol, 'http/1.1');
    socket.destroy();
  });

  it('alpnH2: refuses http/1.1, says 403 without ALPN, speaks HTTP/2', async () => {
    const [error] = await once(connect('alpnH2', { ALPNProtocols: ['http/1.1'] }), 'error');
    assert.match(String(error), /no.application.protocol/i);

    const plain = await RawClient.connect(playground.tls.alpnH2, { ca: playground.caPem });
    plain.sendUpgrade('/echo');
    assert.match(await plain.takeThrough('\r\n\r\n'), /^HTTP\/1\.[01] 403 /);
    plain.destroy();

    const session = http2.connect(playground.tls.alpnH2.replace('wss:', 'https:'), { ca: playground.caPem });
    const stream = session.request({ ':path': '/echo' });
    const [headers] = await once(stream, 'response');
    assert.equal((headers as Record<string, unknown>)[':status'], 404);
    session.destroy();
  });

  for (const [path, ending] of [
    ['/rst', 'rst'],
    ['/fin', 'fin'],
    ['/rst-before-response', 'rst'],
    ['/fin-before-response', 'fin'],
  ] as const) {
    it(`${path}: ${ending} under TLS too`, async () => {
      const client = await RawClient.connect(playground.wss, { ca: playground.caPem });
      client.sendUpgrade(path);
      assert.equal((await client.takeAll()).toString(), path.endsWith('response') ? '' : upgradeResponse());
      assert.equal(await client.ended(), ending);
    });
  }

  it('answers nothing to a client that speaks no TLS', async () => {
    const client = await RawClient.connect(playground.wss.replace('wss:', 'ws:'));
    client.sendUpgrade('/echo');
    assert.doesNotMatch((await client.takeAll()).toString('latin1'), /HTTP/);
  });

  function connect(variant: TlsVariant, options: ConnectionOptions = {}): tls.TLSSocket {
    const { hostname, port } = new URL(playground.tls[variant]);
    return tls.connect({ host: hostname, port: Number(port), ca: playground.caPem, ...options });
  }
});
