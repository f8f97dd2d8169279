import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { KeptFile } from '../../../src/core/record/keptFile.js';
import { readRecording } from '../../../src/core/record/readRecording.js';
import type { RecordingLine } from '../../../src/core/record/recording.js';
import { RecordingWriter } from '../../../src/core/record/recordingWriter.js';
import { Redactor } from '../../../src/core/redaction/redactor.js';
import { frameLine, header } from './samples.js';
import { useTempFolder } from './temp.js';

describe('a kept file', () => {
  const folder = useTempFolder();
  const redactor = new Redactor([]);

  async function begin(path: string, maxBytes: number, bytesPerSecond = 1 << 30) {
    const file = await KeptFile.open({ path, maxBytes, bytesPerSecond });
    return { file, writer: await RecordingWriter.open({ path, header, redactor, file }) };
  }

  it('holds the end of what was written, whole at every moment, and says how many frames went', async () => {
    const path = folder.path('end.wsrec');
    const { writer } = await begin(path, 20_000);
    const written = 1000;
    for (let index = 0; index < written; index++) {
      writer.write(frameLine({ index, atMs: index, text: 'x'.repeat(index % 300) }));
      await writer.flush();
      assert.ok(statSync(path).size <= 20_000 + 600);
      if (index % 50 === 0) await readAll(path);
    }
    await writer.close();
    const { lines, first } = await readAll(path);
    assert.deepEqual(first, header);
    const [lost, ...frames] = lines;
    assert.equal(lost?.type, 'lost');
    assert.equal(frames.length + (lost.type === 'lost' ? lost.frames : 0), written);
    assert.deepEqual(
      frames.map((line) => line.type === 'frame' && line.index),
      Array.from({ length: frames.length }, (_, at) => written - frames.length + at),
    );
    assert.ok(statSync(path).size > 9_000);
    if (process.platform !== 'win32') assert.equal(statSync(path).mode & 0o777, 0o600);
  });

  it('keeps the line that describes the connection of what stays', async () => {
    const path = folder.path('connection.wsrec');
    const { writer } = await begin(path, 4_000);
    const about = { type: 'connection', connection: 2, atMs: 1, url: 'ws://127.0.0.1/second', peer: null } as const;
    writer.write({ ...about, subprotocol: 'chat', dialect: null, request: null, response: null });
    for (let index = 0; index < 100; index++) {
      writer.write(frameLine({ index, connection: 2 }));
      await writer.flush();
    }
    await writer.close();
    const { lines } = await readAll(path);
    assert.deepEqual(
      lines.slice(0, 3).map(({ type }) => type),
      ['connection', 'lost', 'frame'],
    );
  });

  it('lets go of what was cleared, also of what still waited', async () => {
    const path = folder.path('clear.wsrec');
    const { file, writer } = await begin(path, 100_000);
    writer.write(frameLine({ index: 0 }));
    await writer.flush();
    writer.write(frameLine({ index: 1 }));
    file.clear(writer.status.bytes);
    writer.write({ type: 'note', connection: 1, atMs: 2, text: 'cleared' });
    writer.write(frameLine({ index: 2, atMs: 3 }));
    await writer.close();
    const { lines } = await readAll(path);
    assert.deepEqual(lines, [
      { type: 'note', connection: 1, atMs: 2, text: 'cleared' },
      frameLine({ index: 2, atMs: 3 }),
    ]);
  });

  it('takes no more a second than it may: the rest is left out and counted', async () => {
    const path = folder.path('flood.wsrec');
    const file = await KeptFile.open({ path, maxBytes: 1 << 20, bytesPerSecond: 50_000 });
    const options = { path, header, redactor, file, maxBufferBytes: 20_000, lossReason: 'Too fast.' };
    const writer = await RecordingWriter.open(options);
    for (let index = 0; index < 3000; index++) {
      writer.write(frameLine({ index, text: 'x'.repeat(200) }));
      if (index % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await writer.close();
    const { lines } = await readAll(path);
    const frames = lines.filter(({ type }) => type === 'frame').length;
    const lost = lines.flatMap((line) => (line.type === 'lost' ? [line] : []));
    assert.equal(frames + lost.reduce((sum, line) => sum + line.frames, 0), 3000);
    assert.ok(frames < 2000);
    assert.equal(lost[0]?.reason, 'Too fast.');
  });

  it('is nobody else’s while it is written, and gone when it is removed', async () => {
    const path = folder.path('gone.wsrec');
    const { file, writer } = await begin(path, 1000);
    await assert.rejects(begin(path, 1000), { code: 'file-busy' });
    await writer.close();
    await file.remove();
    assert.equal(existsSync(path), false);
    assert.equal(existsSync(`${path}.lock`), false);
  });

  async function readAll(path: string) {
    const { header: first, lines, summary } = await readRecording(path);
    const all: RecordingLine[] = [];
    for await (const batch of lines) all.push(...batch);
    assert.equal(summary.badLines, 0);
    assert.equal(summary.torn, null);
    assert.ok(readFileSync(path, 'utf8').endsWith('\n'));
    return { first, lines: all };
  }
});
