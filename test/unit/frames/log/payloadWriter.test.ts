import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { encodeFrame } from '../../../../src/core/frames/frameEncoder.js';
import { FrameDecoder } from '../../../../src/core/frames/frameDecoder.js';
import { FrameLog } from '../../../../src/core/frames/log/frameLog.js';
import { payloadOf } from './support.js';

describe('what we send', () => {
  it('is in the log as it was before it was masked, in one slab or in several, however the bytes are cut', async () => {
    const anyPayload = fc
      .integer({ min: 0, max: 3000 })
      .map((bytes) => Buffer.from(Array.from({ length: bytes }, (_, at) => at * 31)));
    const anyKey = fc.integer({ min: 0, max: 0xffff_ffff });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(anyPayload, anyKey), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 5000 }),
        async (sent, part) => {
          const log = new FrameLog({ spillDir: null, payloadBudgetBytes: 65_536 });
          const decoder = new FrameDecoder({
            direction: 'sent',
            keepPayloadBytes: 1 << 20,
            borrowPayload: true,
            onFrame: (frame) => log.append(frame, 1),
          });
          const wire = Buffer.concat(sent.map(([payload, maskKey]) => encodeFrame({ opcode: 2, payload, maskKey })));
          for (let at = 0; at < wire.length; at += part) decoder.push(wire.subarray(at, at + part), 0);
          for (const [id, [payload]] of sent.entries()) {
            assert.equal(await payloadOf(log, id, 'wire'), payload.toString('hex'));
          }
          await log.dispose();
        },
      ),
    );
  });
});
