import type { Redirect, Report } from '../../src/core/base/model.js';

/** What can be tried next about a failed report. */
export type Offer = 'follow' | 'compare' | 'find';

export function offersOf(report: Report | null): readonly Offer[] {
  if (!report || report.verdict !== 'down') return [];
  const follow: readonly Offer[] = openRedirect(report) ? ['follow'] : [];
  if (isHopeless(report)) return follow;
  return [...follow, isAboutProxy(report) ? 'compare' : 'find'];
}

/** The one redirect that nobody followed and that a person may follow: never from wss: to ws:. */
function openRedirect({ redirects = [] }: Report): Redirect | null {
  const [only] = redirects;
  if (!only || redirects.length > 1 || only.followed || only.target === null) return null;
  return only.url.startsWith('wss:') && only.target.startsWith('ws:') ? null : only;
}

/** No change of the handshake makes a refused address or a broken profile pass. */
function isHopeless({ findings }: Report): boolean {
  return findings.some(({ id }) => id.startsWith('guard.') || id.startsWith('profile.'));
}

function isAboutProxy({ error, findings }: Pick<Report, 'error' | 'findings'>): boolean {
  return (
    error?.phase === 'proxy' || findings.some(({ id, severity }) => id.startsWith('proxy.') && severity === 'error')
  );
}
