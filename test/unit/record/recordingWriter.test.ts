import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import { readFileSync, writeFileSync } from 'node:fs';
import { deflateRawSync } from 'node:zlib';
import * as fc from 'fast-check';
import type { Frame } from '../../../src/core/base/frame.js';
import type { ProbeError } from '../../../src/core/base/errors.js';
import { FrameDecoder } from '../../../src/core/frames/frameDecoder.js';
import { encodeFrame } from '../../../src/core/frames/frameEncoder.js';
import type { RecordingLine } from '../../../src/core/record/recording.js';
import type { AppendFile } from '../../../src/core/record/recordingFile.js';
import { RecordingWriter, type RecordingWriterOptions } from '../../../src/core/record/recordingWriter.js';
import { Redactor } from '../../../src/core/redaction/redactor.js';
import { anyLines, chunksOf, frameLine, header, readAll } from './samples.js';
import { useTempFolder } from './temp.js';
import { receivedFrame } from '../../support/frames.js';

const none = new Redactor([]);

/** A disk in the test's hand: writes settle when told to. */
class FakeFile implements AppendFile {
  readonly writes: Buffer[] = [];
  closed = false;
  error: NodeJS.ErrnoException | null = null;
  #waiting: (() => void)[] | null = null;

  hold(): void {
    this.#waiting = [];
  }

  release(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    for (const go of waiting) go();
  }

  async append(pages: readonly Uint8Array[]): Promise<void> {
    if (this.#waiting) await new Promise<void>((resolve) => this.#waiting?.push(resolve));
    if (this.error) throw this.error;
    this.writes.push(Buffer.concat(pages));
  }

  appendSync(pages: readonly Uint8Array[]): void {
    this.writes.push(Buffer.concat(pages));
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  get bytes(): Buffer {
    return Buffer.concat(this.writes);
  }
}

async function recordTo(file: FakeFile, options: Partial<RecordingWriterOptions> = {}): Promise<RecordingWriter> {
  return RecordingWriter.open({ path: 'fake.wsrec', header, redactor: none, file, ...options });
}

async function linesOf(file: FakeFile): Promise<RecordingLine[]> {
  return (await readAll(chunksOf(file.bytes))).all;
}

describe('RecordingWriter', () => {
  const folder = useTempFolder();

  it('writes what the reader reads back, for any lines', async () => {
    let count = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(anyLines, { maxLength: 30 }), async (lines) => {
        const path = folder.path(`${(count += 1)}.wsrec`);
        const writer = await RecordingWriter.open({ path, header, redactor: none });
        for (const line of lines) writer.write(line);
        await writer.close();
        const read = await readAll(path);
        assert.deepEqual(read.header, header);
        assert.deepEqual(read.all, lines);
        assert.equal(writer.status.bytes, readFileSync(path).length);
        assert.equal(writer.status.frames, lines.filter((line) => line.type === 'frame').length);
      }),
      { numRuns: 60 },
    );
  });

  it('records a decoded frame as its record', async () => {
    const file = new FakeFile();
    const writer = await recordTo(file);
    writer.frame(
      1,
      7,
      receivedFrame(Buffer.from('grüß'), { masked: true, direction: 'sent', headerBytes: 6, atMs: 2.5 }),
      true,
    );
    writer.frame(1, 8, receivedFrame(Buffer.from('ff00', 'hex')), true);
    const compressed = { payload: Buffer.from('hello'), isText: true, bytes: 5 };
    writer.frame(1, 9, receivedFrame(deflateRawSync('hello'), { rsv1: true }), false, compressed);
    await writer.close();
    const [sent, invalid, inflated] = await linesOf(file);
    const wire = { masked: true, direction: 'sent' as const, wireBytes: 12, payloadBytes: 6 };
    assert.deepEqual(sent, frameLine({ index: 7, atMs: 2.5, text: 'grüß', ...wire }));
    assert.deepEqual(invalid, frameLine({ index: 8, atMs: 1, base64: '/wA=', wireBytes: 4, payloadBytes: 2 }));
    assert.deepEqual(inflated?.type === 'frame' && inflated.inflated, { text: 'hello', bytes: 5, truncated: false });
  });

  it('records a frame that is lent as it records any other', async () => {
    const payload = fc.oneof(
      fc.uint8Array({ maxLength: 12 }),
      fc.uint8Array({ minLength: 380, maxLength: 390 }),
      fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => Buffer.from(text)),
      fc.constantFrom(...['"\\', '\u0000', 'a'.repeat(2048), 'ä'.repeat(1025)].map((text) => Buffer.from(text))),
    );
    const atMs = fc.integer({ min: 0, max: 10_000_000_000 }).map((micros) => micros / 1000);
    const sample = fc.record({ payload, isText: fc.boolean(), masked: fc.boolean(), atMs });
    await fc.assert(
      fc.asyncProperty(fc.array(sample, { maxLength: 8 }), async (samples) => {
        const file = new FakeFile();
        const writer = await recordTo(file);
        const expected = samples.map((each, index) => {
          const { isText, masked } = each;
          const bytes = Buffer.from(each.payload);
          const opcode = isText ? 1 : 2;
          const direction = masked ? 'sent' : 'received';
          const wire = encodeFrame({ opcode, payload: bytes, maskKey: masked ? 0x01020304 : undefined });
          const onFrame = (frame: Frame) => writer.frame(1, index, frame, isText);
          new FrameDecoder({ direction, keepPayloadBytes: 4096, borrowPayload: true, onFrame }).push(wire, each.atMs);
          const content = isText && isUtf8(bytes) ? { text: bytes.toString() } : { base64: bytes.toString('base64') };
          const sizes = { wireBytes: wire.length, payloadBytes: bytes.length };
          return frameLine({ index, atMs: each.atMs, direction, opcode, masked, ...sizes, ...content });
        });
        await writer.close();
        assert.deepEqual(await linesOf(file), expected);
      }),
      { numRuns: 60 },
    );
  });

