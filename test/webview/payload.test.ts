import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  closePayload,
  hexDump,
  hexPreview,
  opcodeName,
  payloadBytes,
  prettyJson,
} from '../../webview/shared/payload.js';

describe('payload views', () => {
  it('dumps sixteen bytes a line with offset and ASCII', () => {
    const bytes = new TextEncoder().encode('GET / HTTP/1.1\r\nHo');
    assert.equal(
      hexDump(bytes),
      [
        '000000  47 45 54 20 2f 20 48 54  54 50 2f 31 2e 31 0d 0a  GET / HTTP/1.1..',
        '000010  48 6f                                             Ho',
      ].join('\n'),
    );
    assert.equal(hexDump(new Uint8Array()), '');
  });

  it('loses no byte in the dump', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const pairs = hexDump(bytes)
          .split('\n')
          .flatMap((line) => line.slice(8, 56).match(/[0-9a-f]{2}/g) ?? []);
        assert.deepEqual(
          Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16)),
          Uint8Array.from(bytes),
        );
      }),
    );
  });

  it('previews the first bytes', () => {
    assert.equal(hexPreview(Uint8Array.of(1, 2, 3), 2), '01 02 …');
    assert.equal(hexPreview(Uint8Array.of(255), 2), 'ff');
  });

  it('reads text as UTF-8 and base64 as bytes, and broken base64 as nothing', () => {
    assert.deepEqual([...payloadBytes({ text: 'é' })], [0xc3, 0xa9]);
    assert.deepEqual([...payloadBytes({ base64: '3q2+7w==' })], [0xde, 0xad, 0xbe, 0xef]);
    assert.deepEqual([...payloadBytes({ base64: '***' })], []);
  });

  it('reads a close payload', () => {
    assert.deepEqual(closePayload(Uint8Array.of(0x11, 0x31, 0x6e, 0x6f)), { code: 4401, reason: 'no' });
    assert.equal(closePayload(Uint8Array.of(3)), null);
  });

  it('names opcodes, reserved ones too', () => {
    assert.deepEqual([0, 1, 2, 8, 9, 10, 3, 15].map(opcodeName), [
      'continuation',
      'text',
      'binary',
      'close',
      'ping',
      'pong',
      'reserved 0x3',
      'reserved 0xf',
    ]);
  });
});

describe('pretty JSON', () => {
  it('indents and keeps order, duplicates, escapes and big numbers', () => {
    assert.equal(
      prettyJson('{"b":9007199254740993,"a":[1.0,{}],"b":"\\u0041, {x}","e":[]}'),
      '{\n  "b": 9007199254740993,\n  "a": [\n    1.0,\n    {}\n  ],\n  "b": "\\u0041, {x}",\n  "e": []\n}',
    );
  });

  it('means the same as what came in', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        const pretty = prettyJson(text);
        if (typeof value === 'object' && value !== null) {
          assert.equal(pretty, JSON.stringify(value, null, 2));
        } else assert.equal(pretty, null);
      }),
    );
  });

  it('leaves alone what is no JSON', () => {
    for (const text of ['', 'hello', '42', '{"a":', '{"a":1}}', '[1,]']) assert.equal(prettyJson(text), null);
  });
});
