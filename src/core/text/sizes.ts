const UNITS = ['KiB', 'MiB', 'GiB'] as const;

/** Bytes in binary units: `512 B`, `1.5 KiB`, `3 GiB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const power = Math.min(UNITS.length, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${Number(value.toFixed(value < 10 ? 2 : 1))} ${UNITS[power - 1]}`;
}
