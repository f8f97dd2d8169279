import assert from 'node:assert/strict';
import { encode as encodeMsgpack } from '@msgpack/msgpack';
import { encode as encodeCbor } from 'cbor2';
import * as fc from 'fast-check';
import type { DialectMessage } from '../../../src/core/dialects/dialect.js';
import { OperationTracker } from '../../../src/core/dialects/operationTracker.js';
import { READABLE_DIALECTS } from '../../../src/core/dialects/registry.js';
import { renderValue } from '../../../src/core/dialects/value/renderValue.js';

const direction = fc.constantFrom('sent', 'received') as fc.Arbitrary<DialectMessage['direction']>;

/** Words of all dialects in any order: nearer to what their decoders take than random bytes. */
const words = fc
  .array(
    fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      '0',
      '2',
      '3',
      '4',
      '42',
      '451-',
      'b',
      '/a,',
      '1',
      'null',
      '\x1e',
      '\x18',
      '\0',
      '\n',
      '\r\n',
      '"type"',
      '"id"',
      '"payload"',
      '"event"',
      '"data"',
      '"method"',
      '"jsonrpc":"2.0"',
      '"channel"',
      '"identifier"',
      '"error"',
      'CONNECT',
      'SEND',
      'MESSAGE',
      'content-length:3',
      'receipt:1',
      '"next"',
      '"subscribe"',
      '"phx_reply"',
      '"topic"',
      '__proto__',
    ),
    { maxLength: 40 },
  )
  .map((parts) => Buffer.from(parts.join('')));

const heads = fc
  .tuple(
    fc.constantFrom(0x10, 0x20, 0x30, 0x32, 0x40, 0x82, 0x90, 0xa2, 0xc0, 0xe0, 0xf0, 0x96, 0x86, 0xd9, 0x00, 0x01),
    fc.uint8Array({ maxLength: 48 }),
  )
  .map(([head, rest]) => Buffer.from([head, ...rest]));

const json = fc.jsonValue();
const payload = fc.oneof(
  words,
  heads,
  fc.uint8Array({ maxLength: 64 }),
  json.map((value) => Buffer.from(JSON.stringify(value))),
  json.map((value) => Buffer.from(encodeMsgpack(value))),
  json.map((value) => Buffer.from(encodeCbor(value))),
);
const message: fc.Arbitrary<DialectMessage> = fc.record({
  direction,
  binary: fc.boolean(),
  bytes: payload,
  atMs: fc.nat(),
});

describe('hostile input', () => {
  for (const dialect of READABLE_DIALECTS) {
    it(`${dialect.name} never throws, and says one safe line of everything`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(message, { maxLength: 8 }), async (messages) => {
          const decoder = await dialect.createDecoder();
          const tracker = new OperationTracker();
          for (const one of messages) {
            const decoded = decoder.decode(one);
            tracker.record({ id: 1, direction: one.direction, atMs: one.atMs }, decoded);
            assert.ok(decoded.length > 0 || one.bytes.length === 0);
            for (const { label, value } of decoded) {
              assert.ok(label.length > 0 && label.length <= 120);
              assert.doesNotMatch(label, /[\p{Cc}\p{Cf}\p{Cs}]/u);
              if (value !== undefined) JSON.parse(renderValue(value));
            }
          }
          const score = dialect.recognise({
            subprotocol: null,
            offered: [],
            url: 'ws://a',
            messages,
            greeting: null,
          });
          assert.ok(score >= 0 && score <= 1);
        }),
        { numRuns: 400 },
      );
    });

    it(`${dialect.name} survives bytes that go on and on`, async () => {
      const decoder = await dialect.createDecoder();
      const fills = [0x00, 0x0a, 0x22, 0x2d, 0x30, 0x5b, 0x7b, 0x80, 0x91, 0xff];
      for (const fill of fills) {
        for (const binary of [true, false]) {
          const bytes = Buffer.alloc(2_000_000, fill);
          const decoded = decoder.decode({ direction: 'received', binary, bytes, atMs: 0 });
          assert.ok(decoded.length <= 10_001, `${decoded.length} parts`);
        }
      }
    });
  }
});
