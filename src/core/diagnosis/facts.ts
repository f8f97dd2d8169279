import { parseUrl } from '../base/url.js';
import { formatMs } from '../close/disconnect.js';
import type { Attempt, HeaderPair, Phase, PhaseName, ResponseInfo } from '../base/model.js';
import { quoteText } from '../base/plainText.js';
import type { Evidence, Failure } from '../base/evidence.js';
import { isSecretHeader, REDACTED } from '../redaction/redactor.js';
import { identifyServers } from './identifyServer.js';
import { readPage } from './pageText.js';

export { formatMs };

/** First value of a header, whatever its case. */
export function headerOf(headers: readonly HeaderPair[] | undefined, name: string): string | null {
  const wanted = name.toLowerCase();
  return headers?.find(([key]) => key.toLowerCase() === wanted)?.[1] ?? null;
}

export function sentHeader(evidence: Evidence, name: string): string | null {
  return headerOf(evidence.report.request?.headers, name);
}

export function phaseOf({ report }: Pick<Evidence, 'report'>, name: PhaseName): Phase | null {
  return report.phases.find((phase) => phase.name === name) ?? null;
}

/** The failure when it is of this phase and one of these kinds. */
export function failedIn(evidence: Evidence, phase: PhaseName, ...kinds: readonly Failure['kind'][]): Failure | null {
  const { failure } = evidence;
  return failure?.phase === phase && kinds.includes(failure.kind) ? failure : null;
}

/** The complete HTTP answer other than 101 that ended the probe, unless the profile wanted it. */
export function refusalOf(evidence: Evidence): ResponseInfo | null {
  const { response } = evidence.report;
  if (!response || !failedIn(evidence, 'upgrade', 'status')) return null;
  return evidence.plan.expect.status === response.status ? null : response;
}

export function statusLine(response: ResponseInfo): string {
  return `HTTP/${response.httpVersion} ${response.status} ${quoteText(response.reason, 80)}`.trim();
}

/** "404 Not Found": the server's own words, bounded, for titles. */
export function statusWords(response: ResponseInfo): string {
  return `${response.status} ${quoteText(response.reason, 100)}`.trim();
}

const telling = [
  'server',
  'via',
  'x-powered-by',
  'upgrade',
  'connection',
  'content-type',
  'location',
  'www-authenticate',
  'retry-after',
  'sec-websocket-version',
  'allow',
  'cf-ray',
  'proxy-authenticate',
  'proxy-connection',
  'x-squid-error',
  'x-cache',
];

/** What every refusal shows: status line, telling headers, who answered, the beginning of the body. */
export function responseEvidence(response: ResponseInfo): string[] {
  const lines = [`Answer: ${statusLine(response)}`];
  for (const [name, value] of response.headers) {
    if (telling.includes(name.toLowerCase())) lines.push(`${quoteText(name, 60)}: ${quoteText(value, 160)}`);
  }
  for (const { name, sign } of identifyServers(response)) lines.push(`Looks like ${name}: ${sign}`);
  const page = isHtml(response) ? readPage(response.body.text) : null;
  const body = quoteText(page?.text || page?.title || response.body.text, 240);
  if (body) lines.push(`Body (${response.body.bytes} bytes): ${body}`);
  return lines.slice(0, 16);
}

/** What a person reads of a body, the title of a page first: rules look for words in it. */
export function readableText(response: ResponseInfo): string {
  if (!isHtml(response)) return response.body.text.slice(0, 4096);
  const { title, text } = readPage(response.body.text);
  return `${title} ${text}`.trim().slice(0, 4096);
}

export function isHtml(response: ResponseInfo): boolean {
  return (
    /^text\/html/i.test(headerOf(response.headers, 'content-type') ?? '') ||
    /^\s*<(!doctype|html|head|title|body|h\d|p|div|center|b|style|pre|center|main|table)\b/i.test(
      response.body.text.slice(0, 200),
    )
  );
}

/** Path of the URL without its query, as in the request; "/" when unknown. */
export function pathOf({ plan }: Pick<Evidence, 'plan'>): string {
  return parseUrl(plan.url)?.pathname ?? '/';
}

/** The path that was asked for, to stand in a sentence. */
export function quotedPath({ evidence }: { readonly evidence: Pick<Evidence, 'plan'> }): string {
  return quoteText(pathOf(evidence), 100);
}

