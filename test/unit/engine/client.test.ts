import assert from 'node:assert/strict';
import { ProbeError } from '../../../src/core/base/errors.js';
import type { ProbePlan } from '../../../src/core/base/plan.js';
import { EngineClient } from '../../../src/engine/client.js';

const workerUrl = new URL('./workers/fake.mjs', import.meta.url);

describe('EngineClient', () => {
  const clients: EngineClient[] = [];

  function start(options: { cancelGraceMs?: number } = {}) {
    const lines: string[] = [];
    const crashes: ProbeError[] = [];
    const progress: number[] = [];
    let onProgress = (): void => undefined;
    const heard = new Promise<void>((resolve) => (onProgress = resolve));
    let onLine = (): void => undefined;
    const logged = new Promise<void>((resolve) => (onLine = resolve));
    const client = new EngineClient({
      workerUrl,
      log: (line) => {
        lines.push(line);
        onLine();
      },
      onProgress: ({ probeId }) => {
        progress.push(probeId);
        onProgress();
      },
      ...options,
    });
    clients.push(client);
    client.onDidCrash((error) => crashes.push(error));
    return { client, lines, logged, crashes, progress, heard };
  }

  const probe = (client: EngineClient, name: string, signal?: AbortSignal) => {
    const plan = { name } as ProbePlan;
    return client.request('probe', { plan, probeId: 7, vantage: { host: 'here', remote: null } }, signal);
  };

  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.dispose()));
  });

  it('starts no worker before the first request', async () => {
    const { client } = start();
    assert.equal(client.isRunning, false);
    assert.equal((await probe(client, 'first')).name, 'first');
    assert.equal(client.isRunning, true);
  });

  it('tells of each variation of a differential before its report', async () => {
    const heard: string[] = [];
    const client = new EngineClient({
      workerUrl,
      log: () => undefined,
      onProgress: () => undefined,
      onVariation: ({ probeId, variation }) => heard.push(`${probeId} ${variation.id}`),
    });
    clients.push(client);
    const params = { plan: { name: 'vary' } as ProbePlan, probeId: 7, vantage: { host: 'here', remote: null } };
    assert.equal((await client.request('differential', params)).name, 'differential');
    assert.deepEqual(heard, ['7 no-compression', '7 no-origin']);
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

  it('passes progress on and cancels by the signal', async () => {
    const { client, progress, heard } = start();
    const controller = new AbortController();
    const waiting = probe(client, 'wait', controller.signal);
    await heard;
    controller.abort();
    assert.equal((await waiting).name, 'cancelled');
    assert.deepEqual(progress, [7]);
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