  it('cuts payloads at its limit, text between characters', async () => {
    const file = new FakeFile();
    const writer = await recordTo(file, { maxPayloadBytes: 4 });
    writer.frame(1, 0, receivedFrame(Buffer.from('aé€')), true);
    writer.frame(1, 1, receivedFrame(Buffer.from('0102030405', 'hex'), { opcode: 2 }), false);
    writer.frame(1, 2, receivedFrame(Buffer.from('00', 'hex'), { rsv1: true }), false, {
      payload: Buffer.from('12345'),
      isText: true,
      bytes: 5,
    });
    await writer.close();
    const [text, binary, inflated] = await linesOf(file);
    assert.deepEqual(
      text,
      frameLine({ index: 0, atMs: 1, text: 'aé', wireBytes: 8, payloadBytes: 6, truncated: true }),
    );
    assert.equal(binary?.type === 'frame' && binary.base64, 'AQIDBA==');
    assert.deepEqual(inflated?.type === 'frame' && inflated.inflated, { text: '1234', bytes: 5, truncated: true });
  });

  it('keeps a line of the worst text below the limit of the reader', async () => {
    const file = new FakeFile();
    const writer = await recordTo(file, { maxBufferBytes: 2 ** 30 });
    writer.frame(1, 0, receivedFrame(Buffer.alloc(16 * 1024 * 1024, 1)), true);
    await writer.close();
    const [line] = await linesOf(file);
    assert.equal(line?.type === 'frame' && Buffer.from(line.base64 ?? '', 'base64').length, 16 * 1024 * 1024);
  });

  describe('and the disk', () => {
    it('hands a turn over in one write at its end', async () => {
      const file = new FakeFile();
      const writer = await recordTo(file);
      for (let index = 0; index < 100; index++) writer.write(frameLine({ index }));
      assert.equal(file.writes.length, 0);
      await new Promise((resolve) => setImmediate(resolve));
      assert.equal(file.writes.length, 1);
      assert.equal((await linesOf(file)).length, 100);
      writer.write(frameLine({ index: 100 }));
      await writer.flush();
      assert.equal(file.writes.length, 2);
    });

    it('leaves out and counts what a slow disk cannot take, and says where', async () => {
      const file = new FakeFile();
      file.hold();
      const writer = await recordTo(file, { maxBufferBytes: 10_000 });
      for (let index = 0; index < 200; index++) writer.write(frameLine({ index, atMs: index }));
      assert.ok(writer.status.bytes <= 10_000);
      const { frames, lostFrames } = writer.status;
      assert.equal(frames + lostFrames, 200);
      assert.ok(frames > 20 && lostFrames > 100);
      file.release();
      await writer.flush();
      writer.write(frameLine({ index: 200, atMs: 200 }));
      await writer.close();
      const lines = await linesOf(file);
      assert.equal(lines.length, frames + 2);
      const reason = 'The disk was slower than the connection.';
      assert.deepEqual(lines.at(-2), { type: 'lost', atMs: frames, frames: lostFrames, reason });
      assert.equal(lines.at(-1)?.atMs, 200);
    });

    it('tells of a gap at the end too', async () => {
      const file = new FakeFile();
      file.hold();
      const writer = await recordTo(file, { maxBufferBytes: 1000 });
      for (let index = 0; index < 50; index++) writer.write(frameLine({ index }));
      const closing = writer.close();
      file.release();
      await closing;
      assert.equal((await linesOf(file)).at(-1)?.type, 'lost');
      assert.equal(file.closed, true);
    });

    it('takes one line larger than its buffer when nothing waits', async () => {
      const file = new FakeFile();
      const writer = await recordTo(file, { maxBufferBytes: 1000 });
      await writer.flush();
      writer.write(frameLine({ text: 'x'.repeat(500_000) }));
      await writer.close();
      assert.equal((await linesOf(file)).length, 1);
    });

    it('stops at a full disk and says so once, without throwing', async () => {
      const file = new FakeFile();
      const errors: ProbeError[] = [];
      const writer = await recordTo(file, { onError: (error) => errors.push(error) });
      writer.write(frameLine());
      await writer.flush();
      file.error = Object.assign(new Error('write'), { code: 'ENOSPC' });
      writer.write(frameLine({ index: 1 }));
      await writer.flush();
      writer.write(frameLine({ index: 2 }));
      await writer.close();
      assert.deepEqual(
        errors.map(({ code, message }) => [code, message]),
        [['recording-write', 'The recording stopped: the disk is full.']],
      );
      assert.equal(writer.status.error, 'The recording stopped: the disk is full.');
      assert.equal(writer.status.lostFrames, 1);
      assert.equal((await linesOf(file)).length, 1);
      assert.equal(file.closed, true);
    });

    it('can hand everything over at once in the last moments of a process', async () => {
      const file = new FakeFile();
      const writer = await recordTo(file);
      writer.write(frameLine());
      writer.flushSync();
      assert.equal((await linesOf(file)).length, 1);
      await writer.close();
      assert.equal((await linesOf(file)).length, 1);
    });

    it('refuses a path that cannot be written', async () => {
      const path = folder.path('missing/x.wsrec');
      await assert.rejects(RecordingWriter.open({ path, header, redactor: none }), { code: 'recording-open' });
    });
  });

