import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { type Playground, startPlayground } from '../../../../src/core/playground/index.js';
import { runProbe } from '../../../../src/core/probe/runProbe.js';
import { Session } from '../../../../src/core/session/session.js';
import {
  data,
  frame,
  headers,
  Http2Peer,
  type PeerConnection,
  ping,
  SETTING,
  settings,
  settingsAck,
  takesConnect,
  TYPE,
  windowUpdate,
} from '../../../support/http2Frames.js';
import { encodeFrame } from '../../../../src/core/frames/frameEncoder.js';
import { KeptLog } from '../../../support/keptLog.js';
import { planFor } from '../../../support/plan.js';

const MEGABYTE = 1024 * 1024;
const OK = [[':status', '200']] as const;

describe('HTTP/2 under load', () => {
  let peer: Http2Peer | null = null;
  let playground: Playground | null = null;
  let session: Session | null = null;
  let changes: EventEmitter;
  afterEach(async () => {
    session?.dispose();
    await peer?.stop();
    await playground?.stop();
    peer = null;
    playground = null;
    session = null;
  });

  const open = async (url: string) => {
    changes = new EventEmitter();
    const opened = new Session({
      sessionId: 's1',
      plan: planFor(url, { http: '2', compression: false }),
      log: new KeptLog(),
      keepPayloadBytes: 0,
      vantage: { host: 'here', remote: null },
      onChange: () => changes.emit('change'),
    });
    session = opened;
    await opened.open();
    return opened;
  };
  const until = async (done: () => boolean) => {
    while (!done()) await once(changes, 'change');
  };

  it('what the peer has no window for waits, is counted, and arrives whole', async () => {
    peer = await Http2Peer.start(async (connection) => {
      connection.send(settings([SETTING.enableConnectProtocol, 1], [SETTING.initialWindowSize, 1_000]));
      connection.send(headers(await connection.request(), OK));
    });
    const opened = await open(peer.url);
    const [connection] = peer.connections;
    assert.ok(connection);
    const words = Array.from({ length: 40 }, (_, index) => String(index % 10).repeat(10_000));
    const sent = Promise.all(words.map((word) => opened.send({ format: 'text', content: word, binary: false })));
    while (connection.received(1).length < 1_000) await connection.next();
    await new Promise(setImmediate);
    assert.equal(connection.received(1).length, 1_000);
    const { bufferedBytes } = opened.snapshot();
    assert.ok(bufferedBytes > 350_000 && bufferedBytes <= 40 * 10_008, String(bufferedBytes));
    connection.send(windowUpdate(0, 4 * MEGABYTE), windowUpdate(1, 4 * MEGABYTE));
    await sent;
    while (connection.received(1).length < 40 * 10_008) await connection.next();
    assert.equal(opened.snapshot().bufferedBytes, 0);
    const bytes = connection.received(1);
    const arrived = words.map((_, index) => {
      const at = index * 10_008;
      const key = bytes.subarray(at + 4, at + 8);
      return bytes
        .subarray(at + 8, at + 10_008)
        .map((byte, place) => byte ^ (key[place % 4] ?? 0))
        .toString();
    });
    assert.deepEqual(arrived, words);
  });

  it('a paused session holds the peer back, and loses nothing', async () => {
    const payload = Buffer.alloc(4 * MEGABYTE, 'abcdefg');
    peer = await Http2Peer.start(async (connection) => {
      connection.send(takesConnect, settingsAck);
      connection.send(headers(await connection.request(), OK));
    });
    const opened = await open(peer.url);
    const [connection] = peer.connections;
    assert.ok(connection);
    opened.pause(true);
    const bytes = encodeFrame({ opcode: 2, payload });
    const sender = new Sender(connection, bytes);
    await sender.pumpUntilQuiet();
    assert.ok(sender.sent < 2 * MEGABYTE, String(sender.sent));
    opened.pause(false);
    await sender.pump();
    await until(() => opened.snapshot().received.messages === 1);
    assert.equal(opened.snapshot().received.payloadBytes, payload.length);
  });

  it('messages of 16 MiB pass both ways', async () => {
    playground = await startPlayground({ port: 0 });
    const opened = await open(`${playground.http2.h2c}/echo`);
    const content = 'x'.repeat(16 * MEGABYTE);
    await opened.send({ format: 'text', content, binary: false });
    await until(() => opened.snapshot().received.messages === 1);
    assert.equal(opened.snapshot().received.payloadBytes, content.length);
  });

  const flood = async (piece: Uint8Array, upgraded: boolean) => {
    let sent = 0;
    peer = await Http2Peer.start(async (connection) => {
      connection.send(takesConnect, settingsAck);
      if (upgraded) connection.send(headers(await connection.request(), OK));
      const block = Buffer.concat(Array.from({ length: 200 }, () => piece));
      while (!connection.ended && sent < 64 * MEGABYTE) {
        sent += block.length;
        if (!connection.socket.write(block))
          await Promise.race([once(connection.socket, 'drain'), connection.closed()]);
        else await new Promise(setImmediate);
      }
    });
    const report = await runProbe(planFor(peer.url, { http: '2', expect: { holdMs: 5_000 } }));
    return { report, sent };
  };

  for (const [name, piece] of [
    ['PING', ping()],
    ['SETTINGS', takesConnect],
  ] as const) {
    for (const upgraded of [false, true]) {
      it(`a flood of ${name} ${upgraded ? 'in the middle' : 'instead of an answer'} is ended by us, and soon`, async () => {
        const { report, sent } = await flood(piece, upgraded);
        assert.equal(report.verdict, 'down');
        assert.match(report.error?.message ?? '', /flooded us with HTTP\/2 control frames/);
        assert.equal(report.error?.code, 'limit.http2-flood');
        assert.equal(report.findings[0]?.id, 'limit.http2-flood');
        assert.ok(sent < 4 * MEGABYTE, String(sent));
      });
    }
  }

  it('a flood of empty DATA is ended too', async () => {
    const { report } = await flood(frame(TYPE.data, 1), true);
    assert.match(report.error?.message ?? '', /flooded us/);
  });
});

