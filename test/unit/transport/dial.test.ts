import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Server, Socket } from 'node:net';
import type { Attempt } from '../../../src/core/base/model.js';
import { createClock } from '../../../src/core/base/clock.js';
import { dial, interleave } from '../../../src/core/transport/dial.js';
import type { Network } from '../../../src/core/transport/network.js';
import type { Address } from '../../../src/core/transport/resolve.js';
import { resolveHost } from '../../../src/core/transport/resolve.js';

const v4 = (address: string): Address => ({ address, family: 4 });
const v6 = (address: string): Address => ({ address, family: 6 });

describe('dial', () => {
  let server: Server;
  let port: number;
  const sockets: Socket[] = [];
  let attempts: Attempt[];

  beforeEach(async () => {
    attempts = [];
    server = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as { port: number }).port;
  });

  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    server.close();
  });

  /** Addresses beginning with 10. never answer, those with 9. are refused; the others reach the test's server. */
  const network: Network = {
    lookup: () => Promise.reject(new Error('not used')),
    connect: (address) => {
      const socket = address.startsWith('10.') || address.startsWith('9.') ? new Socket() : connect(port, '127.0.0.1');
      sockets.push(socket);
      if (address.startsWith('9.')) {
        process.nextTick(() => socket.destroy(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })));
      }
      return socket;
    },
  };

  const run = (addresses: Address[], options: { timeoutMs?: number; signal?: AbortSignal; network?: Network } = {}) =>
    dial(addresses, {
      port,
      timeoutMs: options.timeoutMs ?? 5000,
      signal: options.signal,
      allowLinkLocal: false,
      network: options.network ?? network,
      clock: createClock(),
      attempts,
    });

  it('goes on to the next address at once when one is refused', async () => {
    const outcome = await run([v4('9.0.0.1'), v4('1.0.0.1')]);
    assert.equal(outcome.ok, true);
    assert.deepEqual(
      attempts.map(({ address, error }) => [address, error]),
      [
        ['9.0.0.1', 'ECONNREFUSED'],
        ['1.0.0.1', null],
      ],
    );
  });

  it('starts the next address beside one that does not answer, and lets the loser go', async () => {
    const outcome = await run([v4('10.0.0.1'), v4('1.0.0.1')]);
    assert.equal(outcome.ok, true);
    assert.deepEqual(
      attempts.map(({ error }) => error),
      ['abandoned', null],
    );
    assert.equal(sockets[0]?.destroyed, true);
  });

  it('reports every attempt when all are refused', async () => {
    const outcome = await run([v6('9.0.0.2'), v4('9.0.0.1')]);
    assert.equal(outcome.ok, false);
    assert.ok(!outcome.ok);
    assert.equal(outcome.failure.code, 'ECONNREFUSED');
    assert.match(outcome.failure.message, /9\.0\.0\.2.*9\.0\.0\.1/);
  });

  it('ends at its deadline and leaves no socket', async () => {
    const outcome = await run([v4('10.0.0.1'), v4('10.0.0.2')], { timeoutMs: 30 });
    assert.ok(!outcome.ok);
    assert.equal(outcome.failure.kind, 'timeout');
    assert.deepEqual(
      attempts.map(({ error }) => error),
      ['timeout'],
    );
    assert.ok(sockets.every((socket) => socket.destroyed));
  });

  it('ends when cancelled, also before it began', async () => {
    const controller = new AbortController();
    const running = run([v4('10.0.0.1')], { signal: controller.signal });
    controller.abort();
    const outcome = await running;
    assert.ok(!outcome.ok);
    assert.equal(outcome.failure.kind, 'cancelled');
    const again = await run([v4('1.0.0.1')], { signal: controller.signal });
    assert.ok(!again.ok);
    assert.equal(attempts.length, 1);
  });

  it('refuses a guarded address that it was connected to after all', async () => {
    const rebinding: Network = {
      ...network,
      connect: () => {
        const socket = new Socket();
        Object.defineProperty(socket, 'remoteAddress', { value: '169.254.169.254' });
        process.nextTick(() => socket.emit('connect'));
        return socket;
      },
    };
    const outcome = await run([v4('1.0.0.1')], { network: rebinding });
    assert.ok(!outcome.ok);
    assert.equal(outcome.failure.kind, 'guard');
    assert.equal(outcome.failure.message, '169.254.169.254');
  });

  it('interleaves the families, the first one leading', () => {
    const addresses = [v6('a'), v6('b'), v4('c'), v6('d'), v4('e')];
    assert.deepEqual(
      interleave(addresses).map(({ address }) => address),
      ['a', 'c', 'b', 'e', 'd'],
    );
  });
});

describe('resolveHost', () => {
  const options = { timeoutMs: 1000, signal: undefined, allowLinkLocal: false };
  const resolving = (...addresses: { address: string; family: number }[]): Network => ({
    lookup: () => Promise.resolve(addresses),
    connect: () => assert.fail('no packet may leave'),
  });

  it('refuses a name that resolves to a metadata address, wherever it stands', async () => {
    const network = resolving({ address: '127.0.0.1', family: 4 }, { address: '::ffff:169.254.169.254', family: 6 });
    const outcome = await resolveHost('rebind.test', { ...options, network });
    assert.ok(!outcome.ok);
    assert.deepEqual([outcome.failure.kind, outcome.failure.message], ['guard', '::ffff:169.254.169.254']);
  });

  it('lets it pass where a setting allows it', async () => {
    const network = resolving({ address: '169.254.169.254', family: 4 });
    const outcome = await resolveHost('metadata.test', { ...options, network, allowLinkLocal: true });
    assert.equal(outcome.ok, true);
  });

  it('asks nobody about an address', async () => {
    const network: Network = { ...resolving(), lookup: () => assert.fail('no lookup') };
    const outcome = await resolveHost('127.0.0.1', { ...options, network });
    assert.deepEqual(outcome, { ok: true, value: [{ address: '127.0.0.1', family: 4 }] });
  });

  it('keeps the resolver’s own code', async () => {
    const network: Network = {
      ...resolving(),
      lookup: () => Promise.reject(Object.assign(new Error('getaddrinfo EAI_AGAIN x'), { code: 'EAI_AGAIN' })),
    };
    const outcome = await resolveHost('x.test', { ...options, network });
    assert.ok(!outcome.ok);
    assert.deepEqual(
      [outcome.failure.phase, outcome.failure.kind, outcome.failure.code],
      ['dns', 'error', 'EAI_AGAIN'],
    );
  });

  it('gives up on a resolver that never answers', async () => {
    const network: Network = { ...resolving(), lookup: () => new Promise(() => {}) };
    const outcome = await resolveHost('x.test', { ...options, network, timeoutMs: 10 });
    assert.ok(!outcome.ok);
    assert.equal(outcome.failure.kind, 'timeout');
  });
});
