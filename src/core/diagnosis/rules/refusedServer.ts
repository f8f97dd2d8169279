import type { ResponseInfo } from '../../base/model.js';
import { headerOf, phaseOf, formatMs, responseEvidence, statusWords } from '../facts.js';
import { finding } from '../finding.js';
import { couldDropUpgrade, identifyServers, type Software, type SoftwareId } from '../identifyServer.js';
import { oddReason, serverWords } from '../serverWords.js';
import { readReason } from '../../close/reasonText.js';
import { recognisedFixes, timeoutFixes } from '../snippets/proxy.js';
import { curl, shellFix, textFix } from '../snippets/shell.js';
import { lostBehind } from './closeCause.js';
import { onRefusal } from './refused.js';
import { unofferedToken } from './refusedRest.js';
import { headersStripped } from './stripped.js';

const elsewhere = new Set([502, 503, 504]);

export const serverError = onRefusal('upgrade.server-error', (response, evidence) => {
  const { status } = response;
  if (status < 500 || status > 599 || elsewhere.has(status) || isCdnStatus(status)) return null;
  if (status === 501 && (unofferedToken(response, evidence) !== undefined || headersStripped.diagnose(evidence)))
    return null;
  const unknown = untrusted('upgrade.server-error', 'What answered', response);
  if (unknown) return unknown;
  const lost = lostBehind(serverWords(response) ?? '');
  if (lost)
    return finding('upgrade.server-error', {
      ...lost,
      title: `What answered could not reach the server behind it: ${statusWords(response)}`,
      explanation:
        'It asked another server before it took the upgrade. The address that it has is wrong, or nothing listens there.',
      evidence: responseEvidence(response),
    });
  return finding('upgrade.server-error', {
    title:
      status === 505
        ? `The server does not take HTTP/${evidence.report.request?.httpVersion ?? '1.1'} at this place: ${statusWords(response)}`
        : status === 501
          ? `The server does not know how to do what was asked: ${statusWords(response)}`
          : `The server failed while answering the upgrade: ${statusWords(response)}`,
    explanation:
      'The handler of the upgrade threw an error, or a proxy cannot do what it was configured to (Apache without mod_proxy_wstunnel answers 500). The log of the server has the details.',
    evidence: responseEvidence(response),
    fixes: [
      shellFix('Read the log while asking again', curl(evidence)),
      // Without mod_proxy_wstunnel Apache answers so.
      ...recognisedFixes(evidence, ofProxies(response, 'apache')),
    ],
  });
});

export const badGateway = onRefusal('upgrade.bad-gateway', (response, evidence) => {
  if (response.status !== 502) return null;
  const proxy = identifyServers(response).find(({ intermediary }) => intermediary);
  const words = serverWords(response);
  const saysWhy = words !== null && !/\b502\.3\b/.test(words);
  const who = proxy?.name ?? 'A proxy';
  const lost = unrouted('upgrade.bad-gateway', response) ?? untrusted('upgrade.bad-gateway', who, response);
  if (lost) return lost;
  return finding('upgrade.bad-gateway', {
    title: `${who} could not get a valid answer from the server behind it: ${statusWords(response)}`,
    explanation:
      'The server behind it refused the connection, closed it, or answered what is no HTTP or too much for it (nginx "upstream sent too big header"). It is down, listens on another port, speaks TLS or HTTP/2 where the proxy does not or the other way round, or the proxy has the wrong address.',
    evidence: responseEvidence(response),
    fixes: [
      !(managed.has(proxy?.id ?? 'application') || proxy?.id === 'iis') &&
        shellFix('On the proxy: is the server behind it there?', 'ss -ltnp', 'curl -i http://127.0.0.1:8080/'),
      proxyLogFix(proxy),
      // Without its feature IIS answers so to every upgrade.
      ...(saysWhy ? [] : recognisedFixes(evidence, ofProxies(response, 'iis'))),
    ],
  });
});

