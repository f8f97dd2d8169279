/** ISO 8601 of milliseconds since 1970; the beginning of 1970 for a time that no calendar has. */
export function isoTime(ms: number): string {
  return new Date(Math.abs(ms) <= 8.64e15 ? ms : 0).toISOString();
}
