import type { Evidence } from '../../base/evidence.js';
import type { Fix, ResponseInfo } from '../../base/model.js';
import { quoteText } from '../../base/plainText.js';
import { headerOf, isHtml, isHttp2, pathOf, responseEvidence, sentHeader, statusWords } from '../facts.js';
import { readPage } from '../pageText.js';
import { readReason } from '../../close/reasonText.js';
import { isLoginPage } from '../credentialPlace.js';
import { finding } from '../finding.js';
import { couldDropUpgrade, identifyServers } from '../identifyServer.js';
import { http1Fix } from '../snippets/http2.js';
import { serverWords } from '../serverWords.js';
import { profileFix } from '../snippets/profile.js';
import { timeoutFixes, upgradeFixes } from '../snippets/proxy.js';
import { curl, labFix, shellFix, textFix } from '../snippets/shell.js';
import { missingToken } from './messages.js';
import { headersTooLarge } from './noAnswer.js';
import { isOriginRefusal, isSessionUnknown, onRefusal } from './refused.js';
import { headersStripped } from './stripped.js';
import { complainsOfPlainText } from '../wantsTls.js';
import { refusedInHttp } from './tls.js';

/** A good answer to a plain GET: the path is not a WebSocket, or somebody made the request a plain GET. */
export const notWebsocket = onRefusal('upgrade.not-websocket', (response, evidence) => {
  if (response.status < 200 || response.status > 299) return null;
  const login = isLoginPage(response);
  const what = login
    ? ' with a login page'
    : isHtml(response)
      ? ` with an HTML page${titleOfPage(response)}`
      : /^text\/event-stream/i.test(headerOf(response.headers, 'content-type') ?? '')
        ? ' with a stream of Server-Sent Events'
        : '';
  if (headerOf(response.headers, 'sec-websocket-accept') !== null) return wrongStatus(response);
  const closed = isHtml(response)
    ? /\bmaintenance\b|\b(be|come) back (soon|shortly|later)\b/i.exec(titleOfPage(response))
    : null;
  if (closed) return inMaintenance(response);
  const proxy = isHtml(response) ? undefined : identifyServers(response).find((one) => couldDropUpgrade([one]));
  return finding('upgrade.not-websocket', {
    title: `The server answered ${statusWords(response)}${what} instead of upgrading${proxy ? `: ${proxy.name}, which passes no upgrade on unless it is told to, answered or stands before it` : ''}`,
    explanation: login
      ? 'The page asks for a password: the server, or a portal before it, saw no session, or the address is that of another device (a router, a panel) than the WebSocket server.'
      : 'The path answers plain HTTP: a page of a web application, a health check, an API. Either the WebSocket is at another path, or the program has one here and never attached what takes upgrades to its HTTP server, or a proxy in front of it took the upgrade away before the server saw it.',
    evidence: [
      `Asked for: ${quoteText(evidence.report.request?.target ?? pathOf(evidence), 200)}`,
      ...responseEvidence(response),
    ],
    fixes: login ? [labFix(evidence)] : [labFix(evidence), ...upgradeFixes(evidence, identifyServers(response))],
  });
});

/** A page put in place of what is down, with the status of a good one. */
function inMaintenance(response: ResponseInfo) {
  return finding('upgrade.not-websocket', {
    title: `The server is down for maintenance, by the page that came in place of the WebSocket${titleOfPage(response)}: ${statusWords(response)}`,
    explanation:
      'Whoever stands before the server answered with a page of its own. Such a page is shown on purpose, or by a rule for the errors of what is behind (nginx "error_page 502 =200"): then the server behind is down.',
    evidence: responseEvidence(response),
    fixes: [
      textFix(
        'On the proxy',
        'See whether the server behind it runs, and whether maintenance is switched on; answer with 503 in place of 200.',
      ),
    ],
  });
}

/** `, "Welcome"`: what a person would know the page by. */
function titleOfPage(response: ResponseInfo): string {
  const { title, heading } = readPage(response.body.text);
  const words = quoteText(heading === '' ? title : heading, 80).replaceAll('"', "'");
  return words === '' ? '' : ` ("${words}")`;
}

/** All of a WebSocket but its status. */
function wrongStatus(response: ResponseInfo) {
  return finding('upgrade.not-websocket', {
    title: `The server took the WebSocket, and answered with ${statusWords(response)} in place of 101`,
    explanation:
      'The answer has Sec-WebSocket-Accept, so a WebSocket server wrote it, and no client takes it for an upgrade without the status 101. A server that sets the headers alone and leaves the status to its framework does so, and a proxy that turns an upgrade into an ordinary answer, as the 200 of HTTP/2 is (RFC 8441).',
    evidence: responseEvidence(response),
    fixes: [
      textFix(
        'On the server, and on what stands before it',
        'The answer begins with "HTTP/1.1 101 Switching Protocols": a server writes that, and a module before it that looks into answers (ModSecurity, compression) has to leave it alone at this path.',
      ),
    ],
  });
}

