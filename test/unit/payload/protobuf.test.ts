import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, realpath, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as fc from 'fast-check';
import type { ProtobufPayload } from '../../../src/core/base/message.js';
import { encodePayload } from '../../../src/core/payload/encodePayload.js';
import { decodeMessage } from '../../../src/core/payload/protobuf/decodeMessage.js';
import { loadMessageType } from '../../../src/core/payload/protobuf/loadSchema.js';
import { rawFields } from '../../../src/core/payload/protobuf/rawFields.js';

/** The messages of https://protobuf.dev/programming-guides/encoding/, and one of every type. */
const GUIDE = `
syntax = "proto3";
package guide;
import "more/kinds.proto";
message Test1 { optional int32 a = 1; }
message Test2 { optional string b = 2; }
message Test3 { optional Test1 c = 3; }
message Test4 { string d = 4; repeated int32 e = 6 [packed = false]; }
message Test5 { repeated int32 f = 6; }
message Test6 { map<string, int32> g = 7; }
message Ints { sint32 zigzag = 1; int32 plain = 2; fixed64 big = 3; }
message Uses { more.Every every = 1; }
`;
const KINDS = `
syntax = "proto3";
package more;
import "google/protobuf/timestamp.proto";
enum Color { COLOR_NONE = 0; COLOR_RED = 1; COLOR_NEGATIVE = -1; }
message Every {
  double a_double = 1; float a_float = 2; int32 an_int32 = 3; uint32 a_uint32 = 4; sint32 a_sint32 = 5; fixed32 a_fixed32 = 6;
  sfixed32 a_sfixed32 = 7; int64 an_int64 = 8; uint64 a_uint64 = 9; sint64 a_sint64 = 10; fixed64 a_fixed64 = 11;
  sfixed64 a_sfixed64 = 12; bool a_bool = 13; string a_string = 14; bytes some_bytes = 15; Color color = 16;
  Every inner = 17; repeated sint64 many = 18; repeated Every list = 19; map<int64, Every> by_number = 20;
  oneof either { string one = 21; bool other = 22; }
  google.protobuf.Timestamp at = 23;
  map<string, bytes> named = 24;
}
`;

