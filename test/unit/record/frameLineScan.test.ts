import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import * as fc from 'fast-check';
import { FrameLineScan } from '../../../src/core/record/frameLineScan.js';
import { jsonBytes } from '../../../src/core/record/jsonText.js';
import { parseLine } from '../../../src/core/record/parseLine.js';
import { payloadBytesOf } from '../../../src/core/record/payloadJson.js';
import { type FrameLine, frameLine, frameLines, writtenLine } from './samples.js';

/** The line in memory that ends in other lines, as a slab does. */
function scanned(line: Uint8Array, at: number): Read | null {
  const memory = copyOf(Buffer.concat([Buffer.alloc(at, 0x78), line, Buffer.from('\n"\\x\n')]));
  const before = Buffer.from(memory);
  const scan = new FrameLineScan();
  const limit = at + line.length + 1;
  if (!scan.scan(jsonBytes(memory), at, limit) || !isUtf8(line)) return null;
  assert.equal(scan.end, limit);
  const read = decoded(scan, memory);
  assert.deepEqual(memory.subarray(limit), before.subarray(limit));
  return read;
}

/** Lines that follow each other in one memory; null for those that are left to the general reader. */
function scannedTogether(lines: readonly Uint8Array[]): (Read | null)[] {
  const memory = copyOf(Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')])));
  const json = jsonBytes(memory);
  const scan = new FrameLineScan();
  let at = 0;
  return lines.map((line) => {
    const isTaken = scan.scan(json, at, memory.length) && isUtf8(line);
    if (isTaken) assert.equal(scan.end, at + line.length + 1);
    at += line.length + 1;
    return isTaken ? decoded(scan, memory) : null;
  });
}

interface Read {
  readonly line: FrameLine;
  readonly payload: string;
}

function decoded(scan: FrameLineScan, bytes: Buffer): Read {
  scan.decode();
  const shown = (isText: boolean, start: number, size: number) => {
    const payload = bytes.subarray(start, start + size);
    return isText ? { text: payload.toString() } : { base64: payload.toString('base64') };
  };
  const { payload, inflated } = scan;
  const { connection, index, atMs, kind, wireBytes, payloadBytes } = scan;
  const { sent, opcode, fin, rsv1, rsv2, rsv3, masked } = kind;
  const facts = { connection, index, atMs, opcode, fin, rsv1, rsv2, rsv3, masked, wireBytes, payloadBytes };
  const content = {
    ...shown(inflated.isText, inflated.start, inflated.bytes),
    bytes: scan.inflatedBytes,
    truncated: inflated.truncated,
  };
  return {
    payload: bytes.subarray(payload.start, payload.start + payload.bytes).toString('hex'),
    line: {
      type: 'frame',
      ...facts,
      direction: sent ? 'sent' : 'received',
      truncated: payload.truncated,
      ...shown(payload.isText, payload.start, payload.bytes),
      ...(scan.hasInflated ? { inflated: content } : {}),
    },
  };
}

function copyOf(bytes: Uint8Array): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  copy.set(bytes);
  return copy;
}

/** What the general reader makes of it, its payloads as bytes: a lone surrogate is none, and Base64 has one form. */
function parsed(line: Uint8Array): Read | null {
  const read = parseLine(line);
  if (read.kind !== 'line' || read.line.type !== 'frame') return null;
  const plain = (each: { readonly text?: string; readonly base64?: string }) => {
    const bytes = payloadBytesOf(each);
    return each.text === undefined ? { base64: bytes.toString('base64') } : { text: bytes.toString() };
  };
  const { inflated, ...frame } = read.line;
  const whole = { ...frame, ...plain(frame), ...(inflated ? { inflated: { ...inflated, ...plain(inflated) } } : {}) };
  return { line: whole, payload: payloadBytesOf(frame).toString('hex') };
}

const offsets = fc.nat({ max: 7 });