const otherRules = new Set([400, 401, 403, 404, 405, 407, 408, 410, 411, 413, 414, 421, 426, 429, 431]);

/** What HTTP means by them is about the request itself; others tell of a state, of a law, or of something of their own. */
const malformed = new Set([400, 406, 412, 415, 416, 417, 422]);

/** As much of a request as most servers take by default (nginx, Apache). */
const USUAL_REQUEST_BYTES = 8_190;

/** Numbers that say of themselves what is wrong (RFC 9110, RFC 4918 11.3, RFC 7725). */
const OF_STATUS: Readonly<Record<number, string | undefined>> = {
  402: 'The number stands for a payment: the plan or the balance of the account does not cover this.',
  409: 'The number stands for a conflict with what is there already, such as another connection of the same client.',
  423: 'The number stands for something that is locked: somebody else has it, or it may not be used now.',
  451: 'The number stands for a demand of the law: the server may not offer this to who asks.',
};

export const badRequest = onRefusal('upgrade.bad-request', (response, evidence) => {
  const { stream } = evidence;
  // The port wants TLS, which is told as that.
  if (!evidence.secure && complainsOfPlainText(response)) return null;
  // So are an upgrade that was lost on the way, a head that is too large, and a client certificate.
  if ([headersStripped, headersTooLarge, refusedInHttp].some((rule) => rule.diagnose(evidence))) return null;
  const other = response.status !== 400 && otherRules.has(response.status);
  if (response.status === 400 && isOriginRefusal(response, evidence)) return null;
  const unheard = response.status < 200 || response.status >= 600;
  if (!unheard && !isOfRequest(response, evidence) && (response.status < 400 || response.status > 499 || other))
    return null;
  if (isSessionUnknown(response)) return null;
  const token = unofferedToken(response, evidence);
  if (token !== undefined) return subprotocolWanted(response, evidence, token);
  // Without a word of who stands behind it: to a plain request many answer so.
  const proxy =
    serverWords(response) === null && !isHtml(response)
      ? identifyServers(response).find((one) => couldDropUpgrade([one]))
      : undefined;
  return finding('upgrade.bad-request', {
    title: `The server ${malformed.has(response.status) ? 'finds something wrong with' : 'refuses'} the request${proxy ? `, or ${proxy.name} before it took the upgrade away, which it does unless it is told to pass it on` : ''}: ${statusWords(response)}`,
    explanation:
      serverWords(response) !== null
        ? 'The request reached somebody who will not have it, and says so in words of its own.'
        : (OF_STATUS[response.status] ??
          `The request reached somebody who will not have it: a missing query parameter, a header with a value that is not allowed, ${evidence.plan.subprotocols.length === 0 ? 'a subprotocol that was not offered' : 'a subprotocol that it does not speak'}, or a server that speaks another protocol at this path. It does not say which.`),
    evidence: [
      ...responseEvidence(response),
      stream.bytesSent > USUAL_REQUEST_BYTES &&
        `The request was ${stream.bytesSent} bytes long: more than many servers take`,
    ],
    fixes: [
      serverWords(response) === null && labFix(evidence),
      ...(proxy ? upgradeFixes(evidence, [proxy]) : []),
      shellFix('See what the server says to plain HTTP', curl(evidence)),
    ],
  });
});

/** The token that servers at this path want, where none was offered and they refused without a word. */
export function unofferedToken(response: ResponseInfo, evidence: Evidence): string | undefined {
  return serverWords(response) === null
    ? missingToken(evidence, evidence.report.dialect ?? spokenAt(evidence))
    : undefined;
}

/** Prosody, for one, answers 501 to who does not offer XMPP. */
const isOfRequest = (response: ResponseInfo, evidence: Evidence) =>
  response.status === 501 && unofferedToken(response, evidence) !== undefined;

