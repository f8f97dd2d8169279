import { useRef, useState } from 'preact/hooks';
import { formatDuration } from '../../src/core/text/durations.js';
import type { InspectorState } from '../../src/protocol/inspector.js';
import type { SessionSnapshot, Traffic } from '../../src/protocol/session.js';
import { WayChips } from '../probe/handshake/wayView.js';
import { Target } from '../probe/headerView.js';
import { fill } from '../shared/fill.js';
import { formatCount, formatRate } from '../shared/format.js';
import { Foreign } from '../shared/foreign.js';
import { icon } from '../shared/icons.js';
import type { Actions } from '../shared/parts.js';
import { useOutside } from '../shared/useOutside.js';
import { StatsView } from './statsView.js';
import { sessionWords } from './strings.js';
import { Hidden } from '../shared/texts.js';

export interface SessionDetailsProps {
  readonly state: InspectorState;
  readonly session: SessionSnapshot;
  /** The way there is that of this session. */
  readonly ours: boolean;
  /** Figures may still change. */
  readonly live: boolean;
  /** A recording that is told of is one that is being made. */
  readonly records: boolean;
  readonly actions: Actions;
}

/** The figures that say how the traffic goes, in a button that opens all there are, with the target in full. */
export function SessionDetails({ state, session, ours, live, records, actions }: SessionDetailsProps) {
  const text = sessionWords.header;
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  useOutside(root, open, () => setOpen(false));
  const { subprotocol, dialect } = session;
  return (
    <div
      ref={root}
      class="anchor"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !open) return;
        event.preventDefault();
        setOpen(false);
        root.current?.querySelector('button')?.focus();
      }}
    >
      <button
        type="button"
        class="traffic"
        title={text.details}
        aria-haspopup="dialog"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <Hidden>{text.details}</Hidden>
        <Figures session={session} live={live} records={records} />
        {icon('info')}
      </button>
      {open ? (
        <div class="popup session-details" role="dialog" aria-label={text.details}>
          <Target state={state} actions={actions}>
            {state.report && ours ? <WayChips report={state.report} /> : null}
            {subprotocol === null ? null : (
              <span class="quiet" title={text.subprotocol}>
                <Foreign text={subprotocol} />
              </span>
            )}
            {dialect === null || dialect === subprotocol ? null : (
              <span class="quiet" title={text.dialect}>
                <Foreign text={dialect} />
              </span>
            )}
          </Target>
          <StatsView session={session} live={live} records={records} />
        </div>
      ) : null}
    </div>
  );
}

/** What is worth a look at any time, in as few characters as it takes. */
function Figures({ session, live, records }: Pick<SessionDetailsProps, 'session' | 'live' | 'records'>) {
  const text = sessionWords.stats;
  const { heartbeat, recording, roundTrips } = session;
  const missed = live && heartbeat ? heartbeat.missed : 0;
  return (
    <>
      <Figure name={text.received} arrow="↓" traffic={session.received} live={live} />
      <Figure name={text.sent} arrow="↑" traffic={session.sent} live={live} />
      {roundTrips ? (
        <span class="figure" title={text.roundTrip}>
          {fill(text.p50, { time: formatDuration(roundTrips.p50Ms) })}
        </span>
      ) : null}
      {missed > 0 ? <span class="figure-warn">{fill(text.missed, { missed })}</span> : null}
      {recording?.error == null ? null : <span class="figure-warn">{text.notRecorded}</span>}
      {recording && records && recording.error === null ? (
        <span class="figure-record" title={text.recording}>
          <Hidden>{text.recording}</Hidden>
          {icon('record')}
        </span>
      ) : null}
    </>
  );
}

interface FigureProps {
  readonly name: string;
  readonly arrow: string;
  readonly traffic: Traffic;
  readonly live: boolean;
}

function Figure({ name, arrow, traffic, live }: FigureProps) {
  const { perSecond } = sessionWords.stats;
  return (
    <span class="figure">
      <Hidden>{name} </Hidden>
      <span class="arrow" aria-hidden="true">
        {arrow}
      </span>{' '}
      {live ? fill(perSecond, { rate: formatRate(traffic.messagesPerSecond) }) : formatCount(traffic.messages)}
    </span>
  );
}
