import { quoteText } from '../../plainText.js';
import type { Rule } from '../evidence.js';
import { hostPort } from '../facts.js';
import { finding } from '../finding.js';
import { shellFix } from '../snippets/shell.js';

/** Link-local and cloud-metadata addresses are refused whatever name led to them. */
export const guard: Rule = {
  ids: ['guard.metadata-address'],
  diagnose: (evidence) => {
    const { failure } = evidence;
    if (failure?.kind !== 'guard') return null;
    return finding('guard.metadata-address', {
      title: `wsprobe refused to connect: ${quoteText(evidence.host, 100)} leads to a link-local or cloud-metadata address`,
      explanation:
        'Such addresses hand out credentials of the machine to whoever asks, so a profile from somebody else could steal them. The check is made after the name is resolved, on the address that would really be connected to.',
      evidence: [`Refused: ${quoteText(failure.message, 200)}`, `Target: ${hostPort(evidence)}`],
      fixes: [
        shellFix('Allow it for one run, if you trust the target', [
          'wsprobe',
          'probe',
          '--allow-link-local',
          evidence.report.url,
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
