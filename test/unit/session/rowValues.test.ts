import assert from 'node:assert/strict';
import type { Decoded } from '../../../src/core/dialects/dialect.js';
import { FrameDecoder } from '../../../src/core/frames/frameDecoder.js';
import { encodeFrame, type FrameToEncode } from '../../../src/core/frames/frameEncoder.js';
import { FrameLog } from '../../../src/core/frames/log/frameLog.js';
import type { LogSource } from '../../../src/core/session/logSource.js';
import { withValues } from '../../../src/core/session/rowValues.js';
import { ShownLog } from '../../../src/core/session/shownLog.js';

const SECRET = 'hunter2-and-more';

/** What the paths give for each row of a log with these messages. */
async function valuesOf(paths: readonly string[], messages: readonly FrameToEncode[], decoded?: unknown) {
  const log = new FrameLog({ spillDir: null });
  const onFrame = (frame: Parameters<FrameLog['append']>[0]) => log.append(frame, 1);
  const decoder = new FrameDecoder({ direction: 'received', keepPayloadBytes: Infinity, onFrame });
  for (const frame of messages) decoder.push(encodeFrame(frame), 1);
  const reading = decoded === undefined ? [] : [{ value: decoded } as Decoded];
  const dialect = { decode: async () => ({ decoded: reading, isComplete: true }) };
  const source = { log, dialect } as unknown as LogSource;
  const view = log.openView({ mode: 'messages', filter: '' });
  const shown = new ShownLog(log, [SECRET]);
  const rows = await withValues(source, shown, await view.rows(0, 100), 'messages', paths);
  await log.dispose();
  return rows.map(({ values }) => values);
}

const json = (payload: string): FrameToEncode => ({ opcode: 1, payload });

describe('values of rows', () => {
  it('are what each path selects in the JSON as received, with what a filter compares with', async () => {
    const values = await valuesOf(
      ['$.type', '$.n', '$..id', '$.o'],
      [json('{"type":"next","n":9007199254740993,"o":{"id":1,"p":{"id":"b"}}}'), json('[1]'), json('no JSON')],
    );
    assert.deepEqual(values, [
      {
        '$.type': { text: 'next', literal: '"next"' },
        '$.n': { text: '9007199254740993', literal: '9007199254740993' },
        '$..id': { text: '1, b', literal: null },
        '$.o': { text: '{"id":1,"p":{"id":"b"}}', literal: null },
      },
      {},
      {},
    ]);
  });

  it('are those of the decoded message where the received one has none', async () => {
    const values = await valuesOf(['$.event'], [json('42["chat","hi"]')], { event: 'chat' });
    assert.deepEqual(values, [{ '$.event': { text: 'chat', literal: '"chat"' } }]);
  });

  it('are none of control frames and of broken paths, and null of what is too long or never ends', async () => {
    const long = json(JSON.stringify({ a: 'x'.repeat(300_000) }));
    assert.deepEqual(await valuesOf(['$.a'], [{ opcode: 9, payload: '{"a":1}' }, long]), [undefined, { '$.a': null }]);
    assert.deepEqual(await valuesOf(['$['], [json('{"a":1}')]), [{}]);
    const endless = `$[?match(@, '(a+)+b')]`;
    const slow = json(JSON.stringify(['a'.repeat(40)]));
    assert.deepEqual(await valuesOf([endless], [slow, slow]), [{ [endless]: null }, { [endless]: null }]);
  });

  it('never give a secret away, and are cut', async () => {
    const [secret, cut] = await valuesOf(['$.a'], [json(`{"a":"${SECRET}"}`), json(`{"a":"${'y'.repeat(500)}"}`)]);
    assert.doesNotMatch(JSON.stringify(secret), /hunter/);
    assert.deepEqual(cut, { '$.a': { text: 'y'.repeat(240), literal: null } });
    assert.doesNotMatch(JSON.stringify(await valuesOf(['$.b'], [json('x')], { b: SECRET })), /hunter/);
  });
});
