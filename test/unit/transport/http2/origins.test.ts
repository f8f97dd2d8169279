import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import type { AddressInfo } from 'node:net';
import tls from 'node:tls';
import { makeCertificates } from '../../../../src/core/playground/certificates.js';
import { Session } from '../../../../src/core/session/session.js';
import { frame, headers, PeerConnection, takesConnect } from '../../../support/http2Frames.js';
import { KeptLog } from '../../../support/keptLog.js';
import { planFor } from '../../../support/plan.js';

/** RFC 8336 2. */
const ORIGIN = 12;

function originFrame(origins: readonly string[]): Buffer {
  const entries = origins.flatMap((origin) => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(origin.length);
    return [length, Buffer.from(origin)];
  });
  return frame(ORIGIN, 0, Buffer.concat(entries));
}

describe('ORIGIN frames of HTTP/2', () => {
  let server: tls.Server;
  let client: tls.TLSSocket | null = null;
  let session: Session;
  const changes = new EventEmitter();
  afterEach(() => {
    session.dispose();
    client?.destroy();
    server.close();
  });

  const openTo = async (origins: (index: number) => readonly string[], frames: number) => {
    const { good, caPem } = await makeCertificates();
    const options = { cert: good.certPem, key: good.keyPem, ALPNProtocols: ['h2'] };
    const serve = async (connection: PeerConnection) => {
      connection.send(takesConnect);
      connection.send(headers(await connection.request(), [[':status', '200']]));
      for (let index = 0; index < frames; index++) connection.send(originFrame(origins(index)));
      connection.send(frame(0, 1, Buffer.from('8104646f6e65', 'hex')));
    };
    server = tls.createServer(options, (socket) => {
      client = socket;
      void serve(new PeerConnection(socket));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const log = new KeptLog();
    session = new Session({
      sessionId: 's1',
      plan: planFor(`wss://127.0.0.1:${(server.address() as AddressInfo).port}/`, { http: '2', tls: { ca: [caPem] } }),
      log,
      keepPayloadBytes: 1 << 20,
      vantage: { host: 'here', remote: null },
      onChange: () => changes.emit('change'),
    });
    const report = await session.open();
    assert.equal(report.error, null);
    while (session.state === 'open' && log.frames.length === 0) await once(changes, 'change');
    return session;
  };

  it('are taken in a reasonable number', async () => {
    const { state } = await openTo((index) => [`https://h${index}.example.com`, 'https://same.example.com'], 20);
    assert.equal(state, 'open');
  });

  it('without end are a flood: nobody keeps that many', async () => {
    const many = (index: number) => Array.from({ length: 100 }, (_, each) => `https://h${index}-${each}.example.com`);
    const { report, state } = await openTo(many, 100);
    assert.equal(state, 'closed');
    assert.equal(report?.error?.code, 'limit.http2-flood');
  });
});
