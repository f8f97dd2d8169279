import { deepStrictEqual } from 'node:assert/strict';
import { deflateRawSync } from 'node:zlib';
import { InflatedReader } from '../../../../src/core/tap/relay/inflatedReader.js';
import { receivedFrame } from '../../../support/frames.js';

describe('InflatedReader', () => {
  const whole = deflateRawSync(Buffer.from('hello'));
  const frame = (payload: Uint8Array, fields: object = {}) =>
    receivedFrame(payload, { opcode: 1, rsv1: true, ...fields });

  it('tells of each compressed message in turn, and of those that cannot be read', () => {
    const told = (contextTakeover: boolean) => {
      const contents: (string | null)[] = [];
      const reader = new InflatedReader(contextTakeover, (bytes) =>
        contents.push(bytes && Buffer.from(bytes).toString()),
      );
      reader.push(frame(whole));
      reader.push(frame(Buffer.from('no deflate')));
      reader.push(frame(Buffer.from('plain'), { rsv1: false }));
      reader.push(frame(whole));
      reader.push(frame(whole.subarray(0, 2), { fin: false }));
      reader.push(frame(whole.subarray(2), { opcode: 0, rsv1: false }));
      return contents;
    };
    deepStrictEqual(told(false), ['hello', null, 'hello', 'hello']);
    deepStrictEqual(told(true), ['hello', null, null, null]);
  });
});
