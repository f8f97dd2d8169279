import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { DialectStream, type StreamMessage } from '../../../src/core/dialects/dialectStream.js';
import { stomp } from '../../../src/core/dialects/stomp/index.js';

const WIRE = Buffer.from(
  Array.from({ length: 40 }, (_, index) => `SEND\ndestination:/queue/${index}\n\nbody ${index}\0\n`).join(''),
);

function cut(at: readonly number[]): StreamMessage[] {
  const edges = [...new Set([0, ...at, WIRE.length])].sort((a, b) => a - b);
  return edges.slice(1).map((end, index) => {
    const bytes = WIRE.subarray(edges[index], end);
    return { id: index, direction: 'received', binary: true, atMs: index, bytes };
  });
}

describe('DialectStream', () => {
  it('reads any message in any order as it stood on the wire', async () => {
    const splits = fc.array(fc.integer({ min: 1, max: WIRE.length - 1 }), { maxLength: 700 });
    await fc.assert(
      fc.asyncProperty(splits, fc.array(fc.nat(), { maxLength: 30 }), fc.nat(), async (at, clicks, taken) => {
        const messages = cut(at);
        const plain = await stomp.createDecoder();
        const expected = messages.map((message) => plain.decode(message).map(({ label }) => label));
        const readAgain = async function* (after: number, to: number) {
          yield* messages.filter(({ id }) => id > after && id <= to);
        };
        const stream = new DialectStream(await stomp.createDecoder(), 0, readAgain);
        for (const message of messages.slice(0, taken % (messages.length + 1))) stream.take(message);
        for (const click of clicks) {
          const message = messages[click % messages.length]!;
          const { decoded, isComplete } = await stream.decodeAt(message);
          assert.deepEqual(
            decoded.map(({ label }) => label),
            expected[message.id],
          );
          assert.equal(isComplete, true);
        }
      }),
      { numRuns: 60 },
    );
  });
});