/** Sends one stream's bytes as far as the windows of the client allow. */
class Sender {
  sent = 0;

  constructor(
    readonly connection: PeerConnection,
    readonly bytes: Buffer,
  ) {}

  /** To the end. */
  async pump(): Promise<void> {
    while (this.#push()) await this.connection.next();
  }

  /** Until the client grants nothing more for a while. */
  async pumpUntilQuiet(): Promise<void> {
    for (let quiet = 0; quiet < 50; quiet++) {
      const before = this.sent;
      this.#push();
      if (this.sent > before) quiet = 0;
      await new Promise(setImmediate);
    }
  }

  /** False when all has been sent. */
  #push(): boolean {
    for (;;) {
      const size = Math.min(16_384, this.#credit(0), this.#credit(1), this.bytes.length - this.sent);
      if (size <= 0) return this.sent < this.bytes.length;
      this.connection.send(data(1, this.bytes.subarray(this.sent, this.sent + size)));
      this.sent += size;
    }
  }

  #credit(streamId: number): number {
    const { frames } = this.connection;
    const granted = frames
      .filter((each) => each.type === TYPE.windowUpdate && each.streamId === streamId)
      .reduce((sum, { payload }) => sum + payload.readUInt32BE(0), 0);
    return (streamId === 0 ? 65_535 : initialWindow(frames)) + granted - this.sent;
  }
}

function initialWindow(frames: PeerConnection['frames']): number {
  const payload = frames.find(({ type }) => type === TYPE.settings)?.payload ?? Buffer.alloc(0);
  for (let at = 0; at < payload.length; at += 6) {
    if (payload.readUInt16BE(at) === SETTING.initialWindowSize) return payload.readUInt32BE(at + 2);
  }
  return 65_535;
}
