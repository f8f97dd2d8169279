import { parseDuration } from './options.js';
import { usageError } from './usage.js';

const MAX_PONG_TIMEOUT_MS = 10_000;

/** What `--ping-interval` says: a ping every so many seconds (or `500ms`), answered within that time and ten seconds at most. */
export function pingIntervalOf(text: string): { readonly everyMs: number; readonly timeoutMs: number } {
  const everyMs = parseDuration('--ping-interval', /^[\d.]+$/.test(text) ? `${text}s` : text);
  if (everyMs < 1) throw usageError('--ping-interval wants more than nothing');
  return { everyMs, timeoutMs: Math.min(everyMs, MAX_PONG_TIMEOUT_MS) };
}
