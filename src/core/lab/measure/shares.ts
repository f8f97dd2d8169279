export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** z of a confidence of 95 %. */
const Z = 1.96;

/** Where the true share of a thing seen `hits` times in `total` lies, at 95 % (Wilson); 0 to 1. Of nothing nothing is known. */
export function wilson(hits: number, total: number): Interval {
  if (total <= 0) return { low: 0, high: 1 };
  const share = hits / total;
  const square = Z * Z;
  const middle = (share + square / (2 * total)) / (1 + square / total);
  const half = (Z / (1 + square / total)) * Math.sqrt((share * (1 - share)) / total + square / (4 * total * total));
  return { low: hits === 0 ? 0 : Math.max(0, middle - half), high: hits === total ? 1 : Math.min(1, middle + half) };
}

/** How a share stands to a limit: `below` and `above` are sure, `unsure` has too few cases. */
export function shareAgainst(hits: number, total: number, limit: number): 'below' | 'above' | 'unsure' {
  const { low, high } = wilson(hits, total);
  if (low > limit) return 'above';
  return high <= limit ? 'below' : 'unsure';
}

/** How often each key came, the most frequent first, then in the order in which they came. */
export function distribution<K>(keys: Iterable<K>): readonly (readonly [key: K, count: number])[] {
  const counts = new Map<K, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}
