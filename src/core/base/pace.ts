import { percentile } from './percentiles.js';

/** How far apart things came: in the earlier half of the latest of them, and in the later. */
export interface Pace {
  readonly earlierMs: number;
  readonly laterMs: number;
  /** Faster and faster: twice as often as before, and not by one leap. */
  readonly quickens: boolean;
}

/** Who comes again and again, sooner than it should. */
export interface HastyClient extends Omit<Pace, 'quickens'> {
  /** By its address. */
  readonly client: string;
  /** In a row, by now; 0: it is let in. */
  readonly refusals: number;
}

/** The latest gaps, which say how things come now. */
export const PACE_GAPS = 16;
/** Fewer show no trend. */
const LEAST_GAPS = 8;
/** Of two gaps the later one is the shorter so often; by chance it is in half of all pairs. */
const FALLING = 0.8;

/** Null where too few gaps tell. */
export function paceOf(gapsMs: readonly number[]): Pace | null {
  const gaps = gapsMs.slice(-PACE_GAPS);
  if (gaps.length < LEAST_GAPS) return null;
  const half = gaps.length >> 1;
  const earlierMs = median(gaps.slice(0, half));
  const laterMs = median(gaps.slice(-half));
  return { earlierMs, laterMs, quickens: laterMs * 2 < earlierMs && fallingShare(gaps) >= FALLING };
}

/** What lies between times, the earliest first. */
export function gapsBetween(atMs: readonly number[]): readonly number[] {
  return atMs.slice(1).map((each, index) => each - (atMs[index] ?? each));
}

function median(gaps: readonly number[]): number {
  return percentile(
    [...gaps].sort((a, b) => a - b),
    50,
  );
}

function fallingShare(gaps: readonly number[]): number {
  const pairs = gaps.flatMap((later, at) => gaps.slice(0, at).map((earlier) => later < earlier));
  return pairs.filter(Boolean).length / pairs.length;
}
