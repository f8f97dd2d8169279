import assert from 'node:assert/strict';
import { cbor, msgpack } from '../../../src/core/dialects/packed/index.js';
import { binary, decodeAll, hex, outline, shown, text } from './support.js';

describe('msgpack and cbor', () => {
  it('outline a value and give the whole of it', async () => {
    const [one] = await decodeAll(msgpack, [
      hex('> 83 a474797065 a3737562 a26964 cf7fffffffffffffff a4626f6479 c403010203'),
    ]);
    assert.deepEqual(outline(one ? [one] : []), ['event {type: sub, id: 9223372036854775807, body: 3 bytes}']);
    const [two] = await decodeAll(cbor, [hex('< a2 6474797065 63737562 646c697374 83010203')]);
    assert.equal(two?.label, '{type: sub, list}');
    assert.deepEqual(shown(two), { type: 'sub', list: [1, 2, 3] });
  });

  it('reads values that follow each other', async () => {
    assert.deepEqual(outline(await decodeAll(cbor, [hex('< 01 820203 f6')])), [
      'event 1',
      'event [2 elements] 2',
      'event null',
    ]);
    assert.equal((await decodeAll(msgpack, [binary('sent', Buffer.alloc(1_000))])).length, 257);
  });

  it('say what is none of it', async () => {
    assert.deepEqual(
      outline(await decodeAll(msgpack, [text('> hi'), hex('< 92 01'), binary('sent', Buffer.alloc(1_100_000))])),
      [
        'event hi !text, not MessagePack',
        'error 2 bytes !no valid MessagePack from byte 1',
        'error 1100000 bytes !longer than 1 MiB: not decoded',
      ],
    );
  });
});
