const COUNT = new Intl.NumberFormat('en');

/** `1,000,000`. */
export function formatCount(count: number): string {
  return COUNT.format(count);
}

/** A rate in three figures: `0.4`, `12.5`, `1,234`. */
export function formatRate(perSecond: number): string {
  if (!Number.isFinite(perSecond) || perSecond <= 0) return '0';
  return COUNT.format(perSecond < 99.5 ? Number(perSecond.toFixed(1)) : Math.round(perSecond));
}

/** Milliseconds on the probe's clock, for columns: always two decimals. */
export function formatClock(ms: number): string {
  return ms.toFixed(2);
}

export function formatDateTime(iso: string, locale: string | undefined): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }).format(date);
}

export function formatDate(iso: string, locale: string | undefined): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }).format(date);
}

/** "2 minutes ago"; an empty string when `iso` is no time. */
export function formatRelative(iso: string, now: number, locale: string | undefined): string {
  const at = new Date(iso).getTime();
  if (Number.isNaN(at)) return '';
  const seconds = Math.min(0, Math.round((at - now) / 1000));
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  if (seconds > -45) return format.format(0, 'second');
  if (seconds > -3600) return format.format(Math.min(-1, Math.round(seconds / 60)), 'minute');
  if (seconds > -86_400) return format.format(Math.round(seconds / 3600), 'hour');
  return format.format(Math.round(seconds / 86_400), 'day');
}
