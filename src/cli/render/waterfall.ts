import type { Phase, PhaseStatus, Report } from '../../core/base/model.js';
import { formatDuration, formatLimit } from '../../core/text/durations.js';
import { type Axis, createAxis, idleSpans, type Span } from './axis.js';
import { httpBadge } from './negotiated.js';
import type { Style, Tone } from './style.js';
import { cut, lengthOf, Page, padEnd, padStart } from './text.js';

const DURATION_COLUMNS = 9;
const STATUS_COLUMNS = 11;
/** Idle time after the opening handshake that is worth a row of its own: at least so long, and this share of the whole. */
const OPEN_ROW_MS = 1;
const OPEN_ROW_SHARE = 0.15;

const STATUS: Record<PhaseStatus, { readonly text: string; readonly tone: Tone }> = {
  ok: { text: 'ok', tone: 'good' },
  degraded: { text: 'degraded', tone: 'warn' },
  failed: { text: 'FAILED', tone: 'bad' },
  skipped: { text: 'skipped', tone: 'dim' },
  'not-reached': { text: 'not reached', tone: 'dim' },
};

/** A row a phase: name, bar to scale, duration, status and what was found; then the whole. */
export function renderWaterfall(report: Report, style: Style, options: { readonly all?: boolean } = {}): string[] {
  const page = new Page(style);
  const phases = report.phases.filter((phase) => options.all === true || phase.status !== 'skipped');
  const active = phases.filter(hasRun).map(spanOf);
  const endMs = Math.max(report.durationMs, ...active.map((span) => span.endMs));
  const notes = new Map(phases.map((phase) => [phase, noteOf(phase, report)]));
  const room = page.textColumns < 45 ? 0 : Math.floor(page.textColumns * 0.32);
  const noteColumns = Math.min(Math.max(0, ...[...notes.values()].map(lengthOf)), room);
  const barColumns =
    page.textColumns - 2 - DURATION_COLUMNS - 2 - STATUS_COLUMNS - (noteColumns > 0 ? noteColumns + 1 : 0);
  const axis = createAxis(active, endMs, barColumns);
  const open = openSpan(phases, active, endMs);

  const put = (
    name: string,
    bar: string,
    durationMs: number | null,
    status: string,
    note: string,
    labelTone?: Tone,
  ) => {
    const duration = padStart(durationMs === null ? '' : formatDuration(durationMs), DURATION_COLUMNS);
    const shown = noteColumns === 0 ? '' : cut(note, noteColumns, style.glyphs.ellipsis);
    page.raw(name, `${bar}  ${duration}  ${status} ${style.paint('dim', shown)}`, labelTone);
  };
  const putOpen = (span: Span) =>
    put('open', gapBar(span, axis, style), span.endMs - span.startMs, padEnd('held', STATUS_COLUMNS), '');

  let openShown = open === null;
  for (const phase of phases) {
    if (!openShown && open !== null && (phase.name === 'close' || phase.startMs >= open.endMs) && follows(phase)) {
      putOpen(open);
      openShown = true;
    }
    const { text, tone } = STATUS[phase.status];
    const status = style.paint(tone, padEnd(text, STATUS_COLUMNS));
    const ran = hasRun(phase);
    const labelTone = phase.status === 'failed' ? 'bad' : phase.status === 'degraded' ? 'warn' : ran ? 'bold' : 'dim';
    put(
      phase.name,
      ran ? phaseBar(phase, axis, style) : ' '.repeat(axis.columns),
      ran ? phase.durationMs : null,
      status,
      notes.get(phase) ?? '',
      labelTone,
    );
  }
  if (!openShown && open !== null) putOpen(open);
  put('total', ' '.repeat(axis.columns), report.durationMs, '', '');
  return page.lines();
}

function follows(phase: Phase): boolean {
  return phase.name === 'message' || phase.name === 'close';
}

export function hasRun(phase: Phase): boolean {
  return phase.status !== 'skipped' && phase.status !== 'not-reached';
}

function spanOf(phase: Phase): Span {
  return { startMs: phase.startMs, endMs: phase.startMs + phase.durationMs };
}

/** The longest idle time after the opening handshake: the hold. */
function openSpan(phases: readonly Phase[], active: readonly Span[], endMs: number): Span | null {
  const upgrade = phases.find((phase) => phase.name === 'upgrade');
  // With a failed message phase the rest is closing, not a hold.
  const failed = phases.some(({ name, status }) => name === 'message' && status === 'failed');
  if (upgrade?.detail['open'] !== true || failed) return null;
  const openedMs = spanOf(upgrade).endMs;
  const idle = idleSpans(active, endMs).filter((span) => span.startMs >= openedMs - 0.001);
  const longest = idle.sort((a, b) => b.endMs - b.startMs - (a.endMs - a.startMs))[0];
  const worth = Math.max(OPEN_ROW_MS, endMs * OPEN_ROW_SHARE);
  return longest !== undefined && longest.endMs - longest.startMs >= worth ? longest : null;
}

