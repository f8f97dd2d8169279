/** A storm: so many times the usual rate of new connections. */
export const STORM_TIMES = 10;

/** How many times the usual rate a minute has. Below one a minute everything is a multiple: that much is always usual. */
export function timesUsual(inMinute: number, usualPerMinute: number): number {
  return inMinute / Math.max(1, usualPerMinute);
}