/** What a path is called after, where its dialect has no other sign. */
function spokenAt(evidence: Evidence): string | null {
  const path = pathOf(evidence);
  if (/\/(ocpp|steve\/websocket)(j|16|20|1\.6|2\.0(\.1)?)?\//i.test(path)) return 'ocpp';
  if (/\/mqtt$/i.test(path)) return 'mqtt';
  if (/\/xmpp-websocket\/?$/i.test(path)) return 'xmpp';
  return /\/(graphql|subscriptions)$/i.test(path) ? 'graphql-transport-ws' : null;
}

/** Protocols that are chosen by their token refuse who offers none, many of them without a word. */
function subprotocolWanted(response: ResponseInfo, evidence: Evidence, token: string) {
  return finding('upgrade.bad-request', {
    title: `The server refused the request without a word, and no subprotocol was offered, as ${token} wants it: ${statusWords(response)}`,
    explanation: `The path looks like one of ${token}. Its servers choose the version by the subprotocol, and may refuse a client that offers none of theirs.`,
    evidence: [
      `Asked for: ${quoteText(evidence.report.request?.target ?? pathOf(evidence), 200)}`,
      'Sent: no Sec-WebSocket-Protocol header',
      ...responseEvidence(response),
    ],
    fixes: [profileFix('Offer the subprotocol (profile)', { subprotocols: [token] }), labFix(evidence)],
  });
}

export const requestTimeout = onRefusal('upgrade.request-timeout', (response) => {
  if (response.status !== 408) return null;
  return finding('upgrade.request-timeout', {
    title: `The server says that the request took too long: ${statusWords(response)}`,
    explanation:
      'The request timer of the server or a proxy (HAProxy "timeout http-request") ran out before the request was complete or the upgrade was answered.',
    evidence: responseEvidence(response),
    fixes: [...timeoutFixes(identifyServers(response))],
  });
});

export const misdirected = onRefusal('upgrade.misdirected', (response, evidence) => {
  if (response.status !== 421) return null;
  const host = sentHeader(evidence, 'host');
  return finding('upgrade.misdirected', {
    title: `The request reached a server that is not responsible for this name: ${statusWords(response)}`,
    explanation: evidence.secure
      ? 'The name in TLS (SNI) and the name in the Host header lead to different virtual hosts. Both must be the name the server answers for.'
      : 'The server answers for other names than the one in the Host header, or a proxy led the request to the wrong one.',
    evidence: [
      evidence.secure && `SNI: ${quoteText(evidence.plan.tls.serverName ?? evidence.host, 100)}`,
      host && `Host: ${quoteText(host, 100)}`,
      ...responseEvidence(response),
    ],
    fixes: [oneName(evidence, host), labFix(evidence)],
  });
});

/** The Host that was sent as the name in TLS too, or the host of the address where another name was asked for there. */
function oneName({ host, plan, secure }: Evidence, sentHost: string | null): Fix | null {
  const name = sentHost === null ? host : sentHost.replace(/:\d+$/, '');
  if (!secure || name === (plan.tls.serverName ?? host)) return null;
  return profileFix('Use one name for both (profile)', { tls: { serverName: name } });
}

export const upgradeRequired = onRefusal('upgrade.upgrade-required', (response, evidence) => {
  if (response.status !== 426) return null;
  const versions = headerOf(response.headers, 'sec-websocket-version');
  const wanted = headerOf(response.headers, 'upgrade');
  // It wants TLS (RFC 2817), which is told as that.
  if (wanted !== null && /^TLS\//i.test(wanted) && !evidence.secure) return null;
  const told = readReason(serverWords(response) ?? '');
  if (told !== null && told.kind !== 'format' && wanted === null) return refusedWith426(response);
  if (headersStripped.diagnose(evidence)) return null;
  const otherVersion = versions !== null && !/\b13\b/.test(versions);
  const http2 = isHttp2(evidence);
  return finding('upgrade.upgrade-required', {
    title: otherVersion
      ? `The server speaks another version of WebSocket (${quoteText(versions, 40)}) than 13`
      : http2
        ? `The server asks for an upgrade, which HTTP/2 does not have: ${statusWords(response)}`
        : `The server asks for an upgrade that was already in the request: ${statusWords(response)}`,
    explanation: otherVersion
      ? 'Version 13 is the only one that was ever standardised (RFC 6455). The server is very old, or sends the header by mistake.'
      : http2
        ? 'Over HTTP/2 a WebSocket begins with an extended CONNECT (RFC 8441). Whoever answered knows only the upgrade of HTTP/1.1.'
        : 'The answer 426 means "this needs an upgrade". The request had one, so it was lost on the way, or the server wants another protocol than WebSocket.',
    evidence: [wanted && `The server wants: Upgrade: ${quoteText(wanted, 80)}`, ...responseEvidence(response)],
    // No proxy makes a server speak another version.
    fixes: otherVersion ? [] : http2 ? [http1Fix] : upgradeFixes(evidence, identifyServers(response)),
  });
});

/** AWS IoT, for one, answers so to a signature that has expired: its words say what the status does not. */
function refusedWith426(response: ResponseInfo) {
  return finding('upgrade.upgrade-required', {
    title: `The server refuses this request: ${statusWords(response)}`,
    explanation:
      'The status asks for an upgrade, which was in the request; the words of the answer say something else.',
    evidence: responseEvidence(response),
    fixes: [],
  });
}

export const rateLimited = onRefusal('upgrade.rate-limited', (response, evidence) => {
  if (response.status !== 429) return null;
  const after = headerOf(response.headers, 'retry-after');
  return finding('upgrade.rate-limited', {
    title: `The server is limiting new connections: ${statusWords(response)}${after === null ? '' : `, try again after ${quoteText(after, 40)}${/^\d+$/.test(after) ? ' s' : ''}`}`,
    explanation:
      'Too many connections were opened from this address or with these credentials. A client that reconnects without a growing pause keeps itself locked out.',
    evidence: responseEvidence(response),
    fixes: [
      {
        title: 'Client: reconnect with a growing, random pause',
        language: 'javascript',
        snippet: 'const pauseMs = Math.random() * Math.min(30000, 1000 * 2 ** attempt);',
      },
      shellFix('Ask once, see the limit headers', curl(evidence)),
    ],
  });
});
