import { isConnected, type Report } from '../../core/base/model.js';
import { quoteText } from '../../core/base/plainText.js';
import { formatDuration } from '../../core/text/durations.js';
import { httpBadge } from '../render/negotiated.js';
import type { Style } from '../render/style.js';
import type { NextAttempt } from './view.js';

const BY = { client: 'by us', server: 'by the server', network: 'by the network, without a Close frame' } as const;

/** One line of what was negotiated. */
export function openingText(report: Report, style: Style): string {
  const { subprotocol, compression, tls } = report;
  const offered = subprotocol.offered.map((token) => quoteText(token, 60)).join(', ');
  const chosen =
    subprotocol.selected === null
      ? offered === '' || `no subprotocol (offered ${offered})`
      : `subprotocol ${quoteText(subprotocol.selected, 60)}`;
  const badge = httpBadge(report);
  const facts = [
    quoteText(report.url, 200),
    ...(chosen === true ? [] : [chosen]),
    ...(badge === null ? [] : [badge]),
    ...(report.proxy ? [`through ${report.proxy.url}`] : []),
    ...(tls?.protocol ? [tls.protocol + (tls.authorized ? '' : ', certificate not trusted')] : []),
    compression.enabled ? quoteText(compression.accepted ?? 'compressed', 100) : 'not compressed',
    formatDuration(report.durationMs),
  ];
  return `${style.paint('good', `${style.glyphs.good} open`)}  ${facts.join(style.glyphs.separator)}`;
}

/** How it ended, in one line; what to do about it is the report's to say. */
export function closingText(report: Report, isWell: boolean, style: Style): string {
  const { close } = report;
  const sign = isWell
    ? style.paint('good', `${style.glyphs.good} closed`)
    : style.paint('bad', `${style.glyphs.bad} closed`);
  if (close === null) return sign;
  const reason = close.reason === '' ? '' : ` "${quoteText(close.reason, 200)}"`;
  const facts = [`${close.code}${reason}`, BY[close.initiator]];
  if (!isWell && close.evidence !== '') facts.push(quoteText(close.evidence, 300));
  return `${sign}  ${facts.join(style.glyphs.separator)}`;
}

/** Why it did not open, in one line. */
export function failureText(report: Report, style: Style): string {
  const why = report.findings[0]?.title ?? report.error?.message ?? 'not connected';
  return `${style.paint('bad', `${style.glyphs.bad} down`)}  ${quoteText(why, 300)}`;
}

export function reconnectingText({ attempt, maxAttempts, delayMs }: NextAttempt): string {
  return `reconnecting in ${formatDuration(delayMs)} (attempt ${attempt} of ${maxAttempts})`;
}

/** Whether a connection ended as connections should: by our Close frame answered, or by 1000, 1001 or no code from the peer. */
export function endedWell(report: Report, closedByUs: boolean): boolean {
  const { close } = report;
  if (close === null || !isConnected(report)) return false;
  if (close.initiator === 'server') return close.code === 1000 || close.code === 1001 || close.code === 1005;
  return closedByUs && close.initiator === 'client' && close.clean;
}
