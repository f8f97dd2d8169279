import assert from 'node:assert/strict';
import type { RecordingLine } from '../../../src/core/record/recording.js';
import type { AppendFile } from '../../../src/core/record/recordingFile.js';
import { RecordingFileWriter } from '../../../src/core/record/recordingFileWriter.js';
import { Redactor } from '../../../src/core/redaction/redactor.js';
import { chunksOf, frameLine, header, readAll } from './samples.js';

const redactor = new Redactor([]);

/** A disk that takes a turn of the event loop for each write, or refuses. */
class SlowFile implements AppendFile {
  readonly writes: Buffer[] = [];
  error: NodeJS.ErrnoException | null = null;
  isClosed = false;

  async append(pages: readonly Uint8Array[]): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    if (this.error) throw this.error;
    this.writes.push(Buffer.concat(pages));
  }

  appendSync(): void {}

  async close(): Promise<void> {
    this.isClosed = true;
  }
}

describe('RecordingFileWriter', () => {
  it('waits for a slow disk instead of leaving anything out', async () => {
    const file = new SlowFile();
    const writer = await RecordingFileWriter.open({ path: 'fake.wsrec', header, redactor, file });
    const text = 'x'.repeat(100_000);
    const lines = Array.from({ length: 500 }, (_, index) => frameLine({ index, text, payloadBytes: text.length }));
    await writer.write(lines);
    assert.equal(await writer.close(), 500);
    const { all } = await readAll(chunksOf(...file.writes));
    assert.deepEqual(
      all.map((line: RecordingLine) => line.type === 'frame' && line.index),
      lines.map(({ index }) => index),
    );
    assert.ok(Math.max(...file.writes.map(({ length }) => length)) < 8 * 1024 * 1024);
  });

  it('says that the disk refuses, and closes the file', async () => {
    const file = new SlowFile();
    const writer = await RecordingFileWriter.open({ path: 'fake.wsrec', header, redactor, file });
    file.error = Object.assign(new Error('no space'), { code: 'ENOSPC' });
    await writer.write([frameLine()]);
    await assert.rejects(writer.close(), { code: 'recording-write', message: /disk is full/ });
    assert.ok(file.isClosed);
  });
});
