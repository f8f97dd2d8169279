import assert from 'node:assert/strict';
import { constants, createDeflateRaw, deflateRawSync } from 'node:zlib';
import * as fc from 'fast-check';
import { FrameDecoder } from '../../../src/core/frames/frameDecoder.js';
import { encodeFrame, type FrameToEncode } from '../../../src/core/frames/frameEncoder.js';
import { MessageInflater } from '../../../src/core/frames/messageInflater.js';
import { type JoinedMessage, MessageJoiner } from '../../../src/core/frames/messageJoiner.js';
import { splitAt } from '../../support/splitAt.js';

type Bytes = Uint8Array;

function joined(frames: readonly FrameToEncode[]): JoinedMessage<string>[] {
  const joiner = new MessageJoiner<string>();
  const messages: JoinedMessage<string>[] = [];
  const decoder = new FrameDecoder({
    direction: 'received',
    keepPayloadBytes: Infinity,
    onFrame: (frame) => messages.push(...joiner.push(frame, Buffer.from(frame.payload).toString('latin1'))),
  });
  for (const frame of frames) decoder.push(encodeFrame(frame), 1);
  const last = joiner.end();
  return last === null ? messages : [...messages, last];
}

const shown = ({ opcode, parts, finished }: JoinedMessage<string>): unknown[] => [opcode, parts.join('|'), finished];

describe('MessageJoiner', () => {
  const cases: readonly (readonly [string, readonly FrameToEncode[], unknown])[] = [
    [
      'joins fragments, with a ping between them',
      [
        { opcode: 1, payload: 'a', fin: false },
        { opcode: 9, payload: 'p' },
        { opcode: 0, payload: '', fin: false },
        { opcode: 0, payload: 'b' },
      ],
      [
        [9, 'p', true],
        [1, 'a||b', true],
      ],
    ],
    [
      'gives up a message that a new one interrupts, unfinished',
      [
        { opcode: 1, payload: 'a', fin: false },
        { opcode: 2, payload: 'b' },
        { opcode: 0, payload: 'c' },
      ],
      [
        [1, 'a', false],
        [2, 'b', true],
        [0, 'c', true],
      ],
    ],
    [
      'joins the fragments of an interrupting message',
      [
        { opcode: 1, payload: 'a', fin: false },
        { opcode: 2, payload: 'b', fin: false },
        { opcode: 0, payload: 'c' },
      ],
      [
        [1, 'a', false],
        [2, 'b|c', true],
      ],
    ],
    [
      'lets a continuation of nothing begin a message',
      [
        { opcode: 0, payload: 'a', fin: false },
        { opcode: 0, payload: 'b', fin: false },
      ],
      [[0, 'a|b', false]],
    ],
  ];
  for (const [title, frames, expected] of cases) {
    it(title, () => assert.deepEqual(joined(frames).map(shown), expected));
  }

  it('counts what it may not hold', () => {
    const joiner = new MessageJoiner<string>({ mayHold: (_, held) => held.length < 2 });
    const frame = { opcode: 0, fin: false, rsv1: false, payloadBytes: 5 };
    for (const part of ['a', 'b', 'c', 'd']) joiner.push(frame, part);
    assert.deepEqual(joiner.end(), {
      opcode: 0,
      compressed: false,
      parts: ['a', 'b'],
      frames: 4,
      payloadBytes: 20,
      truncated: true,
      finished: false,
    });
    assert.equal(joiner.end(), null);
  });
});

interface Message {
  readonly opcode: number;
  readonly content: Bytes;
  readonly compressed: boolean;
  readonly cuts: readonly number[];
  /** Payloads of pings between its fragments. */
  readonly pings: readonly Bytes[];
}

const contents = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 200 }).map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 300 }),
  fc.constantFrom('€'.repeat(60), 'wörd 🙂 '.repeat(400)).map((text) => Buffer.from(text)),
);
const messages: fc.Arbitrary<Message> = fc.record({
  opcode: fc.constantFrom(1, 2),
  content: contents,
  compressed: fc.boolean(),
  cuts: fc.array(fc.nat(), { maxLength: 4 }),
  pings: fc.array(fc.uint8Array({ maxLength: 125 }), { maxLength: 3 }),
});

