import type { ExpectationResult, Finding, PhaseName, Report, ReportError } from '../../src/core/base/model.js';
import type { InspectorState } from '../../src/protocol/inspector.js';
import type { TabName } from '../shared/viewState.js';
import { usesProxy } from './timings/waterfall.js';

/** What stands first: the one thing this state has to say. */
export type Answer =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly phase: PhaseName | null; readonly proxied: boolean; readonly open: boolean }
  | { readonly kind: 'finding'; readonly finding: Finding; readonly others: number }
  | { readonly kind: 'error'; readonly error: ReportError }
  | { readonly kind: 'expectation'; readonly result: ExpectationResult }
  | { readonly kind: 'degraded' }
  | { readonly kind: 'healthy' };

export type VerdictKey = 'healthy' | 'degraded' | 'down' | 'running' | 'idle' | 'failed' | 'cancelled' | 'waiting';

/** What is true now comes before what the last report said. */
export function verdictOf(state: InspectorState | null): VerdictKey {
  if (!state) return 'waiting';
  if (state.status === 'running') return 'running';
  if (state.status === 'failed') return 'failed';
  if (state.status === 'cancelled') return 'cancelled';
  return state.report ? state.report.verdict : 'idle';
}

export function answerOf(state: InspectorState | null): Answer {
  if (!state) return { kind: 'waiting' };
  if (state.report) return reportAnswer(state.report);
  if (state.status !== 'running') return { kind: 'idle' };
  const { running = null, phases = [] } = state.progress ?? {};
  return { kind: 'running', phase: running, proxied: usesProxy(phases), open: connectedAfterMs({ phases }) !== null };
}

export function reportAnswer(report: Report): Answer {
  if (report.verdict === 'healthy') return { kind: 'healthy' };
  const [finding, ...others] = report.findings.filter((each) => !isOfExperiment(each));
  if (finding) return { kind: 'finding', finding, others: others.length };
  const result = report.expectations.find((expectation) => !expectation.passed);
  if (result) return { kind: 'expectation', result };
  return report.error ? { kind: 'error', error: report.error } : { kind: 'degraded' };
}

/** What an experiment found out, as against what is wrong. */
export function isOfExperiment({ id }: Finding): boolean {
  return id.startsWith('differential.');
}

/** The tab where the reason can be seen: shown first, and marked. */
export function answerTab(report: Report): TabName {
  if (report.error?.code === 'step.failed') return 'steps';
  const answer = reportAnswer(report);
  switch (answer.kind) {
    case 'finding':
      return tabOfFinding(answer.finding.id, report);
    case 'expectation':
      return 'expectations';
    case 'degraded':
      return 'timings';
    default:
      return report.request ? 'handshake' : 'findings';
  }
}

function tabOfFinding(id: string, report: Report): TabName {
  switch (id.split('.')[0]) {
    case 'proxy':
      return report.proxy ? 'handshake' : 'findings';
    case 'http2':
      return report.http2 || report.request ? 'handshake' : 'findings';
    case 'upgrade':
    case 'compression':
    case 'subprotocol':
    case 'extension':
    case 'auth':
      return report.request ? 'handshake' : 'findings';
    case 'tls':
      return report.tls?.chain.length ? 'handshake' : 'findings';
    case 'tcp':
      return report.attempts.length > 0 ? 'timings' : 'findings';
    case 'frame':
    case 'message':
      return report.frames.length > 0 ? 'frames' : 'findings';
    case 'close':
      return report.close ? 'close' : 'findings';
    case 'budget':
    case 'latency':
      return 'timings';
    default:
      return 'findings';
  }
}

/** When the opening handshake was complete, on the probe's clock; null when it never was. */
export function connectedAfterMs(report: Pick<Report, 'phases'>): number | null {
  const upgrade = report.phases.find((phase) => phase.name === 'upgrade');
  return upgrade && (upgrade.status === 'ok' || upgrade.status === 'degraded')
    ? upgrade.startMs + upgrade.durationMs
    : null;
}

/** Host and port of a URL for a sentence; the text itself when it is no URL. */
export function hostOf(url: string): string {
  try {
    return new URL(url).host || url;
  } catch {
    return url;
  }
}
