import type { RecordingLine } from './recording.js';

/** The lines of one connection, in batches. */
export interface TimedLines {
  /** No line of it comes earlier. */
  readonly fromMs: number;
  readonly open: () => AsyncIterator<readonly RecordingLine[]>;
}

interface Head {
  readonly lines: AsyncIterator<readonly RecordingLine[]>;
  batch: readonly RecordingLine[];
  at: number;
  /** Of the latest line: one that goes back in time stays behind it. */
  atMs: number;
}

/** Connections as one recording has them: by time, each in its own order; numbered. One is opened when its time comes. */
export async function* mergeByTime(
  sources: readonly TimedLines[],
): AsyncGenerator<readonly RecordingLine[], void, undefined> {
  const waiting = sources.toSorted((a, b) => a.fromMs - b.fromMs);
  let heads: Head[] = [];
  let index = 0;
  try {
    for (let next = 0; next < waiting.length || heads.length > 0; ) {
      const first = earliest(heads);
      const opening = waiting[next];
      if (opening && (!first || opening.fromMs < first.atMs)) {
        next += 1;
        const head: Head = { lines: opening.open(), batch: [], at: 0, atMs: opening.fromMs };
        heads.push(head);
        if (!(await advance(head))) heads = heads.filter((each) => each !== head);
        continue;
      }
      if (!first) continue;
      const others = heads.filter((each) => each !== first);
      const until = Math.min(opening?.fromMs ?? Infinity, earliest(others)?.atMs ?? Infinity);
      const out: RecordingLine[] = [];
      do {
        const line = first.batch[first.at++]!;
        out.push(line.type === 'message' || line.type === 'frame' ? { ...line, index: index++ } : line);
        if (first.at === first.batch.length) break;
        first.atMs = Math.max(first.atMs, first.batch[first.at]!.atMs);
      } while (first.atMs <= until);
      yield out;
      if (first.at === first.batch.length && !(await advance(first))) heads = others;
    }
  } finally {
    for (const { lines } of heads) await lines.return?.();
  }
}

function earliest(heads: readonly Head[]): Head | undefined {
  let first: Head | undefined;
  for (const head of heads) if (!first || head.atMs < first.atMs) first = head;
  return first;
}

async function advance(head: Head): Promise<boolean> {
  for (;;) {
    const { done, value } = await head.lines.next();
    if (done === true) return false;
    const [line] = value;
    if (!line) continue;
    head.batch = value;
    head.at = 0;
    head.atMs = Math.max(head.atMs, line.atMs);
    return true;
  }
}
