import assert from 'node:assert/strict';
import { once } from 'node:events';
import net, { type Socket } from 'node:net';
import * as fc from 'fast-check';
import { type Playground, startPlayground } from '../../../../src/core/playground/index.js';
import { runProbe } from '../../../../src/core/probe/runProbe.js';
import { createClock } from '../../../../src/core/base/clock.js';
import { Http2Connection } from '../../../../src/core/transport/carriers/http2/http2Connection.js';
import { ERROR, goaway, headers, Http2Peer, type PeerConnection, takesConnect } from '../../../support/http2Frames.js';
import { planFor } from '../../../support/plan.js';

const OK = [[':status', '200']] as const;

/** How a masked Close frame with a code begins. */
const CLOSE = Buffer.from('8882', 'hex');

/** Sockets and timers of this process. */
function held(): number {
  const names = ['Timeout', 'TCPSocketWrap', 'TLSWrap'];
  return process.getActiveResourcesInfo().filter((name) => names.includes(name)).length;
}

async function settle(before: number): Promise<void> {
  for (let turn = 0; held() > before && turn < 2_000; turn++) await new Promise(setImmediate);
  assert.equal(held(), before);
}

describe('cancelling over HTTP/2', () => {
  let peer: Http2Peer | null = null;
  let playground: Playground | null = null;
  afterEach(async () => {
    await peer?.stop();
    await playground?.stop();
    peer = null;
    playground = null;
  });

  /** `serve` runs until the point at which the probe is cancelled. */
  const points: readonly (readonly [name: string, serve: (connection: PeerConnection) => Promise<unknown>])[] = [
    ['before the SETTINGS', (connection) => once(connection.socket, 'data')],
    [
      'before the answer',
      (connection) => {
        connection.send(takesConnect);
        return connection.request();
      },
    ],
    [
      'in the body of a refusal',
      async (connection) => {
        connection.send(takesConnect);
        connection.send(headers(await connection.request(), [[':status', '500']]));
        await connection.read();
      },
    ],
    [
      'while it is open',
      async (connection) => {
        connection.send(takesConnect);
        connection.send(headers(await connection.request(), OK));
        await connection.frame(({ type, payload }) => type === 0 && payload.length > 0);
      },
    ],
    [
      'while it closes',
      async (connection) => {
        connection.send(takesConnect);
        connection.send(headers(await connection.request(), OK));
        while (!connection.received(1).includes(CLOSE)) await connection.next();
      },
    ],
  ];
  for (const [name, serve] of points) {
    it(`${name}: leaves no socket, no timer, no stream`, async () => {
      let arrived: () => void = () => {};
      const reached = new Promise<void>((resolve) => {
        arrived = resolve;
      });
      peer = await Http2Peer.start(async (connection) => {
        await serve(connection);
        arrived();
      });
      await new Promise(setImmediate);
      const before = held();
      const abort = new AbortController();
      const holdMs = name.endsWith('closes') ? 5 : 10_000;
      const probing = runProbe(planFor(peer.url, { http: '2', expect: { holdMs } }), { signal: abort.signal });
      await reached;
      abort.abort();
      const report = await probing;
      // The message was through: an end while closing is no failure of the probe.
      assert.equal(report.error?.code, name.endsWith('closes') ? undefined : 'cancelled');
      const [connection] = peer.connections;
      connection?.socket.end();
      await connection?.closed();
      await settle(before);
    });
  }

  it('in TLS and through a proxy too', async () => {
    playground = await startPlayground({ port: 0 });
    const { hostname, port } = new URL(playground.proxies.connect);
    const proxy = {
      kind: 'http',
      host: hostname,
      port: Number(port),
      username: null,
      password: null,
      authorization: null,
      rejectUnauthorized: true,
      source: 'profile',
    } as const;
    const tls = { ca: [playground.caPem] };
    for (const waitMs of [0, 1, 3, 6, 12]) {
      for (const path of ['/echo', '/never']) {
        const plan = planFor(`${playground.http2.h2}${path}`, { http: '2', tls, proxy, expect: { holdMs: 10_000 } });
        const report = await runProbe(plan, { signal: AbortSignal.timeout(waitMs) });
        assert.equal(report.error?.code, 'cancelled');
      }
    }
    const { openSockets } = playground;
    for (let turn = 0; playground.openSockets > 0 && turn < 2_000; turn++) await new Promise(setImmediate);
    assert.equal(playground.openSockets, 0, `of ${openSockets}`);
  });

  it('a peer that stops reading does not keep the socket', async () => {
    peer = await Http2Peer.start(async (connection) => {
      connection.send(takesConnect);
      connection.send(headers(await connection.request(), OK));
      connection.socket.pause();
    });
    const before = held();
    const message = { send: { text: 'x'.repeat(8_000_000) }, expect: 'echo', samples: 1 } as const;
    const report = await runProbe(planFor(peer.url, { http: '2', message, timeouts: { messageMs: 60, closeMs: 60 } }));
    assert.equal(report.verdict, 'down');
    peer.connections[0]?.socket.destroy();
    await settle(before);
  });
});

describe('Http2Connection', () => {
  type Step = 'share' | 'release' | 'release at once' | 'goaway' | 'fin' | 'reset';

  it('lives as long as somebody uses it, in every order of events', async () => {
    const sockets: Socket[] = [];
    const server = net.createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => {});
      socket.resume().write(takesConnect);
      sockets.push(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const step = fc.constantFrom<Step>(
      'share',
      'share',
      'release',
      'release',
      'release at once',
      'goaway',
      'fin',
      'reset',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const client = net.connect(port, '127.0.0.1');
        await once(client, 'connect');
        const carrier = new Http2Connection(client, { authority: 'a', clock: createClock() });
        const ready = await carrier.ready(2_000, undefined);
        assert.ok(ready.ok);
        const remote = sockets.pop();
        assert.ok(remote);
        let users = 1;
        let ended = false;
        for (const each of steps) {
          assert.equal(carrier.usable, users > 0 && !ended, `${each} of ${steps.join()}`);
          if (users === 0) break;
          if (each === 'share') {
            carrier.share();
            users += 1;
          } else if (each.startsWith('release')) {
            carrier.release(each === 'release at once');
            users -= 1;
          } else if (!ended) {
            ended = true;
            if (each === 'goaway') remote.write(goaway(0, ERROR.noError));
            else if (each === 'fin') remote.end();
            else remote.resetAndDestroy();
            while (carrier.usable) await new Promise(setImmediate);
          }
        }
        for (; users > 0; users--) carrier.release(true);
        assert.equal(carrier.usable, false);
        if (!client.destroyed) await once(client, 'close');
        remote.destroy();
      }),
      { numRuns: 60 },
    );
    await new Promise((resolve) => server.close(resolve));
  });
});
