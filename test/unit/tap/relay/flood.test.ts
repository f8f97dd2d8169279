import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { WebSocket, WebSocketServer } from 'ws';
import { ObservedSource } from '../../../../src/core/session/observedSource.js';
import { Relay, type RelayOptions } from '../../../../src/core/tap/relay/relay.js';
import type { FloodOrder, FloodTold } from '../../../support/floodPeers.js';
import { openWay, WAYS } from '../../../autobahn/ways.js';
import { planFor } from '../../../support/plan.js';

const MIB = 1024 * 1024;
const BUDGET = { memoryBytes: 4 * MIB, diskBytes: 4 * MIB };
/** Of one connection on the relay, with its two sockets, its run and its evidence. */
const MAX_BYTES_EACH = 200 * 1024;

/** The clients and their server run beside the tests; what they tell, in its order. */
class Peers {
  readonly #child: ChildProcess;
  readonly #told: FloodTold[] = [];
  #wake: () => void = () => {};

  constructor() {
    this.#child = fork('test/support/floodPeers.ts', { execArgv: ['--import', 'tsx'] });
    this.#child.on('message', (told: FloodTold) => {
      this.#told.push(told);
      this.#wake();
    });
  }

  async until<K extends FloodTold['kind']>(kind: K): Promise<FloodTold & { readonly kind: K }> {
    for (;;) {
      const at = this.#told.findIndex((told) => told.kind === kind);
      if (at >= 0) return this.#told.splice(at, 1)[0] as FloodTold & { readonly kind: K };
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  order(order: FloodOrder | 'close'): void {
    this.#child.send(order);
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }
}

/** As many as two sockets each leave room for. */
function mostClients(): number {
  if (process.platform === 'win32') return 1_000;
  const limit = execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).trim();
  return limit === 'unlimited' ? 1_500 : Math.min(1_500, Math.floor((Number(limit) - 1_000) / 2));
}

describe('a relay under a flood', function () {
  this.timeout(180_000);
  let peers: Peers;
  let port: number;
  beforeEach(async () => {
    peers = new Peers();
    ({ port } = await peers.until('listening'));
  });
  afterEach(() => peers.stop());

  async function relayed(
    options: Partial<RelayOptions>,
    work: (relay: Relay, source: ObservedSource, url: string) => Promise<void>,
  ): Promise<void> {
    const url = `ws://127.0.0.1:${port}/`;
    const source = new ObservedSource({ sessionId: 'tap', name: 'tap', url, spillDir: tmpdir(), budget: BUDGET });
    const faults: unknown[] = [];
    const relay = new Relay({
      plan: planFor(url),
      host: '127.0.0.1',
      port: 0,
      tls: null,
      removedHeaders: [],
      faults: [],
      seed: 1,
      interactive: false,
      vantage: { host: 'here', remote: null },
      source,
      onFault: (error) => faults.push(error),
      ...options,
    });
    try {
      await work(relay, source, await relay.start());
      deepStrictEqual(faults, []);
    } finally {
      await relay.stop();
      await source.dispose();
    }
  }

  for (const interactive of [false, true])
    it(`loses nothing of 100 sockets with 10,000 messages, ${interactive ? 'message by message' : 'as bytes'}`, () =>
      relayed({ interactive }, async (relay, source, url) => {
        const [clients, messages] = [100, 100];
        peers.order({ url, clients, messages });
        const { received, wrong } = await peers.until('done');
        deepStrictEqual(wrong, []);
        strictEqual(received, clients * messages);
        const { toClient, toServer } = relay.summary().messages;
        deepStrictEqual([toServer, toClient], [clients * messages, clients * messages]);
        const { log } = source.snapshot();
        ok(log.payloadBytesInMemory <= BUDGET.memoryBytes, `${log.payloadBytesInMemory} bytes in memory`);
        ok(log.payloadBytesOnDisk <= BUDGET.diskBytes, `${log.payloadBytesOnDisk} bytes on disk`);
        peers.order('close');
        await peers.until('closed');
      }));

  it('holds more than a thousand clients, each with little memory, and lets all of them go', () =>
    relayed({}, async (relay, source, url) => {
      const clients = mostClients();
      const before = process.memoryUsage();
      peers.order({ url, clients, messages: 1 });
      const { received, wrong } = await peers.until('done');
      deepStrictEqual([wrong, received], [[], clients]);
      const { active, connections } = relay.summary();
      deepStrictEqual([active, connections], [clients, clients]);
      ok((source.snapshot().observed?.listed.length ?? 0) <= 1_000);
      const { external, heapUsed } = process.memoryUsage();
      const each = (heapUsed + external - before.heapUsed - before.external) / clients;
      ok(each < MAX_BYTES_EACH, `${Math.round(each)} bytes a connection`);
      peers.order('close');
      await peers.until('closed');
      while (relay.summary().active > 0) await new Promise((resolve) => (source.onChange = () => resolve(undefined)));
      const { normal, ...others } = relay.summary().disconnects;
      strictEqual(normal, clients, JSON.stringify(others));
    }));
});

describe('a relay between a fast and a slow side', function () {
  this.timeout(180_000);
  for (const way of WAYS.filter((each) => each.startsWith('relay')))
    for (const slow of ['client', 'server'] as const)
      it(`${way}: holds the other back while the ${slow} does not read, and loses nothing once it does`, async () => {
        const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
        await once(server, 'listening');
        const opened = await openWay(way, `ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
        const arrived = once(server, 'connection') as Promise<[WebSocket]>;
        const client = new WebSocket(opened.url, { perMessageDeflate: false, rejectUnauthorized: false });
        await once(client, 'open');
        const [peer] = await arrived;
        const [reader, sender] = slow === 'client' ? [client, peer] : [peer, client];
        reader.pause();
        const block = Buffer.alloc(MIB, 7);
        let sent = 0;
        // What the kernels and the buffers between them take is bounded: far less than is offered.
        while (sent < 200 && sender.bufferedAmount < 8 * block.length) {
          sender.send(block);
          sent += 1;
          await new Promise((resolve) => setImmediate(resolve));
        }
        ok(sent < 200, `${sent} MiB were taken`);
        let read = 0;
        const all = new Promise<void>((resolve) =>
          reader.on('message', (data: Buffer) => {
            ok(data.equals(block));
            if (++read === sent) resolve();
          }),
        );
        reader.resume();
        await all;
        client.close(1000);
        await once(client, 'close');
        deepStrictEqual(await opened.disagreements(), []);
        await opened.close();
        server.close();
      });
});
