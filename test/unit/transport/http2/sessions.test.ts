import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import type { Frame } from '../../../../src/core/base/frame.js';
import type { Report } from '../../../../src/core/base/model.js';
import { type Playground, startPlayground } from '../../../../src/core/playground/index.js';
import { Session } from '../../../../src/core/session/session.js';
import { Http2Pool } from '../../../../src/core/transport/carriers/http2/http2Pool.js';
import {
  data,
  ERROR,
  FLAG,
  goaway,
  headers,
  Http2Peer,
  SETTING,
  settings,
  takesConnect,
  TYPE,
} from '../../../support/http2Frames.js';
import { KeptLog } from '../../../support/keptLog.js';
import { planFor } from '../../../support/plan.js';

type Overrides = Parameters<typeof planFor>[1];

const text = (content: string) => ({ format: 'text', content, binary: false }) as const;
const SHARE = { heartbeat: null, reconnect: null, dialect: 'auto', autoPong: true, shareConnection: true } as const;

/** A session and what it logged, with a way to wait. */
class Talk {
  readonly log = new KeptLog();
  readonly session: Session;
  readonly #changes = new EventEmitter();

  constructor(url: string, overrides: Overrides, pool: Http2Pool) {
    this.session = new Session({
      sessionId: 's1',
      plan: planFor(url, { http: '2', ...overrides }),
      log: this.log,
      keepPayloadBytes: 1 << 20,
      vantage: { host: 'here', remote: null },
      random: () => 0,
      pool,
      onChange: () => this.#changes.emit('change'),
    });
  }

