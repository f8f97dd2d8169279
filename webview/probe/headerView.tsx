import type { ComponentChildren } from 'preact';
import type { Report } from '../../src/core/base/model.js';
import { formatDuration } from '../../src/core/text/durations.js';
import type { InspectorState } from '../../src/protocol/inspector.js';
import { Button } from '../controls.js';
import { fill } from '../shared/fill.js';
import { formatDateTime, formatRelative } from '../shared/format.js';
import { type IconName, icon } from '../shared/icons.js';
import { Foreign } from '../shared/foreign.js';
import { type Actions, CopyButton, type PlainRequest } from '../shared/parts.js';
import { type VerdictKey, verdictOf } from './answer.js';
import { WayChips } from './handshake/wayView.js';
import { type Offer, offersOf } from './offers.js';
import { probeWords } from './strings.js';

export const VERDICT_ICONS: Readonly<Record<VerdictKey, IconName>> = {
  healthy: 'ok',
  degraded: 'warning',
  down: 'error',
  running: 'running',
  idle: 'pending',
  failed: 'warning',
  cancelled: 'cancelled',
  waiting: 'pending',
};

export interface HeaderProps {
  readonly state: InspectorState | null;
  /** The report shown is not of the run that the verdict speaks of. */
  readonly stale: boolean;
  readonly actions: Actions;
  /** Wall clock, for "2 minutes ago". */
  readonly now: number;
  /** Of the running probe. */
  readonly elapsedMs: number;
  readonly locale: string | undefined;
}

export function HeaderView({ state, stale, actions, now, elapsedMs, locale }: HeaderProps) {
  const verdict = verdictOf(state);
  return (
    <header class="top" aria-label={probeWords.header.region}>
      <div class="top-line">
        <h1 class={`verdict verdict-${verdict}`}>
          {icon(VERDICT_ICONS[verdict])}
          <span>{probeWords.verdict[verdict]}</span>
        </h1>
        {state ? <ActionBar state={state} actions={actions} /> : null}
      </div>
      {state ? <Target state={state} actions={actions} /> : null}
      {state?.status === 'running' && !state.report ? (
        <p class="meta">{fill(probeWords.answer.elapsed, { duration: formatDuration(elapsedMs) })}</p>
      ) : null}
      {state?.report ? <Meta report={state.report} stale={stale} now={now} locale={locale} /> : null}
    </header>
  );
}

export interface TargetProps {
  readonly state: InspectorState;
  readonly actions: Actions;
  readonly children?: ComponentChildren;
}

export function Target({ state, actions, children }: TargetProps) {
  return (
    <p class="target">
      {state.name && !state.url.includes(state.name) ? (
        <span class="target-name">
          <Foreign text={state.name} />
        </span>
      ) : null}
      {state.url ? (
        <span class="target-url">
          <Foreign text={state.url} />
          <CopyButton text={state.url} what={probeWords.header.url} actions={actions} />
        </span>
      ) : null}
      {children}
    </p>
  );
}

function Meta({
  report,
  stale,
  now,
  locale,
}: Omit<HeaderProps, 'state' | 'actions' | 'elapsedMs'> & { readonly report: Report }) {
  const { host, remote } = report.vantage;
  return (
    <p class="meta">
      <WayChips report={report} />
      <span>
        {stale ? `${probeWords.header.last} ` : null}
        <time dateTime={report.startedAt}>{formatDateTime(report.startedAt, locale)}</time>{' '}
        <span class="meta-relative">({formatRelative(report.startedAt, now, locale)})</span>
      </span>
      <span title={probeWords.header.vantage}>
        <Foreign
          text={fill(remote ? probeWords.header.fromRemote : probeWords.header.from, { host, remote: remote ?? '' })}
        />
      </span>
      <span>{fill(probeWords.header.total, { duration: formatDuration(report.durationMs) })}</span>
    </p>
  );
}

export const OFFERS: Readonly<
  Record<Offer, { readonly icon: IconName; readonly request: PlainRequest; readonly text: string }>
> = {
  find: { icon: 'search', request: 'findCause', text: probeWords.actions.findCause },
  compare: { icon: 'compare', request: 'findCause', text: probeWords.actions.compare },
  follow: { icon: 'open', request: 'followRedirect', text: probeWords.actions.follow },
};

function OfferButton({ offer, actions }: { readonly offer: Offer; readonly actions: Actions }) {
  const { icon: name, request, text } = OFFERS[offer];
  return (
    <Button hint={probeWords.actions.offerTitle[offer]} icon={icon(name)} onClick={() => actions.send(request)}>
      {text}
    </Button>
  );
}

function ActionBar({ state, actions }: { readonly state: InspectorState; readonly actions: Actions }) {
  const running = state.status === 'running';
  const words = probeWords.actions;
  return (
    <div class="actions" role="group" aria-label={probeWords.header.actions}>
      {running ? (
        <Button icon={icon('stop')} onClick={() => actions.send('cancel')}>
          {words.cancel}
        </Button>
      ) : (
        <Button appearance="primary" icon={icon('play')} onClick={() => actions.send('runAgain')}>
          {state.report ? words.runAgain : words.run}
        </Button>
      )}
      {running
        ? null
        : offersOf(state.report).map((offer) => <OfferButton key={offer} offer={offer} actions={actions} />)}
      {running ? null : (
        <Button icon={icon('connect')} onClick={() => actions.send('connect')}>
          {words.connect}
        </Button>
      )}
      {state.hasProfile ? (
        <Button icon={icon('file')} onClick={() => actions.send('openProfile')}>
          {words.openProfile}
        </Button>
      ) : (
        <Button icon={icon('save')} onClick={() => actions.send('saveAsProfile')}>
          {words.saveAsProfile}
        </Button>
      )}
      {state.report ? (
        <span class="together">
          {state.report.verdict === 'healthy' ? null : (
            <Button
              appearance="icon"
              label={words.compareHealthy}
              icon={icon('compare')}
              onClick={() => actions.send('compareHealthy')}
            />
          )}
          <Button
            appearance="icon"
            label={words.copyReport}
            icon={icon('clipboard')}
            onClick={() => actions.send('copyReport')}
          />
          <Button
            appearance="icon"
            label={words.openReport}
            icon={icon('json')}
            onClick={() => actions.send('openReport')}
          />
        </span>
      ) : null}
    </div>
  );
}
