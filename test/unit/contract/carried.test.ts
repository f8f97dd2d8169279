import assert from 'node:assert/strict';
import { Carried } from '../../../src/core/contract/carried.js';

const idOf = (prefix: string, at: number) => `${prefix}-${String(at).padStart(6, '0')}`;

describe('what is carried into binary messages', () => {
  it('puts an identifier wherever the recorded one stands, where it is as long', () => {
    const carried = new Carried();
    carried.learn({ slot: 'id', recorded: 'aaaaaaaa', now: 'bbbbbbbb' });
    carried.learn({ slot: 'id', recorded: 'cccccccc', now: 'longer than it was' });
    const bytes = Buffer.from('\u0001aaaaaaaa\u0000aaaaaaaa\u0002cccccccc');
    // A part of a larger buffer, as messages of a recording are.
    const message = { binary: true, bytes: Buffer.concat([Buffer.from('aaaaaaaa'), bytes]).subarray(8) };
    assert.equal(Buffer.from(carried.apply(message).bytes).toString(), '\u0001bbbbbbbb\u0000bbbbbbbb\u0002cccccccc');
    assert.deepEqual(message.bytes, bytes, 'what was recorded stays as it is');
  });

  it('knows the last hundred, and gives the message itself where nothing is to be put', () => {
    const carried = new Carried();
    for (let at = 0; at < 101; at++) carried.learn({ slot: 'id', recorded: idOf('was', at), now: idOf('now', at) });
    const message = (at: number) => ({ binary: true, bytes: Buffer.from(idOf('was', at)) });
    const oldest = message(0);
    assert.equal(carried.apply(oldest), oldest);
    assert.equal(Buffer.from(carried.apply(message(1)).bytes).toString(), idOf('now', 1));
    assert.equal(Buffer.from(carried.apply(message(100)).bytes).toString(), idOf('now', 100));
  });
});
