import assert from 'node:assert/strict';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { BodyReader } from '../../../src/core/handshake/bodyReader.js';
import type { ResponseHead } from '../../../src/core/handshake/handshake.js';
import type { HeaderPair } from '../../../src/core/base/model.js';
import { splitAt } from '../../support/splitAt.js';

const CHUNKED: HeaderPair = ['Transfer-Encoding', 'chunked'];

function head(status: number, ...headers: HeaderPair[]): ResponseHead {
  return { httpVersion: '1.1', status, reason: '', headers, raw: '' };
}

function read(
  responseHead: ResponseHead,
  chunks: readonly (string | Uint8Array)[],
  maxBytes = 1000,
): BodyReader['body'] & { done: boolean } {
  const reader = new BodyReader({ head: responseHead, maxBytes });
  for (const chunk of chunks) assert.equal(reader.push(Buffer.from(chunk)), reader.done);
  const { done } = reader;
  reader.end();
  assert.equal(reader.done, true);
  return { ...reader.body, done };
}

describe('BodyReader', () => {
  it('reads as much as Content-Length says', () => {
    const expected = { text: 'hello', bytes: 5, truncated: false, done: true };
    assert.deepEqual(read(head(404, ['content-length', '5']), ['hel', 'lo', 'next']), expected);
    assert.deepEqual(read(head(404, ['Content-Length', '5'], ['Content-Length', '5']), ['hello']), expected);
    assert.deepEqual(read(head(404, ['Content-Length', '5']), ['helloHTTP/1.1']), expected);
  });

  it('reads until the connection closes where nothing is declared', () => {
    assert.deepEqual(read(head(200), ['a', 'b']), { text: 'ab', bytes: 2, truncated: false, done: false });
  });

  it('reads until the connection closes where the length is no length', () => {
    for (const length of ['', 'x', '-1', '+5', '0x10', '1e3', '9'.repeat(20), '5, 6']) {
      assert.equal(read(head(200, ['Content-Length', length]), ['abcdefgh']).text, 'abcdefgh', length);
    }
    assert.equal(read(head(200, ['Content-Length', '1'], ['Content-Length', '2']), ['abc']).text, 'abc');
    assert.equal(read(head(200, ['Transfer-Encoding', 'gzip'], ['Content-Length', '1']), ['abc']).text, 'abc');
  });

  it('has no body where there can be none', () => {
    for (const responseHead of [head(204), head(304, ['Content-Length', '5']), head(200, ['Content-Length', '0'])]) {
      const reader = new BodyReader({ head: responseHead, maxBytes: 10 });
      assert.equal(reader.done, true);
      assert.equal(reader.push(Buffer.from('abc')), true);
      assert.deepEqual(reader.body, { text: '', bytes: 0, truncated: false });
    }
  });

  it('takes chunks apart, with extensions and trailers, in every split', () => {
    const bytes = Buffer.from('5;name="v"\r\nhello\r\n1 \r\n,\r\n00A\r\n wonderful\r\n0\r\nTrailer: x\r\n\r\nnext');
    const expected = { text: 'hello, wonderful', bytes: 16, truncated: false, done: true };
    for (let cut = 0; cut <= bytes.length; cut++) {
      assert.deepEqual(read(head(500, CHUNKED), splitAt(bytes, [cut])), expected);
    }
    assert.deepEqual(read(head(500, ['transfer-encoding', 'gzip, Chunked']), [bytes]), expected);
    assert.deepEqual(read(head(500, CHUNKED, ['Content-Length', '3']), [bytes]), expected);
  });

  it('ends at broken chunks with what it has', () => {
    for (const broken of [
      '5\r\nhelloX',
      '5\r\nhello\r\nzz\r\n',
      '5\r\nhello\r\n\r\n',
      '5\r\nhello\n',
      '5\r\nhello\r\n-1\r\n',
      `5\r\nhello\r\n1;${'x'.repeat(9000)}`,
    ]) {
      const body = read(head(500, CHUNKED), [broken, '\r\n', 'never']);
      assert.deepEqual(body, { text: 'hello', bytes: 5, truncated: true, done: true }, broken.slice(0, 20));
    }
    assert.deepEqual(read(head(500, CHUNKED), ['zz\r\n']), { text: '', bytes: 0, truncated: true, done: true });
  });

  it('ends at endless trailers', () => {
    const body = read(head(500, CHUNKED), ['1\r\na\r\n0\r\n', 'Trailer: x\r\n'.repeat(10_000)]);
    assert.deepEqual(body, { text: 'a', bytes: 1, truncated: true, done: true });
  });

  it('says when the peer stopped short', () => {
    assert.deepEqual(read(head(200, ['Content-Length', '10']), ['abc']), {
      text: 'abc',
      bytes: 3,
      truncated: true,
      done: false,
    });
    assert.deepEqual(read(head(200, CHUNKED), ['5\r\nab']), { text: 'ab', bytes: 2, truncated: true, done: false });
  });

  it('keeps so many bytes and is done once there are more', () => {
    const chunk = 'x'.repeat(600);
    assert.deepEqual(read(head(401), [chunk, chunk, chunk]), {
      text: 'x'.repeat(1000),
      bytes: 1200,
      truncated: true,
      done: true,
    });
    assert.equal(read(head(401, ['Content-Length', '10000000000']), [chunk, chunk]).done, true);
    assert.deepEqual(read(head(401), ['x'.repeat(1000)]), {
      text: 'x'.repeat(1000),
      bytes: 1000,
      truncated: false,
      done: false,
    });
  });

  it('replaces what is not UTF-8, and leaves out a character that the limit cut', () => {
    assert.equal(read(head(200), [Buffer.from('61ff62', 'hex')]).text, 'a\ufffdb');
    assert.equal(read(head(200), ['aé€'], 4).text, 'aé');
  });

  it('shows what has come so far', () => {
    const reader = new BodyReader({ head: head(200, ['Content-Length', '10']), maxBytes: 100 });
    reader.push(Buffer.from('abc'));
    assert.deepEqual(reader.body, { text: 'abc', bytes: 3, truncated: false });
  });

  describe('with Content-Encoding', () => {
    const PAGE = 'Origin not allowed: é€ '.repeat(8);
    const codings: [name: string, bytes: Buffer][] = [
      ['gzip', gzipSync(PAGE)],
      ['X-GZip', gzipSync(PAGE)],
      ['deflate', deflateSync(PAGE)],
      ['deflate', deflateRawSync(PAGE)],
      ['br', brotliCompressSync(PAGE)],
      ['br, gzip', gzipSync(brotliCompressSync(PAGE))],
      ['identity', Buffer.from(PAGE)],
    ];

    it('gives the text, and counts what came', () => {
      for (const [name, bytes] of codings) {
        const body = read(head(403, ['Content-Encoding', name], ['Content-Length', String(bytes.length)]), [bytes]);
        assert.deepEqual(body, { text: PAGE, bytes: bytes.length, truncated: false, done: true }, name);
      }
    });

    it('gives the beginning of what the peer cut off or spoilt', () => {
      const long = Array.from({ length: 400 }, (_, index) => `line ${index * 7919}`).join(' ');
      for (const [name, whole] of [
        ['gzip', gzipSync(long)],
        ['deflate', deflateSync(long)],
        ['br', brotliCompressSync(long)],
      ] as const) {
        const bytes = whole.subarray(0, whole.length - 60);
        const body = read(head(403, ['Content-Encoding', name], ['Content-Length', '9999']), [bytes], 8000);
        assert.ok(long.startsWith(body.text) && body.text.length > 500 && body.truncated, name);
      }
      const spoilt = gzipSync(long);
      spoilt.fill(0xff, spoilt.length - 8);
      const body = read(head(403, ['Content-Encoding', 'gzip']), [spoilt], 8000);
      assert.ok(long.startsWith(body.text) && body.text.length > 500 && body.truncated);
    });

    it('keeps a bomb within the bound', () => {
      const zeros = Buffer.alloc(32 << 20, 'a');
      for (const [name, bytes] of [
        ['gzip', gzipSync(zeros)],
        ['br', brotliCompressSync(zeros)],
        ['gzip, gzip', gzipSync(gzipSync(zeros))],
      ] as const) {
        const body = read(head(403, ['Content-Encoding', name]), [bytes], 65_536);
        assert.ok(body.text.length <= 65_536 && /^a*$/.test(body.text) && body.truncated, name);
      }
    });

    it('leaves alone what is not what the header says', () => {
      for (const name of ['gzip', 'deflate', 'br', 'zstd', 'gzip, gzip, gzip, gzip', 'constructor']) {
        assert.equal(read(head(403, ['Content-Encoding', name]), ['plain words']).text, 'plain words', name);
      }
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom('gzip', 'deflate', 'br'), (bytes, name) => {
          read(head(403, ['Content-Encoding', name]), [bytes]);
        }),
      );
    });
  });

  it('gives the same body for any bytes in any split, and never throws', () => {
    const piece = fc.constantFrom(
      '3\r\nabc\r\n',
      '0\r\n',
      '\r\n',
      'A;x\r\n0123456789\r\n',
      '1\r\n',
      'zz',
      '\n',
      'T: x\r\n',
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 8 }),
        fc.array(fc.nat(), { maxLength: 8 }),
        fc.constantFrom(head(200, CHUNKED), head(200, ['Content-Length', '9']), head(200)),
        (pieces, places, responseHead) => {
          const bytes = Buffer.from(pieces.join(''));
          const { bytes: received, ...whole } = read(responseHead, [bytes]);
          const { bytes: split, ...other } = read(responseHead, splitAt(bytes, places));
          assert.deepEqual(other, whole);
          assert.equal(split, received);
        },
      ),
      { numRuns: 500 },
    );
  });
});
