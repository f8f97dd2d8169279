import type { Finding, Fix, ResponseInfo } from '../../base/model.js';
import { plainText, quoteText } from '../../base/plainText.js';
import { parseUrl } from '../../base/url.js';
import type { Evidence, Rule } from '../../base/evidence.js';
import {
  credentialsSent,
  readableText,
  headerOf,
  isHtml,
  isHttp2,
  pathOf,
  refusalOf,
  responseEvidence,
  sentHeader,
  statusWords,
} from '../facts.js';
import { anyPlaceOfRequest, isLoginPage, loginPageFix, placeIn } from '../credentialPlace.js';
import { finding } from '../finding.js';
import { hostWordsOf } from '../hostWords.js';
import { couldDropUpgrade, identifyServers } from '../identifyServer.js';
import { readReason, type ReasonMeaning } from '../../close/reasonText.js';
import type { RecognisedAnswer } from '../knownAnswer.js';
import { knownAnswer } from '../knownAnswers.js';
import { complains, inWords, oddReason, serverWords } from '../serverWords.js';
import { actionOfRequest } from '../toldAction.js';
import { tlsWordsInHttp } from '../tlsWordsInHttp.js';
import { wantsTls } from '../wantsTls.js';
import { http1Fix } from '../snippets/http2.js';
import { allowOriginFix, ownOrigin } from '../snippets/origin.js';
import { profileFix } from '../snippets/profile.js';
import { recognisedFixes, stickyFixes, upgradeFixes } from '../snippets/proxy.js';
import { curl, labFix, shellFix, textFix } from '../snippets/shell.js';
import { isOwnOrigin, ownOriginRefused } from './ownOrigin.js';

/** A rule over the refusals of some statuses. */
export function onRefusal(id: string, judge: (response: ResponseInfo, evidence: Evidence) => Finding | null): Rule {
  return {
    ids: [id],
    diagnose: (evidence) => {
      const response = refusalOf(evidence);
      if (!response) return null;
      const known = knownAnswer(response, evidence);
      // Who wants TLS, or serves another name, says nothing of credentials or paths.
      if (known === null && !evidence.secure && wantsTls(response)) return null;
      if (known === null && id !== 'upgrade.host-refused' && hostWordsOf(response, evidence) !== null) return null;
      if (known === null) return quoting(response, judge(response, evidence), evidence);
      return known.id === id ? told(known, response, judge(response, evidence)?.evidence) : null;
    },
  };
}

/** What this one means by it comes before what HTTP means by it. */
export function told(
  { id, layer, title, why, sign, readsBody, fixes }: RecognisedAnswer,
  response: ResponseInfo,
  seen: readonly string[] = responseEvidence(response),
): Finding {
  const words = readsBody ? null : serverWords(response);
  const hidden = words !== null && readReason(words) !== null && !title.includes(words.replaceAll('"', "'"));
  return finding(id, {
    ...(layer && { layer }),
    // Who is known by a header alone may say anything.
    title: hidden ? `${title}${inWords(response)}` : title,
    explanation: why,
    evidence: [`Recognised by: ${sign}`, ...seen],
    fixes,
  });
}

/** What the answer says for itself belongs into the headline. */
function quoting(response: ResponseInfo, found: Finding | null, evidence: Evidence): Finding | null {
  if (!found) return found;
  const words = inWords(response);
  const { status, reason } = response;
  // The one name of a status that is a reason.
  const said = serverWords(response) ?? oddReason(response) ?? (status === 402 ? reason : null);
  if (said === null || (response.status < 400 && !isErrorWith2xx(response, said))) return found;
  const told = readReason(said);
  if (response.status < 500 && told?.class !== 'auth' && PROGRAM_ERROR.test(said))
    return stumbled(response, words, found);
  return {
    ...found,
    title: `${cutTitle(found.title, 296 - words.length)}${words}.`,
    ...(told &&
      saysMore(told, found, credentialsSent(evidence), said) &&
      !(found.id === 'upgrade.server-error' && told.class === 'auth' && OF_ITS_OWN.test(said)) && {
        explanation: `The server says itself what is wrong. ${told.meaning}${told.kind === 'subprotocol' ? offered(evidence) : ''}`,
        fixes: [
          ...(told.kind === 'subprotocol' ? tokenOf(said, evidence) : []),
          textFix('What to do', actionOfRequest(told)),
        ],
      }),
  };
}

