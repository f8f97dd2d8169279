import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import type { Decoder, Payload } from '../../../src/core/base/message.js';
import { loadDecoders } from '../../../src/core/payload/decoders/loadDecoders.js';
import { readerOf } from '../../../src/core/payload/decoders/decodingReader.js';
import { jsonValue } from '../../../src/core/payload/decoders/jsonValue.js';
import { encodePayload } from '../../../src/core/payload/encodePayload.js';
import { jsonRpc } from '../../../src/core/dialects/jsonRpc/index.js';

const HERE = { baseDir: null };

/** What a message is read as; undefined where nothing applies. */
async function read(decode: readonly Decoder[], message: string | Uint8Array, baseDir: string | null = null) {
  const decoder = await readerOf({ decode, baseDir }, null)?.createDecoder();
  const binary = typeof message !== 'string';
  const bytes = binary ? message : Buffer.from(message);
  const [first, ...more] = decoder?.decode({ direction: 'received', binary, bytes, atMs: 0 }) ?? [];
  assert.deepEqual(more, []);
  return first && (first.problem === undefined ? jsonValue(first.value) : first.problem);
}

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('decoders', () => {
  const json = JSON.stringify({ type: 'tick', n: [1, 2.5, null] });
  const wrapped: readonly (readonly [decode: readonly Decoder[], message: string | Uint8Array])[] = [
    [['gzip'], gzipSync(json)],
    [['deflate'], deflateSync(json)],
    [['deflate'], deflateRawSync(json)],
    [['brotli'], brotliCompressSync(json)],
    [['base64'], Buffer.from(json).toString('base64')],
    [['base64'], Buffer.from(Buffer.from(json).toString('base64url'))],
    [['base64', 'gzip'], gzipSync(json).toString('base64')],
    [['gzip', 'base64'], gzipSync(Buffer.from(json).toString('base64'))],
    [['gzip', 'deflate', 'base64', 'msgpack'], deflateSync(json)],
  ];
  for (const [decode, message] of wrapped) {
    it(`unwrap ${JSON.stringify(decode)}, where they apply`, async () => {
      assert.deepEqual(await read(decode, message), JSON.parse(json));
    });
  }

  it('leave alone what they do not apply to', async () => {
    for (const message of ['plain text', '{"a":1}', hex('00ff00'), hex('')]) {
      assert.equal(await read(['gzip', 'base64', 'cbor'], message), undefined);
    }
    assert.equal(await read(['gzip', 'deflate', 'brotli'], json), undefined);
    assert.equal(await read(['msgpack'], 'a'), undefined);
  });

  it('tell text and bytes that nothing reads further', async () => {
    assert.equal(await read(['gzip'], gzipSync('héllo')), 'héllo');
    assert.equal(await read(['gzip'], gzipSync(hex('ff00'))), '/wA=');
  });

  // https://github.com/msgpack/msgpack/blob/master/spec.md and RFC 8949, appendix A
  const values: readonly (readonly [decoder: Decoder, bytes: string, value: unknown])[] = [
    ['msgpack', '82a7636f6d70616374c3a6736368656d6100', { compact: true, schema: 0 }],
    ['msgpack', 'cfffffffffffffffff', '18446744073709551615'],
    ['msgpack', 'd3ffffffffffffffff', -1],
    ['msgpack', 'cf000000e8d4a51000', 1000000000000],
    ['msgpack', 'c403010203', 'AQID'],
    ['msgpack', 'd6ff00000001', { $timestamp: '1970-01-01T00:00:01.000Z' }],
    ['msgpack', 'd4051e', { $ext: 5, data: 'Hg==' }],
    ['msgpack', '8101a178', { 1: 'x' }],
    ['cbor', '1bffffffffffffffff', '18446744073709551615'],
    ['cbor', '3bffffffffffffffff', '-18446744073709551616'],
    ['cbor', '1b000000e8d4a51000', 1000000000000],
    ['cbor', 'c249010000000000000000', '18446744073709551616'],
    ['cbor', '4401020304', 'AQIDBA=='],
    ['cbor', 'f97e00', 'NaN'],
    ['cbor', 'f97c00', 'Infinity'],
    ['cbor', 'c074323031332d30332d32315432303a30343a30305a', { $tag: 0, value: '2013-03-21T20:04:00Z' }],
    ['cbor', 'bf61610161629f0203ffff', { a: 1, b: [2, 3] }],
    ['cbor', 'a201020304', { 1: 2, 3: 4 }],
  ];
  for (const [decoder, bytes, value] of values) {
    it(`${decoder as string} ${bytes} is ${JSON.stringify(value)}`, async () => {
      assert.deepEqual(await read([decoder], hex(bytes)), value);
    });
  }

  it('give back what the kinds of payload encode', async () => {
    const value = fc.jsonValue({ maxDepth: 4 }).filter((each) => !JSON.stringify(each).includes('${'));
    const sane = value.filter((each) => !JSON.stringify(each).includes('__proto__'));
    await fc.assert(
      fc.asyncProperty(
        sane,
        fc.constantFrom('msgpack', 'cbor'),
        fc.constantFrom(undefined, 'gzip', 'deflate', 'brotli'),
        async (given, kind, compress) => {
          const plain = JSON.parse(JSON.stringify(given)) as unknown;
          const payload = { [kind]: plain, ...(compress === undefined ? {} : { compress }) } as Payload;
          const { bytes } = await encodePayload(payload, HERE);
          const decode = [...(compress === undefined ? [] : [compress]), kind] as const;
          assert.deepStrictEqual(await read(decode, bytes), plain);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('are the first that takes every byte', async () => {
    // A map in MessagePack, and a CBOR text that is cut off.
    assert.deepEqual(await read(['cbor', 'msgpack'], hex('81a16101')), { a: 1 });
    assert.deepEqual(await read(['msgpack', 'cbor'], hex('a16161 01')), { a: 1 });
    assert.equal(await read(['cbor'], hex('0101')), undefined);
  });

  describe('with a schema', () => {
    let folder = '';
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'wsprobe-decoders-'));
      await writeFile(
        join(folder, 'a.proto'),
        'syntax = "proto3"; message A { int64 id = 1; bytes b = 2; } message S { string s = 1; }',
      );
    });
    after(() => rm(folder, { recursive: true }));

    it('read protobuf', async () => {
      const decode: Decoder[] = [
        'gzip',
        { protobuf: { schema: 'a.proto', type: 'S' } },
        { protobuf: { schema: 'a.proto', type: 'A' } },
      ];
      assert.deepEqual(await read(decode, gzipSync(hex('0801 1201ff')), folder), {
        $unknown: [
          { field: 1, varint: '1' },
          { field: 2, base64: '/w==' },
        ],
      });
      assert.deepEqual(await read(decode.slice(2), hex('0801 1201ff'), folder), { id: '1', b: '/w==' });
      assert.equal(await read(decode, hex('08'), folder), undefined);
    });

    it('say that it is not there before anything is read', async () => {
      const decode: Decoder[] = [{ protobuf: { schema: 'b.proto', type: 'S' } }];
      await assert.rejects(loadDecoders(decode, folder), { code: 'protobuf-schema', message: /is not there/ });
    });
  });

  it('say why a wrapping cannot be opened', async () => {
    const whole = gzipSync(json);
    assert.match(String(await read(['gzip'], whole.subarray(0, -9))), /gzip that is cut off, broken/);
    assert.match(String(await read(['deflate'], deflateSync(json).subarray(0, -2))), /deflate that is cut off/);
  });

  it('open no bomb', async () => {
    const zeros = Buffer.alloc(20 * 1024 * 1024);
    for (const [how, bomb] of [
      ['gzip', gzipSync(zeros)],
      ['deflate', deflateSync(zeros)],
      ['deflate', deflateRawSync(zeros)],
      ['brotli', brotliCompressSync(zeros, { params: {} })],
    ] as const) {
      assert.match(String(await read([how], bomb)), /holds more than 16 MiB/, how);
    }
  }).timeout(180_000);

  it('survive nesting and lengths that lie', async () => {
    for (const bytes of [
      Buffer.alloc(100_000, 0x91),
      Buffer.alloc(100_000, 0x81),
      hex('dfffffffff'),
      hex('ddffffffff'),
      hex('9bffffffffffffffff'),
    ]) {
      assert.equal(await read(['msgpack', 'cbor'], bytes), undefined);
    }
    const deep = Buffer.concat([Buffer.alloc(900, 0x91), hex('01')]);
    assert.equal(JSON.stringify(await read(['msgpack'], deep))?.length, 1801);
  });

  it('never throw, whatever comes', async () => {
    const decoders = await loadDecoders(['gzip', 'deflate', 'brotli', 'base64', 'msgpack', 'cbor'], null);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.boolean(), (bytes, binary) => {
        const reading = decoders.read({ binary, bytes });
        JSON.stringify(reading?.value?.());
      }),
      { numRuns: 500 },
    );
  });

  it('hand to the dialect what was inside', async () => {
    const reader = readerOf({ decode: ['gzip', 'msgpack'], baseDir: null }, jsonRpc);
    const decoder = await reader?.createDecoder();
    const message = (bytes: Uint8Array) => ({ direction: 'received' as const, binary: true, bytes, atMs: 0 });
    const [inside] = decoder?.decode(message(gzipSync('{"jsonrpc":"2.0","id":1,"result":2}'))) ?? [];
    assert.equal(inside?.role, 'reply');
    const [packed] = decoder?.decode(message(hex('81a16101'))) ?? [];
    assert.deepEqual([packed?.label, packed?.value], ['msgpack {"a":1}', { a: 1 }]);
  });
});
