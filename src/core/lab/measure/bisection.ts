/** What is known of a limit: what was survived lies below it, what was not lies at it or above. */
export interface Bracket {
  readonly survivedMs: number;
  /** Null: nothing was cut yet. */
  readonly cutMs: number | null;
}

export const NOTHING_KNOWN: Bracket = { survivedMs: 0, cutMs: null };

/** `count` times growing by the same factor, 2 at most, up to the longest. */
export function ladder(longestMs: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => longestMs / 2 ** (count - 1 - index));
}

/** `count` times that part what is not known into even pieces; none where there is nothing to part. */
export function between({ survivedMs, cutMs }: Bracket, count: number): readonly number[] {
  if (cutMs === null || cutMs <= survivedMs) return [];
  const piece = (cutMs - survivedMs) / (count + 1);
  return Array.from({ length: count }, (_, index) => survivedMs + piece * (index + 1));
}

/**
 * The bracket with one more outcome. A survival above what was cut elsewhere counts no more than the cut: limits that scatter are
 * told by the shortest.
 */
export function narrowed(
  { survivedMs, cutMs }: Bracket,
  outcome: { readonly ms: number; readonly cut: boolean },
): Bracket {
  const cut = outcome.cut ? Math.min(outcome.ms, cutMs ?? Number.POSITIVE_INFINITY) : cutMs;
  const survived = outcome.cut ? survivedMs : Math.max(outcome.ms, survivedMs);
  return { cutMs: cut, survivedMs: cut === null ? survived : Math.min(survived, cut) };
}

/** Whether what is not known is no more than a part of the limit. */
export function isNarrow({ survivedMs, cutMs }: Bracket, tolerance: number): boolean {
  return cutMs !== null && cutMs - survivedMs <= cutMs * tolerance;
}
