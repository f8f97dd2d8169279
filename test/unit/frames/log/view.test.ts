import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { FrameLog } from '../../../../src/core/frames/log/frameLog.js';
import { FrameDecoder } from '../../../../src/core/frames/frameDecoder.js';
import type { Frame } from '../../../../src/core/base/frame.js';
import type { LogMode, LogRow } from '../../../../src/core/base/logRow.js';
import { allRows, anyStep, feed, frameOf, rowsOf, settled } from './support.js';

type Naive = (row: LogRow, content: Buffer) => boolean;

const textOf = (content: Buffer) => content.toString('latin1').toLowerCase();
const byFacts: readonly [filter: string, naive: Naive][] = [
  ['kind:text', (row) => row.kind === 'text'],
  ['dir:in size>2', (row) => row.kind !== 'event' && row.direction === 'received' && sizeOf(row) > 2],
  ['is:fragmented or kind:close', (row) => isFragmented(row) || row.kind === 'close'],
  ['-conn:1', (row) => row.connection !== 1],
];
const byContent: readonly [filter: string, naive: Naive][] = [
  ['a', (_, content) => textOf(content).includes('a')],
  ['tick or error', (_, content) => /tick|error/.test(textOf(content))],
  ['zz kind:text', (row, content) => row.kind === 'text' && textOf(content).includes('zz')],
  ['-"x y" -z', (_, content) => !/x y|z/.test(textOf(content))],
  ['/^a|é/', (_, content) => /^a|é/.test(content.toString())],
  ['$.a', (_, content) => /^\{"a":(?:1|"é")\}$/.test(content.toString())],
  ['a -/b/i', (_, content) => /a/.test(textOf(content)) && !/b/.test(textOf(content))],
];

function sizeOf(row: LogRow): number {
  return row.inflatedBytes ?? row.payloadBytes;
}

function isFragmented(row: LogRow): boolean {
  return row.kind !== 'event' && row.opcode < 3 && (!row.fin || row.opcode === 0 || row.frames > 1);
}

/** What a filter looks at: in the wire view of a compressed frame its message's content, or nothing before it is known. */
async function contentOf(log: FrameLog, row: LogRow, mode: LogMode): Promise<Buffer> {
  const whole = log.openView({ mode: 'messages', filter: '' });
  const position = whole.rowOf(row.id);
  const [message] = position === null ? [] : await whole.rows(position, 1);
  whole.close();
  const compressed = log.openView({ mode: 'messages', filter: 'is:compressed' });
  await settled(compressed);
  const isCompressed = compressed.rowOf(row.id) !== null;
  compressed.close();
  if (isCompressed && (message?.inflatedBytes ?? null) === null) return Buffer.alloc(0);
  const { bytes } = await log.payload(row.id, isCompressed ? 'messages' : mode, 0, 1e9);
  return Buffer.from(bytes);
}

const someSteps = fc.array(fc.array(anyStep, { maxLength: 25 }), { maxLength: 3 });

