import type { SeriesSummary } from '../../core/base/series.js';
import { formatDuration } from '../../core/text/durations.js';
import type { WatchSummary } from '../../core/watch/watch.js';
import type { Io } from '../io.js';
import { plainText } from '../../core/base/plainText.js';
import type { Style } from '../render/style.js';
import { cut, lengthOf, padEnd, padStart } from '../render/text.js';
import { plural, toAscii } from '../render/words.js';
import { nameOf } from './lines.js';
import { percent, signOf } from './summary.js';
import { sparkline } from './sparkline.js';

const REDRAW_MS = 250;
const MAX_NAME = 40;
const DEFAULT_ROWS = 24;
const SPARKLINE = 60;

/** What a terminal shows while a watch goes on, drawn over itself; lines that stay are written above it. */
export class LiveView {
  readonly #io: Io;
  readonly #style: Style;
  readonly #summary: () => WatchSummary;
  readonly #timer: NodeJS.Timeout;
  #drawn = 0;
  #text = '';

  constructor(io: Io, style: Style, summary: () => WatchSummary) {
    this.#io = io;
    this.#style = style;
    this.#summary = summary;
    this.#timer = setInterval(() => this.#draw(), REDRAW_MS).unref();
  }

  /** Lines that stay. */
  above(lines: readonly string[]): void {
    this.#io.stdout.write(`${this.#erase()}${lines.map((line) => `${line}\n`).join('')}`);
    this.#drawn = 0;
    this.#draw();
  }

  end(): void {
    clearInterval(this.#timer);
    this.#io.stdout.write(this.#erase());
    this.#drawn = 0;
  }

  #draw(): void {
    // Asked each time: a terminal may be made smaller.
    const size = this.#io.stdout.stream as { readonly rows?: number; readonly columns?: number };
    const { columns = this.#io.columns, rows = DEFAULT_ROWS } = size;
    const lines = liveLines(this.#summary(), { rows: Math.max(3, rows - 1), columns }, this.#style);
    const text = lines.map((line) => `${line}\n`).join('');
    if (this.#drawn > 0 && text === this.#text) return;
    this.#io.stdout.write(`${this.#erase()}${text}`);
    this.#drawn = lines.length;
    this.#text = text;
  }

  #erase(): string {
    // The terminal may have written ^C by itself.
    return this.#drawn === 0 ? '' : `\r\u001b[${this.#drawn}A\u001b[0J`;
  }
}

const WORST_FIRST = { down: 0, degraded: 1, healthy: 2 } as const;

/** A line a target, the worst first where not all have room, what is wrong below it, and a line about all. None is wider than the terminal. */
export function liveLines(
  { durationMs, targets }: WatchSummary,
  { columns, rows }: { readonly columns: number; readonly rows: number },
  style: Style,
): readonly string[] {
  const room = rows - 1;
  const rank = ({ verdict }: SeriesSummary) => (verdict === null ? 3 : WORST_FIRST[verdict]);
  const shown = targets.length > room ? targets.toSorted((a, b) => rank(a) - rank(b)).slice(0, room) : targets;
  const names = Math.min(
    MAX_NAME,
    Math.floor(columns / 3),
    Math.max(...shown.map((series) => lengthOf(plainName(series)))),
  );
  const firing = targets.reduce((sum, { alerts }) => sum + alerts.length, 0);
  const down = targets.filter(({ verdict }) => verdict === 'down').length;
  const left = targets.length - shown.length;
  const foot = [
    formatDuration(durationMs),
    plural(targets.length, 'target'),
    `${down} down`,
    plural(firing, 'alert'),
    ...(left > 0 ? [`${left} more not shown`] : []),
    'Ctrl+C ends it',
  ].join(style.glyphs.separator);
  // What is wrong stands below, for as many as there is room.
  let spare = room - shown.length;
  const lines = shown.flatMap((series) => {
    const line = seriesLine(series, { names, columns: columns - 1 }, style);
    const why = whyOf(series);
    if (why === '' || spare <= 0) return [line];
    spare -= 1;
    return [line, style.paint('dim', cut(`  ${plainText(why)}`, columns - 1, style.glyphs.ellipsis))];
  });
  return [...lines, style.paint('dim', cut(foot, columns - 1, ''))].map((line) =>
    style.unicode ? line : toAscii(line),
  );
}

function plainName(series: SeriesSummary): string {
  return plainText(nameOf(series));
}

function seriesLine(
  series: SeriesSummary,
  { columns, names }: { readonly columns: number; readonly names: number },
  style: Style,
): string {
  const { availability, phases, roundTrip, verdict } = series;
  const times = roundTrip ?? phases.upgrade ?? null;
  const figures = [
    padStart(availability === null ? '–' : percent(availability), 9),
    ...[times?.p50Ms, times?.p95Ms, times?.p99Ms].map((ms) => padStart(formatDuration(ms ?? -1), 9)),
  ].join('');
  const name = padEnd(cut(plainName(series), names, style.glyphs.ellipsis), names);
  const head = `${name}${figures}  `;
  const room = Math.max(0, columns - 2 - lengthOf(head));
  return `${signOf(verdict, style)} ${cut(head, columns - 2, '')}${sparkline(series.recent, Math.min(SPARKLINE, room), style)}`;
}

/** Why it is down, or what fires. */
function whyOf({ alerts, failures, verdict }: SeriesSummary): string {
  const failure = verdict === 'down' ? failures.at(-1) : undefined;
  if (failure === undefined) return alerts[0]?.title ?? '';
  return failure.count > 1 ? `${failure.title} (${failure.count} times)` : failure.title;
}
