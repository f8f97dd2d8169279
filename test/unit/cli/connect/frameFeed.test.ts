import assert from 'node:assert/strict';
import { type FrameEntry, FrameFeed } from '../../../../src/cli/connect/frameFeed.js';
import { renderSessionEvent } from '../../../../src/core/text/sessionEventText.js';
import type { Frame } from '../../../../src/core/base/frame.js';
import { receivedFrame } from '../../../support/frames.js';

const OPCODES = { text: 1, continuation: 0, ping: 9 } as const;

function frame(opcode: keyof typeof OPCODES, payload: string, changes: Partial<Frame> = {}): Frame {
  return receivedFrame(Buffer.from(payload), { opcode: OPCODES[opcode], ...changes });
}

describe('FrameFeed', () => {
  let passed: string[];
  let feed: FrameFeed;
  beforeEach(() => {
    passed = [];
    feed = new FrameFeed({
      onFrame: (entry) => passed.push(told(entry)),
      onEvent: (event) => passed.push(renderSessionEvent(event)),
    });
  });
  const told = ({ index, frame, inflated }: FrameEntry) =>
    `${index} ${Buffer.from(inflated?.payload ?? frame.payload).toString()}`;
  const inflate = (text: string, direction: 'sent' | 'received' = 'received') =>
    feed.attachInflated(direction, Buffer.from(text), false);

  it('passes frames on at once, but not before the opening is told', () => {
    feed.append(frame('text', 'early'), 1);
    feed.append(frame('text', 'ours', { direction: 'sent' }), 1);
    feed.append(frame('text', 'second'), 1);
    assert.deepEqual(passed, []);
    feed.open();
    assert.deepEqual(passed, ['0 early', '1 ours', '2 second']);
    feed.append(frame('ping', 'at once'), 1);
    assert.equal(passed.at(-1), '3 at once');
  });

  it('keeps the bytes of a frame that waits, whose payload is only lent', () => {
    const lent = Buffer.from('early');
    feed.append(frame('text', 'early', { payload: lent }), 1);
    lent.fill('x');
    feed.open();
    assert.deepEqual(passed, ['0 early']);
  });

  it('lets what follows a compressed message wait until that is inflated, in its direction alone', () => {
    feed.open();
    feed.append(frame('text', '??', { rsv1: true }), 1);
    feed.open();
    feed.append(frame('ping', 'after'), 1);
    feed.append(frame('ping', 'ours', { direction: 'sent' }), 1);
    feed.append(frame('text', '??', { rsv1: true }), 1);
    assert.deepEqual(passed, ['2 ours']);
    inflate('one');
    assert.deepEqual(passed, ['2 ours', '0 one', '1 after']);
    inflate('two');
    assert.equal(passed.at(-1), '3 two');
  });

  it('shows the fragments of a compressed message as they come and inflates the last', () => {
    feed.append(frame('text', 'a', { rsv1: true, fin: false }), 1);
    feed.open();
    feed.append(frame('continuation', 'b', { fin: false }), 1);
    assert.deepEqual(passed, ['0 a', '1 b']);
    feed.append(frame('continuation', 'c'), 1);
    inflate('abc');
    assert.equal(passed.at(-1), '2 abc');
  });

  it('gives what was never inflated as it is when the connection ends', () => {
    feed.append(frame('text', 'raw', { rsv1: true }), 1);
    feed.open();
    feed.append(frame('ping', 'after'), 1);
    feed.end();
    assert.deepEqual(passed, ['0 raw', '1 after']);
  });

  it('lets the frames of the next connection wait for its own opening', () => {
    feed.append(frame('text', 'one', { rsv1: true }), 1);
    feed.open();
    feed.append(frame('text', 'two'), 2);
    assert.deepEqual(passed, ['0 one']);
    feed.open();
    assert.deepEqual(passed, ['0 one', '1 two']);
  });

  it('begins with the event that tells of a connection, and lets the one before say its last words', () => {
    feed.append(frame('text', 'one'), 1);
    feed.open();
    feed.appendEvent({ kind: 'connecting', connection: 2 }, 1, 2);
    feed.append(frame('ping', 'late'), 1);
    feed.open();
    feed.append(frame('ping', 'later'), 1);
    feed.append(frame('text', 'two'), 2);
    assert.deepEqual(passed, ['0 one', 'Connecting (2)', '1 late', '2 later', '3 two']);
  });
});
