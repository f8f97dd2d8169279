import type { Finding, Fix, ResponseInfo } from '../../base/model.js';
import { parseUrl } from '../../base/url.js';
import { quoteText } from '../../base/plainText.js';
import type { Evidence, Failure, Rule } from '../../base/evidence.js';
import { failedIn, headerOf, hostPort, phaseTime, placeOf, responseEvidence, statusWords } from '../facts.js';
import { type Challenge, challengesOf } from '../../handshake/challenges.js';
import { digestChallenge } from '../../handshake/digest.js';
import { finding } from '../finding.js';
import { isOfDomain, signingProxyFixes } from '../snippets/domainLogin.js';
import type { FindingId } from '../findingIds.js';
import { identifyServer } from '../identifyServer.js';
import { filterOf } from '../knownNetwork.js';
import { inWords, serverWords } from '../serverWords.js';
import {
  allowFix,
  bypassFix,
  credentialFixes,
  describeRoute,
  otherSchemeFix,
  proxyAddress,
} from '../snippets/forwardProxy.js';
import { profileFix } from '../snippets/profile.js';
import { curl, shellFix, textFix } from '../snippets/shell.js';
import { isTlsTrouble } from './proxyRefused.js';
import { onRefusal } from './refused.js';

/** Reply codes of SOCKS (RFC 1928 6, RFC 1929, SOCKS4): which finding they are, and what they mean. */
const socksCodes: Readonly<Record<string, readonly [id: FindingId, meaning: string]>> = {
  'no-method': ['proxy.auth-required', 'it takes none of the offered ways to authenticate'],
  'auth-refused': ['proxy.auth-required', 'it does not accept the user name and password'],
  'ident-required': ['proxy.auth-required', 'it wants to ask an ident service on this machine who the user is'],
  'ident-mismatch': ['proxy.auth-required', 'the ident service on this machine names another user'],
  'not-allowed': ['proxy.forbidden', 'its rules do not allow this connection'],
  'general-failure': ['proxy.bad-gateway', 'it failed, and says nothing more'],
  rejected: ['proxy.bad-gateway', 'it rejected the request or failed (SOCKS4 does not tell the two apart)'],
  'network-unreachable': ['proxy.bad-gateway', 'it has no way to the network of the server'],
  'host-unreachable': ['proxy.bad-gateway', 'it cannot reach the server, or does not know its name'],
  'connection-refused': ['proxy.bad-gateway', 'the server refused the connection'],
  'ttl-expired': ['proxy.bad-gateway', 'packets to the server are lost on the way'],
  'command-not-supported': ['proxy.invalid-response', 'it makes no outgoing connections (CONNECT)'],
  'address-not-supported': ['proxy.invalid-response', 'it does not take this kind of address (a name, or IPv6)'],
  malformed: ['proxy.invalid-response', 'its answer is not SOCKS'],
};

/** What a proxy means by its status, to CONNECT and within the tunnel. */
export const PROXY_STATUSES: Readonly<Record<number, FindingId>> = {
  // Some proxies ask with the status of servers.
  401: 'proxy.auth-required',
  403: 'proxy.forbidden',
  407: 'proxy.auth-required',
  451: 'proxy.forbidden',
  502: 'proxy.bad-gateway',
  503: 'proxy.bad-gateway',
  504: 'proxy.bad-gateway',
};

/** The proxy answered, and there is no tunnel. */
export const proxyAnswer: Rule = {
  ids: ['proxy.auth-required', 'proxy.forbidden', 'proxy.bad-gateway', 'proxy.invalid-response'],
  diagnose: (evidence) => {
    const answered = failedIn(evidence, 'proxy', 'status', 'socks', 'not-http', 'malformed', 'headers-too-large');
    const failure = answered ?? failedIn(evidence, 'proxy', 'error');
    if (!failure || (!answered && !isTlsTrouble(failure.message, failure.code))) return null;
    return texts[idOf(failure, evidence)]!(evidence, saidBy(evidence, failure), failure);
  },
};

