/** Times that lie together. */
export interface Cluster {
  readonly count: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly medianMs: number;
}

/** Within 1 % or 0.3 s, whichever is more. */
function toleranceOf(ms: number): number {
  return Math.max(ms / 100, 300);
}

/** Groups of `least` or more times, none further from the shortest of its group than 1 % or 0.3 s; the largest first. */
export function clusters(times: readonly number[], least = 3): readonly Cluster[] {
  const groups: number[][] = [];
  for (const ms of [...times].sort((a, b) => a - b)) {
    const group = groups.at(-1);
    if (group && ms - (group[0] ?? 0) <= toleranceOf(group[0] ?? 0)) group.push(ms);
    else groups.push([ms]);
  }
  return groups
    .filter(({ length }) => length >= least)
    .map((group) => ({
      count: group.length,
      minMs: group[0] ?? 0,
      maxMs: group.at(-1) ?? 0,
      medianMs: group[Math.floor(group.length / 2)] ?? 0,
    }))
    .sort((a, b) => b.count - a.count);
}
