/** Milliseconds since the clock was made, three decimals, monotonic. */
export type Clock = () => number;

export function createClock(): Clock {
  const origin = performance.now();
  return () => toThousandths(performance.now() - origin);
}

/** Rounds milliseconds to three decimals. */
export function toThousandths(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
