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
  return checkScheme(text) ?? checkParts(text) ?? checkParsed(text);
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
