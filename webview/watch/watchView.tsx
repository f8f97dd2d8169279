import type { Verdict } from '../../src/core/base/model.js';
import { formatLimit } from '../../src/core/text/durations.js';
import type { SeriesSummary, Timeline, WatchPageState } from '../../src/protocol/watchPage.js';
import { fill } from '../shared/fill.js';
import { formatCount, formatDateTime } from '../shared/format.js';
import { type IconName, icon } from '../shared/icons.js';
import { Foreign } from '../shared/foreign.js';
import { Charts } from './charts.js';
import type { Span } from './chart.js';
import { watchWords } from './strings.js';
import { ClosesTable, EventsTables, TimelineTable } from './tables.js';
import { Empty, Muted, Quiet } from '../shared/texts.js';

const RANGES_MIN = [15, 60, 360, 1440, 10_080, 43_200] as const;
export type RangeMinutes = (typeof RANGES_MIN)[number];

const VERDICT_ICONS: Readonly<Record<Verdict | 'none', IconName>> = {
  healthy: 'ok',
  degraded: 'warning',
  down: 'error',
  none: 'pending',
};

export interface WatchActions {
  readonly range: (minutes: RangeMinutes) => void;
  readonly zoom: (span: Span | null) => void;
  readonly openReport: (startedAt: string) => void;
  readonly openDocument: () => void;
  readonly compareHealthy: () => void;
  readonly stop: () => void;
  readonly copy: (text: string) => void;
}

export interface WatchViewProps {
  readonly state: WatchPageState | null;
  readonly timeline: Timeline | null;
  readonly minutes: RangeMinutes;
  readonly zoomed: boolean;
  readonly theme: number;
  readonly notice: string | null;
  /** What was copied last. */
  readonly copied: string | null;
  readonly locale: string | undefined;
  readonly actions: WatchActions;
}

/** A watched target, in the order a person asks: is it well, since when, what to change, where the time goes, how it ends. */
export function WatchView(props: WatchViewProps) {
  const { actions, locale, notice, state, timeline } = props;
  if (!state) return <div class="inspector watch" aria-busy="true" />;
  const { ended, reports, summary } = state;
  return (
    <div class="inspector watch">
      {notice === null ? null : (
        <p class="banner" role="alert">
          <Foreign text={notice} />
        </p>
      )}
      <Header {...props} state={state} />
      {ended ? <p class="banner">{watchWords.ended}</p> : null}
      {summary === null && !ended ? <Quiet>{watchWords.waiting}</Quiet> : null}
      {summary ? <Alerts {...props} summary={summary} /> : null}
      <RangeBar {...props} />
      {timeline === null ? null : timeline.points.length === 0 ? (
        <Empty>{watchWords.nothing}</Empty>
      ) : (
        <>
          <Charts timeline={timeline} reports={reports} theme={props.theme} actions={actions} />
          <ClosesTable timeline={timeline} />
        </>
      )}
      {summary?.hold ? <Held {...summary} /> : null}
      {summary?.stability?.unstable ? <p>{watchWords.jitter}</p> : null}
      {summary ? <EventsTables summary={summary} locale={locale} /> : null}
      {timeline && timeline.points.length > 0 ? (
        <TimelineTable timeline={timeline} reports={reports} locale={locale} onOpen={actions.openReport} />
      ) : null}
    </div>
  );
}

function Header({ actions, locale, state }: WatchViewProps & { readonly state: WatchPageState }) {
  const { ended, name, summary, url } = state;
  const verdict = summary?.verdict ?? 'none';
  return (
    <header class="top" aria-label={watchWords.region}>
      <div class="top-line">
        <h1 class={`verdict verdict-${verdict}`}>
          {icon(VERDICT_ICONS[verdict])}
          <span>{watchWords.verdict[verdict]}</span>
        </h1>
        <div class="actions" role="group">
          <button type="button" class="plain-button" onClick={actions.openDocument}>
            {watchWords.document}
          </button>
          {ended || verdict === 'healthy' || verdict === 'none' ? null : (
            <button type="button" class="plain-button" onClick={actions.compareHealthy}>
              {watchWords.compareHealthy}
            </button>
          )}
          {ended ? null : (
            <button type="button" class="plain-button" onClick={actions.stop}>
              {watchWords.stop}
            </button>
          )}
        </div>
      </div>
      <p class="target">
        {name && !url.includes(name) ? (
          <span class="target-name">
            <Foreign text={name} />
          </span>
        ) : null}
        <span class="target-url">
          <Foreign text={url} />
        </span>
      </p>
      {summary ? (
        <p class="meta">
          {factsOf(summary, locale).map((fact) => (
            <span key={fact}>{fact}</span>
          ))}
        </p>
      ) : null}
    </header>
  );
}

