import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { missedBetween, soonerWords } from '../../../src/core/lab/experiments/reconnect.js';
import { ByteServer, type ByteScript, closeFrame, serverFrame } from '../../support/byteServer.js';
import { experiment, findingIds } from '../../support/experiments.js';
import { UpgradeServer } from '../../support/upgradeServer.js';

describe('missedBetween', () => {
  it('counts what lay between connections, and nothing of what lay within', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(gaps, fc.integer({ min: 2, max: 20 }), (lost, length) => {
        let next = 1;
        const connections = lost.map((gap) => {
          next += gap;
          const numbers = Array.from({ length }, () => next++);
          return numbers;
        });
        const [, ...between] = lost;
        const { lost: found, repeated, startsAnew } = missedBetween(connections);
        assert.deepEqual([found, repeated, startsAnew], [between.reduce((sum, gap) => sum + gap, 0), 0, false]);
      }),
    );
  });

  it('counts what came again, which then was not lost', () => {
    assert.deepEqual(missedBetween([[1, 2, 3], [2, 3, 4, 5], [6]]), {
      lost: 0,
      repeated: 2,
      startsAnew: false,
      evidence: [],
    });
  });

  it('takes as many numbers as are kept', () => {
    const many = Array.from({ length: 200_000 }, (_, index) => index);
    assert.equal(missedBetween([many, [200_005]]).lost, 5);
  });

  it('says nothing of connections that count for themselves', () => {
    assert.deepEqual(
      missedBetween([
        [1, 2, 3],
        [1, 2],
        [1, 2, 3],
      ]),
      { lost: 0, repeated: 0, startsAnew: true, evidence: [] },
    );
  });
});

describe('lab reconnect', () => {
  const cleanups: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    await Promise.all(cleanups.splice(0).map((cleanup) => cleanup()));
  });
  const quick = {
    session: {
      heartbeat: null,
      reconnect: { initialMs: 20, maxMs: 40, jitter: 0, maxAttempts: 3 },
      dialect: 'auto',
      autoPong: true,
      shareConnection: false,
    },
    timeouts: { messageMs: 400 },
  };
  const settings = { connections: 3, forMs: 20_000 };
  const sending =
    (...lists: readonly (readonly number[])[]) =>
    (connection: number): ByteScript => ({
      onOpen: (socket) => {
        for (const n of lists[connection] ?? []) socket.write(serverFrame(1, JSON.stringify({ n })));
      },
      onFrame: ({ opcode }, socket) => opcode === 8 && socket.end(closeFrame(1000)),
    });

  it('passes where a client is back at the first try, and missed nothing', async () => {
    const server = await ByteServer.start(sending([1, 2], [3], [4, 5], [6]));
    cleanups.push(() => server.stop());
    const record = await experiment('reconnect', server.url(), { ...settings, jsonPath: '$.n' }, quick);
    assert.equal(record.verdict, 'pass', record.conclusion);
    const { firstTryPercent, lost, repeated, returns } = record.numbers;
    assert.deepEqual([returns, firstTryPercent, lost, repeated], [3, 100, 0, 0]);
    assert.match(record.conclusion, /3 times, 3 at the first try, .* no message was lost or repeated\.$/);
  });

  it('counts what was lost and what came again', async () => {
    const server = await ByteServer.start(sending([1, 2], [5, 6], [6, 7], [8]));
    cleanups.push(() => server.stop());
    const record = await experiment('reconnect', server.url(), { ...settings, jsonPath: '$.n' }, quick);
    assert.equal(record.verdict, 'fail', record.conclusion);
    assert.deepEqual([record.numbers['lost'], record.numbers['repeated']], [2, 1]);
    assert.deepEqual(findingIds(record), ['lab.messages-lost', 'lab.messages-disordered']);
  });

  it('tells refusals of the way back, and heeds when to come back', async () => {
    let asked = 0;
    const server = await UpgradeServer.start((visit) => {
      asked += 1;
      if (asked % 2 === 0) visit.refuse(503, { 'Retry-After': '0' });
      else void visit.accept();
    });
    cleanups.push(() => server.stop());
    const record = await experiment('reconnect', server.url(), settings, quick);
    const { firstTryPercent, returns, retryAfterSeconds, tries } = record.numbers;
    assert.deepEqual([returns, firstTryPercent, tries, retryAfterSeconds], [3, 0, 6, 0]);
    assert.deepEqual([record.verdict, findingIds(record)], ['warn', ['lab.reconnect-refused']]);
  });

  it('fails where a client does not get back in', async () => {
    const server = await ByteServer.start({ onOpen: () => server.refuseMore() });
    cleanups.push(() => server.stop());
    const record = await experiment('reconnect', server.url(), settings, quick);
    assert.deepEqual([record.verdict, record.connections], ['fail', { opened: 1, failed: 3 }]);
    assert.match(record.conclusion, /did not come back/);
    assert.equal(record.findings[0]?.severity, 'error');
  });

  it('tells a client that does not back off, and only that', async () => {
    const server = await UpgradeServer.start((visit) => {
      if (server.asked.length % 2 === 0) visit.refuse(503);
      else void visit.accept();
    });
    cleanups.push(() => server.stop());
    const evidenceWith = async (maxMs: number) => {
      const session = { ...quick.session, reconnect: { ...quick.session.reconnect, initialMs: 5, maxMs } };
      const record = await experiment('reconnect', server.url(), settings, { ...quick, session });
      return record.findings[0]?.evidence.join() ?? 'nothing found';
    };
    assert.match(await evidenceWith(5), /does not back off.*waits 5(\.0*)? ms/);
    assert.doesNotMatch(await evidenceWith(40), /back off|nothing found/);
  });

  it('tells a server that drops it sooner and sooner', () => {
    const openedMs = [0, 6_400, 9_600, 11_200, 12_000, 12_400, 12_600, 12_700, 12_750];
    const told = '; the server drops it sooner and sooner, every 1.60 s before, every 100 ms in the end';
    assert.equal(soonerWords({ dropsByServer: 8, openedMs }), told);
    assert.equal(soonerWords({ dropsByServer: 0, openedMs }), '', 'we dropped it ourselves');
    assert.equal(soonerWords({ dropsByServer: 8, openedMs: openedMs.map((_, index) => index * 500) }), '');
  });

  it('comes back from an end of the server too', async () => {
    const server = await ByteServer.start({ onOpen: (socket) => socket.end(closeFrame(1012)) });
    cleanups.push(() => server.stop());
    const record = await experiment('reconnect', server.url(), settings, quick);
    assert.deepEqual([record.numbers['returns'], record.numbers['endedByServer']], [3, 3], record.conclusion);
  });
});
