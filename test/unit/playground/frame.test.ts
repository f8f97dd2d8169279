import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { ClientFrameReader, encodeClose, type ClientFrame } from '../../../src/core/playground/frame.js';
import { encodeFrame } from '../../../src/core/frames/frameEncoder.js';

describe('encodeClose', () => {
  it('cuts a close reason at 123 bytes, between characters', () => {
    const frame = encodeClose(1000, `${'a'.repeat(122)}é`);
    assert.equal(frame.toString('hex'), `887c03e8${'61'.repeat(122)}`);
    assert.equal(encodeClose(1000, 'a'.repeat(200)).length, 127);
  });
});

describe('ClientFrameReader', () => {
  it('reads what encodeFrame writes, in any split', () => {
    const frame = fc.record({
      opcode: fc.nat(15),
      fin: fc.boolean(),
      rsv1: fc.boolean(),
      rsv2: fc.boolean(),
      rsv3: fc.boolean(),
      payload: fc.uint8Array({ maxLength: 300 }),
      maskKey: fc.nat(0xffff_ffff),
    });
    fc.assert(
      fc.property(
        fc.array(frame, { maxLength: 5 }),
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }),
        (sent, cuts) => {
          const bytes = Buffer.concat(sent.map(encodeFrame));
          const read: ClientFrame[] = [];
          const reader = new ClientFrameReader(
            (each) => read.push(each),
            () => assert.fail('too big'),
          );
          for (let at = 0, turn = 0; at < bytes.length; turn++) {
            const size = cuts[turn % cuts.length]!;
            reader.push(bytes.subarray(at, at + size));
            at += size;
          }
          assert.deepEqual(
            read,
            sent.map(({ opcode, fin, rsv1, rsv2, rsv3, payload }) => {
              return { opcode, fin, rsv1, rsv2, rsv3, payload: Buffer.from(payload) };
            }),
          );
        },
      ),
    );
  });

  it('stops at the header of a frame above 16 MiB', () => {
    let tooBig = 0;
    const reader = new ClientFrameReader(
      () => assert.fail('no frame is whole'),
      () => tooBig++,
    );
    const head = encodeFrame({ opcode: 2, declaredBytes: 16_777_217n });
    for (const byte of head) reader.push(Buffer.from([byte]));
    reader.push(Buffer.alloc(1_000));
    assert.equal(tooBig, 1);
  });
});
