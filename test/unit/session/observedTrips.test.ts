import { isUtf8 } from 'node:buffer';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { ConnectionEnd } from '../../../src/core/base/sessionEvent.js';
import type { LogRow } from '../../../src/core/base/logRow.js';
import { exportSource, importRecording } from '../../../src/core/session/exportSource.js';
import type { LogSource } from '../../../src/core/session/logSource.js';
import { ObservedSource } from '../../../src/core/session/observedSource.js';
import { incompleteTail } from '../../../src/core/frames/utf8.js';
import { RecordedSource } from '../../../src/core/session/recordedSource.js';
import { receivedFrame } from '../../support/frames.js';
import { useTempFolder } from '../record/temp.js';

const DEFLATED = Buffer.from('f248cdc9c90700', 'hex');

/** What somebody who sees other programs' connections tells, one thing after the other. */
const tellings = fc.array(
  fc.record({
    connection: fc.integer({ min: 1, max: 3 }),
    sent: fc.boolean(),
    binary: fc.boolean(),
    content: fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }).map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
    ),
    kind: fc.constantFrom('message', 'message', 'cut', 'frame', 'fragments', 'inflated', 'missed', 'ping', 'note'),
    stepMicros: fc.nat({ max: 1_000_000 }),
  }),
  { maxLength: 12 },
);
const ends = fc.array(
  fc.option(
    fc.record(
      {
        code: fc.option(fc.integer({ min: 1000, max: 4999 })),
        reason: fc.string({ maxLength: 8 }),
        initiator: fc.constantFrom('client' as const, 'server' as const, 'network' as const),
        clean: fc.boolean(),
        evidence: fc.string({ maxLength: 8 }),
      },
      { noNullPrototype: true },
    ),
  ),
  { minLength: 3, maxLength: 3 },
);

type Told = typeof tellings extends fc.Arbitrary<infer T> ? T : never;

function tell(list: Told, closes: readonly (ConnectionEnd | null)[], leastStep = 0): ObservedSource {
  const source = new ObservedSource({ sessionId: 'o', name: 'page', url: 'http://127.0.0.1:9222', spillDir: null });
  for (const name of ['a', 'b', 'c']) {
    const headers = [['X-Of', name]] as const;
    source.opened({
      url: `ws://host/${name}`,
      peer: name === 'c' ? null : `127.0.0.1:${name.charCodeAt(0)}`,
      subprotocol: name === 'a' ? 'v1.json' : null,
      // What a page's handshake was is not always told.
      request: name === 'b' ? null : { target: `/${name}`, headers },
      response: name === 'b' ? null : { status: 101, reason: 'Switching Protocols', headers },
      atMs: 0,
    });
  }
  let micros = 0;
  for (const { binary, connection, content, kind, sent, stepMicros } of list) {
    micros += Math.max(stepMicros, leastStep);
    const atMs = micros / 1000;
    const direction = sent ? 'sent' : 'received';
    const opcode = binary ? 2 : 1;
    const bits = { direction, atMs, masked: sent, headerBytes: sent ? 6 : 2 } as const;
    const frame = (payload: Uint8Array, fields: object) =>
      void source.frame(connection, receivedFrame(payload, { ...bits, opcode, ...fields }));
    if (kind === 'message' || kind === 'cut') {
      // A text that was cut is written up to its last whole character.
      const whole = content.subarray(0, content.length - incompleteTail(content));
      const bytes = kind === 'cut' && !binary && isUtf8(whole) ? whole : content;
      const payloadBytes = bytes.length + (kind === 'cut' ? 10 : 0);
      source.message(connection, { direction, binary, bytes, payloadBytes, atMs });
    } else if (kind === 'frame') frame(content, {});
    else if (kind === 'fragments') {
      const half = Math.floor(content.length / 2);
      frame(content.subarray(0, half), { fin: false });
      frame(content.subarray(half), { opcode: 0 });
    } else if (kind === 'ping') frame(Buffer.from('p'), { opcode: 9 });
    else if (kind === 'note') source.note(connection, 'a fault', atMs);
    else {
      frame(DEFLATED, { rsv1: true });
      if (kind === 'inflated') source.inflated(connection, direction, content, binary);
      else source.notInflated(connection, direction);
    }
  }
  for (const [at, close] of closes.entries()) if (close) source.closed(at + 1, close, (micros + 1_000) / 1000);
  return source;
}

/** What is known of each connection: its messages with what is unknown of them, how it was described, and how it ended. */
async function known(source: LogSource, byFrames: boolean): Promise<unknown> {
  const view = source.log.openView({ mode: byFrames ? 'wire' : 'messages', filter: '' });
  const rows = (await view.rows(0, 1_000)).filter(({ kind }) => kind !== 'event');
  const all = await Promise.all(rows.map(async (row) => ({ row, hex: await payloadOf(source, row, byFrames) })));
  return source.connections.map(({ connection, atMs: _atMs, close, closedMs: _closedMs, ...facts }) => ({
    facts,
    close,
    rows: all
      .filter(({ row }) => row.connection === connection)
      .map(({ row, hex }) => ({
        hex,
        micros: Math.round(row.atMs * 1000),
        ...pick(row, byFrames),
      })),
  }));
}

function pick(row: LogRow, byFrames: boolean) {
  const { deflated, direction, inflatedBytes, kind, payloadBytes, wire } = row;
  const size = inflatedBytes ?? payloadBytes;
  if (!byFrames) return { direction, kind, size, deflated };
  const { fin, masked, opcode, rsv1, wireBytes } = row;
  // Of what nobody saw on a wire nothing is said.
  const bits = wire === 'unknown' ? {} : { fin, masked, opcode, rsv1, wireBytes };
  return { direction, kind, payloadBytes, wire, ...bits };
}

async function payloadOf({ log }: LogSource, { id }: LogRow, byFrames: boolean): Promise<string> {
  const { bytes } = await log.payload(id, byFrames ? 'wire' : 'messages', 0, 1_000);
  return Buffer.from(bytes).toString('hex');
}

describe('a log of other programs’ connections that goes to a file and comes back', () => {
  const folder = useTempFolder();

  async function law(format: 'wsrec' | 'har' | 'jsonl', byFrames: boolean): Promise<void> {
    await fc.assert(
      fc.asyncProperty(tellings, ends, async (list, closes) => {
        // A HAR has messages and control frames in two lists: what came at the same time has no order there.
        const source = tell(list, closes, format === 'har' ? 1 : 0);
        const path = folder.path(`trip.${format}`);
        await exportSource(source, format, path);
        const recording = format === 'wsrec' ? path : folder.path('imported.wsrec');
        if (format !== 'wsrec') await importRecording(path, recording);
        const read = await RecordedSource.open('r', recording);
        await read.loaded;
        try {
          assert.deepEqual(await known(read, byFrames), await known(source, byFrames));
        } finally {
          await read.dispose();
          await source.dispose();
        }
      }),
      { numRuns: 20 },
    );
  }

  it('is the same by way of .wsrec, frames and what nobody saw of them', () => law('wsrec', true));
  it('has the same messages by way of .wsrec', () => law('wsrec', false));
  it('has the same messages by way of HAR', () => law('har', false));
  it('has the same messages by way of JSON lines', () => law('jsonl', false));
});
