import { formatDuration } from '../../src/core/text/durations.js';

export const TIME_MODES = ['clock', 'start', 'previous', 'origin'] as const;
/** Wall clock, since the session began, since the row above, or from a row that was chosen for it. */
export type TimeMode = (typeof TIME_MODES)[number];

/** Where times are counted from: a row of a session. */
export interface Origin {
  readonly sessionId: string;
  readonly atMs: number;
}

/** Shorter ones are no pause that a person would look for. */
const MIN_GAP_MS = 1000;

/** The time in which nothing came before a row, `4.20 s`; null where it is short, or the row above is not at hand. */
export function formatGap(atMs: number, previousMs: number | null): string | null {
  const gapMs = previousMs === null ? 0 : atMs - previousMs;
  return gapMs >= MIN_GAP_MS ? formatDuration(gapMs) : null;
}

/** `14:03:22.123`, in the zone of this machine. */
export function formatWallClock(startedAtMs: number, atMs: number): string {
  const date = new Date(startedAtMs + atMs);
  if (Number.isNaN(date.getTime())) return '–';
  const two = (value: number) => String(value).padStart(2, '0');
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${time}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** Seconds to the millisecond; minutes and hours once there are some: `12.345`, `1:02.345`, `1:00:02.345`. */
export function formatSinceStart(atMs: number): string {
  if (!Number.isFinite(atMs)) return '–';
  const ms = Math.round(Math.max(0, atMs));
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor(ms / 60_000) % 60;
  const seconds = `${Math.floor(ms / 1000) % 60}`;
  const tail = String(ms % 1000).padStart(3, '0');
  if (hours > 0) return `${hours}:${String(minutes).padStart(2, '0')}:${seconds.padStart(2, '0')}.${tail}`;
  return minutes > 0 ? `${minutes}:${seconds.padStart(2, '0')}.${tail}` : `${seconds}.${tail}`;
}

/** `+0.421`: milliseconds below ten seconds, with what the clock gives; seconds above. */
export function formatSincePrevious(ms: number): string {
  if (!Number.isFinite(ms)) return '–';
  const sign = ms < 0 ? '−' : '+';
  const size = Math.abs(ms);
  return size < 10_000 ? `${sign}${size.toFixed(3)} ms` : `${sign}${(size / 1000).toFixed(3)} s`;
}

export interface RowTime {
  readonly mode: TimeMode;
  readonly startedAtMs: number;
  readonly atMs: number;
  /** Of the row above; null when there is none, or it is not at hand. */
  readonly previousMs: number | null;
  /** Of the row that times count from; null when there is none. */
  readonly originMs: number | null;
}

export function formatRowTime({ mode, startedAtMs, atMs, previousMs, originMs }: RowTime): string {
  switch (mode) {
    case 'clock':
      return formatWallClock(startedAtMs, atMs);
    case 'start':
      return formatSinceStart(atMs);
    case 'origin':
      return originMs === null ? formatSinceStart(atMs) : formatSincePrevious(atMs - originMs);
    default:
      return previousMs === null ? '' : formatSincePrevious(atMs - previousMs);
  }
}
