import assert from 'node:assert/strict';
import { encode as encodeMsgpack } from '@msgpack/msgpack';
import { encode as encodeCbor } from 'cbor2';
import * as fc from 'fast-check';
import { readItem } from '../../../src/core/dialects/shape/binaryShape.js';
import { cborSyntax, loadCbor, loadMsgpack, msgpackSyntax } from '../../../src/core/dialects/shape/formats.js';
import { readJson } from '../../../src/core/dialects/shape/jsonShape.js';
import { MAX_SHAPE_DEPTH, type Shape } from '../../../src/core/dialects/shape/shape.js';
import { renderValue } from '../../../src/core/dialects/value/renderValue.js';

const bytes = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

/** A shape built back into a plain value, member by member. */
function rebuilt(shape: Shape | null): unknown {
  switch (shape?.kind) {
    case 'object':
      return Object.fromEntries(shape.keys().map((key) => [key, rebuilt(shape.get(key))]));
    case 'array':
      return Array.from({ length: shape.size }, (_, index) => rebuilt(shape.at(index)));
    case 'number':
      return Number(shape.text);
    case 'boolean':
      return shape.text === 'true';
    case 'string':
      return shape.text;
    default:
      return null;
  }
}

const json = fc.jsonValue({ maxDepth: 5 }).filter((value) => !JSON.stringify(value).includes('__proto__'));
/** Parsed with -0 as 0: JSON.stringify does not write the sign, CBOR does. */
const parsed = (text: string): unknown => JSON.parse(text, (_, item: unknown) => (item === 0 ? 0 : item));
const same = (value: unknown): unknown => parsed(JSON.stringify(value));

describe('JSON as shape', () => {
  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(json, fc.nat(3), (value, indent) => {
        const { shape, problem } = readJson(JSON.stringify(value, null, indent));
        assert.equal(problem, null);
        assert.deepEqual(rebuilt(shape), same(value));
      }),
    );
  });

  it('accepts and refuses what JSON.parse accepts and refuses', () => {
    const soup = fc.stringMatching(/^[{}[\]":,\\ 0-3.eEtrufalsn\n-]{0,24}$/);
    fc.assert(
      fc.property(soup, (text) => {
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        // Escapes and control characters within strings are left to whoever reads the string.
        if (text.includes('"') && (text.includes('\\') || text.includes('\n'))) return;
        assert.equal(readJson(text).problem === null, valid, text);
      }),
      { numRuns: 3_000 },
    );
  });

  const broken: readonly (readonly [text: string, at: number])[] = [
    ['{"a":1,}', 7],
    ['{"a" 1}', 5],
    ['[1,2', 4],
    ['{"a":"x', 7],
    ['[1] 2', 4],
    ['{a:1}', 1],
    ['[01]', 2],
    ['tru', 0],
    ['[1}', 2],
  ];
  for (const [text, at] of broken) {
    it(`says where ${text} breaks`, () => {
      assert.equal(readJson(text).problem, `no valid JSON from character ${at}`);
    });
  }

  it('keeps what stands before a mistake', () => {
    const { shape } = readJson('{"type":"next","id":"1","payload":{"a":');
    assert.equal(shape?.get('type')?.text, 'next');
    assert.equal(shape?.get('id')?.text, '1');
  });

  it('loses no digit and no order', () => {
    const text = '{"z":12345678901234567890,"10":1.10,"2":0}';
    const { shape } = readJson(text);
    assert.equal(shape?.get('z')?.text, '12345678901234567890');
    assert.deepEqual(shape?.keys(), ['z', '10', '2']);
    assert.equal(renderValue(shape?.value()), text);
  });

  it('takes the last of two members with one name, and reads escaped names', () => {
    const { shape } = readJson('{"a":1,"\\u0061":2}');
    assert.equal(shape?.get('a')?.text, '2');
  });

  it('bounds depth', () => {
    assert.equal(readJson('['.repeat(900) + ']'.repeat(900)).problem, null);
    assert.match(readJson('['.repeat(1_000_000)).problem ?? '', /from character 1001/);
  });

  it('cuts long strings, within an escape as well', () => {
    const { shape } = readJson(JSON.stringify({ a: `${'x'.repeat(996)}\u0001\u0001${'y'.repeat(5_000)}` }));
    assert.equal(shape?.get('a')?.text, 'x'.repeat(996));
  });
});

