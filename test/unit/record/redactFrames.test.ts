import assert from 'node:assert/strict';
import { deflateRawSync } from 'node:zlib';
import * as fc from 'fast-check';
import { redactFrames } from '../../../src/core/record/redactFrames.js';
import { Redactor } from '../../../src/core/redaction/redactor.js';
import { frame } from '../../support/frameRecord.js';

const base64 = (content: string | Uint8Array) => Buffer.from(content).toString('base64');
const bytes255 = base64(new Uint8Array([255]));

describe('redactFrames', () => {
  it('blots out compressed payloads that hold a secret, or that cannot be read alone', () => {
    const deflate = (text: string) => base64(deflateRawSync(text, { finishFlush: 2 }).subarray(0, -4));
    const frames = [
      frame({ rsv1: true, base64: deflate('{"token":"hunter2"}') }),
      frame({ rsv1: true, base64: deflate('harmless') }),
      frame({ rsv1: true, base64: base64('no deflate') }),
      frame({ rsv1: true, fin: false, base64: deflate('harmless') }),
      frame({ opcode: 9, base64: bytes255 }),
      frame({ opcode: 0, base64: deflate('harmless') }),
      frame({ opcode: 0, base64: bytes255 }),
      frame({ direction: 'received', opcode: 2, base64: bytes255 }),
    ];
    const kept = redactFrames(frames, new Redactor(['hunter2'])).map(
      (item, index) => item.base64 === frames[index]?.base64,
    );
    assert.deepEqual(kept, [false, true, false, false, true, false, true, true]);
  });

  it('believes what was inflated as the bytes came', () => {
    const unreadable = base64('window of another message');
    const inflated = (text: string, truncated = false) => ({ inflated: { text, bytes: 9, truncated } });
    const frames = [
      frame({ rsv1: true, base64: unreadable, ...inflated('harmless') }),
      frame({ rsv1: true, base64: unreadable, ...inflated('a hunter2') }),
      frame({ rsv1: true, base64: unreadable, ...inflated('harmless so far', true) }),
      frame({ rsv1: true, base64: unreadable, fin: false }),
      frame({ opcode: 9, text: '' }),
      frame({ opcode: 0, base64: unreadable, ...inflated('harmless') }),
      frame({ rsv1: true, base64: unreadable, fin: false }),
      frame({ opcode: 0, base64: unreadable, inflated: { base64: base64('a hunter2'), bytes: 9, truncated: false } }),
    ];
    const hidden = redactFrames(frames, new Redactor(['hunter2']));
    const kept = hidden.map((item, index) => item.base64 === frames[index]?.base64);
    assert.deepEqual(kept, [true, false, false, true, true, true, false, false]);
    assert.equal(hidden[1]?.inflated?.text, 'a [redacted]');
    assert.equal(hidden[7]?.inflated?.base64, base64('a *******'));
  });

  it('knows a secret across fragments, with pings and the other direction between them', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 5 }), (cuts) => {
        const text = 'a hunter2 b!!';
        const places = [0, ...cuts.toSorted((a, b) => a - b), text.length];
        const frames = places
          .slice(1)
          .flatMap((end, index) => [
            frame({ opcode: index === 0 ? 1 : 0, fin: end === text.length, text: text.slice(places[index], end) }),
            frame({ opcode: 9, text: 'ping' }),
            frame({ direction: 'received', text: 'other' }),
          ]);
        const shown = redactFrames(frames, new Redactor(['hunter2']))
          .filter(({ opcode, direction }) => opcode < 8 && direction === 'sent')
          .map((each) => each.text)
          .join('');
        assert.equal(shown, 'a ******* b!!');
      }),
    );
  });

  it('takes what may be the beginning of a secret where its message is not whole, and what may be its end behind a gap', () => {
    const open = redactFrames([frame({ fin: false, text: 'a hunte' })], new Redactor(['hunter2']));
    assert.equal(open[0]?.text, 'a *****');
    const cut = [
      frame({ fin: false, text: 'a hunt', payloadBytes: 7, truncated: true }),
      frame({ opcode: 0, text: 'ter2 b' }),
    ];
    assert.deepEqual(
      redactFrames(cut, new Redactor(['hunter2'])).map(({ text }) => text),
      ['a ****', '**** b'],
    );
  });
});
