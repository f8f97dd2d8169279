import type { Attempt, Phase, Report, RoundTrips } from '../../../src/core/base/model.js';
import { formatLimit, formatDuration } from '../../../src/core/text/durations.js';
import { fill } from '../../shared/fill.js';
import { formatClock } from '../../shared/format.js';
import { icon } from '../../shared/icons.js';
import { Foreign } from '../../shared/foreign.js';
import { Facts } from '../../shared/parts.js';
import { connectedAfterMs } from '../answer.js';
import { probeWords } from '../strings.js';
import { budgetText, phaseName, statusText } from './phaseDetails.js';
import { timingsWords } from './strings.js';
import { niceCeiling, usesProxy, wasReached } from './waterfall.js';
import { addressOf } from './waterfallView.js';
import { TableHead } from '../../shared/table.js';
import { Empty, Muted, Quiet } from '../../shared/texts.js';

export function TimingsView({ report }: { readonly report: Report }) {
  const attempts = report.attempts.length > 0 ? <AttemptTable attempts={report.attempts} /> : null;
  const failed = report.attempts.some((attempt) => attempt.error !== null);
  return (
    <>
      <PhaseTable phases={report.phases} />
      {failed ? attempts : null}
      <UpgradeSplit phases={report.phases} />
      {report.roundTrips || connectedAfterMs(report) !== null ? (
        <RoundTripsView trips={report.roundTrips} budgetMs={messageBudget(report)} />
      ) : null}
      {failed ? null : attempts}
    </>
  );
}

/** Of a table with a start and a duration in between. */
function TimesHead({ first, last }: { readonly first: string; readonly last: string }) {
  const words = timingsWords.tab;
  return <TableHead columns={[first, [words.start, 'number'], [words.duration, 'number'], last]} />;
}

function PhaseTable({ phases }: { readonly phases: readonly Phase[] }) {
  const words = timingsWords.tab;
  const proxied = usesProxy(phases);
  return (
    <section>
      <h3>{words.phases}</h3>
      <table class="grid-table numbers phases-table">
        <TimesHead first={words.phase} last={words.budget} />
        <tbody>
          {phases.map((phase) => (
            <tr key={phase.name} class={`row-${phase.status}`}>
              <th scope="row">{phaseName(phase.name, proxied)}</th>
              <td class="number">{wasReached(phase) ? `${formatClock(phase.startMs)} ms` : ''}</td>
              <td class="number">{wasReached(phase) ? `${formatClock(phase.durationMs)} ms` : statusText(phase)}</td>
              <td>{budgetText(phase) || words.noBudget}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function UpgradeSplit({ phases }: { readonly phases: readonly Phase[] }) {
  const upgrade = phases.find((phase) => phase.name === 'upgrade');
  const { requestSentMs, firstByteMs, responseCompleteMs } = upgrade?.detail ?? {};
  if (!upgrade || typeof requestSentMs !== 'number') return null;
  const words = timingsWords.tab;
  const between = (from: unknown, to: unknown) =>
    typeof from === 'number' && typeof to === 'number' ? formatDuration(to - from) : null;
  return (
    <section>
      <h3>{words.upgrade}</h3>
      <Facts
        rows={[
          [words.send, between(upgrade.startMs, requestSentMs)],
          [words.wait, between(requestSentMs, firstByteMs)],
          [words.receive, between(firstByteMs, responseCompleteMs)],
        ]}
      />
    </section>
  );
}

/** The nearest limit a round trip has to keep. */
function messageBudget({ phases }: Report): number | null {
  const budget = phases.find((phase) => phase.name === 'message')?.budget;
  return budget?.degradedMs ?? budget?.downMs ?? null;
}

interface RoundTripsProps {
  readonly trips: RoundTrips | null;
  readonly budgetMs: number | null;
}

function RoundTripsView({ trips, budgetMs }: RoundTripsProps) {
  const words = timingsWords.tab;
  if (!trips || trips.samplesMs.length === 0) {
    return (
      <section>
        <h3>{words.roundTrips}</h3>
        <Empty>{words.none}</Empty>
      </section>
    );
  }
  const count = trips.samplesMs.length;
  return (
    <section>
      <h3>
        {words.roundTrips} <Muted>{probeWords.healthy.mode[trips.mode]}</Muted>
      </h3>
      <dl class="figures">
        {(
          [
            [words.min, trips.minMs],
            [words.p50, trips.p50Ms],
            [words.p95, trips.p95Ms],
            [words.p99, trips.p99Ms],
            [words.max, trips.maxMs],
          ] as const
        ).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{formatDuration(value)}</dd>
          </div>
        ))}
        {budgetMs === null ? null : (
          <div>
            <dt>{words.budget}</dt>
            <dd>{formatLimit(budgetMs)}</dd>
          </div>
        )}
        <div>
          <dt>{words.samples}</dt>
          <dd>{count}</dd>
        </div>
      </dl>
      {count > 1 ? <Strip samples={trips.samplesMs} budgetMs={budgetMs} /> : null}
      <Quiet>
        {words.modeNote[trips.mode]} {count < 20 && count > 1 ? fill(words.few, { count }) : ''}
      </Quiet>
    </section>
  );
}

/** Every sample a tick on one line: with few samples that shows more than bars would. */
function Strip({ samples, budgetMs }: { readonly samples: readonly number[]; readonly budgetMs: number | null }) {
  const max = niceCeiling(Math.max(...samples));
  const limit = budgetMs !== null && budgetMs <= max ? (budgetMs / max) * 1000 : null;
  const label = fill(timingsWords.tab.distribution, { max: formatDuration(max) });
  return (
    <figure class="strip">
      <svg viewBox="0 0 1000 24" preserveAspectRatio="none" role="img" aria-label={label}>
        <line class="strip-axis" x1="0" x2="1000" y1="23" y2="23" />
        {limit === null ? null : <line class="strip-budget" x1={limit} x2={limit} y1="0" y2="24" />}
        {samples.map((sample, index) => (
          <line key={index} class="strip-sample" x1={(sample / max) * 1000} x2={(sample / max) * 1000} y1="3" y2="22" />
        ))}
      </svg>
      <figcaption aria-hidden="true">
        <span>0</span>
        <span>{formatDuration(max)}</span>
      </figcaption>
    </figure>
  );
}

function AttemptTable({ attempts }: { readonly attempts: readonly Attempt[] }) {
  const words = timingsWords.attempts;
  return (
    <section>
      <h3>{words.title}</h3>
      <table class="grid-table numbers">
        <TimesHead first={words.address} last={words.result} />
        <tbody>
          {attempts.map((attempt, index) => (
            <tr key={index} class={attempt.error ? 'row-problem' : 'row-ok'}>
              <th scope="row" class="mono">
                <Foreign text={addressOf(attempt)} />
              </th>
              <td class="number">{formatClock(attempt.startMs)} ms</td>
              <td class="number">{formatClock(attempt.durationMs)} ms</td>
              <td class="outcome">
                {icon(attempt.error ? 'error' : 'ok')} <Foreign text={attempt.error ?? words.connected} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