/** 407 to the upgrade itself: a proxy nobody named stands in the way, as one that networks send everybody through. */
export const proxyAuthInUpgrade = onRefusal('proxy.auth-required', (response, evidence) => {
  if (response.status !== 407) return null;
  return finding('proxy.auth-required', {
    title: `A proxy on the way wants credentials: ${statusWords(response)}`,
    explanation:
      'Only proxies answer 407. None was asked by name, so this one stands in the way by itself, or the server behaves like one. Name it in the profile, with credentials: it is then asked for a tunnel, which it may well open.',
    evidence: responseEvidence(response),
    fixes: evidence.plan.proxy
      ? credentialFixes(evidence)
      : [textFix('Name the proxy', 'Who runs the network knows its address: it belongs into "proxy" of the profile.')],
  });
});

function idOf({ kind, code }: Failure, { report }: Evidence): FindingId {
  if (kind === 'socks') return known(code)?.[0] ?? 'proxy.invalid-response';
  if (kind !== 'status') return 'proxy.invalid-response';
  // Squid and Tinyproxy answer 500 where they found no way, and say so: in a header of its own, and in the reason.
  const header = (name: string) => headerOf(report.proxy?.headers, name) ?? '';
  const lost =
    /^ERR_(CANNOT_FORWARD|CONNECT_FAIL|DNS_FAIL)/.test(header('x-squid-error')) ||
    (header('server').startsWith('tinyproxy/') && report.proxy?.reason === 'Unable to connect') ||
    // Privoxy answers 404.
    /no such (domain|host)|(can ?not|could not|unable to|failed to) (be )?resolve|unknown host|host not found|\bdns\b/i.test(
      report.proxy?.reason ?? '',
    );
  return (
    PROXY_STATUSES[Number(code ?? report.proxy?.status)] ?? (lost ? 'proxy.bad-gateway' : 'proxy.invalid-response')
  );
}

/** `proxy.test:3128 (Squid)`: where it is, and what it is if that can be told. */
function proxyName(evidence: Evidence): string {
  const answer = answerOf(evidence);
  const software = answer ? identifyServer(answer) : null;
  return software ? `${placeOf(evidence)} (${software.name})` : placeOf(evidence);
}

function known(code: string | null): readonly [FindingId, string] | undefined {
  return code !== null && Object.hasOwn(socksCodes, code) ? socksCodes[code] : undefined;
}

/** What the proxy said, in a few words, and the evidence of it. */
function saidBy(evidence: Evidence, failure: Failure): Said {
  const { plan, report } = evidence;
  const answer = answerOf(evidence);
  const meaning = failure.kind === 'socks' ? known(failure.code)?.[1] : undefined;
  const sent = credentialsSent(evidence);
  return {
    words: answer ? `${statusWords(answer)}${inWords(answer)}` : (meaning ?? quoteText(failure.message, 120)),
    lines: [
      plan.proxy && `Proxy: ${describeRoute(plan.proxy)}`,
      report.proxy?.request && `Asked: ${quoteText(`CONNECT ${report.proxy.request.target}`, 200)}`,
      failure.kind === 'socks' &&
        `SOCKS reply: ${quoteText(failure.code ?? 'unknown', 60)}${meaning ? `: ${meaning}` : ''}`,
      `Credentials sent to the proxy: ${sent ? 'yes' : 'none'}`,
      ...(answer ? responseEvidence(answer) : [quoteText(failure.message, 200)]),
      phaseTime(evidence, 'proxy'),
    ],
  };
}

/** How wsprobe proves to a proxy who the user is. */
function spoken({ plan: { proxy } }: Evidence): string {
  if (proxy?.kind.startsWith('socks4')) return 'SOCKS4 carries a user name alone, without a password';
  return proxy?.kind === 'socks5'
    ? 'wsprobe speaks user name and password (RFC 1929), not GSSAPI'
    : 'wsprobe speaks Basic and Digest, not NTLM or Kerberos';
}

interface Said {
  readonly words: string;
  readonly lines: readonly (string | null | false | undefined)[];
}

