import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { ownFrame } from '../../../src/core/frames/borrowedFrame.js';
import type { Frame } from '../../../src/core/base/frame.js';
import { FrameDecoder, type FrameDecoderOptions } from '../../../src/core/frames/frameDecoder.js';
import { encodeFrame, type FrameToEncode } from '../../../src/core/frames/frameEncoder.js';
import { splitAt } from '../../support/splitAt.js';

function decoder(options: Partial<FrameDecoderOptions> = {}): { frames: Frame[]; decoder: FrameDecoder } {
  const frames: Frame[] = [];
  return {
    frames,
    decoder: new FrameDecoder({
      direction: 'received',
      keepPayloadBytes: Number.POSITIVE_INFINITY,
      onFrame: (frame) => frames.push(options.borrowPayload ? ownFrame(frame) : frame),
      ...options,
    }),
  };
}

function decode(chunks: readonly Uint8Array[], options: Partial<FrameDecoderOptions> = {}): Frame[] {
  const made = decoder(options);
  for (const chunk of chunks) made.decoder.push(chunk, 1);
  return made.frames;
}

/** Frames as plain data: Buffers and Uint8Arrays of equal bytes are equal. */
function plain(frames: readonly Frame[]): unknown[] {
  return frames.map((frame) => ({ ...frame, payload: Buffer.from(frame.payload).toString('hex') }));
}

const anyFrame: fc.Arbitrary<FrameToEncode> = fc
  .record({
    opcode: fc.integer({ min: 0, max: 15 }),
    payload: fc.oneof(
      fc.uint8Array({ maxLength: 140 }),
      fc.uint8Array({ minLength: 250, maxLength: 300 }),
      fc.constantFrom(125, 126, 65_535, 65_536).map((bytes) => new Uint8Array(bytes).fill(7)),
    ),
    fin: fc.boolean(),
    rsv1: fc.boolean(),
    rsv2: fc.boolean(),
    rsv3: fc.boolean(),
    maskKey: fc.option(fc.integer({ min: 0, max: 0xffff_ffff }), { nil: undefined }),
    lengthBytes: fc.constantFrom(undefined, undefined, 8 as const),
  })
  .map((frame) => ({ ...frame }));

