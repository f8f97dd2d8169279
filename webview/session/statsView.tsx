import { formatLimit, formatDuration } from '../../src/core/text/durations.js';
import { formatBytes } from '../../src/core/text/sizes.js';
import type { SessionSnapshot, Traffic } from '../../src/protocol/session.js';
import { formatPercent } from '../log/rowText.js';
import { fill } from '../shared/fill.js';
import { formatCount, formatRate } from '../shared/format.js';
import { icon } from '../shared/icons.js';
import { Foreign } from '../shared/foreign.js';
import { type RoundTripStats, Sparkline } from './sparkline.js';
import { Stat } from './stat.js';
import { sessionWords } from './strings.js';
import { TapStats } from './tapStats.js';
import { StatValue } from './statValue.js';
import { Muted } from '../shared/texts.js';

interface StatsViewProps {
  readonly session: SessionSnapshot;
  readonly live: boolean;
  /** Something is being recorded, where a recording is told of: else that is the file which is read. */
  readonly records: boolean;
}

/** What goes over the wire, in figures that keep their places. */
export function StatsView({ session, live, records }: StatsViewProps) {
  const text = sessionWords.stats;
  const { bufferedBytes, compressionRatio, heartbeat, recording, roundTrips } = session;
  const tap = session.observed?.tap;
  const lanes = tap ? sessionWords.tap.lanes : { toClient: text.received, toServer: text.sent };
  return (
    <dl class="stats" aria-label={text.region}>
      <TrafficStat name={lanes.toClient} arrow="↓" traffic={session.received} live={live} />
      <TrafficStat name={lanes.toServer} arrow="↑" traffic={session.sent} live={live} />
      {tap ? <TapStats tap={tap} /> : null}
      {session.observed ? null : (
        <Stat name={text.roundTrip} title={roundTrips ? spread(roundTrips) : text.noRoundTrip}>
          {roundTrips ? (
            <>
              <Sparkline samples={roundTrips.samples} />
              <StatValue>{fill(text.p50, { time: formatDuration(roundTrips.p50Ms) })}</StatValue>
            </>
          ) : (
            <Muted>{text.noRoundTrip}</Muted>
          )}
        </Stat>
      )}
      {!session.observed && (live || bufferedBytes > 0) ? (
        <Stat name={text.buffered} title={text.bufferedTitle}>
          <span class={bufferedBytes > 0 ? 'stat-value' : 'stat-value quiet'}>{formatBytes(bufferedBytes)}</span>
        </Stat>
      ) : null}
      {compressionRatio ? <RatioStat ratio={compressionRatio} /> : null}
      {heartbeat && live ? (
        <Stat
          name={text.heartbeat}
          title={fill(text.heartbeatTitle, { timeout: formatLimit(heartbeat.timeoutMs) })}
          warn={heartbeat.missed > 0}
        >
          <StatValue>
            {fill(heartbeatText(heartbeat), {
              every: formatLimit(heartbeat.everyMs),
              missed: heartbeat.missed,
            })}
          </StatValue>
        </Stat>
      ) : null}
      {recording && (records || recording.error !== null) ? (
        <Stat name={text.recording} title={recording.path} warn={recording.error !== null}>
          {recording.error === null ? (
            <>
              {icon('record')}
              <StatValue>
                {fill(text.recorded, { frames: formatCount(recording.frames), bytes: formatBytes(recording.bytes) })}
              </StatValue>
            </>
          ) : (
            <StatValue>
              <Foreign text={records ? fill(text.recordError, { error: recording.error }) : recording.error} />
            </StatValue>
          )}
        </Stat>
      ) : null}
    </dl>
  );
}

function spread({ p95Ms, p99Ms, minMs, maxMs, samples }: RoundTripStats): string {
  return fill(sessionWords.stats.spread, {
    p95: formatDuration(p95Ms),
    p99: formatDuration(p99Ms),
    min: formatDuration(minMs),
    max: formatDuration(maxMs),
    count: samples.length,
  });
}

interface TrafficStatProps {
  readonly name: string;
  readonly arrow: string;
  readonly traffic: Traffic;
  readonly live: boolean;
}

/** Rates only while there can be some. */
function TrafficStat({ name, arrow, traffic, live }: TrafficStatProps) {
  const text = sessionWords.stats;
  const bytes = formatBytes(traffic.payloadBytes);
  return (
    <Stat
      name={name}
      title={fill(text.frames, { frames: formatCount(traffic.frames), bytes: formatBytes(traffic.wireBytes) })}
    >
      <span class="arrow" aria-hidden="true">
        {arrow}
      </span>
      {live ? (
        <>
          <span class="stat-value rate">{fill(text.perSecond, { rate: formatRate(traffic.messagesPerSecond) })}</span>
          <span class="stat-value rate">
            {fill(text.bytesPerSecond, { bytes: formatBytes(Math.round(traffic.bytesPerSecond)) })}
          </span>
        </>
      ) : null}
      <span class={live ? 'quiet total' : 'stat-value'}>
        {fill(traffic.messages === 1 ? text.total : text.totals, { messages: formatCount(traffic.messages), bytes })}
      </span>
    </Stat>
  );
}

function RatioStat({ ratio }: { readonly ratio: NonNullable<SessionSnapshot['compressionRatio']> }) {
  const text = sessionWords.stats;
  const part = (value: number | null) => (value === null ? '–' : formatPercent(value));
  return (
    <Stat name={text.ratio} title={fill(text.ratioTitle, { received: part(ratio.received), sent: part(ratio.sent) })}>
      <StatValue>
        ↓ {part(ratio.received)} ↑ {part(ratio.sent)}
      </StatValue>
    </Stat>
  );
}

function heartbeatText({ answered, missed }: NonNullable<SessionSnapshot['heartbeat']>): string {
  if (missed > 0) return sessionWords.stats.heartbeatMissed;
  return answered > 0 ? sessionWords.stats.heartbeatOk : sessionWords.stats.heartbeatWaiting;
}
