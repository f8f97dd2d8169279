import { isIP } from 'node:net';
import type { Evidence } from '../../base/evidence.js';
import type { Fix } from '../../base/model.js';
import { quoteText } from '../../base/plainText.js';
import type { FindingText } from '../finding.js';
import { proxyAddress } from '../snippets/forwardProxy.js';
import { profileFix } from '../snippets/profile.js';
import { textFix } from '../snippets/shell.js';
import { fetchFix, sanLine } from './certificateFaults.js';

/** The certificate is for other names: another host, an address where only names stand, or no names but the common name. */
export function nameMismatch(evidence: Evidence, ofProxy: boolean): FindingText {
  const leaf = evidence.report.tls?.chain[0];
  const names = leaf?.altNames ?? [];
  const asked = evidence.plan.tls.serverName ?? evidence.host;
  const name = concreteName(names);
  return {
    ...storyOf(names, leaf?.subject ?? '', asked),
    evidence: [
      names.length > 0 && `Names on the certificate: ${quoteText(names.slice(0, 20).join(', '), 400)}`,
      names.length === 0 && leaf && `No subjectAltName; subject: ${quoteText(leaf.subject, 200)}`,
    ],
    fixes: [
      ofProxy ? name !== null && namedFix(evidence, name) : serverNameFix(evidence, names, name),
      textFix('Or have the certificate issued anew with this name', sanLine({ host: asked })),
      fetchFix(evidence),
    ],
  };
}

function storyOf(names: readonly string[], subject: string, asked: string): Pick<FindingText, 'title' | 'explanation'> {
  const shown = quoteText(asked, 100);
  const ip = isIP(asked) !== 0;
  if (ip && names.some((alt) => alt.toLowerCase() === `dns:${asked.toLowerCase()}`))
    return {
      title: `The certificate names ${shown} as a DNS name, and an address counts as an IP address only`,
      explanation:
        'In the subjectAltName an address must be an entry of the kind IP. This certificate has it as DNS, which every client passes over. Whoever signed it must issue it anew.',
    };
  if (names.length === 0 && subject !== '')
    return {
      title: `The certificate has no names to compare ${shown} with, only a common name`,
      explanation: `The common name (${quoteText(subject, 100)}) has not counted for browsers and most libraries since 2017, and never for an address: names belong into the subjectAltName. Whoever signed the certificate must issue it anew with one.`,
    };
  if (ip)
    return {
      title: `The certificate is not for the address ${shown}: it has other names`,
      explanation:
        'The server was asked for by its address, and its certificate lists names. Use one of these as the host, or have it issued anew with the address as an IP entry.',
    };
  return {
    title: `The certificate is for other names than ${shown}`,
    explanation:
      'The certificate may be good, but it does not list the name that was asked for. The host is wrong, or the server chose another virtual host (SNI).',
  };
}

/** Something that a host can be asked by: no wildcard, no address, which is no name for SNI (RFC 6066 3). */
function concreteName(names: readonly string[]): string | null {
  const found = names
    .filter((alt) => /^DNS:/i.test(alt))
    .map((alt) => alt.slice(4))
    .find((name) => /^[a-z\d_-]+(\.[a-z\d_-]+)*$/i.test(name) && isIP(name) === 0);
  return found ?? null;
}

/** The host itself where the certificate has it and another was asked for; else a name that it has. */
function serverNameFix({ plan, host }: Evidence, names: readonly string[], name: string | null): Fix | null {
  const { serverName } = plan.tls;
  if (serverName !== undefined && isIP(host) === 0 && names.some((alt) => covers(alt, host)))
    return profileFix('Ask for the host of the address (profile)', { tls: { serverName: host } });
  if (name === null || name === serverName) return null;
  return profileFix('Ask for the name on the certificate (profile)', { tls: { serverName: name } });
}

/** Certificates that servers show where they have none for the name. */
const defaults: readonly (readonly [subject: RegExp, who: string, cure: string])[] = [
  [
    /Kubernetes Ingress Controller Fake Certificate/,
    'ingress-nginx',
    'Name the host under spec.tls of the Ingress, with a secret of this namespace that exists and holds the certificate.',
  ],
  [
    /TRAEFIK DEFAULT CERT/,
    'Traefik',
    'Give the router of this host a certResolver or a certificate (tls), and look into its log for what ACME says.',
  ],
  [/\bO=Plesk\b/, 'Plesk', 'Issue a certificate for the domain (SSL/TLS Certificates), and choose it under Hosting.'],
];

/** A certificate that is signed with its own key, and for other names too: to trust it alone does not help. */
export function selfSignedForOthers(evidence: Evidence, ignoreFix: Fix): FindingText | null {
  const leaf = evidence.report.tls?.chain[0];
  const asked = evidence.plan.tls.serverName ?? evidence.host;
  const names = leaf?.altNames ?? [];
  if (
    !leaf ||
    names.length === 0 ||
    names.some((alt) => covers(alt, asked) || alt.toLowerCase() === `ip address:${asked.toLowerCase()}`)
  )
    return null;
  const shown = quoteText(asked, 100);
  const [, who, cure] = defaults.find(([subject]) => subject.test(leaf.subject)) ?? [];
  return {
    title:
      who === undefined
        ? `The certificate is self-signed, and for other names than ${shown}`
        : `The server has no certificate for ${shown}: it shows the one that ${who} makes for itself`,
    explanation:
      'It was signed with its own key, and does not list the name that was asked for: to trust it would not be enough.',
    evidence: [`Names on the certificate: ${quoteText(names.slice(0, 20).join(', '), 400)}`],
    fixes: [
      textFix('On the server', cure ?? `Have a certificate issued for ${shown}, and let it show that one.`),
      fetchFix(evidence),
      ignoreFix,
    ],
  };
}

function covers(alt: string, host: string): boolean {
  const name = alt.replace(/^DNS:/i, '').toLowerCase();
  const wanted = host.toLowerCase();
  return name === wanted || (name.startsWith('*.') && wanted.slice(wanted.indexOf('.')) === name.slice(1));
}

function namedFix({ plan: { proxy } }: Evidence, host: string): Fix | null {
  return (
    proxy && profileFix('Name the proxy as its certificate does (profile)', { proxy: proxyAddress({ ...proxy, host }) })
  );
}
