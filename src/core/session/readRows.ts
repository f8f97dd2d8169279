import { ProbeError } from '../base/errors.js';
import type { LogRow } from '../base/logRow.js';
import type { LogView } from '../frames/log/frameLog.js';
import type { ReadRow, RowsAsked, RowsRead } from '../tools/rowsRead.js';
import type { LogSource } from './logSource.js';
import { ShownLog } from './shownLog.js';

/** For the first row of what somebody waits for. */
const WAIT_MS = 2_000;
const INFLATE_MS = 500;
/** Of content, shared by the rows that are read. */
const MOST_CHARACTERS = 12_000;
const LEAST_CHARACTERS = 240;
/** A message of several frames stands at its last one, so ids go back a little here and there. */
const OUT_OF_ORDER = 64;
const MAX_ROWS = 1_000;

/** A stretch of a log for who reads it in pieces, redacted. Where nothing came after `after` yet, it waits a little. */
export async function readRows(
  source: LogSource,
  asked: RowsAsked,
  signal = new AbortController().signal,
): Promise<RowsRead> {
  const view = source.log.openView({ mode: 'messages', filter: asked.filter });
  try {
    const [problem] = view.problems;
    if (problem)
      throw new ProbeError('filter.invalid', `filter: ${problem.message} (at character ${problem.index + 1})`, {
        hint: 'dir:in, kind:text, size:>1k, time:<10s, words, "a text", /an expression/; and, or, not.',
      });
    await until(view, () => !view.scanning, signal);
    if (asked.after !== null) await untilLater(view, source, asked.after, signal);
    await untilInflated(view, signal);
    await source.dialect.caughtUp();
    return await stretchOf(view, source, asked);
  } finally {
    view.close();
  }
}

function untilLater(view: LogView, source: LogSource, after: number, signal: AbortSignal): Promise<void> {
  const isOver = () => source.snapshot().state === 'closed';
  const isThere = async () => isOver() || (await newest(view)).some(({ id }) => id > after);
  return until(view, isThere, within(WAIT_MS, signal));
}

/** A compressed message is there before its content is: what came just now is waited for. */
function untilInflated(view: LogView, signal: AbortSignal): Promise<void> {
  const isWhole = async () => !(await newest(view)).some(({ deflated }) => deflated);
  return until(view, isWhole, within(INFLATE_MS, signal));
}

function within(ms: number, signal: AbortSignal): AbortSignal {
  return AbortSignal.any([AbortSignal.timeout(ms), signal]);
}

function newest(view: LogView): Promise<LogRow[]> {
  return view.rows(Math.max(0, view.total - OUT_OF_ORDER), OUT_OF_ORDER);
}

/** Settles once it holds, looked at again whenever the view has changed, or when the signal aborts. */
async function until(view: LogView, holds: () => boolean | Promise<boolean>, signal: AbortSignal): Promise<void> {
  let changes = 0;
  let wake = () => {};
  const stop = view.onDidGrow(() => {
    changes++;
    wake();
  });
  const onAbort = () => wake();
  signal.addEventListener('abort', onAbort);
  try {
    for (;;) {
      const seen = changes;
      if (await holds()) return;
      if (signal.aborted) return;
      if (changes === seen) await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    stop();
    signal.removeEventListener('abort', onAbort);
  }
}

async function stretchOf(view: LogView, source: LogSource, { after, limit }: RowsAsked): Promise<RowsRead> {
  const total = view.total;
  const from = after === null ? Math.max(0, total - limit) : await firstAfter(view, total, after);
  const rows = (await view.rows(from, Math.min(MAX_ROWS, limit + OUT_OF_ORDER)))
    .filter(({ id }) => after === null || id > after)
    .slice(0, limit);
  const shown = new ShownLog(source.log, source.secrets);
  const first = rows[0] ? (view.rowOf(rows[0].id) ?? from) : total;
  const room = Math.max(LEAST_CHARACTERS, Math.floor(MOST_CHARACTERS / Math.max(1, rows.length)));
  const read: ReadRow[] = [];
  for (const row of await shown.rows(rows, 'messages')) read.push(await contentOf(row, shown, room));
  return {
    rows: read,
    before: first,
    behind: Math.max(0, total - first - rows.length),
    most: MOST_CHARACTERS,
    dropped: source.log.status().droppedFrames,
  };
}

/** A position with every later row behind it. */
async function firstAfter(view: LogView, total: number, after: number): Promise<number> {
  let low = 0;
  let high = total;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [row] = await view.rows(middle, 1);
    if (row && row.id <= after) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - OUT_OF_ORDER);
}

async function contentOf(row: LogRow, shown: ShownLog, room: number): Promise<ReadRow> {
  const { id, atMs, direction, kind, label } = row;
  const size = row.inflatedBytes ?? row.payloadBytes;
  const base = { id, atMs, direction, kind, label, bytes: size, isDeflated: row.deflated === true };
  if (kind === 'event' || kind === 'close') return { ...base, content: row.preview, isHex: false, isCut: false };
  const isHex = kind !== 'text' || base.isDeflated;
  // A character is four bytes at most, a byte two of hex.
  const wanted = isHex ? Math.floor(room / 2) : room * 4;
  const { bytes, totalBytes, available } = await shown.payload(id, 'messages', 0, wanted);
  if (!available) return { ...base, content: null, isHex, isCut: false };
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = isHex ? buffer.toString('hex') : buffer.toString('utf8');
  return { ...base, content: text.slice(0, room), isHex, isCut: bytes.length < totalBytes || text.length > room };
}
