import assert from 'node:assert/strict';
import { deflateRawSync } from 'node:zlib';
import * as fc from 'fast-check';
import { exportHar, type HarOptions } from '../../../src/core/record/har/exportHar.js';
import { exportJsonl } from '../../../src/core/record/exportJsonl.js';
import type { RecordingHeader, RecordingLine } from '../../../src/core/record/recording.js';
import { anyLines, batchesOf, type FrameLine, frameLine, header, imported, messagesIn, sizeOf } from './samples.js';

interface Har {
  readonly log: {
    readonly version: string;
    readonly entries: readonly {
      readonly [key: string]: unknown;
      readonly _webSocketMessages: readonly unknown[];
      readonly _wsprobe: unknown;
    }[];
  };
}

async function textOf(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}

async function harText(lines: readonly RecordingLine[], options: HarOptions = {}): Promise<string> {
  const half = Math.ceil(lines.length / 2);
  return textOf(exportHar(header, () => batchesOf(lines.slice(0, half), lines.slice(half)), options));
}

async function harOf(lines: readonly RecordingLine[], options: HarOptions = {}): Promise<Har> {
  return JSON.parse(await harText(lines, options)) as Har;
}

const closed = { code: 1000, reason: 'bye', initiator: 'server' as const, clean: true, evidence: 'FIN' };
const startSeconds = Date.parse(header.startedAt) / 1000;

