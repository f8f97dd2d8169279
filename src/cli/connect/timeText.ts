import type { Timestamps } from './settings.js';

export interface Moment {
  /** Milliseconds since the session began, like `openMs` and `lastMs`. */
  readonly atMs: number;
  readonly openMs: number;
  /** Of the line before; null for the first. */
  readonly lastMs: number | null;
  /** Wall clock at millisecond 0. */
  readonly startedAtMs: number;
}

/** `12.3` since the opening, `+0.4` since the line before, or `12:00:00.123` by this machine's clock. */
export function timeText(kind: Timestamps, { atMs, lastMs, openMs, startedAtMs }: Moment): string {
  if (kind === 'absolute') return clockText(new Date(startedAtMs + atMs));
  if (kind === 'delta') return `+${Math.max(0, atMs - (lastMs ?? openMs)).toFixed(1)}`;
  return Math.max(0, atMs - openMs).toFixed(1);
}

function clockText(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const ms = String(date.getMilliseconds()).padStart(3, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${ms}`;
}