describe('protobuf', () => {
  let folder = '';
  const write = async (name: string, text: string | Uint8Array) => {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  };
  const encode = async (payload: ProtobufPayload) => {
    const { bytes } = await encodePayload({ protobuf: payload }, { baseDir: folder });
    return Buffer.from(bytes).toString('hex');
  };

  before(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'wsprobe-protobuf-')));
    await write('guide.proto', GUIDE);
    await write('more/kinds.proto', KINDS);
  });
  after(() => rm(folder, { recursive: true }));

  // https://protobuf.dev/programming-guides/encoding/
  const examples: readonly (readonly [type: string, value: unknown, hex: string])[] = [
    ['Test1', { a: 150 }, '089601'],
    ['Test1', { a: -2 }, '08feffffffffffffffff01'],
    ['Test2', { b: 'testing' }, '120774657374696e67'],
    ['Test3', { c: { a: 150 } }, '1a03089601'],
    ['Test4', { d: 'hello', e: [1, 2, 3] }, '220568656c6c6f300130023003'],
    ['Test5', { f: [3, 270, 86942] }, '3206038e029ea705'],
    ['Test6', { g: { x: 1 } }, '3a050a01781001'],
    ['Ints', { zigzag: -1 }, '0801'],
    ['Ints', { zigzag: 2147483647 }, '08feffffff0f'],
    ['Ints', { big: '1' }, '190100000000000000'],
  ];
  for (const [type, value, hex] of examples) {
    it(`${type} ${JSON.stringify(value)} is ${hex}`, async () => {
      assert.equal(await encode({ schema: './guide.proto', type: `guide.${type}`, value }), hex);
      const message = await loadMessageType('./guide.proto', `guide.${type}`, folder);
      assert.deepEqual(decodeMessage(message, Buffer.from(hex, 'hex')), value);
    });
  }

  it('gives back what was encoded', async () => {
    const int = (min: bigint, max: bigint) => fc.bigInt({ min, max }).map(String);
    /** As short as it can be written. */
    const float = fc.float({ noNaN: true, noDefaultInfinity: true }).map((each) => {
      const digits = [6, 7, 8, 9].find((count) => Math.fround(Number(each.toPrecision(count))) === each);
      return Number(each.toPrecision(digits));
    });
    const bytes = fc.uint8Array({ maxLength: 20 }).map((each) => Buffer.from(each).toString('base64'));
    const text = fc.string({ unit: 'grapheme', maxLength: 20 });
    const scalars = {
      aDouble: fc.double({ noNaN: true, noDefaultInfinity: true }).filter((each) => each !== 0),
      anInt32: fc.integer(),
      aUint32: fc.nat(0xffffffff),
      aSint32: fc.integer(),
      aFixed32: fc.nat(0xffffffff),
      aSfixed32: fc.integer(),
      anInt64: int(-(2n ** 63n), 2n ** 63n - 1n),
      aUint64: int(0n, 2n ** 64n - 1n),
      aSint64: int(-(2n ** 63n), 2n ** 63n - 1n),
      aFixed64: int(0n, 2n ** 64n - 1n),
      aSfixed64: int(-(2n ** 63n), 2n ** 63n - 1n),
      aBool: fc.boolean(),
      aString: text,
      someBytes: bytes,
      color: fc.constantFrom('COLOR_NONE', 'COLOR_RED', 'COLOR_NEGATIVE', 77),
      many: fc.array(int(-(2n ** 63n), 2n ** 63n - 1n), { minLength: 1, maxLength: 4 }),
      one: text,
      at: fc.record({ seconds: int(0n, 9999n), nanos: fc.nat(999_999_999) }),
      named: fc.dictionary(text, bytes, { minKeys: 1, maxKeys: 3 }),
    };
    const some = fc.record(
      {
        ...scalars,
        aFloat: fc.oneof(
          float.filter((each) => each !== 0),
          fc.constantFrom('NaN', 'Infinity', '-Infinity'),
        ),
      },
      { requiredKeys: [] },
    );
    const every = fc.record(
      {
        ...scalars,
        inner: some,
        list: fc.array(some, { minLength: 1, maxLength: 3 }),
        byNumber: fc.dictionary(int(0n, 99n), some, { minKeys: 1, maxKeys: 3 }),
      },
      { requiredKeys: [] },
    );
    const message = await loadMessageType('more/kinds.proto', 'more.Every', folder);
    await fc.assert(
      fc.asyncProperty(every, async (value) => {
        const hex = await encode({ schema: 'more/kinds.proto', type: 'more.Every', value });
        assert.deepStrictEqual(decodeMessage(message, Buffer.from(hex, 'hex')), JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 60 },
    );
  });

  it('never throws anything but that it is no protobuf, whatever bytes come', async () => {
    const message = await loadMessageType('more/kinds.proto', 'more.Every', folder);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        rawFields(bytes);
        try {
          JSON.stringify(decodeMessage(message, bytes));
        } catch (error) {
          assert.equal((error as Error).constructor.name, 'NotProtobuf', String(error));
        }
      }),
    );
  });

  it('keeps what the schema does not know, and joins a message that comes in two parts', async () => {
    const test3 = await loadMessageType('guide.proto', 'guide.Test3', folder);
    const decoded = decodeMessage(test3, Buffer.from('1a0218071a030896012a0161', 'hex'));
    assert.deepEqual(decoded, {
      c: { $unknown: [{ field: 3, varint: '7' }], a: 150 },
      $unknown: [{ field: 5, text: 'a' }],
    });
  });

  it('reads packed what is declared unpacked, and the other way round', async () => {
    const test4 = await loadMessageType('guide.proto', 'guide.Test4', folder);
    assert.deepEqual(decodeMessage(test4, Buffer.from('3203010203', 'hex')), { e: [1, 2, 3] });
    const test5 = await loadMessageType('guide.proto', 'guide.Test5', folder);
    assert.deepEqual(decodeMessage(test5, Buffer.from('30013002', 'hex')), { f: [1, 2] });
  });

  it('is told without a schema by its wire fields', () => {
    const hex = '089601120774657374696e671a030896012d010000003101000000000000003a02ff0043080144';
    assert.deepEqual(rawFields(Buffer.from(hex, 'hex')), [
      { field: 1, varint: '150' },
      { field: 2, text: 'testing' },
      { field: 3, fields: [{ field: 1, varint: '150' }] },
      { field: 5, fixed32: 1 },
      { field: 6, fixed64: '1' },
      { field: 7, base64: '/wA=' },
      { field: 8, group: [{ field: 1, varint: '1' }] },
    ]);
    for (const broken of ['', '08', '0896', '1a0508', '0f', '00', '0c', '0b', '08ffffffffffffffffff02']) {
      assert.equal(rawFields(Buffer.from(broken, 'hex')), null, broken);
    }
  });

  it('is bounded in depth', async () => {
    let bytes = Buffer.from('0801', 'hex');
    for (let i = 0; i < 5000; i++) {
      const length =
        bytes.length < 128
          ? Buffer.from([bytes.length])
          : Buffer.from([(bytes.length & 0x7f) | 0x80, bytes.length >> 7]);
      bytes = Buffer.concat([Buffer.from([0x8a, 0x01]), length, bytes]);
      if (bytes.length > 16_000) break;
    }
    const message = await loadMessageType('more/kinds.proto', 'more.Every', folder);
    assert.throws(() => decodeMessage(message, bytes), /nested too deeply/);
    assert.notEqual(rawFields(bytes), undefined);
    assert.equal(rawFields(Buffer.alloc(100_000, 0x0b)), null);
  });

  const misfits: readonly (readonly [type: string, value: unknown, message: RegExp])[] = [
    ['guide.Test1', { a: 2 ** 31 }, /guide\.Test1\.a must be a whole number of 32 bits/],
    ['guide.Test1', { a: 1.5 }, /whole number/],
    ['guide.Test1', { nope: 1 }, /guide\.Test1 has no field "nope": it has a/],
    ['guide.Test3', { c: 1 }, /guide\.Test3\.c must be an object/],
    ['guide.Test4', { e: 1 }, /must be a list/],
    ['guide.Test4', { e: [1, 'x'] }, /guide\.Test4\.e\[1\] must be/],
    ['guide.Ints', { big: -1 }, /0 or more, beyond 2\^53 as a text/],
    ['guide.Uses', { every: { color: 'COLOR_BLUE' } }, /must be a value of more\.Color: COLOR_NONE/],
    ['guide.Uses', { every: { someBytes: '?' } }, /Base64/],
    ['guide.Uses', { every: { a_bool: true, aBool: true } }, /given twice/],
    ['guide.Uses', { every: { byNumber: { x: {} } } }, /whole number of 64 bits/],
  ];
  for (const [type, value, message] of misfits) {
    it(`says where ${JSON.stringify(value)} does not fit ${type}`, async () => {
      await assert.rejects(encode({ schema: 'guide.proto', type, value }), { code: 'payload-encoding', message });
    });
  }

  describe('schemas', () => {
    const load = (path: string, type = 'M') => loadMessageType(path, type, folder);
    const refuses = (path: string, message: RegExp) => assert.rejects(load(path), { code: 'protobuf-schema', message });

    it('run no code that is made up', async () => {
      const { Function: real } = globalThis;
      const refuse = () => assert.fail('code from a text');
      globalThis.Function = new Proxy(real, { apply: refuse, construct: refuse });
      try {
        await write('plain.proto', 'syntax = "proto3"; message M { repeated M m = 1; map<string, double> d = 2; }');
        const value = { m: [{ d: { x: 1.5 } }] };
        const hex = await encode({ schema: 'plain.proto', type: 'M', value });
        assert.deepEqual(decodeMessage(await load('plain.proto'), Buffer.from(hex, 'hex')), value);
      } finally {
        globalThis.Function = real;
      }
    });

    it('may import each other', async () => {
      await write('circle/a.proto', 'syntax = "proto3"; import "b.proto"; message M { B b = 1; }');
      await write('circle/b.proto', 'syntax = "proto3"; import "circle/a.proto"; message B { M m = 1; int32 n = 2; }');
      const message = await load('circle/a.proto');
      assert.deepEqual(decodeMessage(message, Buffer.from('0a021001', 'hex')), { b: { n: 1 } });
    });

    it('are read anew once they have changed', async () => {
      await write('new.proto', 'syntax = "proto3"; message M { int32 before = 1; }');
      assert.deepEqual(decodeMessage(await load('new.proto'), Buffer.from('0801', 'hex')), { before: 1 });
      await write('new.proto', 'syntax = "proto3"; message M { int32 behind = 1; }');
      await utimes(join(folder, 'new.proto'), 1, 1);
      assert.deepEqual(decodeMessage(await load('new.proto'), Buffer.from('0801', 'hex')), { behind: 1 });
    });

    it('of proto2 have groups and extensions', async () => {
      const text =
        'syntax = "proto2"; package p; message M { optional group G = 1 { optional int32 n = 2; } extensions 100 to 199; repeated int32 r = 3; } extend M { optional string note = 100; }';
      await write('two.proto', text);
      const value = { g: { n: 5 }, r: [1, 2], '[p.note]': 'hi' };
      const hex = await encode({ schema: 'two.proto', type: 'p.M', value });
      assert.equal(hex, '0b10050c18011802a206026869');
      assert.deepEqual(decodeMessage(await load('two.proto', 'p.M'), Buffer.from(hex, 'hex')), value);
    });

    it('may be a descriptor set, as protoc writes it', async () => {
      // protoc --include_imports --descriptor_set_out: message M { E e = 1; repeated int32 n = 2; map<string, M> m = 3; M big_one = 4; } enum E { A = 0; B = 1; }
      const field = (name: string, number: number, label: number, type: number, typeName?: string) => ({
        name,
        number,
        label,
        type,
        ...(typeName === undefined ? {} : { typeName }),
      });
      const entry = {
        name: 'MEntry',
        field: [field('key', 1, 1, 9), field('value', 2, 1, 11, '.d.M')],
        options: { mapEntry: true },
      };
      const fields = [
        field('e', 1, 1, 14, '.d.E'),
        field('n', 2, 3, 5),
        field('m', 3, 3, 11, '.d.M.MEntry'),
        { ...field('big_one', 4, 1, 11, '.d.M'), jsonName: 'bigOne' },
      ];
      const file = {
        name: 'd.proto',
        package: 'd',
        syntax: 'proto3',
        messageType: [{ name: 'M', field: fields, nestedType: [entry] }],
        enumType: [
          {
            name: 'E',
            value: [
              { name: 'A', number: 0 },
              { name: 'B', number: 1 },
            ],
          },
        ],
      };
      const descriptors = require.resolve('protobufjs/google/protobuf/descriptor.proto');
      await write('descriptor.proto', await readFile(descriptors));
      const set = { schema: 'descriptor.proto', type: 'google.protobuf.FileDescriptorSet', value: { file: [file] } };
      await write('set.binpb', Buffer.from(await encode(set), 'hex'));
      const value = { e: 'B', n: [1, 2], m: { x: { e: 'A' } }, bigOne: { n: [3] } };
      const hex = await encode({ schema: 'set.binpb', type: 'd.M', value });
      assert.equal(hex, '0801120201021a070a0178120208002203120103');
      assert.deepEqual(decodeMessage(await load('set.binpb', 'd.M'), Buffer.from(hex, 'hex')), value);
      await write('noise.binpb', Buffer.from('0a0548656c6c', 'hex'));
      await refuses('noise.binpb', /cannot be used/);
      await write(
        'half.binpb',
        Buffer.from(await encode({ ...set, value: { file: [{ ...file, enumType: [] }] } }), 'hex'),
      );
      await refuses('half.binpb', /include_imports/);
    });

    it('inside the workspace alone', async () => {
      const outside = await mkdtemp(join(tmpdir(), 'wsprobe-outside-'));
      try {
        await writeFile(join(outside, 'secret.proto'), 'syntax = "proto3"; message M {}');
        await symlink(join(outside, 'secret.proto'), join(folder, 'link.proto'));
        await refuses('link.proto', /is outside the workspace/);
        await refuses(join(outside, 'secret.proto'), /is outside the workspace/);
        await write('importer.proto', 'syntax = "proto3"; import "link.proto"; message M {}');
        await refuses('importer.proto', /imports link\.proto, which is outside the workspace/);
        await write(
          'climber.proto',
          `syntax = "proto3"; import "../${outside.split('/').at(-1)}/secret.proto"; message M {}`,
        );
        await refuses('climber.proto', /outside the workspace/);
      } finally {
        await rm(outside, { recursive: true });
      }
    });

    it('at most 64 files and 4 MiB', async () => {
      for (let i = 0; i < 65; i++) await write(`chain/c${i}.proto`, `syntax = "proto3"; import "c${i + 1}.proto";`);
      await write('chain/c65.proto', 'syntax = "proto3"; message M {}');
      await refuses('chain/c0.proto', /imports more than 64 files/);
      await write('big/one.proto', `syntax = "proto3"; import "two.proto"; // ${'x'.repeat(3_000_000)}`);
      await write('big/two.proto', `syntax = "proto3"; message M {} // ${'x'.repeat(3_000_000)}`);
      await refuses('big/one.proto', /larger than 4 MiB/);
      await write('big/huge.proto', Buffer.alloc(5_000_000, 0x20));
      await refuses('big/huge.proto', /larger than 4 MiB/);
    });

    const broken: readonly (readonly [name: string, text: string, message: RegExp])[] = [
      ['syntax', 'syntax = "proto3";\nmessage M { int32 }', /broken\/syntax\.proto, line 2/],
      ['type', 'syntax = "proto3"; message M { Nowhere n = 1; }', /Nowhere/],
      [
        'import',
        'syntax = "proto3"; import "nowhere.proto"; message M {}',
        /imports nowhere\.proto, which is not there/,
      ],
      ['other', 'syntax = "proto3"; message N {}', /has no message M: it has N/],
      ['deep', `syntax = "proto3"; ${'message M { '.repeat(20_000)}`, /cannot be used|nested too deeply/],
      ['binary', '\u0000\u0001', /cannot be used/],
    ];
    for (const [name, text, message] of broken) {
      it(`say what is wrong: ${name}`, async () => {
        await write(`broken/${name}.proto`, text);
        await refuses(`broken/${name}.proto`, message);
      });
    }

    it('say that they are not there', async () => {
      await refuses('nowhere.proto', /is not there/);
      await refuses('more', /is a folder/);
      await assert.rejects(loadMessageType('a.proto', 'M', null), {
        code: 'protobuf-schema',
        message: /save the profile/,
      });
    });
  });
});
