import { isIP } from 'node:net';
import type { ProbePlan } from '../../base/plan.js';
import { list } from './curl.js';
import type { CopiedMessage } from './message.js';
import type { CopiedProxy } from './proxy.js';
import { type CopiedRequest, filePath, noteDigest } from './request.js';
import { hasHidden, shellCommand, shellWord } from './shellWord.js';
import { literal, type Words } from './words.js';

const BUFFER_BYTES = 65_536;

/** For websocat 1.x. */
export function websocatCommand(
  plan: ProbePlan,
  request: CopiedRequest,
  message: CopiedMessage | null,
  notes: string[],
  further: readonly CopiedMessage[] = [],
): string {
  const parts: string[][] = [];
  const lines = linesOf(message ? [message, ...further] : []);
  if (lines === null && further.length > 0) {
    notes.push(`${further.length} of ${further.length + 1} messages are left out: not all are lines of text.`);
  }
  if (message) parts.push(messageOptions(message));
  if (request.subprotocols.length > 0) parts.push(['--protocol', shellWord(list(request.subprotocols))]);
  if (request.origin) parts.push(['--origin', shellWord(request.origin)]);
  // With a space in the place of =, the option would swallow the arguments that follow.
  const header = (name: string, value: string) => parts.push([`${shellWord(literal(`--header=${name}: `))}${value}`]);
  for (const { name, value } of request.headers) header(name, shellWord(value));
  if (request.basic) header('Authorization', basicValue(request.basic));
  noteDigest(request, 'websocat', notes);
  const { ca, cert, key, pfx, rejectUnauthorized, serverName, minVersion } = plan.tls;
  if (pfx !== undefined) parts.push(['--client-pkcs12-der', shellWord(filePath(plan, pfx))]);
  if (pfx !== undefined && request.passphrase) {
    parts.push(['--client-pkcs12-passwd', shellWord(request.passphrase)]);
  }
  if (cert !== undefined || key !== undefined) {
    notes.push('websocat takes a client certificate as PKCS #12 only: openssl pkcs12 -export makes one.');
  }
  if (rejectUnauthorized === false) parts.push(['--insecure']);
  if (serverName !== undefined || minVersion !== undefined) {
    notes.push('tls.serverName and tls.minVersion have no option in websocat and are left out.');
  }
  if (request.proxy !== 'auto' && request.proxy !== 'none') parts.push(...proxyOptions(request.proxy, notes));
  if (plan.followRedirects) notes.push('websocat follows no redirects.');
  const { local } = request;
  if (local) {
    const uri = `--ws-c-uri=${shellWord(local.url)}`;
    parts.push([uri, '-', shellWord(literal(`ws-c:unix:${local.socketPath}`))]);
  } else parts.push([shellWord(request.url)]);
  const trust = ca?.[0] === undefined ? '' : `SSL_CERT_FILE=${shellWord(filePath(plan, ca[0]))} `;
  if (ca && ca.length > 1) notes.push('SSL_CERT_FILE names one CA file: join yours, only the first is named.');
  const input = lines && lines.length > 1 ? `printf '%s\\n' ${lines.join(' ')} | ` : message ? inputOf(message) : '';
  return `${input}${trust}${shellCommand('websocat', parts)}`;
}

/** It takes an address only, and no credentials. */
function proxyOptions({ kind, host, place, username }: CopiedProxy, notes: string[]): string[][] {
  if (kind === 'socks5' && isIP(host) !== 0 && !username) return [['--socks5', shellWord(place)]];
  notes.push('The proxy is left out: websocat knows SOCKS5 by address and without credentials only.');
  return [];
}

/** What websocat sends a line each; null where one of them is no line. */
function linesOf(messages: readonly CopiedMessage[]): readonly string[] | null {
  const words = messages.flatMap(({ bytes, text, words: said }) =>
    said && !text.includes('\n') && !hasHidden(text) && bytes.length <= BUFFER_BYTES ? [shellWord(said)] : [],
  );
  return words.length === messages.length ? words : null;
}

function messageOptions(message: CopiedMessage): string[] {
  const size = message.bytes.length > BUFFER_BYTES ? ['--buffer-size', String(message.bytes.length)] : [];
  if (message.words && !message.text.includes('\n')) return ['--no-close', ...size];
  return ['--no-close', '--no-line', message.words ? '--text' : '--binary', ...size];
}

function inputOf(message: CopiedMessage): string {
  if (!message.words) return `printf %s ${message.bytes.toString('base64')} | base64 -d | `;
  if (message.text.includes('\n') || hasHidden(message.text)) return `printf %s ${shellWord(message.words)} | `;
  return `printf '%s\\n' ${shellWord(message.words)} | `;
}

function basicValue(basic: Words): string {
  return `"Basic $(printf %s ${shellWord(basic)} | base64 | tr -d '\\n')"`;
}
