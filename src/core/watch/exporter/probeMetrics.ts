import { Gauge, Registry } from 'prom-client';
import type { Report, Verdict } from '../../base/model.js';
import { plainText } from '../../base/plainText.js';
import { exitCodeOf } from '../../text/exitCode.js';

/** How metrics are written: OpenMetrics 1.0, or the text of Prometheus. */
export type Format = 'openmetrics' | 'text';

export const VERDICTS: readonly Verdict[] = ['healthy', 'degraded', 'down'];

/** What a label takes of a text that a peer or a profile wrote. */
export const MAX_LABEL = 200;

const MAX_FINDINGS = 50;

/** A registry that writes in this format; nothing of it is shared. */
export function registryFor(format: Format): Registry {
  const made = new Registry();
  if (format === 'openmetrics') made.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never);
  return made;
}

/** One probe as metrics, in a registry of its own. `cut`: it was ended because whoever asked would not have waited longer. */
export function probeMetrics(report: Report, cut: boolean, format: Format): Registry {
  const registry = registryFor(format);
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  const value = (name: string, help: string, number: number | null | undefined) => {
    if (typeof number === 'number' && Number.isFinite(number)) gauge(name, help).set(number);
  };

  value('wsprobe_probe_success', '1 when the probe ended healthy or degraded.', exitCodeOf(report) === 0 ? 1 : 0);
  const verdict = gauge('wsprobe_verdict', '1 at the verdict of the probe.', ['verdict']);
  for (const each of VERDICTS) verdict.set({ verdict: each }, each === report.verdict ? 1 : 0);
  value('wsprobe_probe_duration_seconds', 'The whole probe.', seconds(report.durationMs));
  value('wsprobe_probe_timeout', '1 when the time of the scrape was over before the probe.', cut ? 1 : 0);
  const phases = gauge('wsprobe_phase_duration_seconds', 'Each phase that ran.', ['phase']);
  for (const { name, status, durationMs } of report.phases) {
    if (status !== 'skipped' && status !== 'not-reached') phases.set({ phase: name }, seconds(durationMs));
  }
  value('wsprobe_status_code', 'Status of the answer to the upgrade request.', report.response?.status);
  value('wsprobe_close_code', 'Close code that the connection ended with.', report.close?.code);
  const findings = gauge('wsprobe_finding_info', 'What was found, the headline first.', ['id', 'layer', 'severity']);
  for (const { id, layer, severity } of report.findings.slice(0, MAX_FINDINGS))
    findings.set({ id, layer, severity }, 1);
  value(
    'wsprobe_certificate_expiry_timestamp_seconds',
    'When the first certificate of the chain ends, since the epoch.',
    firstExpiry(report),
  );
  const { selected } = report.subprotocol;
  if (selected !== null) {
    gauge('wsprobe_subprotocol_info', 'The subprotocol that the server selected.', ['subprotocol']).set(
      { subprotocol: plainText(selected, MAX_LABEL) },
      1,
    );
  }
  return registry;
}

/** In whole microseconds. */
export function seconds(ms: number): number {
  return Math.round(ms * 1000) / 1e6;
}

/** A chain is good until the first of it ends. */
function firstExpiry({ tls }: Report): number | null {
  const ends = (tls?.chain ?? []).map(({ validTo }) => Date.parse(validTo)).filter((ms) => Number.isFinite(ms));
  return ends.length === 0 ? null : Math.min(...ends) / 1000;
}
