import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { FrameLog } from '../../../../src/core/frames/log/frameLog.js';
import { modelOf } from './model.js';
import { anyStep, feed, frameOf, payloadOf, rowsOf } from './support.js';

const KINDS = ['continuation', 'text', 'binary'] as const;

describe('FrameLog', () => {
  it('shows exactly the frames in the wire view', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { maxLength: 60 }), async (steps) => {
        const log = new FrameLog({ spillDir: null });
        feed(log, steps);
        const rows = await rowsOf(log, 'wire');
        const appended = steps.filter((step) => step.type !== 'inflate');
        assert.deepEqual(
          rows.map((row) => [
            row.id,
            row.kind === 'event',
            row.direction,
            row.fin,
            row.rsv1,
            row.wireBytes,
            row.connection,
          ]),
          appended.map((step, id) =>
            step.type === 'frame'
              ? [
                  id,
                  false,
                  step.frame.direction,
                  step.frame.fin,
                  step.frame.rsv1,
                  step.frame.headerBytes + step.frame.payloadBytes,
                  step.connection,
                ]
              : [id, true, 'received', true, false, Buffer.byteLength(step.text), step.connection],
          ),
        );
        for (const [id, payload] of modelOf(steps).payloads.entries()) {
          assert.equal(await payloadOf(log, id, 'wire'), payload.toString('hex'));
        }
      }),
    );
  });

  it('joins messages, each in its direction and connection, in the order in which they began', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { maxLength: 60 }), async (steps) => {
        const log = new FrameLog({ spillDir: null });
        feed(log, steps);
        const { messages } = modelOf(steps);
        const rows = await rowsOf(log, 'messages');
        assert.deepEqual(
          rows.map(({ id, frames, direction, connection, payloadBytes, inflatedBytes }) => ({
            id,
            frames,
            direction,
            connection,
            payloadBytes,
            inflatedBytes,
          })),
          messages.map((message) => ({
            id: message.ids.at(-1),
            frames: message.ids.length,
            direction: message.direction,
            connection: message.connection,
            payloadBytes: message.payload.length,
            inflatedBytes: message.inflated?.length ?? null,
          })),
        );
        for (const [position, message] of messages.entries()) {
          if (!message.isEvent && message.opcode < 3) assert.equal(rows[position]!.kind, KINDS[message.opcode]);
          const view = log.openView({ mode: 'messages', filter: '' });
          for (const id of message.ids) {
            assert.equal(view.rowOf(id), position);
            const content = message.inflated ?? message.payload;
            assert.equal(await payloadOf(log, id, 'messages'), content.toString('hex'));
          }
          view.close();
        }
        const data = messages.filter(({ opcode, isEvent }) => opcode < 3 && !isEvent).length;
        assert.equal(log.status().messages, data);
      }),
    );
  });

  for (const where of ['dropped', 'spilled'] as const) {
    it(`keeps its budgets and adds up when payloads are ${where}`, async function () {
      this.timeout(180_000);
      const spillDir = where === 'spilled' ? await mkdtemp(join(tmpdir(), 'frame-log-test-')) : null;
      const budgets = { payloadBudgetBytes: 16_384, columnBudgetBytes: 45_000, diskBudgetBytes: 8192 };
      const many = fc.array(anyStep, { minLength: 100, maxLength: 1500, size: 'max' });
      await fc.assert(
        fc.asyncProperty(many, async (steps) => {
          const log = new FrameLog({ spillDir, ...budgets });
          for (let at = 0; at < steps.length; at += 50) {
            feed(log, steps.slice(at, at + 50));
            // A turn of the event loop for the disk.
            await new Promise((resolve) => setImmediate(resolve));
            const status = log.status();
            assert.ok(log.memoryBytes <= budgets.payloadBudgetBytes, `${log.memoryBytes} in memory`);
            assert.ok(status.payloadBytesInMemory <= log.memoryBytes);
            assert.ok(status.payloadBytesOnDisk <= budgets.diskBudgetBytes, `${status.payloadBytesOnDisk} on disk`);
          }
          const { payloads, messages } = modelOf(steps);
          const status = log.status();
          const wire = await rowsOf(log, 'wire');
          const frames = steps.filter(({ type }) => type === 'frame').length;
          assert.equal(status.frames + status.droppedFrames, frames);
          assert.equal(wire.filter(({ kind }) => kind !== 'event').length, status.frames);
          const joined = await rowsOf(log, 'messages');
          let droppedPayloads = 0;
          for (const { id, place, payloadBytes } of wire) {
            const bytes = await payloadOf(log, id, 'wire');
            if (bytes === null) droppedPayloads++;
            // 4096 is a quarter of the budget: what is stored of a message at most.
            else if (bytes.length === payloadBytes * 2) assert.equal(bytes, payloads[id]!.toString('hex'));
            else assert.ok(payloads[id]!.toString('hex').startsWith(bytes));
            if (place === 'dropped') assert.equal(bytes, null);
          }
          const byLastId = new Map(messages.map((message) => [message.ids.at(-1)!, message]));
          for (const row of joined) {
            const message = byLastId.get(row.id)!;
            const bytes = await payloadOf(log, row.id, 'messages');
            assert.equal(row.frames, message.ids.length);
            if (bytes === null) {
              if (message.inflated !== null && message.inflated.length > 0) droppedPayloads++;
              continue;
            }
            assert.ok((message.inflated ?? message.payload).toString('hex').startsWith(bytes));
          }
          assert.equal(log.status().droppedPayloads, droppedPayloads);
          const firstId = wire[0]?.id ?? 0;
          assert.deepEqual(
            joined.map(({ id }) => id),
            messages.filter(({ ids, open }) => ids.at(-1)! >= firstId || open).map(({ ids }) => ids.at(-1)!),
          );
          await log.dispose();
        }),
        { numRuns: 40 },
      );
      if (spillDir !== null) {
        assert.deepEqual(await readdir(spillDir), []);
        await rm(spillDir, { recursive: true });
      }
    });
  }

  it('keeps the row of a message that has lost its first frames and still goes on', async () => {
    const log = new FrameLog({ spillDir: null, columnBudgetBytes: 10_000 });
    log.append(frameOf({ fin: false, payload: 'first' }), 1);
    for (let at = 0; at < 1000; at++) log.append(frameOf({ opcode: 9, payload: 'p' }), 1);
    const [row] = await rowsOf(log, 'messages');
    assert.equal(row!.kind, 'text');
    assert.equal(row!.place, 'dropped');
    log.append(frameOf({ opcode: 0, payload: ' last' }), 1);
    const view = log.openView({ mode: 'messages', filter: '' });
    assert.equal(view.rowOf(log.nextId - 1), 0);
    const [whole] = await view.rows(0, 1);
    assert.deepEqual([whole!.frames, whole!.payloadBytes, whole!.fin, whole!.id], [2, 10, true, log.nextId - 1]);
    for (let at = 0; at < 1000; at++) log.append(frameOf({ opcode: 9, payload: 'p' }), 1);
    assert.equal((await view.rows(0, 1))[0]!.kind, 'ping');
  });

  it('stores no more of a message than its limit, in one frame or in many', async () => {
    for (const frames of [1, 100]) {
      const log = new FrameLog({ spillDir: null, keepMessageBytes: 1000 });
      for (let at = 0; at < frames; at++) {
        const payload = 'x'.repeat(5000 / frames);
        log.append(frameOf({ opcode: at === 0 ? 1 : 0, fin: at === frames - 1, payload }), 1);
      }
      const { bytes, totalBytes, storedBytes, available } = await log.payload(0, 'messages', 0, 1e6);
      assert.deepEqual([bytes.length, totalBytes, storedBytes, available], [1000, 5000, 1000, true]);
    }
  });

  it('tells the size of payloads of 4 GiB and more', async () => {
    const log = new FrameLog({ spillDir: null });
    log.append(frameOf({ payload: 'start', payloadBytes: 2 ** 33 }), 1);
    const [row] = await rowsOf(log, 'wire');
    assert.equal(row!.payloadBytes, 2 ** 33);
    assert.equal((await log.payload(0, 'wire', 0, 100)).totalBytes, 2 ** 33);
  });

  it('reads a range of a payload', async () => {
    const log = new FrameLog({ spillDir: null });
    for (const [at, payload] of ['abc', 'def', 'ghi'].entries()) {
      log.append(frameOf({ opcode: at === 0 ? 1 : 0, fin: at === 2, payload }), 1);
      log.append(frameOf({ opcode: 9, payload: '!' }), 1);
    }
    assert.equal(Buffer.from((await log.payload(0, 'messages', 2, 5)).bytes).toString(), 'cdefg');
    assert.equal(Buffer.from((await log.payload(0, 'messages', 8, 5)).bytes).toString(), 'i');
    assert.equal(Buffer.from((await log.payload(2, 'wire', 1, 1)).bytes).toString(), 'e');
    assert.deepEqual((await log.payload(77, 'wire', 0, 1)).available, false);
  });

  it('tells the bytes that it holds, not the memory that was taken for them', () => {
    const log = new FrameLog({ spillDir: null });
    const inMemory = () => log.status().payloadBytesInMemory;
    const inlet = log.openInlet();
    const read = (payload: string) => {
      inlet.room().set(Buffer.from(payload));
      inlet.take(Buffer.from(payload));
    };
    assert.deepEqual([inMemory(), log.memoryBytes], [0, 0]);
    read('a frame that is not complete');
    assert.equal(inMemory(), 0);
    log.append(frameOf({ payload: 'twelve bytes' }), 1);
    assert.equal(inMemory(), 12);
    assert.ok(log.memoryBytes >= 2 * 1024 * 1024);
    log.clear();
    assert.equal(inMemory(), 0);
    log.append(frameOf({ payload: 'five.' }), 1);
    assert.equal(inMemory(), 5);
  });

  it('clears: frees all, goes on with new ids, and finishes what was under way', async () => {
    const log = new FrameLog({ spillDir: null });
    log.append(frameOf({ payload: 'one' }), 1);
    log.append(frameOf({ rsv1: true, payload: 'waits' }), 1);
    log.append(frameOf({ fin: false, rsv1: true, payload: 'two-' }), 1);
    const view = log.openView({ mode: 'messages', filter: 'kind:text' });
    await view.rows(0, 10);
    log.clear();
    assert.equal(view.total, 0);
    assert.deepEqual(log.status(), {
      generation: 1,
      frames: 0,
      messages: 0,
      droppedFrames: 0,
      droppedPayloads: 0,
      payloadBytesInMemory: 0,
      payloadBytesOnDisk: 0,
      spillError: null,
    });
    assert.equal(log.memoryBytes, 0);
    log.append(frameOf({ opcode: 0, payload: 'three' }), 1);
    assert.equal(log.attachInflated('received', Buffer.from('of the cleared message'), false), true);
    assert.equal(log.attachInflated('received', Buffer.from('two-three'), false), true);
    const [row, ...others] = await rowsOf(log, 'messages');
    assert.deepEqual(others, []);
    assert.deepEqual([row!.id, row!.kind, row!.preview, row!.inflatedBytes], [3, 'text', 'two-three', 9]);
  });

  it('refuses content that no message awaits', () => {
    const log = new FrameLog({ spillDir: null });
    log.append(frameOf({ payload: 'plain' }), 1);
    assert.equal(log.attachInflated('received', Buffer.from('x'), false), false);
  });

  it('marks a message by any of its frames', async () => {
    const log = new FrameLog({ spillDir: null });
    log.append(frameOf({ fin: false, payload: 'a' }), 1);
    log.append(frameOf({ opcode: 9 }), 1);
    log.append(frameOf({ opcode: 0, payload: 'b' }), 1);
    log.mark(2, true);
    assert.deepEqual(
      (await rowsOf(log, 'messages')).map(({ marked }) => marked),
      [true, false],
    );
    assert.deepEqual(
      (await rowsOf(log, 'wire')).map(({ marked }) => marked),
      [true, false, true],
    );
    log.mark(0, false);
    assert.deepEqual(
      (await rowsOf(log, 'wire')).map(({ marked }) => marked),
      [false, false, false],
    );
  });

  it('tells whoever listens once a turn, however much came', async () => {
    const log = new FrameLog({ spillDir: null });
    const view = log.openView({ mode: 'wire', filter: '' });
    let told = 0;
    const grown = new Promise<void>((resolve) => {
      view.onDidGrow(() => {
        told++;
        resolve();
      });
    });
    for (let at = 0; at < 1000; at++) log.append(frameOf(), 1);
    await grown;
    assert.equal(told, 1);
    assert.equal(view.total, 1000);
  });
});