/** Where credentials were sent, as a person would say it; empty where none were. */
export function credentialsSent({ plan, report }: Evidence): string[] {
  const sent = (report.request?.headers ?? [])
    .filter(([name, value]) => isSecretHeader(name) || (value.includes(REDACTED) && !NO_CREDENTIAL.test(name)))
    .map(([name]) => `the ${name} header`);
  if ((plan.auth?.type === 'apiKey' && plan.auth.in === 'query') || keyInQuery(plan.url)) sent.push('the query');
  if (plan.auth?.type === 'apiKey' && plan.auth.in === 'header')
    sent.push(`the ${quoteText(plan.auth.name, 60)} header`);
  if (plan.auth?.type === 'subprotocol' || plan.subprotocols.some(carriesToken)) sent.push('the subprotocol');
  return [...new Set(sent)];
}

/** Headers that no server looks for a credential in. */
const NO_CREDENTIAL =
  /^(sec-.*|host|origin|referer|user-agent|accept(-.*)?|cache-control|pragma|dnt|via|(x-)?forwarded(-.*)?|x-(request|correlation)-id|trace(parent|state)|baggage)$/i;

/** Headers of the plan that may hold a credential, though neither name nor value says so: `X-Session-Id`. */
export function otherHeadersSent({ plan }: Evidence): string[] {
  const names = plan.headers.map(([name]) => name).filter((name) => !isSecretHeader(name) && !NO_CREDENTIAL.test(name));
  return [...new Set(names)];
}

/** What the plan takes for a token among the subprotocols is hidden before any rule sees it. */
const carriesToken = (offered: string) => offered.includes(REDACTED);

/** Whether the query names something that opens doors, as far as its names tell. */
function keyInQuery(address: string): boolean {
  const names = [...(parseUrl(address)?.searchParams.keys() ?? [])];
  return names.some((name) =>
    /^(.*[-_])?(access[-_]?)?(token|jwt|api[-_]?key|key|auth|authorization|password|secret|signature|sig|ticket)$/i.test(
      name.replace(/([a-z])([A-Z])/g, '$1_$2'),
    ),
  );
}

/** `host:port`, IPv6 in brackets. */
export function hostPort({ host, port }: Pick<Evidence, 'host' | 'port'>): string {
  return `${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`;
}

/** `host:port` of what DNS and TCP are about: the proxy where there is one, else the target. */
export function placeOf(evidence: Evidence): string {
  return quoteText(hostPort(evidence.plan.proxy ?? evidence), 120);
}

/** The same evidence, its host and port those that DNS and TCP are about. */
export function atPlace(evidence: Evidence): Evidence {
  const { host, port } = evidence.plan.proxy ?? evidence;
  return { ...evidence, host, port };
}

/** Whether the answer, or without one the request, was of HTTP/2: no Upgrade, no Connection, no key (RFC 8441). */
export function isHttp2({ report }: Pick<Evidence, 'report'>): boolean {
  return (report.response ?? report.request)?.httpVersion === '2';
}

/** Every TCP connection attempt, one line each. */
export function attemptLines(evidence: Evidence): string[] {
  return evidence.report.attempts.slice(0, 8).map(describeAttempt);
}

function describeAttempt({ address, family, port, durationMs, error }: Attempt): string {
  const where = family === 6 ? `[${address}]:${port}` : `${address}:${port}`;
  return `Attempt ${where} (IPv${family}): ${error ?? 'connected'} after ${formatMs(durationMs)}`;
}

/** How long a phase took, as evidence; null when it did not run. */
export function phaseTime(evidence: Evidence, name: PhaseName): string | null {
  const phase = phaseOf(evidence, name);
  if (!phase || phase.status === 'skipped' || phase.status === 'not-reached') return null;
  return `${name} took ${formatMs(phase.durationMs)}`;
}

/** Bytes as hex pairs, the first 32. */
export function hexOf(bytes: Uint8Array, max = 32): string {
  const pairs = Array.from(bytes.subarray(0, max), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return bytes.length > max ? `${pairs} …` : pairs;
}

/** Bytes read as latin1, for looking at what protocol they are. */
export function asciiOf(bytes: Uint8Array, max = 512): string {
  return String.fromCharCode(...bytes.subarray(0, max));
}