  async until(done: () => boolean): Promise<void> {
    while (!done()) await once(this.#changes, 'change');
  }

  get received(): string[] {
    return this.log.frames
      .filter(({ direction, opcode }) => direction === 'received' && opcode < 8)
      .map(({ payload }) => Buffer.from(payload).toString());
  }

  async echo(word: string): Promise<void> {
    const { length } = this.received;
    await this.session.send(text(word));
    await this.until(() => this.received.length > length);
    assert.equal(this.received.at(-1), word);
  }

  async close(): Promise<void> {
    this.session.close(1000, '');
    await this.until(() => this.session.state === 'closed');
  }
}

describe('sessions over HTTP/2', () => {
  let playground: Playground;
  let pool: Http2Pool;
  let talks: Talk[];
  before(async () => {
    playground = await startPlayground({ port: 0 });
  });
  after(() => playground.stop());
  beforeEach(() => {
    pool = new Http2Pool();
    talks = [];
  });
  afterEach(() => {
    for (const { session } of talks) session.dispose();
  });

  const talkTo = (url: string, overrides: Overrides = {}) => {
    const talk = new Talk(url, { compression: false, ...overrides }, pool);
    talks.push(talk);
    return talk;
  };
  const open = async (path: string, overrides: Overrides = {}): Promise<[Talk, Report]> => {
    const talk = talkTo(`${playground.http2.h2c}${path}`, overrides);
    return [talk, await talk.session.open()];
  };
  const idle = async () => {
    for (let turn = 0; playground.openSockets > 0 && turn < 2_000; turn++) await new Promise(setImmediate);
    assert.equal(playground.openSockets, 0);
  };

  it('share one connection: the second needs no dns, tcp, tls of its own, and the last closes it', async () => {
    const tls = { ca: [playground.caPem] };
    const secure = async () => {
      const talk = talkTo(`${playground.http2.h2}/echo`, { tls, session: SHARE });
      return [talk, await talk.session.open()] as const;
    };
    const [one, first] = await secure();
    const [two, second] = await secure();
    assert.equal(playground.openSockets, 1);
    assert.deepEqual([first.http2?.streamId, first.http2?.shared], [1, false]);
    assert.deepEqual([second.http2?.streamId, second.http2?.shared], [3, true]);
    assert.deepEqual(
      second.phases.map(({ name, status, detail }) => [name, status, detail['shared']]),
      [
        ['dns', 'skipped', true],
        ['tcp', 'skipped', true],
        ['tls', 'skipped', true],
        ['upgrade', 'ok', undefined],
        ['close', 'not-reached', undefined],
      ],
    );
    const { settingsMs, requestSentMs } = second.phases.find(({ name }) => name === 'upgrade')?.detail ?? {};
    assert.equal(settingsMs, null);
    assert.ok(Number(requestSentMs) >= 0 && Number(requestSentMs) <= second.durationMs);
    await Promise.all([one.echo('one'), two.echo('two')]);
    await one.close();
    await two.echo('still there');
    assert.equal(playground.openSockets, 1);
    await two.close();
    await idle();
    const [, third] = await secure();
    assert.equal(third.http2?.shared, false);
  });

  it('wait for a connection that is being opened, and do without it when it fails', async () => {
    const opened = await Promise.all(['a', 'b', 'c'].map(() => open('/echo', { session: SHARE })));
    assert.deepEqual(new Set(opened.map(([, { http2 }]) => http2?.streamId)), new Set([1, 3, 5]));
    assert.equal(playground.openSockets, 1);
    const refused = await Promise.all(
      ['a', 'b'].map(() => talkTo(`${playground.ws}/echo`, { session: SHARE }).session.open()),
    );
    assert.deepEqual(
      refused.map(({ error }) => error?.code),
      ['http2.not-supported', 'http2.not-supported'],
    );
  });

  it('are not shared unless all of them ask for it, or where the way differs', async () => {
    await open('/echo', { session: SHARE });
    await open('/echo');
    await open('/echo', { session: SHARE, tls: { serverName: 'localhost' } });
    assert.equal(playground.openSockets, 3);
  });

  it('are ended one by one: a reset of one leaves the other whole', async () => {
    const [one] = await open('/echo', { session: SHARE });
    const [two] = await open('/rst?on=message', { session: SHARE });
    await two.session.send(text('go'));
    await two.until(() => two.session.state === 'closed');
    assert.equal(two.session.snapshot().findings[0]?.id, 'close.reset');
    await one.echo('whole');
    one.session.terminate();
    await idle();
  });

  it('keep the connection when one is cancelled while it opens', async () => {
    const [one] = await open('/echo', { session: SHARE });
    const never = talkTo(`${playground.http2.h2c}/never`, { session: SHARE });
    const opening = never.session.open();
    await never.until(() => never.session.state === 'connecting');
    while (playground.requests < 1) await new Promise(setImmediate);
    never.session.terminate();
    assert.equal((await opening).error?.code, 'cancelled');
    await one.echo('whole');
    await one.close();
    await idle();
  });

  it('open a new connection after GOAWAY, and when the streams of one are used up', async () => {
    const peer = await Http2Peer.start(async (connection) => {
      connection.send(settings([SETTING.enableConnectProtocol, 1], [SETTING.maxConcurrentStreams, 2]));
      for (let id = await connection.request(); id > 0; id = await connection.request(id)) {
        connection.send(headers(id, [[':status', '200']]));
      }
    });
    const join = async () => {
      const talk = talkTo(peer.url, { session: SHARE });
      await talk.session.open();
      return talk;
    };
    const first = await join();
    await join();
    assert.equal(peer.connections.length, 1);
    await join();
    assert.equal(peer.connections.length, 2);
    const [one, two] = peer.connections;
    two?.send(goaway(1, ERROR.noError));
    await two?.frame(({ type }) => type === TYPE.goaway);
    await join();
    assert.equal(peer.connections.length, 3);
    assert.equal(first.session.state, 'open');
    one?.send(data(1, Buffer.from('880203e8', 'hex'), FLAG.endStream));
    await first.until(() => first.session.state === 'closed');
    for (const { session } of talks) session.dispose();
    await peer.stop();
  });

  /** Takes the first two WebSockets of its first connection, which is silent from then on; then every one of the next. */
  const dying = () =>
    Http2Peer.start(async (connection) => {
      connection.send(takesConnect);
      const isFirst = peerOf(connection) === 0;
      for (let id = await connection.request(), count = 1; id > 0; id = await connection.request(id), count++) {
        if (!isFirst || count <= 2) connection.send(headers(id, [[':status', '200']]));
      }
    });
  const connections: unknown[] = [];
  const peerOf = (connection: unknown) => connections.push(connection) - 1;

  it('leave a shared connection alone on which an opening handshake had no answer', async () => {
    connections.length = 0;
    const peer = await dying();
    const join = (overrides: Overrides = {}) => talkTo(peer.url, { session: SHARE, ...overrides }).session;
    const [one, two] = [join(), join()];
    await one.open();
    await two.open();
    const refused = await join({ timeouts: { upgradeMs: 50 } }).open();
    assert.equal(refused.error?.code, 'upgrade.timeout');
    const fresh = join();
    await fresh.open();
    assert.deepEqual([one.state, two.state, fresh.state], ['open', 'open', 'open']);
    assert.equal(peer.connections.length, 2);
    for (const { session } of talks) session.dispose();
    await peer.stop();
  });

  it('reconnect over a new connection when the heartbeat was not answered on the shared one', async () => {
    connections.length = 0;
    const peer = await dying();
    const other = talkTo(peer.url, { session: SHARE });
    await other.session.open();
    const talk = talkTo(peer.url, {
      session: {
        ...SHARE,
        heartbeat: { everyMs: 10, timeoutMs: 20, send: 'ping' },
        reconnect: { initialMs: 1, maxMs: 1, jitter: 0, maxAttempts: 1 },
      },
    });
    await talk.session.open();
    await talk.until(() => talk.session.snapshot().connections === 2 && talk.session.state === 'open');
    assert.equal(peer.connections.length, 2);
    assert.equal(other.session.state, 'open');
    for (const { session } of talks) session.dispose();
    await peer.stop();
  });

  it('wait no longer than their own time for a connection that another one opens', async () => {
    let silent = true;
    const peer = await Http2Peer.start(async (connection) => {
      if (silent) {
        silent = false;
        return;
      }
      connection.send(takesConnect);
      connection.send(headers(await connection.request(), [[':status', '200']]));
    });
    const slow = talkTo(peer.url, { session: SHARE });
    const opening = slow.session.open();
    const quick = talkTo(peer.url, { session: SHARE, timeouts: { connectMs: 50 } });
    assert.equal((await quick.session.open()).error, null);
    assert.equal(slow.session.state, 'connecting');
    slow.session.terminate();
    assert.equal((await opening).error?.code, 'cancelled');
    for (const { session } of talks) session.dispose();
    await peer.stop();
  });

  it('speak HTTP/1.1 without TLS where HTTP/2 is not asked for, whoever shares a connection to that server', async () => {
    await open('/echo', { session: SHARE });
    const [, report] = await open('/echo', { session: SHARE, http: 'auto' });
    assert.deepEqual([report.error?.code, report.http2], ['upgrade.not-http', undefined]);
  });

  it('read on after a half-close', async () => {
    const peer = await Http2Peer.start(async (connection) => {
      connection.send(takesConnect);
      const id = await connection.request();
      connection.send(headers(id, [[':status', '200']]));
      await connection.frame(({ type, flags }) => type === TYPE.data && (flags & FLAG.endStream) !== 0);
      connection.send(data(id, Buffer.from('81026f6b880203e8', 'hex'), FLAG.endStream));
    });
    const talk = talkTo(peer.url);
    await talk.session.open();
    talk.session.halfClose();
    await talk.until(() => talk.session.state === 'closed');
    assert.deepEqual([talk.received, talk.session.snapshot().close?.code], [['ok'], 1000]);
    await peer.stop();
  });

  it('send raw frames in their place, pause and go on', async () => {
    const [talk] = await open('/echo');
    await talk.session.sendRaw({
      opcode: 1,
      fin: false,
      rsv1: false,
      rsv2: false,
      rsv3: false,
      masked: true,
      payload: text('half '),
    });
    await talk.session.sendRaw({
      opcode: 0,
      fin: true,
      rsv1: false,
      rsv2: false,
      rsv3: false,
      masked: true,
      payload: text('and half'),
    });
    await talk.until(() => talk.received.length === 1);
    assert.equal(talk.received[0], 'half and half');
    talk.session.pause(true);
    await talk.session.send(text('x'));
    talk.session.pause(false);
    await talk.until(() => talk.received.length === 2);
    await talk.close();
  });

  it('reconnect', async () => {
    const session = { ...SHARE, reconnect: { initialMs: 1, maxMs: 5, jitter: 0, maxAttempts: 3 } };
    const [talk] = await open('/close/1012?on=message', { session });
    await talk.session.send(text('x'));
    await talk.until(() => talk.session.snapshot().connections === 2 && talk.session.state === 'open');
    assert.equal(talk.session.report?.http2?.streamId, 1);
    talk.session.terminate();
    await idle();
  });

  it('log the same frames as over HTTP/1.1', async () => {
    const logs = await Promise.all(
      [playground.http2.h2c, playground.ws].map(async (door) => {
        const talk = talkTo(`${door}/echo`, { compression: true, http: door === playground.ws ? '1.1' : '2' });
        await talk.session.open();
        for (const word of ['one', 'two two two two', 'x'.repeat(70_000)]) await talk.session.send(text(word));
        await talk.until(() => talk.log.inflated.filter(([direction]) => direction === 'received').length === 3);
        talk.session.ping('p');
        await talk.until(() => talk.log.frames.some(({ opcode }) => opcode === 10));
        await talk.close();
        const facts = ({ direction, opcode, fin, rsv1, payload, payloadBytes, headerBytes, wireOffset }: Frame) => ({
          direction,
          opcode,
          fin,
          rsv1,
          payloadBytes,
          headerBytes,
          wireOffset,
          payload: Buffer.from(payload).toString('hex'),
        });
        return {
          frames: ['sent', 'received'].map((way) =>
            talk.log.frames.filter(({ direction }) => direction === way).map(facts),
          ),
          inflated: talk.log.inflated,
        };
      }),
    );
    assert.deepEqual(logs[0], logs[1]);
  });
});
