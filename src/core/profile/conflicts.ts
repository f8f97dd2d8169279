import { parseUrl } from '../base/url.js';
import { headerName, isToken, noControls, notToken, userName } from './checks.js';
import { type JsonNode, memberOf, nodeAt } from './jsonc.js';
import { quote, type Report } from './problems.js';
import { decodeUserInfo } from '../base/url.js';

/** Keys of a profile that contradict each other: two sources for one header, two credentials. */
export function checkConflicts(root: JsonNode, report: Report): void {
  const headers = checkHeaderNames(root, report);
  const takes = (header: string, key: string) => {
    const place = headers.get(header);
    if (place) report('conflict', place, `${quote(key)} sets this header too: keep one of the two.`);
  };
  if (memberOf(root, 'origin')) takes('origin', 'origin');
  if (memberOf(root, 'cookies')) takes('cookie', 'cookies');
  checkUserInfo(root, report, () => takes('authorization', 'url'));
  checkAuth(root, report, takes);
  checkSharing(root, report);
}

/** An environment that sets `http` may be the one that is chosen: then resolving tells. */
function checkSharing(root: JsonNode, report: Report): void {
  const shared = memberOf(nodeAt(root, 'session'), 'shareConnection');
  if (shared?.value.type !== 'boolean' || !shared.value.value) return;
  const environments = nodeAt(root, 'environments');
  const later = environments?.type === 'object' && environments.members.some(({ value }) => memberOf(value, 'http'));
  const http = nodeAt(root, 'http');
  if (later || (http?.type === 'string' && http.value !== '1.1')) return;
  const message = '`session.shareConnection` needs HTTP/2: set `http` to "2" or "auto".';
  report('conflict', shared.key, message);
}

type Place = { readonly offset: number; readonly length: number };

function checkHeaderNames(root: JsonNode, report: Report): Map<string, Place> {
  const headers = new Map<string, Place>();
  const node = nodeAt(root, 'headers');
  for (const { key, value } of node?.type === 'object' ? node.members : []) {
    const name = key.name.toLowerCase();
    if (headers.has(name)) {
      report('conflict', key, `${quote(key.name)} stands twice: header names ignore case. Give one of them a list.`);
    }
    if (name === 'host' && value.type === 'array' && value.items.length > 1) {
      report('invalid-header', value, 'A request has exactly one Host header (RFC 9112 3.2).');
    }
    headers.set(name, key);
  }
  return headers;
}

function checkUserInfo(root: JsonNode, report: Report, onUserInfo: () => void): void {
  const url = nodeAt(root, 'url');
  if (url?.type !== 'string' || url.open) return;
  const parsed = parseUrl(url.value);
  const info = parsed && decodeUserInfo(parsed);
  if (!info || (info.username === '' && info.password === '')) return;
  const wrong = userName(info.username) ?? noControls(info.password);
  if (wrong !== null) report('invalid-url', url, `The user info of the URL ${wrong}`);
  onUserInfo();
  const auth = memberOf(root, 'auth');
  if (auth) report('conflict', auth.key, 'The URL holds a user name too: keep one of the two.');
}

function checkAuth(root: JsonNode, report: Report, takes: (header: string, key: string) => void): void {
  const auth = nodeAt(root, 'auth');
  const type = textAt(auth, 'type');
  if (type && IN_AUTHORIZATION.has(type)) takes('authorization', 'auth');
  if (type === 'apiKey') checkApiKey(auth, report, takes);
  if (type === 'subprotocol') checkTokenOffer(root, auth, report);
}

const IN_AUTHORIZATION = new Set(['bearer', 'basic', 'digest', 'oauth2']);

function checkApiKey(auth: JsonNode | undefined, report: Report, takes: (header: string, key: string) => void): void {
  const name = nodeAt(auth, 'name');
  if (name?.type !== 'string' || name.open || textAt(auth, 'in') === 'query') return;
  const wrong = headerName(name.value);
  if (wrong !== null) report('invalid-header', name, `${quote(name.value)} ${wrong}`);
  takes(name.value.toLowerCase(), 'auth');
}

function checkTokenOffer(root: JsonNode, auth: JsonNode | undefined, report: Report): void {
  const token = nodeAt(auth, 'token');
  const prefix = nodeAt(auth, 'prefix');
  if (token?.type !== 'string' || token.open || (prefix?.type === 'string' && prefix.open)) return;
  const offer = `${prefix?.type === 'string' ? prefix.value : ''}${token.value}`;
  if (!isToken(offer)) report('invalid-subprotocol', token, `\`auth.token\` ${notToken(offer)}`);
  const listed = nodeAt(root, 'subprotocols');
  const items = listed?.type === 'array' ? listed.items : [];
  const twice = items.find((item) => item.type === 'string' && item.value === offer);
  if (twice) report('invalid-subprotocol', twice, '`auth` offers this subprotocol already.');
}

function textAt(node: JsonNode | undefined, name: string): string | undefined {
  const value = nodeAt(node, name);
  return value?.type === 'string' && !value.open ? value.value : undefined;
}
