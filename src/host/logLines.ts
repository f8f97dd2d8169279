import type { Report } from '../core/base/model.js';
import type { SessionSnapshot } from '../protocol/session.js';

/** What the log channel says of runs and sessions. Pure: a test looks for secrets in every line. */
export function probeLine(report: Report, cancelled: boolean): string {
  if (cancelled) return `Probe ${report.name}: cancelled`;
  const phases = report.phases.map((phase) => `${phase.name} ${phase.status} ${phase.durationMs} ms`).join(', ');
  const headline = report.findings[0];
  const why = headline ? ` (${headline.id}: ${headline.title})` : '';
  return `Probe ${report.name}: ${report.verdict} in ${report.durationMs} ms${why}; ${phases}`;
}

export function sessionBegunLine(name: string, { durationMs, error, findings }: Report): string {
  const how = error ? `not connected: ${findings[0]?.title ?? error.message}` : `open after ${durationMs} ms`;
  return `Session ${name}: ${how}`;
}

export function sessionEndedLine({ name, close, findings }: SessionSnapshot): string {
  const code = close ? ` ${close.code} ${close.reason}`.trimEnd() : '';
  return `Session ${name}: closed${code}${findings[0] ? ` (${findings[0].title})` : ''}`;
}
