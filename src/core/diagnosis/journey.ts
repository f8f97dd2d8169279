import { isIP } from 'node:net';
import type { Finding } from '../model.js';
import type { Evidence, Failure } from './evidence.js';
import { extended } from './finding.js';
import { redirectEvidence } from './rules/redirect.js';
import { comparisonFixes, describeRoute } from './snippets/forwardProxy.js';
import { profileFix } from './snippets/profile.js';

/** Failures that another way to the same server may not meet. */
const elsewhere: Readonly<Partial<Record<Failure['phase'], readonly Failure['kind'][]>>> = {
  dns: ['error', 'timeout'],
  tcp: ['error', 'timeout', 'reset', 'end'],
  proxy: [
    'status',
    'socks',
    'not-http',
    'malformed',
    'headers-too-large',
    'end',
    'reset',
    'timeout',
    'error',
    'certificate',
  ],
  tls: ['error', 'end', 'reset', 'timeout', 'certificate'],
  upgrade: ['end', 'reset', 'timeout', 'not-http', 'malformed'],
};

/** Adds to the headline what the way there has to do with it: a proxy that was or was not used, redirects that were followed. */
export function withJourney(headline: Finding, evidence: Evidence): Finding {
  const { failure, plan } = evidence;
  if (!failure) return headline;
  const compared = elsewhere[failure.phase]?.includes(failure.kind) === true && mayDiffer(evidence, failure);
  const unused = compared && !plan.proxy ? plan.unusedProxy : null;
  const lines = [
    ...(unused ? [`A proxy is known and was not used: ${describeRoute(unused.route)}, because ${unused.because}`] : []),
    ...redirectEvidence(evidence),
  ];
  const left = (evidence.report.redirects ?? []).some(({ dropped }) => dropped.length > 0);
  const asked = failure.phase === 'upgrade' && failure.kind === 'status';
  const direct = profileFix('Connect to the final address at once, so that the credentials go there (profile)', {
    url: plan.url,
  });
  const fixes =
    left && asked
      ? [direct]
      : compared
        ? comparisonFixes(evidence).filter(({ title }) => !titles(headline).has(title))
        : [];
  if (lines.length === 0 && fixes.length === 0) return headline;
  return extended(headline, lines, fixes);
}

function titles({ fixes }: Finding): ReadonlySet<string> {
  return new Set(fixes.map(({ title }) => title));
}

function mayDiffer({ plan, host }: Evidence, { phase, kind, code }: Failure): boolean {
  if (plan.proxy || plan.unusedProxy) return true;
  const stopped = kind === 'timeout' || code === 'ETIMEDOUT' || code === 'ECONNREFUSED';
  return phase === 'tcp' && stopped && plan.proxyChoice === 'auto' && isPublicName(host);
}

/** A name that the whole world could know; the reserved ones of RFC 2606, RFC 6761 and RFC 8375 are none. */
function isPublicName(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  return (
    isIP(name) === 0 &&
    name.includes('.') &&
    !/\.(localhost|local|internal|intranet|lan|home|corp|test|invalid|home\.arpa)$/.test(name)
  );
}
