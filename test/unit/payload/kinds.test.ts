import assert from 'node:assert/strict';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import type { Payload } from '../../../src/core/base/message.js';
import { encodePayload, type PayloadContext } from '../../../src/core/payload/encodePayload.js';

const AT: PayloadContext = { baseDir: null, seq: 7, variables: { id: '42', count: 3 } };

/** Wire bytes as the specifications give them. */
const EXAMPLES: readonly (readonly [from: string, payload: Payload, binary: boolean, bytes: string | Buffer])[] = [
  // https://msgpack.org
  ['msgpack', { msgpack: { compact: true, schema: 0 } }, true, '82a7636f6d70616374c3a6736368656d6100'],
  // RFC 8949, appendix A
  ['cbor', { cbor: [1, [2, 3], [4, 5]] }, true, '8301820203820405'],
  ['cbor', { cbor: { a: 1, b: [2, 3] } }, true, 'a26161016162820203'],
  ['cbor', { cbor: 1000000000000 }, true, '1b000000e8d4a51000'],
  ['cbor', { cbor: 1.1 }, true, 'fb3ff199999999999a'],
  ['cbor', { cbor: '水' }, true, '63e6b0b4'],
  // https://socket.io/docs/v4/socket-io-protocol/#sample-session, behind the 4 of Engine.IO
  ['socketio', { socketio: { event: 'foo' } }, false, Buffer.from('42["foo"]')],
  [
    'socketio',
    { socketio: { namespace: '/admin', ack: 456, event: 'project:delete', args: [123] } },
    false,
    Buffer.from('42/admin,456["project:delete",123]'),
  ],
  // https://github.com/dotnet/aspnetcore/blob/main/src/SignalR/docs/specs/HubProtocol.md
  ['signalr', { signalr: { type: 6 } }, false, Buffer.from('{"type":6}\u001e')],
  // https://stomp.github.io/stomp-specification-1.2.html#SEND
  [
    'stomp',
    {
      stomp: {
        command: 'SEND',
        headers: { destination: '/queue/a', 'content-type': 'text/plain' },
        body: 'hello queue a\n',
      },
    },
    false,
    Buffer.from('SEND\ndestination:/queue/a\ncontent-type:text/plain\n\nhello queue a\n\0'),
  ],
  [
    'stomp, escaped',
    { stomp: { command: 'SEND', headers: { 'a:b': '1\n\\' } } },
    false,
    Buffer.from('SEND\na\\cb:1\\n\\\\\n\n\0'),
  ],
  [
    'stomp, a NUL in the body',
    { stomp: { command: 'SEND', body: 'a\0é' } },
    false,
    Buffer.from('SEND\ncontent-length:4\n\na\0é\0'),
  ],
  ['stomp, JSON', { stomp: { command: 'SEND', body: { n: '${count}' } } }, false, Buffer.from('SEND\n\n{"n":3}\0')],
  // MQTT 3.1.1: 3.12, 3.14, 3.8.3
  ['mqtt', { mqtt: { cmd: 'pingreq' } }, true, 'c000'],
  ['mqtt', { mqtt: { cmd: 'disconnect' } }, true, 'e000'],
  [
    'mqtt',
    {
      mqtt: {
        cmd: 'subscribe',
        messageId: 10,
        subscriptions: [
          { topic: 'a/b', qos: 1 },
          { topic: 'c/d', qos: 2 },
        ],
      },
    },
    true,
    '820e000a0003612f62010003632f6402',
  ],
  ['mqtt connect', { mqtt: { cmd: 'connect', clientId: 'a', keepalive: 10 } }, true, '100d00044d5154540402000a000161'],
  [
    'mqtt publish',
    { mqtt: { cmd: 'publish', topic: 'a', payload: { id: '${id}' } } },
    true,
    '300e0001617b226964223a223432227d',
  ],
  [
    'mqtt 5',
    { mqtt: { cmd: 'publish', topic: 'a', payload: '', properties: { topicAlias: 1 } } },
    true,
    '3007000161032300 01',
  ],
];

describe('payloads that are encoded', () => {
  for (const [from, payload, binary, bytes] of EXAMPLES) {
    it(`${from}: ${JSON.stringify(payload)}`, async () => {
      const encoded = await encodePayload(payload, AT);
      const expected = typeof bytes === 'string' ? bytes.replaceAll(' ', '') : bytes.toString('hex');
      assert.deepEqual(
        { binary: encoded.binary, bytes: Buffer.from(encoded.bytes).toString('hex') },
        { binary, bytes: expected },
      );
    });
  }

  it('keep the type of what a text is exactly', async () => {
    for (const kind of ['msgpack', 'cbor'] as const) {
      const typed = await encodePayload({ [kind]: { n: '${count}', t: 'n${count}' } } as never, AT);
      const plain = await encodePayload({ [kind]: { n: 3, t: 'n3' } } as never, AT);
      assert.deepEqual(typed.bytes, plain.bytes);
    }
  });

  it('are sent as binary where that is asked for', async () => {
    const { binary, bytes } = await encodePayload({ json: { a: 1 }, binary: true }, AT);
    assert.deepEqual([binary, Buffer.from(bytes).toString()], [true, '{"a":1}']);
  });

  const inflate = { gzip: gunzipSync, deflate: inflateSync, brotli: brotliDecompressSync };
  for (const [compress, undo] of Object.entries(inflate)) {
    it(`are compressed by ${compress}, in a binary message`, async () => {
      const { binary, bytes } = await encodePayload({ text: '${id}'.repeat(50), compress } as Payload, AT);
      assert.deepEqual([binary, undo(bytes).toString()], [true, '42'.repeat(50)]);
    });
  }

  const refused: readonly (readonly [Payload, RegExp])[] = [
    [{ mqtt: { cmd: 'subscribe', messageId: 1 } }, /mqtt payload cannot be encoded: Invalid subscriptions/],
    [{ mqtt: { cmd: 'publish', topic: 7 } }, /Invalid topic/],
    [{ stomp: { command: 'CONNECT', headers: { login: 'a\nb' } } }, /no escapes/],
    [{ stomp: { command: 'CONNECT', headers: { 'a:b': 'c' } } }, /no escapes/],
    [{ socketio: { event: 'a', namespace: '/${list}' } }, /comma in its namespace/],
    [{ socketio: { event: 'a', ack: '${list}' } }, /of digits/],
  ];
  for (const [payload, message] of refused) {
    it(`refuse ${JSON.stringify(payload)}`, async () => {
      const context = { ...AT, variables: { list: 'a,b' } };
      await assert.rejects(encodePayload(payload, context), { code: 'payload-encoding', message });
    });
  }
});
