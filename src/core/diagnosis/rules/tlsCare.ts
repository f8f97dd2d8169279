import { quoteText } from '../../base/plainText.js';
import type { Rule } from '../../base/evidence.js';
import { failedIn } from '../facts.js';
import { finding } from '../finding.js';
import { profileFix } from '../snippets/profile.js';
import { shellFix, textFix } from '../snippets/shell.js';
import { sanLine } from './certificateFaults.js';

const defaultDaysLeft = 14;

/** The profile turned verification off: whatever the probe says, it says about whoever answered. */
export const verificationOff: Rule = {
  ids: ['tls.verification-off'],
  diagnose: ({ plan, secure, report }) => {
    if (!secure || plan.tls.rejectUnauthorized !== false) return null;
    const refused = report.tls?.authorizationError;
    return finding('tls.verification-off', {
      title: refused
        ? `The certificate is not good (${quoteText(refused, 60)}) and was accepted because verification is off`
        : 'Certificate verification is off in this profile',
      explanation:
        'Anybody in the path could have answered instead of the server, and would have been sent every credential in the profile. Trusting one authority is as easy and keeps the protection.',
      evidence: ['tls.rejectUnauthorized is false', refused && `Verification says: ${quoteText(refused, 120)}`],
      fixes: [profileFix('Trust the authority instead (profile)', { tls: { ca: ['./ca.pem'] } })],
    });
  },
};

/** Node takes the common name where no other name is there; browsers and most libraries do not. */
export const commonNameOnly: Rule = {
  ids: ['tls.common-name-only'],
  diagnose: (evidence) => {
    const { report, host } = evidence;
    const leaf = report.tls?.chain[0];
    if (!leaf || leaf.altNames.length > 0 || report.tls?.authorizationError) return null;
    return finding('tls.common-name-only', {
      title: 'The certificate names its host in the common name alone, which browsers refuse',
      explanation:
        'Without a subjectAltName browsers and most libraries compare nothing and refuse the connection (RFC 9525 6.3). This client takes the common name, as Node does. Whoever signed the certificate must issue it anew with the name as a subjectAltName.',
      evidence: [`No subjectAltName; subject: ${quoteText(leaf.subject, 200)}`],
      fixes: [textFix('Ask the authority for a certificate with this name', sanLine({ host }))],
    });
  },
};

/** A certificate of the chain ends soon, or has ended and was accepted all the same. */
export const expiresSoon: Rule = {
  ids: ['tls.expires-soon'],
  diagnose: (evidence) => {
    const { report, plan } = evidence;
    if (!report.tls || failedIn(evidence, 'tls', 'certificate', 'error')) return null;
    const wanted = plan.expect.certificateDaysLeft;
    const limit = wanted ?? defaultDaysLeft;
    const soon = report.tls.chain.filter(({ daysLeft }) => daysLeft < limit);
    const first = [...soon].sort((a, b) => a.daysLeft - b.daysLeft)[0];
    if (!first) return null;
    const which = first === report.tls.chain[0] ? 'The certificate' : 'A certificate of the chain';
    const days = Math.abs(first.daysLeft);
    const many = `${days} ${days === 1 ? 'day' : 'days'}`;
    return finding('tls.expires-soon', {
      title: first.daysLeft < 0 ? `${which} expired ${many} ago` : `${which} expires in ${many}`,
      explanation: `From that day on every client that verifies refuses the connection. ${wanted === undefined ? `Fewer than ${limit} days are left, which is when an automatic renewal should long have happened.` : `The profile expects at least ${wanted} days.`}`,
      evidence: soon.map(
        (cert) =>
          `${quoteText(cert.subject, 120)}: valid to ${quoteText(cert.validTo, 30)}, ${cert.daysLeft} days left`,
      ),
      fixes: [shellFix('Renew it and reload the server', 'sudo certbot renew', 'sudo nginx -s reload')],
    });
  },
};
