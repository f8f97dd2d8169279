/** A duration as a person reads it, three figures at most: `0.42 ms`, `84.2 ms`, `842 ms`, `1.24 s`, `2 min 5 s`; `–` for what is none. */
export function formatDuration(ms: number): string {
  if (ms < 0 || !Number.isFinite(ms)) return '–';
  if (ms < 9.995) return `${ms.toFixed(2)} ms`;
  if (ms < 99.95) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 9_995) return `${(ms / 1000).toFixed(2)} s`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** A limit as people write it, or a mark on an axis: a round number stays round. `200 ms`, `5 s`, `1 min`. */
export function formatLimit(ms: number): string {
  if (ms >= 60_000 && ms % 60_000 === 0) return `${ms / 60_000} min`;
  return ms >= 1000 ? `${figures(ms / 1000)} s` : `${figures(ms)} ms`;
}

function figures(value: number): string {
  return String(Number(value.toFixed(value < 10 ? 2 : 1)));
}
