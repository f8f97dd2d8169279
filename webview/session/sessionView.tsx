import { useCallback, useMemo } from 'preact/hooks';
import type { Finding, Report } from '../../src/core/base/model.js';
import type { CloseText, InspectorState } from '../../src/protocol/inspector.js';
import type { SessionSnapshot } from '../../src/protocol/session.js';
import { Composer } from '../composer/composerView.js';
import { connectionNames } from '../log/connectionNames.js';
import type { LogModel } from '../log/logModel.js';
import { LogView, type LogViewProps } from '../log/logView.js';
import { CloseView } from '../probe/closeView.js';
import { ExperimentView } from '../probe/experimentView.js';
import { FindingList } from '../probe/findingsView.js';
import { HandshakeView } from '../probe/handshake/handshakeView.js';
import { ReportView } from '../probe/reportView.js';
import { TimingsView } from '../probe/timings/timingsView.js';
import type { Actions } from '../shared/parts.js';
import { Tabs } from '../shared/tabs.js';
import type { ViewState } from '../shared/viewState.js';
import { ContractView } from './contractView.js';
import { EndedView } from './endedView.js';
import { type NotOurs, obstaclesOf } from './obstacles.js';
import { HeldView } from './heldView.js';
import { OperationsView } from './operationsView.js';
import { SessionHeader } from './sessionHeader.js';
import { SESSION_TABS, type SessionTab, type SessionViewState } from './sessionViewState.js';
import { sessionWords } from './strings.js';
import { Empty } from '../shared/texts.js';

export interface SessionViewProps {
  readonly state: InspectorState;
  readonly session: SessionSnapshot;
  readonly log: LogModel;
  readonly view: ViewState;
  readonly actions: Actions;
  /** Milliseconds since the session began, now. */
  readonly nowMs: number;
  readonly locale: string | undefined;
}

/** A session: live header, why it ended, the log with its composer, and what the probe's own view has in tabs. */
export function SessionView(props: SessionViewProps) {
  const { state, session, log, view, actions, nowMs, locale } = props;
  const recording = recordingOf(state, session);
  const stopped = state.status === 'failed';
  const obstacles = useMemo(() => obstaclesOf(session, { recording, stopped }), [session, recording, stopped]);
  const change = useCallback(
    (next: Partial<SessionViewState>) => actions.change((now) => ({ ...now, session: { ...now.session, ...next } })),
    [actions],
  );
  const onShow = useCallback(
    async (id: number) => {
      const there = await log.jump(id);
      if (there) change({ tab: 'log' });
      return there;
    },
    [log, change],
  );
  const onTab = useCallback((tab: SessionTab) => change({ tab }), [change]);
  const { tab } = view.session;
  const tap = stopped || session.state === 'closed' ? undefined : session.observed?.tap;
  const own = useSame(session.findings);
  const findings = useMemo(() => findingsOf(own, state.report), [own, state.report]);
  const close = useSame(session.observed ? (state.report?.close ?? null) : session.close);
  const { sessionId, startedAt, state: sessionState } = session;
  const { url, report, closeExplanation = null } = state;
  const locked = recording !== null && recording !== 'observed';
  const names = useSame(connectionNames(session, locked));
  const heard = session.observed ? (tap ? 'tap' : 'program') : null;
  const panel = useMemo(
    () => (
      <Panel
        log={log}
        url={url}
        report={report}
        close={close}
        closeExplanation={closeExplanation}
        session={{ sessionId, startedAt, state: sessionState }}
        names={names}
        heard={heard}
        findings={findings}
        recording={locked}
        observed={recording === 'observed'}
        view={view}
        actions={actions}
        change={change}
        locale={locale}
      />
    ),
    [
      log,
      url,
      report,
      close,
      closeExplanation,
      sessionId,
      startedAt,
      sessionState,
      names,
      heard,
      findings,
      locked,
      recording,
      view,
      actions,
      change,
      locale,
    ],
  );
  return (
    <>
      <SessionHeader
        state={state}
        session={session}
        recording={recording}
        stopped={stopped}
        obstacles={obstacles}
        actions={actions}
        nowMs={nowMs}
      />
      <EndedView
        state={state}
        session={session}
        recording={recording}
        stopped={stopped}
        onTab={onTab}
        actions={actions}
      />
      {session.contract ? <ContractView contract={session.contract} actions={actions} onShow={onShow} /> : null}
      <ExperimentView variations={state.variations ?? null} report={report} view={view} actions={actions} pane />
      <div class={`session-tabs session-${tab}`}>
        <Tabs
          id="session"
          label={sessionWords.header.region}
          tabs={SESSION_TABS.map((name) => ({
            name,
            label: (
              <>
                {sessionWords.tabs[name]}
                {name === 'findings' && findings.length > 0 ? <span class="badge">{findings.length}</span> : null}
              </>
            ),
          }))}
          selected={tab}
          onSelect={onTab}
        >
          {tab === 'operations' ? (
            <OperationsView ask={actions.ask} nowMs={nowMs} live={session.state !== 'closed'} onShow={onShow} />
          ) : (
            panel
          )}
        </Tabs>
      </div>
      {tap ? <HeldView held={tap.held} view={view.session} actions={actions} change={change} /> : null}
      {(recording && !tap) || tab !== 'log' ? null : (
        <Composer
          session={session}
          saved={state.savedMessages}
          sent={state.sentMessages}
          view={view.session}
          actions={actions}
          change={change}
          obstacle={obstacles.send}
        />
      )}
    </>
  );
}

