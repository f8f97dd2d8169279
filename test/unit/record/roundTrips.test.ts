import assert from 'node:assert/strict';
import { deflateRawSync } from 'node:zlib';
import * as fc from 'fast-check';
import { exportJsonl } from '../../../src/core/record/exportJsonl.js';
import { exportHar } from '../../../src/core/record/har/exportHar.js';
import { importJsonl } from '../../../src/core/record/importJsonl.js';
import { type RecordedMessage, RecordedMessages } from '../../../src/core/record/messages.js';
import type { RecordingHeader, RecordingLine } from '../../../src/core/record/recording.js';
import { RecordingFileWriter } from '../../../src/core/record/recordingFileWriter.js';
import { Redactor } from '../../../src/core/redaction/redactor.js';
import { splitAt } from '../../support/splitAt.js';
import { batchesOf, chunksOf, frameLine, header, imported, readAll } from './samples.js';
import { useTempFolder } from './temp.js';

const redactor = new Redactor([]);

const contents = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }).map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
);

/** A message as a log may hold it: in fragments anywhere, compressed, dropped, controls between. */
const messages = fc.record({
  connection: fc.integer({ min: 1, max: 3 }),
  sent: fc.boolean(),
  opcode: fc.constantFrom(1, 1, 2),
  content: contents,
  cuts: fc.array(fc.nat({ max: 30 }), { maxLength: 3 }),
  stepMicros: fc.nat({ max: 5_000_000 }),
  fate: fc.constantFrom('plain', 'plain', 'inflated', 'deflated', 'dropped', 'whole'),
  ping: fc.boolean(),
});
const closes = fc.record(
  {
    code: fc.option(fc.integer({ min: 1000, max: 4999 })),
    reason: fc.string({ maxLength: 10 }),
    initiator: fc.constantFrom('client' as const, 'server' as const, 'network' as const),
    clean: fc.boolean(),
    evidence: fc.string({ maxLength: 10 }),
  },
  { noNullPrototype: true },
);
const logs = fc
  .tuple(fc.array(messages, { maxLength: 10 }), fc.array(fc.option(closes), { minLength: 3, maxLength: 3 }))
  .map(([list, ends]) => linesOf(list, ends));

type Message = typeof messages extends fc.Arbitrary<infer T> ? T : never;
type Close = typeof closes extends fc.Arbitrary<infer T> ? T : never;

function linesOf(list: readonly Message[], ends: readonly (Close | null)[]): readonly RecordingLine[] {
  const lines: RecordingLine[] = [];
  let micros = 0;
  let index = 0;
  for (let connection = 1; connection <= 3; connection++) {
    const { subprotocol, dialect, request, response } = header;
    const url = `ws://127.0.0.1/${connection}`;
    const facts = { url, peer: '127.0.0.1:1', subprotocol, dialect, request, response };
    if (connection > 1) lines.push({ type: 'connection', connection, atMs: 0, ...facts });
    lines.push({ type: 'open', connection, atMs: 0.5 });
  }
  for (const { connection, sent, opcode, content, cuts, stepMicros, fate, ping } of list) {
    micros += stepMicros;
    const direction = sent ? 'sent' : 'received';
    const common = { connection, direction, atMs: micros / 1000 } as const;
    if (fate === 'whole') {
      const kind = opcode === 1 ? 'text' : 'binary';
      const base64 = content.toString('base64');
      lines.push({
        type: 'message',
        ...common,
        index: index++,
        kind,
        payloadBytes: content.length,
        base64,
        truncated: false,
      });
      continue;
    }
    const isCompressed = fate === 'inflated' || fate === 'deflated';
    const pieces = splitAt(isCompressed ? deflateRawSync(content) : content, cuts);
    for (const [at, piece] of pieces.entries()) {
      const fin = at === pieces.length - 1;
      const payload = fate === 'dropped' ? Buffer.alloc(0) : Buffer.from(piece);
      const truncated = payload.length < piece.length;
      const bits = { opcode: at === 0 ? opcode : 0, fin, rsv1: at === 0 && isCompressed, masked: sent };
      const sizes = {
        payloadBytes: piece.length,
        wireBytes: piece.length + 2,
        truncated,
        base64: payload.toString('base64'),
      };
      const inflated = { base64: content.toString('base64'), bytes: content.length, truncated: false };
      const extra = fin && fate === 'inflated' ? { inflated } : {};
      lines.push(frameLine({ ...common, index: index++, ...bits, ...sizes, ...extra }));
      if (ping && !fin) lines.push(frameLine({ ...common, index: index++, opcode: 9, base64: '', payloadBytes: 0 }));
      if (ping && fin) lines.push({ type: 'lost', atMs: micros / 1000, frames: 1 + at, reason: 'slow' });
    }
  }
  for (const [at, close] of ends.entries()) {
    if (close) lines.push({ type: 'close', connection: at + 1, atMs: (micros + at) / 1000, close });
  }
  return lines;
}

