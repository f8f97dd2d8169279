import { parseUrl } from '../base/url.js';
import { checkUrl } from '../base/url.js';

/** Redirects of one connect that are followed: as many as browsers and curl allow, or fewer. */
export const MAX_HOPS = 10;

/** Longer than this a Location is no address any more; what a report shows of one ends here too. */
export const MAX_LOCATION_CHARACTERS = 8_192;

/** Statuses whose Location is where to ask instead (RFC 9110 15.4); 300, 304, 305 and 306 are none. */
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

export function isRedirect(status: number): boolean {
  return REDIRECTS.has(status);
}

/**
 * The WebSocket URL that a Location leads to from `asked` (ws: or wss:), without fragment and user info; null where a
 * WebSocket cannot go: another scheme, a broken or overlong address. `location` is the header's value, latin1.
 */
export function redirectTarget(location: string, asked: string): string | null {
  if (location === '' || location.length > MAX_LOCATION_CHARACTERS) return null;
  // What is not ASCII stands for bytes: escaped one by one they are the UTF-8 that was meant.
  const escaped = location.replace(/[\u0080-\u00ff]/g, (byte) => `%${byte.charCodeAt(0).toString(16)}`);
  const url = parseUrl(escaped, asked.replace(/^ws/i, 'http'));
  // No server says which sockets of this machine are opened.
  if (!url || !/^(ws|http)s?:$/.test(url.protocol)) return null;
  if (url.protocol === 'http:') url.protocol = 'ws:';
  if (url.protocol === 'https:') url.protocol = 'wss:';
  url.username = '';
  url.password = '';
  url.hash = '';
  return checkUrl(url.href) === null ? url.href : null;
}
