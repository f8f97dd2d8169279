import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { type Playground, startPlayground } from '../../../src/core/playground/index.js';
import { Session, type SessionSetup } from '../../../src/core/session/session.js';
import type { SessionState } from '../../../src/core/session/snapshot.js';
import { KeptLog } from '../../support/keptLog.js';
import { planFor } from '../../support/plan.js';

const text = (content: string) => ({ format: 'text', content, binary: false }) as const;

describe('Session', () => {
  let playground: Playground;
  let session: Session;
  let log: KeptLog;
  let changes: EventEmitter;
  before(async () => {
    playground = await startPlayground({ port: 0 });
  });
  after(() => playground.stop());
  afterEach(() => session.dispose());

  const start = async (
    path: string,
    overrides: Parameters<typeof planFor>[1] = {},
    setup: Partial<SessionSetup> = {},
  ) => {
    log = new KeptLog();
    changes = new EventEmitter();
    session = new Session({
      sessionId: 's1',
      plan: planFor(`${playground.ws}${path}`, overrides),
      log,
      keepPayloadBytes: 1 << 20,
      vantage: { host: 'here', remote: null },
      random: () => 0,
      onChange: () => changes.emit('change'),
      ...setup,
    });
    return session.open();
  };
  const until = async (done: () => boolean) => {
    while (!done()) await once(changes, 'change');
  };
  const untilState = (state: SessionState) => until(() => session.state === state);
  const received = () => log.frames.filter(({ direction }) => direction === 'received');

  it('counts a revision when something changes, not when it is looked at', async () => {
    await start('/echo');
    const { revision } = session.snapshot();
    assert.equal(session.snapshot().revision, revision);
    session.pause(true);
    assert.ok(session.snapshot().revision > revision);
  });

  it('opens with a report, talks, and closes cleanly', async () => {
    const report = await start('/echo', { compression: false });
    assert.equal(report.verdict, 'healthy');
    assert.equal(report.close, null);
    assert.equal(session.state, 'open');
    await session.send(text('hello'));
    await until(() => received().length === 1);
    assert.equal(Buffer.from(received()[0]?.payload ?? []).toString(), 'hello');
    session.close(1000, 'bye');
    await untilState('closed');
    const { close, sent, received: got } = session.snapshot();
    assert.deepEqual([close?.code, close?.initiator, close?.clean], [1000, 'client', true]);
    assert.deepEqual([sent.messages, sent.frames, got.messages, got.frames], [1, 2, 1, 2]);
    assert.equal(got.wireBytes, 2 + 5 + 2 + 2 + 3);
  });

  it('gives the inflated content of compressed messages, in order', async () => {
    await start('/echo');
    for (const word of ['one', 'two', 'three']) await session.send(text(word));
    await until(() => log.inflated.filter(([direction]) => direction === 'received').length === 3);
    for (const direction of ['sent', 'received']) {
      assert.deepEqual(
        log.inflated.filter(([each]) => each === direction).map(([, content]) => content),
        ['one', 'two', 'three'],
      );
    }
    assert.ok((session.snapshot().compressionRatio?.received ?? 0) > 0);
  });

  it('is closed, with the reason, when it cannot connect', async () => {
    const report = await start('/status/401');
    assert.equal(session.state, 'closed');
    assert.equal(report.findings[0]?.id, 'upgrade.unauthorized');
    await assert.rejects(session.send(text('x')), { code: 'session.not-open' });
  });

  it('says why the peer ended it', async () => {
    await start('/close/4401?after=20&reason=expired');
    await untilState('closed');
    const { close, findings } = session.snapshot();
    assert.deepEqual([close?.code, close?.reason, close?.initiator], [4401, 'expired', 'server']);
    assert.equal(findings[0]?.id, 'close.rejected');
  });

  it('tells FIN from RST', async () => {
    await start('/fin?after=20');
    await untilState('closed');
    assert.match(session.snapshot().close?.evidence ?? '', /FIN/);
    session.dispose();
    await start('/rst?after=20');
    await untilState('closed');
    assert.match(session.snapshot().close?.evidence ?? '', /RST/);
  });

  it('measures ping round trips, and pongs the peer unless told not to', async () => {
    await start('/ping?every=10');
    session.ping();
    await until(() => session.snapshot().roundTrips !== null);
    assert.ok((session.snapshot().roundTrips?.p50Ms ?? 0) > 0);
    const pongs = () => log.frames.filter(({ direction, opcode }) => direction === 'sent' && opcode === 10).length;
    await until(() => pongs() >= 2);
    session.refusePong(true);
    const before = pongs();
    const pings = received().length;
    await until(() => received().length > pings + 2);
    assert.equal(pongs(), before);
  });

  it('gives a half-open connection up when the heartbeat is not answered', async () => {
    await start('/no-pong', {
      session: {
        heartbeat: { everyMs: 20, timeoutMs: 30, send: 'ping' },
        reconnect: null,
        dialect: 'auto',
        autoPong: true,
        shareConnection: false,
      },
    });
    await untilState('closed');
    const { close, findings } = session.snapshot();
    assert.equal(close?.code, 1006);
    assert.equal(findings[0]?.id, 'session.half-open');
  });

  it('beats with a message where the profile says so', async () => {
    await start('/echo', {
      compression: false,
      session: {
        heartbeat: { everyMs: 10, timeoutMs: 500, send: { json: { type: 'beat' } } },
        reconnect: null,
        dialect: 'auto',
        autoPong: true,
        shareConnection: false,
      },
    });
    await until(() => received().length >= 3);
    assert.equal(Buffer.from(received()[0]?.payload ?? []).toString(), '{"type":"beat"}');
    assert.equal(session.state, 'open');
  });

  it('reconnects with growing delays until it may not', async () => {
    await start('/fin?after=0', {
      session: {
        heartbeat: null,
        reconnect: { initialMs: 5, maxMs: 15, jitter: 0.5, maxAttempts: 3 },
        dialect: 'auto',
        autoPong: true,
        shareConnection: false,
      },
    });
    await untilState('closed');
    assert.equal(session.snapshot().connections, 4);
    assert.deepEqual(
      log.events.flatMap((event) => /Reconnecting in (\d+) ms \(attempt (\d) of 3\)/.exec(event)?.slice(1) ?? []),
      ['5', '1', '10', '2', '15', '3'],
    );
  });

  it('does not reconnect to be refused again', async () => {
    await start('/close/3003?after=0', {
      session: {
        heartbeat: null,
        reconnect: { initialMs: 1, maxMs: 1, jitter: 0, maxAttempts: 3 },
        dialect: 'auto',
        autoPong: true,
        shareConnection: false,
      },
    });
    await untilState('closed');
    assert.equal(session.snapshot().connections, 1);
  });

  it('connects anew when asked, its frames on the same clock', async () => {
    await start('/echo', { compression: false });
    await session.send(text('a'));
    await until(() => received().length === 1);
    const report = await session.reconnect();
    assert.equal(report.phases[0]?.startMs !== undefined && report.phases[0].startMs < 1000, true);
    assert.equal(session.state, 'open');
    await session.send(text('b'));
    await until(() => received().some(({ connection, opcode }) => connection === 2 && opcode === 1));
    const times = log.frames.map(({ atMs }) => atMs);
    assert.deepEqual(
      [...times].sort((x, y) => x - y),
      times,
    );
  });

  it('repeats a message and stops when told', async () => {
    await start('/echo', { compression: false });
    session.repeat({ format: 'text', content: '${seq}', binary: false }, 3, 1);
    await until(() => received().length === 3);
    assert.deepEqual(
      received().map(({ payload }) => Buffer.from(payload).toString()),
      ['1', '2', '3'],
    );
    session.repeat(text('x'), 100_000, 1);
    await until(() => received().length > 5);
    session.stopRepeat();
    assert.equal(session.snapshot().repeating, null);
  });

  it('fills the profile’s variables into what is typed, and says which has no value', async () => {
    await start('/echo', { compression: false, variables: { tenant: 'acme' } });
    await session.send({ format: 'json', content: '{"tenant":"${tenant}"}', binary: false });
    await until(() => received().length === 1);
    assert.equal(Buffer.from(received()[0]?.payload ?? []).toString(), '{"tenant":"acme"}');
    await assert.rejects(session.send(text('${nobody}')), { code: 'payload-variable' });
  });

  it('sends raw frames with any bits, and logs the answer', async () => {
    await start('/echo', { compression: false });
    await session.sendRaw({
      fin: true,
      rsv1: false,
      rsv2: true,
      rsv3: false,
      opcode: 1,
      masked: true,
      payload: text('x'),
    });
    await untilState('closed');
    const sent = log.frames.find(({ direction }) => direction === 'sent');
    assert.deepEqual([sent?.rsv2, sent?.masked, sent?.payloadBytes], [true, true, 1]);
    assert.equal(session.snapshot().close?.code, 1002);
  });

  it('pauses reading and goes on', async () => {
    await start('/ping?every=5');
    await until(() => received().length > 0);
    session.pause(true);
    assert.equal(session.snapshot().paused, true);
    const before = received().length;
    session.pause(false);
    await until(() => received().length > before);
  });

  it('refuses JSON that is none, and sends what was typed', async () => {
    await start('/echo', { compression: false });
    await assert.rejects(session.send({ format: 'json', content: '{"a":}', binary: false }), {
      code: 'message.invalid-json',
    });
    await session.send({ format: 'json', content: '{ "b" : 12345678901234567890 }', binary: false });
    await until(() => received().length === 1);
    assert.equal(Buffer.from(received()[0]?.payload ?? []).toString(), '{ "b" : 12345678901234567890 }');
  });

  it('refuses to queue without end for a peer that does not read', async () => {
    await start('/no-read', { compression: false });
    const megabyte = { format: 'text', content: 'x'.repeat(8 << 20), binary: true } as const;
    const sends = Array.from({ length: 12 }, () =>
      session.send(megabyte).catch((error: { code: string }) => error.code),
    );
    await until(() => session.snapshot().bufferedBytes > 32 << 20);
    assert.ok(session.snapshot().bufferedBytes <= 72 << 20);
    session.terminate();
    const codes = await Promise.all(sends);
    assert.ok(codes.includes('session.buffer-full'));
  });

  it('lets go at once under a flood', async () => {
    await start('/flood?count=100000');
    await until(() => received().length > 10);
    session.terminate();
    await untilState('closed');
    assert.equal(session.snapshot().close?.code, 1006);
  });

  it('names the violation that ended it', async () => {
    await start('/masked');
    await untilState('closed');
    assert.equal(session.snapshot().findings[0]?.id, 'frame.masked');
  });
});