/** What the proxy wants, where an account of a domain is all that it takes. */
function domainSchemes(evidence: Evidence): readonly string[] {
  const challenges = challengesOf(answerOf(evidence)?.headers ?? [], 'proxy-authenticate');
  const isSpoken = (challenge: Challenge) => /^basic$/i.test(challenge.scheme) || digestChallenge([challenge]) !== null;
  if (challenges.some(isSpoken)) return [];
  return [...new Set(challenges.map(({ scheme }) => scheme))].filter(isOfDomain);
}

/** The refused CONNECT as an answer like another; null where no HTTP came. */
function answerOf({ report: { proxy } }: Evidence): ResponseInfo | null {
  if (!proxy?.kind.startsWith('http') || proxy.status === null) return null;
  const { status, reason, headers, body } = proxy;
  return { httpVersion: '1.1', status, reason, headers, body: body ?? { text: '', bytes: 0, truncated: false } };
}

function credentialsSent({ plan: { proxy }, report }: Evidence): boolean {
  const header = report.proxy?.request?.headers.some(([name]) => /^proxy-authorization$/i.test(name));
  return header === true || (!!proxy && (proxy.username !== null || proxy.authorization !== null));
}

const texts: Partial<Record<FindingId, (evidence: Evidence, said: Said, failure: Failure) => Finding>> = {
  'proxy.auth-required': (evidence, { words, lines }) => {
    const sent = credentialsSent(evidence);
    const domain = domainSchemes(evidence);
    if (domain.length > 0) {
      return finding('proxy.auth-required', {
        title: `The proxy ${proxyName(evidence)} wants ${domain.join(' or ')}, which wsprobe does not speak: ${words}`,
        explanation:
          'The proxy lets through who is signed in to its domain, and that takes several requests over one connection, or a ticket of the operating system. A proxy of this machine that can sign in does it for every program here: go through that one.',
        evidence: lines,
        fixes: [...signingProxyFixes(evidence, domain), bypassFix(evidence)],
      });
    }
    return finding('proxy.auth-required', {
      title: sent
        ? `The proxy ${proxyName(evidence)} did not accept the credentials that were sent: ${words}`
        : `The proxy ${proxyName(evidence)} wants credentials, and none were sent: ${words}`,
      explanation: `The proxy asks who you are before it lets anything through; the server was never asked. ${sent ? 'The user name or password is wrong or has expired, or the proxy takes another scheme' : 'Give it the credentials of a user'}: ${spoken(evidence)}.`,
      evidence: lines,
      fixes: [...credentialFixes(evidence), bypassFix(evidence)],
    });
  },
  'proxy.forbidden': (evidence, { words, lines }) => {
    const answer = answerOf(evidence);
    const filter = answer && filterOf(answer);
    // A filter judges hosts and visitors; no other port gets past it.
    const rule =
      filter !== null || (answer !== null && NAMES_A_RULE.test(`${answer.reason} ${serverWords(answer) ?? ''}`));
    const odd = evidence.port !== 443 && !rule;
    return finding('proxy.forbidden', {
      title: `The proxy ${proxyName(evidence)}${filter === null ? '' : `, a filter by ${filter},`} does not let connections to ${hostPort(evidence)} through: ${words}`,
      explanation: `The proxy understood the request and said no, by a rule on the host, the port, the user or the time of day. ${rule ? 'It speaks of a block, so it is the host or the address that is on a list: who runs the proxy can let it through.' : odd ? `Many proxies allow CONNECT to port 443 only, and this is port ${evidence.port}: serve the WebSocket on 443, or have the port allowed.` : 'The port is 443, which most proxies allow, so the rule is about the host or the user.'}`,
      evidence: [...lines, `Target port: ${evidence.port}`],
      fixes: [
        allowFix(evidence),
        odd && profileFix('Try the port that proxies allow (profile)', { url: onPort443(evidence) }),
        bypassFix(evidence),
        ...(rule || credentialsSent(evidence) ? [] : credentialFixes(evidence).slice(0, 1)),
      ],
    });
  },
  'proxy.bad-gateway': (evidence, { words, lines }, failure) =>
    finding('proxy.bad-gateway', {
      title: `The proxy ${proxyName(evidence)} could not reach ${hostPort(evidence)}: ${words}`,
      explanation:
        failure.code === 'connection-refused'
          ? 'The proxy would let this through and found the host, which refused the connection: nothing listens there on this port, or a firewall refuses it.'
          : 'The proxy would let this through, but got no connection to the server. The server is down, the name is not known where the proxy is (an internal name, a host of this machine), or a firewall stands between the two.',
      evidence: lines,
      fixes: [
        shellFix('Ask through the proxy, in plain HTTP', askThrough(evidence)),
        bypassFix(evidence),
        failure.code !== 'connection-refused' &&
          shellFix('On the proxy: does it know the name?', ['getent', 'hosts', evidence.host]),
      ],
    }),
  'proxy.invalid-response': (evidence, { words, lines }, failure) => {
    const { title, why, fixes } = misunderstanding(evidence, failure, words);
    return finding('proxy.invalid-response', {
      title,
      explanation: why,
      evidence: lines,
      fixes: [...fixes, bypassFix(evidence)],
    });
  },
};

