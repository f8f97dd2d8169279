import type { ProbePlan } from '../../base/plan.js';
import { type CopiedProxy, remoteScheme } from './proxy.js';
import { type CopiedRequest, filePath, noteRedirects } from './request.js';
import { CommandLine, type Shell } from './shells.js';
import { literal, type Words } from './words.js';

/** The key of RFC 6455 1.3: any 16 bytes do, as nobody checks the answer here. */
const SAMPLE_KEY = 'dGhlIHNhbXBsZSBub25jZQ==';

/** The opening handshake as an HTTP request, which every version of curl can send. */
export function curlCommand(shell: Shell, plan: ProbePlan, request: CopiedRequest, notes: string[]): string {
  const line = new CommandLine(shell, notes);
  const header = (name: string, value: Words) => line.option('--header', headerLine(name, value));
  line.flags('--http1.1', '--include', '--no-buffer', '--globoff');
  header('Connection', literal('Upgrade'));
  header('Upgrade', literal('websocket'));
  header('Sec-WebSocket-Version', literal('13'));
  header('Sec-WebSocket-Key', literal(SAMPLE_KEY));
  if (request.subprotocols.length > 0) header('Sec-WebSocket-Protocol', list(request.subprotocols));
  if (request.origin) header('Origin', request.origin);
  for (const { name, value } of request.headers) header(name, value);
  const user = request.basic ?? request.digest;
  if (request.digest) line.flags('--digest');
  if (user) line.option('--user', user);
  tlsOptions(line, plan, request, notes);
  if (request.proxy === 'none') line.option('--noproxy', literal('*'));
  else if (request.proxy !== 'auto') proxyOptions(line, plan, request.proxy);
  if (plan.followRedirects) {
    line.flags('--location');
    noteRedirects(plan, request, notes);
  }
  if (request.local) line.option('--unix-socket', literal(request.local.socketPath));
  line.argument(httpUrl(request.local?.url ?? request.url));
  notes.push('curl shows the opening handshake and the frames of the server as raw bytes; it sends no message.');
  return line.text(shell.curl);
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

function proxyOptions(line: CommandLine, plan: ProbePlan, proxy: CopiedProxy): void {
  const { kind, place, username, password, authorization, rejectUnauthorized } = proxy;
  line.option('--proxy', [...literal(`${remoteScheme(kind)}://`), ...place]);
  if (authorization) line.option('--proxy-header', headerLine('Proxy-Authorization', authorization));
  else if (username) {
    // Without a colon curl would ask for the password.
    line.option('--proxy-user', [...username, { literal: ':' }, ...(password ?? [])]);
  }
  // For http: URLs curl would ask the proxy for the page, not for a tunnel.
  if (kind.startsWith('http') && plan.url.startsWith('ws:')) line.flags('--proxytunnel');
  const ca = plan.tls.ca?.[0];
  if (kind === 'https' && ca !== undefined) line.option('--proxy-cacert', filePath(plan, ca));
  if (kind === 'https' && !rejectUnauthorized) line.flags('--proxy-insecure');
}

function tlsOptions(line: CommandLine, plan: ProbePlan, { passphrase }: CopiedRequest, notes: string[]): void {
  const { ca, cert, key, pfx, serverName, rejectUnauthorized, minVersion } = plan.tls;
  const file = (name: string, path: string) => line.option(name, filePath(plan, path));
  if (ca?.[0] !== undefined) file('--cacert', ca[0]);
  if (ca && ca.length > 1) notes.push('curl takes one CA file: join yours, only the first is named.');
  if (cert !== undefined) file('--cert', cert);
  if (key !== undefined) file('--key', key);
  if (pfx !== undefined) {
    file('--cert', pfx);
    line.flags('--cert-type', 'P12');
  }
  if (passphrase) line.option('--pass', passphrase);
  if (minVersion !== undefined) line.flags(minVersion === 'TLSv1' ? '--tlsv1.0' : `--${minVersion.toLowerCase()}`);
  if (rejectUnauthorized === false) line.flags('--insecure');
  if (serverName !== undefined) notes.push('tls.serverName has no option in curl and is left out.');
}

function httpUrl(url: Words): Words {
  const [first, ...rest] = url;
  return first && 'literal' in first ? [{ literal: first.literal.replace(/^ws/i, 'http') }, ...rest] : url;
}