/** What languages say of code that failed, and nobody of a client. */
const PROGRAM_ERROR =
  /\bNoneType\b|\b(Type|Key|Value|Attribute|Reference|Index)Error\b|\bnot enough values to unpack\b|\bcannot read propert|\bis not (a function|iterable|subscriptable)\b|\bnull ?pointer|\bnil pointer|\bout of (range|bounds)\b|\bundefined (variable|index|offset|array key)\b|\bmember function\b/i;

/** The status is what its code makes of any failure. */
function stumbled(response: ResponseInfo, words: string, found: Finding): Finding {
  return {
    ...found,
    title: `The server failed over the request, and answered ${statusWords(response)}${words}.`,
    explanation:
      'The words are those of a program whose code failed, not of a check that the client did not pass: a header or a parameter that it cannot read (one that a proxy on the way adds or changes, too), or a fault of its own. The status is what it makes of that.',
    fixes: [textFix('On the server', 'Read its log at this moment: the traceback names what it could not read.')],
  };
}

/** What a server lacks itself, where it failed. */
const OF_ITS_OWN = /\b(secrets?|env(ironment)?|config\w*|settings?|database|db)\b/i;

const offered = ({ plan: { subprotocols } }: Evidence) =>
  subprotocols.length === 0 ? ' None was offered.' : ` Offered was ${quoteText(subprotocols.join(', '), 120)}.`;

/** An API that answers errors with 200 and says so in the body. */
const isErrorWith2xx = (response: ResponseInfo, said: string) =>
  response.status < 300 && !isHtml(response) && complains(said);

/** The subprotocol that the words name as the one to offer. */
function tokenOf(said: string, { plan }: Evidence): readonly Fix[] {
  const token =
    /\b(?:expected(?: one of)?|expects|supported(?: sub-?protocols?)?(?: are| is)?|must be(?: one of)?|requires?)\b:?\s*['"[]*([\w.+-]{2,40})/i.exec(
      said,
    )?.[1];
  return token === undefined ||
    /^(an?|the|sub-?protocol|one|to|be|header|(sec-)?websocket.*)$/i.test(token) ||
    plan.subprotocols.includes(token)
    ? []
    : [profileFix('Offer it (profile)', { subprotocols: [token] })];
}

/** Of whom a status alone tells little, the words tell more. Who wants a login, or has nothing at a path, is told by the rule. */
function saysMore(
  { class: family, kind }: ReasonMeaning,
  { id }: Finding,
  credentials: readonly string[],
  said: string,
): boolean {
  switch (id) {
    case 'upgrade.not-websocket':
    case 'upgrade.bad-request':
      // Whose request it is cannot wait for better times.
      return kind !== 'overload';
    case 'upgrade.method':
    case 'upgrade.upgrade-required':
    case 'upgrade.server-error':
      return true;
    case 'upgrade.forbidden':
      return family !== 'auth' || kind === 'expired' || credentials.length > 0;
    case 'upgrade.rate-limited':
      return kind !== 'rate' && kind !== 'size';
    case 'upgrade.unauthorized':
      // Nothing of ours can have expired where nothing was sent.
      return kind === 'expired' ? credentials.length > 0 : kind === 'format' && !ofLogin.test(said);
    case 'upgrade.unavailable':
      return kind === 'stopped' || kind === 'starting' || kind === 'maintenance';
    case 'upgrade.not-found':
      return kind !== 'not-found' && kind !== 'format' && kind !== 'banned' && kind !== 'overload';
    default:
      return false;
  }
}

function cutTitle(title: string, max: number): string {
  const bare = title.slice(0, -1);
  return bare.length > max ? plainText(bare, max) : bare;
}

