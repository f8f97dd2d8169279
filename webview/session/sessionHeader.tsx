import { useEffect, useRef, useState } from 'preact/hooks';
import type { InspectorState } from '../../src/protocol/inspector.js';
import type { SessionSnapshot, SessionState } from '../../src/protocol/session.js';
import { Button } from '../controls.js';
import { WayChips } from '../probe/handshake/wayView.js';
import { OFFERS, Target } from '../probe/headerView.js';
import { offersOf } from '../probe/offers.js';
import { probeWords } from '../probe/strings.js';
import { fill } from '../shared/fill.js';
import { formatCount } from '../shared/format.js';
import { type IconName, icon } from '../shared/icons.js';
import { Foreign } from '../shared/foreign.js';
import { type Actions } from '../shared/parts.js';
import { CloseForm } from './closeForm.js';
import { countdown } from './countdown.js';
import { Menu, type MenuGroup } from './menu.js';
import type { NotOurs, Obstacles } from './obstacles.js';
import { StatsView } from './statsView.js';
import { sessionWords } from './strings.js';

const STATE_ICONS: Readonly<Record<SessionState | 'stopped' | 'recording' | 'observed', IconName>> = {
  stopped: 'warning',
  recording: 'recording',
  observed: 'ok',
  connecting: 'running',
  open: 'ok',
  closing: 'running',
  closed: 'cancelled',
  reconnecting: 'reconnect',
};

export interface SessionHeaderProps {
  readonly state: InspectorState;
  readonly session: SessionSnapshot;
  readonly recording: NotOurs | null;
  /** The engine that held the session is gone. */
  readonly stopped: boolean;
  readonly obstacles: Obstacles;
  readonly actions: Actions;
  /** Milliseconds since the session began, now. */
  readonly nowMs: number;
}

/** The state in a word, what is done about it, and the figures of the traffic. */
export function SessionHeader(props: SessionHeaderProps) {
  const { state, session, recording, stopped, actions } = props;
  const isOurs = !stopped && (!recording || recording === 'observed');
  const text = sessionWords.header;
  return (
    <header class="top session-top" aria-label={text.region}>
      <div class="top-line">
        <div class="session-state">
          <StateWord {...props} />
          {stopped || (recording && recording !== 'observed') ? null : <Notes {...props} />}
        </div>
        <ActionBar {...props} />
      </div>
      <Target state={state} actions={actions}>
        {state.report && !recording ? <WayChips report={state.report} /> : null}
        {session.subprotocol === null ? null : (
          <span class="quiet" title={text.subprotocol}>
            <Foreign text={session.subprotocol} />
          </span>
        )}
        {session.dialect === null || session.dialect === session.subprotocol ? null : (
          <span class="quiet" title={text.dialect}>
            <Foreign text={session.dialect} />
          </span>
        )}
      </Target>
      <StatsView session={session} live={isOurs && session.state !== 'closed'} records={isOurs} />
    </header>
  );
}

function StateWord({ session, recording, stopped }: SessionHeaderProps) {
  const watching = recording === 'observed' && session.state === 'open';
  const name = stopped ? 'stopped' : recording === 'file' ? 'recording' : watching ? 'observed' : session.state;
  return (
    <h1 class={`verdict state-${name}`}>
      {icon(STATE_ICONS[name])}
      <span>{sessionWords.state[name]}</span>
    </h1>
  );
}

/** What is true beside the state, in words. */
function Notes({ session, nowMs }: SessionHeaderProps) {
  const text = sessionWords.header;
  return (
    <p class="session-notes">
      {session.reconnect ? <span class="countdown">{countdown(session.reconnect, nowMs)}</span> : null}
      {session.paused ? <span class="note">{text.paused}</span> : null}
      {session.refusesPong ? <span class="note">{text.refusesPong}</span> : null}
      {session.halfClosed ? <span class="note">{text.halfClosed}</span> : null}
      {session.observed ? (
        <span class="quiet">
          {fill(text.observed, { open: formatCount(session.observed.open), all: formatCount(session.connections) })}
        </span>
      ) : session.connections > 1 ? (
        <span class="quiet">{fill(text.connection, { number: formatCount(session.connections) })}</span>
      ) : null}
    </p>
  );
}

