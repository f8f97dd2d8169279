import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Attempt, CredentialsInfo, PhaseName } from '../../../src/core/base/model.js';
import { formatLimit, formatDuration } from '../../../src/core/text/durations.js';
import { fill } from '../../shared/fill.js';
import { type IconName, icon } from '../../shared/icons.js';
import { Foreign } from '../../shared/foreign.js';
import { type Actions, Facts } from '../../shared/parts.js';
import { toggleOpen, type ViewState } from '../../shared/viewState.js';
import { CredentialsRow } from './credentialsRow.js';
import { phaseDetails, phaseName, statusText } from './phaseDetails.js';
import { timingsWords } from './strings.js';
import { type Waterfall, type WaterfallRow, wasReached } from './waterfall.js';
import { Hidden } from '../../shared/texts.js';

/** Narrower than this the label would cover what stands beside it. */
const HOLD_LABEL_PERCENT = 25;

const ICONS: Readonly<Record<WaterfallRow['status'], IconName>> = {
  ok: 'ok',
  degraded: 'warning',
  failed: 'error',
  skipped: 'skipped',
  'not-reached': 'not-reached',
  running: 'running',
  pending: 'pending',
  stopped: 'cancelled',
};

export interface WaterfallProps {
  /** While a probe runs the rows keep the room that the last result took, so that nothing below moves. */
  readonly live: boolean;
  readonly waterfall: Waterfall;
  readonly attempts: readonly Attempt[];
  /** How a token was had before the phases; null where none was needed, or it is not known yet. */
  readonly credentials: CredentialsInfo | null;
  /** The phase that failed, in a few words. */
  readonly error: { readonly code: string | null; readonly phase: PhaseName; readonly message: string } | null;
  readonly view: ViewState;
  readonly actions: Actions;
}

export function WaterfallView({ live, waterfall, attempts, credentials, error, view, actions }: WaterfallProps) {
  const section = useSettledHeight(live);
  // One attempt that failed is told by the phase's own error.
  const failed = attempts.some((attempt) => attempt.error !== null) && error?.phase !== 'tcp';
  const listAttempts = attempts.length > 1 || failed;
  return (
    <section ref={section} class="waterfall" aria-labelledby="waterfall-title">
      <div class="waterfall-head">
        <h2 id="waterfall-title">{timingsWords.waterfall.title}</h2>
        <Axis waterfall={waterfall} />
      </div>
      <ol class="phases">
        {credentials ? (
          <CredentialsRow
            credentials={credentials}
            error={error?.code?.startsWith('credentials.') ? error.message : null}
            view={view}
            actions={actions}
          />
        ) : null}
        {waterfall.rows.map((row) => (
          <Row
            key={row.name}
            row={row}
            waterfall={waterfall}
            error={row.status === 'failed' && error?.phase === row.name ? error.message : null}
            attempts={row.name === 'tcp' && listAttempts ? attempts : []}
            view={view}
            actions={actions}
          />
        ))}
      </ol>
    </section>
  );
}

function useSettledHeight(live: boolean) {
  const section = useRef<HTMLElement>(null);
  const settled = useRef(0);
  useLayoutEffect(() => {
    const element = section.current;
    if (!element) return;
    if (!live) {
      element.style.minHeight = '';
      settled.current = element.getBoundingClientRect().height;
    } else if (settled.current > 0) element.style.minHeight = `${settled.current}px`;
  });
  return section;
}

function Axis({ waterfall }: { readonly waterfall: Waterfall }) {
  return (
    <div class="axis" aria-hidden="true">
      {waterfall.ticks.map(({ ms, percent }, index) => (
        <span key={ms} class={index === 0 ? 'axis-tick first' : 'axis-tick'} style={{ left: `${percent}%` }}>
          {ms === 0 ? '0' : formatLimit(ms)}
        </span>
      ))}
    </div>
  );
}

interface RowProps {
  readonly row: WaterfallRow;
  readonly waterfall: Waterfall;
  readonly error: string | null;
  readonly attempts: readonly Attempt[];
  readonly view: ViewState;
  readonly actions: Actions;
}