/** It says that nothing tells it where the request goes: a mock without a rule (mockttp), a forward proxy asked as a server (mitmproxy). */
function unrouted(id: 'upgrade.bad-gateway' | 'upgrade.unavailable', response: ResponseInfo) {
  if (!UNROUTED.test(`${response.reason} ${serverWords(response) ?? ''}`)) return null;
  return finding(id, {
    title: `What answered has no rule for this request, and does not know where it belongs: ${statusWords(response)}`,
    explanation:
      'No server was asked. A mock or a router takes what it has a rule for; a forward proxy wants to be used as one, and not as the address.',
    evidence: responseEvidence(response),
    fixes: [
      textFix(
        'Next step',
        'Compare host and path with its rules, and give it one for WebSockets. If it is a forward proxy, put the address of the server here, and the proxy under "proxy" (--proxy).',
      ),
    ],
  });
}

/** Words that fit a balancer which found nobody. */
const OF_SERVERS =
  /\b(servers?|backends?|upstreams?|instances?|healthy|hosts?|targets?|pool|services?|capacity|workers?)\b/i;

const UNROUTED =
  /\bunmocked\b|\bno (matching )?(rules?|mocks?|stubs?|expectations?|routes?|handlers?)\b.{0,20}\b(found|match\w*|for|configured|set)\b|\bdestination (is )?unknown\b|\bwhere (this|the) request should\b/i;

/** It reached the server behind it, and did not like what that showed in TLS. */
function untrusted(id: 'upgrade.bad-gateway' | 'upgrade.server-error', who: string, response: ResponseInfo) {
  if (
    !/\bcertificates?\b.{0,40}\b(verif\w+|invalid|not valid|untrusted|expired|unknown|self[- ]signed|fail\w*|mismatch)\b|\bx509\b|self[- ]signed/i.test(
      serverWords(response) ?? '',
    )
  )
    return null;
  return finding(id, {
    title: `${who} does not trust the certificate of the server behind it: ${statusWords(response)}`,
    explanation: 'The server behind is there and speaks TLS. Whoever looks after the proxy can cure it, and no client.',
    evidence: responseEvidence(response),
    fixes: [
      textFix(
        'On the proxy',
        'Let it trust the authority of that certificate, ask for the name that stands on it, or give the server a certificate that it trusts.',
      ),
    ],
  });
}

/** On their machines nobody runs a command. */
const managed = new Set<SoftwareId>([
  'alb',
  'api-gateway',
  'azure-app-gateway',
  'cdn',
  'cloudflare',
  'cloudfront',
  'fly',
  'google',
  'heroku',
  'vercel',
]);

const ofProxies = (response: ResponseInfo, id: SoftwareId) => identifyServers(response).filter((one) => one.id === id);

/** Where Debian's packages write it; null where that is not known. */
function proxyLogFix({ id, name }: Partial<Software> = {}) {
  const folder = id === 'apache' ? 'apache2' : name === 'nginx' || name === 'lighttpd' ? name : null;
  return folder && shellFix('Read the log of the proxy', `sudo tail -n 50 /var/log/${folder}/error.log`);
}

export const unavailable = onRefusal('upgrade.unavailable', (response, evidence) => {
  if (response.status !== 503) return null;
  const after = headerOf(response.headers, 'retry-after');
  const words = serverWords(response) ?? oddReason(response);
  const told = readReason(words ?? '');
  const full = told?.kind === 'connections';
  const lost = unrouted('upgrade.unavailable', response);
  if (lost) return lost;
  return finding('upgrade.unavailable', {
    title: full
      ? `The server takes no more connections for now: ${statusWords(response)}`
      : words === null
        ? `No server is available to take the connection: ${statusWords(response)}`
        : told === null && !OF_SERVERS.test(words)
          ? `The server does not serve this for now: ${statusWords(response)}`
          : `The connection is turned away: ${statusWords(response)}`,
    explanation: full
      ? `The server says itself what is wrong. ${told.meaning}`
      : words !== null
        ? `The words are those of whoever answered, the server or what stands before it.${told ? ` ${told.meaning}` : ''}`
        : 'Whoever answered has nobody to pass the connection to, or takes none now: a load balancer without a healthy target, a limit of connections that is reached, or maintenance.',
    evidence: [after !== null && 'The answer says when to try again (retry-after)', ...responseEvidence(response)],
    // Where it says why, nothing else is known to help.
    fixes: full
      ? [textFix('What to do', told.action)]
      : words === null
        ? [
            shellFix('Does the health check of the load balancer pass?', curl(evidence)),
            textFix(
              'A health check for a WebSocket server',
              'Point it at a path that answers plain HTTP with 200, not at the WebSocket path.',
            ),
            !identifyServers(response).some(({ id }) => managed.has(id)) &&
              shellFix('On the server: limits', 'ulimit -n', 'cat /proc/sys/net/core/somaxconn'),
          ]
        : [],
  });
});

