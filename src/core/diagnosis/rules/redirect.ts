import type { Fix, Redirect, ResponseInfo } from '../../base/model.js';
import { parseUrl } from '../../base/url.js';
import { MAX_HOPS, redirectTarget } from '../../handshake/redirectTarget.js';
import { isGuardedHost } from '../../base/addressGuard.js';
import { quoteText } from '../../base/plainText.js';
import { cookieText } from '../../text/cookieText.js';
import type { Evidence } from '../../base/evidence.js';
import { headerOf, hostPort, responseEvidence, statusWords } from '../facts.js';
import { finding } from '../finding.js';
import { loginPageFix } from '../credentialPlace.js';
import { PORTAL } from '../knownNetwork.js';
import { profileFix } from '../snippets/profile.js';
import { curl, labFix, shellFix, textFix } from '../snippets/shell.js';
import { onRefusal } from './refused.js';

const LOGIN =
  /log[-_]?in|sign[-_]?in|\bo?auth(?!or(s|ity)?\b)|\bsso\b|goauthentik|\.pomerium|authelia|keycloak|microsoftonline|\bsaml|\bopenid|\badfs\b|\/cas\/|\/session\/new|[?&]rd=|\/my\.policy|\/vpn\/(?:tm)?index\.html|\/logon/i;

/** An answer that sends the client elsewhere, and why it was not followed (to its end). */
export const redirect = onRefusal('upgrade.redirect', (response, evidence) => {
  if (response.status < 300 || response.status > 399) return null;
  const hops = evidence.report.redirects ?? [];
  const location = headerOf(response.headers, 'location') ?? hops.at(-1)?.location ?? null;
  const base = hops.at(-1)?.url ?? evidence.report.url;
  const target = location === null ? null : targetOf(location, base);
  const login = location !== null && (LOGIN.test(location) || (leadsBack(location, base) && !isDeadEnd(base, target)));
  const toLogin = login && !sameButSlash(base, target);
  const portal = location !== null && PORTAL.test(location) && !toSameHost(base, target);
  const seen = isDoor(evidence, base) ? door : reason(evidence, hops, base, target);
  const { title, why } = portal ? ofPortal : toLogin ? { ...seen, ...(seen.title === null && ofLogin) } : seen;
  const words = `${statusWords(response)}${location === null ? '' : ` to ${quoteText(location, 100)}`}`;
  return finding('upgrade.redirect', {
    ...(portal && { layer: 'network' as const }),
    title: title === null ? `The server sends the client elsewhere: ${words}` : `${title}: ${words}`,
    explanation: `${toLogin && !portal ? 'It looks like a login page: the server saw no valid session. Send the cookie or token with the request. ' : ''}${why}`,
    evidence: [...hops.slice(-6).flatMap(describeHop), ...responseEvidence(response)],
    fixes: [
      ...(portal
        ? [textFix('Sign in', 'Open a page in a browser on this network, sign in to it, then probe again.')]
        : toLogin
          ? loginFixes(evidence, response, location)
          : isDeadEnd(base, target)
            ? [labFix(evidence), shellFix('See the answer', curl(evidence))]
            : redirectFixes(evidence, target)),
    ],
  });
});

const ofPortal = {
  title: 'The network sends the client to a page of its own (captive portal)',
  why: 'The address that it leads to is that of a sign-in page for guests of a network, not one of the server. The server was not asked.',
};

const ofLogin = { title: 'The server wants a login first, and sends the client to its page' };

/** The page is none that a WebSocket can be opened to: what comes after it, a cookie, is. */
function loginFixes(evidence: Evidence, response: ResponseInfo, location: string | null): readonly (Fix | false)[] {
  const [, cookie] = sessionCookies.find(([place]) => place.test(location ?? '')) ?? [];
  return [
    loginPageFix(response, cookie),
    shellFix('See each redirect', [...curl(evidence), '--head', '--location', '--max-redirs', '10']),
  ];
}