function ActionBar(props: SessionHeaderProps) {
  const { session, recording, obstacles, actions } = props;
  const text = sessionWords.acts;
  const [closing, setClosing] = useState(false);
  const form = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (closing) form.current?.querySelector('input')?.focus();
  }, [closing]);
  const live = obstacles.send === null;
  const shut = () => setClosing(false);
  return (
    <div class="actions" role="group" aria-label={sessionWords.header.actions}>
      {obstacles.reconnect === null ? (
        <Button
          appearance="primary"
          icon={icon(recording ? 'connect' : 'reconnect')}
          onClick={() => actions.send(recording ? 'connect' : 'reconnect')}
        >
          {recording ? text.connect : session.state === 'reconnecting' ? text.reconnectNow : text.reconnect}
        </Button>
      ) : null}
      {live ? (
        <Button appearance="secondary" icon={icon('ping')} onClick={() => actions.act('ping', { payload: '' })}>
          {text.ping}
        </Button>
      ) : null}
      {obstacles.pause === null ? (
        <Button
          appearance="secondary"
          icon={icon(session.paused ? 'play' : 'pause')}
          onClick={() => actions.act('pause', { paused: !session.paused })}
        >
          {session.paused ? text.resume : text.pause}
        </Button>
      ) : null}
      {obstacles.record === null ? (
        <Button
          appearance="secondary"
          icon={icon('record')}
          onClick={() => actions.act('record', { on: session.recording === null })}
        >
          {session.recording ? text.stopRecord : text.record}
        </Button>
      ) : null}
      {obstacles.close === null ? (
        <span class="anchor">
          <Button appearance="secondary" popup={{ kind: 'dialog', open: closing }} onClick={() => setClosing(!closing)}>
            {text.close}
          </Button>
          {closing ? (
            <div ref={form} class="popup" role="dialog" aria-label={sessionWords.closeForm.title}>
              <CloseForm
                id="header-close"
                obstacle={obstacles.close}
                isDialog
                onCancel={shut}
                onClose={(close) => {
                  shut();
                  actions.act('close', close);
                }}
              />
            </div>
          ) : null}
        </span>
      ) : null}
      {obstacles.terminate === null ? (
        <Button
          appearance="secondary"
          label={text.terminateTitle}
          icon={icon('stop')}
          onClick={() => actions.act('terminate', null)}
        >
          {text.terminate}
        </Button>
      ) : null}
      <Menu id="session-menu" label={sessionWords.header.more} iconName="more" groups={menuOf(props)} />
    </div>
  );
}

function menuOf({ state, session, recording, obstacles, actions }: SessionHeaderProps): readonly MenuGroup[] {
  const text = sessionWords.acts;
  const { act, send } = actions;
  return [
    {
      label: text.groups.connection,
      items:
        recording === 'file' || recording === 'observed'
          ? []
          : [
              {
                label: text.refusePong,
                checked: session.refusesPong,
                obstacle: obstacles.pause,
                onPick: () => act('refusePong', { refuse: !session.refusesPong }),
              },
              { label: text.halfClose, obstacle: obstacles.send, onPick: () => act('halfClose', null) },
              ...(state.status === 'running'
                ? [{ label: probeWords.actions.cancel, onPick: () => send('cancel') }]
                : [
                    { label: text.runAgain, onPick: () => send('runAgain') },
                    ...(session.state === 'closed' ? offersOf(state.report) : []).map((offer) => ({
                      label: OFFERS[offer].text,
                      onPick: () => send(OFFERS[offer].request),
                    })),
                  ]),
              state.hasProfile
                ? { label: text.openProfile, onPick: () => send('openProfile') }
                : { label: text.saveAsProfile, onPick: () => send('saveAsProfile') },
            ],
    },
    {
      label: text.groups.log,
      items: [
        ...(['wsrec', 'har', 'jsonl'] as const).map((format) => ({
          label: text.exportAs[format],
          onPick: () => act('exportLog', { format }),
        })),
        ...(recording && recording !== 'observed' ? [] : [{ label: text.clear, onPick: () => act('clear', null) }]),
      ],
    },
    {
      label: text.groups.copy,
      items:
        recording === 'observed'
          ? []
          : (Object.keys(text.copyAs) as (keyof typeof text.copyAs)[]).map((tool) => ({
              label: text.copyAs[tool],
              onPick: () => act('copyAs', { tool }),
            })),
    },
  ];
}
