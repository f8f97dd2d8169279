import assert from 'node:assert/strict';
import { encodeFrame } from '../../../src/core/frames/frameEncoder.js';

describe('encodeFrame', () => {
  it('uses the shortest length encoding', () => {
    const heads = [0, 125, 126, 65_535, 65_536].map((length) =>
      encodeFrame({ opcode: 2, payload: Buffer.alloc(length) })
        .subarray(0, length < 126 ? 2 : length < 65_536 ? 4 : 10)
        .toString('hex'),
    );
    assert.deepEqual(heads, ['8200', '827d', '827e007e', '827effff', '827f0000000000010000']);
  });

  it('masks a copy of the payload', () => {
    const payload = Buffer.from('Hello');
    const bytes = encodeFrame({ opcode: 1, payload, maskKey: 0x37fa213d });
    assert.equal(bytes.toString('hex'), '818537fa213d7f9f4d5158');
    assert.equal(payload.toString(), 'Hello');
  });

  it('forces every field', () => {
    const bits = { fin: false, rsv1: true, rsv2: true, rsv3: true };
    assert.equal(
      encodeFrame({ opcode: 11, ...bits, payload: 'a', lengthBytes: 8 }).toString('hex'),
      '7b7f000000000000000161',
    );
    assert.equal(encodeFrame({ opcode: 2, declaredBytes: 2n ** 40n }).toString('hex'), '827f0000010000000000');
  });
});