describe('MessagePack and CBOR as shape', () => {
  const formats = [
    ['MessagePack', msgpackSyntax, loadMsgpack, encodeMsgpack],
    ['CBOR', cborSyntax, loadCbor, encodeCbor],
  ] as const;
  for (const [name, syntax, load, encode] of formats) {
    it(`reads what the ${name} library writes, and gives the same value`, async () => {
      const format = await load();
      fc.assert(
        fc.property(json, (value) => {
          const { shape, problem } = readItem(format, encode(value), 0);
          assert.equal(problem, null);
          assert.deepEqual(rebuilt(shape), same(value));
          assert.deepEqual(parsed(renderValue(shape?.value())), same(value));
        }),
      );
    });

    it(`never throws on bytes that are no ${name}`, async () => {
      const format = await load();
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 60 }), (random) => {
          const { shape } = readItem(format, random, 0);
          rebuilt(shape);
          renderValue(shape?.value());
        }),
        { numRuns: 3_000 },
      );
    });

    it(`tells where ${name} is cut off`, () => {
      const whole = encode({ type: 'next', items: [1, 'two', null, true, 3.5] });
      for (let length = 0; length < whole.length; length++) {
        assert.match(
          readItem(syntax, whole.subarray(0, length), 0).problem ?? '',
          /^no valid (MessagePack|CBOR) from byte/,
        );
      }
    });
  }

  it('refuses claims that the bytes cannot keep', () => {
    // An array of 2^32-1 elements, a map of as many, a string of 4 GiB; and arrays in arrays that claim a million each.
    for (const claim of ['dd ffffffff 00', 'df ffffffff 00', 'db ffffffff 00', 'dd 000f4240'.repeat(10_000)]) {
      assert.equal(readItem(msgpackSyntax, bytes(claim), 0).shape, null);
    }
    for (const claim of [
      '9a ffffffff 00',
      '9b ffffffffffffffff',
      'bb ffffffffffffffff',
      '7b 00ffffffffffffff',
      '9a 000f4240'.repeat(10_000),
    ]) {
      assert.equal(readItem(cborSyntax, bytes(claim), 0).shape, null);
    }
  });

  it('bounds depth', () => {
    assert.equal(readItem(msgpackSyntax, Buffer.alloc(100_000, 0x91), 0).shape, null);
    assert.equal(readItem(cborSyntax, Buffer.alloc(100_000, 0xd8), 0).shape, null);
    assert.equal(readItem(cborSyntax, Buffer.alloc(MAX_SHAPE_DEPTH + 5, 0x9f), 0).shape, null);
  });

  const values: readonly (readonly [format: 'msgpack' | 'cbor', hex: string, shown: string])[] = [
    ['msgpack', 'cf ffffffffffffffff', '18446744073709551615'],
    ['msgpack', 'd3 8000000000000000', '-9223372036854775808'],
    ['msgpack', 'c4 03 010203', '{"$binary":"010203","bytes":3}'],
    ['msgpack', 'd6 ff 00000000', '{"$timestamp":"1970-01-01T00:00:00.000Z"}'],
    ['msgpack', 'd4 05 aa', '{"$ext":5,"data":{"$binary":"aa","bytes":1}}'],
    ['msgpack', '82 01 a161 c0 a162', '{"1":"a","null":"b"}'],
    ['msgpack', '81 a9 5f5f70726f746f5f5f 01', '{"$problem":"The key __proto__ is not allowed"}'],
    ['msgpack', 'cb 7ff8000000000000', '"NaN"'],
    ['cbor', '1b ffffffffffffffff', '18446744073709551615'],
    ['cbor', '3b ffffffffffffffff', '-18446744073709551616'],
    ['cbor', 'c2 49 010000000000000000', '18446744073709551616'],
    ['cbor', 'c1 1a 514b67b0', '{"$tag":1,"value":1363896240}'],
    ['cbor', 'a2 02 01 6131 02', '{"2":1,"1":2}'],
    ['cbor', '5f 41 01 42 0203 ff', '{"$binary":"010203","bytes":3}'],
    ['cbor', 'bf 6161 01 ff', '{"a":1}'],
    ['cbor', 'f7', '{"$undefined":true}'],
    ['cbor', 'f8 ff', '{"$simple":255}'],
    ['cbor', 'f9 7c00', '"Infinity"'],
    ['cbor', 'd9d9f7 81 f5', '{"$tag":55799,"value":[true]}'],
  ];
  for (const [name, item, expected] of values) {
    it(`shows ${name} ${item} as ${expected}`, async () => {
      const format = await (name === 'cbor' ? loadCbor() : loadMsgpack());
      assert.equal(renderValue(readItem(format, bytes(item), 0).shape?.value()), expected);
    });
  }

  const numbers: readonly (readonly [format: 'msgpack' | 'cbor', hex: string, text: string])[] = [
    ['msgpack', '7f', '127'],
    ['msgpack', 'e0', '-32'],
    ['msgpack', 'cd ffff', '65535'],
    ['msgpack', 'd2 80000000', '-2147483648'],
    ['msgpack', 'cf ffffffffffffffff', '18446744073709551615'],
    ['msgpack', 'ca 3fc00000', '1.5'],
    ['cbor', '38 63', '-100'],
    ['cbor', '1b 0020000000000001', '9007199254740993'],
    ['cbor', 'f9 3e00', '1.5'],
    ['cbor', 'f9 0001', '5.960464477539063e-8'],
    ['cbor', 'fb c010666666666666', '-4.1'],
  ];
  for (const [name, item, expected] of numbers) {
    it(`reads the ${name} number ${item} as ${expected}`, () => {
      const shape = readItem(name === 'cbor' ? cborSyntax : msgpackSyntax, bytes(item), 0).shape;
      assert.deepEqual([shape?.kind, shape?.text], ['number', expected]);
    });
  }
});

describe('rendering a decoded value', () => {
  it('gives valid JSON within its bounds, whatever the value', () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withMap: true, withTypedArray: true, maxDepth: 4 }),
        fc.integer({ min: 1, max: 500 }),
        (value, maxChars) => {
          JSON.parse(renderValue(value, { maxChars, maxDepth: 3 }));
        },
      ),
    );
  });

  it('names what it leaves out', () => {
    const cut = renderValue(
      Array.from({ length: 1_000 }, (_, index) => index),
      { maxChars: 100 },
    );
    assert.match(cut, /"… \d+ more"\]$/);
    assert.match(renderValue('x'.repeat(500), { maxChars: 100 }), /… 400 more"$/);
    assert.equal(renderValue([[[1]]], { maxDepth: 2 }), '[["… nested deeper"]]');
  });
});