  describe('goes on with a file', () => {
    async function recorded(path: string, startedAt: string, lines: readonly RecordingLine[]): Promise<void> {
      const writer = await RecordingWriter.open({ path, header: { ...header, startedAt }, redactor: none });
      for (const line of lines) writer.write(line);
      await writer.close();
    }

    it('of the same session as it is, of a later one with times and numbers shifted', async () => {
      const path = folder.path('on.wsrec');
      await recorded(path, header.startedAt, [frameLine({ index: 4, connection: 2 })]);
      await recorded(path, header.startedAt, [frameLine({ index: 5, connection: 2 })]);
      await recorded(path, '2026-11-20T12:00:10.000Z', [
        { type: 'open', connection: 1, atMs: 0 },
        frameLine({ index: 0, connection: 1 }),
      ]);
      const { all, header: first } = await readAll(path);
      assert.equal(first.startedAt, header.startedAt);
      assert.deepEqual(all, [
        frameLine({ index: 4, connection: 2 }),
        frameLine({ index: 5, connection: 2 }),
        { type: 'open', connection: 3, atMs: 10_000 },
        frameLine({ index: 6, connection: 3, atMs: 10_001.5 }),
      ]);
    });

    it('after the clock went back: what comes later stands later, never before the beginning', async () => {
      const path = folder.path('clock.wsrec');
      await recorded(path, header.startedAt, [frameLine({ index: 0, atMs: 500 })]);
      await recorded(path, '2026-11-20T11:00:00.000Z', [frameLine({ index: 0, atMs: 2 })]);
      const { all } = await readAll(path);
      assert.deepEqual(
        all.map(({ atMs }) => atMs),
        [500, 502],
      );
    });

    it('whose last line is longer than a look at its end', async () => {
      const path = folder.path('long.wsrec');
      await recorded(path, header.startedAt, [frameLine({ index: 6, connection: 3, text: 'x'.repeat(400_000) })]);
      await recorded(path, '2026-11-20T12:00:10.000Z', [frameLine({ index: 0, connection: 1 })]);
      const last = (await readAll(path)).all.at(-1);
      assert.deepEqual(last?.type === 'frame' && [last.index, last.connection], [7, 4]);
    });

    it('after its torn last line is repaired', async () => {
      const path = folder.path('torn-on.wsrec');
      await recorded(path, header.startedAt, [frameLine({ index: 0 }), frameLine({ index: 1 })]);
      writeFileSync(path, readFileSync(path).subarray(0, -20));
      await recorded(path, header.startedAt, [frameLine({ index: 2 })]);
      const { all, summary } = await readAll(path);
      assert.deepEqual(all, [frameLine({ index: 0 }), frameLine({ index: 2 })]);
      assert.equal(summary.badLines, 0);
    });

    it('never one that is something else, or a recording of another URL', async () => {
      const path = folder.path('notes.txt');
      writeFileSync(path, 'my notes');
      await assert.rejects(RecordingWriter.open({ path, header, redactor: none }), { code: 'recording-invalid' });
      assert.equal(readFileSync(path, 'utf8'), 'my notes');
      const other = folder.path('other.wsrec');
      await recorded(other, header.startedAt, []);
      const elsewhere = { ...header, url: 'ws://127.0.0.1:1/' };
      await assert.rejects(RecordingWriter.open({ path: other, header: elsewhere, redactor: none }), {
        code: 'recording-other',
      });
      const writer = await RecordingWriter.open({
        path: other,
        header: elsewhere,
        redactor: none,
        existing: 'replace',
      });
      await writer.close();
      assert.equal((await readAll(other)).header.url, 'ws://127.0.0.1:1/');
    });
  });
});
