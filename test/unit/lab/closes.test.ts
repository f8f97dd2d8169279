import assert from 'node:assert/strict';
import { ByteServer, closeFrame } from '../../support/byteServer.js';
import { experiment, findingIds } from '../../support/experiments.js';
import { UpgradeServer } from '../../support/upgradeServer.js';

describe('lab closes', () => {
  const cleanups: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    await Promise.all(cleanups.splice(0).map((cleanup) => cleanup()));
  });

  const byConnection = async (script: Parameters<typeof ByteServer.start>[0]) => {
    const server = await ByteServer.start(script);
    cleanups.push(() => server.stop());
    return server;
  };

  /** Answers a Close as one should. */
  const polite = {
    onFrame: ({ opcode }: { opcode: number }, socket: { end: (bytes: Buffer) => void }) => {
      if (opcode === 8) socket.end(closeFrame(1000));
    },
  };

  it('passes where every connection ends as it should', async () => {
    const server = await UpgradeServer.start();
    cleanups.push(() => server.stop());
    const record = await experiment('closes', server.url(), { connections: 6 });
    assert.equal(record.verdict, 'pass', record.conclusion);
    assert.deepEqual(record.connections, { opened: 6, failed: 0 });
    assert.equal(record.numbers['closes1000'], 6);
    assert.equal(record.numbers['abnormal'], 0);
    assert.equal(server.asked.length, 6);
    assert.equal(record.runs.length, 6);
  });

  it('counts each code, and fails where more than a healthy server has end abnormally', async () => {
    const server = await byConnection((connection) =>
      connection % 2 === 0 ? polite : { onOpen: (socket) => socket.end(closeFrame(1011, 'boom')) },
    );
    const record = await experiment('closes', server.url(), { connections: 10 });
    assert.equal(record.verdict, 'fail', record.conclusion);
    assert.equal(record.numbers['closes1011'], 5);
    assert.equal(record.numbers['closes1000'], 5);
    assert.equal(record.numbers['abnormalPercent'], 50);
    assert.equal(record.findings[0]?.id, 'lab.abnormal-closes');
    assert.ok(findingIds(record).includes('close.internal-error'));
    assert.match(record.conclusion, /5 with 1011/);
  });

  it('warns where few cases cannot be told from chance', async () => {
    const server = await byConnection((connection) =>
      connection === 1 ? { onOpen: (socket) => socket.end(closeFrame(1013)) } : polite,
    );
    const record = await experiment('closes', server.url(), { connections: 8 });
    assert.equal(record.verdict, 'warn', record.conclusion);
    assert.match(record.conclusion, /too few to tell from chance/);
  });

  it('tells why where nothing opened', async () => {
    const server = await UpgradeServer.start((visit) => visit.refuse(503));
    cleanups.push(() => server.stop());
    const record = await experiment('closes', server.url(), { connections: 3 });
    assert.deepEqual([record.verdict, record.connections], ['fail', { opened: 0, failed: 3 }]);
    assert.match(record.conclusion, /^No connection opened: /);
    assert.equal(record.findings[0]?.id, 'upgrade.unavailable');
    assert.equal(record.runs[0]?.status, 503);
  });

  it('ends where it is stopped, with what was found by then', async () => {
    const controller = new AbortController();
    const server = await UpgradeServer.start((visit) => {
      if (server.asked.length > 4) controller.abort();
      else void visit.accept();
    });
    cleanups.push(() => server.stop());
    const { signal } = controller;
    const record = await experiment('closes', server.url(), { connections: 40 }, {}, { signal });
    assert.match(record.stopped ?? '', /interrupted/);
    assert.ok(record.connections.opened <= 4);
    await server.idle();
  });

  it('keeps what is secret to itself', async () => {
    const server = await byConnection({ onOpen: (socket) => socket.end(closeFrame(4401, 'no canary-token here')) });
    const overrides = { auth: { type: 'bearer', token: 'canary-token' }, secrets: ['canary-token'] } as const;
    const record = await experiment('closes', `${server.url()}?token=abcdefgh`, { connections: 2 }, overrides);
    assert.equal(record.numbers['closes4401'], 2);
    assert.deepEqual([record.numbers['abnormal'], record.numbers['refused']], [0, 2]);
    assert.match(record.conclusion, /2 with 4401: 2 refused by a Close\.$/);
    assert.doesNotMatch(JSON.stringify(record), /canary|abcdefgh/);
  });
});
