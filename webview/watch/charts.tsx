import type uPlot from 'uplot';
import type { PhaseName, Verdict } from '../../src/core/base/model.js';
import { formatLimit } from '../../src/core/text/durations.js';
import type { KeptReport, Timeline } from '../../src/protocol/watchPage.js';
import { fill } from '../shared/fill.js';
import { Chart, colorOf, type Line } from './chart.js';
import { columnsOf, reportOf, sharesOf, stackedPhases, VERDICTS } from './chartData.js';
import { watchWords } from './strings.js';
import { percentText, spanText, type WatchActions } from './watchView.js';
import { Quiet } from '../shared/texts.js';

const VERDICT_COLORS: Readonly<Record<Verdict, string>> = { healthy: '--up', degraded: '--slow', down: '--down' };
const PHASE_COLORS: Readonly<Record<PhaseName, string>> = {
  dns: '--phase-dns',
  tcp: '--phase-tcp',
  proxy: '--phase-proxy',
  tls: '--phase-tls',
  upgrade: '--phase-upgrade',
  message: '--phase-message',
  close: '--phase-close',
};
const PERCENTILES = [
  ['p50', '--phase-tcp', 'p50Ms'],
  // Not orange: in a light theme of high contrast that is the red of p99.
  ['p95', '--phase-dns', 'p95Ms'],
  ['p99', '--down', 'p99Ms'],
] as const;

/** Of the points that have a handshake, where a chart of them is worth its room. */
const LEAST_HANDSHAKES = 3;
const LEAST_SHARE = 0.1;

export interface ChartsProps {
  readonly timeline: Timeline;
  readonly reports: readonly KeptReport[];
  readonly theme: number;
  readonly actions: Pick<WatchActions, 'zoom' | 'openReport'>;
}

/** Availability, phases and round trips over one span of time. */
export function Charts({ actions, reports, theme, timeline }: ChartsProps) {
  const { fromMs, points, spanMs, toMs } = timeline;
  const common = {
    span: { from: fromMs / 1000, to: toMs / 1000 },
    theme,
    onZoom: actions.zoom,
    onPick: (seconds: number) => {
      const point = points.find(
        ({ at }) => seconds * 1000 >= Date.parse(at) && seconds * 1000 < Date.parse(at) + spanMs,
      );
      const report = point && reportOf(point, spanMs, reports);
      if (report) actions.openReport(report.startedAt);
    },
  };
  const phases = stackedPhases(timeline);
  // A connection that stays has few, and a point here and there is no course: the table has them.
  const handshakes = points.filter((point) => Object.keys(point.phases).length > 0).length;
  const hasTrips = points.some(({ roundTrip }) => roundTrip !== null);
  const words = { span: spanText(timeline) };
  return (
    <>
      <section>
        <h2>{watchWords.availability}</h2>
        <Quiet>{fill(watchWords.availabilitySays, words)}</Quiet>
        <Chart
          {...common}
          label={watchWords.availability}
          height={100}
          columns={columnsOf(
            timeline,
            VERDICTS.map((verdict) => (point) => sharesOf(point)?.[verdict] ?? null),
          )}
          lines={VERDICTS.map(
            (verdict): Line => ({ label: watchWords.verdict[verdict], color: VERDICT_COLORS[verdict] }),
          )}
          format={percentText}
          draw={(plot) => drawAvailability(plot, timeline, reports)}
        />
      </section>
      {handshakes < Math.max(LEAST_HANDSHAKES, points.length * LEAST_SHARE) ? null : (
        <section>
          <h2>{watchWords.phases}</h2>
          <Quiet>{fill(watchWords.phasesSay, words)}</Quiet>
          <Chart
            {...common}
            label={watchWords.phases}
            height={220}
            // The topmost first: each covers what belongs to those below it.
            columns={{ seconds: phases.seconds, lines: phases.lines.toReversed() }}
            lines={phases.names
              .map(
                (name, index): Line => ({
                  label: name,
                  color: PHASE_COLORS[name],
                  filled: true,
                  told: phases.medians[index] ?? [],
                }),
              )
              .toReversed()}
            format={formatLimit}
          />
        </section>
      )}
      {hasTrips ? (
        <section>
          <h2>{watchWords.roundTrips}</h2>
          <Quiet>{fill(watchWords.roundTripsSay, words)}</Quiet>
          <Chart
            {...common}
            label={watchWords.roundTrips}
            height={180}
            columns={columnsOf(
              timeline,
              PERCENTILES.map(
                ([, , key]) =>
                  ({ roundTrip }) =>
                    roundTrip?.[key] ?? null,
              ),
            )}
            lines={PERCENTILES.map(([label, color]): Line => ({ label, color }))}
            format={formatLimit}
          />
        </section>
      ) : null}
    </>
  );
}

/** A bar a point: as much of it down, degraded and healthy as its looks were; a mark above it where its report can be opened. */
function drawAvailability(plot: uPlot, { points, spanMs }: Timeline, reports: readonly KeptReport[]): void {
  const { ctx } = plot;
  const { height, left, top, width } = plot.bbox;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  for (const point of points) {
    const atMs = Date.parse(point.at);
    const from = plot.valToPos(atMs / 1000, 'x', true);
    const to = plot.valToPos((atMs + spanMs) / 1000, 'x', true);
    // A gap would be half of a narrow bar; those that touch are drawn a little over each other, or the ground shines through.
    const wide = to - from >= 6 ? to - from - 1 : Math.max(1, to - from + 0.5);
    const shares = sharesOf(point);
    let y = top + height;
    for (const verdict of VERDICTS.toReversed()) {
      const share = shares?.[verdict] ?? 0;
      ctx.fillStyle = colorOf(VERDICT_COLORS[verdict]);
      ctx.fillRect(from, y - share * height, wide, share * height);
      y -= share * height;
    }
    if (reportOf(point, spanMs, reports)) {
      ctx.fillStyle = colorOf('--vscode-foreground');
      ctx.fillRect(from, top, Math.max(3, wide), 3 * devicePixelRatio);
    }
  }
  ctx.restore();
}
