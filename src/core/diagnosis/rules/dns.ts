import { quoteText } from '../../base/plainText.js';
import type { Rule } from '../../base/evidence.js';
import { atPlace, failedIn, phaseTime } from '../facts.js';
import { finding } from '../finding.js';
import { shellFix } from '../snippets/shell.js';

const unknownName = new Set(['ENOTFOUND', 'ENODATA', 'EAI_NONAME', 'EAI_NODATA', 'ENOENT']);

/** Errors of the resolver, in whatever phase: SOCKS4 has names resolved here on behalf of the proxy. */
export const resolverCodes: ReadonlySet<string> = new Set([...unknownName, 'EAI_AGAIN', 'EAI_FAIL']);

/** The name did not become an address: it does not exist, or nobody could be asked. */
export const dns: Rule = {
  ids: ['dns.not-found', 'dns.unavailable'],
  diagnose: (probe) => {
    const forProxy = failedIn(probe, 'proxy', 'error');
    const target = forProxy && resolverCodes.has(forProxy.code ?? '') ? forProxy : null;
    const evidence = target ? probe : atPlace(probe);
    const failure = target ?? failedIn(probe, 'dns', 'error', 'timeout');
    if (!failure) return null;
    const host = quoteText(evidence.host, 100);
    const seen = [
      failure.code && `System error: ${failure.code}`,
      quoteText(failure.message),
      phaseTime(evidence, 'dns'),
    ];
    const ask = shellFix('Ask the resolver', ['getent', 'hosts', evidence.host], ['nslookup', evidence.host]);
    if (failure.kind === 'error' && unknownName.has(failure.code ?? '')) {
      return finding('dns.not-found', {
        title: `The name ${host} does not exist`,
        explanation:
          'The resolver answered that it knows no address for this name. It is misspelt, not yet published, or known only inside a VPN or a company network that this machine is not in.',
        evidence: seen,
        fixes: [
          ask,
          shellFix('Give the name an address on this machine', `# /etc/hosts\n127.0.0.1  ${hostsName(evidence.host)}`),
        ],
      });
    }
    return finding('dns.unavailable', {
      title:
        failure.kind === 'timeout'
          ? `The resolver did not answer for ${host} in time`
          : `The resolver could not be asked about ${host}`,
      explanation:
        'Whether the name exists is not known: no resolver gave an answer. The network is down, the resolver is unreachable, or a container has no DNS.',
      evidence: seen,
      fixes: [ask, shellFix('See which resolver is used', 'cat /etc/resolv.conf')],
    });
  },
};

function hostsName(host: string): string {
  return /^[\w.-]+$/.test(host) ? host : 'name.example';
}
