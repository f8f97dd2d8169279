import { formatDuration } from './durations.js';
import { formatBytes } from './sizes.js';

/** A number of an experiment: `idleCutoffMs` as `idle cutoff`, with the value in the unit that its name ends with. */
export function numberText(name: string, value: number | null): [name: string, value: string] {
  const [, stem = name, unit] = /^(.*?)(Ms|Bytes|Percent|Seconds)?$/.exec(name) ?? [];
  const base = stem.replace(/([a-z])([A-Z\d])/g, '$1 $2').toLowerCase();
  // What is counted is often told as a share too.
  const words = unit === 'Percent' ? `${base} share` : base;
  if (value === null) return [words, '–'];
  if (unit === 'Ms') return [words, formatDuration(value)];
  if (unit === 'Bytes') return [words, formatBytes(value)];
  const figures = String(Number(value.toFixed(1)));
  return [words, unit === 'Percent' ? `${figures} %` : unit === 'Seconds' ? `${figures} s` : figures];
}
