import assert from 'node:assert/strict';
import type { Writable } from 'node:stream';
import * as fc from 'fast-check';
import * as ws from 'ws';
import type { FrameViolation } from '../../../src/core/base/frame.js';
import { FrameDecoder } from '../../../src/core/frames/frameDecoder.js';
import { mayBecomeHttp } from '../../../src/core/frames/httpAfterUpgrade.js';
import { FrameValidator } from '../../../src/core/frames/frameValidator.js';
import { encodeFrame, type FrameToEncode } from '../../../src/core/frames/frameEncoder.js';

const MAX_MESSAGE_BYTES = 300;

/** Exported by `ws` since 8.20 and not typed. */
const { Receiver } = ws as unknown as { Receiver: new (options: object) => Writable };

/** What each error of `ws` is called here. */
const SAME: Readonly<Record<string, readonly string[]>> = {
  WS_ERR_UNEXPECTED_RSV_1: ['frame.reserved-bits'],
  WS_ERR_UNEXPECTED_RSV_2_3: ['frame.reserved-bits'],
  WS_ERR_INVALID_OPCODE: ['frame.invalid-opcode', 'frame.unexpected-continuation', 'frame.expected-continuation'],
  WS_ERR_EXPECTED_FIN: ['frame.invalid-control'],
  WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH: ['frame.invalid-control', 'frame.invalid-close'],
  WS_ERR_UNEXPECTED_MASK: ['frame.masked'],
  WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH: ['limit.message-size'],
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: ['limit.message-size'],
  WS_ERR_INVALID_CLOSE_CODE: ['frame.invalid-close'],
  WS_ERR_INVALID_UTF8: ['frame.invalid-utf8'],
};

function theirs(bytes: Uint8Array): Promise<string | null> {
  const receiver = new Receiver({ maxPayload: MAX_MESSAGE_BYTES });
  receiver.on('error', () => undefined);
  return new Promise((resolve) => {
    receiver.write(Buffer.from(bytes), (error) => {
      resolve(error === null || error === undefined ? null : ((error as { code?: string }).code ?? 'no code'));
    });
  });
}

function ours(bytes: Uint8Array): FrameViolation | null {
  const validator = new FrameValidator({ direction: 'received', deflate: false, maxMessageBytes: MAX_MESSAGE_BYTES });
  let found: FrameViolation | null = null;
  const decoder = new FrameDecoder({
    direction: 'received',
    keepPayloadBytes: 1000,
    onFrame: (frame) => {
      found ??= validator.check(frame);
    },
  });
  decoder.push(bytes, 0);
  return found ?? validator.checkPending(decoder.pending());
}

/** Mostly right, so that the rules behind the first one are reached as well. */
const mostly = <T>(right: fc.Arbitrary<T>, wrong: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ arbitrary: right, weight: 12 }, { arbitrary: wrong, weight: 1 });

const frame: fc.Arbitrary<FrameToEncode> = fc.record({
  opcode: mostly(fc.constantFrom(0, 0, 1, 1, 2, 8, 9, 10), fc.integer({ min: 0, max: 15 })),
  payload: fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 10 }).map((text) => Buffer.from(text)),
    fc.integer({ min: 990, max: 5010 }).map((code) => Buffer.from([code >> 8, code & 255])),
    mostly(
      fc.constant(Buffer.alloc(0)),
      fc.uint8Array({ maxLength: 130 }).map((bytes) => Buffer.from(bytes)),
    ),
    mostly(fc.constant(Buffer.alloc(100, 0x61)), fc.constant(Buffer.alloc(301, 0x61))),
  ),
  fin: fc.boolean(),
  rsv1: mostly(fc.constant(false), fc.constant(true)),
  rsv2: mostly(fc.constant(false), fc.constant(true)),
  maskKey: mostly<number | undefined>(fc.constant(undefined), fc.constant(0x01020304)),
  lengthBytes: mostly<8 | undefined>(fc.constant(undefined), fc.constant(8 as const)),
});

describe('FrameValidator beside the receiver of ws', () => {
  it('finds what ws finds, and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.array(frame, { maxLength: 8 }).map((frames) => Buffer.concat(frames.map(encodeFrame))),
          fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
        ),
        fc.nat({ max: 20 }),
        async (stream, cut) => {
          const bytes = stream.subarray(0, Math.max(0, stream.length - cut));
          const code = await theirs(bytes);
          const violation = ours(bytes);
          // Bad text inside a message that has not ended is ours to say at once; ws waits for the end.
          if (violation?.id === 'frame.invalid-utf8' && code !== 'WS_ERR_INVALID_UTF8') return;
          if (violation?.id === 'frame.http-after-upgrade') return assert.ok(code !== null || bytes.length < 2);
          // `H`, `HT`… may still become a status line, which says more than its bits: ours waits for the next byte.
          if (violation === null && mayBecomeHttp(bytes)) return;
          if (code === null) return assert.equal(violation, null);
          assert.ok(SAME[code]?.includes(violation?.id ?? ''), `ws: ${code}, ours: ${violation?.id}`);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
