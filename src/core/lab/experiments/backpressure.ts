import type { Finding } from '../../base/model.js';
import { formatMs } from '../../close/disconnect.js';
import { finding } from '../../diagnosis/finding.js';
import { formatBytes } from '../../text/sizes.js';
import type { Bench } from '../bench.js';
import type { Held } from '../held.js';
import type { ExperimentResult } from '../result.js';

/** Of the time: how long it is read as it comes first, to know how much comes. */
const BASELINE = 0.2;
const CHECKS = 20;
const MAX_CHECK_MS = 1_000;
/** What TCP itself may keep on both sides: less than this says nothing of the server's own buffer. */
const TCP_BYTES = 8 * 1024 * 1024;
/** From this part on of what was to come, the server kept all of it. */
const KEPT_ALL = 0.8;
/** A slow client reads a tenth of what comes. */
const SLOWNESS = 0.1;
const MAX_PAUSE_MS = 1_000;

interface Stalled {
  readonly bytesPerSecond: number;
  /** When it was cut after reading stopped; null: it was not. */
  readonly cutAfterMs: number | null;
  readonly ending: string | null;
  readonly stalledMs: number;
  /** What came at once when it was read again. */
  readonly keptBytes: number;
}

/** One connection that stops reading and one that reads slowly: whether the server's buffer for it ends somewhere, and how. */
export async function backpressure(bench: Bench): Promise<ExperimentResult> {
  bench.note('reading as it comes');
  const [stalled, slow] = await Promise.all([stall(bench), readSlowly(bench)]);
  return judge(stalled, slow);
}

async function baseline(bench: Bench, held: Held): Promise<number> {
  const ms = bench.settings.forMs * BASELINE;
  const before = held.bytesReceived;
  const startMs = bench.clock();
  await bench.sleepWith(held, ms);
  return ((held.bytesReceived - before) / Math.max(1, bench.clock() - startMs)) * 1_000;
}

async function stall(bench: Bench): Promise<Stalled | null> {
  const held = await bench.open();
  if (held.failure) return null;
  const bytesPerSecond = await baseline(bench, held);
  const startMs = bench.clock();
  const { forMs } = bench.settings;
  bench.note('reading nothing');
  held.socket?.pause();
  // A paused socket hears of no end: what is sent into a dead one does.
  const untilMs = bytesPerSecond > 0 ? startMs + forMs : startMs;
  while (held.isOpen && bench.clock() < untilMs && !bench.signal.aborted) {
    await bench.sleepWith(held, Math.min(MAX_CHECK_MS, forMs / CHECKS));
    if (held.isOpen) void held.ping(forMs);
  }
  const stalledMs = bench.clock() - startMs;
  const atMs = held.endMs === null ? null : held.endMs - startMs;
  const keptBytes = atMs === null && bytesPerSecond > 0 ? await drain(bench, held, bytesPerSecond) : 0;
  // What was said while nobody read is heard now.
  const cutLate = atMs === null && !held.isOpen && held.ended !== null;
  const cutAfterMs = atMs ?? (cutLate ? stalledMs : null);
  const ending = held.close?.evidence ?? null;
  await bench.finish(
    held,
    cutAfterMs === null ? 'stopped reading, and stood' : `cut ${formatMs(cutAfterMs)} after reading stopped`,
    { keptBytes },
  );
  return { bytesPerSecond, cutAfterMs, ending, stalledMs, keptBytes };
}

/** Reads again until no more comes than before. */
async function drain(bench: Bench, held: Held, bytesPerSecond: number): Promise<number> {
  bench.note('reading again');
  const sliceMs = 50;
  const before = held.bytesReceived;
  const untilMs = bench.clock() + Math.max(1_000, bench.settings.forMs);
  held.socket?.resume();
  for (let last = before; held.isOpen && bench.clock() < untilMs && !bench.signal.aborted; ) {
    await bench.sleepWith(held, sliceMs);
    const now = held.bytesReceived;
    if (now - last <= (bytesPerSecond * 2 * sliceMs) / 1_000) break;
    last = now;
  }
  return held.bytesReceived - before;
}

