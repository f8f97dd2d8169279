import type { Report } from '../../src/core/base/model.js';
import { formatDuration } from '../../src/core/text/durations.js';
import { fill } from '../shared/fill.js';
import { Foreign } from '../shared/foreign.js';
import { type Actions, Facts } from '../shared/parts.js';
import { connectedAfterMs } from './answer.js';
import { compressionWords } from './handshake/compression.js';
import { probeWords } from './strings.js';
import { reportWaterfall } from './timings/waterfall.js';
import { LinkButton, Quiet } from '../shared/texts.js';

/** What a healthy probe has to say, in one line, and what was agreed. */
export function HealthyView({ report, actions }: { readonly report: Report; readonly actions: Actions }) {
  const words = probeWords.healthy;
  const notes = report.findings.length;
  const showFindings = () => actions.change((now) => ({ ...now, tab: 'findings' }));
  return (
    <section class="answer answer-healthy" aria-labelledby="answer-title">
      <div class="answer-why">
        <h2 id="answer-title">{healthySentence(report)}</h2>
        <Facts
          rows={[
            [
              words.subprotocol,
              report.subprotocol.selected ? <Foreign text={report.subprotocol.selected} /> : words.noSubprotocol,
            ],
            [words.compression, <Foreign text={compressionText(report)} />],
            [words.tls, <Foreign text={tlsText(report)} />],
            [words.held, heldText(report)],
          ]}
        />
        {report.roundTrips?.mode === 'ping' ? <Quiet>{words.pingOnly}</Quiet> : null}
        {notes > 0 ? (
          <LinkButton onClick={showFindings}>
            {notes === 1 ? words.note : fill(words.notes, { count: notes })}
          </LinkButton>
        ) : null}
      </div>
    </section>
  );
}

function healthySentence(report: Report): string {
  const words = probeWords.healthy;
  const connected = fill(words.connected, { duration: formatDuration(connectedAfterMs(report) ?? report.durationMs) });
  const trips = report.roundTrips;
  if (!trips || trips.samplesMs.length === 0) return `${connected}.`;
  const trip = fill(words.roundTrip, { mode: words.mode[trips.mode], duration: formatDuration(trips.p50Ms) });
  const count = trips.samplesMs.length;
  return count > 1 ? `${connected}, ${trip} ${fill(words.samples, { count })}.` : `${connected}, ${trip}.`;
}

function compressionText({ compression }: Report): string {
  const { accepted, enabled, parameters } = compression;
  if (enabled && parameters) return `permessage-deflate, ${compressionWords(parameters)}`;
  if (enabled) return accepted ?? 'permessage-deflate';
  return compression.offered ? probeWords.healthy.compressionDeclined : probeWords.healthy.compressionOff;
}

function tlsText({ tls }: Report): string {
  const words = probeWords.healthy;
  if (!tls) return words.plain;
  const days = tls.chain[0]?.daysLeft;
  const validity = days === undefined ? null : days > 0 ? fill(words.daysLeft, { days }) : words.dayLeft;
  return [tls.protocol, tls.authorized ? validity : words.unverified].filter(Boolean).join(', ');
}

function heldText(report: Report): string | null {
  const { hold } = reportWaterfall(report);
  return hold ? formatDuration(hold.durationMs) : null;
}
