import type { Evidence } from '../../base/evidence.js';
import type { Finding, Fix, ResponseInfo } from '../../base/model.js';
import { quoteText } from '../../base/plainText.js';
import { responseEvidence, sentHeader, statusWords } from '../facts.js';
import { finding } from '../finding.js';
import { identifyServers } from '../identifyServer.js';
import { allowOriginFix, ownOrigin } from '../snippets/origin.js';
import { labFix, textFix } from '../snippets/shell.js';

/** The origin that pages of the very address would send, or of the name in its Host header. */
export function isOwnOrigin(origin: string, evidence: Evidence): boolean {
  const host = sentHeader(evidence, 'host');
  const scheme = evidence.secure ? 'https' : 'http';
  return origin === ownOrigin(evidence.plan) || (host !== null && origin === `${scheme}://${host}`);
}

/** To send it again cures nothing: what the server compares it with must become the same. */
export function ownOriginRefused(evidence: Evidence, response: ResponseInfo, origin: string, said: boolean): Finding {
  const host = sentHeader(evidence, 'host');
  return finding('upgrade.origin-refused', {
    title: `The server refused ${quoteText(origin, 100)}, the origin of its own address${said ? '' : ', as it seems'}: ${statusWords(response)}`,
    explanation:
      'Many servers compare Origin with Host, and here both name the same. So the server sees another Host, as behind a proxy that puts the name of its backend there (nginx unless told otherwise), or another scheme, where TLS ends before it; or it has a list without its own address.',
    evidence: [
      `Sent: Origin: ${quoteText(origin, 160)}`,
      host !== null && `Sent: Host: ${quoteText(host, 160)}`,
      ...responseEvidence(response),
      !said && 'The body does not name the reason; a refused Origin is the commonest one when the header is sent',
    ],
    fixes: [hostFix(response), allowOriginFix(origin), labFix(evidence)],
  });
}

function hostFix(response: ResponseInfo): Fix {
  return identifyServers(response).some(({ id }) => id === 'nginx')
    ? {
        title: 'nginx: pass the Host on that the client sent',
        language: 'nginx',
        snippet: 'proxy_set_header Host $http_host;\nproxy_set_header X-Forwarded-Proto $scheme;',
      }
    : textFix(
        'Where a proxy stands before the server',
        'Let it pass the Host header on as the client sent it, and the scheme in X-Forwarded-Proto.',
      );
}
