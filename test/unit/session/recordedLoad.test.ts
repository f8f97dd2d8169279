import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import * as fc from 'fast-check';
import { RecordedSource } from '../../../src/core/session/recordedSource.js';
import { MemoryFiles } from '../frames/log/memoryFiles.js';
import { anyLines, type FrameLine, frameLine, frameLines, header, writtenLine } from '../record/samples.js';

const MIB = 1024 * 1024;
const KIB = 1024;

/** As our writer writes it, and as somebody else might. */
const written = (line: object) => ('opcode' in line ? writtenLine(line as FrameLine) : JSON.stringify(line));
const rewritten = (line: object) => JSON.stringify(Object.fromEntries(Object.entries(line).toReversed()));

describe('a recording that is read into a log', () => {
  let folder: string;
  const opened: RecordedSource[] = [];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wsprobe-load-'));
  });
  afterEach(async () => {
    for (const source of opened.splice(0)) await source.dispose();
  });
  after(() => rm(folder, { recursive: true }));

  const save = async (name: string, lines: Iterable<string>) => {
    const path = join(folder, name);
    await writeFile(path, [JSON.stringify(header), ...lines, ''].join('\n'));
    return path;
  };
  const open = async (path: string, options: Parameters<typeof RecordedSource.open>[2] = {}) => {
    const source = await RecordedSource.open('r', path, options);
    opened.push(source);
    return source;
  };

  /** All that a person can see of it. */
  const contents = async (source: RecordedSource) => {
    await source.loaded;
    const { log } = source;
    const shown: unknown[] = [];
    for (const mode of ['wire', 'messages'] as const) {
      const view = log.openView({ mode, filter: '' });
      for (let from = 0; from < view.total; from += 500) {
        for (const { place: _, ...row } of await view.rows(from, 500)) {
          const { bytes, ...facts } = await log.payload(row.id, mode, 0, MIB);
          shown.push({ ...row, ...facts, bytes: Buffer.from(bytes).toString('hex') });
        }
      }
      view.close();
    }
    const { sent, received, elapsedMs, close, connections, dialect } = source.snapshot();
    return { shown, sent, received, elapsedMs, close, connections, dialect };
  };

  it('has the same rows and payloads whoever wrote its lines', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyLines, { maxLength: 12 }), async (lines) => {
        const quick = await open(await save('quick.wsrec', lines.map(written)));
        const general = await open(await save('general.wsrec', lines.map(rewritten)));
        assert.deepEqual(await contents(quick), await contents(general));
      }),
      { numRuns: 40 },
    );
  });

  it('reads payloads that left memory from the file again, and writes none of them anywhere', async () => {
    const [sample] = fc.sample(fc.array(frameLines, { minLength: 60, maxLength: 60 }), { numRuns: 1, seed: 7 });
    const plain = sample!.map((line) => ({ ...line, connection: 1, wireBytes: 600, payloadBytes: 590 }));
    const lines = Array.from({ length: 3_000 }, (_, index) => ({ ...plain[index % 60]!, index, atMs: index }));
    const path = await save('spilled.wsrec', lines.map(written));
    const before = (await readdir(tmpdir())).filter((name) => name.startsWith(`wsprobe-log-${process.pid}-`));
    const small = await open(path, { budget: { payloadBudgetBytes: 256 * KIB } });
    const large = await open(path);
    const [left, stayed] = [await contents(small), await contents(large)];
    assert.ok(small.log.status().payloadBytesOnDisk > 512 * KIB);
    assert.ok(small.log.status().payloadBytesInMemory <= 256 * KIB);
    assert.equal(large.log.status().payloadBytesOnDisk, 0);
    assert.deepEqual(left, stayed);
    const after = (await readdir(tmpdir())).filter((name) => name.startsWith(`wsprobe-log-${process.pid}-`));
    assert.deepEqual(after, before);
  });

  it('finds text in payloads that left memory', async () => {
    const lines = Array.from({ length: 4_000 }, (_, index) => frameLine({ index, text: `"received" ${index} \n` }));
    const path = await save('found.wsrec', lines.map(written));
    const source = await open(path, { budget: { payloadBudgetBytes: 256 * KIB } });
    await source.loaded;
    const view = source.log.openView({ mode: 'messages', filter: '"\\" 17"' });
    while (view.scanning) await new Promise((resolve) => view.onDidGrow(() => resolve(null)));
    assert.equal(view.total, lines.filter(({ text }) => text!.includes('" 17')).length);
    view.close();
  });

  it('drops nothing of messages that no frame tells of, however little or slow the disk', async () => {
    const text = 'x'.repeat(2 * KIB);
    const message = { type: 'message', connection: 1, atMs: 0, direction: 'sent', kind: 'text', truncated: false };
    const lines = Array.from({ length: 600 }, (_, index) => ({ ...message, index, payloadBytes: text.length, text }));
    const path = await save('messages.wsrec', lines.map(written));
    const files = new MemoryFiles();
    files.wait = async () => {
      for (let turn = 0; turn < 50; turn++) await setImmediate();
    };
    const source = await open(path, { budget: { payloadBudgetBytes: 256 * KIB, diskBudgetBytes: 64 * KIB, files } });
    await source.loaded;
    assert.equal(source.log.status().droppedPayloads, 0);
    assert.ok(files.files.size > 0);
  });

  it('takes lines that are longer than a slab, in any place', async () => {
    const long = (index: number) => frameLine({ index, text: `${index}é"`.repeat(9_000), payloadBytes: 45_000 });
    const lines = [frameLine(), long(1), frameLine({ index: 2 }), long(3), long(4)];
    const path = await save('long.wsrec', lines.map(written));
    const source = await open(path, { budget: { payloadBudgetBytes: 512 * KIB } });
    const rows = (await contents(source)).shown as { readonly bytes: string }[];
    assert.deepEqual(
      rows.slice(0, lines.length).map(({ bytes }) => Buffer.from(bytes, 'hex').toString()),
      lines.map(({ text }) => text),
    );
  });

  it('tells of the right lines that could not be read, and of a cut end, whatever its slabs', async () => {
    const path = join(folder, 'bad.wsrec');
    const line = `${written(frameLine())}\n`;
    await writeFile(path, `${JSON.stringify(header)}\n${line.repeat(50)}no line\n\n${line.repeat(50)}{"type":"fra`);
    const source = await open(path, { budget: { payloadBudgetBytes: 64 * KIB } });
    await source.loaded;
    assert.equal(source.log.status().frames, 100);
    assert.equal(
      source.snapshot().recording?.error,
      '1 line could not be read. The last line was cut off and left out',
    );
  });

  it('shows its first rows before it has read the rest, and says how far it is', async () => {
    const line = written(frameLine({ text: 'x'.repeat(KIB) }));
    const path = await save(
      'growing.wsrec',
      Array.from({ length: 6_000 }, () => line),
    );
    const changes = new EventEmitter();
    const percents: (number | undefined)[] = [];
    let whole: RecordedSource | null = null;
    const source = await open(path, {
      onChange: () => {
        percents.push(whole?.log.status().loadedPercent);
        changes.emit('change');
      },
    });
    whole = source;
    percents.length = 0;
    const view = source.log.openView({ mode: 'messages', filter: '' });
    const first = view.total;
    assert.ok(first > 0 && first < 6_000);
    assert.equal((await view.rows(0, 1))[0]?.preview.slice(0, 4), 'xxxx');
    const grew = new Promise<void>((resolve) => view.onDidGrow(() => view.total > first && resolve()));
    await once(changes, 'change');
    await grew;
    await source.loaded;
    assert.equal(view.total, 6_000);
    assert.equal(percents.at(-1), undefined);
    assert.ok(
      percents.slice(0, -1).every((percent, at, all) => percent !== undefined && percent >= (all[at - 1] ?? 1)),
    );
  });

  it('stops reading when it is disposed of', async () => {
    const line = written(frameLine({ text: 'x'.repeat(KIB) }));
    const path = await save(
      'stopped.wsrec',
      Array.from({ length: 8_000 }, () => line),
    );
    const source = await open(path);
    const { received } = source.snapshot();
    await source.dispose();
    assert.ok(received.frames > 0);
    assert.ok(source.snapshot().received.frames < 8_000);
  });

  it('says that a payload is gone when the recording was written over', async () => {
    const lines = (shift: number) =>
      Array.from({ length: 3_000 }, (_, index) =>
        written(frameLine({ index, atMs: index + shift, text: 'x'.repeat(300) })),
      );
    const path = await save('over.wsrec', lines(10_000));
    const source = await open(path, { budget: { payloadBudgetBytes: 256 * KIB } });
    await source.loaded;
    await save('over.wsrec', lines(20_000));
    assert.equal((await source.log.payload(source.log.firstId, 'wire', 0, KIB)).available, false);
    assert.equal(source.log.status().spillError, 'the recording was changed since it was opened');
  });
});
