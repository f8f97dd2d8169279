/** What became of numbered messages between the first and the last that came. */
export interface SequenceVerdict {
  readonly received: number;
  /** Numbers that never came. */
  readonly missing: number;
  /** Times that a number came which had come before. */
  readonly duplicates: number;
  /** Numbers that came for the first time behind a higher one. */
  readonly reordered: number;
  /** Times that the count began anew, far below all that had come. */
  readonly resets: number;
  /** From one number to the next. */
  readonly step: number;
  /** The first gaps, each by the numbers on both its sides. */
  readonly gaps: readonly { readonly after: number; readonly before: number }[];
}

/** A number this many steps below all that came before belongs to another count. */
const RESET_STEPS = 64;
const MAX_GAPS = 20;

/**
 * Judges numbers in the order in which they came. The step is the greatest that all of them share: numbers that go up by ten miss
 * nothing. A count that begins anew is judged by itself.
 */
export function judgeSequence(numbers: readonly number[]): SequenceVerdict {
  const counts = partsOf(numbers);
  const step = counts.reduce((common, part) => gcd(common, stepOf(part)), 0) || 1;
  const verdicts = counts.map((part) => judgeCount(part, step));
  const sum = (of: (verdict: CountVerdict) => number) => verdicts.reduce((total, verdict) => total + of(verdict), 0);
  return {
    received: numbers.length,
    missing: sum(({ missing }) => missing),
    duplicates: sum(({ duplicates }) => duplicates),
    reordered: sum(({ reordered }) => reordered),
    resets: Math.max(0, counts.length - 1),
    step,
    gaps: verdicts.flatMap(({ gaps }) => gaps).slice(0, MAX_GAPS),
  };
}

/** Cut where the count begins anew. */
function partsOf(numbers: readonly number[]): readonly (readonly number[])[] {
  const parts: number[][] = [];
  let lowest = 0;
  for (const number of numbers) {
    const part = parts.at(-1);
    if (!part || number < lowest - RESET_STEPS * Math.max(1, stepOf(part))) {
      parts.push([number]);
      lowest = number;
      continue;
    }
    part.push(number);
    lowest = Math.min(lowest, number);
  }
  return parts;
}

function stepOf(numbers: readonly number[]): number {
  const first = numbers[0] ?? 0;
  let common = 0;
  for (const number of numbers) {
    common = gcd(common, Math.abs(number - first));
    if (common === 1) return 1;
  }
  return common;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

type CountVerdict = Pick<SequenceVerdict, 'missing' | 'duplicates' | 'reordered' | 'gaps'>;

function judgeCount(numbers: readonly number[], step: number): CountVerdict {
  const seen = new Set<number>();
  let highest = Number.NEGATIVE_INFINITY;
  let duplicates = 0;
  let reordered = 0;
  for (const number of numbers) {
    if (seen.has(number)) duplicates += 1;
    else if (number < highest) reordered += 1;
    seen.add(number);
    highest = Math.max(highest, number);
  }
  const sorted = [...seen].sort((a, b) => a - b);
  const gaps = sorted.flatMap((number, index) => {
    const after = sorted[index - 1];
    return after !== undefined && number - after > step ? [{ after, before: number }] : [];
  });
  const missing = gaps.reduce((total, { after, before }) => total + (before - after) / step - 1, 0);
  return { missing, duplicates, reordered, gaps };
}