/** As a peer deflates: with a window for all messages, or one for each. */
async function deflater(takeover: boolean): Promise<(content: Bytes) => Promise<Bytes>> {
  if (!takeover) {
    return async (content) => deflateRawSync(content, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
  }
  const stream = createDeflateRaw({ windowBits: 15 });
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return async (content) => {
    chunks.length = 0;
    stream.write(content);
    await new Promise<void>((resolve) => stream.flush(constants.Z_SYNC_FLUSH, resolve));
    return Buffer.concat(chunks).subarray(0, -4);
  };
}

async function wireOf(list: readonly Message[], takeover: boolean, masks: boolean): Promise<Bytes> {
  const deflate = await deflater(takeover);
  const frames: Buffer[] = [];
  let key = 0x01020304;
  const put = (frame: FrameToEncode) => {
    key = (key * 7 + 1) >>> 0;
    frames.push(encodeFrame({ ...frame, maskKey: masks ? key : undefined }));
  };
  for (const { opcode, content, compressed, cuts, pings } of list) {
    const pieces = splitAt(compressed ? await deflate(content) : content, cuts);
    for (const [index, payload] of pieces.entries()) {
      const isFirst = index === 0;
      put({ opcode: isFirst ? opcode : 0, rsv1: isFirst && compressed, fin: index === pieces.length - 1, payload });
      const ping = pings[index];
      if (ping) put({ opcode: 9, payload: ping });
    }
  }
  return Buffer.concat(frames);
}

describe('encode, decode, join', () => {
  it('gives the same messages for any fragments, windows and split of the wire', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(messages, { maxLength: 6 }),
        fc.boolean(),
        fc.boolean(),
        fc.array(fc.nat(), { maxLength: 20 }),
        async (list, takeover, masks, cuts) => {
          const wire = await wireOf(list, takeover, masks);
          const inflater = new MessageInflater({ contextTakeover: takeover, maxBytes: 1_000_000 });
          const joiner = new MessageJoiner<Bytes>();
          const read: unknown[] = [];
          const decoder = new FrameDecoder({
            direction: masks ? 'sent' : 'received',
            keepPayloadBytes: Infinity,
            onFrame: (frame) => {
              for (const { opcode, compressed, parts, finished } of joiner.push(frame, frame.payload)) {
                if (opcode === 9) continue;
                const content = compressed ? inflater.inflate(parts) : Buffer.concat(parts);
                read.push({ opcode, compressed, finished, content: content?.toString('hex') });
              }
            },
          });
          for (const chunk of splitAt(wire, cuts)) decoder.push(chunk, 1);
          assert.equal(joiner.end(), null);
          assert.deepEqual(
            read,
            list.map(({ opcode, compressed, content }) => {
              return { opcode, compressed, finished: true, content: Buffer.from(content).toString('hex') };
            }),
          );
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('MessageInflater', () => {
  const bomb = deflateRawSync(Buffer.alloc(100_000), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
  const fine = deflateRawSync('hello', { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);

  it('gives up what is too long, or no DEFLATE data', () => {
    const inflater = new MessageInflater({ contextTakeover: false, maxBytes: 1_000 });
    assert.equal(inflater.inflate([bomb]), null);
    assert.equal(inflater.inflate([Buffer.from('ffffffff', 'hex')]), null);
    assert.equal(inflater.inflate([fine])?.toString(), 'hello');
  });

  it('gives up what shares the window of a message that it gave up', () => {
    const inflater = new MessageInflater({ contextTakeover: true, maxBytes: 1_000 });
    assert.equal(inflater.inflate([fine])?.toString(), 'hello');
    assert.equal(inflater.inflate([bomb]), null);
    assert.equal(inflater.inflate([fine]), null);
  });
});
