import assert from 'node:assert/strict';
import type { Writable } from 'node:stream';
import * as fc from 'fast-check';
import * as ws from 'ws';
import { encodeFrame, type FrameToEncode } from '../../../src/core/frames/frameEncoder.js';
import { FrameLog } from '../../../src/core/frames/log/frameLog.js';
import { FrameWatch } from '../../../src/core/run/frameWatch.js';
import { violationOf } from '../../../src/core/transport/webSocketErrors.js';

const MAX_MESSAGE_BYTES = 70_000;

/** Exported by `ws` since 8.20 and not typed. */
const { Receiver } = ws as unknown as { Receiver: new (options: object) => Writable };

/** What a receiver of `ws` says of bytes, in order. */
function receiverTo(heard: string[], onMessage: (bytes: Buffer, binary: boolean) => void = () => {}): Writable {
  const receiver = new Receiver({ maxPayload: MAX_MESSAGE_BYTES });
  receiver.on('message', (bytes: Buffer, binary: boolean) => {
    onMessage(bytes, binary);
    heard.push(messageText(bytes, binary));
  });
  receiver.on('conclude', (code: number) => heard.push(`close ${code}`));
  receiver.on('error', (error: Error) => heard.push(error.message));
  return receiver;
}

const messageText = (bytes: Buffer, binary: boolean): string =>
  `${binary ? 'binary' : 'text'} ${bytes.length} ${bytes.subarray(0, 100).toString('hex')}`;

interface Read {
  readonly bytes: number;
  /** The bytes are read into the log's memory. */
  readonly intoRoom: boolean;
  /** What is handed on waits: the session is paused. */
  readonly waits: boolean;
}

/** What a session hears where messages may be told without `ws`. */
async function heardBySession(wire: Buffer, reads: readonly Read[]): Promise<{ heard: string[]; handedOn: number }> {
  const heard: string[] = [];
  const log = new FrameLog({ payloadBudgetBytes: 1 << 20, spillDir: null });
  const watch = new FrameWatch({
    maxMessageBytes: MAX_MESSAGE_BYTES,
    events: {
      onMessage: ({ binary, bytes }) => heard.push(messageText(bytes, binary)),
      onPong: () => {},
      onClose: () => {},
      onViolation: () => {},
    },
    log: {
      keepPayloadBytes: 1 << 18,
      memory: log.openInlet(),
      append: (frame) => log.append(frame, 1),
      chunkDone: () => {},
    },
  });
  watch.negotiated(false);
  const receiver = receiverTo(heard, (bytes, binary) => watch.read(binary, bytes));
  receiver.on('error', (error: Error) => {
    const id = violationOf(error);
    if (id !== null) watch.refused(id, error.message);
  });
  let waiting: Uint8Array[] = [];
  let handedOn = 0;
  const hand = (pieces: readonly Uint8Array[]): void => {
    for (const piece of pieces) {
      handedOn += piece.length;
      receiver.write(piece);
    }
  };
  for (let at = 0, index = 0; at < wire.length; index++) {
    const { bytes, intoRoom, waits } = reads[index % reads.length]!;
    const room = intoRoom ? watch.room() : null;
    const next = wire.subarray(at, at + Math.min(bytes, room?.length ?? bytes));
    room?.set(next);
    const chunk = room === null ? Buffer.from(next) : Buffer.from(room.buffer, room.byteOffset, next.length);
    hand(waiting);
    waiting = [];
    const pieces = watch.received(chunk, index, !waits);
    if (waits) waiting = [...pieces];
    else hand(pieces);
    at += next.length;
    // Between two reads of a socket Node runs what waits for its next tick: `ws` tells then what it refuses.
    await new Promise<void>((resolve) => process.nextTick(resolve));
  }
  hand(waiting);
  watch.closed();
  await log.dispose();
  return { heard, handedOn };
}

const mostly = <T>(right: fc.Arbitrary<T>, wrong: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ arbitrary: right, weight: 20 }, { arbitrary: wrong, weight: 1 });

const payload = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => Buffer.from(text)),
  mostly(
    fc.constantFrom(0, 125, 126, 4_000, 65_535, 65_536).map((size) => Buffer.alloc(size, 0x61)),
    fc.constantFrom(Buffer.from([0xc0, 0x80]), Buffer.alloc(MAX_MESSAGE_BYTES + 1, 0x61)),
  ),
);

const plain: fc.Arbitrary<FrameToEncode> = fc.record({ opcode: fc.constantFrom(1, 2), payload });
const other: fc.Arbitrary<FrameToEncode> = fc.record({
  opcode: mostly(fc.constantFrom(0, 0, 1, 2, 9, 10), fc.constantFrom(3, 8)),
  payload: fc.oneof(fc.constant(Buffer.from([0x03, 0xe8])), payload),
  fin: fc.boolean(),
  rsv1: mostly(fc.constant(false), fc.constant(true)),
  maskKey: mostly<number | undefined>(fc.constant(undefined), fc.constant(0x01020304)),
});
const fragmented: fc.Arbitrary<FrameToEncode[]> = fc
  .tuple(fc.constantFrom(1, 2), fc.array(payload, { minLength: 1, maxLength: 3 }))
  .map(([opcode, parts]) => [
    { opcode, payload: 'a', fin: false },
    ...parts.map((part, index) => ({ opcode: 0, payload: part, fin: index === parts.length - 1 })),
  ]);
const frames = fc.array(
  fc.oneof(
    { arbitrary: plain.map((frame) => [frame]), weight: 8 },
    { arbitrary: fragmented, weight: 1 },
    { arbitrary: other.map((frame) => [frame]), weight: 1 },
  ),
  { minLength: 1, maxLength: 30 },
);
const reads = fc.array(
  fc.record({
    bytes: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 5_000 }), fc.constant(1 << 18)),
    intoRoom: mostly(fc.constant(true), fc.constant(false)),
    waits: mostly(fc.constant(false), fc.constant(true)),
  }),
  { minLength: 1, maxLength: 20 },
);

describe('messages that a session tells without ws', () => {
  it('are those that ws would have told, in its order, whatever the frames and however they are read', async () => {
    await fc.assert(
      fc.asyncProperty(frames, reads, async (groups, pieces) => {
        const wire = Buffer.concat(groups.flat().map(encodeFrame));
        const alone: string[] = [];
        receiverTo(alone).write(wire);
        const { heard } = await heardBySession(wire, pieces);
        await new Promise(setImmediate);
        assert.deepEqual(heard, alone);
      }),
      { numRuns: 40 },
    );
  });

  it('never reach ws in a flood, be they split between any two bytes', async () => {
    const wire = Buffer.concat(
      Array.from({ length: 40 }, (_, index) =>
        encodeFrame({ opcode: 1 + (index % 2), payload: 'x'.repeat(index * 7) }),
      ),
    );
    for (const bytes of [1, 2, 3, 7, 300, wire.length]) {
      const { heard, handedOn } = await heardBySession(wire, [{ bytes, intoRoom: true, waits: false }]);
      assert.equal(heard.length, 40);
      if (bytes >= 300) assert.equal(handedOn, 0);
    }
  });
});
