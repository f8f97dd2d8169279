/** The raw times of an entry's messages, as far as a glance tells. */
export interface TimeRange {
  least: number;
  most: number;
}

/** Where the raw times of an entry lie: microseconds since 1970. */
export interface EntryClock {
  /** Null for what is no time. */
  micros(raw: unknown): number | null;
  /** How times that are no wall clock were read; null where there are none. */
  readonly assumed: string | null;
}

/** Seconds since 1970 lie between these from 1985 to 5138; milliseconds above. */
const SECONDS_BEGIN = 473_385_600;
const SECONDS_END = 100_000_000_000;
const SLACK_MS = 1_000;
const NEAR_START_SECONDS = 60;

/** A number, or ISO 8601 as milliseconds since 1970; null for anything else. Negative numbers say that there is no time. */
export function rawTime(value: unknown): number | null {
  const asNumber = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  const raw = typeof asNumber === 'number' && !Number.isNaN(asNumber) ? asNumber : dateOf(value);
  return raw >= 0 && raw < 8.64e15 ? raw : null;
}

/** Milliseconds since 1970 of a text; NaN for anything else. An object of the file may have a `toString` of its own. */
export function dateOf(value: unknown): number {
  return typeof value === 'string' ? Date.parse(value) : Number.NaN;
}

/** Whether a raw time is told by the wall clock. */
export function isWallTime(raw: number): boolean {
  return raw >= SECONDS_BEGIN;
}

/** Seconds or milliseconds since 1970, as microseconds. */
export function wallMicros(raw: number): number {
  return Math.round(raw < SECONDS_END ? raw * 1_000_000 : raw * 1000);
}

/**
 * The clock of an entry: Chrome, mitmproxy and Proxyman write seconds since 1970, Playwright milliseconds, others ISO 8601.
 * Smaller numbers count from the entry's start, or by a clock of their own: then the first one is the entry's start.
 */
export function entryClock(startMicros: number, durationMs: number | null, range: TimeRange | null): EntryClock {
  const known = durationMs !== null && durationMs > 0 ? durationMs + SLACK_MS : null;
  const isMs = known !== null && range !== null && range.most * 1000 > known && range.most <= known;
  const unit = isMs ? 1000 : 1_000_000;
  const limit = (known ?? NEAR_START_SECONDS * 1000) * 1000;
  const isSinceStart = range === null || range.least * unit <= limit;
  const zero = isSinceStart ? 0 : range.least;
  const words = isMs ? 'milliseconds' : 'seconds';
  const since = isSinceStart ? 'since its start' : 'by a clock of their own, the first at its start';
  return {
    micros(value) {
      const raw = rawTime(value);
      if (raw === null) return null;
      return isWallTime(raw) ? wallMicros(raw) : startMicros + Math.max(0, Math.round((raw - zero) * unit));
    },
    assumed: range === null ? null : `Times are not of the wall clock: read as ${words} ${since}.`,
  };
}
