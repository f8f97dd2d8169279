import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { FrameDecoder } from '../../../src/core/frames/frameDecoder.js';
import { encodeFrame } from '../../../src/core/frames/frameEncoder.js';
import { FrameLog } from '../../../src/core/frames/log/frameLog.js';
import { payloadBytesOf } from '../../../src/core/record/payloadJson.js';
import type { RecordingLine } from '../../../src/core/record/recording.js';
import { exportSource } from '../../../src/core/session/exportSource.js';
import { splitAt } from '../../support/splitAt.js';
import { header, imported, messagesIn, readAll } from '../record/samples.js';
import { useTempFolder } from '../record/temp.js';

interface Message {
  readonly opcode: number;
  readonly content: Buffer;
  readonly cuts: readonly number[];
}

const contents = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }).map((text) => Buffer.from(text)),
  fc.constantFrom('wörd 🙂', '€', '\ufeffa', '\u0000').map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
);
const messages: fc.Arbitrary<Message> = fc.record({
  opcode: fc.constantFrom(1, 1, 2),
  content: contents,
  cuts: fc.array(fc.nat({ max: 40 }), { maxLength: 4 }),
});

function logOf(list: readonly Message[]): FrameLog {
  const log = new FrameLog({ spillDir: null });
  const decoder = new FrameDecoder({
    direction: 'received',
    keepPayloadBytes: Infinity,
    onFrame: (frame) => log.append(frame, 1),
  });
  for (const { opcode, content, cuts } of list) {
    const pieces = splitAt(content, cuts);
    for (const [index, payload] of pieces.entries()) {
      decoder.push(encodeFrame({ opcode: index === 0 ? opcode : 0, payload, fin: index === pieces.length - 1 }), 1);
      decoder.push(encodeFrame({ opcode: 9, payload: 'ping' }), 1);
    }
  }
  return log;
}

function shownAs({ opcode, content }: Message): { text: string } | { base64: string } {
  return opcode === 1 && isUtf8(content) ? { text: content.toString() } : { base64: content.toString('base64') };
}

describe('exportSource', () => {
  const folder = useTempFolder();

  it('keeps every byte of messages that are fragmented within a character, or no UTF-8', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(messages, { maxLength: 5 }),
        fc.constantFrom([], ['a-secret']),
        async (list, secrets) => {
          const log = logOf(list);
          const source = { log, secrets, connections: [], notes: [], header: () => header };
          const [jsonl, har, wsrec] = (['jsonl', 'har', 'wsrec'] as const).map((format) => folder.path(format));
          await exportSource(source, 'jsonl', jsonl!);
          await exportSource(source, 'har', har!);
          await exportSource(source, 'wsrec', wsrec!);
          await log.dispose();

          const lines = readFileSync(jsonl!, 'utf8').split('\n').filter(Boolean);
          const objects = lines.map((line) => JSON.parse(line) as { type: string; text?: string; base64?: string });
          assert.deepEqual(
            objects
              .filter(({ type }) => type === 'text' || type === 'binary')
              .map(({ text, base64 }) => (text === undefined ? { base64 } : { text })),
            list.map(shownAs),
          );

          const { lines: read } = await imported(readFileSync(har!));
          assert.deepEqual(
            messagesIn(read)
              .filter(({ opcode }) => opcode < 8)
              .map(({ opcode, payload }) => [opcode, payload]),
            list.map((message) => {
              const shown = shownAs(message);
              return [message.opcode, 'text' in shown ? shown.text : shown.base64];
            }),
          );

          const frames = dataFrames((await readAll(wsrec!)).all);
          const pieces = list.flatMap(({ content, cuts }) => splitAt(content, cuts));
          assert.deepEqual(
            frames.map((frame) => payloadBytesOf(frame).toString('hex')),
            pieces.map((piece) => Buffer.from(piece).toString('hex')),
          );
        },
      ),
      { numRuns: 25 },
    );
  });

  it('leaves nothing out of a recording, however large', async () => {
    const log = new FrameLog({ spillDir: null, payloadBudgetBytes: 128 * 1024 * 1024 });
    const payload = Buffer.alloc(100_000, 'x');
    const count = 500;
    for (let index = 0; index < count; index++) {
      log.appendMessage(
        { direction: 'received', binary: false, bytes: payload, payloadBytes: 100_000, atMs: index },
        1,
      );
    }
    const path = folder.path('large.wsrec');
    const source = { log, secrets: [], connections: [], notes: [], header: () => header };
    assert.equal(await exportSource(source, 'wsrec', path), count);
    await log.dispose();
    const { all } = await readAll(path);
    assert.equal(all.filter((line) => line.type === 'message' && line.text?.length === 100_000).length, count);
    assert.equal(all.length, count);
  });
});

function dataFrames(lines: readonly RecordingLine[]): Extract<RecordingLine, { type: 'frame' }>[] {
  return lines.filter((line) => line.type === 'frame').filter(({ opcode }) => opcode < 8);
}
