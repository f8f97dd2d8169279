import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { LoginWatch } from '../../../src/core/redaction/loginWatch.js';

const LOGIN = Buffer.from('{"type":"auth","token":"t0ken-of-a-fragment"}');
const SECRET = 't0ken-of-a-fragment';

/** Frames of one message, cut at the places. */
const fragments = (bytes: Uint8Array, places: readonly number[]) => {
  const cuts = [0, ...[...places].toSorted((a, b) => a - b), bytes.length];
  return cuts.slice(1).map((end, at) => ({
    direction: 'sent' as const,
    opcode: at === 0 ? 1 : 0,
    fin: at === cuts.length - 2,
    rsv1: false,
    payload: bytes.subarray(cuts[at], end),
  }));
};

describe('LoginWatch', () => {
  it('learns a login wherever its message is cut, and whatever comes between the pieces', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(LOGIN.length), { maxLength: 6 }), (places) => {
        const secrets: string[] = [];
        const watch = new LoginWatch(secrets);
        for (const frame of fragments(LOGIN, places)) {
          // Borrowed memory: it is used again.
          const payload = Buffer.from(frame.payload);
          watch.frame({ ...frame, payload }, 1);
          payload.fill(0);
          watch.frame({ direction: 'sent', opcode: 9, fin: true, rsv1: false, payload: Buffer.from('ping') }, 1);
          watch.frame({ direction: 'received', opcode: 1, fin: true, rsv1: false, payload: Buffer.from('hi') }, 1);
          watch.frame({ direction: 'sent', opcode: 1, fin: true, rsv1: false, payload: Buffer.from('hi') }, 2);
        }
        assert.deepEqual(
          secrets.filter((secret) => secret !== 'hi'),
          [SECRET],
        );
      }),
    );
  });

  it('holds no more of a message than a login has, and nothing of one that never ends', () => {
    const secrets: string[] = [];
    const watch = new LoginWatch(secrets);
    const piece = Buffer.alloc(40_000, 0x20);
    const long = Buffer.concat([piece, piece, LOGIN]);
    for (const frame of fragments(long, [40_000, 80_000])) watch.frame(frame, 1);
    const [first] = fragments(LOGIN, [5]);
    watch.frame(first!, 1);
    for (const frame of fragments(LOGIN, [5, 9])) watch.frame(frame, 1);
    assert.deepEqual(secrets, [SECRET]);
    watch.frame(first!, 1);
    watch.over(1);
    watch.frame({ ...fragments(LOGIN, [5])[1]! }, 1);
    assert.deepEqual(secrets, [SECRET]);
  });
});
