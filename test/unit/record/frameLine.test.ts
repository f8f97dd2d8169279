import assert from 'node:assert/strict';
import { OPCODE } from '../../../src/core/base/frame.js';
import { FrameLines } from '../../../src/core/record/frameLine.js';
import { LineBuffer } from '../../../src/core/record/lineBuffer.js';

const FACTS = { direction: 'received', fin: true, rsv1: false, rsv2: false, rsv3: false, masked: false } as const;

interface Row {
  readonly connection: number;
  readonly index: number;
  readonly atMs: number;
  readonly payload: Buffer;
  readonly isText: boolean;
}

describe('FrameLines', () => {
  const linesOf = (rows: readonly Row[]): unknown[] => {
    const buffer = new LineBuffer();
    const lines = new FrameLines(buffer);
    for (const { connection, index, atMs, payload, isText } of rows) {
      const frame = { ...FACTS, opcode: isText ? OPCODE.text : OPCODE.binary, payloadBytes: payload.length };
      // The payload lies somewhere in a chunk.
      const chunk = Buffer.concat([Buffer.from('before'), payload, Buffer.from('behind')]);
      const [start, end] = [6, 6 + payload.length];
      const wireBytes = payload.length + 2;
      if (lines.appendShort(frame, connection, index, atMs, wireBytes, chunk, start, end, isText)) continue;
      const rest = { truncated: false, inflated: null };
      lines.append(frame, { connection, index, atMs, wireBytes, bytes: chunk, start, end, isText, ...rest });
    }
    const text = Buffer.concat(buffer.take()).toString();
    return text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
  };
  const recordOf = ({ connection, index, atMs, payload, isText }: Row): unknown => ({
    type: 'frame',
    connection,
    index,
    atMs,
    ...FACTS,
    opcode: isText ? OPCODE.text : OPCODE.binary,
    wireBytes: payload.length + 2,
    payloadBytes: payload.length,
    ...(isText ? { text: payload.toString() } : { base64: payload.toString('base64') }),
    truncated: false,
  });
  const holds = (rows: readonly Row[]) => assert.deepEqual(linesOf(rows), rows.map(recordOf));
  const row = { connection: 1, index: 0, atMs: 1.5, payload: Buffer.from([0, 1, 250]), isText: false };

  it('counts on within a chunk, over every number of digits', () => {
    holds(Array.from({ length: 1_200 }, (_, index) => ({ ...row, index })));
    holds([99_998, 99_999, 100_000, 100_001].map((index) => ({ ...row, index })));
  });

  it('takes up again behind a gap, another time, size, kind or connection', () => {
    const rows = [
      row,
      { ...row, index: 9 },
      { ...row, index: 10, atMs: 12.034 },
      { ...row, index: 11, atMs: 12.034, payload: Buffer.from('four') },
      { ...row, index: 12, atMs: 12.034, payload: Buffer.from('four'), isText: true },
      { ...row, index: 13, atMs: 12.034, payload: Buffer.from('fo\nr'), isText: true },
      { ...row, index: 14, atMs: 12.034, payload: Buffer.from('four'), isText: true },
      { ...row, index: 15, atMs: 12.034, connection: 2, payload: Buffer.from('four'), isText: true },
      { ...row, index: 15, atMs: 12.034, connection: 2, payload: Buffer.from('four'), isText: true },
    ];
    holds(rows);
  });

  it('writes base64 of every length', () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => (index * 37) & 0xff));
    holds(Array.from({ length: 256 }, (_, length) => ({ ...row, index: length, payload: bytes.subarray(0, length) })));
  });
});
