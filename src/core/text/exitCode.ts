import { isConnected, type Report } from '../base/model.js';

/** DESIGN 3.3: 0 healthy or degraded, 1 connected but failed (or degraded with `strict`), 2 the profile cannot be used, 3 no connection, 130 cancelled. */
export function exitCodeOf(report: Report, options: { readonly strict?: boolean } = {}): number {
  if (report.error?.code === 'cancelled') return 130;
  if (report.verdict === 'healthy') return 0;
  if (report.verdict === 'degraded') return options.strict ? 1 : 0;
  if (report.error?.code.startsWith('profile.')) return 2;
  return (report.clients ?? [report]).every(isConnected) ? 1 : 3;
}
