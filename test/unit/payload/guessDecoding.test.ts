import assert from 'node:assert/strict';
import { deflateSync, gzipSync } from 'node:zlib';
import { guessDecoding } from '../../../src/core/payload/decoders/guessDecoding.js';

const hex = (text: string) => Buffer.from(text, 'hex');

describe('guessDecoding', () => {
  const rows: readonly (readonly [bytes: Uint8Array, steps: readonly string[] | null, value?: unknown])[] = [
    [gzipSync('{"a":1}'), ['gzip'], { a: 1 }],
    [gzipSync(deflateSync('hi')), ['gzip', 'deflate'], 'hi'],
    [deflateSync(hex('81a16bc403010203')), ['deflate', 'MessagePack'], { k: 'AQID' }],
    [hex('a16161fb3ff199999999999a'), ['CBOR'], { a: 1.1 }],
    [
      hex('089601120774657374696e67'),
      ['protobuf without a schema'],
      [
        { field: 1, varint: '150' },
        { field: 2, text: 'testing' },
      ],
    ],
    [gzipSync(hex('ff00')), ['gzip'], '/wA='],
    [hex('ff00'), null],
    [Buffer.from('plain text'), null],
    [gzipSync('cut off').subarray(0, 12), null],
    [hex(''), null],
  ];
  for (const [bytes, steps, value] of rows) {
    it(`takes ${Buffer.from(bytes).toString('hex')} for ${steps?.join(', ') ?? 'nothing'}`, async () => {
      const guess = await guessDecoding(true, bytes);
      assert.deepEqual(
        guess && { ...guess, value: JSON.parse(JSON.stringify(guess.value)) as unknown },
        steps && { steps, value },
      );
      assert.equal(await guessDecoding(false, bytes), null);
    });
  }
});
