import type { ProbePlan } from '../../base/plan.js';
import { type CopiedProxy, remoteScheme } from './proxy.js';
import { type CopiedRequest, filePath, noteRedirects } from './request.js';
import { shellCommand, shellWord } from './shellWord.js';
import { literal, type Words } from './words.js';

/** The key of RFC 6455 1.3: any 16 bytes do, as nobody checks the answer here. */
const SAMPLE_KEY = 'dGhlIHNhbXBsZSBub25jZQ==';

/** The opening handshake as an HTTP request, which every version of curl can send. */
export function curlCommand(plan: ProbePlan, request: CopiedRequest, notes: string[]): string {
  const option = (name: string, value: Words) => [name, shellWord(value)];
  const header = (name: string, value: Words) => option('--header', headerLine(name, value));
  const parts = [
    ['--http1.1', '--include', '--no-buffer', '--globoff'],
    header('Connection', literal('Upgrade')),
    header('Upgrade', literal('websocket')),
    header('Sec-WebSocket-Version', literal('13')),
    header('Sec-WebSocket-Key', literal(SAMPLE_KEY)),
  ];
  if (request.subprotocols.length > 0) parts.push(header('Sec-WebSocket-Protocol', list(request.subprotocols)));
  if (request.origin) parts.push(header('Origin', request.origin));
  for (const { name, value } of request.headers) parts.push(header(name, value));
  if (request.basic) parts.push(option('--user', request.basic));
  parts.push(...tlsOptions(plan, request, notes));
  if (request.proxy === 'none') parts.push(option('--noproxy', literal('*')));
  else if (request.proxy !== 'auto') parts.push(...proxyOptions(plan, request.proxy));
  if (plan.followRedirects) {
    parts.push(['--location']);
    noteRedirects(plan, request, notes);
  }
  parts.push([shellWord(httpUrl(request.url))]);
  notes.push('curl shows the opening handshake and the frames of the server as raw bytes; it sends no message.');
  return shellCommand('curl', parts);
}

/** `a, b` as one header value. */
export function list(items: readonly Words[]): Words {
  return items.flatMap((item, index): Words => (index === 0 ? item : [{ literal: ', ' }, ...item]));
}

/** curl leaves a header out when nothing follows the colon; a semicolon sends it empty. */
function headerLine(name: string, value: Words): Words {
  const isEmpty = value.every((piece) => 'literal' in piece && piece.literal.trim() === '');
  return isEmpty ? literal(`${name};`) : [{ literal: `${name}: ` }, ...value];
}

function proxyOptions(plan: ProbePlan, proxy: CopiedProxy): string[][] {
  const { kind, place, username, password, authorization, rejectUnauthorized } = proxy;
  const parts = [['--proxy', shellWord([...literal(`${remoteScheme(kind)}://`), ...place])]];
  if (authorization) parts.push(['--proxy-header', shellWord(headerLine('Proxy-Authorization', authorization))]);
  else if (username) {
    // Without a colon curl would ask for the password.
    parts.push(['--proxy-user', shellWord([...username, { literal: ':' }, ...(password ?? [])])]);
  }
  // For http: URLs curl would ask the proxy for the page, not for a tunnel.
  if (kind.startsWith('http') && plan.url.startsWith('ws:')) parts.push(['--proxytunnel']);
  const ca = plan.tls.ca?.[0];
  if (kind === 'https' && ca !== undefined) parts.push(['--proxy-cacert', shellWord(filePath(plan, ca))]);
  if (kind === 'https' && !rejectUnauthorized) parts.push(['--proxy-insecure']);
  return parts;
}

function tlsOptions(plan: ProbePlan, { passphrase }: CopiedRequest, notes: string[]): string[][] {
  const { ca, cert, key, pfx, serverName, rejectUnauthorized, minVersion } = plan.tls;
  const parts: string[][] = [];
  const file = (name: string, path: string) => parts.push([name, shellWord(filePath(plan, path))]);
  if (ca?.[0] !== undefined) file('--cacert', ca[0]);
  if (ca && ca.length > 1) notes.push('curl takes one CA file: join yours, only the first is named.');
  if (cert !== undefined) file('--cert', cert);
  if (key !== undefined) file('--key', key);
  if (pfx !== undefined) {
    file('--cert', pfx);
    parts.push(['--cert-type', 'P12']);
  }
  if (passphrase) parts.push(['--pass', shellWord(passphrase)]);
  if (minVersion !== undefined) parts.push([minVersion === 'TLSv1' ? '--tlsv1.0' : `--${minVersion.toLowerCase()}`]);
  if (rejectUnauthorized === false) parts.push(['--insecure']);
  if (serverName !== undefined) notes.push('tls.serverName has no option in curl and is left out.');
  return parts;
}

function httpUrl(url: Words): Words {
  const [first, ...rest] = url;
  return first && 'literal' in first ? [{ literal: first.literal.replace(/^ws/i, 'http') }, ...rest] : url;
}