export const gatewayTimeout = onRefusal('upgrade.gateway-timeout', (response, evidence) => {
  if (response.status !== 504) return null;
  const took = phaseOf(evidence, 'upgrade')?.durationMs;
  const proxy = identifyServers(response).find(({ intermediary }) => intermediary);
  return finding('upgrade.gateway-timeout', {
    title: `The server behind ${proxy?.name ?? 'the proxy'} did not answer in time: ${statusWords(response)}`,
    explanation:
      'The proxy passed the request on and waited, but no answer to the upgrade came. The handler is slow or hangs, or the server takes the connection and never speaks.',
    evidence: [took !== undefined && `The answer came after ${formatMs(took)}`, ...responseEvidence(response)],
    fixes: [
      !managed.has(proxy?.id ?? 'application') &&
        shellFix('On the proxy: ask the server directly', 'curl -i --max-time 10 http://127.0.0.1:8080/'),
      proxyLogFix(proxy),
      // An upgrade that arrives as a plain GET may never be answered.
      ...(proxy !== undefined && couldDropUpgrade([proxy]) ? recognisedFixes(evidence, [proxy]) : []),
      ...(proxy === undefined || managed.has(proxy.id) || couldDropUpgrade([proxy]) ? [] : timeoutFixes([proxy])),
    ],
  });
});

const throughFirewall =
  'Let the addresses of Cloudflare (cloudflare.com/ips) through the firewall of the origin, and look whether it listens on the port that the site is set to.';

/** What each means, and what cures it. */
const cloudflareCodes: Readonly<Record<number, readonly [meaning: string, cure: string]>> = {
  520: [
    'the origin sent something that it does not understand',
    'Ask the origin directly: it hangs up, answers with too large a head, or with what is no HTTP.',
  ],
  521: ['the origin refused the connection: it is down, or its firewall blocks the CDN', throughFirewall],
  522: ['the origin did not answer the TCP connection within about 19 s', throughFirewall],
  523: [
    'the origin cannot be reached: its DNS record or route is wrong',
    'Put the address that the origin has now into the DNS record of the site.',
  ],
  524: [
    'the origin took the request but sent no answer within 120 s',
    'Ask the origin directly, with an upgrade: its handler must answer 101 at once, whatever it waits for after that.',
  ],
  525: [
    'the TLS handshake with the origin failed',
    'The origin must speak TLS on its port 443, with a certificate for the name of the site; or let the site go to it in plain HTTP (SSL/TLS: Flexible).',
  ],
  526: [
    'the certificate of the origin is not valid',
    'Give the origin a certificate of a public authority or of Cloudflare (Origin CA) for the name of the site, or ask for less (SSL/TLS: Full).',
  ],
  530: [
    'the name of the origin does not resolve, or another error 1xxx that the body names',
    'Read the number 1xxx in the body: each has a page in the documentation of Cloudflare.',
  ],
};

function isCdnStatus(status: number): boolean {
  return cloudflareCodes[status] !== undefined || status === 527;
}

export const cdnError = onRefusal('upgrade.cdn-error', (response) => {
  if (!isCdnStatus(response.status)) return null;
  const isCloudflare = identifyServers(response).some(({ id }) => id === 'cloudflare');
  const [meaning, cure] = cloudflareCodes[response.status] ?? ['the CDN could not reach the origin', throughFirewall];
  return finding('upgrade.cdn-error', {
    title: `The CDN answered ${statusWords(response)}: ${meaning}`,
    explanation: `${isCloudflare ? '' : 'No standard knows this status: it is one of CDNs, as Cloudflare documents it for one. '}The edge of the CDN is fine; the trouble is between it and the origin server.`,
    evidence: responseEvidence(response),
    fixes: [
      isCloudflare
        ? textFix('The origin behind Cloudflare', cure)
        : textFix(
            'At the CDN',
            'Let it carry WebSockets to this origin, and let its addresses through the firewall there.',
          ),
    ],
  });
});
