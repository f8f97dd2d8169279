import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { Channel, type Port, RemoteError } from '../../../src/protocol/channel.js';

interface Requests {
  readonly double: { readonly params: number; readonly result: number };
  readonly wait: { readonly params: null; readonly result: string };
  readonly fail: { readonly params: null; readonly result: null };
  readonly unclonable: { readonly params: unknown; readonly result: unknown };
}
interface Events {
  readonly said: string;
}

/** Two ports whose messages are cloned as a real port does, delivered in order, later. */
function portPair(): [Port, Port] {
  const listeners: ((message: unknown) => void)[][] = [[], []];
  const port = (own: number): Port => ({
    postMessage: (message) => {
      const copy = structuredClone(message);
      queueMicrotask(() => {
        for (const listener of listeners[1 - own] ?? []) listener(copy);
      });
    },
    onMessage: (listener) => listeners[own]?.push(listener),
  });
  return [port(0), port(1)];
}

function connect() {
  const [near, far] = portPair();
  const said: string[] = [];
  const aborted: unknown[] = [];
  const client = new Channel<Requests, object, object, Events>(near, {}, { said: (text) => said.push(text) });
  const server = new Channel<object, Requests, Events, object>(far, {
    double: (value) => value * 2,
    wait: (_params, signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          aborted.push(signal.reason);
          resolve('cancelled');
        });
      }),
    fail: () => {
      throw Object.assign(new Error('No such thing.'), { code: 'thing.none', hint: 'Make one.' });
    },
    unclonable: () => () => 1,
  });
  return { client, server, near, far, said, aborted };
}

describe('Channel', () => {
  it('answers each request with its own result, whatever the order', async () => {
    const { client } = connect();
    const results = await Promise.all([1, 2, 3].map((value) => client.request('double', value)));
    assert.deepEqual(results, [2, 4, 6]);
    assert.equal(client.pendingCount, 0);
  });

  it('carries an error as text, code and hint, never a stack', async () => {
    const { client } = connect();
    const error = await client.request('fail', null).catch((reason: unknown) => reason);
    assert.ok(error instanceof RemoteError);
    assert.deepEqual([error.message, error.code, error.hint], ['No such thing.', 'thing.none', 'Make one.']);
  });

  it('cancels what runs on the other side and still settles', async () => {
    const { client, aborted } = connect();
    const controller = new AbortController();
    const waiting = client.request('wait', null, controller.signal);
    await client.request('double', 1);
    controller.abort();
    assert.equal(await waiting, 'cancelled');
    assert.equal(aborted.length, 1);
  });

  it('cancels a request whose signal was aborted before', async () => {
    const { client, aborted } = connect();
    assert.equal(await client.request('wait', null, AbortSignal.abort()), 'cancelled');
    assert.equal(aborted.length, 1);
  });

  it('rejects what waits, aborts what runs and refuses what comes after the end', async () => {
    const { client, server, aborted } = connect();
    const waiting = client.request('wait', null);
    await client.request('double', 1);
    client.end(new Error('The other side is gone.'));
    await assert.rejects(waiting, /The other side is gone/);
    await assert.rejects(client.request('double', 1), /The other side is gone/);
    assert.equal(client.pendingCount, 0);
    server.end(new Error('Closing.'));
    server.end(new Error('Again.'));
    assert.equal(aborted.length, 1);
  });

  it('rejects a request that cannot cross the port and keeps nothing of it', async () => {
    const { client } = connect();
    await assert.rejects(client.request('unclonable', () => 1));
    assert.equal(client.pendingCount, 0);
    assert.equal(await client.request('double', 4), 8);
  });

  it('settles a request whose result cannot cross the port', async () => {
    const { client } = connect();
    await assert.rejects(client.request('unclonable', null), RemoteError);
  });

  it('answers an unknown request with an error, also one named like a method of every object', async () => {
    const [near, far] = portPair();
    const server = new Channel<object, Requests, object, object>(far);
    const client = new Channel<Record<string, { params: null; result: null }>, object, object, object>(near);
    for (const method of ['nothing', 'constructor', '__proto__', 'toString']) {
      await assert.rejects(client.request(method, null), (error: RemoteError) => error.code === 'unknown-method');
    }
    assert.equal(server.pendingCount, 0);
  });

  it('delivers events in order and drops those without a listener', async () => {
    const { client, server, said } = connect();
    server.emit('said', 'one');
    (server as unknown as Channel<object, object, { toString: string }, object>).emit('toString', 'x');
    server.emit('said', 'two');
    await client.request('double', 1);
    assert.deepEqual(said, ['one', 'two']);
  });

  it('drops every message it does not know, without an answer', async () => {
    const sent: unknown[] = [];
    let deliver: (message: unknown) => void = () => undefined;
    const channel = new Channel<Requests, Requests, object, Events>(
      { postMessage: (message) => sent.push(message), onMessage: (listener) => (deliver = listener) },
      {},
    );
    const waiting = channel.request('double', 1);
    const kinds = fc.constantFrom('result', 'error', 'cancel', 'event', 'other');
    const garbage = fc.oneof(
      fc.anything(),
      fc.record({ kind: kinds, id: fc.oneof(fc.integer({ min: 2 }), fc.anything()), error: fc.anything() }),
      fc.record({ kind: kinds, name: fc.oneof(fc.string(), fc.constant('__proto__')), data: fc.anything() }),
      fc.record({ kind: fc.constant('error'), id: fc.constant(1), error: fc.oneof(fc.string(), fc.constant(null)) }),
    );
    fc.assert(
      fc.property(
        garbage.filter((value) => !settles(value)),
        (message) => deliver(message),
      ),
    );
    assert.equal(sent.length, 1);
    assert.equal(channel.pendingCount, 1);
    deliver({ kind: 'result', id: 1, result: 2 });
    assert.equal(await waiting, 2);
  });
});

function settles(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, id } = value as { kind?: unknown; id?: unknown };
  return (kind === 'result' && id === 1) || kind === 'request';
}
