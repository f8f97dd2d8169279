import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { importHar } from '../../../src/core/record/har/importHar.js';

const fixture = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures', name));
const har = (...entries: readonly unknown[]) => JSON.stringify({ log: { version: '1.2', entries } });

describe('importHar', () => {
  it('reads the WebSockets of a HAR from Chrome', () => {
    const [recording, ...rest] = importHar(fixture('chrome.har'));
    assert.equal(rest.length, 0);
    assert.deepEqual(recording?.header, {
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
      messages.map(
        (line) =>
          line.type === 'frame' && [line.index, line.direction, line.opcode, line.atMs, line.text ?? line.base64],
      ),
      [
        [0, 'sent', 1, 23.457, '{"type":"connection_init"}'],
        [1, 'received', 1, 150, 'grüß 👋'],
        [2, 'received', 2, 900, 'AAECAw=='],
      ],
    );
    assert.deepEqual(recording.notes, ['Left out, without a valid type, opcode, time or data: 1 message.']);
  });

  it('reads the handshake that Firefox writes, and says that there are no messages', () => {
    const [recording] = importHar(fixture('firefox.har'));
    assert.equal(recording?.header.url, 'ws://127.0.0.1:8080/orders');
    assert.equal(recording.header.startedAt, '2026-03-04T10:15:30.100Z');
    assert.deepEqual(recording.lines, [{ type: 'open', connection: 1, atMs: 0 }]);
    assert.match(recording.notes.join(), /Firefox does not export the messages/);
  });

  it('understands what other tools write', () => {
    const messages = [
      { type: 'send', time: 1772619330123, opcode: 2, data: 'not base64!' },
      { type: 'receive', time: '2026-03-04T10:15:30.200Z', opcode: 8, data: 'A+g=' },
      { type: 'receive', time: 1772619330.3, opcode: 0, data: 'old' },
    ];
    const url = 'https://127.0.0.1/ws';
    const [recording] = importHar(har({ request: { url }, response: { status: 200 }, _webSocketMessages: messages }));
    assert.equal(recording?.header.url, 'wss://127.0.0.1/ws');
    assert.equal(recording.header.startedAt, '2026-03-04T10:15:30.123Z');
    const frames = recording.lines.flatMap((line) => (line.type === 'frame' ? [line] : []));
    assert.deepEqual(
      frames.map(({ opcode, atMs, text, base64 }) => [opcode, atMs, text ?? base64]),
      [
        [2, 0, Buffer.from('not base64!').toString('base64')],
        [8, 77, 'A+g='],
        [1, 177, 'old'],
      ],
    );
    assert.match(recording.notes.join(), /not base64, taken over as text bytes: 1 message/);
  });

  it('says in words what is wrong with a file', () => {
    const cases: [string | Uint8Array, string][] = [
      ['', 'har-invalid'],
      ['{"log":', 'har-invalid'],
      ['[]', 'har-invalid'],
      ['null', 'har-invalid'],
      ['{"log":{"entries":{}}}', 'har-invalid'],
      [har(), 'har-no-websocket'],
      [har({ request: { url: 'https://example.com/' }, response: { status: 200 } }), 'har-no-websocket'],
      [`[${'[],'.repeat(8_000_000)}0]`, 'har-too-large'],
    ];
    for (const [text, code] of cases) assert.throws(() => importHar(text), { name: 'ProbeError', code });
  });

  it('takes any values where others belong', () => {
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
    fc.assert(fc.property(entry, (value) => assert.equal(importHar(har(value)).length, 1)));
  });
});
