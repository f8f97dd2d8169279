import type { FrameRecord, HeaderPair, Report } from '../../core/model.js';
import { nameOf, validity } from './facts.js';
import type { Style } from './style.js';
import { cut, formatBytes, formatDuration, padEnd, padStart, type Page, plural } from './text.js';

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

/** Request and response as they stood on the wire, in order and case. */
export function putHeads(page: Page, { request, response }: Report, style: Style): void {
  if (request !== null) {
    page.gap();
    page.row('request', `${request.method} ${request.target} HTTP/${request.httpVersion}`, 'bold');
    putHeaders(page, request.headers);
  }
  if (response === null) return;
  page.gap();
  page.row('response', `HTTP/${response.httpVersion} ${response.status} ${response.reason}`.trim(), 'bold');
  putHeaders(page, response.headers);
  if (response.body.bytes === 0) return;
  page.raw('', '');
  for (const line of response.body.text.split('\n').slice(0, 40))
    page.raw('', cut(line, page.textColumns, style.glyphs.ellipsis));
  page.row('', `(body of ${formatBytes(response.body.bytes)}${response.body.truncated ? ', cut' : ''})`, 'dim');
}

function putHeaders(page: Page, headers: readonly HeaderPair[]): void {
  for (const [name, value] of headers) page.row('', `${name}: ${value}`);
}

export function putFrames(page: Page, { frames }: Report, style: Style): void {
  if (frames.length === 0) return;
  page.gap();
  for (const [index, frame] of frames.entries()) {
    const arrow = frame.direction === 'sent' ? style.glyphs.sent : style.glyphs.received;
    const head = `${padStart(formatDuration(frame.atMs), 9)} ${arrow} ${padEnd(kindOf(frame), 9)} ${padStart(formatBytes(frame.payloadBytes), 9)}  `;
    const { text, base64 } = frame.inflated ?? frame;
    const preview = (text ?? hexOf(base64 ?? '')).replace(/\s+/g, ' ');
    page.raw(index === 0 ? 'frames' : '', head + cut(preview, page.textColumns - head.length, style.glyphs.ellipsis));
  }
  page.row('', plural(frames.length, 'frame'), 'dim');
}

function kindOf({ opcode, fin, rsv1 }: FrameRecord): string {
  return `${OPCODES[opcode] ?? `opcode ${opcode}`}${rsv1 ? '*' : ''}${fin ? '' : '+'}`;
}

function hexOf(base64: string): string {
  return Buffer.from(base64.slice(0, 64), 'base64').toString('hex').replace(/../g, '$& ').trim();
}