/** What every format has to keep of messages: each connection's messages in order, how it was described, when it opened and ended. */
/** What is no message: control frames of each connection, and the gaps. */
function besideOf(lines: readonly RecordingLine[]): unknown {
  const frames = lines.flatMap((line) => (line.type === 'frame' && line.opcode >= 8 ? [{ ...line, index: 0 }] : []));
  return {
    controls: [1, 2, 3].map((connection) => frames.filter((line) => line.connection === connection)),
    lost: lines.filter(({ type }) => type === 'lost'),
    order: [1, 2, 3].map((connection) => orderOf(lines, connection)),
  };
}

/** How the ends of messages and the control frames of a connection follow each other. */
function orderOf(lines: readonly RecordingLine[], connection: number): string {
  return lines
    .map((line) => {
      if (line.type !== 'lost' && line.connection !== connection) return '';
      if (line.type === 'message') return 'm';
      if (line.type !== 'frame') return '';
      return line.opcode >= 8 ? 'c' : line.fin ? 'm' : '';
    })
    .join('');
}

function essence(lines: readonly RecordingLine[]): unknown {
  const joined = new RecordedMessages(redactor);
  const all: RecordedMessage[] = [];
  for (const line of lines) {
    if (line.type === 'frame' && line.opcode < 8) all.push(...joined.push(line));
    if (line.type === 'message') all.push(joined.whole(line));
  }
  all.push(...joined.endAll());
  return [1, 2, 3].map((connection) => ({
    messages: all
      .filter((message) => message.connection === connection)
      .map(({ connection, direction, opcode, bytes, truncated, deflated, finished, text, base64, atMs }) => ({
        facts: { connection, direction, opcode, bytes, truncated, deflated, finished },
        micros: Math.round(atMs * 1000),
        hex: (text === undefined ? Buffer.from(base64 ?? '', 'base64') : Buffer.from(text)).toString('hex'),
      })),
    events: lines.filter(
      (line) =>
        line.type !== 'frame' && line.type !== 'message' && line.type !== 'lost' && line.connection === connection,
    ),
  }));
}

describe('a log that goes to a file and comes back', () => {
  const folder = useTempFolder();

  async function law(
    through: (lines: readonly RecordingLine[]) => Promise<{ header: RecordingHeader; lines: readonly RecordingLine[] }>,
    keepsAll = true,
  ): Promise<void> {
    await fc.assert(
      fc.asyncProperty(logs, async (lines) => {
        const read = await through(lines);
        assert.deepEqual(read.header, header);
        assert.deepEqual(essence(read.lines), essence(lines));
        if (keepsAll) assert.deepEqual(besideOf(read.lines), besideOf(lines));
      }),
      { numRuns: 60 },
    );
  }

  it('is the same by way of .wsrec', () =>
    law(async (lines) => {
      const path = folder.path('law.wsrec');
      const writer = await RecordingFileWriter.open({ path, header, redactor });
      await writer.write(lines);
      await writer.close();
      const read = await readAll(path);
      return { header: read.header, lines: read.all };
    }));

  it('is the same by way of HAR', () =>
    law(async (lines) => {
      let text = '';
      for await (const piece of exportHar(header, () => batchesOf(lines))) text += piece;
      return imported(text);
    }));

  it('is the same by way of JSON lines', () =>
    law(async (lines) => {
      let text = '';
      for await (const piece of exportJsonl(header, batchesOf(lines))) text += piece;
      const read = await importJsonl(chunksOf(text));
      const all: RecordingLine[] = [];
      for await (const batch of read.lines) all.push(...batch);
      assert.deepEqual(read.notes, []);
      return { header: read.header, lines: all };
    }, false));
});
