import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { ClientFrameReader, encodeClose, encodeFrame, type ClientFrame } from '../../../src/core/playground/frame.js';

describe('encodeFrame', () => {
  it('uses the shortest length encoding', () => {
    const heads = [0, 125, 126, 65_535, 65_536].map((length) =>
      encodeFrame({ opcode: 2, payload: Buffer.alloc(length) })
        .subarray(0, length < 126 ? 2 : length < 65_536 ? 4 : 10)
        .toString('hex'),
    );
    assert.deepEqual(heads, ['8200', '827d', '827e007e', '827effff', '827f0000000000010000']);
  });

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
      rsv: fc.nat(7),
      payload: fc.uint8Array({ maxLength: 300 }),
      mask: fc.uint8Array({ minLength: 4, maxLength: 4 }),
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
            sent.map(({ opcode, fin, rsv, payload }) => ({ fin, rsv, opcode, payload: Buffer.from(payload) })),
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
    const head = encodeFrame({ opcode: 2, declared: 16_777_217n });
    for (const byte of head) reader.push(Buffer.from([byte]));
    reader.push(Buffer.alloc(1_000));
    assert.equal(tooBig, 1);
  });
});
