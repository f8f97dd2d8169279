import assert from 'node:assert/strict';
import { deflateRawSync } from 'node:zlib';
import * as fc from 'fast-check';
import type { LogMode, LogRow } from '../../../src/core/base/logRow.js';
import { FrameDecoder } from '../../../src/core/frames/frameDecoder.js';
import { encodeFrame, type FrameToEncode } from '../../../src/core/frames/frameEncoder.js';
import { FrameLog } from '../../../src/core/frames/log/frameLog.js';
import { ShownLog } from '../../../src/core/session/shownLog.js';
import { splitAt } from '../../support/splitAt.js';

const SECRET = 'hunter2-and-more';

function logOf(...frames: readonly FrameToEncode[]): FrameLog {
  const log = new FrameLog({ spillDir: null });
  const onFrame = (frame: Parameters<FrameLog['append']>[0]) => log.append(frame, 1);
  const decoder = new FrameDecoder({ direction: 'received', keepPayloadBytes: Infinity, onFrame });
  for (const frame of frames) decoder.push(encodeFrame(frame), 1);
  return log;
}

async function shownRows(log: FrameLog, mode: LogMode): Promise<{ row: LogRow; bytes: Buffer }[]> {
  const shown = new ShownLog(log, [SECRET]);
  const view = log.openView({ mode, filter: '' });
  const rows = await shown.rows(await view.rows(0, 100), mode);
  const payloads = await Promise.all(rows.map(({ id }) => shown.payload(id, mode, 0, 1_000)));
  return rows.map((row, index) => ({ row, bytes: Buffer.from(payloads[index]!.bytes) }));
}

describe('ShownLog', () => {
  const cuts = fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 5 });

  it('knows a secret across fragments: in rows and payloads of the wire and of messages', async () => {
    await fc.assert(
      fc.asyncProperty(cuts, fc.constantFrom(1, 2), async (places, opcode) => {
        const pieces = splitAt(Buffer.from(`a ${SECRET} b`), places);
        const frames = pieces.flatMap((payload, index) => [
          { opcode: index === 0 ? opcode : 0, payload, fin: index === pieces.length - 1 },
          { opcode: 9, payload: 'ping' },
        ]);
        const log = logOf(...frames);
        const wire = (await shownRows(log, 'wire')).filter(({ row }) => row.opcode < 3);
        const hidden = `a ${'*'.repeat(SECRET.length)} b`;
        assert.equal(Buffer.concat(wire.map(({ bytes }) => bytes)).toString(), hidden);
        const previews = wire.map(({ row }) => (opcode === 1 ? row.preview : textOfHex(row.preview)));
        assert.equal(previews.join(''), hidden);
        const [message] = (await shownRows(log, 'messages')).filter(({ row }) => row.opcode < 3);
        assert.equal(message?.bytes.toString(), hidden);
        assert.doesNotMatch(textOfHex(message.row.preview) + message.row.preview, /unter2/);
        await log.dispose();
      }),
      { numRuns: 30 },
    );
  });

  it('takes what may be the beginning of a secret while its message is under way', async () => {
    const log = logOf({ opcode: 1, payload: 'a hunter2', fin: false });
    for (const mode of ['wire', 'messages'] as const) {
      const [shown] = await shownRows(log, mode);
      assert.doesNotMatch(`${shown?.row.preview} ${shown?.bytes.toString()}`, /hunter/);
    }
    await log.dispose();
  });

  it('shows deflated bytes where their content is known and holds no secret', async () => {
    const deflated = (text: string): FrameToEncode => ({ opcode: 1, rsv1: true, payload: deflateRawSync(text) });
    const log = logOf(deflated('harmless'), deflated(SECRET), deflated('unknown'));
    log.attachInflated('received', Buffer.from('harmless'), false);
    log.attachInflated('received', Buffer.from(SECRET), false);
    const wire = await shownRows(log, 'wire');
    const isStarred = wire.map(({ row, bytes }) => [/^[*]+$/.test(bytes.toString()), /^(2a ?)+$/.test(row.preview)]);
    assert.deepEqual(isStarred, [
      [false, false],
      [true, true],
      [true, true],
    ]);
    const messages = await shownRows(log, 'messages');
    assert.deepEqual(
      messages.map(({ bytes }) => bytes.toString().replace(/[*]+/, '*')),
      ['harmless', '*', '*'],
    );
    await log.dispose();
  });
});

function textOfHex(pairs: string): string {
  return Buffer.from(pairs.replaceAll(' ', ''), 'hex').toString('latin1');
}
