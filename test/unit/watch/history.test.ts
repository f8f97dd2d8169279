import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { openPrivateFile } from '../../../src/core/base/regularFile.js';
import type { Rollup, Sample } from '../../../src/core/base/sample.js';
import { rollupSchema } from '../../../src/core/base/sampleSchema.js';
import { Aggregate } from '../../../src/core/watch/aggregate.js';
import { addTo, compact, minutesOf } from '../../../src/core/watch/history/compact.js';
import { newSegmentFile, readSegment, segmentsOf } from '../../../src/core/watch/history/folder.js';
import { headerLine, parseSegment, wholeBytes } from '../../../src/core/watch/history/records.js';
import { remember } from '../../../src/core/watch/history/remember.js';
import { type HistoryOptions, HistoryWriter } from '../../../src/core/watch/history/writer.js';
import { useTempFolder } from '../record/temp.js';
import { AT, sample, samples, SUBJECT } from './samples.js';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';

const DAY = 86_400_000;
const NOW = Date.parse(AT);
const at = (ms: number) => new Date(NOW + ms).toISOString();

describe('the history of a watch', () => {
  const temp = useTempFolder();
  let folder: string;
  beforeEach(() => {
    folder = join(mkdtempSync(temp.path('history-')), 'deep');
  });

  const open = (options: Partial<HistoryOptions> = {}) =>
    HistoryWriter.open({ folder, onTrouble: assert.fail, wall: () => NOW, ...options });
  const keep = async (kept: readonly Sample[], options: Partial<HistoryOptions> = {}) => {
    const writer = await open(options);
    for (const each of kept) await writer.append(each);
    await writer.close();
  };
  const names = () => readdirSync(folder).map((name) => name.replace(/-.*\./, '-….'));
  const looks = async () => (await remember(folder, 0)).of(SUBJECT)[0]?.samples.probe ?? 0;
  const total = (records: readonly (Sample | Rollup)[]): Omit<Rollup, 'phases' | 'roundTrip'> => {
    const sum = new Aggregate(SUBJECT);
    for (const record of records) addTo(sum, record);
    const { phases: _, roundTrip: __, ...counts } = sum.rollup('x');
    return counts;
  };

  it('is kept for its owner alone, and gone on with after a restart', async () => {
    await keep([sample()]);
    await keep([sample(), sample()]);
    assert.deepEqual(names(), ['samples-….jsonl']);
    assert.equal(await looks(), 3);
    if (process.platform === 'win32') return;
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    for (const name of readdirSync(folder)) assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600);
  });

  it('has one writer a segment, whoever else writes to the folder, and readers see them all', async () => {
    const writers = await Promise.all([open(), open(), open()]);
    await Promise.all(writers.map((writer) => writer.append(sample())));
    assert.equal((await segmentsOf(folder)).length, 3);
    assert.equal(await looks(), 3);
    for (const writer of writers) await writer.close();
  });

  it('survives being cut at any byte: what stood whole is there, and what comes next stands on its own line', async () => {
    await keep([sample(), sample(), sample()]);
    const [file] = await segmentsOf(folder);
    const whole = readFileSync(file?.path ?? '');
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length }), async (cut) => {
        writeFileSync(file?.path ?? '', whole.subarray(0, cut));
        const lines = whole.subarray(0, cut).toString().split('\n').length - 1;
        const before = Math.max(0, lines - 1);
        assert.equal(await looks(), before);
        await keep([sample()]);
        assert.equal(await looks(), before + 1);
        assert.equal((await remember(folder, 0)).damaged, 0);
      }),
      { numRuns: 60 },
    );
  });

  it('gathers what comes at once, and writes it when it is asked, closed, or has no room', async () => {
    const writer = await open({ gatherMs: 600_000 });
    for (let index = 0; index < 5; index++) await writer.append(sample());
    assert.equal(await looks(), 0);
    await writer.flush();
    assert.equal(await looks(), 5);
    for (let index = 0; index < 1_000; index++) await writer.append(sample());
    assert.ok((await looks()) > 500, 'no more waits than has room');
    await writer.close();
    assert.equal(await looks(), 1_005);
  });

  it('reads past what is no record, and counts it', () => {
    const lines = ['{"schema":"wsprobe.sample/1"}', 'not json', '', '[]', JSON.stringify(sample())];
    const bytes = Buffer.from(headerLine(AT) + lines.map((line) => `${line}\n`).join(''));
    const { damaged, records } = parseSegment(bytes, 'x');
    assert.deepEqual([records.length, damaged], [1, 4]);
  });

  it('never throws for any bytes, and takes no record that is none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
        assert.equal(parseSegment(bytes, 'x').records.length, 0);
        assert.ok(wholeBytes(bytes) <= bytes.length);
      }),
    );
    const hostile = fc.constantFrom<unknown>('9', null, {}, [], Number.NaN, '__proto__');
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(sample())), hostile, (key, value) => {
        const line = JSON.stringify({ ...sample(), [key]: value });
        for (const record of parseSegment(Buffer.from(`${headerLine(AT)}${line}\n`), 'x').records) total([record]);
      }),
    );
  });

  it('of a later version is refused in words, neither read nor written', async () => {
    mkdirSync(folder, { recursive: true });
    const path = join(folder, 'samples-20261120T110000Z-00000000.jsonl');
    writeFileSync(path, '{"schema":"wsprobe.history/2"}\n');
    const refused = { code: 'history.later', message: /later version of wsprobe \(wsprobe\.history\/2\)/ };
    await assert.rejects(open(), refused);
    await assert.rejects(remember(folder, 0), refused);
    assert.equal(readFileSync(path, 'utf8'), '{"schema":"wsprobe.history/2"}\n');
  });

  it('makes minutes of what is older than a day, and loses no count by it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(samples, { minLength: 1, maxLength: 30 }), async (kept) => {
        rmSync(folder, { recursive: true, force: true });
        await keep(kept);
        const before = await remember(folder, 0);
        await compact(folder, NOW + DAY, 1e9);
        assert.deepEqual(
          (await segmentsOf(folder)).map(({ holds }) => holds),
          ['samples'],
          'a day is not over',
        );
        await compact(folder, NOW + 3 * DAY, 1e9);
        const [file] = await segmentsOf(folder);
        assert.equal(file?.holds, 'minutes');
        const { records } = (file && (await readSegment(file))) ?? { records: [] };
        assert.deepEqual(total(records), total(kept.toSorted((a, b) => (a.at < b.at ? -1 : 1))));
        const counts = (rollups: readonly Rollup[]) =>
          rollups.map(({ samples: s, verdicts, closes, drops }) => ({ s, verdicts, closes, drops }));
        assert.deepEqual(counts((await remember(folder, 0)).of(SUBJECT)), counts(before.of(SUBJECT)));
      }),
      { numRuns: 25 },
    );
  });

  it('counts nothing twice where making minutes was broken off', async () => {
    await keep([sample(), sample()]);
    const [file] = await segmentsOf(folder);
    const raw = readFileSync(file?.path ?? '');
    await compact(folder, NOW + 3 * DAY, 1e9);
    writeFileSync(file?.path ?? '', raw);
    writeFileSync(join(folder, 'minutes-20261120T120000Z-00000000.jsonl.part'), 'half');
    assert.equal(await looks(), 2);
    await compact(folder, NOW + 3 * DAY, 1e9);
    assert.deepEqual(
      (await segmentsOf(folder)).map(({ holds }) => holds),
      ['minutes'],
    );
    assert.equal(await looks(), 2);
  });

  it('leaves alone what another writes, and files that are none of it', async () => {
    const writer = await open();
    await writer.append(sample());
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    await compact(folder, NOW + 100 * DAY, 0);
    assert.equal(await looks(), 1);
    await writer.close();
    await compact(folder, NOW + 100 * DAY, 0);
    assert.deepEqual(readdirSync(folder), ['notes.txt']);
  });

  it('forgets minutes after a month', async () => {
    await keep([sample()]);
    await compact(folder, NOW + 3 * DAY, 1e9);
    await compact(folder, NOW + 30 * DAY, 1e9);
    assert.equal(await looks(), 1);
    await compact(folder, NOW + 32 * DAY, 1e9);
    assert.deepEqual(readdirSync(folder), []);
  });

  it('keeps to its bytes: samples become minutes before their time, then the oldest go', async () => {
    const kept = Array.from({ length: 200 }, (_, index) => sample({ at: at(index * 10) }));
    await keep(kept, { segmentBytes: 4_096, maxBytes: 16_384 });
    const files = await segmentsOf(folder);
    const bytes = files.reduce((sum, { path }) => sum + statSync(path).size, 0);
    assert.ok(bytes <= 16_384 + 1_024, `${bytes}`);
    assert.ok(files.some(({ holds }) => holds === 'minutes'));
    assert.ok((await looks()) > 100, 'minutes take less room');
  });

  it('begins a segment a day', async () => {
    let wall = NOW;
    const writer = await open({ wall: () => wall });
    await writer.append(sample());
    wall += DAY;
    await writer.append(sample());
    wall -= DAY;
    await writer.append(sample());
    await writer.close();
    assert.equal((await segmentsOf(folder)).length, 2, 'a clock that is set back finds its day again');
    assert.equal(await looks(), 3);
  });

  let room: number;
  beforeEach(() => (room = Infinity));
  /** On a disk that has `room`. */
  const openFile: typeof openPrivateFile = async (path, flags) => {
    const handle = await openPrivateFile(path, flags);
    const write = handle.write.bind(handle) as (...given: readonly unknown[]) => Promise<{ bytesWritten: number }>;
    return new Proxy(handle, {
      get(target, key) {
        if (key === 'write')
          return async (bytes: Uint8Array, from: number, length: number) => {
            if (room <= 0) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
            const { bytesWritten } = await write(bytes, from, Math.min(length, room));
            room -= bytesWritten;
            return { bytesWritten };
          };
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  };

  for (const left of [0, 20]) {
    it(`leaves nothing behind where it cannot begin, with room for ${left} bytes`, async () => {
      room = left;
      await assert.rejects(open({ openFile }), { code: 'ENOSPC' });
      assert.deepEqual(readdirSync(folder), []);
    });
  }

  it('makes no file a sample where the next segment finds no room, and says in the end what is missing', async () => {
    const told: string[] = [];
    const writer = await open({ openFile, segmentBytes: 10, onTrouble: (message) => told.push(message) });
    await writer.append(sample());
    const kept = readdirSync(folder).filter((name) => !name.endsWith('.lock'));
    room = 0;
    for (let index = 0; index < 3; index++) await writer.append(sample());
    assert.deepEqual(readdirSync(folder), kept);
    await writer.close();
    assert.match(told[0] ?? '', /the disk is full \(ENOSPC\)/);
    assert.deepEqual(told.slice(1), ['3 samples are missing in the history.']);
  });

  it('goes on without one where a later version writes there too by now, and says so', async () => {
    const told: string[] = [];
    let wall = NOW;
    const writer = await open({ wall: () => wall, onTrouble: (message) => told.push(message) });
    wall += DAY;
    const later = newSegmentFile(folder, wall).path;
    writeFileSync(later, '{"schema":"wsprobe.history/2"}\n');
    await writer.append(sample());
    await writer.close();
    assert.match(
      told[0] ?? '',
      /\.jsonl was written by a later version of wsprobe \(wsprobe\.history\/2\)\. The watch/,
    );
    assert.equal(readFileSync(later, 'utf8'), '{"schema":"wsprobe.history/2"}\n');
  });

  it('tells once of a full disk, leaves no half line, and goes on when there is room', async () => {
    const told: string[] = [];
    const writer = await open({ openFile, onTrouble: (message) => told.push(message) });
    await writer.append(sample());
    room = 100;
    await writer.append(sample());
    room = 0;
    await writer.append(sample());
    assert.equal(await looks(), 1);
    room = Infinity;
    await writer.append(sample());
    await writer.close();
    room = 100;
    const gathering = await open({ openFile, onTrouble: (message) => told.push(message), gatherMs: 600_000 });
    for (let index = 0; index < 3; index++) await gathering.append(sample());
    await gathering.flush();
    room = Infinity;
    await gathering.append(sample());
    await gathering.close();
    assert.match(told.splice(2).at(1) ?? '', /3 samples are missing/, 'each that would have been written with others');
    assert.deepEqual([told.length, await looks()], [2, 3]);
    assert.match(told[0] ?? '', /the disk is full \(ENOSPC\)/);
    assert.match(told[1] ?? '', /2 samples are missing/);
    assert.equal((await remember(folder, 0)).damaged, 0);
  });

  it('takes over what a process that died left behind', async () => {
    const child = fork(new URL('./historyChild.ts', import.meta.url), [folder, AT], { execArgv: ['--import', 'tsx'] });
    await new Promise((resolve) => child.once('message', resolve));
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    const [file] = await segmentsOf(folder);
    appendFileSync(file?.path ?? '', '{"schema":"wsprobe.sam');
    await keep([sample()]);
    assert.equal((await segmentsOf(folder)).length, 1);
    assert.equal(await looks(), 2);
  });

  it('has minutes as their schema has them', () => {
    const ajv = new Ajv({ allowUnionTypes: true });
    addFormats.default(ajv);
    const judge = ajv.compile(rollupSchema());
    fc.assert(
      fc.property(fc.array(samples), (kept) => {
        for (const rollup of minutesOf(kept))
          assert.ok(judge(JSON.parse(JSON.stringify(rollup))), JSON.stringify(judge.errors));
      }),
    );
  });
});
