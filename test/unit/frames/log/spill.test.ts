import assert from 'node:assert/strict';
import { mkdtemp, mkdir, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FrameLog } from '../../../../src/core/frames/log/frameLog.js';
import { diskFiles } from '../../../../src/core/frames/log/spillFiles.js';
import { MemoryFiles } from './memoryFiles.js';
import { frameOf, payloadOf, rowsOf, settled } from './support.js';

const BUDGET = 65_536;

function noSpace(): NodeJS.ErrnoException {
  return Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Appends payloads that name their row, with a turn of the event loop after each `every`. */
async function fill(log: FrameLog, rows: number, every = 50): Promise<void> {
  for (let at = 0; at < rows; at++) {
    log.append(frameOf({ payload: `row ${log.nextId} `.padEnd(100, '.') }), 1);
    if (at % every === 0) await turn();
  }
  await turn();
}

function text(hex: string | null): string | null {
  return hex === null ? null : Buffer.from(hex, 'hex').toString().trimEnd();
}

describe('payloads that leave memory', () => {
  it('are read back from disk, by id, by row and by filter', async () => {
    const log = new FrameLog({
      spillDir: '/spill',
      payloadBudgetBytes: BUDGET,
      files: new MemoryFiles(),
    });
    await fill(log, 3000);
    const { payloadBytesInMemory, payloadBytesOnDisk, droppedPayloads, spillError } = log.status();
    assert.ok(payloadBytesInMemory <= log.memoryBytes && log.memoryBytes <= BUDGET);
    assert.ok(payloadBytesOnDisk > 200_000);
    assert.deepEqual([droppedPayloads, spillError], [0, null]);
    const rows = await rowsOf(log, 'wire');
    assert.deepEqual([rows[0]!.place, rows.at(-1)!.place], ['disk', 'memory']);
    for (const { id, preview } of rows) assert.equal(preview.split(' .')[0], `row ${id}`);
    assert.match(text(await payloadOf(log, 7, 'wire'))!, /^row 7 /);
    for (const filter of ['"row 17 "', '/row 17 /', '-/row [02-9]|row 1[0-68-9]|row 1\\d\\d|row 17\\d|row 1 /']) {
      const found = await rowsOf(log, 'wire', filter);
      assert.deepEqual(
        found.map(({ id }) => id),
        [17],
        filter,
      );
    }
    await log.dispose();
  });

  it('are joined from disk when a message was fragmented', async () => {
    const log = new FrameLog({
      spillDir: '/spill',
      payloadBudgetBytes: BUDGET,
      files: new MemoryFiles(),
    });
    for (let at = 0; at < 20; at++) {
      log.append(frameOf({ opcode: at === 0 ? 1 : 0, fin: at === 19, payload: `part ${at};` }), 2);
      await fill(log, 200);
    }
    const whole = Array.from({ length: 20 }, (_, at) => `part ${at};`).join('');
    assert.equal(text(await payloadOf(log, 0, 'messages')), whole);
    assert.equal((await rowsOf(log, 'messages'))[0]!.place, 'disk');
    const found = await rowsOf(log, 'messages', '"part 9;part 10"');
    assert.deepEqual(
      found.map(({ preview }) => preview),
      [whole],
    );
    await log.dispose();
  });

  it('are dropped oldest first when the disk budget is reached', async () => {
    const files = new MemoryFiles();
    const log = new FrameLog({
      spillDir: '/spill',
      payloadBudgetBytes: BUDGET,
      diskBudgetBytes: 50_000,
      files,
    });
    await fill(log, 3000);
    const status = log.status();
    const onDisk = [...files.files.values()].reduce((sum, { length }) => sum + length, 0);
    assert.ok(onDisk <= 50_000);
    assert.equal(status.payloadBytesOnDisk, onDisk);
    assert.equal(status.spillError, null);
    const places = (await rowsOf(log, 'wire')).map(({ place }) => place);
    assert.deepEqual(
      places.toSorted(),
      places.toSorted((a, b) => a.localeCompare(b)),
    );
    const count = places.filter((place) => place === 'dropped').length;
    assert.equal(status.droppedPayloads, count);
    assert.ok(count > 1000);
    assert.deepEqual(
      places.slice(0, count),
      Array.from({ length: count }, () => 'dropped'),
    );
    const view = log.openView({ mode: 'wire', filter: '"row 2999 " or "row 1 "' });
    await settled(view);
    assert.deepEqual([view.total, view.unsearchable], [1, count]);
    view.close();
    await log.dispose();
  });

  it('are not dropped while the disk keeps up, be they as long as they may', async () => {
    const longest = BUDGET / 4;
    for (const bytes of [longest, (longest * 3) / 4, longest / 2 + 1]) {
      const log = new FrameLog({ spillDir: '/spill', payloadBudgetBytes: BUDGET, files: new MemoryFiles() });
      for (let at = 0; at < 24; at++) {
        log.append(frameOf({ payload: Buffer.alloc(bytes, at) }), 1);
        assert.ok(log.memoryBytes <= BUDGET);
        // The disk is idle long before the next one comes.
        for (let turns = 0; turns < 200; turns++) await turn();
      }
      const { droppedPayloads, spillError } = log.status();
      assert.deepEqual([droppedPayloads, spillError], [0, null]);
      for (let at = 0; at < 24; at++) {
        assert.equal(await payloadOf(log, at, 'wire'), Buffer.alloc(bytes, at).toString('hex'));
      }
      await log.dispose();
    }
  });

  it('are dropped, counted and explained while the disk is full', async () => {
    const files = new MemoryFiles();
    files.fail = noSpace();
    const log = new FrameLog({ spillDir: '/spill', payloadBudgetBytes: BUDGET, files });
    await fill(log, 2000);
    assert.equal(log.status().spillError, 'the disk is full');
    assert.ok(log.status().droppedPayloads > 1000);
    assert.ok(log.memoryBytes <= BUDGET);
    assert.equal(log.status().payloadBytesOnDisk, 0);
    files.fail = null;
    await fill(log, 2000);
    assert.equal(log.status().spillError, null);
    assert.ok(log.status().payloadBytesOnDisk > 0);
    await log.dispose();
  });

  it('are dropped when the disk is slower than the peer', async () => {
    const files = new MemoryFiles();
    let go = (): void => {};
    const going = new Promise<void>((resolve) => (go = resolve));
    files.wait = () => going;
    const log = new FrameLog({ spillDir: '/spill', payloadBudgetBytes: BUDGET, files });
    await fill(log, 3000);
    assert.equal(log.status().spillError, 'the disk is slower than the peer');
    assert.ok(log.memoryBytes <= BUDGET);
    assert.equal(files.files.size, 0);
    go();
    await turn();
    assert.ok(files.files.size > 0);
    await log.dispose();
  });

  it('are dropped for the reason that the disk gave, also those whose turn had not come', async () => {
    const files = new MemoryFiles();
    let writes = 0;
    let go = (): void => {};
    const going = new Promise<void>((resolve) => (go = resolve));
    files.wait = () => (++writes > 1 ? going : Promise.reject(noSpace()));
    const log = new FrameLog({ spillDir: '/spill', payloadBudgetBytes: BUDGET, files });
    await fill(log, 3000);
    assert.ok(writes > 1);
    assert.equal(log.status().spillError, 'the disk is full');
    go();
    await log.dispose();
  });

  it('are told as dropped when their file is gone', async () => {
    const files = new MemoryFiles();
    const log = new FrameLog({ spillDir: '/spill', payloadBudgetBytes: BUDGET, files });
    await fill(log, 2000);
    files.files.clear();
    assert.equal(await payloadOf(log, 0, 'wire'), null);
    const rows = await rowsOf(log, 'wire');
    assert.equal(rows[0]!.place, 'dropped');
    const found = log.openView({ mode: 'wire', filter: 'row' });
    await settled(found);
    assert.equal(found.total + found.unsearchable, 2000);
    assert.equal(log.status().droppedPayloads, found.unsearchable);
    assert.equal(log.status().payloadBytesOnDisk, 0);
    await log.dispose();
  });

  it('leave the disk when the log is cleared, those being written as well', async () => {
    const files = new MemoryFiles();
    const log = new FrameLog({ spillDir: '/spill', payloadBudgetBytes: BUDGET, files });
    await fill(log, 2000);
    let go = (): void => {};
    const going = new Promise<void>((resolve) => (go = resolve));
    files.wait = () => going;
    await fill(log, 200);
    log.clear();
    assert.equal(log.status().payloadBytesOnDisk, 0);
    go();
    await turn();
    await turn();
    assert.deepEqual([files.files.size, files.folders, log.memoryBytes], [0, 0, 0]);
    await fill(log, 2000);
    assert.match(text(await payloadOf(log, log.nextId - 2000, 'wire'))!, /^row 2200 /);
    assert.equal(files.folders, 1);
    await log.dispose();
    assert.deepEqual([files.files.size, files.folders], [0, 0]);
  });

  it('are found by is:dropped as they go', async () => {
    const log = new FrameLog({ spillDir: null, payloadBudgetBytes: BUDGET });
    const view = log.openView({ mode: 'wire', filter: 'is:dropped' });
    for (let round = 0; round < 3; round++) {
      await fill(log, 1000);
      await settled(view);
      assert.ok(view.total > 0);
      assert.equal(view.total, log.status().droppedPayloads);
    }
    view.close();
  });

  it('need no disk when there is none to use', async () => {
    const log = new FrameLog({ spillDir: null, payloadBudgetBytes: BUDGET });
    await fill(log, 2000);
    assert.equal(log.status().spillError, 'moving payloads to disk is off');
    assert.ok(log.status().droppedPayloads > 1000);
  });

  it('go into a folder of this process; those of processes that are gone are swept', async () => {
    const parent = await mkdtemp(join(tmpdir(), 'frame-log-test-'));
    await mkdir(join(parent, 'wsprobe-log-999999999-old'));
    await mkdir(join(parent, 'somebody-elses'));
    const log = new FrameLog({ spillDir: parent, payloadBudgetBytes: BUDGET, files: diskFiles });
    await fill(log, 600);
    while ((await rowsOf(log, 'wire'))[0]!.place !== 'disk') await turn();
    assert.match(text(await payloadOf(log, 0, 'wire'))!, /^row 0 /);
    const names = (await readdir(parent)).toSorted();
    assert.equal(names.length, 2);
    assert.equal(names[0], 'somebody-elses');
    assert.ok(names[1]!.startsWith(`wsprobe-log-${process.pid}-`));
    await log.dispose();
    assert.deepEqual(await readdir(parent), ['somebody-elses']);
    await rm(parent, { recursive: true });
  });
});
