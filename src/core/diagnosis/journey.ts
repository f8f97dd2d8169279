import { isIP } from 'node:net';
import type { Finding } from '../base/model.js';
import type { Evidence, Failure } from '../base/evidence.js';
import { extended } from './finding.js';
import { redirectEvidence } from './rules/redirect.js';
import { comparisonFixes, describeRoute } from './snippets/forwardProxy.js';
import { profileFix } from './snippets/profile.js';

/** What ended it on this side: it would on any way. */
const ours: readonly Failure['kind'][] = ['guard', 'input', 'cancelled'];
/** Without an answer that could be the server's own word. */
const brokenOff: readonly Failure['kind'][] = ['end', 'reset', 'timeout', 'not-http', 'malformed'];

/** Adds to the headline what the way there has to do with it: a proxy that was or was not used, redirects that were followed. */
export function withJourney(headline: Finding, evidence: Evidence): Finding {
  const { failure, plan } = evidence;
  if (!failure) return headline;
  const compared = isOfTheWay(failure) && mayDiffer(evidence, failure);
  const unused = compared && !plan.proxy ? plan.unusedProxy : null;
  const lines = [
    ...(unused ? [`A proxy is known and was not used: ${describeRoute(unused.route)}, because ${unused.because}`] : []),
    ...redirectEvidence(evidence),
  ];
  const left = (evidence.report.redirects ?? []).some(({ dropped }) => dropped.length > 0);
  const asked = failure.phase === 'upgrade' && failure.kind === 'status';
  const direct = profileFix('Connect to the final address at once, if the credentials may go there (profile)', {
    url: plan.url,
  });
  const fixes = left && asked ? [direct] : compared ? comparisonFixes(evidence) : [];
  if (lines.length === 0 && fixes.length === 0) return headline;
  return extended(headline, lines, fixes);
}

/** Failures that another way to the same server may not meet. */
function isOfTheWay({ phase, kind }: Failure): boolean {
  if (phase === 'upgrade') return brokenOff.includes(kind);
  return phase !== 'message' && phase !== 'close' && !ours.includes(kind);
}

function mayDiffer({ plan, host }: Evidence, { phase, kind, code }: Failure): boolean {
  if (plan.proxy || plan.unusedProxy) return true;
  const stopped = kind === 'timeout' || code === 'ETIMEDOUT' || code === 'ECONNREFUSED';
  return phase === 'tcp' && stopped && plan.proxyChoice === 'auto' && isPublicName(host);
}

/** A name that the whole world could know; the reserved ones (RFC 2606, 6761, 6762 and 8375) are none. */
function isPublicName(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  return (
    isIP(name) === 0 &&
    name.includes('.') &&
    !/\.(localhost|local|internal|intranet|private|lan|home|corp|test|example|invalid|home\.arpa)$/.test(name)
  );
}
