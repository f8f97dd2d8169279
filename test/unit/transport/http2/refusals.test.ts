import assert from 'node:assert/strict';
import { once } from 'node:events';
import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { Report } from '../../../../src/core/base/model.js';
import { makeCertificates } from '../../../../src/core/playground/certificates.js';
import { runProbe } from '../../../../src/core/probe/runProbe.js';
import {
  data,
  ERROR,
  FLAG,
  frame,
  goaway,
  headerBlock,
  headers,
  Http2Peer,
  type PeerConnection,
  rstStream,
  SETTING,
  settings,
  settingsAck,
  takesConnect,
  TYPE,
  windowUpdate,
} from '../../../support/http2Frames.js';
import { planFor } from '../../../support/plan.js';
import { assertMatchesSchema } from '../../../support/reportSchema.js';

type Overrides = Parameters<typeof planFor>[1];

const OK = [[':status', '200']] as const;
const HOLD = { expect: { holdMs: 5_000 } };

describe('HTTP/2 that goes wrong', () => {
  let peer: Http2Peer;
  let report: Report;
  afterEach(() => peer.stop());

  const probe = async (serve: (connection: PeerConnection) => unknown, overrides: Overrides = {}) => {
    peer = await Http2Peer.start(serve);
    report = await runProbe(planFor(peer.url, { http: '2', ...overrides }));
    assertMatchesSchema(report);
    // Whatever went wrong, the connection is over.
    await Promise.all(peer.connections.map((connection) => connection.frame(() => false)));
    return report;
  };
  /** Says what `bytes` gives once the request is there. */
  const answers = (bytes: (streamId: number) => readonly Uint8Array[]) => async (connection: PeerConnection) => {
    connection.send(takesConnect, settingsAck);
    const streamId = await connection.request();
    if (streamId > 0) connection.send(...bytes(streamId));
  };
  const assertFailed = (code: string | null, words: RegExp) => {
    assert.equal(report.verdict, 'down');
    assert.equal(report.error?.phase, 'upgrade');
    assert.equal(report.error?.code, code);
    assert.match(report.error?.message ?? '', words);
  };

  describe('before the request', () => {
    it('no SETTINGS: our deadline', async () => {
      await probe(() => {}, { timeouts: { upgradeMs: 80 } });
      assertFailed('upgrade.timeout', /No HTTP\/2 SETTINGS within 80 ms/);
      assert.equal(report.http2?.enableConnectProtocol, null);
      const { detail } = report.phases.find(({ name }) => name === 'upgrade') ?? {};
      assert.deepEqual([detail?.['httpVersion'], detail?.['settingsMs'], detail?.['requestSentMs']], ['2', null, null]);
    });

    it('SETTINGS without ENABLE_CONNECT_PROTOCOL, be they followed by ones with it later', async () => {
      await probe(async (connection) => {
        connection.send(settings([SETTING.maxConcurrentStreams, 7]));
        await connection.frame(({ type, flags }) => type === TYPE.settings && flags === FLAG.ack);
        connection.send(takesConnect);
      });
      assertFailed('http2.not-supported', /SETTINGS_ENABLE_CONNECT_PROTOCOL/);
      assert.deepEqual([report.http2?.enableConnectProtocol, report.http2?.maxConcurrentStreams], [false, 7]);
    });

    it('an HTTP/1.1 server', async () => {
      await probe((connection) => connection.socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'));
      assertFailed('http2.not-supported', /does not speak HTTP\/2/);
    });

    it('FIN, RST', async () => {
      await probe((connection) => connection.socket.end());
      assertFailed('upgrade.end', /before its SETTINGS came/);
      await peer.stop();
      await probe((connection) => connection.socket.once('data', () => connection.socket.resetAndDestroy()));
      assertFailed('ECONNRESET', /ECONNRESET/);
    });

    it('GOAWAY with the SETTINGS', async () => {
      await probe((connection) => connection.send(takesConnect, goaway(0, ERROR.noError, 'maintenance\u001b[31m')));
      assertFailed('http2.goaway', /GOAWAY \(NO_ERROR: maintenance.*\)/);
      assert.doesNotMatch(report.error?.message ?? '', /\u001b/);
      assert.equal(report.http2?.goaway?.code, 'NO_ERROR');
    });
  });

  describe('instead of an answer', () => {
    for (const [name, code] of Object.entries(ERROR)) {
      it(`RST_STREAM ${name}`, async () => {
        await probe(answers((id) => [rstStream(id, code)]));
        const word = name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
        assertFailed('http2.refused', new RegExp(`The stream was reset \\(${word}\\)`));
        assert.equal(report.http2?.reset, word);
      });
    }

    it('GOAWAY that leaves our stream out, and one with an error', async () => {
      await probe(answers(() => [goaway(0, ERROR.noError)]));
      assertFailed('http2.goaway', /GOAWAY \(NO_ERROR\)/);
      assert.equal(report.http2?.reset, null);
      await peer.stop();
      await probe(answers(() => [goaway(1, ERROR.enhanceYourCalm, 'too many')]));
      assertFailed('http2.goaway', /GOAWAY \(ENHANCE_YOUR_CALM: too many\)/);
      assert.deepEqual(report.http2?.goaway, { code: 'ENHANCE_YOUR_CALM', lastStreamId: 1, debug: 'too many' });
    });

    it('FIN, RST', async () => {
      await probe(async (connection) => {
        connection.send(takesConnect);
        await connection.request();
        connection.socket.end();
      });
      assertFailed('upgrade.end', /before it had answered/);
      await peer.stop();
      await probe(async (connection) => {
        connection.send(takesConnect);
        await connection.request();
        connection.socket.resetAndDestroy();
      });
      assertFailed('ECONNRESET', /ECONNRESET/);
    });

    it('nothing: one deadline for settings and answer', async () => {
      await probe(
        async (connection) => {
          await once(connection.socket, 'data');
          setTimeout(() => connection.send(takesConnect), 300);
        },
        { timeouts: { upgradeMs: 400 } },
      );
      assertFailed('upgrade.timeout', /within 400 ms/);
      const upgrade = report.phases.find(({ name }) => name === 'upgrade');
      // Two deadlines would be 700.
      assert.ok((upgrade?.durationMs ?? 0) < 650, String(upgrade?.durationMs));
    });

    it('101, which HTTP/2 does not have', async () => {
      await probe(answers((id) => [headers(id, [[':status', '101']])]));
      assertFailed('http2.refused', /PROTOCOL_ERROR/);
    });

    it('a header larger than we take', async () => {
      const bomb = [...OK, ...Array.from({ length: 15 }, (_, index) => [`x-${index}`, 'a'.repeat(9_000)] as const)];
      const block = headerBlock(bomb);
      await probe(
        answers((id) => [
          frame(TYPE.headers, id, block.subarray(0, 16_000)),
          ...Array.from({ length: 8 }, (_, index) => {
            const part = block.subarray(16_000 * (index + 1), 16_000 * (index + 2));
            return frame(TYPE.continuation, id, part, index === 7 ? FLAG.endHeaders : 0);
          }),
        ]),
      );
      assertFailed('upgrade.headers-too-large', /larger than 65536 bytes/);
    });

    it('more header fields than we take', async () => {
      const many = Array.from({ length: 2_100 }, () => ['x', 'y'] as const);
      await probe(answers((id) => [headers(id, [...OK, ...many])]));
      assertFailed('http2.refused', /ENHANCE_YOUR_CALM.*more header fields than we take/);
    });

    it('CONTINUATION without end', async () => {
      const more = Array.from({ length: 500 }, () => Buffer.alloc(0));
      await probe(
        answers((id) => [
          frame(TYPE.headers, id, headerBlock(OK)),
          ...more.map((empty) => frame(TYPE.continuation, id, empty)),
        ]),
      );
      assert.equal(report.findings[0]?.id, 'upgrade.headers-too-large');
      assert.match(report.error?.message ?? '', /too many CONTINUATION frames/);
    });
  });

  describe('an answer', () => {
    it('with interim ones before it', async () => {
      const early = (id: number) =>
        headers(id, [
          [':status', '103'],
          ['link', '</a>; rel=preload'],
        ]);
      await probe(
        answers((id) => [early(id), early(id), headers(id, OK), data(id, Buffer.from('880203e8', 'hex'))]),
        HOLD,
      );
      assert.deepEqual([report.response?.status, report.close?.code], [200, 1000]);
    });

    it('with another 2xx, an accept and a connection of its own', async () => {
      const more = [
        ['sec-websocket-accept', 'bm90IHRoZSByaWdodCBvbmUsIGJ1dCBsb25n'],
        ['x-served-by', 'edge'],
      ] as const;
      await probe(
        answers((id) => [headers(id, [[':status', '202'], ...more]), data(id, closed(1000))]),
        HOLD,
      );
      assert.deepEqual([report.response?.status, report.close?.code, report.accept], [202, 1000, null]);
      assert.deepEqual(report.response?.headers, more);
    });

    it('in one packet with the first frames', async () => {
      const hello = Buffer.from('810568656c6c6f', 'hex');
      await probe(
        answers((id) => [
          headers(id, OK),
          data(id, hello.subarray(0, 3)),
          data(id, hello.subarray(3)),
          data(id, closed(4000)),
        ]),
        HOLD,
      );
      assert.deepEqual(
        report.frames
          .filter(({ direction }) => direction === 'received')
          .map(({ direction, opcode, text }) => [direction, opcode, text]),
        [
          ['received', 1, 'hello'],
          ['received', 8, undefined],
        ],
      );
      assert.equal(report.close?.code, 4000);
    });

    for (const [status, body] of [
      ['403', 'Origin not allowed'],
      ['502', ''],
    ] as const) {
      it(`${status} with ${body === '' ? 'no body' : 'a body'}`, async () => {
        const more = [['content-type', 'text/plain']] as const;
        await probe(
          answers((id) =>
            body === ''
              ? [headers(id, [[':status', status], ...more], FLAG.endStream)]
              : [
                  headers(id, [[':status', status], ...more]),
                  data(id, body.slice(0, 6)),
                  data(id, body.slice(6), FLAG.endStream),
                ],
          ),
        );
        assertFailed(status, new RegExp(`^${status}`));
        assert.deepEqual(report.response?.body, { text: body, bytes: body.length, truncated: false });
      });
    }

    it('429 with a body without end is cut', async () => {
      const block = Buffer.alloc(16_000, 'x');
      await probe(async (connection) => {
        connection.send(takesConnect);
        const id = await connection.request();
        connection.send(headers(id, [[':status', '429']]), ...Array.from({ length: 4 }, () => data(id, block)));
        for (let sent = 4; sent < 20 && !connection.ended; sent++) {
          await connection.frame(({ type }) => type === TYPE.windowUpdate);
          connection.send(data(id, block.subarray(0, 1_000)));
        }
      });
      assertFailed('429', /^429/);
      assert.deepEqual([report.response?.body.truncated, report.response?.body.text.length], [true, 65_536]);
    });

    it('503 with a body that never comes: a deadline', async () => {
      await probe(
        answers((id) => [
          headers(id, [
            [':status', '503'],
            ['content-length', '100'],
          ]),
        ]),
      );
      assertFailed('503', /^503/);
    });
  });

  describe('in the middle', () => {
    for (const name of ['noError', 'internalError', 'cancel', 'enhanceYourCalm'] as const) {
      it(`RST_STREAM ${name} is a reset, and named`, async () => {
        await probe(
          answers((id) => [headers(id, OK), rstStream(id, ERROR[name])]),
          HOLD,
        );
        const word = name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
        assert.equal(report.findings[0]?.id, 'close.reset');
        assert.equal(report.http2?.reset, word);
        assert.match(report.error?.message ?? '', new RegExp(word));
        assert.deepEqual([report.close?.code, report.close?.initiator], [1006, 'network']);
        assert.match(report.close?.evidence ?? '', new RegExp(`reset the HTTP/2 stream \\(${word}\\)`));
      });
    }

    it('END_STREAM without Close is a drop', async () => {
      await probe(
        answers((id) => [headers(id, OK), data(id, '', FLAG.endStream)]),
        HOLD,
      );
      assert.equal(report.findings[0]?.id, 'close.dropped');
      assert.equal(report.http2?.reset, null);
      assert.match(report.close?.evidence ?? '', /ended the HTTP\/2 stream \(END_STREAM\)/);
    });

    it('FIN beneath is a drop, RST a reset', async () => {
      await probe(async (connection) => {
        await answers((id) => [headers(id, OK)])(connection);
        connection.socket.end();
      }, HOLD);
      assert.equal(report.findings[0]?.id, 'close.dropped');
      await peer.stop();
      await probe(async (connection) => {
        await answers((id) => [headers(id, OK)])(connection);
        await connection.read();
        connection.socket.resetAndDestroy();
      }, HOLD);
      assert.equal(report.findings[0]?.id, 'close.reset');
      assert.equal(report.http2?.reset, null);
    });

    it('GOAWAY with an error is a reset; without one, the stream lives on', async () => {
      await probe(
        answers((id) => [headers(id, OK), goaway(id, ERROR.internalError, 'oops')]),
        HOLD,
      );
      assert.equal(report.findings[0]?.id, 'close.reset');
      assert.match(report.error?.message ?? '', /GOAWAY \(INTERNAL_ERROR: oops\)/);
      await peer.stop();
      await probe(async (connection) => {
        await answers((id) => [headers(id, OK), goaway(id, ERROR.noError)])(connection);
        const first = await connection.frame(({ type, payload }) => type === TYPE.data && payload.length > 0);
        connection.send(data(first?.streamId ?? 0, closed(1001)), data(first?.streamId ?? 0, '', FLAG.endStream));
      }, HOLD);
      assert.equal(report.close?.code, 1001);
      assert.equal(report.http2?.goaway?.code, 'NO_ERROR');
    });

    it('frames that are no HTTP/2', async () => {
      await probe(async (connection) => {
        await answers((id) => [headers(id, OK)])(connection);
        await connection.read();
        connection.send(windowUpdate(0, 0));
      }, HOLD);
      assert.equal(report.findings[0]?.id, 'close.reset');
      assert.match(report.error?.message ?? '', /HTTP\/2 broke down: Protocol error/);
    });
  });
});

describe('a server of node:http2', () => {
  it('that refuses, resets and drops', async () => {
    const server = http2.createServer({ settings: { enableConnectProtocol: true } });
    server.on('stream', (stream, { ':path': path }) => {
      stream.on('error', () => {});
      if (path === '/403') {
        stream.respond({ ':status': 403, 'content-type': 'text/plain' });
        stream.end('no');
      } else if (path === '/refused') stream.close(http2.constants.NGHTTP2_REFUSED_STREAM);
      else if (path === '/goaway') stream.session?.goaway(http2.constants.NGHTTP2_ENHANCE_YOUR_CALM);
      else if (path === '/destroy') stream.session?.destroy();
      else stream.respond({ ':status': 200 }, { endStream: true });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const ask = (path: string) => runProbe(planFor(`ws://127.0.0.1:${port}${path}`, { http: '2', ...HOLD }));
    const codes = [];
    for (const path of ['/403', '/refused', '/goaway', '/dropped']) codes.push((await ask(path)).error?.code);
    assert.deepEqual(codes, ['403', 'http2.refused', 'http2.goaway', 'message.end']);
    assert.ok((await ask('/destroy')).error);
    await new Promise((resolve) => server.close(resolve));
  });

  it('that wants a client certificate: TLS 1.3 says so in the middle of HTTP/2', async () => {
    const { caPem, good } = await makeCertificates();
    const server = http2.createSecureServer({
      settings: { enableConnectProtocol: true },
      cert: good.certPem,
      key: good.keyPem,
      ca: caPem,
      requestCert: true,
      rejectUnauthorized: true,
    });
    server.on('sessionError', () => {});
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const report = await runProbe(planFor(`wss://127.0.0.1:${port}/`, { http: '2', tls: { ca: [caPem] } }));
    assert.equal(report.findings[0]?.id, 'tls.client-certificate-required');
    assert.deepEqual(
      report.phases.filter(({ name }) => name === 'tls' || name === 'upgrade').map(({ status }) => status),
      ['failed', 'not-reached'],
    );
    await new Promise((resolve) => server.close(resolve));
  });
});

/** An unmasked Close frame. */
function closed(code: number): Buffer {
  return Buffer.from([0x88, 2, code >> 8, code & 0xff]);
}