describe('the quick reader of frame lines', () => {
  it('reads every line of our writer as the general one does', () => {
    fc.assert(
      fc.property(frameLines, offsets, (line, at) => {
        const bytes = Buffer.from(writtenLine(line));
        const quick = scanned(bytes, at);
        assert.ok(quick);
        assert.deepEqual(quick, parsed(bytes));
      }),
      { numRuns: 500 },
    );
  });

  it('reads a line with a byte changed, left out or put in as the general one does, or leaves it to that', () => {
    const changes = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), how: fc.nat({ max: 2 }) });
    const bytes = fc.oneof(fc.nat({ max: 255 }), fc.constantFrom(...Buffer.from('"\\\n,{}:0123456789.-eE=u/+_ dD8')));
    fc.assert(
      fc.property(frameLines, changes, bytes, offsets, (line, { at, how }, byte, offset) => {
        const whole = Buffer.from(writtenLine(line));
        const place = Math.floor(at * (whole.length - 1));
        const rest = whole.subarray(how === 2 ? place : place + 1);
        const changed = Buffer.concat([whole.subarray(0, place), Buffer.from(how === 1 ? [] : [byte]), rest]);
        const quick = scanned(changed, offset);
        if (quick !== null) assert.deepEqual(quick, parsed(changed));
      }),
      { numRuns: 5_000 },
    );
  });

  it('reads lines of alike frames, one of them changed, as the general one does each', () => {
    const changes = fc.record({ at: fc.double({ min: 0, max: 0.99, noNaN: true }), byte: fc.nat({ max: 127 }) });
    const kinds = fc.array(frameLines, { minLength: 1, maxLength: 3 });
    const order = fc.array(fc.nat({ max: 2 }), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(kinds, order, changes, fc.nat({ max: 7 }), (lines, which, { at, byte }, changed) => {
        const written = which.map((one, index) =>
          Buffer.from(writtenLine({ ...lines[one % lines.length]!, index, atMs: index / 8 })),
        );
        const line = written[changed % written.length]!;
        if (byte !== 0x0a) line[Math.floor(at * line.length)] = byte;
        for (const [index, read] of scannedTogether(written).entries()) {
          if (read !== null) assert.deepEqual(read, parsed(written[index]!));
          else assert.equal(index, changed % written.length);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it('reads texts with any escapes as the general one does, or leaves them to that', () => {
    const unit = fc.constantFrom(
      'a',
      'ü',
      '😀',
      '\\n',
      '\\"',
      '\\\\',
      '\\/',
      '\\u0000',
      '\\u00E9',
      '\\u20ac',
      '\\ud83d',
      '\\ude00',
      '\\u12',
      '\\x',
      '\\',
      '"',
      '\t',
      'x'.repeat(40),
    );
    let taken = 0;
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 12 }), offsets, (units, at) => {
        const line = writtenLine(frameLine({ text: '#' })).replace('#', () => units.join(''));
        const bytes = Buffer.from(line);
        const quick = scanned(bytes, at);
        if (quick === null) return;
        taken += 1;
        assert.deepEqual(quick, parsed(bytes));
      }),
      { numRuns: 3_000 },
    );
    assert.ok(taken > 50);
  });

  it('leaves to the general reader what another has written', () => {
    const whole = writtenLine(frameLine());
    const others = [
      JSON.stringify(Object.fromEntries(Object.entries(frameLine()).toReversed())),
      whole.replace('"index":0', '"index":00'),
      whole.replace('"index":0', '"index":9007199254740993'),
      whole.replace('"atMs":1.5', '"atMs":-1.5'),
      whole.replace('"atMs":1.5', '"atMs":15e-1'),
      whole.replace('"opcode":1', '"opcode":16'),
      `${whole}\r`,
      whole.slice(0, -1),
      whole.replace(':', ': '),
    ];
    for (const line of others) assert.equal(scanned(Buffer.from(line), 0), null, line);
  });
});
