import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import type { ProbeError } from '../../../src/core/base/errors.js';
import { imported, messagesIn } from './samples.js';

const fixture = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures', name));
const har = (...entries: readonly unknown[]) => JSON.stringify({ log: { version: '1.2', entries } });

describe('importHar', () => {
  it('reads the WebSockets of a HAR from Chrome', async () => {
    const recording = await imported(fixture('chrome.har'));
    assert.deepEqual(recording.header, {
      schema: 'wsprobe.recording/1',
      name: 'ws://127.0.0.1:8080/orders?tenant=acme',
      url: 'ws://127.0.0.1:8080/orders?tenant=acme',
      startedAt: '2026-03-04T10:15:30.100Z',
      subprotocol: 'graphql-transport-ws',
      dialect: null,
      request: {
        target: '/orders?tenant=acme',
        headers: [
          ['Connection', 'Upgrade'],
          ['Upgrade', 'websocket'],
          ['Sec-WebSocket-Protocol', 'graphql-transport-ws'],
        ],
      },
      response: {
        status: 101,
        reason: 'Switching Protocols',
        headers: [
          ['Upgrade', 'websocket'],
          ['Sec-WebSocket-Protocol', 'graphql-transport-ws'],
        ],
      },
    });
    const [open, ...messages] = recording.lines;
    assert.deepEqual(open, { type: 'open', connection: 1, atMs: 0 });
    assert.deepEqual(
      messagesIn(messages).map(({ direction, opcode, atMs, payload }) => [direction, opcode, atMs, payload]),
      [
        ['sent', 1, 23.457, '{"type":"connection_init"}'],
        ['received', 1, 150, 'grüß 👋'],
        ['received', 2, 900, 'AAECAw=='],
      ],
    );
    assert.deepEqual(recording.notes, ['Left out, without a valid direction, opcode or data: 1 message.']);
  });

  it('has nothing of the credentials that the handshake and the logins of an entry show', async () => {
    const { lines } = await imported(
      har({
        startedDateTime: '2026-01-01T00:00:00Z',
        request: {
          url: 'wss://h.test/ws?token=query-secret-1',
          headers: [
            { name: 'Authorization', value: 'Bearer header-secret-1' },
            { name: 'Sec-WebSocket-Protocol', value: 'chat, bearer, offered-secret-1' },
          ],
        },
        response: { status: 101, headers: [{ name: 'Set-Cookie', value: 'sid=cookie-secret-1; Path=/' }] },
        _webSocketMessages: [
          { type: 'send', time: 1, opcode: 1, data: 'query-secret-1 header-secret-1 cookie-secret-1 offered-secret-1' },
          { type: 'send', time: 2, opcode: 1, data: '{"password":"login-secret-1"}' },
          { type: 'receive', time: 3, opcode: 2, data: Buffer.from('\0of login-secret-1').toString('base64') },
          { type: 'receive', time: 4, opcode: 1, data: 'plain' },
        ],
      }),
    );
    assert.deepEqual(
      messagesIn(lines).map(({ payload }) => payload),
      [
        '************** *************** *************** ****************',
        '{"password":"**************"}',
        Buffer.from('\0of **************').toString('base64'),
        'plain',
      ],
    );
  });

  it('reads the handshake that Firefox writes, and says that there are no messages', async () => {
    const recording = await imported(fixture('firefox.har'));
    assert.equal(recording.header.url, 'ws://127.0.0.1:8080/orders');
    assert.equal(recording.header.startedAt, '2026-03-04T10:15:30.100Z');
    assert.deepEqual(recording.lines, [{ type: 'open', connection: 1, atMs: 0 }]);
    assert.match(recording.notes.join(), /Firefox does not export the messages/);
  });

  it('understands what other tools write', async () => {
    const messages = [
      { type: 'send', time: 1772619330123, opcode: 2, data: 'not base64!' },
      { type: 'receive', time: '2026-03-04T10:15:30.200Z', opcode: 8, data: 'A+g=' },
      { type: 'receive', time: 1772619330.3, opcode: 0, data: 'old' },
    ];
    const url = 'https://127.0.0.1/ws';
    const recording = await imported(
      har({ request: { url }, response: { status: 200 }, _webSocketMessages: messages }),
    );
    assert.equal(recording.header.url, 'wss://127.0.0.1/ws');
    assert.equal(recording.header.startedAt, '2026-03-04T10:15:30.123Z');
    assert.deepEqual(
      messagesIn(recording.lines).map(({ opcode, atMs, payload }) => [opcode, atMs, payload]),
      [
        [2, 0, Buffer.from('not base64!').toString('base64')],
        [8, 77, 'A+g='],
        [1, 177, 'old'],
      ],
    );
    assert.match(recording.notes.join(), /not base64, taken over as text bytes: 1 message/);
  });

  const startedDateTime = '2026-03-04T10:15:30.000Z';
  const startSeconds = Date.parse(startedDateTime) / 1000;
  const entry = (fields: object) => ({
    startedDateTime,
    time: 60_000,
    request: { url: 'ws://127.0.0.1/a' },
    response: { status: 101 },
    ...fields,
  });

  it('fills in what smaller writers leave out, and says so', async () => {
    const table: [string, readonly object[], readonly (readonly [string, number, number, string])[], RegExp[]][] = [
      [
        'no opcode',
        [{ type: 'send', time: startSeconds + 1, data: 'a' }],
        [['sent', 1, 1000, 'a']],
        [/Without an opcode/],
      ],
      [
        'no time',
        [
          { type: 'send', time: startSeconds + 1, opcode: 1, data: 'a' },
          { type: 'receive', opcode: 1, data: 'b' },
        ],
        [
          ['sent', 1, 1000, 'a'],
          ['received', 1, 1000, 'b'],
        ],
        [/Without a time, placed at the message before: 1 message/],
      ],
      [
        'time left out on purpose',
        [{ type: 'send', time: -1, opcode: 1, data: 'a' }],
        [['sent', 1, 0, 'a']],
        [/Without a time/],
      ],
      [
        'a word for the opcode',
        [{ type: 'receive', time: startSeconds, opcode: 'binary', data: 'AAE=' }],
        [['received', 2, 0, 'AAE=']],
        [],
      ],
      [
        'ISO 8601',
        [{ type: 'send', time: '2026-03-04T10:15:31.500Z', opcode: 1, data: 'a' }],
        [['sent', 1, 1500, 'a']],
        [],
      ],
      [
        'milliseconds',
        [{ type: 'send', time: startSeconds * 1000 + 7, opcode: 1, data: 'a' }],
        [['sent', 1, 7, 'a']],
        [],
      ],
      [
        'seconds from 0',
        [
          { type: 'send', time: 0, opcode: 1, data: 'a' },
          { type: 'receive', time: 2.25, opcode: 1, data: 'b' },
        ],
        [
          ['sent', 1, 0, 'a'],
          ['received', 1, 2250, 'b'],
        ],
        [/not of the wall clock: read as seconds since its start/],
      ],
      [
        'milliseconds from 0',
        [
          { type: 'send', time: 0, opcode: 1, data: 'a' },
          { type: 'receive', time: 2250, opcode: 1, data: 'b' },
        ],
        [
          ['sent', 1, 0, 'a'],
          ['received', 1, 2250, 'b'],
        ],
        [/milliseconds since its start/],
      ],
      [
        'monotonic seconds',
        [
          { type: 'send', time: 84_512.5, opcode: 1, data: 'a' },
          { type: 'receive', time: 84_513.75, opcode: 1, data: 'b' },
        ],
        [
          ['sent', 1, 0, 'a'],
          ['received', 1, 1250, 'b'],
        ],
        [/by a clock of their own/],
      ],
      [
        'a direction by another name',
        [{ direction: 'outgoing', type: 'text', timestamp: startSeconds, payload: 'a' }],
        [['sent', 1, 0, 'a']],
        [],
      ],
      [
        'a parsed payload',
        [{ type: 'send', time: startSeconds, opcode: 1, data: { a: 1 } }],
        [['sent', 1, 0, '{"a":1}']],
        [],
      ],
    ];
    for (const [name, list, expected, notes] of table) {
      for (const key of ['_webSocketMessages', '_webSocketFrames']) {
        const recording = await imported(har(entry({ [key]: list })));
        assert.equal(recording.header.startedAt, startedDateTime, name);
        assert.deepEqual(
          messagesIn(recording.lines).map(({ direction, opcode, atMs, payload }) => [direction, opcode, atMs, payload]),
          expected,
          name,
        );
        assert.equal(recording.notes.length, notes.length, `${name}: ${recording.notes.join()}`);
        for (const note of notes) assert.match(recording.notes.join(), note, name);
      }
    }
  });

  it('blames Firefox for nothing that another writer left out', async () => {
    const { notes } = await imported(har(entry({ _resourceType: 'websocket' })));
    assert.deepEqual(notes, ['Only the handshake: the HAR lists no messages of this WebSocket.']);
  });

  it('keeps the URL, handshake and times of each of several WebSockets, by time', async () => {
    const at = (seconds: number) => new Date((startSeconds + seconds) * 1000).toISOString();
    const socket = (name: string, begins: number, times: readonly number[]) =>
      entry({
        startedDateTime: at(begins),
        request: { url: `ws://127.0.0.1/${name}`, headers: [{ name: 'X-Name', value: name }] },
        _webSocketMessages: times.map((time) => ({ type: 'send', time: startSeconds + time, opcode: 1, data: name })),
      });
    const { header, lines } = await imported(
      har(socket('b', 2, [3, 7]), socket('a', 1, [2.5, 5]), socket('c', 20, [21])),
    );
    assert.equal(header.startedAt, at(1));
    assert.equal(header.url, 'ws://127.0.0.1/a');
    assert.deepEqual(
      lines.map((line) => [line.type, 'connection' in line ? line.connection : 0, line.atMs]),
      [
        ['open', 1, 0],
        ['connection', 2, 1000],
        ['open', 2, 1000],
        ['message', 1, 1500],
        ['message', 2, 2000],
        ['message', 1, 4000],
        ['message', 2, 6000],
        ['connection', 3, 19_000],
        ['open', 3, 19_000],
        ['message', 3, 20_000],
      ],
    );
    const begun = lines.flatMap((line) => (line.type === 'connection' ? [line] : []));
    assert.deepEqual(
      begun.map(({ url, request }) => [url, request?.headers]),
      [
        ['ws://127.0.0.1/b', [['X-Name', 'b']]],
        ['ws://127.0.0.1/c', [['X-Name', 'c']]],
      ],
    );
    assert.deepEqual(
      lines.flatMap((line) => (line.type === 'message' ? [line.index] : [])),
      [0, 1, 2, 3, 4],
    );
  });

  it('says in words what is wrong with a file', async () => {
    const cases: [string | Uint8Array, string][] = [
      ['', 'har-invalid'],
      ['{"log":', 'har-invalid'],
      ['[]', 'har-invalid'],
      ['null', 'har-invalid'],
      ['{"log":{"entries":{}}}', 'har-invalid'],
      [har(), 'har-no-websocket'],
      [har({ request: { url: 'https://example.com/' }, response: { status: 200 } }), 'har-no-websocket'],
      [`[${'[],'.repeat(1_000_000)}0]`, 'har-invalid'],
    ];
    for (const [text, code] of cases) {
      await assert.rejects(imported(text), (error: ProbeError) => error.code === code, text.slice(0, 40).toString());
    }
  });

  it('takes an object with a name of its own for no time', async () => {
    const entry = {
      _resourceType: 'websocket',
      startedDateTime: { toString: '' },
      _wsprobe: { startedAt: { toString: '' } },
    };
    const { lines } = await imported(JSON.stringify({ log: { entries: [entry] } }));
    assert.equal(lines.length, 0);
  });

  it('takes any values where others belong', async () => {
    const anything = fc.jsonValue();
    const entry = fc.record(
      {
        _resourceType: fc.constant('websocket'),
        startedDateTime: anything,
        time: anything,
        request: fc.oneof(anything, fc.record({ url: anything, headers: fc.array(anything) })),
        response: fc.oneof(anything, fc.record({ status: anything, headers: anything })),
        _webSocketMessages: fc.array(
          fc.record({ type: fc.constantFrom('send', 1), time: anything, opcode: anything, data: anything }),
        ),
      },
      { requiredKeys: ['_resourceType'], noNullPrototype: true },
    );
    await fc.assert(
      fc.asyncProperty(entry, async (value) => {
        const { lines } = await imported(har(value));
        assert.ok(lines.every(({ atMs }) => atMs >= 0));
      }),
    );
  });
});