function phaseBar(phase: Phase, axis: Axis, style: Style): string {
  const { blocks, over, mark } = style.glyphs;
  const start = Math.min(Math.floor(axis.column(phase.startMs)), axis.columns - 1);
  const length = Math.max(axis.column(phase.startMs + phase.durationMs) - axis.column(phase.startMs), 0);
  const steps = Math.max(1, Math.min(Math.round(length * blocks.length), (axis.columns - start) * blocks.length));
  const full = Math.floor(steps / blocks.length);
  const partial = blocks[(steps % blocks.length) - 1] ?? '';
  const tone: Tone = phase.status === 'failed' ? 'bad' : phase.status === 'degraded' ? 'warn' : 'accent';

  // A message budget judges a percentile of the round trips, so it has no place on a bar that shows all of them.
  const limitMs = phase.name === 'message' ? null : (phase.budget?.degradedMs ?? phase.budget?.downMs ?? null);
  const limitColumn = limitMs === null ? Infinity : Math.floor(axis.column(phase.startMs + limitMs));
  const within = Math.min(full, Math.max(0, limitColumn - start));
  const isOver = full > within;
  const bar =
    (blocks.at(-1) ?? '').repeat(within) + (isOver ? over.repeat(full - within) + (partial && over) : partial);
  const end = start + lengthOf(bar);
  const marked = limitMs !== null && !isOver && limitColumn >= end && limitColumn < axis.columns;
  const tail = marked ? ' '.repeat(limitColumn - end) + mark : '';
  return (
    ' '.repeat(start) + style.paint(tone, bar) + style.paint('dim', tail) + ' '.repeat(axis.columns - end - tail.length)
  );
}

function gapBar(span: Span, axis: Axis, style: Style): string {
  const start = Math.min(Math.round(axis.column(span.startMs)), axis.columns - 1);
  const end = Math.max(start + 1, Math.round(axis.column(span.endMs)));
  return ' '.repeat(start) + style.paint('dim', style.glyphs.gap.repeat(end - start)) + ' '.repeat(axis.columns - end);
}

/** What the phase found, or the budget it broke. */
function noteOf(phase: Phase, report: Report): string {
  if (!hasRun(phase)) return '';
  const { budget } = phase;
  if (budget !== null && (phase.status === 'degraded' || phase.status === 'failed')) {
    const { percentile } = phase.detail;
    const judged = phase.name === 'message' && typeof percentile === 'number' ? `p${percentile} ` : '';
    const measured = phase.name === 'message' ? percentileOf(report, percentile) : phase.durationMs;
    const broken = [budget.downMs, budget.degradedMs].find((limit) => limit !== null && measured > limit);
    if (broken !== undefined && broken !== null) return `${judged}over ${formatLimit(broken)}`;
  }
  switch (phase.name) {
    case 'dns':
      return listed(phase.detail['addresses']);
    case 'tcp':
      return report.attempts.find((attempt) => attempt.error === null)?.address ?? '';
    case 'proxy':
      return `${report.proxy?.status ?? ''} ${report.proxy?.reason ?? ''}`.trim();
    case 'tls':
      return report.tls?.protocol ?? '';
    case 'upgrade':
      return answerOf(report);
    case 'message':
      return report.roundTrips === null ? '' : `${report.roundTrips.samplesMs.length} x ${report.roundTrips.mode}`;
    case 'close':
      return report.close === null ? '' : String(report.close.code);
    default:
      return '';
  }
}

function answerOf(report: Report): string {
  const { response } = report;
  return [httpBadge(report) ?? '', response?.status ?? '', response?.reason ?? ''].join(' ').trim();
}

function percentileOf({ roundTrips }: Report, percentile: unknown): number {
  if (roundTrips === null) return 0;
  if (percentile === 50) return roundTrips.p50Ms;
  if (percentile === 99) return roundTrips.p99Ms;
  return percentile === 100 ? roundTrips.maxMs : roundTrips.p95Ms;
}

function listed(addresses: unknown): string {
  if (!Array.isArray(addresses) || addresses.length === 0) return '';
  const [first] = addresses;
  return addresses.length === 1 ? String(first) : `${String(first)} +${addresses.length - 1}`;
}
