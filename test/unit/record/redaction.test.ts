import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import * as fc from 'fast-check';
import type { Frame } from '../../../src/core/base/frame.js';
import { exportHar } from '../../../src/core/record/har/exportHar.js';
import { exportJsonl } from '../../../src/core/record/exportJsonl.js';
import { RecordingWriter } from '../../../src/core/record/recordingWriter.js';
import { Redactor } from '../../../src/core/redaction/redactor.js';
import { splitAt } from '../../support/splitAt.js';
import { batchesOf, type FrameLine, frameLine, header, readAll } from './samples.js';
import { useTempFolder } from './temp.js';

const CANARY = 'c4n4ry-s3cr3t/+"token"';

function frame(payload: Uint8Array, fields: Partial<Frame> = {}): Frame {
  const wire = { headerBytes: 2, payloadBytes: payload.length, wireOffset: 0, atMs: 1, truncated: false };
  const bits = { fin: true, rsv1: false, rsv2: false, rsv3: false, opcode: 1, masked: false };
  return { direction: 'received', ...bits, ...wire, payload, ...fields };
}

/** Every spelling of the secret that a reader of the file could turn back. */
function assertNoCanary(bytes: Buffer): void {
  const text = bytes.toString('latin1');
  const decoded = [...text.matchAll(/"base64":"([^"]*)"/g)].map(([, base64]) => Buffer.from(base64 ?? '', 'base64'));
  const inflated = decoded.map((raw) => {
    try {
      return inflateRawSync(Buffer.concat([raw, Buffer.from('0000ffff', 'hex')]), { finishFlush: 2 });
    } catch {
      return raw;
    }
  });
  for (const haystack of [text, ...[...decoded, ...inflated].map((raw) => raw.toString('latin1'))]) {
    for (const needle of [CANARY, JSON.stringify(CANARY).slice(1, -1), encodeURIComponent(CANARY), 's3cr3t']) {
      assert.equal(haystack.includes(needle), false, `${needle} in ${haystack.slice(0, 200)}`);
    }
  }
}

