import * as fc from 'fast-check';
import { bytesSource } from '../../../src/core/record/har/byteSources.js';
import { importHar } from '../../../src/core/record/har/importHar.js';
import type { RecordingHeader, RecordingLine } from '../../../src/core/record/recording.js';
import { type OpenRecording, readRecording } from '../../../src/core/record/readRecording.js';

type FrameLine = Extract<RecordingLine, { type: 'frame' }>;

export const header: RecordingHeader = {
  schema: 'wsprobe.recording/1',
  name: 'Orders',
  url: 'ws://127.0.0.1:8080/orders',
  startedAt: '2026-11-20T12:00:00.000Z',
  subprotocol: 'graphql-transport-ws',
  dialect: null,
  request: { target: '/orders', headers: [['Host', '127.0.0.1:8080']] },
  response: { status: 101, reason: 'Switching Protocols', headers: [['Upgrade', 'websocket']] },
};

export function frameLine(fields: Partial<FrameLine> = {}): FrameLine {
  const payload = fields.base64 === undefined && fields.text === undefined ? { text: 'hello' } : {};
  return {
    type: 'frame',
    connection: 1,
    index: 0,
    atMs: 1.5,
    direction: 'received',
    opcode: 1,
    fin: true,
    rsv1: false,
    rsv2: false,
    rsv3: false,
    masked: false,
    wireBytes: 7,
    payloadBytes: 5,
    truncated: false,
    ...payload,
    ...fields,
  };
}

const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record(model, { noNullPrototype: true }) as fc.Arbitrary<T>;
const times = fc.integer({ min: 0, max: 10_000_000_000 }).map((micros) => micros / 1000);
const texts = fc.string({ unit: 'binary', maxLength: 40 }).map((text) => Buffer.from(text).toString());
const base64s = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('base64'));
const payloads = fc.oneof(
  texts.map((text) => ({ text })),
  base64s.map((base64) => ({ base64 })),
);
const counts = fc.nat({ max: 2 ** 31 });

const inflated = fc
  .tuple(payloads, fc.boolean())
  .map(([payload, cut]) => ({ ...payload, bytes: sizeOf(payload) + (cut ? 1 : 0), truncated: cut }));

/** Any frame line, however unlikely on a wire. */
export const frameLines: fc.Arbitrary<FrameLine> = record({
  connection: counts,
  index: counts,
  atMs: times,
  direction: fc.constantFrom('sent' as const, 'received' as const),
  opcode: fc.nat({ max: 15 }),
  fin: fc.boolean(),
  rsv1: fc.boolean(),
  rsv2: fc.boolean(),
  rsv3: fc.boolean(),
  masked: fc.boolean(),
  wireBytes: counts,
  payloadBytes: counts,
  truncated: fc.boolean(),
}).chain((fields) =>
  fc.tuple(payloads, fc.option(inflated, { nil: undefined })).map(
    ([payload, inflated]): FrameLine => ({
      type: 'frame',
      ...fields,
      ...payload,
      ...(inflated ? { inflated } : {}),
    }),
  ),
);

const events: fc.Arbitrary<RecordingLine> = fc.oneof(
  record({ type: fc.constant('open' as const), connection: counts, atMs: times }),
  record({ type: fc.constant('lost' as const), atMs: times, frames: counts, reason: texts }),
  record({
    type: fc.constant('close' as const),
    connection: counts,
    atMs: times,
    close: record({
      code: fc.integer({ min: 1000, max: 4999 }),
      reason: texts,
      initiator: fc.constantFrom('client' as const, 'server' as const, 'network' as const),
      clean: fc.boolean(),
      evidence: texts,
    }),
  }),
);

/** Any line of a recording. */
export const anyLines: fc.Arbitrary<RecordingLine> = fc.oneof({ arbitrary: frameLines, weight: 4 }, events);

/** A frame line with its keys in the order of our writer. */
export function writtenLine(line: FrameLine): string {
  const { type, connection, index, atMs, direction, opcode, fin, rsv1, rsv2, rsv3, masked } = line;
  const { wireBytes, payloadBytes, text, base64, truncated, inflated } = line;
  const facts = { type, connection, index, atMs, direction, opcode, fin, rsv1, rsv2, rsv3, masked };
  const whole = inflated && { ...pick(inflated), bytes: inflated.bytes, truncated: inflated.truncated };
  return JSON.stringify({ ...facts, wireBytes, payloadBytes, ...pick({ text, base64 }), truncated, inflated: whole });
}

function pick({ text, base64 }: { readonly text?: string | undefined; readonly base64?: string | undefined }): object {
  return text === undefined ? { base64 } : { text };
}

export function sizeOf(payload: { readonly text?: string; readonly base64?: string }): number {
  return payload.text === undefined
    ? Buffer.from(payload.base64 ?? '', 'base64').length
    : Buffer.byteLength(payload.text);
}

/** A source of one chunk after the other. */
export async function* chunksOf(...chunks: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}

export async function* batchesOf(
  ...batches: readonly (readonly RecordingLine[])[]
): AsyncGenerator<readonly RecordingLine[]> {
  yield* batches;
}

export async function readAll(
  source: Parameters<typeof readRecording>[0],
): Promise<OpenRecording & { all: RecordingLine[] }> {
  const recording = await readRecording(source);
  const all: RecordingLine[] = [];
  for await (const batch of recording.lines) all.push(...batch);
  return { ...recording, all };
}

export function fileText(...lines: readonly unknown[]): string {
  return [header, ...lines].map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** What `importHar` makes of a HAR. */
export async function imported(
  source: string | Uint8Array,
): Promise<{ header: RecordingHeader; lines: RecordingLine[]; notes: readonly string[] }> {
  const recording = await importHar(bytesSource(Buffer.from(source)));
  const lines: RecordingLine[] = [];
  for await (const batch of recording.lines) lines.push(...batch);
  return { ...recording, lines };
}

/** The messages among lines, whole or as frames. */
export function messagesIn(lines: readonly RecordingLine[]): {
  readonly connection: number;
  readonly direction: string;
  readonly opcode: number;
  readonly atMs: number;
  readonly payload: string;
}[] {
  return lines.flatMap((line) => {
    if (line.type !== 'frame' && line.type !== 'message') return [];
    const { connection, direction, atMs } = line;
    const opcode = line.type === 'frame' ? line.opcode : line.kind === 'text' ? 1 : 2;
    return [{ connection, direction, opcode, atMs, payload: line.text ?? line.base64 ?? '' }];
  });
}

export type { FrameLine };
