import assert from 'node:assert/strict';
import { FrameLog, type LabelledMessage } from '../../../../src/core/frames/log/frameLog.js';
import { type FrameFacts, frameOf, rowsOf } from './support.js';

describe('row previews', () => {
  const table: [string, FrameFacts, string][] = [
    ['text as it is, hostile or not', { payload: '<b>\u202e\u001b[31m' }, '<b>\u202e\u001b[31m'],
    ['text cut at 240 characters', { payload: 'é'.repeat(300) }, 'é'.repeat(240)],
    ['text never cut within a surrogate pair', { payload: `${'x'.repeat(239)}😀y` }, 'x'.repeat(239)],
    ['a byte order mark kept', { payload: '\ufeffa' }, '\ufeffa'],
    ['binary as hex pairs', { opcode: 2, payload: Uint8Array.of(0, 255, 16) }, '00 ff 10'],
    ['binary cut at 80 pairs', { opcode: 2, payload: new Uint8Array(500) }, `${'00 '.repeat(79)}00`],
    ['a readable ping as text', { opcode: 9, payload: 'keepalive 1' }, 'keepalive 1'],
    ['any other ping as hex', { opcode: 9, payload: Uint8Array.of(0, 0, 1) }, '00 00 01'],
    ['a close as code and reason', { opcode: 8, payload: Buffer.from('03e8627965', 'hex') }, '1000 bye'],
    ['an empty close as nothing', { opcode: 8 }, ''],
    ['a broken close as hex', { opcode: 8, payload: Uint8Array.of(3) }, '03'],
    ['compressed bytes as hex until they are inflated', { rsv1: true, payload: 'ab' }, '61 62'],
  ];
  for (const [name, facts, preview] of table) {
    it(name, async () => {
      const log = new FrameLog({ spillDir: null });
      log.append(frameOf(facts), 1);
      assert.equal((await rowsOf(log, 'messages'))[0]!.preview, preview);
    });
  }

  it('shows a fragment of text as text in the wire view', async () => {
    const log = new FrameLog({ spillDir: null });
    log.append(frameOf({ fin: false, payload: 'one ' }), 1);
    log.append(frameOf({ opcode: 0, payload: 'two' }), 1);
    assert.deepEqual(
      (await rowsOf(log, 'wire')).map(({ preview }) => preview),
      ['one ', 'two'],
    );
    assert.deepEqual(
      (await rowsOf(log, 'messages')).map(({ preview }) => preview),
      ['one two'],
    );
  });

  it('labels whole messages by the content, and survives a label that throws', async () => {
    const asked: LabelledMessage[] = [];
    const labelOf = (message: LabelledMessage): string => {
      asked.push(message);
      if (message.binary) throw new Error('unreadable');
      return `label of ${Buffer.from(message.bytes).toString()}`;
    };
    const log = new FrameLog({ spillDir: null, labelOf });
    log.append(frameOf({ rsv1: true, payload: 'z' }), 1);
    log.attachInflated('received', Buffer.from('inflated'), false);
    log.append(frameOf({ opcode: 2, payload: 'b' }), 1);
    log.append(frameOf({ opcode: 9, payload: 'p' }), 1);
    assert.deepEqual(
      (await rowsOf(log, 'messages')).map(({ label }) => label),
      ['label of inflated', null, null],
    );
    assert.equal(asked.length, 2);
    await rowsOf(log, 'wire');
    assert.equal(asked.length, 2);
  });
});
