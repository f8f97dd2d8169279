import type { Finding, PhaseName, Report } from '../../src/core/base/model.js';
import { formatDuration } from '../../src/core/text/durations.js';
import type { InspectorState } from '../../src/protocol/inspector.js';
import { fill } from '../shared/fill.js';
import { icon } from '../shared/icons.js';
import { Foreign } from '../shared/foreign.js';
import { type Actions, Disclosure, Evidence } from '../shared/parts.js';
import type { ViewState } from '../shared/viewState.js';
import { answerOf, hostOf, isOfExperiment } from './answer.js';
import { Fixes } from './fixesView.js';
import { HealthyView } from './healthyView.js';
import { probeWords } from './strings.js';
import { phaseName } from './timings/phaseDetails.js';
import { usesProxy } from './timings/waterfall.js';
import { LinkButton } from '../shared/texts.js';

export interface AnswerProps {
  readonly state: InspectorState | null;
  readonly view: ViewState;
  readonly actions: Actions;
}

const PROXY_PHASES: Partial<Record<PhaseName, 'proxyDns' | 'proxyTcp'>> = { dns: 'proxyDns', tcp: 'proxyTcp' };

/** Why, and what to change: the first thing under the verdict. */
export function AnswerView({ state, view, actions }: AnswerProps) {
  const answer = answerOf(state);
  const words = probeWords.answer;
  switch (answer.kind) {
    case 'waiting':
      return <Sentence title={words.waiting} />;
    case 'idle':
      return <IdleAnswer state={state} />;
    case 'running': {
      const host = hostOf(state?.url ?? '');
      const title = answer.phase
        ? words.phase[answer.proxied ? (PROXY_PHASES[answer.phase] ?? answer.phase) : answer.phase]
        : answer.open
          ? words.holding
          : words.connecting;
      return <Sentence title={fill(title, { host })} />;
    }
    case 'finding':
      return <FindingAnswer finding={answer.finding} others={answer.others} view={view} actions={actions} />;
    case 'error':
      return <Sentence title={answer.error.message} text={words.noFinding} meta={answer.error.code} />;
    case 'expectation': {
      const { name, expected, actual } = answer.result;
      return (
        <Sentence
          title={fill(words.expectationFailed, { name })}
          text={fill(words.expectedActual, { expected, actual })}
        />
      );
    }
    case 'degraded':
      return <Sentence title={words.degradedNoFinding} />;
    default:
      return state?.report ? <HealthyView report={state.report} actions={actions} /> : null;
  }
}

function IdleAnswer({ state }: { readonly state: InspectorState | null }) {
  const words = probeWords.answer;
  if (state && state.status !== 'idle') return null;
  return <Sentence title={state?.restored ? words.restoredEmpty : words.idle} text={words.idleHint} />;
}

interface SentenceProps {
  readonly title: string;
  readonly text?: string;
  readonly meta?: string;
}

function Sentence({ title, text, meta }: SentenceProps) {
  return (
    <section class="answer" aria-labelledby="answer-title">
      <div class="answer-why">
        <h2 id="answer-title">
          <Foreign text={title} />
        </h2>
        {meta ? (
          <p class="answer-meta">
            <Foreign text={meta} />
          </p>
        ) : null}
        {text ? (
          <p>
            <Foreign text={text} />
          </p>
        ) : null}
      </div>
    </section>
  );
}

interface FindingAnswerProps {
  readonly finding: Finding;
  readonly others: number;
  readonly view: ViewState;
  readonly actions: Actions;
}

function FindingAnswer({ finding, others, view, actions }: FindingAnswerProps) {
  const words = probeWords.answer;
  const showFindings = () => actions.change((now) => ({ ...now, tab: 'findings' }));
  return (
    <section class={`answer answer-${finding.severity}`} aria-labelledby="answer-title">
      <div class="answer-why">
        <h2 id="answer-title">
          <Foreign text={finding.title} />
        </h2>
        <p class="answer-meta">
          <span>{finding.id}</span> <span>{fill(words.layer, { layer: finding.layer })}</span>
        </p>
        <p class="answer-explanation">
          <Foreign text={finding.explanation} multiline />
        </p>
        {finding.evidence.length > 0 ? (
          <Disclosure
            id="headline-evidence"
            summary={fill(words.evidenceCount, { count: finding.evidence.length })}
            view={view}
            actions={actions}
          >
            <Evidence lines={finding.evidence} />
          </Disclosure>
        ) : null}
        {others > 0 ? (
          <LinkButton onClick={showFindings}>
            {others === 1 ? words.moreOne : fill(words.more, { count: others })}
          </LinkButton>
        ) : null}
      </div>
      {finding.fixes.length > 0 ? (
        <section class="answer-fix" aria-label={words.fixRegion}>
          <h3>{words.fixRegion}</h3>
          <Fixes id="headline-fixes" finding={finding} view={view} actions={actions} prominent />
        </section>
      ) : null}
    </section>
  );
}

export interface BannerProps {
  readonly state: InspectorState;
}

/** What is true besides the report: it is old, it was cut short, or we failed. */
export function BannerView({ state }: BannerProps) {
  const words = probeWords.answer;
  const last = state.report ? <p>{words.lastResult}</p> : null;
  const lead = state.report ? '' : ' lead-banner';
  if (state.status === 'failed') {
    return (
      <section class={`banner banner-failed${lead}`}>
        {icon('warning')}
        <div>
          <h2>
            <Foreign text={state.error?.message ?? probeWords.verdict.failed} />
          </h2>
          <p>
            <Foreign text={state.error?.hint ?? words.failedHint} multiline />
          </p>
          {state.error?.code ? <p class="answer-meta">{state.error.code}</p> : null}
          {last}
        </div>
      </section>
    );
  }
  if (state.status === 'cancelled') {
    return (
      <section class={`banner${lead}`}>
        {icon('cancelled')}
        <div>
          <h2>{words.cancelled}</h2>
          <p>{cancelledText(state)}</p>
          {last}
        </div>
      </section>
    );
  }
  if (state.restored && state.report) {
    return (
      <section class="banner banner-quiet">
        {icon('info')}
        <p>{words.restored}</p>
      </section>
    );
  }
  return null;
}

function cancelledText({ progress }: InspectorState): string {
  if (!progress?.running) return probeWords.answer.cancelledPlain;
  const phase = phaseName(progress.running, usesProxy(progress.phases));
  return fill(probeWords.answer.cancelledDuring, { duration: formatDuration(progress.elapsedMs), phase });
}

/** For a screen reader, once a run. */
export function announcementOf(state: InspectorState | null): string {
  if (!state || state.status === 'running' || state.status === 'idle') return '';
  if (state.status === 'failed') return `${probeWords.verdict.failed}. ${state.error?.message ?? ''}`;
  if (state.status === 'cancelled') return probeWords.answer.cancelled;
  return state.report ? reportAnnouncement(state.report) : '';
}

function reportAnnouncement(report: Report): string {
  const finding = report.findings.find(isOfExperiment) ?? report.findings[0];
  const title = report.verdict === 'healthy' ? '' : (finding?.title ?? report.error?.message ?? '');
  return `${probeWords.verdict[report.verdict]}. ${title}`.trim();
}
