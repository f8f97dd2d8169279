import { PHASE_NAMES } from '../../src/core/base/model.js';
import { formatDuration } from '../../src/core/text/durations.js';
import type { KeptReport, SeriesSummary, Timeline } from '../../src/protocol/watchPage.js';
import { fill } from '../shared/fill.js';
import { formatCount, formatDateTime } from '../shared/format.js';
import { Foreign } from '../shared/foreign.js';
import { closesOf, reportOf } from './chartData.js';
import { watchWords } from './strings.js';
import { percentText } from './watchView.js';
import { TableHead } from '../shared/table.js';

/** Ended by a Close frame, and all the same as nobody wanted. */
const ABNORMAL: ReadonlySet<number> = new Set([1011, 1012, 1013]);

export function ClosesTable({ timeline }: { readonly timeline: Timeline }) {
  const closes = closesOf(timeline);
  if (closes.length === 0) return null;
  return (
    <section>
      <h2>{watchWords.closes}</h2>
      <table class="grid-table closes-table">
        <TableHead columns={[watchWords.code, '', watchWords.times, watchWords.share]} />
        <tbody>
          {closes.map(({ clean, code, count, share }) => (
            <tr key={`${code} ${clean}`}>
              <td data-label={watchWords.code}>{code}</td>
              <td>{clean ? watchWords.clean : watchWords.notClean}</td>
              <td data-label={watchWords.times}>{formatCount(count)}</td>
              <td class="share" data-label={watchWords.share}>
                <meter
                  class={clean && !ABNORMAL.has(code) ? 'share-bar' : 'share-bar share-bad'}
                  min={0}
                  max={1}
                  value={share}
                  aria-hidden="true"
                />
                {percentText(share)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface Localised {
  readonly locale: string | undefined;
}

export function EventsTables({ locale, summary }: Localised & { readonly summary: SeriesSummary }) {
  const { changes, failures } = summary;
  return (
    <>
      {failures.length === 0 ? null : (
        <Rows
          title={watchWords.failures}
          heads={[watchWords.from, watchWords.until, watchWords.times, watchWords.why]}
          rows={failures
            .toReversed()
            .map(({ at, count, title, until }) => [
              formatDateTime(at, locale),
              formatDateTime(until, locale),
              formatCount(count),
              title,
            ])}
        />
      )}
      {changes.length === 0 ? null : (
        <Rows
          title={watchWords.changes}
          heads={[watchWords.time, watchWords.what, watchWords.before, watchWords.after]}
          rows={changes.toReversed().map(({ at, from, to, what }) => [formatDateTime(at, locale), what, from, to])}
        />
      )}
    </>
  );
}

function Rows({
  heads,
  rows,
  title,
}: {
  readonly title: string;
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
}) {
  return (
    <section>
      <h2>{title}</h2>
      <table class="grid-table">
        <TableHead columns={heads} />
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, column) => (
                <td key={column} data-label={heads[column]}>
                  <Foreign text={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

export interface TimelineTableProps extends Localised {
  readonly timeline: Timeline;
  readonly reports: readonly KeptReport[];
  readonly onOpen: (startedAt: string) => void;
}

/** What the charts show, for who reads it and for a keyboard. */
export function TimelineTable({ locale, onOpen, reports, timeline }: TimelineTableProps) {
  const { points, spanMs } = timeline;
  const phases = PHASE_NAMES.filter((name) => points.some((point) => point.phases[name] !== undefined));
  const { verdict } = watchWords;
  return (
    <details class="timeline-table">
      <summary>{watchWords.table}</summary>
      <div class="table-scroll">
        <table class="grid-table">
          <TableHead
            columns={[
              watchWords.time,
              verdict.healthy,
              verdict.degraded,
              verdict.down,
              ...phases,
              'p50',
              'p95',
              'p99',
              watchWords.report,
            ]}
          />
          <tbody>
            {points.toReversed().map((point) => {
              const { at, pausedMs, roundTrip, verdicts } = point;
              const report = reportOf(point, spanMs, reports);
              const time = formatDateTime(at, locale);
              return (
                <tr key={at}>
                  <th scope="row">
                    {time}
                    {pausedMs > 0 ? ` (${fill(watchWords.paused, { duration: formatDuration(pausedMs) })})` : ''}
                  </th>
                  <td>{verdicts.healthy}</td>
                  <td>{verdicts.degraded}</td>
                  <td>{verdicts.down}</td>
                  {phases.map((name) => (
                    <td key={name}>{formatDuration(point.phases[name] ?? -1)}</td>
                  ))}
                  {(['p50Ms', 'p95Ms', 'p99Ms'] as const).map((key) => (
                    <td key={key}>{formatDuration(roundTrip?.[key] ?? -1)}</td>
                  ))}
                  <td>
                    {report ? (
                      <button
                        type="button"
                        class="link"
                        aria-label={fill(watchWords.openReport, { time })}
                        onClick={() => onOpen(report.startedAt)}
                      >
                        {watchWords.open}
                      </button>
                    ) : null}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </details>
  );
}
