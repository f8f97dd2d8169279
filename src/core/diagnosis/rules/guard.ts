import { quoteText } from '../../base/plainText.js';
import type { Evidence, Rule } from '../../base/evidence.js';
import { hostPort } from '../facts.js';
import { finding } from '../finding.js';
import { describeRoute, directFix } from '../snippets/forwardProxy.js';
import { shellFix, textFix } from '../snippets/shell.js';

const RESTRICTED = 'guard.restricted-mode';

function withZone({ plan, report }: Evidence): string {
  return plan.zone === undefined ? report.url : report.url.replace(']', `%25${plan.zone}]`);
}

/** What wsprobe refuses to do by itself: link-local and cloud-metadata addresses, and anything of an untrusted workspace. */
export const guard: Rule = {
  ids: ['guard.metadata-address', RESTRICTED],
  diagnose: (evidence) => {
    const { failure } = evidence;
    if (failure?.code === RESTRICTED) return restricted(evidence);
    if (failure?.kind !== 'guard') return null;
    const hop = evidence.report.redirects?.some(({ followed }) => followed) === true;
    // Behind a proxy, names and addresses before the tunnel are the proxy's.
    const proxy = failure.phase === 'proxy' ? null : evidence.plan.proxy;
    const who = proxy ? `the proxy ${quoteText(proxy.host, 100)}` : quoteText(evidence.host, 100);
    return finding('guard.metadata-address', {
      title: `wsprobe refused to connect: ${who} ${hop && !proxy ? 'is where the server redirected to, and ' : ''}leads to a link-local or cloud-metadata address`,
      explanation:
        'Such addresses hand out credentials of the machine to whoever asks, so a profile, or a redirect, from somebody else could steal them. The check is made after the name is resolved, on the address that would really be connected to, and again after each redirect.',
      evidence: [
        `Refused: ${quoteText(failure.message, 200)}`,
        proxy && `Proxy: ${describeRoute(proxy)}`,
        `Target: ${hostPort(evidence)}`,
      ],
      fixes: [
        proxy && directFix,
        shellFix('Allow it for one run, if you trust the target', [
          'wsprobe',
          'probe',
          '--allow-link-local',
          withZone(evidence),
        ]),
        {
          title: 'Allow it in the editor (settings)',
          language: 'json',
          snippet: '{ "wsprobe.allowLinkLocal": true }',
        },
      ],
    });
  },
};

function restricted(evidence: Evidence) {
  return finding(RESTRICTED, {
    title: 'Profiles of this workspace do not run in Restricted Mode',
    explanation:
      'The workspace is not trusted. A profile decides where a connection goes and which secrets go along, so one that somebody else wrote could send yours to any address. Nothing was sent.',
    evidence: [quoteText(evidence.failure?.message ?? '', 200), `Target: ${hostPort(evidence)}`],
    fixes: [
      textFix('Trust the workspace, if you know who wrote it', 'Command palette: "Workspaces: Manage Workspace Trust"'),
      textFix('Or probe an address that you type yourself', 'Command palette: "WebSocket: Probe…", then the URL'),
    ],
  });
}
