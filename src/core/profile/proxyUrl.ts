import type { ProxyKind } from '../base/model.js';
import { parseUrl } from '../base/url.js';
import { noControls, userName } from './checks.js';
import type { ProxyRoute } from '../base/plan.js';

/** `http://proxy.example.com:3128`: never with user info. */
export function proxyUrl({ kind, host, port }: Pick<ProxyRoute, 'kind' | 'host' | 'port'>): string {
  return `${kind}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** `wrong` follows "the proxy URL " and repeats nothing of it: it may hold credentials. */
export type ParsedProxyUrl = { readonly route: ProxyRoute } | { readonly wrong: string };

/** Named by the profile: a URL with a scheme. Other sources may leave `http://` out, and say `socks://` as desktops do. */
export const FROM_PROFILE = 'profile';

const SCHEMES: Readonly<Record<string, { readonly kind: ProxyKind; readonly port: number }>> = {
  http: { kind: 'http', port: 80 },
  https: { kind: 'https', port: 443 },
  socks4: { kind: 'socks4', port: 1080 },
  socks4a: { kind: 'socks4a', port: 1080 },
  socks5: { kind: 'socks5', port: 1080 },
  socks5h: { kind: 'socks5', port: 1080 },
};

export const PROXY_SCHEMES: readonly string[] = Object.keys(SCHEMES);

/** RFC 1929 2: a length of one byte. */
const MAX_SOCKS_CREDENTIAL_BYTES = 255;

/** A proxy's URL to a route, user info percent-decoded, the port by default its scheme's (80, 443, SOCKS 1080). Never throws. */
export function parseProxyUrl(text: string, source: string): ParsedProxyUrl {
  if (/[\s\u0000-\u001f\u007f]/.test(text)) return { wrong: 'holds a blank or a control character.' };
  const [, scheme, rest = ''] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?([^]*)$/i.exec(text) ?? [];
  if (/^(pac\+|file:)/i.test(text) || /\/[^?#]*\.(pac|dat)([?#]|$)/i.test(rest)) {
    return { wrong: `leads to a PAC file, which wsprobe does not read. ${pacWay(process.platform)}` };
  }
  const known = schemeOf(scheme?.toLowerCase(), source);
  if (!known) {
    return { wrong: 'must start with http://, https://, socks4://, socks4a://, socks5:// or socks5h://.' };
  }
  const authority = /^[^/?#\\]*/.exec(rest)?.[0] ?? '';
  const after = rest.slice(authority.length);
  if (after !== '' && after !== '/') {
    return {
      wrong: 'has a path, query or fragment, which no proxy has (in a password write / as %2F, ? as %3F, # as %23).',
    };
  }
  const at = authority.lastIndexOf('@');
  const place = placeOf(authority.slice(at + 1), known.port);
  if ('wrong' in place) return place;
  const credentials = credentialsOf(authority.slice(0, Math.max(at, 0)), known.kind);
  if ('wrong' in credentials) return credentials;
  return {
    route: { kind: known.kind, ...place, ...credentials, authorization: null, rejectUnauthorized: true, source },
  };
}

/** Where Px listens unless it is told otherwise: a proxy of this machine that reads PAC files and signs in to domains. */
export const LOCAL_PROXY = 'http://127.0.0.1:3128';

/** How Px comes onto a machine. */
export function pxInstall(platform: string): string {
  return platform === 'win32' ? 'winget install genotrance.px' : 'pipx install px-proxy';
}

function pacWay(platform: string): string {
  return `Have a proxy of this machine read it ("${pxInstall(platform)}", then "px --pac=<its address>"), and name that one: ${LOCAL_PROXY}.`;
}

function schemeOf(scheme: string | undefined, source: string): (typeof SCHEMES)[string] | undefined {
  if (source !== FROM_PROFILE && scheme === undefined) return SCHEMES['http'];
  if (source !== FROM_PROFILE && scheme === 'socks') return SCHEMES['socks5'];
  return scheme !== undefined && Object.hasOwn(SCHEMES, scheme) ? SCHEMES[scheme] : undefined;
}

function placeOf(text: string, defaultPort: number): { host: string; port: number } | { wrong: string } {
  const [, name = '', digits = ''] = /^(\[[^\]]*\]|[^:[]*)(?::(.*))?$/.exec(text) ?? [];
  if (name === '') return { wrong: 'has no host, or one that is not valid.' };
  if (!/^\d*$/.test(digits)) return { wrong: 'has a port that is not a number.' };
  const port = digits === '' ? defaultPort : Number(digits);
  if (port < 1 || port > 65_535) return { wrong: 'has a port out of range: 1 to 65535.' };
  // Read as an http: URL, whose host is brought to one spelling (case, IDN, IPv4), unlike that of a scheme URLs do not know.
  const host = parseUrl(`http://${name}/`)?.hostname.replace(/^\[|\]$/g, '') ?? '';
  return host === '' ? { wrong: 'has no host, or one that is not valid.' } : { host, port };
}

type Credentials = Pick<ProxyRoute, 'username' | 'password'>;

function credentialsOf(userInfo: string, kind: ProxyKind): Credentials | { wrong: string } {
  if (userInfo === '') return { username: null, password: null };
  const at = userInfo.indexOf(':');
  const username = decode(at < 0 ? userInfo : userInfo.slice(0, at));
  const password = at < 0 ? null : decode(userInfo.slice(at + 1));
  if (username === undefined || password === undefined) {
    return { wrong: 'has a broken % escape in its user name or password (write % as %25).' };
  }
  const wrong = wrongCredentials(username, password, kind);
  return wrong === null ? { username, password } : { wrong: `has a user name or password that ${wrong}` };
}

function wrongCredentials(username: string, password: string | null, kind: ProxyKind): string | null {
  const control = noControls(username) ?? noControls(password ?? '');
  if (control !== null) return control;
  if (/\p{Cs}/u.test(username + (password ?? ''))) return 'is not valid Unicode.';
  if (kind === 'http' || kind === 'https') return userName(username);
  if (kind !== 'socks5') return password === null ? null : 'SOCKS4 cannot carry: it knows a user name only.';
  const longest = Math.max(Buffer.byteLength(username), Buffer.byteLength(password ?? ''));
  return longest > MAX_SOCKS_CREDENTIAL_BYTES
    ? 'is longer than 255 bytes, which SOCKS5 cannot carry (RFC 1929).'
    : null;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
