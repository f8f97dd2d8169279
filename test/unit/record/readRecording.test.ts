import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { repairRecording } from '../../../src/core/record/recordingFile.js';
import { readRecording } from '../../../src/core/record/readRecording.js';
import { anyLines, chunksOf, fileText, frameLine, header, readAll } from './samples.js';
import { useTempFolder } from './temp.js';

describe('readRecording', () => {
  const folder = useTempFolder();

  it('reads the same lines whatever the chunks', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyLines, { maxLength: 5 }), fc.integer({ min: 1, max: 50 }), async (lines, size) => {
        const bytes = Buffer.from(fileText(...lines));
        const count = Math.ceil(bytes.length / size);
        const chunks = Array.from({ length: count }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
        const { all, summary } = await readAll(chunksOf(...chunks));
        assert.deepEqual(all, lines);
        assert.equal(summary.bytes, bytes.length);
      }),
      { numRuns: 50 },
    );
  });

  it('leaves out a last line torn at any byte, and repairs it', async () => {
    const whole = Buffer.from(fileText(frameLine({ index: 0 })));
    const last = Buffer.from(`${JSON.stringify(frameLine({ index: 1, text: 'grüß "x"' }))}\n`);
    const path = folder.path('torn.wsrec');
    for (let cut = 1; cut < last.length - 1; cut++) {
      const torn = Buffer.concat([whole, last.subarray(0, cut)]);
      const { all, summary } = await readAll(chunksOf(torn));
      assert.deepEqual(all, [frameLine({ index: 0 })]);
      assert.deepEqual(summary.torn, { line: 3, bytes: cut });
      assert.equal(summary.badLines, 0);
      writeFileSync(path, torn);
      assert.deepEqual(await repairRecording(path), { removedBytes: cut, completed: false, sizeBytes: whole.length });
      assert.deepEqual(readFileSync(path), whole);
    }
  });

  it('keeps a last line that lacks only its line break', async () => {
    const text = fileText(frameLine());
    const { all, summary } = await readAll(chunksOf(text.slice(0, -1)));
    assert.deepEqual(all, [frameLine()]);
    assert.equal(summary.torn, null);
    const path = folder.path('completed.wsrec');
    writeFileSync(path, text.slice(0, -1));
    assert.equal((await repairRecording(path)).completed, true);
    assert.equal(readFileSync(path, 'utf8'), text);
    assert.deepEqual(await repairRecording(path), { removedBytes: 0, completed: false, sizeBytes: text.length });
  });

  it('repairs a torn header to an empty file, and zeros that a crash of the machine left', async () => {
    const path = folder.path('header.wsrec');
    writeFileSync(path, fileText().slice(0, 25));
    assert.equal((await repairRecording(path)).sizeBytes, 0);
    const text = fileText(frameLine());
    writeFileSync(path, Buffer.concat([Buffer.from(text), Buffer.alloc(200_000)]));
    assert.equal((await repairRecording(path)).removedBytes, 200_000);
    assert.equal(readFileSync(path, 'utf8'), text);
  });

  it('names a bad line in the middle and goes on', async () => {
    const bad: [string, string][] = [
      ['{"type":"frame","connection":1', 'it is not JSON'],
      ['[]', 'it is no JSON object'],
      ['{}', 'it has no type'],
      [JSON.stringify({ ...frameLine(), opcode: 16 }), 'opcode is not 0 to 15'],
      [JSON.stringify({ ...frameLine(), atMs: null }), 'atMs is no number'],
      [JSON.stringify({ ...frameLine(), base64: 'AA==' }), 'it needs one of text and base64'],
      [JSON.stringify({ ...frameLine(), text: undefined, base64: '<b>' }), 'it needs one of text and base64'],
      [JSON.stringify({ ...frameLine(), index: -1 }), 'index or a size is no count'],
      [JSON.stringify({ ...frameLine(), direction: 'up' }), 'direction is neither sent nor received'],
      [JSON.stringify({ ...frameLine(), fin: 1 }), 'a bit is no boolean'],
      [JSON.stringify({ ...frameLine(), inflated: {} }), 'inflated is not valid'],
      [JSON.stringify({ type: 'close', connection: 1, atMs: 0, close: {} }), 'close is not valid'],
      [JSON.stringify({ type: 'open', atMs: 0 }), 'connection is no count'],
      [JSON.stringify({ type: 'lost', atMs: 0 }), 'frames is no count'],
    ];
    for (const [line, message] of bad) {
      const { all, summary } = await readAll(
        chunksOf(`${fileText(frameLine())}${line}\n${JSON.stringify(frameLine())}\n`),
      );
      assert.equal(all.length, 2, line);
      assert.deepEqual(summary.bad, [{ line: 3, message }]);
    }
    const notUtf8 = Buffer.concat([Buffer.from(fileText()), Buffer.from('7bff7d0a', 'hex')]);
    assert.deepEqual((await readAll(chunksOf(notUtf8))).summary.bad, [{ line: 2, message: 'it is not UTF-8' }]);
  });

  it('counts lines of later types and keys it does not know', async () => {
    const { all, summary } = await readAll(
      chunksOf(fileText({ type: 'mark', atMs: 1 }, { ...frameLine(), colour: 'red' })),
    );
    assert.deepEqual(all, [frameLine()]);
    assert.equal(summary.unknownLines, 1);
    assert.equal(summary.badLines, 0);
  });

  it('reads what git or an editor made of the line breaks', async () => {
    const text = `\ufeff${fileText(frameLine(), frameLine({ index: 1 })).replaceAll('\n', '\r\n')}\r\n\n`;
    const { all, summary } = await readAll(chunksOf(text));
    assert.equal(all.length, 2);
    assert.equal(summary.badLines, 0);
  });

  it('skips a line that is longer than 64 MiB without holding it', async () => {
    const mebibyte = Buffer.alloc(1024 * 1024, 'x');
    const chunks = [
      fileText(frameLine()),
      ...Array.from({ length: 65 }, () => mebibyte),
      '\n',
      JSON.stringify(frameLine()),
    ];
    const { all, summary } = await readAll(chunksOf(...chunks));
    assert.equal(all.length, 2);
    assert.deepEqual(summary.bad, [{ line: 3, message: 'it is longer than 64 MiB' }]);
  });

  it('does not parse a line of a million small values', async () => {
    const line = `{"type":"frame","x":[${'[],'.repeat(1_000_000)}0]}`;
    const { summary } = await readAll(chunksOf(`${fileText()}${line}\n`));
    assert.deepEqual(summary.bad, [{ line: 2, message: 'it holds too many values' }]);
    const long = frameLine({ text: ',["\\",'.repeat(100_000) });
    assert.deepEqual((await readAll(chunksOf(fileText(long)))).all, [long]);
  });

  it('refuses what is no recording, and one of a later version', async () => {
    const cases: [string, string][] = [
      ['', 'recording-invalid'],
      ['hello\n', 'recording-invalid'],
      ['{"schema":"wsprobe.report/1"}\n', 'recording-invalid'],
      [`${JSON.stringify({ ...header, startedAt: 'soon' })}\n`, 'recording-invalid'],
      [`${JSON.stringify({ ...header, schema: 'wsprobe.recording/2' })}\n`, 'recording-version'],
    ];
    for (const [text, code] of cases) await assert.rejects(readRecording(chunksOf(text)), { code }, text);
    await assert.rejects(readRecording(folder.path('nowhere.wsrec')), { code: 'recording-open' });
    await assert.rejects(readRecording(folder.path('.')), { code: 'recording-open' });
  });

  it('closes its source when the loop is left', async () => {
    let closed = false;
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield Buffer.from(fileText(...Array.from({ length: 3000 }, () => frameLine())));
      } finally {
        closed = true;
      }
    }
    for await (const batch of (await readRecording(source())).lines) {
      assert.equal(batch.length, 1000);
      break;
    }
    assert.equal(closed, true);
  });
});