const unknownSession = /session id unknown|unknown session|no connection with that id|session not found|invalid sid/i;

/** The request reached a server that does not hold the session it names. */
export const sessionUnknown = onRefusal('upgrade.session-unknown', (response) => {
  if (!isSessionUnknown(response)) return null;
  return finding('upgrade.session-unknown', {
    title: `The server does not know the session in the URL (${statusWords(response)})`,
    explanation:
      'The session was made on another server, or has expired. With several servers behind a load balancer, all requests of one client must reach the same one (sticky sessions).',
    evidence: responseEvidence(response),
    fixes: [
      ...stickyFixes(identifyServers(response)),
      isEngineIoError(response) && {
        title: 'Socket.IO client: skip the polling that needs a session',
        language: 'javascript',
        snippet: "io(url, { transports: ['websocket'] });",
      },
    ],
  });
});

/** 403 that hangs on the Origin header: it was sent, or the body speaks of it. */
export const originRefused = onRefusal('upgrade.origin-refused', (response, evidence) => {
  if (!isOriginRefusal(response, evidence)) return null;
  const origin = sentHeader(evidence, 'origin');
  const said = speaksOfOrigin(response);
  if (origin !== null && isOwnOrigin(origin, evidence)) return ownOriginRefused(evidence, response, origin, said);
  return finding('upgrade.origin-refused', {
    title: origin
      ? `The server refused the origin ${quoteText(origin, 100)}${said ? '' : ', as it seems'}: ${statusWords(response)}`
      : `The server wants an Origin header, and none was sent: ${statusWords(response)}`,
    explanation: `Servers compare the Origin header with a list, so that no other web page can use the cookies of their users. The value must match one on the list exactly: scheme, host and port, no path.${said ? '' : ' Some that were made for programs on the same machine take no client that sends one.'}`,
    evidence: [
      origin ? `Sent: Origin: ${quoteText(origin, 160)}` : 'Sent: no Origin header',
      ...responseEvidence(response),
      !said && 'The body does not name the reason; a refused Origin is the commonest one when the header is sent',
    ],
    fixes: [
      // Where nothing tells of a list, there may be none: some take no client with an Origin.
      (said || hasOwnName(origin, evidence)) &&
        profileFix('Try the origin of its own pages (profile)', { origin: ownOrigin(evidence.plan) }),
      !said && labFix(evidence),
      allowOriginFix(origin ?? ownOrigin(evidence.plan)),
    ],
  });
});

/** Of the same name as the address, and another scheme or port. */
const hasOwnName = (origin: string | null, { host }: Evidence) => parseUrl(origin ?? '')?.hostname === host;

function speaksOfOrigin(response: ResponseInfo): boolean {
  const said = `${response.reason} ${readableText(response)} ${serverWords(response) ?? ''}`;
  return /\borigins?\b|\bcors\b|\bcross[ -]origin\b/i.test(said);
}

/** Whether the answer is about the session that the request names. */
export function isSessionUnknown(response: ResponseInfo): boolean {
  const { status } = response;
  return status >= 400 && status <= 404 && (isEngineIoError(response) || unknownSession.test(readableText(response)));
}

