import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { InspectorState } from '../../src/protocol/inspector.js';
import type { SessionSnapshot, SessionState } from '../../src/protocol/session.js';
import { OFFERS } from '../probe/headerView.js';
import { offersOf } from '../probe/offers.js';
import { probeWords } from '../probe/strings.js';
import { fill } from '../shared/fill.js';
import { formatCount } from '../shared/format.js';
import { type IconName, icon } from '../shared/icons.js';
import { Foreign } from '../shared/foreign.js';
import { type Actions } from '../shared/parts.js';
import { useOutside } from '../shared/useOutside.js';
import { CloseForm } from './closeForm.js';
import { countdown } from './countdown.js';
import { Menu, type MenuGroup } from './menu.js';
import type { NotOurs, Obstacles } from './obstacles.js';
import { SessionDetails } from './sessionDetails.js';
import { sessionWords } from './strings.js';
import { Muted } from '../shared/texts.js';

const STATE_ICONS: Readonly<Record<SessionState | 'stopped' | 'recording' | 'observed' | 'tap', IconName>> = {
  stopped: 'warning',
  recording: 'recording',
  observed: 'ok',
  tap: 'ok',
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

/** One line: the state in a word, where to, how the traffic goes, and what can be done. */
export function SessionHeader(props: SessionHeaderProps) {
  const { state, session, recording, stopped, actions } = props;
  const quiet = stopped || (recording !== null && recording !== 'observed');
  return (
    <header class="session-top" aria-label={sessionWords.header.region}>
      <StateWord {...props} />
      <Where state={state} />
      {quiet ? null : <Notes {...props} />}
      <SessionDetails
        state={state}
        session={session}
        ours={!recording}
        live={!quiet && session.state !== 'closed'}
        records={!quiet}
        actions={actions}
      />
      <ActionBar {...props} />
    </header>
  );
}

/** As much of the target as there is room for. */
function Where({ state: { name, url } }: { readonly state: InspectorState }) {
  return (
    <p class="target" title={url}>
      {name && !url.includes(name) ? (
        <span class="target-name">
          <Foreign text={name} />
        </span>
      ) : null}
      {url ? (
        <span class="target-url">
          <Foreign text={url} />
        </span>
      ) : null}
    </p>
  );
}

function StateWord({ session, recording, stopped }: SessionHeaderProps) {
  const watching = recording === 'observed' && session.state === 'open';
  const name = stopped
    ? 'stopped'
    : recording === 'file'
      ? 'recording'
      : watching
        ? session.observed?.tap
          ? 'tap'
          : 'observed'
        : session.state;
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
  const { reconnect, paused, refusesPong, halfClosed, observed, connections } = session;
  if (!reconnect && !paused && !refusesPong && !halfClosed && !observed && connections <= 1) return null;
  return (
    <p class="session-notes">
      {session.reconnect ? <span class="countdown">{countdown(session.reconnect, nowMs)}</span> : null}
      {session.paused ? <span class="note">{text.paused}</span> : null}
      {session.refusesPong ? <span class="note">{text.refusesPong}</span> : null}
      {session.halfClosed ? <span class="note">{text.halfClosed}</span> : null}
      {session.observed ? (
        <Muted>
          {fill(text.observed, { open: formatCount(session.observed.open), all: formatCount(session.connections) })}
        </Muted>
      ) : session.connections > 1 ? (
        <Muted>{fill(text.connection, { number: formatCount(session.connections) })}</Muted>
      ) : null}
    </p>
  );
}

function ActionBar(props: SessionHeaderProps) {
  const { session, recording, obstacles, actions } = props;
  const text = sessionWords.acts;
  const [closing, setClosing] = useState(false);
  const form = useRef<HTMLDivElement>(null);
  const anchor = useRef<HTMLSpanElement>(null);
  useOutside(anchor, closing, () => setClosing(false));
  // At once: a key that is pressed right after is meant for the form.
  useLayoutEffect(() => {
    if (closing) form.current?.querySelector('input')?.focus();
  }, [closing]);
  const live = obstacles.send === null && !session.observed;
  const tapped = session.observed?.tap !== undefined && session.state === 'open';
  const shut = () => setClosing(false);
  return (
    <div class="actions" role="group" aria-label={sessionWords.header.actions}>
      {obstacles.reconnect === null ? (
        <Act
          primary
          name={recording ? 'connect' : 'reconnect'}
          word={recording ? text.connect : session.state === 'reconnecting' ? text.reconnectNow : text.reconnect}
          onClick={() => actions.send(recording ? 'connect' : 'reconnect')}
        />
      ) : null}
      {live ? <Act name="ping" word={text.ping} onClick={() => actions.act('ping', { payload: '' })} /> : null}
      {obstacles.pause === null ? (
        <Act
          name={session.paused ? 'play' : 'pause'}
          word={session.paused ? text.resume : text.pause}
          onClick={() => actions.act('pause', { paused: !session.paused })}
        />
      ) : null}
      {tapped
        ? (['fault', 'hold', 'stop'] as const).map((name) => (
            <Act
              key={name}
              name={name}
              word={name === 'stop' ? text.stopTap : text[name]}
              onClick={() => actions.act('tapAct', { name })}
            />
          ))
        : null}
      {obstacles.record === null ? (
        <Act
          name="record"
          word={session.recording ? text.stopRecord : text.record}
          onClick={() => actions.act('record', { on: session.recording === null })}
        />
      ) : null}
      {obstacles.close === null ? (
        <span ref={anchor} class="anchor">
          <Act name="disconnect" word={text.close} dialog={closing} onClick={() => setClosing(!closing)} />
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
        <Act
          name="stop"
          word={text.terminate}
          label={text.terminateTitle}
          onClick={() => actions.act('terminate', null)}
        />
      ) : null}
      <Menu id="session-menu" label={sessionWords.header.more} iconName="more" groups={menuOf(props)} />
    </div>
  );
}

interface ActProps {
  readonly name: IconName;
  readonly word: string;
  /** What it does, where its word does not say it. */
  readonly label?: string;
  readonly primary?: boolean;
  /** Whether the dialog that it opens is open. */
  readonly dialog?: boolean;
  readonly onClick: () => void;
}

/** Its word shows where there is room; its icon and its name are always there. */
function Act({ name, word, label = word, primary, dialog, onClick }: ActProps) {
  return (
    <button
      type="button"
      class={primary ? 'act act-primary' : 'act'}
      aria-label={label}
      title={label}
      {...(dialog === undefined ? {} : { 'aria-haspopup': 'dialog', 'aria-expanded': dialog })}
      onClick={onClick}
    >
      {icon(name)}
      <span class="act-word">{word}</span>
    </button>
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
        ...(session.contract
          ? [{ label: text.releaseContract, onPick: () => act('releaseContract', null) }]
          : [
              { label: text.learnContract, onPick: () => act('learnContract', null) },
              { label: text.holdContract, onPick: () => act('holdContract', null) },
            ]),
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
