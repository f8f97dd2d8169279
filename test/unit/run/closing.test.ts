import assert from 'node:assert/strict';
import { describeClose } from '../../../src/core/run/closing.js';
import { FrameWatch } from '../../../src/core/run/frameWatch.js';

const ENDED = { endedBy: 'server-fin', openForMs: 5, http2: null } as const;

function closeWith(sent: string, received: string) {
  const ignore = () => {};
  const watch = new FrameWatch({
    maxMessageBytes: 1_000,
    events: { onMessage: ignore, onPong: ignore, onClose: ignore, onViolation: ignore },
  });
  watch.negotiated(false);
  watch.sent(Buffer.from(sent, 'hex'), 1);
  watch.received(Buffer.from(received, 'hex'), 2);
  return describeClose(watch, ENDED, false);
}

describe('describeClose', () => {
  const our1000 = '88820000000003e8';

  it('takes a Close that repeats our code, says 1000 or nothing for the answer to ours', () => {
    for (const answer of ['880203e8', '8800']) {
      const close = closeWith(our1000, answer);
      assert.equal(close.initiator, 'client');
      assert.equal(close.clean, true);
    }
  });

  it('tells a Close that crossed ours by its code', () => {
    const close = closeWith(our1000, '88021131');
    assert.deepEqual([close.code, close.initiator, close.clean], [4401, 'server', true]);
    assert.match(close.evidence, /crossed/);
  });

  it('keeps to the frame we refused, whatever the peer answers', () => {
    const ignore = () => {};
    const watch = new FrameWatch({
      maxMessageBytes: 1_000,
      events: { onMessage: ignore, onPong: ignore, onClose: ignore, onViolation: ignore },
    });
    watch.negotiated(false);
    watch.received(Buffer.from('83', 'hex'), 1);
    watch.received(Buffer.from('00', 'hex'), 1);
    watch.sent(Buffer.from('88820000000003ea', 'hex'), 2);
    watch.received(Buffer.from('880203f3', 'hex'), 3);
    assert.equal(watch.violation?.id, 'frame.invalid-opcode');
    const close = describeClose(watch, ENDED, false);
    assert.equal(close.initiator, 'client');
    assert.match(close.evidence, /^We closed with 1002: /);
  });

  it('blames TLS, not TCP, where TLS broke', () => {
    const ignore = () => {};
    const watch = new FrameWatch({
      maxMessageBytes: 1_000,
      events: { onMessage: ignore, onPong: ignore, onClose: ignore, onViolation: ignore },
    });
    const close = describeClose(watch, { ...ENDED, endedBy: 'server-reset', brokeTls: true }, false);
    assert.equal(close.code, 1006);
    assert.match(close.evidence, /^The peer broke off TLS without a Close frame/);
  });
});
