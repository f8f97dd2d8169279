import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import type { Columns } from './chartData.js';
import { watchWords } from './strings.js';

/** Seconds since the epoch. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Line {
  readonly label: string;
  /** A custom property of the page. */
  readonly color: string;
  readonly filled?: boolean;
  /** What is told of each point, where that is not what is drawn. */
  readonly told?: readonly (number | null)[];
}

export interface ChartProps {
  readonly columns: Columns;
  readonly lines: readonly Line[];
  /** What of time is shown, whether or not something was seen in it. */
  readonly span: Span;
  readonly height: number;
  /** What stands in words beside it. */
  readonly label: string;
  readonly format: (value: number) => string;
  /** Draws in place of the lines. */
  readonly draw?: (plot: uPlot) => void;
  /** Another theme, another number: colours are read anew. */
  readonly theme: number;
  readonly onZoom: (span: Span) => void;
  /** A person pointed at a time and pressed. */
  readonly onPick: (seconds: number) => void;
}

const SYNC = 'watch';
/** Less is a press, not a drag. */
const MIN_DRAG_PX = 6;

/** One chart over time. All of a page share where the pointer is; what they show stands in the page as a table too. */
export function Chart(props: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const { columns, label, lines, span, theme } = props;
  const names = lines.map((line) => line.label).join();
  // How times are written follows how much of it is shown.
  const scale = Math.round(span.to - span.from);
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const plot = new uPlot(optionsOf(latest, element), [[]], element);
    const resized = new ResizeObserver(() => plot.setSize({ width: widthOf(element), height: latest.current.height }));
    resized.observe(element);
    let pressedAt = 0;
    plot.over.addEventListener('mousedown', ({ clientX }) => (pressedAt = clientX));
    plot.over.addEventListener('click', ({ clientX }) => {
      const { left } = plot.over.getBoundingClientRect();
      if (Math.abs(clientX - pressedAt) < MIN_DRAG_PX) latest.current.onPick(plot.posToVal(clientX - left, 'x'));
    });
    plots.set(element, plot);
    show(plot, latest.current);
    return () => {
      resized.disconnect();
      plots.delete(element);
      plot.destroy();
    };
  }, [theme, names, scale]);
  useEffect(() => {
    const plot = place.current && plots.get(place.current);
    if (plot) show(plot, latest.current);
  }, [columns, span.from, span.to]);
  return <div class="chart" ref={place} role="img" aria-label={label} />;
}

const plots = new WeakMap<Element, uPlot>();

function show(plot: uPlot, { columns, span }: ChartProps): void {
  plot.batch(() => {
    plot.setData([columns.seconds, ...columns.lines] as unknown as uPlot.AlignedData, false);
    plot.setScale('x', { min: span.from, max: span.to });
  });
}

function widthOf(element: Element): number {
  return Math.max(160, Math.floor(element.clientWidth));
}

/** What a custom property stands for now. */
export function colorOf(name: string): string {
  return getComputedStyle(document.body).getPropertyValue(name).trim() || 'gray';
}

function optionsOf(latest: { readonly current: ChartProps }, element: Element): uPlot.Options {
  const { draw, height, lines } = latest.current;
  const text = colorOf('--muted-text');
  const grid = { stroke: colorOf('--grid-line'), width: 1 };
  const times = timesFor(latest.current.span);
  const axis = { stroke: text, grid, ticks: grid, font: `11px ${getComputedStyle(document.body).fontFamily}` };
  const format = (value: number | null) => (value === null ? '–' : latest.current.format(value));
  return {
    width: widthOf(element),
    height,
    legend: { live: true },
    cursor: {
      sync: { key: SYNC },
      // What is a press and what a drag is judged below.
      drag: { x: true, y: false, setScale: false, dist: MIN_DRAG_PX, click: () => {} },
    },
    scales: {
      x: { time: true },
      y: draw ? { range: [0, 1] } : { range: (_plot, _min, max) => [0, Math.max(max || 0, 0.1) * 1.1] },
    },
    axes: [
      { ...axis, values: (_plot, ticks) => ticks.map(times) },
      { ...axis, size: 64, show: true, values: (_plot, ticks) => (draw ? ticks.map(() => '') : ticks.map(format)) },
    ],
    series: [
      { label: watchWords.time, value: (_plot, seconds: number | null) => (seconds === null ? '' : times(seconds)) },
      ...lines.map(({ color, filled, label }): uPlot.Series => {
        const stroke = colorOf(color);
        return {
          label,
          stroke,
          width: draw ? 0 : 1.5,
          ...(filled ? { fill: stroke } : {}),
          points: { show: draw ? false : isAlone, size: 4 },
          spanGaps: false,
          value: (_plot: uPlot, value: number | null, series: number, at: number | null) => {
            // Nobody points at anything.
            if (at === null) return '';
            const told = latest.current.lines[series - 1]?.told;
            return format(told ? (told[at] ?? null) : value);
          },
        };
      }),
    ],
    hooks: {
      ...(draw ? { draw: [draw] } : {}),
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (width < MIN_DRAG_PX) return;
          const span = { from: plot.posToVal(left, 'x'), to: plot.posToVal(left + width, 'x') };
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          latest.current.onZoom(span);
        },
      ],
    },
  };
}

const DAY_S = 86_400;

/** How a time is written on an axis: a date where days are shown, seconds where minutes are. */
function timesFor({ from, to }: Span): (seconds: number) => string {
  const locale = document.documentElement.lang || undefined;
  const isLong = to - from > 2 * DAY_S;
  const options: Intl.DateTimeFormatOptions = isLong
    ? { day: 'numeric', month: 'short', ...(to - from > 8 * DAY_S ? {} : { hour: '2-digit', minute: '2-digit' }) }
    : { hour: '2-digit', minute: '2-digit', ...(to - from < 600 ? { second: '2-digit' } : {}) };
  const format = new Intl.DateTimeFormat(locale, { ...options, hourCycle: 'h23' });
  return (seconds) => format.format(seconds * 1000);
}

/** A point without neighbours has no line to be seen by. */
function isAlone(plot: uPlot, series: number): boolean {
  const values = plot.data[series] ?? [];
  return (
    values.length < 60 ||
    values.some((value, index) => value != null && values[index - 1] == null && values[index + 1] == null)
  );
}
