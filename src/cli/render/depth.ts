import { OPCODE } from '../../core/base/frame.js';
import type { FrameRecord, HeaderPair, Report, RequestInfo, ResponseInfo } from '../../core/base/model.js';
import { formatDuration } from '../../core/text/durations.js';
import { formatBytes } from '../../core/text/sizes.js';
import { nameOf, validity } from './facts.js';
import type { Style } from './style.js';
import { cut, padEnd, padStart, type Page } from './text.js';
import { plural } from './words.js';

const OPCODES: Record<number, string> = { 0: 'continue', 1: 'text', 2: 'binary', 8: 'close', 9: 'ping', 10: 'pong' };

/** The chain as it was sent, leaf first. */
export function putCertificates(page: Page, { tls }: Report, style: Style): void {
  if (tls === null || tls.chain.length === 0) return;
  page.gap();
  for (const [index, certificate] of tls.chain.entries()) {
    const names = `${nameOf(certificate.subject)} by ${nameOf(certificate.issuer)}`;
    page.bullet(index === 0 ? 'chain' : '', names, style.glyphs.bullet);
    page.bullet('', validity(certificate), ' ');
    if (certificate.altNames.length > 0) page.bullet('', `names: ${certificate.altNames.join(', ')}`, ' ');
    page.bullet('', `SHA-256 ${cut(certificate.fingerprint256, page.textColumns - 12, style.glyphs.ellipsis)}`, ' ');
  }
}

/** What was said to a proxy, and its answer. */
export function putTunnel(page: Page, { proxy }: Report, style: Style): void {
  if (proxy === null || (proxy.request === null && proxy.headers.length === 0)) return;
  putRequest(page, 'to proxy', proxy.request);
  page.gap();
  page.row('from proxy', `${proxy.status ?? ''} ${proxy.reason}`.trim() || 'no answer', 'bold');
  putHeaders(page, proxy.headers);
  putBody(page, proxy.body, style);
}

/** Request and response as they stood on the wire, in order and case. */
export function putHeads(page: Page, { request, response }: Report, style: Style): void {
  putRequest(page, 'request', request);
  if (response === null) return;
  page.gap();
  page.row('response', `HTTP/${response.httpVersion} ${response.status} ${response.reason}`.trim(), 'bold');
  putHeaders(page, response.headers);
  putBody(page, response.body, style);
}

function putRequest(page: Page, label: string, request: RequestInfo | null): void {
  if (request === null) return;
  page.gap();
  page.row(label, `${request.method} ${request.target} HTTP/${request.httpVersion}`, 'bold');
  putHeaders(page, request.headers);
}

function putBody(page: Page, body: ResponseInfo['body'] | null, style: Style): void {
  if (body === null || body.bytes === 0) return;
  page.raw('', '');
  for (const line of body.text.split('\n').slice(0, 40))
    page.raw('', cut(line, page.textColumns, style.glyphs.ellipsis));
  page.row('', `(body of ${formatBytes(body.bytes)}${body.truncated ? ', cut' : ''})`, 'dim');
}

function putHeaders(page: Page, headers: readonly HeaderPair[]): void {
  for (const [name, value] of headers) page.row('', `${name}: ${value}`);
}

export function putFrames(page: Page, { frames }: Report, style: Style): void {
  if (frames.length === 0) return;
  page.gap();
  const ratios = ratiosOf(frames);
  const ratioColumns = Math.max(0, ...[...ratios.values()].map((ratio) => ratio.length + 2));
  for (const [index, frame] of frames.entries()) {
    const arrow = frame.direction === 'sent' ? style.glyphs.sent : style.glyphs.received;
    const size = `${padStart(formatBytes(frame.payloadBytes), 9)}  ${padEnd(ratios.get(frame) ?? '', ratioColumns)}`;
    const head = `${padStart(formatDuration(frame.atMs), 9)} ${arrow} ${padEnd(kindOf(frame), 9)} ${size}`;
    const { text, base64 } = frame.inflated ?? frame;
    const preview = (text ?? hexOf(base64 ?? '')).replace(/\s+/g, ' ');
    page.raw(index === 0 ? 'frames' : '', head + cut(preview, page.textColumns - head.length, style.glyphs.ellipsis));
  }
  page.row('', plural(frames.length, 'frame'), 'dim');
}

/** `40 % of 15 B` on the last frame of each compressed message: what it took on the wire, all its frames, and what it holds. */
function ratiosOf(frames: readonly FrameRecord[]): ReadonlyMap<FrameRecord, string> {
  const ratios = new Map<FrameRecord, string>();
  const bytes = { sent: 0, received: 0 };
  for (const frame of frames) {
    const { direction, inflated, opcode, payloadBytes } = frame;
    if (opcode >= OPCODE.close) continue;
    bytes[direction] = (opcode === OPCODE.continuation ? bytes[direction] : 0) + payloadBytes;
    if (!inflated || inflated.bytes === 0) continue;
    const percent = Math.round((bytes[direction] / inflated.bytes) * 100);
    ratios.set(frame, `${percent} % of ${formatBytes(inflated.bytes)}`);
  }
  return ratios;
}

function kindOf({ opcode, fin, rsv1 }: FrameRecord): string {
  return `${OPCODES[opcode] ?? `opcode ${opcode}`}${rsv1 ? '*' : ''}${fin ? '' : '+'}`;
}

function hexOf(base64: string): string {
  return Buffer.from(base64.slice(0, 64), 'base64').toString('hex').replace(/../g, '$& ').trim();
}
