import type { SeriesSummary, Percentiles } from '../../core/base/series.js';
import { sequenceText } from '../../core/text/sequenceText.js';
import { formatDuration } from '../../core/text/durations.js';
import type { WatchSummary } from '../../core/watch/watch.js';
import { plainRecord } from '../render/plainReport.js';
import type { Style, Tone } from '../render/style.js';
import { Page } from '../render/text.js';
import { plural } from '../render/words.js';
import { alertLines, nameOf } from './lines.js';
import { sparkline } from './sparkline.js';

/** Of more targets, those that are well are counted alone. */
const MAX_WELL = 10;

/** All that was seen, for a person: a part for each target. Safe for a terminal. */
export function summaryLines(given: WatchSummary, style: Style): readonly string[] {
  const { durationMs, targets } = given;
  const page = new Page(style);
  const isWell = ({ alerts, verdict }: SeriesSummary) => verdict === 'healthy' && alerts.length === 0;
  const told = targets.length > MAX_WELL ? targets.filter((series) => !isWell(series)) : targets;
  for (const series of told) putSeries(page, plainRecord(series), style);
  const counts = [
    plural(targets.length, 'target'),
    ...(['healthy', 'degraded', 'down'] as const).flatMap((verdict) => {
      const count = targets.filter((series) => series.verdict === verdict).length;
      return count === 0 ? [] : [`${count} ${verdict}`];
    }),
  ];
  const firing = targets.reduce((sum, { alerts }) => sum + alerts.length, 0);
  page.gap();
  page.heading(
    [`${counts[0] ?? ''} watched for ${formatDuration(durationMs)}`, ...counts.slice(1), plural(firing, 'alert')].join(
      style.glyphs.separator,
    ),
  );
  return page.lines();
}

function putSeries(page: Page, series: SeriesSummary, style: Style): void {
  page.gap();
  const { availability, connected, looks, verdict } = series;
  page.heading(`${signOf(verdict, style)} ${style.paint('bold', nameOf(series))}`);
  if (looks === 0) {
    page.row('seen', 'never yet');
    return;
  }
  page.row('available', `${percent(availability ?? 0)} of ${plural(looks, 'look')}, connected ${connected}`);
  for (const [name, times] of Object.entries(series.phases)) page.row(name, percentilesText(times));
  if (series.roundTrip !== null) page.row('round trip', percentilesText(series.roundTrip));
  page.raw('', sparkline(series.recent, page.textColumns, style));
  if (series.stability?.unstable === true) {
    const { handshakeSpread, roundTripSpread } = series.stability;
    page.row(
      'jitter',
      `Round trips jitter (p95 is ${roundTripSpread} times p50) while handshakes are steady (${handshakeSpread}): something behind the handshake queues, a proxy or the application.`,
      'warn',
    );
  }
  if (series.closes.length > 0)
    page.row('closes', series.closes.map(({ code, count }) => `${code} × ${count}`).join(', '));
  if (series.hold) page.row('held', heldText(series));
  if (series.hold) page.row('messages', sequenceText(series.sequence), (series.sequence?.lost ?? 0) > 0 ? 'bad' : null);
  if (series.pausedMs > 0)
    page.row('paused', `${formatDuration(series.pausedMs)}, by sleep or because we were stopped`);
  for (const { at, from, to, what } of series.changes.slice(-5)) page.row('changed', `${at} ${what}: ${from} → ${to}`);
  for (const { at, count, title, until } of series.failures)
    page.row('failed', `${at}${count > 1 ? ` to ${until}, ${count} times` : ''}: ${title}`);
  for (const alert of series.alerts) for (const line of alertLines(alert, style)) page.raw('', line);
}

function heldText({ drops, heartbeats: { answered, sent }, heldMs, reconnects, returns }: SeriesSummary): string {
  return [
    `${formatDuration(heldMs)} at the longest`,
    plural(drops, 'drop'),
    plural(reconnects, 'reconnect'),
    ...(returns.count > 0 ? [`back ${plural(returns.count, 'time')}, ${returns.atFirstTry} at the first try`] : []),
    `${answered} of ${plural(sent, 'heartbeat')} answered`,
  ].join(', ');
}

export function signOf(verdict: SeriesSummary['verdict'], style: Style): string {
  const { glyphs } = style;
  if (verdict === null) return style.paint('dim', glyphs.bullet);
  const signs: Record<typeof verdict, readonly [tone: Tone, sign: string]> = {
    healthy: ['good', glyphs.good],
    degraded: ['warn', glyphs.warn],
    down: ['bad', glyphs.bad],
  };
  return style.paint(...signs[verdict]);
}

export function percent(share: number): string {
  return `${(Math.floor(share * 10_000) / 100).toFixed(2)} %`;
}

function percentilesText({ count, p50Ms, p95Ms, p99Ms }: Percentiles): string {
  return `p50 ${formatDuration(p50Ms)}, p95 ${formatDuration(p95Ms)}, p99 ${formatDuration(p99Ms)} (of ${count})`;
}