function factsOf(
  { availability, everyMs, hold, looks, since }: SeriesSummary,
  locale: string | undefined,
): readonly string[] {
  return [
    ...(availability === null ? [] : [fill(watchWords.available, { percent: percentText(availability) })]),
    ...(since === null ? [] : [fill(watchWords.since, { time: formatDateTime(since, locale) })]),
    fill(hold ? watchWords.hold : watchWords.probe, { every: formatLimit(everyMs) }),
    fill(watchWords.looks, { count: formatCount(looks) }),
  ];
}

function Held({ drops, heartbeats: { answered, sent }, reconnects, returns, sequence }: SeriesSummary) {
  return (
    <section>
      <h2>{watchWords.heldTitle}</h2>
      <p>{filled(watchWords.held, { drops, reconnects, answered, sent })}</p>
      {returns.count > 0 ? <p>{filled(watchWords.returns, { ...returns })}</p> : null}
      <p>{sequenceText(sequence)}</p>
    </section>
  );
}

function sequenceText(sequence: SeriesSummary['sequence']): string {
  if (sequence === null) return watchWords.sequenceUnknown;
  const { unknown, ...counts } = sequence;
  if (counts.numbered === 0) return watchWords.sequenceNone;
  const said = filled(watchWords.sequence, counts);
  return unknown === 0 ? said : `${said} ${filled(watchWords.sequenceAnew, { unknown })}`;
}

function filled(text: string, counts: Readonly<Record<string, number>>): string {
  return fill(text, Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, formatCount(count)])));
}

/** Never rounded up to all of it. */
export function percentText(share: number): string {
  return `${(Math.floor(share * 10_000) / 100).toString()} %`;
}

function Alerts({ actions, copied, locale, summary }: WatchViewProps & { readonly summary: SeriesSummary }) {
  if (summary.alerts.length === 0) return null;
  return (
    <section class="watch-alerts" aria-label={watchWords.alerts}>
      {summary.alerts.map(({ at, fix, headline, title }) => (
        <article key={title} class="watch-alert">
          <h2>
            {icon('warning')} <Foreign text={title} />
          </h2>
          {headline ? (
            <p>
              <Foreign text={headline.title} />
            </p>
          ) : null}
          <Quiet>{fill(watchWords.alertSince, { time: formatDateTime(at, locale) })}</Quiet>
          <figure class="code">
            <figcaption>
              <span class="code-title">
                <Foreign text={fill(watchWords.first, { title: fix.title })} />
              </span>
              <button type="button" class="plain-button" onClick={() => actions.copy(fix.snippet)}>
                {copied === fix.snippet ? watchWords.copied : watchWords.copyFix}
              </button>
            </figcaption>
            <pre>
              <Foreign text={fix.snippet} multiline />
            </pre>
          </figure>
        </article>
      ))}
    </section>
  );
}

function RangeBar({ actions, locale, minutes, timeline, zoomed }: WatchViewProps) {
  const name = (range: RangeMinutes) => watchWords.ranges[range];
  return (
    <div class="range-bar">
      <div class="range-choice" role="radiogroup" aria-label={watchWords.range}>
        {RANGES_MIN.map((range) => (
          <label key={range}>
            <input
              type="radio"
              name="range"
              checked={!zoomed && range === minutes}
              onChange={() => actions.range(range)}
            />
            <span>{name(range)}</span>
          </label>
        ))}
      </div>
      {zoomed && timeline ? (
        <span class="range-zoom">
          <span>
            {fill(watchWords.zoomed, {
              from: formatDateTime(new Date(timeline.fromMs).toISOString(), locale),
              to: formatDateTime(new Date(timeline.toMs).toISOString(), locale),
            })}
          </span>
          <button type="button" class="plain-button" onClick={() => actions.zoom(null)}>
            {fill(watchWords.unzoom, { range: name(minutes) })}
          </button>
        </span>
      ) : (
        <Muted>{watchWords.zoomHint}</Muted>
      )}
    </div>
  );
}

export function spanText({ spanMs }: Timeline): string {
  if (spanMs >= 86_400_000) return `${spanMs / 86_400_000} d`;
  return spanMs >= 3_600_000 ? `${spanMs / 3_600_000} h` : formatLimit(spanMs);
}
