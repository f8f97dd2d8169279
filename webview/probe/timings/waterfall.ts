import type { Budget, Phase, PhaseName, PhaseStatus, ProbeProgress, Report } from '../../../src/core/base/model.js';

export type RowStatus = PhaseStatus | 'running' | 'pending' | 'stopped';

interface BudgetMark {
  readonly kind: 'degraded' | 'down';
  readonly atMs: number;
  readonly limitMs: number;
  readonly percent: number;
}

export interface WaterfallRow {
  readonly name: PhaseName;
  readonly status: RowStatus;
  readonly startMs: number;
  readonly durationMs: number;
  readonly leftPercent: number;
  readonly widthPercent: number;
  readonly budget: Budget | null;
  /** Budget limits that fall inside the scale. */
  readonly marks: readonly BudgetMark[];
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface Waterfall {
  /** The right edge: a round number at or above everything drawn. */
  readonly scaleMs: number;
  readonly ticks: readonly { readonly ms: number; readonly percent: number }[];
  readonly rows: readonly WaterfallRow[];
  /** The first phases lead to a proxy, not to the server. */
  readonly proxied: boolean;
  /** Time the socket was held open between the last measured phase and the close; null when there is none to speak of. */
  readonly hold: { readonly leftPercent: number; readonly widthPercent: number; readonly durationMs: number } | null;
}

const ORDER: readonly PhaseName[] = ['dns', 'tcp', 'proxy', 'tls', 'upgrade', 'message', 'close'];
const STEPS = [1, 1.2, 1.5, 1.75, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10];

export function reportWaterfall(report: Pick<Report, 'phases' | 'durationMs'>): Waterfall {
  return layOut(report.phases.map(asRow), report.durationMs);
}

/**
 * While a probe runs: what is known, the running phase as long as the clock says, the rest still to come.
 * `live` is false once it was stopped: then nothing is still to come.
 */
export function progressWaterfall(
  progress: ProbeProgress | null,
  options: { readonly elapsedMs: number; readonly secure: boolean; readonly live: boolean },
): Waterfall {
  const { elapsedMs, secure, live } = options;
  const running = progress?.running ?? null;
  const isAhead = ({ name, status }: Phase) => live && status === 'not-reached' && name !== running;
  const known = new Map(
    progress?.phases.map((phase) => [phase.name, isAhead(phase) ? blank(phase.name) : asRow(phase)]),
  );
  if (running) {
    const current = known.get(running);
    const startMs = current?.startMs ?? endOf([...known.values()]);
    const durationMs = Math.max(0, elapsedMs - startMs);
    const status = live ? 'running' : 'stopped';
    known.set(running, { ...blank(running), ...current, status, startMs, durationMs });
  }
  for (const name of ORDER) {
    if (name === 'proxy' || (name === 'tls' && !secure)) continue;
    if (!known.has(name)) known.set(name, blank(name));
  }
  const rows = ORDER.flatMap((name) => known.get(name) ?? []);
  return layOut(rows, elapsedMs);
}

/** A round number at or above `ms`, at most a quarter above it. */
export function niceCeiling(ms: number): number {
  if (ms <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(ms));
  const step = STEPS.find((candidate) => candidate * power >= ms - 1e-9) ?? 10;
  return Number((step * power).toPrecision(4));
}

type Row = Omit<WaterfallRow, 'leftPercent' | 'widthPercent' | 'marks'>;

function layOut(rows: readonly Row[], totalMs: number): Waterfall {
  const shown = rows.filter((row) => row.name !== 'proxy' || row.status !== 'skipped' || 'unused' in row.detail);
  const scaleMs = niceCeiling(Math.max(totalMs, endOf(shown)));
  const percent = (ms: number) => Math.min(100, Math.max(0, (ms / scaleMs) * 100));
  return {
    scaleMs,
    ticks: ticksOf(scaleMs).map((ms) => ({ ms, percent: percent(ms) })),
    rows: shown.map((row) => ({
      ...row,
      leftPercent: percent(row.startMs),
      widthPercent: percent(row.startMs + row.durationMs) - percent(row.startMs),
      marks: marksOf(row, scaleMs, percent),
    })),
    proxied: usesProxy(rows),
    hold: holdOf(shown, percent),
  };
}

function marksOf(row: Row, scaleMs: number, percent: (ms: number) => number): readonly BudgetMark[] {
  // A message budget judges a round trip, which is no place on this clock.
  if (!row.budget || !wasReached(row) || row.name === 'message') return [];
  const limits = [
    { kind: 'degraded', limitMs: row.budget.degradedMs },
    { kind: 'down', limitMs: row.budget.downMs },
  ] as const;
  return limits.flatMap(({ kind, limitMs }) => {
    if (limitMs === null || row.startMs + limitMs > scaleMs) return [];
    const atMs = row.startMs + limitMs;
    return [{ kind, limitMs, atMs, percent: percent(atMs) }];
  });
}

function holdOf(rows: readonly Row[], percent: (ms: number) => number): Waterfall['hold'] {
  const close = rows.find((row) => row.name === 'close' && wasReached(row));
  if (!close || !rows.some((row) => row.name === 'upgrade' && wasReached(row))) return null;
  const startMs = endOf(rows.filter((row) => row.name !== 'close'));
  const durationMs = close.startMs - startMs;
  if (durationMs < 1) return null;
  return { leftPercent: percent(startMs), widthPercent: percent(close.startMs) - percent(startMs), durationMs };
}

export function usesProxy(rows: readonly { readonly name: PhaseName; readonly status: RowStatus }[]): boolean {
  return rows.some(({ name, status }) => name === 'proxy' && status !== 'skipped');
}

export function wasReached(row: { readonly status: RowStatus }): boolean {
  return row.status !== 'not-reached' && row.status !== 'skipped' && row.status !== 'pending';
}

/** Three to six marks, zero and the edge among them wherever the numbers are round. */
function ticksOf(scaleMs: number): readonly number[] {
  const power = 10 ** Math.floor(Math.log10(scaleMs));
  const step = [0.1, 0.2, 0.25, 0.5, 1, 2].map((part) => part * power).find((size) => scaleMs / size <= 5.001) ?? power;
  const count = Math.floor(scaleMs / step + 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(4)));
}

function endOf(rows: readonly Row[]): number {
  return rows.filter(wasReached).reduce((end, row) => Math.max(end, row.startMs + row.durationMs), 0);
}

function asRow(phase: Phase): Row {
  const { name, status, startMs, durationMs, detail, budget } = phase;
  return { name, status, startMs, durationMs, detail, budget };
}

function blank(name: PhaseName): Row {
  return { name, status: 'pending', startMs: 0, durationMs: 0, detail: {}, budget: null };
}