function Row({ row, waterfall, error, attempts, view, actions }: RowProps) {
  const id = `phase-${row.name}`;
  const open = view.open.includes(id);
  const reached = wasReached(row);
  return (
    <li class={`phase phase-${row.status}`}>
      <button
        type="button"
        class="phase-row"
        aria-expanded={open}
        aria-controls={`${id}-body`}
        title={rowTitle(row, waterfall.proxied)}
        onClick={() => actions.change((now) => toggleOpen(now, id))}
      >
        <span class="phase-name">
          {icon('chevron')}
          {icon(ICONS[row.status])}
          <span>{phaseName(row.name, waterfall.proxied)}</span>
          <Hidden>, {statusText(row)}, </Hidden>
        </span>
        <Track row={row} waterfall={waterfall} />
        <span class="phase-time">
          {reached ? formatDuration(row.durationMs) : statusText(row)}
          <Limit row={row} />
        </span>
      </button>
      {error ? (
        <p class="phase-error">
          <Foreign text={error} />
        </p>
      ) : null}
      {attempts.length > 0 ? <AttemptRows attempts={attempts} scaleMs={waterfall.scaleMs} /> : null}
      <div id={`${id}-body`} class="phase-detail" hidden={!open}>
        {open ? <Facts rows={phaseDetails(row)} /> : null}
      </div>
    </li>
  );
}

/** The nearest limit that was not passed, or the one that was: the duration is read against it. */
function Limit({ row }: { readonly row: WaterfallRow }) {
  if (!row.budget || !wasReached(row)) return null;
  const { degradedMs, downMs } = row.budget;
  const limit =
    degradedMs !== null && (row.durationMs <= degradedMs || downMs === null || row.durationMs <= downMs)
      ? degradedMs
      : downMs;
  return limit === null ? null : (
    <span class="phase-limit">
      {fill(row.name === 'message' ? timingsWords.waterfall.limitTrip : timingsWords.waterfall.limit, {
        limit: formatLimit(limit),
      })}
    </span>
  );
}

function Track({ row, waterfall }: { readonly row: WaterfallRow; readonly waterfall: Waterfall }) {
  const hold = row.name === 'close' ? waterfall.hold : null;
  const firstByte = row.detail['firstByteMs'];
  const notch = typeof firstByte === 'number' ? (firstByte / waterfall.scaleMs) * 100 : null;
  return (
    <span class="track" aria-hidden="true">
      {waterfall.ticks.map(({ ms, percent }) => (
        <span key={ms} class="grid-line" style={{ left: `${percent}%` }} />
      ))}
      {hold ? (
        <span class="hold" style={{ left: `${hold.leftPercent}%`, width: `${hold.widthPercent}%` }}>
          {hold.widthPercent > HOLD_LABEL_PERCENT ? (
            <span class="hold-label">
              {fill(timingsWords.waterfall.hold, { duration: formatDuration(hold.durationMs) })}
            </span>
          ) : null}
        </span>
      ) : null}
      {wasReached(row) ? (
        <span class="bar" style={{ left: `${row.leftPercent}%`, width: `${row.widthPercent}%` }} />
      ) : null}
      {notch !== null && notch <= row.leftPercent + row.widthPercent ? (
        <span class="notch" style={{ left: `${notch}%` }} />
      ) : null}
      {row.marks.map((mark) => (
        <span
          key={mark.kind}
          class={`mark mark-${mark.kind}`}
          style={{ left: `${mark.percent}%` }}
          title={markTitle(mark.kind, mark.limitMs)}
        />
      ))}
    </span>
  );
}

function AttemptRows({ attempts, scaleMs }: { readonly attempts: readonly Attempt[]; readonly scaleMs: number }) {
  return (
    <ul class="attempts" aria-label={timingsWords.attempts.title}>
      {attempts.map((attempt, index) => (
        <li key={index} class={attempt.error ? 'attempt failed' : 'attempt'}>
          <span class="attempt-address">
            <Foreign text={addressOf(attempt)} />
          </span>
          <span class="attempt-result">
            <Foreign text={attempt.error ?? timingsWords.attempts.connected} />
          </span>
          <span class="attempt-time">{formatDuration(attempt.durationMs)}</span>
          <span class="track" aria-hidden="true">
            <span
              class="bar"
              style={{
                left: `${Math.min(100, (attempt.startMs / scaleMs) * 100)}%`,
                width: `${Math.min(100, (attempt.durationMs / scaleMs) * 100)}%`,
              }}
            />
          </span>
        </li>
      ))}
    </ul>
  );
}

export function addressOf({ address, family, port }: Attempt): string {
  return family === 6 ? `[${address}]:${port}` : `${address}:${port}`;
}

function rowTitle(row: WaterfallRow, proxied: boolean): string {
  const lines = phaseDetails(row).map(([name, value]) => `${name}: ${value}`);
  return [phaseName(row.name, proxied), ...lines].join('\n');
}

function markTitle(kind: 'degraded' | 'down', limitMs: number): string {
  const template = kind === 'degraded' ? timingsWords.waterfall.budgetDegraded : timingsWords.waterfall.budgetDown;
  return fill(template, { limit: formatLimit(limitMs) });
}
