import { isIP } from 'node:net';
import type { Evidence } from '../../base/evidence.js';
import type { Fix } from '../../base/model.js';
import { quoteText } from '../../base/plainText.js';
import { parseUrl } from '../../base/url.js';
import { responseEvidence, sentHeader, statusWords } from '../facts.js';
import { finding } from '../finding.js';
import { hostWordsOf } from '../hostWords.js';
import { profileFix } from '../snippets/profile.js';
import { labFix, textFix } from '../snippets/shell.js';
import { onRefusal } from './refused.js';

/** The answer speaks of the Host header: the server is there, and serves other names. */
export const hostRefused = onRefusal('upgrade.host-refused', (response, evidence) => {
  const said = hostWordsOf(response, evidence);
  if (said === null) return null;
  const host = sentHeader(evidence, 'host') ?? evidence.host;
  return finding('upgrade.host-refused', {
    title: `The server does not answer to the name ${quoteText(host, 100)}: ${statusWords(response)}`,
    explanation:
      'Servers have a list of the names that they answer to, so that no other name can be made to lead to them (DNS rebinding), or choose an application by the name. The Host header that was sent is none of them.',
    evidence: [
      `Sent: Host: ${quoteText(host, 160)}`,
      `It says: "${quoteText(said, 100)}"`,
      ...responseEvidence(response),
    ],
    fixes: [
      localFix(evidence),
      textFix('On the server', `Add ${quoteText(host.replace(/:\d+$/, ''), 100)} to the names that it answers to.`),
      labFix(evidence),
    ],
  });
});

/** Servers on this machine answer to localhost, whatever else they answer to. */
function localFix({ plan, host }: Evidence): Fix | null {
  const url = parseUrl(plan.url);
  if (!url || !/^(127\.|::1$|0\.0\.0\.0$)/.test(host) || isIP(host) === 0) return null;
  const value = url.port === '' ? 'localhost' : `localhost:${url.port}`;
  return profileFix('Ask for localhost (profile)', { headers: { Host: value } });
}