describe('FrameDecoder', () => {
  it('decodes an unmasked text frame', () => {
    const [frame, ...others] = decode([Buffer.from('810548656c6c6f', 'hex')]);
    assert.deepEqual(others, []);
    assert.deepEqual(frame, {
      direction: 'received',
      fin: true,
      rsv1: false,
      rsv2: false,
      rsv3: false,
      opcode: 1,
      masked: false,
      maskKey: 0,
      headerBytes: 2,
      payloadBytes: 5,
      wireOffset: 0,
      atMs: 1,
      payload: new Uint8Array(Buffer.from('Hello')),
      truncated: false,
    });
  });

  it('unmasks a masked frame and shows its key', () => {
    const [frame] = decode([Buffer.from('818537fa213d7f9f4d5158', 'hex')], { direction: 'sent' });
    assert.equal(Buffer.from(frame!.payload).toString(), 'Hello');
    assert.equal(frame!.maskKey, 0x37fa213d);
    assert.equal(frame!.headerBytes, 6);
    assert.equal(frame!.direction, 'sent');
  });

  it('accepts lengths that are longer than need be', () => {
    for (const hex of ['81027e7e', '817e00027e7e', '817f00000000000000027e7e']) {
      const [frame] = decode([Buffer.from(hex, 'hex')]);
      assert.equal(Buffer.from(frame!.payload).toString('hex'), '7e7e');
      assert.equal(frame!.headerBytes, hex.length / 2 - 2);
    }
  });

  it('gives back what was encoded, in any split and both directions', () => {
    fc.assert(
      fc.property(
        fc.array(anyFrame, { maxLength: 6 }),
        fc.array(fc.nat(), { maxLength: 12 }),
        fc.constantFrom('sent' as const, 'received' as const),
        (wanted, places, direction) => {
          const bytes = Buffer.concat(wanted.map(encodeFrame));
          const frames = decode(splitAt(bytes, places), { direction });
          assert.equal(frames.length, wanted.length);
          let offset = 0;
          for (const [index, frame] of frames.entries()) {
            const expected = wanted[index]!;
            assert.equal(frame.direction, direction);
            assert.equal(frame.opcode, expected.opcode);
            assert.deepEqual(
              [frame.fin, frame.rsv1, frame.rsv2, frame.rsv3],
              [expected.fin, expected.rsv1, expected.rsv2, expected.rsv3],
            );
            assert.equal(frame.masked, expected.maskKey !== undefined);
            assert.equal(frame.maskKey, expected.maskKey ?? 0);
            assert.equal(Buffer.compare(frame.payload, Buffer.from(expected.payload!)), 0);
            assert.equal(frame.wireOffset, offset);
            assert.equal(frame.truncated, false);
            offset += frame.headerBytes + frame.payloadBytes;
          }
          assert.equal(offset, bytes.length);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('gives the same frames for any bytes in any split, and never throws', () => {
    const mutated = fc
      .tuple(fc.array(anyFrame, { maxLength: 4 }), fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }))))
      .map(([frames, changes]) => {
        const bytes = Buffer.concat(frames.map(encodeFrame));
        for (const [place, value] of changes) if (bytes.length > 0) bytes[place % bytes.length] = value;
        return new Uint8Array(bytes);
      });
    fc.assert(
      fc.property(
        fc.oneof(mutated, fc.uint8Array({ maxLength: 400 })),
        fc.array(fc.nat(), { maxLength: 12 }),
        fc.constantFrom(0, 3, 200, Number.POSITIVE_INFINITY),
        fc.boolean(),
        (bytes, places, keepPayloadBytes, borrowPayload) => {
          const whole = decoder({ keepPayloadBytes });
          whole.decoder.push(bytes, 1);
          const pieces = decoder({ keepPayloadBytes, borrowPayload });
          for (const chunk of splitAt(bytes, places)) pieces.decoder.push(chunk, 1);
          assert.deepEqual(plain(pieces.frames), plain(whole.frames));
          assert.deepEqual(pieces.decoder.pending(), whole.decoder.pending());
          assert.equal(pieces.decoder.stopped, whole.decoder.stopped);
          const done = whole.frames.reduce((sum, frame) => sum + frame.headerBytes + frame.payloadBytes, 0);
          assert.equal(done + whole.decoder.pendingBytes, bytes.length);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('reads every first byte with and without a mask, split between every byte', () => {
    for (let first = 0; first < 256; first++) {
      for (const maskKey of [undefined, 0xa1b2c3d4]) {
        const bytes = encodeFrame({ opcode: 0, payload: 'abc', maskKey });
        bytes[0] = first;
        const expected = plain(decode([bytes]));
        assert.equal(expected.length, 1);
        assert.deepEqual(plain(decode(Array.from(bytes, (byte) => Uint8Array.of(byte)))), expected);
        const [frame] = decode([bytes]);
        assert.equal(frame!.opcode, first & 15);
        assert.equal(frame!.fin, first > 127);
        assert.equal(Buffer.from(frame!.payload).toString(), 'abc');
      }
    }
  });

  it('stamps a frame with the time of the chunk that holds its last byte', () => {
    const { decoder: made, frames } = decoder();
    const bytes = Buffer.concat([
      encodeFrame({ opcode: 1, payload: 'one' }),
      encodeFrame({ opcode: 1, payload: 'two' }),
    ]);
    made.push(bytes.subarray(0, 3), 10);
    made.push(bytes.subarray(3, 5), 20);
    made.push(bytes.subarray(5, 9), 30);
    made.push(bytes.subarray(9), 40.5);
    assert.deepEqual(
      frames.map((frame) => frame.atMs),
      [20, 40.5],
    );
  });

  it('keeps the first bytes of a payload and counts the rest, wherever it is split', () => {
    const bytes = encodeFrame({ opcode: 2, payload: Buffer.alloc(1000, 9), maskKey: 0x01020304 });
    for (let cut = 0; cut <= bytes.length; cut += 7) {
      const [frame] = decode([bytes.subarray(0, cut), bytes.subarray(cut)], { keepPayloadBytes: 10 });
      assert.deepEqual([...frame!.payload], Array<number>(10).fill(9));
      assert.equal(frame!.payload.buffer.byteLength, 10);
      assert.equal(frame!.payloadBytes, 1000);
      assert.equal(frame!.truncated, true);
    }
  });

  it('keeps control payloads even where data payloads are not kept', () => {
    const frames = decode([encodeFrame({ opcode: 9, payload: 'mark' }), encodeFrame({ opcode: 1, payload: 'text' })], {
      keepPayloadBytes: 0,
    });
    assert.deepEqual(
      frames.map((frame) => [Buffer.from(frame.payload).toString(), frame.truncated]),
      [
        ['mark', false],
        ['', true],
      ],
    );
  });

  it('copies the payload, so that the chunk may be used again', () => {
    const chunk = encodeFrame({ opcode: 1, payload: 'text' });
    const [frame] = decode([chunk]);
    chunk.fill(0);
    assert.equal(Buffer.from(frame!.payload).toString(), 'text');
  });

  it('borrows the payload from the chunk when asked to, and leaves a masked chunk as it was', () => {
    const chunk = encodeFrame({ opcode: 1, payload: 'text' });
    const buffers: ArrayBufferLike[] = [];
    const lending = new FrameDecoder({
      direction: 'received',
      keepPayloadBytes: 100,
      borrowPayload: true,
      onFrame: (frame) => buffers.push(frame.payload.buffer),
    });
    lending.push(chunk, 1);
    assert.equal(buffers[0] === chunk.buffer, true);
    const masked = encodeFrame({ opcode: 1, payload: 'text', maskKey: 0x01020304 });
    const before = masked.toString('hex');
    const [unmasked] = decode([masked], { borrowPayload: true });
    assert.equal(Buffer.from(unmasked!.payload).toString(), 'text');
    assert.equal(masked.toString('hex'), before);
  });

  it('does not reserve what a header declares', () => {
    for (const declaredBytes of [2n ** 30n, 2n ** 40n, 2n ** 53n - 2n]) {
      const { decoder: made, frames } = decoder();
      made.push(encodeFrame({ opcode: 2, declaredBytes, payload: 'abc' }), 1);
      assert.deepEqual(frames, []);
      assert.equal(made.stopped, false);
      const pending = made.pending()!;
      assert.equal(pending.declaredPayloadBytes, Number(declaredBytes));
      assert.equal(pending.receivedPayloadBytes, 3);
      assert.equal(Buffer.from(pending.firstBytes.subarray(10)).toString(), 'abc');
    }
  });

  it('stops at a length of 2^53 or more and counts what follows', () => {
    for (const declaredBytes of [2n ** 53n, 2n ** 63n, 2n ** 64n - 1n]) {
      const { decoder: made, frames } = decoder();
      made.push(encodeFrame({ opcode: 1, payload: 'ok' }), 1);
      made.push(encodeFrame({ opcode: 2, declaredBytes }), 2);
      assert.equal(made.stopped, true);
      for (let i = 0; i < 100; i++) made.push(encodeFrame({ opcode: 1, payload: 'never read' }), 3);
      assert.equal(frames.length, 1);
      assert.equal(made.pending()!.declaredPayloadBytes, Number.MAX_SAFE_INTEGER);
      assert.equal(made.pending()!.wireOffset, 4);
      assert.equal(made.pendingBytes, 10 + 1200);
    }
  });

  it('tells of a half frame what it knows, and nothing at a boundary', () => {
    const { decoder: made } = decoder();
    assert.equal(made.pending(), null);
    assert.equal(made.pendingBytes, 0);
    const bytes = encodeFrame({ opcode: 2, payload: Buffer.alloc(300, 1), maskKey: 0xdeadbeef });
    for (const [at, byte] of bytes.entries()) {
      made.push(Uint8Array.of(byte), at);
      const received = at + 1;
      if (received === bytes.length) break;
      assert.deepEqual(made.pending(), {
        wireOffset: 0,
        headerBytes: Math.min(received, 8),
        declaredPayloadBytes: received < 8 ? null : 300,
        receivedPayloadBytes: Math.max(0, received - 8),
        firstBytes: new Uint8Array(bytes.subarray(0, Math.min(received, 64))),
      });
      assert.equal(made.pendingBytes, received);
    }
    assert.equal(made.pending(), null);
    assert.equal(made.pendingBytes, 0);
  });

  it('passes over empty chunks', () => {
    const { decoder: made, frames } = decoder();
    made.push(new Uint8Array(0), 1);
    made.push(Uint8Array.of(0x81), 2);
    made.push(new Uint8Array(0), 3);
    made.push(Uint8Array.of(0), 4);
    assert.equal(frames.length, 1);
    assert.equal(frames[0]!.payloadBytes, 0);
  });
});