describe('exportHar', () => {
  it('tells a WebSocket over HTTP/2 by its extended CONNECT, and reads it back', async () => {
    const overHttp2: RecordingHeader = {
      ...header,
      request: {
        target: '/orders',
        headers: [
          [':method', 'CONNECT'],
          [':protocol', 'websocket'],
        ],
      },
      response: { status: 200, reason: '', headers: [] },
    };
    const text = await textOf(exportHar(overHttp2, () => batchesOf([{ type: 'open', connection: 1, atMs: 10 }]), {}));
    const [entry] = (JSON.parse(text) as Har).log.entries;
    const [request, response] = [entry?.['request'], entry?.['response']] as Record<string, unknown>[];
    assert.deepEqual([request?.['method'], request?.['httpVersion']], ['CONNECT', 'HTTP/2']);
    assert.deepEqual([response?.['status'], response?.['httpVersion']], [200, 'HTTP/2']);
    const bare = JSON.stringify({ log: { entries: [{ request, response }] } });
    assert.equal((await imported(bare)).header.response?.status, 200);
  });

  it('writes an entry as Chrome does', async () => {
    const har = await harOf([
      { type: 'open', connection: 1, atMs: 10 },
      frameLine({ index: 0, direction: 'sent', atMs: 12.345, text: '{"a":1}' }),
      frameLine({ index: 1, atMs: 20, opcode: 2, base64: 'AAEC', payloadBytes: 3 }),
      frameLine({ index: 2, atMs: 30, opcode: 9, base64: '' }),
      { type: 'lost', atMs: 31, frames: 5, reason: 'slow' },
      { type: 'close', connection: 1, atMs: 1010, close: closed },
    ]);
    assert.equal(har.log.version, '1.2');
    const [entry] = har.log.entries;
    assert.deepEqual(entry?._webSocketMessages, [
      { type: 'send', time: startSeconds + 0.012345, opcode: 1, data: '{"a":1}' },
      { type: 'receive', time: startSeconds + 0.02, opcode: 2, data: 'AAEC' },
    ]);
    assert.equal(entry['_resourceType'], 'websocket');
    assert.equal(entry['startedDateTime'], '2026-11-20T12:00:00.010Z');
    assert.equal(entry['time'], 1000);
    assert.deepEqual(entry['timings'], { blocked: -1, dns: -1, ssl: -1, connect: -1, send: 0, wait: 0, receive: 1000 });
    assert.deepEqual(entry['request'], {
      method: 'GET',
      url: 'ws://127.0.0.1:8080/orders',
      httpVersion: 'HTTP/1.1',
      headers: [{ name: 'Host', value: '127.0.0.1:8080' }],
      queryString: [],
      cookies: [],
      headersSize: -1,
      bodySize: 0,
    });
    assert.equal((entry['response'] as { status: number }).status, 101);
    assert.deepEqual(entry._wsprobe, {
      name: 'Orders',
      startedAt: header.startedAt,
      connection: 1,
      subprotocol: 'graphql-transport-ws',
      dialect: null,
      peer: null,
      request: { target: '/orders' },
      response: { status: 101 },
      openedMs: 10,
      close: closed,
      closedMs: 1010,
      beside: [
        { ...frameLine({ index: 2, atMs: 30, opcode: 9, base64: '' }), behind: 2 },
        { type: 'lost', atMs: 31, frames: 5, reason: 'slow', behind: 2 },
      ],
      besideLeftOut: 0,
      lostFrames: 5,
    });
  });

  it('joins fragments and takes compressed messages inflated', async () => {
    const euro = Buffer.from('€');
    const deflated = deflateRawSync('hello').toString('base64');
    const har = await harOf([
      frameLine({ index: 0, fin: false, base64: euro.subarray(0, 1).toString('base64'), payloadBytes: 1 }),
      frameLine({ index: 1, opcode: 9, base64: '' }),
      frameLine({ index: 2, opcode: 0, base64: euro.subarray(1).toString('base64'), payloadBytes: 2 }),
      frameLine({ index: 3, rsv1: true, base64: deflated, inflated: { text: 'hello', bytes: 5, truncated: false } }),
      frameLine({ index: 4, rsv1: true, base64: deflated }),
    ]);
    assert.deepEqual(
      har.log.entries[0]?._webSocketMessages.map((message) => {
        const { opcode, data } = message as { opcode: number; data: string };
        return [opcode, data];
      }),
      [
        [1, '€'],
        [1, 'hello'],
        [2, deflated],
      ],
    );
  });

  it('gives what importHar reads back, for connections in turn or mixed, in memory or in passes', async () => {
    const messages = fc
      .record({
        connection: fc.integer({ min: 1, max: 3 }),
        sent: fc.boolean(),
        payload: fc.oneof(
          fc.string({ unit: 'grapheme' }).map((text) => ({ opcode: 1, text })),
          fc.uint8Array().map((bytes) => ({ opcode: 2, base64: Buffer.from(bytes).toString('base64') })),
        ),
        atMs: fc.integer({ min: 0, max: 1_000_000_000 }).map((micros) => micros / 1000),
      })
      .map(({ connection, sent, payload, atMs }): FrameLine => {
        const direction = sent ? ('sent' as const) : ('received' as const);
        return frameLine({ connection, direction, masked: sent, atMs, payloadBytes: sizeOf(payload), ...payload });
      });
    await fc.assert(
      fc.asyncProperty(fc.array(messages, { maxLength: 12 }), fc.boolean(), async (lines, inPasses) => {
        const read = await imported(await harText(lines, inPasses ? { maxMemoryBytes: 0 } : {}));
        assert.equal(read.header.startedAt, lines.length > 0 ? header.startedAt : read.header.startedAt);
        for (const connection of new Set(lines.map((line) => line.connection))) {
          const of = (list: readonly RecordingLine[]) =>
            messagesIn(list)
              .filter((message) => message.connection === connection)
              .map((message) => ({ ...message, atMs: Math.round(message.atMs * 1000) }));
          assert.deepEqual(of(read.lines), of(lines));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is JSON whatever the recording holds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyLines), async (lines) => {
        const har = await harOf(lines);
        assert.ok(har.log.entries.length > 0);
      }),
      { numRuns: 50 },
    );
  });

  it('is written in pieces, none as large as the recording', async () => {
    const lines = Array.from({ length: 100 }, (_, index) => frameLine({ index, text: 'x'.repeat(1000) }));
    let largest = 0;
    for await (const piece of exportHar(header, () => batchesOf(lines))) largest = Math.max(largest, piece.length);
    assert.ok(largest < 2000);
  });
});

describe('exportJsonl', () => {
  it('writes an object a message', async () => {
    const lines = [
      { type: 'open' as const, connection: 1, atMs: 0 },
      frameLine({ direction: 'sent', text: 'one\ntwo', payloadBytes: 7 }),
      frameLine({ atMs: 2, opcode: 2, base64: 'AAE=', payloadBytes: 9, truncated: true }),
      frameLine({ atMs: 3, opcode: 8, base64: Buffer.from('1131627965', 'hex').toString('base64') }),
      { type: 'close' as const, connection: 1, atMs: 4, close: closed },
    ];
    const text = await textOf(exportJsonl(header, batchesOf(lines)));
    const at = (ms: string) => `2026-11-20T12:00:00.00${ms}Z`;
    const { request, response, url, subprotocol, dialect, name, startedAt } = header;
    const described = { url, peer: null, subprotocol, dialect, request, response, name, startedAt };
    assert.deepEqual(
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
      [
        { at: at('0'), type: 'connection', connection: 1, atMs: 0, ...described },
        { at: at('0'), type: 'open', connection: 1, atMs: 0 },
        {
          at: at('1'),
          atMs: 1.5,
          connection: 1,
          direction: 'sent',
          type: 'text',
          opcode: 1,
          bytes: 7,
          text: 'one\ntwo',
        },
        {
          at: at('2'),
          atMs: 2,
          connection: 1,
          direction: 'received',
          type: 'binary',
          opcode: 2,
          bytes: 9,
          base64: 'AAE=',
          truncated: true,
        },
        {
          at: at('3'),
          atMs: 3,
          connection: 1,
          direction: 'received',
          type: 'close',
          opcode: 8,
          bytes: 5,
          base64: 'ETFieWU=',
          code: 4401,
          reason: 'bye',
        },
        { at: at('4'), type: 'closed', connection: 1, atMs: 4, close: closed },
      ],
    );
  });

  it('is a JSON object a line whatever the recording holds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyLines), async (lines) => {
        const text = await textOf(exportJsonl(header, batchesOf(lines)));
        for (const line of text.split('\n').slice(0, -1)) assert.equal(typeof JSON.parse(line), 'object');
      }),
      { numRuns: 50 },
    );
  });
});
