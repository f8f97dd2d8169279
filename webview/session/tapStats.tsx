import { hastyText } from '../../src/core/text/hastyText.js';
import { formatDuration } from '../../src/core/text/durations.js';
import type { TapState } from '../../src/protocol/session.js';
import { fill } from '../shared/fill.js';
import { formatCount } from '../shared/format.js';
import { Foreign } from '../shared/foreign.js';
import { Stat } from './stat.js';
import { sessionWords } from './strings.js';
import { StatValue } from './statValue.js';

/** What passes a tap: connections that come and go, how long they live and how they end. What is nothing yet is left out. */
export function TapStats({ tap }: { readonly tap: TapState }) {
  const text = sessionWords.tap;
  const { disconnects, hasty, isStorm, perMinute, reconnectAfterMs, reconnects, refused, session, stale } = tap.summary;
  const ends = Object.entries(disconnects).filter(([, count]) => count > 0);
  return (
    <>
      <Stat name={text.churn} title={isStorm ? text.storm : text.churnTitle} warn={isStorm}>
        <StatValue>
          {fill(text.perMinute, { count: formatCount(perMinute) })}
          {isStorm ? ` · ${text.storm}` : ''}
        </StatValue>
      </Stat>
      {tap.alerts.map(({ fix, headline, rule, title }) => (
        <Stat
          key={rule}
          name={text.alert}
          title={[headline?.title, fix.title, fix.snippet].filter(Boolean).join('\n')}
          warn
        >
          <span class="stat-value">
            <Foreign text={title} />
          </span>
        </Stat>
      ))}
      {session ? (
        <Stat name={text.openFor} title={fill(text.p95, { time: formatDuration(session.p95Ms) })}>
          <StatValue>{fill(text.median, { time: formatDuration(session.p50Ms) })}</StatValue>
        </Stat>
      ) : null}
      {tap.lifetimes.map(({ count, medianMs, timers }) => (
        <Stat key={medianMs} name={text.lived} title={text.livedTitle}>
          <StatValue>
            {fill(text.livedFor, { count: formatCount(count), time: formatDuration(medianMs) })}
            {timers.length > 0 ? ` (${timers.join(', ')})` : ''}
          </StatValue>
        </Stat>
      ))}
      {ends.length > 0 ? (
        <Stat name={text.ends} title={text.endsTitle}>
          <StatValue>
            {ends.map(([reason, count]) => `${text.reasons[reason as keyof typeof text.reasons]} ${count}`).join(', ')}
          </StatValue>
        </Stat>
      ) : null}
      {refused > 0 ? (
        <Stat name={text.refused} title={text.refusedTitle} warn>
          <StatValue>{formatCount(refused)}</StatValue>
        </Stat>
      ) : null}
      {reconnects > 0 ? (
        <Stat
          name={text.reconnects}
          title={fill(text.reconnectsTitle, { time: formatDuration(reconnectAfterMs ?? 0) })}
        >
          <StatValue>{formatCount(reconnects)}</StatValue>
        </Stat>
      ) : null}
      {hasty ? (
        <Stat name={text.hasty} warn>
          <span class="stat-value">{hastyText(hasty)}</span>
        </Stat>
      ) : null}
      {stale > 0 ? (
        <Stat name={text.stale} title={text.staleTitle} warn>
          <StatValue>{formatCount(stale)}</StatValue>
        </Stat>
      ) : null}
      {tap.faults.length > 0 ? (
        <Stat name={text.faults} title={tap.faults.map((each) => `${each.number}. ${each.text}`).join('\n')} warn>
          <StatValue>
            <Foreign text={tap.faults.map((each) => each.text).join('; ')} />
          </StatValue>
        </Stat>
      ) : null}
      {tap.breakpoints.length > 0 ? (
        <Stat name={text.holds}>
          <StatValue>
            <Foreign text={tap.breakpoints.map(({ contains }) => contains ?? text.everything).join('; ')} />
          </StatValue>
        </Stat>
      ) : null}
      {tap.answersFrom === null ? null : (
        <Stat name={text.answers} title={tap.answersFrom}>
          <StatValue>
            <Foreign text={tap.answersFrom.replace(/^.*[\\/]/s, '')} />
          </StatValue>
        </Stat>
      )}
    </>
  );
}