interface PanelProps extends Pick<SessionViewProps, 'log' | 'view' | 'actions' | 'locale'> {
  readonly url: string;
  readonly report: Report | null;
  readonly close: SessionSnapshot['close'];
  readonly closeExplanation: CloseText | null;
  readonly session: LogViewProps['session'];
  readonly names: LogViewProps['names'];
  readonly heard: LogViewProps['heard'];
  readonly findings: readonly Finding[];
  readonly recording: boolean;
  readonly observed: boolean;
  readonly change: (change: Partial<SessionViewState>) => void;
}

/** Nothing in here changes with the figures of the header: it is rendered anew only when there is news for it. */
function Panel({ report, close, closeExplanation, view, actions, locale, findings, observed, ...rest }: PanelProps) {
  const none = <Empty>{observed ? sessionWords.tabs.noneChosen : sessionWords.tabs.none}</Empty>;
  switch (view.session.tab) {
    case 'log':
      return <LogView {...rest} view={view.session} actions={actions} />;
    case 'findings':
      return <FindingList findings={findings} view={view} actions={actions} />;
    case 'handshake':
      return report ? <HandshakeView report={report} view={view} actions={actions} locale={locale} /> : none;
    case 'timings':
      return report ? <TimingsView report={report} /> : none;
    case 'close':
      return close ? (
        <CloseView close={close} explanation={closeExplanation} />
      ) : (
        <Empty>{observed && !report ? sessionWords.tabs.noneChosen : sessionWords.tabs.noClose}</Empty>
      );
    default:
      return report ? <ReportView report={report} actions={actions} /> : none;
  }
}

/** The value as it was before while it says the same: each snapshot brings a copy of it. */
function useSame<T>(value: T): T {
  const text = JSON.stringify(value);
  return useMemo(() => value, [text]);
}

/** A restored panel shows a recording until somebody connects anew. */
function recordingOf(state: InspectorState, session: SessionSnapshot): NotOurs | null {
  if (session.observed) return 'observed';
  if (state.readOnly) return 'file';
  return state.restored && session.state === 'closed' ? 'restored' : null;
}

/** The session's own findings first; those of its opening handshake after them, each once. */
function findingsOf(own: readonly Finding[], report: Report | null): readonly Finding[] {
  const ids = new Set(own.map((finding) => finding.id));
  return [...own, ...(report?.findings ?? []).filter((finding) => !ids.has(finding.id))];
}
