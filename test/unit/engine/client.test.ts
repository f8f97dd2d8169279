import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProbeError } from '../../../src/core/base/errors.js';
import { EngineClient } from '../../../src/engine/client.js';

const workerUrl = new URL('./workers/fake.mjs', import.meta.url);

describe('EngineClient', () => {
  const clients: EngineClient[] = [];

  function start(options: { cancelGraceMs?: number } = {}) {
    const lines: string[] = [];
    const crashes: ProbeError[] = [];
    let onLine = (): void => undefined;
    const logged = new Promise<void>((resolve) => (onLine = resolve));
    const client = new EngineClient({
      workerUrl,
      log: (line) => {
        lines.push(line);
        onLine();
      },
      ...options,
    });
    clients.push(client);
    client.onDidCrash((error) => crashes.push(error));
    return { client, lines, logged, crashes };
  }

  const params = (planId: string) => ({
    plan: { planId, followRedirects: false },
    vantage: { host: 'here', remote: null },
  });
  const probe = (client: EngineClient, name: string, signal?: AbortSignal) =>
    client.start('probe', params(name), signal ? { signal } : {}).done;

  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.dispose()));
  });

  it('leaves no payload on disk when it is disposed', async () => {
    const { client } = start();
    await probe(client, 'first');
    const left = await mkdtemp(join(tmpdir(), `wsprobe-log-${process.pid}-`));
    await writeFile(join(left, '0.slab'), 'payload');
    await client.dispose();
    assert.equal(existsSync(left), false);
  });

  it('starts no worker before the first request', async () => {
    const { client } = start();
    assert.equal(client.isRunning, false);
    assert.equal((await probe(client, 'first')).name, 'first');
    assert.equal(client.isRunning, true);
  });

  it('tells what a job tells, each to its own, and nothing after its result', async () => {
    const { client } = start();
    const heard: string[] = [];
    const vary = (name: string) => {
      const onEvent = ({ id }: { readonly id: string }) => heard.push(`${name} ${id}`);
      return client.start('lab.handshake', params('vary'), { onEvent }).done;
    };
    assert.equal((await vary('first')).name, 'lab.handshake');
    assert.equal((await vary('second')).name, 'lab.handshake');
    await client.request('diagnostics', null);
    assert.deepEqual(heard, ['first no-compression', 'first no-origin', 'second no-compression', 'second no-origin']);
  });

  it('acts on a job while it runs, and asks nothing of one that has ended', async () => {
    const { client } = start();
    const heard: string[] = [];
    const job = client.start('playground', { port: 0 }, { onEvent: ({ ws }) => heard.push(ws) });
    assert.equal(await job.act('stop'), null);
    assert.deepEqual(await job.done, { ended: 'stop', by: [] });
    assert.deepEqual(heard, ['ws://127.0.0.1:1']);
    await client.dispose();
    await assert.rejects(job.act('stop'), (error: ProbeError) => error.code === 'job.not-running');
  });

  it('gives the worker none of the flags of the host and its output to the log', async () => {
    const { client, lines, logged } = start();
    await probe(client, 'first');
    await logged;
    assert.deepEqual(lines, ['up with 0 flags']);
  });

  for (const [how, why] of [
    ['crash', /boom in the worker/],
    ['reject', /nobody caught this/],
    ['exit', /code 7/],
  ] as const) {
    it(`rejects everything that waits when the worker dies by ${how}, says so once, and serves the next`, async () => {
      const { client, crashes } = start();
      const waiting = probe(client, 'wait');
      const dying = probe(client, how);
      for (const request of [waiting, dying]) {
        const error = await request.then(
          () => null,
          (reason: unknown) => reason,
        );
        assert.ok(error instanceof ProbeError);
        assert.equal(error.code, 'engine.stopped');
        assert.match(error.message, why);
        assert.ok(error.hint);
        assert.doesNotMatch(error.message, /\n\s+at /);
      }
      assert.equal((await probe(client, 'next')).name, 'next');
      assert.equal(crashes.length, 1);
    });
  }

  it('cancels a job by the signal', async () => {
    const { client } = start();
    const controller = new AbortController();
    let onEvent = (): void => undefined;
    const heard = new Promise<void>((resolve) => (onEvent = resolve));
    const job = client.start('probe', params('wait'), { signal: controller.signal, onEvent });
    await heard;
    controller.abort();
    assert.equal((await job.done).name, 'cancelled');
  });

  it('ends a worker that does not answer a cancellation', async () => {
    const { client, crashes } = start({ cancelGraceMs: 20 });
    const controller = new AbortController();
    await probe(client, 'up');
    const spinning = probe(client, 'spin', controller.signal);
    controller.abort();
    await assert.rejects(spinning, (error: ProbeError) => error.code === 'engine.stopped');
    assert.equal((await probe(client, 'next')).name, 'next');
    assert.equal(crashes.length, 1);
  });

  it('ends at once with what waits rejected, is not a crash, and stays ended', async () => {
    const { client, crashes } = start();
    const waiting = probe(client, 'wait');
    const spinning = probe(client, 'spin');
    const settled = Promise.allSettled([waiting, spinning]);
    await client.dispose();
    await client.dispose();
    for (const result of await settled) {
      assert.equal(result.status, 'rejected');
      assert.equal((result.reason as ProbeError).code, 'engine.disposed');
    }
    await assert.rejects(probe(client, 'late'), (error: ProbeError) => error.code === 'engine.disposed');
    assert.equal(client.isRunning, false);
    assert.deepEqual(crashes, []);
  });

  it('can be ended before it was ever used', async () => {
    const { client } = start();
    await client.dispose();
    assert.equal(client.isRunning, false);
  });
});
