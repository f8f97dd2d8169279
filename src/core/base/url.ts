/** A URL, or null. Not by `URL.canParse`: once optimised, that of Node 20 refuses names outside ASCII which `new URL` takes. */
export function parseUrl(text: string, base?: string): URL | null {
  try {
    return new URL(text, base);
  } catch {
    return null;
  }
}

const SCHEME = /^([a-z][a-z0-9+.-]*):/i;

/** Null when the text is a URL a WebSocket can connect to (RFC 6455 3), else one sentence for people. Never throws. */
export function checkUrl(text: string): string | null {
  if (text.trim() === '') return 'The URL is empty: write ws://… or wss://….';
  if (/[\u0000-\u001f\u007f]/.test(text)) return 'The URL holds a control character (a line break, a tab).';
  if (text !== text.trim()) return 'The URL starts or ends with a space.';
  if (/^ws\+unix:/i.test(text)) return checkSocketUrl(text);
  const { bare, zone } = splitZone(text);
  if (zone === null && /^wss?:\/\/(?:[^/?#@]*@)?\[[^\]]*%/i.test(text)) {
    return 'The zone of the address is written %25 and the name of the interface: [fe80::1%25eth0].';
  }
  return checkScheme(bare) ?? checkParts(bare) ?? checkParsed(bare);
}

/** A local socket, and what is asked of the server behind it. */
export interface SocketAddress {
  readonly socketPath: string;
  /** Path and query. */
  readonly target: string;
}

/** `ws+unix:/path/to.sock:/request/path?query`, as `ws` has it; a colon of the socket's own path is %3A. Null for any other URL. */
export function socketAddressOf(url: URL): SocketAddress | null {
  if (url.protocol !== 'ws+unix:') return null;
  const at = url.pathname.indexOf(':');
  const raw = at < 0 ? url.pathname : url.pathname.slice(0, at);
  const request = at < 0 ? '' : url.pathname.slice(at + 1);
  try {
    return { socketPath: pipeOf(decodeURIComponent(raw)), target: `${request === '' ? '/' : request}${url.search}` };
  } catch {
    return null;
  }
}

/** A named pipe of Windows: a URL leaves out the dot of `//./pipe/name`. */
function pipeOf(path: string): string {
  const name = /^\/{2,}(?:[.?]\/)?pipe\/(.+)$/.exec(path)?.[1];
  return name === undefined ? path.replace(/^\/+/, '/') : `\\\\.\\pipe\\${name}`;
}

function checkSocketUrl(text: string): string | null {
  if (text.includes('#')) return 'A WebSocket URL has no fragment: leave out everything from # on, or write # as %23.';
  const url = parseUrl(text);
  if (!url || url.host !== '') return 'A local socket is named by its whole path: ws+unix:/path/to.sock:/request/path.';
  const address = socketAddressOf(url);
  if (!address) return 'The path of the socket holds a broken % escape.';
  const { socketPath, target } = address;
  if (socketPath.includes('\0')) return 'The path of the socket holds a NUL.';
  if (!/^(\/|\\\\)./.test(socketPath))
    return 'A local socket is named by its whole path: ws+unix:/path/to.sock:/request/path.';
  return target.startsWith('/')
    ? null
    : 'Behind the colon stands the path that is asked for: ws+unix:/path/to.sock:/request/path.';
}

/** A URL without the zone of its address (RFC 6874), which no URL parser takes: `ws://[fe80::1%25eth0]/`. */
export function splitZone(text: string): { readonly bare: string; readonly zone: string | null } {
  const [, before = '', zone, after = ''] =
    /^(wss?:\/\/(?:[^/?#@]*@)?\[[0-9a-f:.]+)%25([\w.~-]{1,64})(\].*)$/is.exec(text) ?? [];
  return zone === undefined ? { bare: text, zone: null } : { bare: before + after, zone };
}

function checkScheme(text: string): string | null {
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase();
  if (scheme === 'ws' || scheme === 'wss') return null;
  if (scheme === 'http') return 'A WebSocket URL starts with ws://: use ws instead of http.';
  if (scheme === 'https') return 'A WebSocket URL starts with wss://: use wss instead of https.';
  // `localhost:8080` reads as the scheme `localhost`; only `//` after the colon makes it one.
  if (scheme !== undefined && text.slice(scheme.length + 1).startsWith('//')) {
    return `The scheme must be ws or wss, not ${scheme.slice(0, 20)}.`;
  }
  const local = /^(localhost|127\.|\[?::1)/i.test(text);
  // The hint names the host only: user info and query may hold credentials.
  const host = /^\/*(?:[^/?#]*@)?([^?#]*)/.exec(text)?.[1] ?? '';
  return `The URL needs a scheme: ${local ? 'ws' : 'wss'}://${cut(host)}`;
}

function checkParts(text: string): string | null {
  const authority = /^wss?:\/\/([^/?#\\]*)/i.exec(text)?.[1];
  if (authority === undefined) return 'After ws: or wss: come two slashes and the host: ws://host/path.';
  if (text.includes('#')) {
    return 'A WebSocket URL has no fragment: leave out everything from # on, or write # as %23.';
  }
  if (text.includes('\\')) return 'The URL holds a backslash: use /, or write it as %5C.';
  const hostAndPort = authority.slice(authority.lastIndexOf('@') + 1);
  const port = /^(?:\[[^\]]*\]|[^:[]*):(.*)$/.exec(hostAndPort)?.[1];
  if (hostAndPort === '' || hostAndPort.startsWith(':')) return 'The URL has no host: ws://host/path.';
  if (port === undefined || port === '') return null;
  if (!/^\d+$/.test(port)) return `The port is not a number: ${cut(port)}.`;
  const number = Number(port);
  return number < 1 || number > 65_535 ? `Port ${cut(port)} is out of range: 1 to 65535.` : null;
}

function checkParsed(text: string): string | null {
  const url = parseUrl(text);
  if (!url || url.hostname === '') return 'The host of the URL is not valid.';
  return decodeUserInfo(url) ? null : 'The user name or password in the URL holds a broken % escape.';
}

/** User info of a URL, decoded; null when an escape is broken. */
export function decodeUserInfo(url: URL): { username: string; password: string } | null {
  try {
    return { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
  } catch {
    return null;
  }
}

function cut(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
