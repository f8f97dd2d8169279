import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import * as fc from 'fast-check';
import { ProbeError } from '../../../src/core/base/errors.js';
import { startPlayground, TLS_VARIANTS, type Playground } from '../../../src/core/playground/index.js';
import { RawClient, upgradeRequest, upgradeResponse } from '../../support/rawClient.js';

describe('startPlayground', () => {
  it('puts its listeners on the ports from the one asked for', async () => {
    const playground = await startOnFixedPort();
    const first = Number(new URL(playground.http).port);
    const tls = TLS_VARIANTS.map((variant) => Number(new URL(playground.tls[variant]).port) - first);
    const tcp = Object.values(playground.tcp).map((address) => Number(address.split(':')[1]) - first);
    const more = [...Object.values(playground.http2), ...Object.values(playground.proxies)];
    const doors = more.map((url) => Number(new URL(url).port) - first);
    assert.deepEqual(
      [...tls, ...tcp, ...doors],
      Array.from({ length: 21 }, (_, index) => index + 1),
    );
    assert.equal(playground.wss, playground.tls.good);

    await assert.rejects(startPlayground({ port: first }), (error) => {
      assert.ok(error instanceof ProbeError);
      assert.equal(error.code, 'playground.port-in-use');
      assert.match(error.message, new RegExp(`Port ${first} of 127\\.0\\.0\\.1`));
      assert.match(error.hint ?? '', /port 0/);
      return true;
    });
    await playground.stop();
  });

  it('listens on loopback alone', async () => {
    for (const host of ['0.0.0.0', '::', '192.168.0.1', 'example.com', '127.0.0.1.example.com']) {
      await assert.rejects(startPlayground({ host, port: 0 }), { code: 'playground.not-loopback' });
    }
  });

  it('refuses a port it cannot start at', async () => {
    for (const port of [-1, 1.5, 65_515, Number.NaN]) {
      await assert.rejects(startPlayground({ port }), { code: 'playground.invalid-port' });
    }
  });

  it('listens on ::1 where the machine has it', async () => {
    const started = await startPlayground({ host: '::1', port: 0 }).catch((error: unknown) => error);
    if (started instanceof ProbeError) {
      assert.equal(started.code, 'playground.listen-failed');
      return;
    }
    const playground = started as Playground;
    const client = await RawClient.connect(playground.ws);
    client.sendUpgrade('/silence');
    assert.equal(await client.takeThrough('\r\n\r\n'), upgradeResponse());
    assert.match(playground.tcp['ssh-banner'], /^\[::1\]:\d+$/);
    client.destroy();
    await playground.stop();
  });

  it('counts requests and open sockets, and stop leaves none of them, nor a timer', async () => {
    const held = (): number =>
      process.getActiveResourcesInfo().filter((name) => ['Timeout', 'TCPSocketWrap', 'TCPServerWrap'].includes(name))
        .length;
    await setImmediate();
    const before = held();
    const playground = await startPlayground({ port: 0 });
    const paths = [
      '/never',
      '/trickle',
      '/endless-body',
      '/ping?every=5',
      '/idle',
      '/echo',
      '/close/1000',
      '/flood',
      '/no-read',
    ];
    const clients = await Promise.all(
      paths.map(async (path) => {
        const client = await RawClient.connect(playground.ws);
        client.sendUpgrade(path);
        if (path !== '/never') await client.until(() => client.pending.length > 0);
        return client;
      }),
    );
    const secure = await RawClient.connect(playground.wss, { ca: playground.caPem });
    secure.sendUpgrade('/echo');
    await secure.takeThrough('\r\n\r\n');
    const all = paths.length + 1;
    // Nothing comes back from /never that could be waited for.
    while (playground.requests < all) await setImmediate();
    assert.equal(playground.requests, all);
    // Some of them end by themselves after a while.
    assert.ok(playground.openSockets > 5 && playground.openSockets <= all, String(playground.openSockets));

    await playground.stop();
    assert.equal(playground.openSockets, 0);
    await Promise.all([...clients, secure].map((client) => client.ended()));
    await playground.stop();
    for (let turn = 0; turn < 500 && held() > before; turn++) await setImmediate();
    assert.equal(held(), before);
  });

  it('frees its ports when it stops', async () => {
    const playground = await startOnFixedPort();
    await playground.stop();
    const again = await startPlayground({ port: Number(new URL(playground.http).port) });
    await again.stop();
  });

  describe('running', () => {
    let playground: Playground;
    before(async () => {
      playground = await startPlayground({ port: 0 });
    });
    after(() => playground.stop());

    for (const [variant, sees, ends] of [
      ['accept-then-fin', '', 'fin'],
      ['ssh-banner', 'SSH-2.0-OpenSSH_9.6\r\n', null],
      ['accept-then-silence', '', null],
    ] as const) {
      it(`${variant} on raw TCP`, async () => {
        const client = await RawClient.connect(playground.tcp[variant]);
        client.sendUpgrade('/echo');
        assert.equal((await client.take(sees.length)).toString(), sees);
        if (ends !== null) assert.equal(await client.ended(), ends);
        assert.equal(client.pending.length, 0);
        client.destroy();
      });
    }

    it('accept-then-rst on raw TCP', async () => {
      // The reset may come while the client still connects.
      const client = await RawClient.connect(playground.tcp['accept-then-rst']).catch(() => null);
      assert.equal(client === null ? 'rst' : await client.ended(), 'rst');
    });

    it('survives any bytes, in any split, and lets go of every socket', async () => {
      const bytes = fc.uint8Array({ maxLength: 400 });
      const path = fc.constantFrom(...playground.paths.map(({ example }) => example));
      const attempt = fc.oneof(
        fc.record({ head: fc.constant(''), bytes }),
        fc.record({ head: path.map((target) => upgradeRequest(target)), bytes }),
        fc.record({ head: fc.string({ maxLength: 200 }).map((text) => `GET /${text} HTTP/1.1\r\n\r\n`), bytes }),
        fc.record({
          head: fc.string({ maxLength: 80 }).map((query) => `GET /redirect?to=${query} HTTP/1.1\r\n\r\n`),
          bytes,
        }),
      );
      await fc.assert(
        fc.asyncProperty(attempt, fc.nat(), async ({ head, bytes: garbage }, cut) => {
          const client = await RawClient.connect(playground.ws);
          const all = Buffer.concat([Buffer.from(head), garbage]);
          const at = all.length === 0 ? 0 : cut % all.length;
          client.send(all.subarray(0, at));
          client.send(all.subarray(at));
          client.socket.end();
          await setImmediate();
          client.destroy();
        }),
        { numRuns: 300 },
      );
      const after = await RawClient.connect(playground.ws);
      after.sendUpgrade('/silence');
      assert.equal(await after.takeThrough('\r\n\r\n'), upgradeResponse());
      after.destroy();
      await once(after.socket, 'close');
      while (playground.openSockets > 0) await setImmediate();
    });
  });
});

/** Fifteen ports in a row, somewhere below the range the system hands out. */
async function startOnFixedPort(): Promise<Playground> {
  for (let port = 14_480; ; port += 20) {
    const started = await startPlayground({ port }).catch((error: unknown) => error);
    if (!(started instanceof ProbeError)) return started as Playground;
    assert.ok(started.code === 'playground.port-in-use' && port < 20_000, started.message);
  }
}