interface Slow {
  readonly cutAfterMs: number | null;
}

async function readSlowly(bench: Bench): Promise<Slow | null> {
  let bytesPerMs = Number.POSITIVE_INFINITY;
  const held = await bench.open({
    onMessage: ({ bytes }, { socket }) => {
      if (!Number.isFinite(bytesPerMs) || !socket) return;
      socket.pause();
      void bench.sleep(Math.min(MAX_PAUSE_MS, bytes.length / bytesPerMs)).then(() => socket.resume());
    },
  });
  if (held.failure) return null;
  const bytesPerSecond = await baseline(bench, held);
  const startMs = bench.clock();
  if (bytesPerSecond > 0) {
    bytesPerMs = (bytesPerSecond * SLOWNESS) / 1_000;
    await bench.sleepWith(held, bench.settings.forMs);
  }
  bytesPerMs = Number.POSITIVE_INFINITY;
  const cutAfterMs = held.endMs === null ? null : held.endMs - startMs;
  bench.drop(
    held,
    cutAfterMs === null ? 'read slowly, and stood' : `cut ${formatMs(cutAfterMs)} after reading became slow`,
  );
  return { cutAfterMs };
}

function judge(stalled: Stalled | null, slow: Slow | null): ExperimentResult {
  const rate = stalled?.bytesPerSecond ?? 0;
  const dueBytes = ((stalled?.stalledMs ?? 0) / 1_000) * rate;
  const kept = stalled?.keptBytes ?? 0;
  const numbers = {
    perSecondBytes: rate,
    stalledMs: stalled?.stalledMs ?? null,
    stalledCutAfterMs: stalled?.cutAfterMs ?? null,
    slowCutAfterMs: slow?.cutAfterMs ?? null,
    dueBytes,
    keptBytes: kept,
  };
  const result = (verdict: ExperimentResult['verdict'], conclusion: string, findings: readonly Finding[] = []) => ({
    verdict,
    conclusion,
    numbers,
    findings,
  });
  if (!stalled || rate === 0) {
    return result(
      'warn',
      'The server sends nothing by itself, so nothing could pile up: --send what makes it speak (a subscription, a request).',
    );
  }
  const slowly = slow?.cutAfterMs == null ? '' : `; one that reads slowly is cut after ${formatMs(slow.cutAfterMs)}`;
  if (stalled.cutAfterMs !== null) {
    return result(
      'pass',
      `A client that stops reading is cut after ${formatMs(stalled.cutAfterMs)}: the server's buffer for it is bounded${slowly}.`,
    );
  }
  const due = `${formatBytes(dueBytes)} were due in ${formatMs(stalled.stalledMs)}`;
  if (kept < dueBytes * KEPT_ALL) {
    return result(
      'pass',
      `A client that stops reading stays connected, and is not sent all: ${due}, ${formatBytes(kept)} came afterwards${slowly}.`,
    );
  }
  if (dueBytes < TCP_BYTES) {
    return result(
      'warn',
      `Whether the server's buffer is bounded cannot be told: ${due}, which TCP alone can keep; try a longer --for or a busier stream${slowly}.`,
    );
  }
  const conclusion = `The server kept ${formatBytes(kept)} for a client that did not read for ${formatMs(stalled.stalledMs)}, and neither dropped nor cut anything${slowly}.`;
  return result('warn', conclusion, [unbounded(due)]);
}

function unbounded(due: string): Finding {
  return finding('lab.unbounded-buffer', {
    title: 'A client that does not read costs the server all that it misses',
    explanation:
      'Libraries queue what a socket does not take, without a limit as a rule. A few clients that stop reading, on a bad mobile link or on purpose, then take all of the memory of the server. It must look at how much is queued, and drop messages or the client above a limit.',
    evidence: [due],
    fixes: [
      {
        title: 'Node (ws): end whoever does not read',
        language: 'javascript',
        snippet: `if (socket.bufferedAmount > 1_048_576) socket.terminate();
else socket.send(message);`,
      },
    ],
  });
}
