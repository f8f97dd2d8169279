import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { FrameDecoder } from '../../../src/core/frames/frameDecoder.js';
import { UnreadBytes } from '../../../src/core/run/unreadBytes.js';
import { encodeFrame } from '../../../src/core/frames/frameEncoder.js';

const RULES = { direction: 'received', deflate: false, maxMessageBytes: 1_000 } as const;

interface Wire {
  readonly bytes: Buffer;
  /** Where each message begins. */
  readonly begins: readonly number[];
}

/** Messages of one frame or several, with pings among them. */
function wireOf(messages: readonly (readonly number[])[]): Wire {
  const frames: Buffer[] = [];
  const begins: number[] = [];
  let length = 0;
  const put = (frame: Uint8Array) => {
    frames.push(Buffer.from(frame));
    length += frame.length;
  };
  for (const sizes of messages) {
    put(encodeFrame({ opcode: 9, payload: Buffer.from('ping') }));
    begins.push(length);
    sizes.forEach((size, index) => {
      put(
        encodeFrame({
          opcode: index === 0 ? 2 : 0,
          payload: Buffer.alloc(size, 0x61),
          fin: index === sizes.length - 1,
        }),
      );
      if (index < sizes.length - 1) put(encodeFrame({ opcode: 10, payload: Buffer.alloc(0) }));
    });
  }
  return { bytes: Buffer.concat(frames), begins };
}

describe('UnreadBytes', () => {
  it('finds the message that is refused, however the wire was cut and however far ws lagged behind', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 3 }), {
          minLength: 1,
          maxLength: 12,
        }),
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 30 }),
        fc.array(fc.nat(3), { minLength: 1, maxLength: 30 }),
        (messages, cuts, lags) => {
          const { bytes, begins } = wireOf(messages);
          const unread = new UnreadBytes();
          let whole = 0;
          let began: number | null = null;
          const decoder = new FrameDecoder({
            direction: 'received',
            keepPayloadBytes: 0,
            onFrame: ({ fin, opcode, wireOffset }) => {
              if (opcode >= 8) return;
              began = fin ? null : (began ?? wireOffset);
              if (fin) whole += 1;
            },
          });
          let delivered = 0;
          for (let at = 0, turn = 0; at < bytes.length; turn++) {
            const chunk = bytes.subarray(at, at + (cuts[turn % cuts.length] ?? 1));
            at += chunk.length;
            unread.push(chunk, delivered);
            decoder.push(chunk, 0);
            unread.mark(whole, began ?? unread.end - decoder.pendingBytes);
            delivered = Math.max(delivered, whole - (lags[turn % lags.length] ?? 0));
            if (delivered >= whole) continue;
            const { wireOffset, hex } = unread.locate('frame.bad-deflate', 'x', delivered, RULES);
            assert.equal(wireOffset, begins[delivered]);
            assert.equal(hex.slice(0, 2), bytes.subarray(wireOffset, wireOffset + 1).toString('hex'));
          }
        },
      ),
    );
  });
});