/** What those call it that stand before many applications. */
const sessionCookies: readonly (readonly [place: RegExp, cookie: string])[] = [
  [/\.cloudflareaccess\.com\//, 'CF_Authorization'],
  [/\/oauth2\/(start|sign_in)/, '_oauth2_proxy'],
  [/\.pomerium\/sign_in/, '_pomerium'],
  [/\/vpn\/(?:tm)?index|\/logon\/LogonPoint/, 'NSC_AAAC'],
  [/\/Account\/Login\?ReturnUrl=/, '.AspNetCore.Cookies'],
];

function toSameHost(base: string, target: string | null): boolean {
  return target !== null && parseUrl(base)?.hostname === parseUrl(target)?.hostname;
}

function sameButSlash(base: string, target: string | null): boolean {
  const bare = (address: string | null) => parseUrl(address ?? '')?.pathname.replace(/\/$/, '');
  return target !== null && bare(base) === bare(target);
}

/** It sets a cookie and asks to come again with it: who keeps none never gets in. */
function isDoor({ plan, report }: Evidence, base: string): boolean {
  const last = report.redirects?.at(-1);
  return !plan.followRedirects && setsCookie(report.response) && last?.target !== null && last?.target === base;
}

const door = {
  title: 'The server sets a cookie and sends the client back to the same address',
  why: 'It lets in who comes back with that cookie. WebSocket clients, browsers included, follow no redirect; wsprobe does when the profile says "followRedirects": true, and keeps the cookies that are set on the way, as a browser would.',
};

function setsCookie(response: Evidence['report']['response']): boolean {
  return headerOf(response?.headers, 'set-cookie') !== null;
}

/** None that leads to where wsprobe would refuse to go, or back to where it came from. */
function redirectFixes(evidence: Evidence, target: string | null): readonly (Fix | false)[] {
  const { plan, report, secure, ...place } = evidence;
  if (target !== null && isGuarded(target)) return [shellFix('See the answer', curl(evidence))];
  const url = keepPort(report.url, target) ?? `${secure ? 'wss' : 'ws'}://${hostPort(place)}/final/path`;
  const downgrade = isDowngrade(report.redirects?.at(-1)?.url ?? report.url, target);
  const asked = [report.url, ...(report.redirects ?? []).map((hop) => hop.url)].map(withoutQuery);
  return [
    downgrade && originalScheme,
    !downgrade &&
      !asked.includes(withoutQuery(url)) &&
      profileFix('Connect to the final address, if you trust it (profile)', { url }),
    target !== null &&
      (setsCookie(report.response) || !(report.redirects ?? []).some((hop) => hop.target === hop.url)) &&
      !plan.followRedirects &&
      !downgrade &&
      profileFix('Follow redirects, without credentials to other origins (profile)', { followRedirects: true }),
    shellFix('See each redirect', [...curl(evidence), '--head', '--location', '--max-redirs', '10']),
  ];
}

/** Why it ended here; a title of its own where following was asked for. */
function reason(
  { plan, report }: Evidence,
  hops: readonly Redirect[],
  base: string,
  target: string | null,
): { readonly title: string | null; readonly why: string } {
  const direct = 'Connect to the final address at once.';
  if (target !== null && isGuarded(target)) {
    return {
      title: 'The server sends the client to a link-local or cloud-metadata address',
      why: 'Such addresses hand out credentials of the machine to whoever asks, so wsprobe follows no redirect to one, and neither should any client. Look at what builds this redirect on the server: an address that a client may choose is a hole.',
    };
  }
  if (!plan.followRedirects) {
    const tls =
      target?.startsWith('wss:') && report.url.startsWith('ws:') && toSameHost(base, target)
        ? '; this one only asks for TLS'
        : '';
    return {
      title: titleOfPlace(base, target),
      why: `WebSocket clients, browsers included, follow no redirect${tls}. ${isDowngrade(base, target) ? 'This one leads from TLS to plain text, which carries every credential in the open.' : direct} wsprobe follows only when the profile says "followRedirects": true, so that no credential goes where nobody sent it.`,
    };
  }
  const said = hops.at(-1)?.refused;
  const because = said ? `It was not followed because ${quoteText(said, 300)}. ` : '';
  const found = obstacles.find(({ applies }) => applies({ hops, base, target }));
  return {
    title: found?.title ?? 'A redirect was not followed',
    why: `${because}${found?.why ?? 'What the profile sends may hold a secret, and goes to no other origin than the one it was written for.'} ${found?.rather ?? direct}`,
  };
}

/** What this redirect is about, where only one thing of the address changes. */
function titleOfPlace(base: string, target: string | null): string | null {
  const [from, to] = [parseUrl(base), parseUrl(target ?? '')];
  if (!from || !to) return null;
  if (from.hostname !== to.hostname)
    return sameButSlash(base, target) ? `The server goes by another name, ${quoteText(to.hostname, 100)}` : null;
  if (isLanding(from, to))
    return 'The root of the server leads visitors to its pages, and the address names no other path';
  if (isDeadEnd(base, target))
    return to.pathname === '/'
      ? 'The server seems to have nothing at this path, and sends the client to its start page'
      : 'The server seems to have nothing at this path, and sends the client to its error page';
  if (from.pathname === to.pathname && from.protocol === 'ws:' && to.protocol === 'wss:')
    return 'The server takes this address over TLS only (wss)';
  if (from.protocol !== to.protocol || !sameButSlash(base, target) || from.pathname === to.pathname) return null;
  return to.pathname.endsWith('/') ? 'The path wants a slash at its end' : 'The path wants no slash at its end';
}

/** It carries along where it came from, as a page does that sends the visitor back after a login. */
function leadsBack(location: string, base: string): boolean {
  const { searchParams, pathname } = parseUrl(location, base) ?? {};
  const path = parseUrl(base)?.pathname ?? '/';
  return (
    path.length > 1 && pathname !== path && [...(searchParams?.values() ?? [])].some((value) => value.includes(path))
  );
}

/** The start page, or one that tells of an error: no WebSocket waits there. */
function isDeadEnd(base: string, target: string | null): boolean {
  const [from, to] = [parseUrl(base), parseUrl(target ?? '')];
  if (!from || !to || from.hostname !== to.hostname || from.pathname === to.pathname) return false;
  return (
    isLanding(from, to) || to.pathname === '/' || /(^|\/)(40[34]|50\d|not[-_]?found|errors?)([/.]|$)/i.test(to.pathname)
  );
}

const PAGES =
  /\/(web|ui|gui|app|dashboard|admin|index|home|docs?|console|static|portal|welcome|browser|manager|swagger)([/.]|$)|\.(x?html?|php|aspx?|jsp)$/i;

/** Who gave no path is shown the pages that people open. */
function isLanding(from: URL, to: URL): boolean {
  return from.pathname === '/' && from.search === '' && from.protocol === to.protocol && PAGES.test(to.pathname);
}

/** A server behind another port knows only its own: the one that was asked leads to it. */
function keepPort(base: string, target: string | null): string | null {
  const [from, to] = [parseUrl(base), parseUrl(target ?? '')];
  if (!from || !to || from.hostname !== to.hostname || from.protocol !== to.protocol) return target;
  // For a slash nobody moves to another port: it is the one behind the proxy.
  if (to.port !== '' && !(from.pathname !== to.pathname && sameButSlash(base, target))) return target;
  if (from.port === '' && to.port === '') return target;
  to.port = from.port;
  return to.href;
}

interface Way {
  readonly hops: readonly Redirect[];
  readonly base: string;
  readonly target: string | null;
}

/** The cookie that the last hop set in vain, and why. */
function lostCookie(hops: readonly Redirect[]): string | null {
  const lost = hops.at(-1)?.cookies?.find(({ because }) => because !== undefined);
  return lost ? `${lost.name} was not kept: ${lost.because}` : null;
}

const obstacles: readonly {
  readonly applies: (way: Way) => boolean;
  readonly title: string;
  readonly why: string;
  /** In place of the advice to connect to the final address. */
  readonly rather?: string;
}[] = [
  {
    applies: ({ target }) => target === null,
    title: 'A redirect leads to nothing a WebSocket can connect to',
    why: 'The answer names no address, or one that is neither http: nor https: nor ws: nor wss:.',
  },
  {
    applies: (way) => isCircle(way) && lostCookie(way.hops) !== null,
    title: 'The server sends the client in circles: it waits for a cookie that cannot come back',
    rather: 'Set the cookie so that it goes along to where the redirect leads.',
    why: 'What it sets on the way never reaches it again.',
  },
  {
    applies: isCircle,
    title: 'The server sends the client in circles',
    rather: 'There is no final address: mend the rules on the server.',
    why: 'Two rules fight each other: one that forces TLS, a host name or a trailing slash, and one that takes it away again.',
  },
  {
    applies: ({ hops }) => hops.length > MAX_HOPS,
    title: 'One redirect follows another without end',
    why: `After ${MAX_HOPS} of them wsprobe gave up.`,
  },
  {
    applies: ({ hops }) => hops.at(-1)?.refused?.endsWith(' altogether') === true,
    title: 'The redirects take too long, one after another',
    why: 'wsprobe follows them for as long as three hops may last by their time limits.',
  },
  {
    applies: ({ base, target }) => isDowngrade(base, target),
    title: 'A redirect leads from TLS to plain text, and was not followed',
    why: 'A proxy behind TLS that builds its redirects with http: is the usual reason: let it know the original scheme.',
    rather: 'Plain text would carry every credential in the open.',
  },
];

function isCircle({ hops, base, target }: Way): boolean {
  return isAskedBefore(hops, hops.at(-1)?.target ?? null) || isAskedBefore([...hops, { url: base }], target);
}

function isAskedBefore(hops: readonly Pick<Redirect, 'url'>[], target: string | null): boolean {
  return target !== null && hops.some(({ url }) => url === target || parseUrl(url)?.href === target);
}

function describeHop(redirect: Redirect): string[] {
  const { url, status, location, followed, dropped } = redirect;
  const cookies = cookieText(redirect);
  const left = dropped.length > 0 ? `; not carried on: ${dropped.join(', ')}` : '';
  const line = `${quoteText(url, 120)} answered ${status} to ${quoteText(location, 120)}${followed ? ', followed' : ', not followed'}${quoteText(left, 160)}`;
  return cookies === null ? [line] : [line, `There: ${quoteText(cookies, 300)}`];
}

/** The way that led to where the probe ended: redirects that were followed, and what they cost. */
export function redirectEvidence({ report }: Evidence): string[] {
  return (report.redirects ?? [])
    .filter(({ followed }) => followed)
    .slice(-4)
    .flatMap(describeHop);
}

function isDowngrade(base: string, target: string | null): boolean {
  return base.startsWith('wss:') && target?.startsWith('ws:') === true;
}

const originalScheme = textFix(
  'On the proxy that ends TLS',
  'Let it tell the server that the client came over TLS: X-Forwarded-Proto, and the Host as the client sent it.',
);

function isGuarded(url: string): boolean {
  return isGuardedHost(new URL(url).hostname.replace(/^\[|\]$/g, ''));
}

function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/s, '');
}

/** The place a Location names, without a query that the server made up: it may hold a one-time token. The one asked with is known. */
function targetOf(location: string, base: string): string | null {
  const target = redirectTarget(location, base);
  if (target === null) return null;
  const url = new URL(target);
  if (url.search !== parseUrl(base)?.search) url.search = '';
  return url.href;
}
