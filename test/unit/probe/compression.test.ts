import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { createServer, type Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { constants, createDeflateRaw } from 'node:zlib';
import type { ServerOptions } from 'ws';
import { FrameDecoder } from '../../../src/core/frames/frameDecoder.js';
import { acceptFor } from '../../../src/core/handshake/accept.js';
import type { FrameRecord, Report } from '../../../src/core/base/model.js';
import { runProbe as runUnchecked } from '../../../src/core/probe/runProbe.js';
import type { CompressionOptions } from '../../../src/core/base/plan.js';
import { Session } from '../../../src/core/session/session.js';
import { encodeFrame } from '../../../src/core/frames/frameEncoder.js';
import { KeptLog } from '../../support/keptLog.js';
import { planFor } from '../../support/plan.js';
import { assertMatchesSchema } from '../../support/reportSchema.js';
import { UpgradeServer, type Visit } from '../../support/upgradeServer.js';

const runProbe: typeof runUnchecked = async (plan, options) => {
  const report = await runUnchecked(plan, options);
  assertMatchesSchema(report);
  return report;
};

/** Compresses well against itself, and better against the message before. */
const TEXT = Array.from(
  { length: 120 },
  (_, index) => `{"row":${index * 7919},"word":"${(index * 2654435761).toString(36)}"}`,
).join('\n');

/** RFC 7692 7.2.1: messages one after the other, each a payload; with `reset` no message refers to one before. */
async function deflated(texts: readonly string[], reset: boolean): Promise<Buffer[]> {
  const deflate = createDeflateRaw();
  const payloads: Buffer[] = [];
  const chunks: Buffer[] = [];
  deflate.on('data', (chunk: Buffer) => chunks.push(chunk));
  for (const text of texts) {
    deflate.write(text);
    await new Promise<void>((resolve) => deflate.flush(constants.Z_SYNC_FLUSH, resolve));
    payloads.push(Buffer.concat(chunks.splice(0)).subarray(0, -4));
    if (reset) deflate.reset();
  }
  deflate.close();
  return payloads;
}

/** Frames of one compressed message: RSV1 on the first one only (RFC 7692 6.1). */
function fragments(payload: Uint8Array, count: number): Buffer {
  const size = Math.ceil(payload.length / count);
  return Buffer.concat(
    Array.from({ length: count }, (_, index) =>
      encodeFrame({
        opcode: index === 0 ? 1 : 0,
        fin: index === count - 1,
        rsv1: index === 0,
        payload: payload.subarray(index * size, (index + 1) * size),
      }),
    ),
  );
}

/** Answers a Close of the client, and nothing else. */
function answerClose(stream: Duplex): void {
  const decoder = new FrameDecoder({
    direction: 'sent',
    keepPayloadBytes: 125,
    borrowPayload: false,
    onFrame: ({ opcode, payload }) => {
      if (opcode === 8) stream.end(encodeFrame({ opcode: 8, payload }));
    },
  });
  stream.on('data', (chunk: Buffer) => decoder.push(chunk, 0));
}

describe('permessage-deflate', () => {
  const servers: UpgradeServer[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  });
  const serve = async (onVisit?: (visit: Visit) => void, webSocket?: ServerOptions) => {
    const server = await UpgradeServer.start(onVisit, webSocket ? { webSocket } : {});
    servers.push(server);
    return server;
  };
  const echo = (perMessageDeflate: ServerOptions['perMessageDeflate']) =>
    serve(
      (visit) =>
        void visit.accept().then((client) => client.on('message', (data, binary) => client.send(data, { binary }))),
      {
        perMessageDeflate: perMessageDeflate ?? false,
      },
    );
  /** Opens by hand, and writes what it is given. */
  const writing = (extensions: string, bytes: Buffer) =>
    serve(({ request, socket }) => {
      const accept = acceptFor(request.headers['sec-websocket-key'] ?? '');
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Extensions: ${extensions}\r\n\r\n`,
      );
      socket.write(bytes);
      answerClose(socket);
    });
  const messages = (report: Report, direction: FrameRecord['direction']) =>
    report.frames.filter((frame) => frame.direction === direction && frame.inflated !== undefined);

  const offers: [compression: boolean | CompressionOptions, offered: string | null][] = [
    [false, null],
    [true, 'permessage-deflate; client_max_window_bits'],
    [{}, 'permessage-deflate; client_max_window_bits'],
    [{ clientMaxWindowBits: true }, 'permessage-deflate; client_max_window_bits'],
    [{ clientMaxWindowBits: 10 }, 'permessage-deflate; client_max_window_bits=10'],
    [{ serverMaxWindowBits: 9 }, 'permessage-deflate; server_max_window_bits=9; client_max_window_bits'],
    [
      { serverNoContextTakeover: true, clientNoContextTakeover: true },
      'permessage-deflate; server_no_context_takeover; client_no_context_takeover; client_max_window_bits',
    ],
  ];
  for (const [compression, offered] of offers) {
    it(`offers ${offered ?? 'nothing'} for ${JSON.stringify(compression)}`, async () => {
      const server = await echo(false);
      const report = await runProbe(planFor(server.url(), { compression }));
      assert.equal(server.asked[0]?.headers['sec-websocket-extensions'] ?? null, offered);
      assert.deepEqual(report.compression, { offered, accepted: null, enabled: false, parameters: null });
    });
  }

  const takeovers: [
    name: string,
    options: Omit<CompressionOptions, 'clientMaxWindowBits'>,
    server: boolean,
    client: boolean,
  ][] = [
    ['both ways', {}, true, true],
    ['neither way', { serverNoContextTakeover: true, clientNoContextTakeover: true }, false, false],
    ['the client only', { serverNoContextTakeover: true }, false, true],
    ['the server only', { clientNoContextTakeover: true }, true, false],
  ];
  for (const [name, compression, server, client] of takeovers) {
    it(`shows every message inflated, with context takeover: ${name}`, async () => {
      const peer = await echo({ ...compression });
      const report = await runProbe(
        planFor(peer.url(), { compression, message: { send: TEXT, expect: 'echo', samples: 3 } }),
      );
      assert.equal(report.verdict, 'healthy');
      assert.deepEqual(report.compression.parameters, {
        serverContextTakeover: server,
        clientContextTakeover: client,
        serverMaxWindowBits: 15,
        clientMaxWindowBits: 15,
      });
      for (const [direction, takesOver] of [
        ['sent', client],
        ['received', server],
      ] as const) {
        const seen = messages(report, direction);
        assert.deepEqual(
          seen.map(({ inflated }) => inflated?.bytes),
          Array(3).fill(TEXT.length),
        );
        assert.ok(seen.every(({ inflated }) => TEXT.startsWith(inflated?.text ?? '?')));
        const [first = 0, second = 0] = seen.map(({ payloadBytes }) => payloadBytes);
        assert.ok(first < TEXT.length / 2, 'compressed');
        // A message like the one before costs next to nothing where that one is remembered.
        if (takesOver) assert.ok(second < first / 5, `${direction}: ${first}, ${second}`);
        else assert.equal(second, first, direction);
      }
    });
  }

  it('counts the bits of the windows that were agreed on', async () => {
    const peer = await echo({ serverMaxWindowBits: 10, clientMaxWindowBits: 11 });
    const report = await runProbe(planFor(peer.url(), { message: { send: TEXT, expect: 'echo', samples: 2 } }));
    assert.equal(report.verdict, 'healthy');
    const { serverMaxWindowBits, clientMaxWindowBits } = report.compression.parameters ?? {};
    assert.deepEqual([serverMaxWindowBits, clientMaxWindowBits], [10, 11]);
  });

  for (const [extensions, compression, why] of [
    [
      'permessage-deflate; server_max_window_bits=12',
      { serverMaxWindowBits: 10 },
      /server_max_window_bits=12, more than the 10/,
    ],
    [
      'permessage-deflate; client_max_window_bits=12',
      { clientMaxWindowBits: 10 },
      /client_max_window_bits=12, more than the 10/,
    ],
    ['permessage-deflate; server_no_context_takeover; server_no_context_takeover', true, /twice/],
    ['permessage-deflate; mem_level=9', true, /no parameter/],
  ] as const) {
    it(`refuses ${extensions} to ${JSON.stringify(compression)}`, async () => {
      const peer = await writing(extensions, Buffer.alloc(0));
      const report = await runProbe(planFor(peer.url(), { compression }));
      assert.equal(report.findings[0]?.id, 'extension.invalid');
      assert.match(report.error?.message ?? '', why);
      assert.equal(report.compression.parameters, null);
    });
  }

  it('puts a fragmented message together on its last frame, whatever comes between', async () => {
    const [one, two] = await deflated([TEXT, `${TEXT}!`], false);
    const cut = fragments(two!, 4);
    const bytes = Buffer.concat([fragments(one!, 3), encodeFrame({ opcode: 9, payload: 'p' }), cut]);
    const peer = await writing('permessage-deflate', bytes);
    const report = await runProbe(planFor(peer.url(), { message: { expect: { contains: '!' }, samples: 1 } }));
    assert.equal(report.verdict, 'healthy');
    const data = report.frames.filter(({ direction, opcode }) => direction === 'received' && opcode < 8);
    assert.deepEqual(
      data.map(({ fin, rsv1, inflated }) => [fin, rsv1, inflated?.bytes ?? null]),
      [
        [false, true, null],
        [false, false, null],
        [true, false, TEXT.length],
        [false, true, null],
        [false, false, null],
        [false, false, null],
        [true, false, TEXT.length + 1],
      ],
    );
  });

  it('finds a server that promises to forget and does not', async () => {
    const payloads = await deflated([TEXT, TEXT], false);
    const peer = await writing(
      'permessage-deflate; server_no_context_takeover',
      Buffer.concat(payloads.map((payload) => fragments(payload, 1))),
    );
    const report = await runProbe(planFor(peer.url(), { expect: { holdMs: 3_000 } }));
    assert.equal(report.findings[0]?.id, 'frame.bad-deflate');
    assert.equal(messages(report, 'received').length, 1, 'the first message is whole');
  });

  it('shows messages of a session inflated', async () => {
    const peer = await echo({});
    const log = new KeptLog();
    const changes = new EventEmitter();
    const session = new Session({
      sessionId: 's1',
      plan: planFor(peer.url()),
      log,
      keepPayloadBytes: 1 << 20,
      vantage: { host: 'here', remote: null },
      onChange: () => changes.emit('change'),
    });
    try {
      const report = await session.open();
      assert.equal(report.compression.parameters?.serverContextTakeover, true);
      for (let count = 0; count < 2; count++) await session.send({ format: 'text', content: TEXT, binary: false });
      while (log.inflated.length < 4) await once(changes, 'change');
      assert.deepEqual(log.inflated.map(([direction]) => direction).sort(), ['received', 'received', 'sent', 'sent']);
      assert.ok(log.inflated.every(([, text]) => text === TEXT));
      const ratio = session.snapshot().compressionRatio;
      assert.ok(ratio?.sent && ratio.sent < 0.5 && ratio.received && ratio.received < 0.5, JSON.stringify(ratio));
    } finally {
      session.dispose();
    }
  });

  describe('over HTTP/2', () => {
    let server: Http2Server;
    let plan: ReturnType<typeof planFor>;
    let answer: { extensions: string; bytes: Buffer };
    beforeEach(async () => {
      server = createServer({ settings: { enableConnectProtocol: true } });
      server.on('stream', (stream) => {
        stream.on('error', () => {});
        stream.respond({ ':status': 200, 'sec-websocket-extensions': answer.extensions });
        stream.write(answer.bytes);
        answerClose(stream);
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      plan = planFor(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`, { http: '2' });
    });
    afterEach(async () => {
      server.close();
      await once(server, 'close');
    });

    it('shows messages inflated, fragmented or not, with their takeover', async () => {
      const [one, two] = await deflated([TEXT, `${TEXT}!`], false);
      answer = {
        extensions: 'permessage-deflate; client_no_context_takeover',
        bytes: Buffer.concat([fragments(one!, 1), fragments(two!, 5)]),
      };
      const report = await runProbe({ ...plan, message: { expect: { contains: '!' }, samples: 1 } });
      assert.equal(report.response?.httpVersion, '2');
      assert.equal(report.verdict, 'healthy');
      assert.deepEqual(report.compression.parameters, {
        serverContextTakeover: true,
        clientContextTakeover: false,
        serverMaxWindowBits: 15,
        clientMaxWindowBits: 15,
      });
      const [first, second] = messages(report, 'received');
      assert.deepEqual([first?.inflated?.bytes, second?.inflated?.bytes], [TEXT.length, TEXT.length + 1]);
    });

    it('finds a broken stream', async () => {
      answer = { extensions: 'permessage-deflate', bytes: fragments(Buffer.from('ffffffff', 'hex'), 1) };
      const report = await runProbe(plan);
      assert.equal(report.findings[0]?.id, 'frame.bad-deflate');
    });
  });
});
