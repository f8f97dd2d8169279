import type { ProbePlan } from '../../base/plan.js';
import type { CopiedMessage } from './message.js';
import { type CopiedProxy, proxyWords } from './proxy.js';
import { type CopiedRequest, filePath, listedHeaders, noteDigest, noteRedirects } from './request.js';
import { CommandLine, type Shell } from './shells.js';
import type { Words } from './words.js';

/** For wscat 5 and later. */
export function wscatCommand(
  shell: Shell,
  plan: ProbePlan,
  request: CopiedRequest,
  message: CopiedMessage | null,
  notes: string[],
  further: readonly CopiedMessage[] = [],
): string {
  const line = new CommandLine(shell, notes);
  const option = (name: string, value: Words) => line.option(name, value);
  option('--connect', request.url);
  for (const name of request.subprotocols) option('--subprotocol', name);
  if (request.origin) option('--origin', request.origin);
  for (const { name, value } of listedHeaders(request, 'wscat', notes))
    option('--header', [{ literal: `${name}: ` }, ...value]);
  if (request.basic) option('--auth', request.basic);
  noteDigest(request, 'wscat', notes);
  const { ca, cert, key, pfx, rejectUnauthorized, serverName, minVersion } = plan.tls;
  if (ca?.[0] !== undefined) option('--ca', filePath(plan, ca[0]));
  if (ca && ca.length > 1) notes.push('wscat takes one CA file: join yours, only the first is named.');
  if (cert !== undefined) option('--cert', filePath(plan, cert));
  if (key !== undefined) option('--key', filePath(plan, key));
  if (request.passphrase) option('--passphrase', request.passphrase);
  if (rejectUnauthorized === false) line.flags('--no-check');
  if (pfx !== undefined || serverName !== undefined || minVersion !== undefined) {
    notes.push('tls.pfx, tls.serverName and tls.minVersion have no option in wscat and are left out.');
  }
  if (request.proxy !== 'auto' && request.proxy !== 'none') proxyOptions(line, request.proxy, notes);
  if (plan.followRedirects) {
    line.flags('--location');
    noteRedirects(plan, request, notes);
  }
  const messages = message ? [message, ...further] : [];
  for (const { words } of messages) if (words) option('--execute', words);
  if (messages.some(({ words }) => words)) line.flags('--wait', '10');
  if (messages.some(({ words }) => !words)) notes.push('wscat sends text only: the binary message is left out.');
  return line.text('wscat');
}

function proxyOptions(line: CommandLine, proxy: CopiedProxy, notes: string[]): void {
  const { kind, authorization } = proxy;
  if (kind !== 'http' && kind !== 'https') {
    notes.push('The proxy is left out: wscat knows http: and https: proxies only.');
    return;
  }
  if (authorization) notes.push('The ready Proxy-Authorization has no option in wscat and is left out.');
  line.option('--proxy', proxyWords(proxy, kind));
}
