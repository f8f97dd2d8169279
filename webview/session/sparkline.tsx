import type { SessionSnapshot } from '../../src/protocol/session.js';

const WIDTH = 100;
const HEIGHT = 16;
const SHOWN = 60;

/** Round trips as a line from left (older) to right, 0 at the foot. */
export function Sparkline({ samples }: { readonly samples: readonly { readonly ms: number }[] }) {
  const points = sparkPoints(samples.slice(-SHOWN).map((sample) => sample.ms));
  return (
    <svg
      class="sparkline"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      focusable="false"
    >
      <polyline points={points} />
    </svg>
  );
}

/** `x,y` pairs of an SVG polyline; a single value becomes a level line. */
export function sparkPoints(values: readonly number[]): string {
  const only = values[0];
  if (only === undefined) return '';
  const all = values.length === 1 ? [only, only] : values;
  const highest = Math.max(...all, Number.MIN_VALUE);
  return all
    .map((value, index) => {
      const x = (index / (all.length - 1)) * WIDTH;
      const y = HEIGHT - 1 - (value / highest) * (HEIGHT - 2);
      return `${Number(x.toFixed(1))},${Number(y.toFixed(1))}`;
    })
    .join(' ');
}

export type RoundTripStats = NonNullable<SessionSnapshot['roundTrips']>;