describe('a recording', () => {
  const folder = useTempFolder();
  const redactor = new Redactor([CANARY]);

  it('holds a secret in no byte of the file', async () => {
    const path = folder.path('canary.wsrec');
    const url = `ws://127.0.0.1/?access=${encodeURIComponent(CANARY)}`;
    const writer = await RecordingWriter.open({
      path,
      redactor,
      header: {
        ...header,
        name: url,
        url,
        subprotocol: CANARY,
        request: {
          target: `/?x=${CANARY}`,
          headers: [
            ['Authorization', `Bearer ${CANARY}`],
            ['X-Any', CANARY],
          ],
        },
        response: { status: 101, reason: CANARY, headers: [['Set-Cookie', 'sid=unknown-s3cr3t; Path=/']] },
      },
    });
    const text = Buffer.from(JSON.stringify({ type: 'auth', token: CANARY }));
    const raw = deflateRawSync(text);
    const inflated = { payload: text, isText: true, bytes: text.length };
    writer.frame(1, 0, frame(text), true);
    writer.frame(1, 1, frame(text, { opcode: 2 }), false);
    writer.frame(1, 2, frame(Buffer.concat([Buffer.from('0fa1', 'hex'), Buffer.from(CANARY)]), { opcode: 8 }), false);
    writer.frame(1, 3, frame(raw, { rsv1: true }), false, inflated);
    writer.frame(1, 4, frame(raw, { rsv1: true }), false);
    writer.frame(1, 5, frame(raw.subarray(0, 9), { rsv1: true, fin: false }), false);
    writer.frame(1, 6, frame(raw.subarray(9), { opcode: 0 }), false, inflated);
    writer.frame(1, 7, frame(Buffer.from(Buffer.from(CANARY).toString('base64'))), true);
    writer.write(frameLine({ text: `also ${CANARY}` }));
    writer.write(frameLine({ base64: text.toString('base64'), opcode: 2 }));
    const close = { code: 4001, reason: CANARY, initiator: 'server' as const, clean: true, evidence: `saw ${CANARY}` };
    writer.write({ type: 'close', connection: 1, atMs: 9, close });
    await writer.close();
    assertNoCanary(readFileSync(path));
    const { all } = await readAll(path);
    assert.equal(all.length, 11);
    const [first] = all;
    assert.equal(first?.type === 'frame' && first.text?.length, text.length, 'sizes stay true');
  });

  it('keeps a compressed payload whose message holds no secret', async () => {
    const path = folder.path('clean.wsrec');
    const writer = await RecordingWriter.open({ path, redactor, header });
    const raw = deflateRawSync('hello');
    const payload = Buffer.from('hello');
    writer.frame(1, 0, frame(raw, { rsv1: true }), false, { payload, isText: true, bytes: 5 });
    await writer.close();
    const [line] = (await readAll(path)).all;
    assert.equal(line?.type === 'frame' && line.base64, raw.toString('base64'));
  });

  it('knows a secret that begins in one fragment and ends in the next, or at the edge of what is kept', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: CANARY.length - 1 }), async (at) => {
        const path = folder.path('fragments.wsrec');
        const writer = await RecordingWriter.open({ path, redactor, header, existing: 'replace', maxPayloadBytes: 10 });
        writer.frame(1, 0, frame(Buffer.from(CANARY.slice(0, at)), { fin: false }), true);
        writer.frame(1, 1, frame(Buffer.from(CANARY.slice(at)), { opcode: 0 }), true);
        writer.frame(1, 2, frame(Buffer.from('x'.repeat(10 - Math.min(at, 9)) + CANARY)), true);
        await writer.close();
        const texts = (await readAll(path)).all.map((line) => (line.type === 'frame' ? line.text : null));
        assert.equal(texts[0], '*'.repeat(Math.min(10, at)));
        assert.equal(texts[1], '*'.repeat(Math.min(10, CANARY.length - at)));
        assert.equal(texts[2], 'x'.repeat(10 - Math.min(at, 9)) + '*'.repeat(Math.min(at, 9)));
      }),
      { numRuns: 30 },
    );
  });

  const spelled = fc.constantFrom(CANARY, encodeURIComponent(CANARY), JSON.stringify(CANARY).slice(1, -1), hex(CANARY));
  const parted = fc.tuple(spelled, fc.uniqueArray(fc.nat({ max: 60 }), { minLength: 1, maxLength: 6 }));

  it('holds the fragments of a message until its end has told whether a secret begins in it', async () => {
    for (const known of [[], ['another-secret']]) {
      const path = folder.path(`login-${known.length}.wsrec`);
      const secrets: string[] = [...known];
      const writer = await RecordingWriter.open({ path, header, redactor: new Redactor(secrets) });
      const login = Buffer.from(`{"token":${JSON.stringify(CANARY)}}`);
      const cuts = [login.subarray(0, 14), login.subarray(14, 20), login.subarray(20)];
      for (const [at, payload] of cuts.entries()) {
        // Learned of the whole message, before its last frame is recorded.
        if (at === 2) secrets.push(CANARY);
        writer.frame(1, at, frame(payload, { opcode: at === 0 ? 1 : 0, fin: at === 2 }), true);
        await writer.flush();
      }
      for (let index = 3; index < 43; index++)
        writer.frame(1, index, frame(Buffer.from('abc'), { opcode: index % 2, fin: index % 2 === 0 }), true);
      writer.frame(1, 43, frame(Buffer.from('left open'), { fin: false }), true);
      await writer.close();
      const file = readFileSync(path);
      assertNoCanary(file);
      const { all } = await readAll(path);
      const frames = all.filter((line) => line.type === 'frame');
      assert.deepEqual(
        frames.map(({ index }) => index),
        Array.from({ length: 44 }, (_, index) => index),
      );
      assert.equal(frames.at(-1)?.text, 'left open');
    }
  });

  it('lets no part of a secret out, however it lies across fragments, and keeps the order of the wire', async () => {
    await fc.assert(
      fc.asyncProperty(parted, fc.boolean(), async ([spelling, cuts], lines) => {
        const path = folder.path('parted.wsrec');
        const writer = await RecordingWriter.open({ path, redactor, header, existing: 'replace' });
        const wire = wireOf(`before ${spelling} after`, cuts);
        for (const [index, each] of wire.entries()) {
          if (lines) writer.write(lineOf(each, index));
          else writer.frame(1, index, each, each.opcode < 2);
        }
        await writer.close();
        const { all } = await readAll(path);
        assert.deepEqual(
          all.map((line) => (line.type === 'frame' ? line.index : null)),
          wire.map((_, index) => index),
        );
        const shown = all.filter((line) => line.type === 'frame' && line.opcode < 8 && line.direction === 'received');
        const text = shown.map((line) => (line.type === 'frame' ? line.text : '')).join('');
        assert.equal(text, `before ${'*'.repeat(spelling.length)} after`);
      }),
      { numRuns: 60 },
    );
  });

  it('lets no part of a secret out of an export', async () => {
    await fc.assert(
      fc.asyncProperty(parted, async ([spelling, cuts]) => {
        const lines = wireOf(`before ${spelling} after`, cuts).map(lineOf);
        const source = () => batchesOf(lines);
        const jsonl = await textOf(exportJsonl(header, source(), redactor));
        const har = await textOf(exportHar(header, source, { redactor }));
        for (const text of [jsonl, har]) assert.match(text, /"before \[redacted\] after"/);
        const open = lines.map((line) => ({ ...line, fin: line.opcode >= 8 }));
        for (const text of [
          await textOf(exportJsonl(header, batchesOf(open.slice(0, -2)), redactor)),
          await textOf(exportHar(header, () => batchesOf(open.slice(0, -2)), { redactor })),
        ]) {
          assert.doesNotMatch(text, /c4n|n4ry|s3cr/);
          assert.match(text, /unfinished":true/);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('writes what waits when the connection, the process or the patience ends, without the beginning of a secret', async () => {
    const path = folder.path('waits.wsrec');
    const writer = await RecordingWriter.open({ path, redactor, header });
    const half = (text: string) => frame(Buffer.from(text), { fin: false });
    writer.frame(1, 0, half('one c4n4ry-s'), true);
    const close = { code: 1000, reason: '', initiator: 'server' as const, clean: true, evidence: '' };
    writer.write({ type: 'close', connection: 1, atMs: 9, close });
    writer.frame(2, 1, half('two c4n4ry-s'), true);
    for (let index = 2; index < 300; index++) writer.frame(2, index, frame(Buffer.from('x'), { opcode: 9 }), false);
    await writer.flush();
    writer.frame(3, 300, half('three c4n4ry-s'), true);
    writer.flushSync();
    writer.frame(3, 301, frame(Buffer.from('3cr3t/+"token" goes'), { opcode: 0 }), true);
    await writer.close();
    const { all } = await readAll(path);
    const texts = all.flatMap((line) => (line.type === 'frame' && line.opcode < 8 ? [line.text] : [line.type]));
    assert.deepEqual(
      texts.filter((text) => text !== 'frame'),
      ['one ********', 'close', 'two ********', 'three ********', '************** goes'],
    );
    assert.equal(all.length, 303);
  });

  it('keeps a compressed message of several frames that holds no secret', async () => {
    const path = folder.path('compressed.wsrec');
    const writer = await RecordingWriter.open({ path, redactor, header });
    const raw = deflateRawSync('hello');
    const payload = Buffer.from('hello');
    writer.frame(1, 0, frame(raw.subarray(0, 3), { rsv1: true, fin: false }), false);
    writer.frame(1, 1, frame(raw.subarray(3), { opcode: 0 }), false, { payload, isText: true, bytes: 5 });
    await writer.close();
    const payloads = (await readAll(path)).all.map((line) => (line.type === 'frame' ? line.base64 : null));
    assert.deepEqual(payloads, [raw.subarray(0, 3).toString('base64'), raw.subarray(3).toString('base64')]);
  });
});

function hex(text: string): string {
  return Buffer.from(text).toString('hex');
}

/** A message in fragments, a ping and a message of the other direction behind each. */
function wireOf(text: string, cuts: readonly number[]): Frame[] {
  const pieces = splitAt(Buffer.from(text), cuts);
  return pieces.flatMap((payload, index) => [
    frame(payload, { opcode: index === 0 ? 1 : 0, fin: index === pieces.length - 1 }),
    frame(Buffer.from('ping'), { opcode: 9 }),
    frame(Buffer.from('other'), { direction: 'sent' }),
  ]);
}

function lineOf(each: Frame, index: number): FrameLine {
  const { direction, opcode, fin, payloadBytes } = each;
  const text = Buffer.from(each.payload).toString();
  return frameLine({ index, direction, opcode, fin, payloadBytes, text });
}

async function textOf(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}