const isEngineIoError = (response: ResponseInfo) => /^\s*\{"code":1,/.test(readableText(response));

/** Whether the answer is about the Origin, as far as it says, or as its status makes likely. */
export function isOriginRefusal(response: ResponseInfo, evidence: Evidence): boolean {
  if (isLoginPage(response)) return false;
  if (speaksOfOrigin(response)) return response.status === 403 || response.status === 400;
  const origin = sentHeader(evidence, 'origin');
  if (response.status !== 403 || origin === null) return false;
  const text = readableText(response);
  if (SPEAKS_OF_OTHER.test(text) || headerOf(response.headers, 'cf-mitigated') !== null) return false;
  // Few lists have an origin of no site ("null", "file://"), whatever words are used to say no.
  return !/^https?:/i.test(origin) || !/permission/i.test(text);
}

const SPEAKS_OF_OTHER =
  /token|scope|api.?key|credential|csrf|blocked|firewall|captcha|challenge|rate|administrative rules/i;

export const forbidden = onRefusal('upgrade.forbidden', (response, evidence) => {
  if (response.status !== 403 || isOriginRefusal(response, evidence) || tlsWordsInHttp(response, evidence)) return null;
  if (isLoginPage(response)) return loginFirst(response);
  const sent = credentialsSent(evidence);
  const challenge = headerOf(response.headers, 'cf-mitigated');
  const software = identifyServers(response);
  // Envoy answers so, and nothing else, where a route allows no upgrade.
  const byEnvoy =
    software[0]?.id === 'envoy' &&
    response.body.bytes === 0 &&
    headerOf(response.headers, 'x-envoy-upstream-service-time') === null;
  return finding('upgrade.forbidden', {
    ...(byEnvoy ? { layer: 'proxy' as const } : {}),
    title: `${software[0]?.id === 'cdn' ? `${software[0].name}, or the server behind it,` : 'The server'} refuses this client: ${statusWords(response)}`,
    explanation: challenge
      ? 'A firewall in front of the server wants to see a browser and asks a riddle that no other client can answer.'
      : wantsLogin(response, evidence)
        ? 'The words speak of who the client is, and no credentials were sent, as far as the request shows.'
        : 'Somebody understood the request and said no: the rights of the credentials, a firewall rule, an address filter, a missing Origin header, or a route that allows no upgrade (Envoy without upgrade_configs).',
    evidence: [
      sent.length > 0 ? `Credentials sent in: ${sent.join(', ')}` : 'Credentials sent: none',
      sentHeader(evidence, 'origin') === null && 'Sent: no Origin header',
      ...responseEvidence(response),
    ],
    fixes: [
      ...(byEnvoy ? recognisedFixes(evidence, software) : clientFixes(response, evidence)),
      // Without a word, what is missing is found by trying: an Origin is one of many.
      labFix(evidence),
    ],
  });
});

function loginFirst(response: ResponseInfo): Finding {
  return finding('upgrade.forbidden', {
    title: `The server wants a login first, and answered with its page: ${statusWords(response)}`,
    explanation:
      'What stands before the application saw no session, and shows the page at which people sign in. A token of the application mostly does not help: it looks for the cookie of its own session.',
    evidence: responseEvidence(response),
    fixes: [loginPageFix(response)],
  });
}

const ofLogin =
  /token|scope|permission|credential|api.?key|auth|log(ged)? ?in|sign(ed)? ?in|session|jwt|user|anonymous|rights/i;

/** Nothing was shown to somebody who asks for it. */
function wantsLogin(response: ResponseInfo, evidence: Evidence): boolean {
  const words = serverWords(response) ?? oddReason(response);
  return words !== null && ofLogin.test(words) && credentialsSent(evidence).length === 0;
}

/** What a client can send that it did not. */
const clientFixes = (response: ResponseInfo, evidence: Evidence): readonly Fix[] =>
  wantsLogin(response, evidence) ? [placeIn(readableText(response), anyPlaceOfRequest)] : [];

export const notFound = onRefusal('upgrade.not-found', (response, evidence) => {
  if (response.status !== 404 && response.status !== 410) return null;
  if (response.status === 404 && evidence.plan.subprotocols.some((token) => /^ocpp\d/.test(token)))
    return unknownChargePoint(response, evidence);
  if (NOTHING_DEPLOYED.test(serverWords(response) ?? '') || (isHtml(response) && NO_SITE.test(readableText(response))))
    return nothingDeployed(response, evidence);
  const named = namesWhatIsMissing(response);
  const other = named ? null : saysOther(response);
  if (other !== null)
    return finding('upgrade.not-found', {
      title: `The server says no for another reason than the path: ${statusWords(response)}`,
      explanation: `The words are not about the path, whatever the status says. ${other.meaning}`,
      evidence: responseEvidence(response),
      fixes: [textFix('What to do', actionOfRequest(other))],
    });
  const at = quoteText(pathOf(evidence), 100);
  // What a gateway says in a header of its own was not said by a server behind nginx that saw no upgrade.
  const byGateway = response.headers.some(([name]) => /^x-\w{2,10}-error-(code|message)$/i.test(name));
  const proxy = named || byGateway ? undefined : identifyServers(response).find((one) => couldDropUpgrade([one]));
  return finding('upgrade.not-found', {
    title: named
      ? `The server says that what was asked for is not there: ${statusWords(response)}`
      : proxy
        ? `There is no WebSocket at ${at}, or ${proxy.name} before it took the upgrade away, which it does unless it is told to pass it on: ${statusWords(response)}`
        : `There is no WebSocket at ${at}${saysWhat(response) ? ', or what was asked for there is not to be had' : ''}: the server answered ${statusWords(response)}`,
    explanation: named
      ? 'The words are about a thing of the application, so the path leads to it, as it seems, and what the request names with it was not found: the end of the path, or a parameter of the query.'
      : `${saysWhat(response) ? 'Applications answer 404 for things of their own as well, and the words may tell. If it is the path, it is wrong' : 'A server is there, but it knows nothing at this path. The path is wrong'} (a missing prefix, stage or trailing slash), the router behind the address knows no host of this name, or the server has no upgrade handler and its HTTP side answered.`,
    evidence: [
      `Asked for: ${quoteText(evidence.report.request?.target ?? pathOf(evidence), 200)}`,
      `Of the host: ${quoteText(sentHeader(evidence, 'host') ?? evidence.host, 100)}`,
      ...responseEvidence(response),
    ],
    fixes: [
      ...recognisedFixes(
        evidence,
        identifyServers(response).filter(({ id }) => id === 'api-gateway'),
      ),
      labFix(evidence),
      ...(proxy ? upgradeFixes(evidence, [proxy]) : []),
      shellFix('See what the server says to plain HTTP', curl(evidence)),
    ],
  });
});

/** What platforms say of a name under which nothing runs; a path has no deployment. */
const NOTHING_DEPLOYED =
  /\bdeployment[_ ](was |is )?not[_ ]found\b|\bdeployment (does not|doesn't) exist\b|\bdeployment (could not|can ?not) be found\b|\bno matching [\w-]{2,30} (domain|tunnel|host|subdomain)\b|\bno (active|running) (service|deployment|app(lication)?)\b|\b(no such|unknown) (tunnel|deployment)\b|\btunnel\b.{0,40}\bnot found\b|\bapp(lication)? is (currently )?(stopped|not running)\b|\brun this app to\b|^nothing (is )?here yet\b/i;

/** What pages of hosts say of a name that leads to them, and is no customer's. */
const NO_SITE =
  /\b(unknown|no such) (site|domain|host ?name)\b|\b(domain|site)\b[^.]{0,80}\b(is|has) (not( been)?|no app) configured\b(?! (for|to) (web|upgrade))|\bthis shop is currently unavailable\b|\bno (app|site|service) (is )?configured for this (domain|name|host)\b|\b(web)?site you(['’]re| were| are) looking for (could ?n['’]t be found|does ?n['’]t exist)/i;

function nothingDeployed(response: ResponseInfo, evidence: Evidence): Finding {
  return finding('upgrade.not-found', {
    title: `Nothing runs under the name ${quoteText(evidence.host, 100)}, as whoever looks after it says: ${statusWords(response)}`,
    explanation:
      'A platform or a tunnel answered in place of the server: it knows the name no more, or not yet, or nothing is started behind it. The path makes no difference.',
    evidence: [
      `Of the host: ${quoteText(sentHeader(evidence, 'host') ?? evidence.host, 100)}`,
      ...responseEvidence(response),
    ],
    fixes: [
      textFix(
        'At the platform',
        'Compare the name in the address with what the platform shows, and see whether the deployment, service or tunnel runs.',
      ),
    ],
  });
}

/** What an application says of a thing of its own, not of the page or the route. */
function namesWhatIsMissing(response: ResponseInfo): boolean {
  if (isHtml(response)) return false;
  const words = serverWords(response) ?? '';
  const match = THING_IS_MISSING.exec(words) ?? NO_SUCH_THING.exec(words);
  const thing = match?.[1] ?? match?.[2];
  return thing !== undefined && !OF_HTTP.test(thing);
}

/** What words of its own complain of, where that is no path. */
function saysOther(response: ResponseInfo): ReasonMeaning | null {
  const told = saysWhat(response) ? readReason(serverWords(response) ?? '') : null;
  return told?.kind === 'not-found' ? null : told;
}

/** Words of its own, and none of a path or a page. */
function saysWhat(response: ResponseInfo): boolean {
  const words = isHtml(response) ? null : serverWords(response);
  return words !== null && !OF_PATH.test(words);
}

const OF_PATH =
  /\b(paths?|urls?|uris?|routes?|pages?|resources?|endpoints?|methods?|verb|get|handlers?|mapping|static|files?|locations?|address|hosts?|domains?|links?|https?|upgrade|web ?sockets?)\b|\//i;

const THING_IS_MISSING =
  /^(?:the |requested |this |no such )*([a-z]{3,20})\b.{0,60}\b(?:(?:does not|doesn't) exist|(?:(?:is|was) )?not (?:found|registered|known|recogni[sz]ed)|is unknown)/i;

const NO_SUCH_THING =
  /^(?:(?:can(?:not|'t)|could(?: not|n't)|unable to|failed to) (?:find|locate) |unknown |unrecogni[sz]ed |no such )(?:an? |any |the |this )?([a-z]{3,20})\b|^no (?:[a-z]{2,20} )?([a-z]{2,20}) (?:was )?found\b/i;

const OF_HTTP =
  /^(thing|place|link|address|action|controller|operation|function|page|path|route|url|uri|resource|endpoint|file|object|location|document|host|domain|site|service|backend|server|application|app|web\w*|request\w*|error|get|cannot|handler|method|status|message|default|no|not|http\w*)$/i;

/** OCPP-J 1.6, 3.1.1: "If the Central System does not recognise the charge point identifier …, it SHOULD send … 404". */
function unknownChargePoint(response: ResponseInfo, evidence: Evidence): Finding {
  return finding('upgrade.not-found', {
    title: `The server does not know the charge point that ${quoteText(pathOf(evidence), 100)} ends with, or has no WebSocket before it: ${statusWords(response)}`,
    explanation:
      'In OCPP the last part of the path is the name of the charge point, and a central system answers 404 for a name that is not registered with it. The path before the name may be wrong as well.',
    evidence: [
      `Asked for: ${quoteText(evidence.report.request?.target ?? pathOf(evidence), 200)}`,
      ...responseEvidence(response),
    ],
    fixes: [
      textFix(
        'On the central system',
        'Register the charge point under exactly this name: upper and lower case count.',
      ),
      labFix(evidence),
    ],
  });
}

export const wrongMethod = onRefusal('upgrade.method', (response, evidence) => {
  if (response.status !== 405) return null;
  const allowed = headerOf(response.headers, 'allow');
  const http2 = isHttp2(evidence);
  return finding('upgrade.method', {
    title: http2
      ? `The path does not take CONNECT, which a WebSocket over HTTP/2 begins with: ${statusWords(response)}`
      : `The path does not take GET, which every WebSocket begins with: ${statusWords(response)}`,
    explanation: http2
      ? 'Over HTTP/2 a WebSocket begins with an extended CONNECT (RFC 8441) instead of a GET. Routes that were written for GET alone refuse it: let this one take CONNECT too.'
      : 'A WebSocket begins with a GET request. This path belongs to a handler for other methods, or a filter in front of the server lets no GET through.',
    evidence: [allowed && `Allowed: ${quoteText(allowed, 100)}`, ...responseEvidence(response)],
    fixes: [http2 && http1Fix, labFix(evidence), shellFix('See what the server says to plain HTTP', curl(evidence))],
  });
});
