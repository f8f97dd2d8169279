import { useRef } from 'preact/hooks';
import type { InspectorState } from '../src/protocol/inspector.js';
import type { SessionSnapshot } from '../src/protocol/session.js';
import type { LogModel } from './log/logModel.js';
import { AnswerView, announcementOf, BannerView } from './probe/answerView.js';
import { DetailsView } from './probe/detailsView.js';
import { ExperimentView } from './probe/experimentView.js';
import { FixUseContext } from './probe/fixesView.js';
import { HeaderView } from './probe/headerView.js';
import { UsedFixView } from './probe/usedFixView.js';
import { progressWaterfall, reportWaterfall } from './probe/timings/waterfall.js';
import { WaterfallView } from './probe/timings/waterfallView.js';
import { messageBox } from './composer/composerView.js';
import { SessionView } from './session/sessionView.js';
import { sessionWords } from './session/strings.js';
import { Foreign } from './shared/foreign.js';
import { type Actions } from './shared/parts.js';
import { useKeptFocus } from './shared/keptFocus.js';
import type { ViewState } from './shared/viewState.js';

export interface InspectorProps {
  /** Null until the host has answered. */
  readonly state: InspectorState | null;
  readonly view: ViewState;
  readonly actions: Actions;
  /** Wall clock. */
  readonly now: number;
  /** Of the running probe. */
  readonly elapsedMs: number;
  /** What went wrong with the last thing asked for; null when nothing did. */
  readonly notice: string | null;
  readonly locale: string | undefined;
  readonly log: LogModel;
  /** Milliseconds since the session began, now. */
  readonly sessionMs: number;
}

/** The whole inspector, from top to bottom: is it well, if not why, what to change, where the time went, depth. */
export function InspectorView(props: InspectorProps) {
  const { state, view, actions, now, elapsedMs, notice, locale } = props;
  if (state?.session) return <LiveInspector {...props} state={state} session={state.session} />;
  const report = state?.report ?? null;
  const running = state?.status === 'running';
  // An experiment has a clock for each of its handshakes: its rows tell them.
  const liveClock = running && !state.variations;
  const stale = report !== null && state?.status !== 'done' && state?.status !== 'idle';
  const fixUse = state && !state.readOnly ? { hasProfile: state.hasProfile, busy: running } : null;
  return (
    <FixUseContext.Provider value={fixUse}>
      <div class="inspector" aria-busy={running}>
        <HeaderView state={state} stale={stale} actions={actions} now={now} elapsedMs={elapsedMs} locale={locale} />
        <p class={notice ? 'notice' : 'notice visually-hidden'} role="status">
          {notice ? <Foreign text={notice} /> : null}
        </p>
        {state?.fix ? <UsedFixView fix={state.fix} state={state} actions={actions} /> : null}
        {state ? <BannerView state={state} /> : null}
        {state?.variations ? (
          <ExperimentView variations={state.variations} report={null} view={view} actions={actions} />
        ) : null}
        <div class={stale ? 'stale' : ''}>
          {state?.variations ? null : (
            <ExperimentView variations={null} report={report} view={view} actions={actions} />
          )}
          {state?.variations && !report ? null : <AnswerView state={state} view={view} actions={actions} />}
        </div>
        <div class={stale && !liveClock ? 'stale' : ''}>
          {state ? <Phases state={state} view={view} actions={actions} elapsedMs={elapsedMs} live={liveClock} /> : null}
        </div>
        {state && report ? (
          <div class={stale ? 'stale' : ''}>
            <DetailsView
              report={report}
              closeExplanation={state.closeExplanation ?? null}
              view={view}
              actions={actions}
              locale={locale}
            />
          </div>
        ) : null}
        <p class="visually-hidden" role="status">
          <Foreign text={announcementOf(state)} />
        </p>
      </div>
    </FixUseContext.Provider>
  );
}

interface LiveProps extends InspectorProps {
  readonly state: InspectorState;
  readonly session: SessionSnapshot;
}

/** With a session the log fills the panel: nothing but the panes inside scrolls. */
function LiveInspector({ state, session, view, actions, notice, locale, log, sessionMs }: LiveProps) {
  const root = useRef<HTMLDivElement>(null);
  useKeptFocus(root, heirOfFocus);
  return (
    <div class="inspector live" ref={root}>
      <p class={notice ? 'notice' : 'notice visually-hidden'} role="status">
        {notice ? <Foreign text={notice} /> : null}
      </p>
      <SessionView
        state={state}
        session={session}
        log={log}
        view={view}
        actions={actions}
        nowMs={sessionMs}
        locale={locale}
      />
      <p class="visually-hidden" role="status">
        <Foreign text={`${sessionWords.state[session.state]} ${session.findings[0]?.title ?? ''}`.trim()} />
      </p>
    </div>
  );
}

/** The message box, where there is one; else what can be done at all. */
function heirOfFocus(root: HTMLElement): HTMLElement | null {
  return (
    messageBox(root) ??
    root.querySelector<HTMLElement>('.composer input:checked') ??
    root.querySelector<HTMLElement>('.session-top .act')
  );
}

interface PhasesProps {
  readonly state: InspectorState;
  readonly view: ViewState;
  readonly actions: Actions;
  readonly elapsedMs: number;
  readonly live: boolean;
}

/** The running probe's clock where one runs, else the report's; a cancelled first run shows how far it came. */
function Phases({ state, view, actions, elapsedMs, live }: PhasesProps) {
  const { report, progress, status, url } = state;
  if (live || (status !== 'running' && !report && progress)) {
    const waterfall = progressWaterfall(progress, { elapsedMs, secure: url.startsWith('wss:'), live });
    return (
      <WaterfallView
        live={live}
        waterfall={waterfall}
        attempts={[]}
        credentials={null}
        error={null}
        view={view}
        actions={actions}
      />
    );
  }
  if (!report) return null;
  return (
    <WaterfallView
      live={false}
      waterfall={reportWaterfall(report)}
      attempts={report.attempts}
      credentials={report.credentials ?? null}
      error={report.error}
      view={view}
      actions={actions}
    />
  );
}
