import type { InspectorState } from '../../src/protocol/inspector.js';
import type { SessionSnapshot } from '../../src/protocol/session.js';
import { SEVERITY_ICONS } from '../probe/findingsView.js';
import { probeWords } from '../probe/strings.js';
import { fill } from '../shared/fill.js';
import { icon } from '../shared/icons.js';
import { Foreign } from '../shared/foreign.js';
import { type Actions, CopyButton } from '../shared/parts.js';
import type { NotOurs } from './obstacles.js';
import type { SessionTab } from './sessionViewState.js';
import { sessionWords } from './strings.js';
import { LinkButton } from '../shared/texts.js';

export interface EndedProps {
  readonly state: InspectorState;
  readonly session: SessionSnapshot;
  readonly recording: NotOurs | null;
  readonly stopped: boolean;
  readonly onTab: (tab: SessionTab) => void;
  readonly actions: Actions;
}

/** Why it ended, or what is wrong while it lives: one sentence, the rest a click away. */
export function EndedView({ state, session, recording, stopped, onTab, actions }: EndedProps) {
  const text = sessionWords.ended;
  const finding = session.findings[0];
  const { close } = session;
  const tap = session.state === 'closed' ? undefined : session.observed?.tap;
  const ended = session.state === 'closed' || session.state === 'reconnecting';
  return (
    <>
      {recording ? (
        <section class={`banner ${tap?.isOpen ? 'banner-failed' : 'banner-quiet'}${tap ? ' tap-banner' : ''}`}>
          {icon(tap?.isOpen ? 'warning' : 'recording')}
          <p>
            <span>
              <strong>{text.notOurs[session.observed?.tap ? 'tap' : recording]}.</strong> {whatItIs(recording, session)}
            </span>{' '}
            {tap ? <CopyButton text={tap.address} what={text.tapAddress} actions={actions} /> : null}
          </p>
        </section>
      ) : null}
      {stopped ? (
        <section class="banner banner-failed">
          {icon('warning')}
          <div>
            <h2>
              <Foreign text={state.error?.message ?? text.stopped} />
            </h2>
            <p>
              <Foreign text={state.error?.hint ?? probeWords.answer.failedHint} multiline />
            </p>
          </div>
        </section>
      ) : null}
      {finding ? (
        <section class={`why why-${finding.severity}`} aria-labelledby="why-title">
          {icon(SEVERITY_ICONS[finding.severity])}
          <div>
            <h2 id="why-title">
              <Foreign text={finding.title} />
            </h2>
            {ended ? (
              <p class="why-text">
                <Foreign text={finding.explanation} />
              </p>
            ) : null}
            <p class="why-links">
              <LinkButton onClick={() => onTab('findings')}>{text.findings}</LinkButton>
              {close && ended ? (
                <LinkButton onClick={() => onTab('close')}>{fill(text.close, { code: close.code })}</LinkButton>
              ) : null}
            </p>
          </div>
        </section>
      ) : close && session.state === 'closed' ? (
        <section class="why why-info" aria-labelledby="why-title">
          {icon('info')}
          <div>
            <h2 id="why-title">{closedTitle(session, state)}</h2>
            <p class="why-links">
              <span>
                {probeWords.close.initiator} {probeWords.close.by[close.initiator]}.
              </span>
              <LinkButton onClick={() => onTab('close')}>{fill(text.close, { code: close.code })}</LinkButton>
            </p>
          </div>
        </section>
      ) : null}
    </>
  );
}

function whatItIs(notOurs: NotOurs, { close, connections, observed, state }: SessionSnapshot): string {
  const text = sessionWords.ended;
  switch (notOurs) {
    case 'file':
      return text.recordingText;
    case 'observed': {
      if (!observed?.tap) return text.observedText;
      if (state === 'closed') return sessionWords.why.tapEnded;
      const { address, isOpen } = observed.tap;
      return `${fill(text.tapText, { address })}${isOpen ? ` ${text.tapOpen}` : ''}`;
    }
    case 'restored':
      return close === null && connections > 0 ? text.reloadedText : text.restoredText;
  }
}

function closedTitle({ close }: SessionSnapshot, { closeExplanation }: InspectorState) {
  const name = closeExplanation?.name ?? '';
  return <Foreign text={fill(sessionWords.ended.closedBy, { code: `${close?.code ?? ''} ${name}`.trim() })} />;
}