describe('a filtered view', () => {
  for (const mode of ['wire', 'messages'] as const) {
    it(`${mode}: has the rows that a naive filter has, opened before, between or after`, async () => {
      const filters = fc.constantFrom(...byFacts, ...byContent);
      await fc.assert(
        fc.asyncProperty(someSteps, filters, async (batches, [filter, naive]) => {
          const log = new FrameLog({ spillDir: null });
          const views = [log.openView({ mode, filter })];
          for (const steps of batches) {
            feed(log, steps);
            views.push(log.openView({ mode, filter }));
            await settled(views[0]!);
          }
          const expected: number[] = [];
          for (const row of await rowsOf(log, mode)) {
            if (naive(row, await contentOf(log, row, mode))) expected.push(row.id);
          }
          for (const view of views) {
            // The log tells a view of what is new in the next turn.
            await new Promise((resolve) => setImmediate(resolve));
            await settled(view);
            const rows = await allRows(view);
            assert.deepEqual(
              rows.map(({ id }) => id),
              expected,
            );
            for (const [position, { id }] of rows.entries()) assert.equal(view.rowOf(id), position);
            assert.equal(view.unsearchable, 0);
          }
          await log.dispose();
        }),
        { numRuns: 30 },
      );
    });

    it(`${mode}: keeps up with rows that are dropped`, async function () {
      this.timeout(180_000);
      const many = fc.array(fc.array(anyStep, { minLength: 20, maxLength: 400, size: 'max' }), {
        minLength: 4,
        maxLength: 8,
      });
      await fc.assert(
        fc.asyncProperty(many, fc.constantFrom(...byFacts), async (batches, [filter, naive]) => {
          const log = new FrameLog({ spillDir: null, columnBudgetBytes: 30_000, payloadBudgetBytes: 16_384 });
          const view = log.openView({ mode, filter });
          for (const steps of batches) {
            feed(log, steps);
            await new Promise((resolve) => setImmediate(resolve));
            await settled(view);
          }
          const expected = (await rowsOf(log, mode)).filter((row) => naive(row, Buffer.alloc(0)));
          assert.deepEqual(
            (await allRows(view)).map(({ id }) => id),
            expected.map(({ id }) => id),
          );
        }),
        { numRuns: 20 },
      );
    });
  }

  it('finds text in many rows that share a slab, and none across two', async () => {
    const log = new FrameLog({ spillDir: null });
    for (let at = 0; at < 50_000; at++) log.append(frameOf({ payload: at % 1000 === 7 ? 'needle' : 'need' }), 1);
    log.append(frameOf({ payload: 'le' }), 1);
    const rows = await rowsOf(log, 'wire', 'NEEDLE');
    assert.deepEqual(
      rows.map(({ id }) => id),
      Array.from({ length: 50 }, (_, at) => at * 1000 + 7),
    );
    const either = await rowsOf(log, 'wire', 'needle or "le"');
    assert.equal(either.length, 51);
    assert.equal((await rowsOf(log, 'wire', 'needn or needlen or "eedl" or "ed"')).length, 50_000);
  });

  it('finds text in rows that take turns in two slabs, between their headers', async () => {
    const pieces = fc.constantFrom('ab', 'AB', 'a', 'b', 'q', '-', '.'.repeat(95), '.'.repeat(96));
    const payload = fc.array(pieces, { maxLength: 4 }).map((parts) => parts.join('').slice(0, 125));
    const step = fc.record({ payload, sent: fc.boolean(), times: fc.constantFrom(1, 1, 2, 5) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const log = new FrameLog({ spillDir: null });
        const memory = log.openInlet();
        const onFrame = (frame: Frame) => log.append(frame, 1);
        const facts = { direction: 'received', keepPayloadBytes: 0, borrowPayload: true } as const;
        const decoder = new FrameDecoder({ ...facts, memory, onFrame });
        const payloads: string[] = [];
        for (const { payload: text, sent, times } of steps) {
          for (let time = 0; time < times; time++) {
            payloads.push(text);
            const bytes = Buffer.from([0x81, text.length, ...Buffer.from(text)]);
            if (sent) log.append(frameOf({ direction: 'sent', payload: text }), 1);
            else if (memory.take(bytes)) assert.fail('nothing was read into the room');
            else decoder.push(bytes, 0);
            memory.settle(decoder.wireOffset);
          }
        }
        // `a` is also what a header says: 97 bytes.
        for (const [filter, isMatch] of [
          ['ab', (text: string) => /ab/i.test(text)],
          ['case:on AB', (text: string) => text.includes('AB')],
          ['-b', (text: string) => !/b/i.test(text)],
          ['a or bq', (text: string) => /a|bq/i.test(text)],
        ] as const) {
          const rows = await rowsOf(log, 'wire', filter);
          const expected = [...payloads.keys()].filter((at) => isMatch(payloads[at]!));
          assert.deepEqual([filter, ...rows.map(({ id }) => id)], [filter, ...expected]);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('counts what it cannot search', async () => {
    const log = new FrameLog({ spillDir: null, keepMessageBytes: 10 });
    log.append(frameOf({ payload: 'needle and more' }), 1);
    log.append(frameOf({ payload: 'a haystack with a needle' }), 1);
    log.append(frameOf({ payload: 'none' }), 1);
    for (const [filter, total, unsearchable] of [
      ['needle', 1, 1],
      ['-needle', 1, 1],
      ['/needle/', 1, 1],
      ['needle kind:binary', 0, 0],
    ] as const) {
      const view = log.openView({ mode: 'messages', filter });
      await settled(view);
      assert.deepEqual([filter, view.total, view.unsearchable], [filter, total, unsearchable]);
    }
  });

  it('follows marks', async () => {
    const log = new FrameLog({ spillDir: null });
    for (let at = 0; at < 5; at++) log.append(frameOf({ payload: `${at}` }), 1);
    const view = log.openView({ mode: 'messages', filter: 'marked' });
    for (const [id, marked, expected] of [
      [3, true, [3]],
      [1, true, [1, 3]],
      [3, false, [1]],
    ] as const) {
      log.mark(id, marked);
      await settled(view);
      assert.deepEqual(
        (await view.rows(0, 10)).map((row) => row.id),
        expected,
      );
    }
  });

  it('says nothing more once it is closed', async () => {
    const log = new FrameLog({ spillDir: null });
    for (let at = 0; at < 100_000; at++) log.append(frameOf({ payload: 'x' }), 1);
    const view = log.openView({ mode: 'wire', filter: '/x/' });
    assert.equal(view.scanning, true);
    let told = 0;
    view.onDidGrow(() => told++);
    view.close();
    assert.deepEqual([view.scanning, view.total], [false, 0]);
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual([told, view.total], [0, 0]);
  });

  it('gives up an expression that backtracks without end, and keeps what it found', async function () {
    this.timeout(180_000);
    const log = new FrameLog({ spillDir: null });
    log.append(frameOf({ payload: 'aaaa' }), 1);
    for (let at = 0; at < 10; at++) log.append(frameOf({ payload: `${'a'.repeat(60)}!` }), 1);
    const view = log.openView({ mode: 'wire', filter: '/^(a+)+$/' });
    await settled(view);
    assert.match(view.problems[0]!.message, /takes too long/);
    assert.equal(view.total, 1);
    assert.equal(await view.find(/^(a+)+$/, 0), 0);
  });

  it('survives JSON that is nested without end', async () => {
    const log = new FrameLog({ spillDir: null });
    log.append(frameOf({ payload: '['.repeat(100_000) + ']'.repeat(100_000) }), 1);
    log.append(frameOf({ payload: '[1]' }), 1);
    assert.equal((await rowsOf(log, 'wire', '$..[?@ == 1]')).length, 1);
  });
});

describe('find', () => {
  for (const mode of ['wire', 'messages'] as const) {
    it(`${mode}: gives the next and the previous row with a text or a match`, async () => {
      const wanted = fc.constantFrom<string | RegExp>('a', 'TICK', 'é', /^z/, /B/g);
      const filters = fc.constantFrom('', 'kind:text', 'dir:in');
      await fc.assert(
        fc.asyncProperty(
          fc.array(anyStep, { maxLength: 40 }),
          wanted,
          filters,
          fc.nat(40),
          async (steps, what, filter, from) => {
            const log = new FrameLog({ spillDir: null });
            feed(log, steps);
            const view = log.openView({ mode, filter });
            await settled(view);
            const matches: number[] = [];
            for (const [position, row] of (await allRows(view)).entries()) {
              const content = await contentOf(log, row, mode);
              const matched =
                typeof what === 'string'
                  ? textOf(content).includes(Buffer.from(what.toLowerCase()).toString('latin1').toLowerCase())
                  : new RegExp(what.source).test(content.toString());
              if (matched) matches.push(position);
            }
            assert.equal(await view.find(what, from), matches.find((position) => position >= from) ?? null);
            assert.equal(await view.find(what, from, true), matches.findLast((position) => position <= from) ?? null);
          },
        ),
        { numRuns: 30 },
      );
    });
  }

  it('crosses many rows both ways, and ends with its signal', async () => {
    const log = new FrameLog({ spillDir: null });
    for (let at = 0; at < 200_000; at++) log.append(frameOf({ payload: at % 150_000 === 10 ? 'needle' : 'hay' }), 1);
    const view = log.openView({ mode: 'messages', filter: '' });
    assert.equal(await view.find('needle', 11), 150_010);
    assert.equal(await view.find('needle', 150_009, true), 10);
    assert.equal(await view.find('needle', 150_011), null);
    const abort = new AbortController();
    const found = view.find(/needle/, 11, false, abort.signal);
    abort.abort();
    assert.equal(await found, null);
  });
});