/** What a list of hosts has blocked is behind no other port, and behind no password. */
const NAMES_A_RULE =
  /\bblock(ed|ing)?\b|\bblack-?list|\bcategor(y|ies)\b|\bpolicy\b|\bfilter(ed)?\b|\bhost (is )?not (allowed|in allow)/i;

interface Misunderstanding {
  readonly title: string;
  readonly why: string;
  readonly fixes: readonly Fix[];
}

function misunderstanding(evidence: Evidence, failure: Failure, words: string): Misunderstanding {
  const place = proxyName(evidence);
  const wanted = /\buse (https?|socks5|socks4a?):/.exec(failure.message)?.[1];
  if (wanted) {
    const asked = evidence.plan.proxy?.kind ?? 'http';
    return {
      title: `The proxy ${place} was asked in the wrong protocol (${asked}): ${quoteText(failure.message, 120)}`,
      why: 'The first bytes of its answer are of another protocol. The scheme of the proxy in the profile, the setting or the environment is wrong, or the port belongs to another service.',
      fixes: [otherSchemeFix(evidence, wanted)],
    };
  }
  if (failure.kind === 'error') {
    return {
      title: `${place} does not speak TLS as a proxy named https must: ${quoteText(failure.message, 120)}`,
      why: 'An https: proxy is spoken to in TLS before anything is asked of it. Most proxies are spoken to in plain HTTP, also for secure targets: their scheme is http.',
      fixes: [otherSchemeFix(evidence, 'http')],
    };
  }
  if (failure.kind === 'status') {
    const leadsTo = headerOf(evidence.report.proxy?.headers, 'location');
    return {
      title: `${place} answered CONNECT with ${words} instead of a tunnel${leadsTo === null ? '' : `, and leads to ${quoteText(leadsTo, 100)}`}`,
      why: 'A proxy opens a tunnel with an answer of 200. Another status means that it does not know CONNECT (a web server or a reverse proxy on that port), that it does not like the request, or that it sends everybody to a sign-in page first.',
      fixes: [shellFix('See what answers there', askThrough(evidence))],
    };
  }
  return {
    title: `What ${place} answered is not the answer of a proxy: ${words}`,
    why: 'A proxy answers CONNECT with a status line of HTTP, or SOCKS with a few bytes of a fixed form. This is neither: the port belongs to another service, or something on the way writes into the connection.',
    fixes: [shellFix('See what answers there', askThrough(evidence))],
  };
}

function askThrough(evidence: Evidence): readonly string[] {
  const { proxy } = evidence.plan;
  const address = proxyAddress(proxy, proxy?.kind === 'socks5' ? 'socks5h' : undefined);
  return [...curl(evidence), '--verbose', '--proxytunnel', '--proxy', address];
}

function onPort443({ plan }: Evidence): string {
  const url = parseUrl(plan.url);
  return url ? `wss://${url.hostname}${url.pathname}${url.search}` : 'wss://host.example.com/';
}
