import * as fc from 'fast-check';
import type { Frame } from '../../../../src/core/base/frame.js';
import type { FrameLog, LogView } from '../../../../src/core/frames/log/frameLog.js';
import type { LogMode, LogRow } from '../../../../src/core/base/logRow.js';
import type { Direction } from '../../../../src/core/base/model.js';
import { receivedFrame } from '../../../support/frames.js';

export interface FrameFacts {
  readonly direction?: Direction;
  readonly opcode?: number;
  readonly fin?: boolean;
  readonly rsv1?: boolean;
  readonly payload?: string | Uint8Array;
  readonly atMs?: number;
  /** Of a frame whose payload the decoder cut. */
  readonly payloadBytes?: number;
}

export function frameOf(facts: FrameFacts = {}): Frame {
  const { direction = 'received', opcode = 1, fin = true, rsv1 = false, payload = '', atMs = 0 } = facts;
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
  const payloadBytes = facts.payloadBytes ?? bytes.length;
  const masked = direction === 'sent';
  const truncated = bytes.length < payloadBytes;
  const headerBytes = masked ? 6 : 2;
  return receivedFrame(bytes, {
    direction,
    fin,
    rsv1,
    opcode,
    masked,
    maskKey: 0,
    headerBytes,
    payloadBytes,
    atMs,
    truncated,
  });
}

/** A log's input: a frame on a connection, or the inflated content of the oldest message that awaits one. */
export type Step =
  | { readonly type: 'frame'; readonly connection: number; readonly frame: Frame }
  | { readonly type: 'event'; readonly connection: number; readonly text: string }
  | { readonly type: 'inflate'; readonly connection: number; readonly direction: Direction; readonly text: string };

const words = fc.constantFrom(
  '',
  'a',
  'Ab',
  'error',
  'x y',
  '{"a":1}',
  '{"a":"é"}',
  'grüß',
  '\u0000\u0001',
  'tick '.repeat(40),
);
const direction = fc.constantFrom<Direction>('received', 'sent');
const connection = fc.integer({ min: 1, max: 2 });

const anyFrame: fc.Arbitrary<Step> = fc
  .record({
    connection,
    direction,
    opcode: fc.constantFrom(0, 0, 0, 1, 1, 1, 2, 8, 9, 10, 3, 15),
    fin: fc.boolean(),
    rsv1: fc.oneof({ arbitrary: fc.constant(false), weight: 3 }, { arbitrary: fc.constant(true), weight: 1 }),
    payload: fc.oneof(
      words,
      fc.uint8Array({ maxLength: 20 }),
      fc.integer({ min: 0, max: 3000 }).map((n) => 'z'.repeat(n)),
    ),
    atMs: fc.nat(10_000),
  })
  .map(({ connection, ...facts }) => ({ type: 'frame' as const, connection, frame: frameOf(facts) }));

export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: anyFrame, weight: 10 },
  { arbitrary: fc.record({ type: fc.constant('event' as const), connection, text: words }), weight: 1 },
  { arbitrary: fc.record({ type: fc.constant('inflate' as const), connection, direction, text: words }), weight: 2 },
);

export function feed(log: FrameLog, steps: readonly Step[]): void {
  for (const step of steps) {
    if (step.type === 'frame') log.append(step.frame, step.connection);
    else if (step.type === 'event') log.appendEvent(step.text, 0, step.connection);
    else log.attachInflated(step.direction, Buffer.from(step.text), false, step.connection);
  }
}

/** Settles once the view's filter has seen every row. */
export async function settled(view: LogView): Promise<void> {
  while (view.scanning) await new Promise((resolve) => setImmediate(resolve));
}

export async function allRows(view: LogView): Promise<LogRow[]> {
  const rows: LogRow[] = [];
  while (rows.length < view.total) rows.push(...(await view.rows(rows.length, 1000)));
  return rows;
}

export async function rowsOf(log: FrameLog, mode: LogMode, filter = ''): Promise<LogRow[]> {
  const view = log.openView({ mode, filter });
  await settled(view);
  const rows = await allRows(view);
  view.close();
  return rows;
}

export async function payloadOf(log: FrameLog, id: number, mode: LogMode): Promise<string | null> {
  const { bytes, available } = await log.payload(id, mode, 0, Number.MAX_SAFE_INTEGER);
  return available ? Buffer.from(bytes).toString('hex') : null;
}
