import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ProtoTexts } from '../../src/core/payload/protobuf/protoText.js';
import { repositoryRoot } from '../host/paths.js';
import { bundleOutputs } from './bundles.js';

const TEXTS = [
  `syntax = "proto2";
  package shop;
  import "google/protobuf/any.proto";
  import "google/protobuf/wrappers.proto";
  enum State { option allow_alias = true; NEW = 0; PAID = 1; DONE = 1; }
  message Order {
    optional int64 id = 1 [default = -5];
    optional uint64 total = 2 [default = 18446744073709551615];
    optional bytes mark = 3 [default = "\\001ab"];
    optional double rate = 4 [default = inf];
    optional State state = 5 [default = PAID];
    repeated sint64 steps = 6 [packed = true];
    map<int64, Order> parts = 7;
    oneof way { fixed64 road = 8; string sea = 9; }
    optional group Note = 10 { required sfixed64 at = 1; }
    optional google.protobuf.Any any = 11;
    optional google.protobuf.Int64Value wrapped = 12;
    extensions 100 to 200;
  }
  extend Order { optional int64 later = 101 [default = 7]; }
  service Shop { rpc Watch(Order) returns (stream Order); }`,
  `edition = "2023";
  message Item { Item inner = 1 [features.message_encoding = DELIMITED]; repeated int32 sizes = 2; }`,
  'syntax = "proto3"; message Bad { int32 = 1; }',
  'syntax = "proto3"; message Bad { Nowhere x = 1; }',
];

/** The build leaves out of protobufjs what reads and writes messages: its parser must not miss it. */
describe('the parser of protobuf, as it is bundled', () => {
  it('reads every kind of declaration as the whole package does, and refuses the same', async () => {
    const outputs = bundleOutputs() as Readonly<Record<string, { readonly entryPoint?: string }>>;
    const parts = Object.keys(outputs).filter((path) => outputs[path]?.entryPoint === 'part:protobuf');
    strictEqual(parts.length, 1);
    const part: Readonly<Record<string, { readonly ProtoTexts?: typeof ProtoTexts }>> = await import(
      pathToFileURL(join(repositoryRoot, parts[0] ?? '')).href
    );
    const bundled = part['core_payload_protobuf_protoText']?.ProtoTexts;
    ok(bundled);
    for (const text of TEXTS) deepStrictEqual(read(bundled, text), read(ProtoTexts, text));
  });
});

function read(Texts: typeof ProtoTexts, text: string): unknown {
  const texts = new Texts();
  try {
    const imports = texts.add({ name: 'shop.proto', text });
    return { imports, known: imports.map((path) => texts.addWellKnown(path)), schema: texts.schema() };
  } catch (error) {
    return String(error);
  }
}
