import assert from 'node:assert/strict';
import { type Playground, startPlayground } from '../../../src/core/playground/index.js';
import type { Step } from '../../../src/core/base/step.js';
import { Session } from '../../../src/core/session/session.js';
import { KeptLog } from '../../support/keptLog.js';
import { planFor } from '../../support/plan.js';

describe('Steps in an open session', () => {
  let playground: Playground;
  let session: Session;
  before(async () => {
    playground = await startPlayground({ port: 0 });
  });
  after(() => playground.stop());
  afterEach(() => session.dispose());

  const open = async (steps: readonly Step[], path = '/echo', overrides: Parameters<typeof planFor>[1] = {}) => {
    session = new Session({
      sessionId: 's1',
      plan: { ...planFor(`${playground.ws}${path}`, overrides), steps },
      log: new KeptLog(),
      keepPayloadBytes: 1 << 20,
      vantage: { host: 'here', remote: null },
      random: () => 0,
      onChange: () => {},
    });
    await session.open();
    return session;
  };
  const statuses = async (range = {}) => (await session.runSteps(range)).map(({ status }) => status);

  const talk: readonly Step[] = [
    { send: { json: { n: 1, at: 'a' } } },
    { expect: { jsonPath: '$.n', equals: 1 }, capture: { at: '$.at' } },
    { send: { json: { again: '${at}' } } },
    { expect: { jsonPath: '$.again', equals: 'a' } },
    { ping: {} },
    { expect: { contains: 'never' }, withinMs: 30 },
    { close: { code: 1000 } },
  ];

  it('are run over its connection, from one on, to one, and it stays open', async () => {
    await open(talk);
    assert.deepEqual(await statuses({ to: 5 }), ['ok', 'ok', 'ok', 'ok', 'ok']);
    assert.equal(session.state, 'open');
    assert.deepEqual(await statuses({ from: 5, to: 7 }), ['ok', 'failed', 'skipped']);
    assert.deepEqual(await statuses({ from: 7 }), ['ok']);
    assert.equal(session.state, 'closed');
    assert.equal(session.report?.close?.clean, true);
  });

  it('are run while the heartbeat beats', async () => {
    const { session: kept } = planFor('ws://127.0.0.1');
    const heartbeat = { everyMs: 20, timeoutMs: 1000, send: 'beat' };
    await open([{ expectCount: { match: { equals: 'beat' }, min: 3 } }], '/echo', { session: { ...kept, heartbeat } });
    assert.deepEqual(await statuses(), ['ok']);
    assert.ok((session.snapshot().heartbeat?.answered ?? 0) > 1);
  });

  it('are run while pings of Engine.IO are answered, unless the session is told not to answer', async () => {
    const { session: kept } = planFor('ws://127.0.0.1');
    const send = { send: '2' };
    const comes = (text: string) => ({ expect: { equals: text }, withinMs: 30_000 });
    const none = { expectCount: { match: { equals: '3' }, max: 0 }, withinMs: 80 };
    // What comes back of what was sent: the echo of each ping is answered, and the answer echoed.
    for (const [autoPong, count, steps] of [
      [true, 4, [send, send, comes('3'), comes('3')]],
      [false, 2, [send, send, comes('2'), comes('2'), none]],
    ] as const) {
      await open(steps, '/echo?EIO=4', { session: { ...kept, autoPong } });
      assert.deepEqual(
        await statuses(),
        steps.map(() => 'ok'),
      );
      assert.equal(session.snapshot().received.messages, count);
      session.dispose();
    }
  });

  it('hear of an end, and of the Close that came', async () => {
    await open([{ expectClose: { code: 4401 } }], '/close/4401');
    if (session.state === 'open') assert.deepEqual(await statuses(), ['ok']);
    assert.equal(session.report?.close?.code, 4401);
  });

  it('tell no secret, are stopped, and are run one conversation at a time', async () => {
    await open([{ send: 'hunter2-secret' }, { expect: { equals: 'x' }, withinMs: 60_000 }], '/echo', {
      secrets: ['hunter2-secret'],
    });
    const running = session.runSteps({});
    await assert.rejects(session.runSteps({}), { code: 'session.steps-running' });
    setTimeout(() => session.stopSteps(), 50);
    const rows = await running;
    assert.deepEqual(
      rows.map(({ status, error }) => [status, error]),
      [
        ['ok', null],
        ['failed', 'Cancelled.'],
      ],
    );
    assert.doesNotMatch(JSON.stringify(rows), /hunter2/);
    await assert.rejects(session.runSteps({ from: 9 }), { code: 'session.no-steps' });
  });
});
