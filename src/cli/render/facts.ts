import type { Certificate, Report } from '../../core/base/model.js';
import { formatDuration } from '../../core/text/durations.js';
import { httpBadge, isOpening } from './negotiated.js';
import type { Style } from './style.js';
import { cut, lengthOf, padEnd, padStart, type Page } from './text.js';
import { plural } from './words.js';

const RESPONSE_NAMES = ['server', 'via', 'x-powered-by', 'location', 'retry-after', 'www-authenticate'];

/** A time and what came of an attempt. */
const OUTCOME_COLUMNS = 25;

/** Every connection attempt, when there were several or one failed. */
export function putAttempts(page: Page, report: Report, style: Style): void {
  const { attempts } = report;
  if (attempts.length === 0 || (attempts.length === 1 && attempts[0]?.error === null)) return;
  const places = attempts.map(({ address, family, port }) =>
    family === 6 ? `[${address}]:${port}` : `${address}:${port}`,
  );
  const widest = Math.max(...places.map(lengthOf));
  // An address that is cut tells nothing: it has a line of its own.
  const isNarrow = widest > page.textColumns - OUTCOME_COLUMNS;
  for (const [index, attempt] of attempts.entries()) {
    const outcome = attempt.error === null ? style.paint('good', 'connected') : style.paint('bad', attempt.error);
    const duration = padStart(formatDuration(attempt.durationMs), 9);
    const label = index === 0 ? 'attempts' : '';
    const place = cut(places[index] ?? '', page.textColumns, style.glyphs.ellipsis);
    if (isNarrow) page.raw(label, place);
    page.raw(isNarrow ? '' : label, `${isNarrow ? '' : `${padEnd(place, widest)} `}${duration}  ${outcome}`);
  }
}

export function putTls(page: Page, { tls }: Report, style: Style): void {
  if (tls === null) return;
  const parts = [tls.protocol, tls.cipher, tls.alpn === null ? null : `ALPN ${tls.alpn}`].filter(
    (part) => part !== null,
  );
  const trust = tls.authorized ? 'trusted' : `NOT trusted: ${tls.authorizationError ?? 'unknown reason'}`;
  page.row('tls', [...parts, trust].join(style.glyphs.separator), tls.authorized ? null : 'bad');
  const [leaf] = tls.chain;
  if (leaf !== undefined)
    page.row('', `${nameOf(leaf.subject)} by ${nameOf(leaf.issuer)}${style.glyphs.separator}${validity(leaf)}`);
}

/** `CN=example.com, O=…` is the common name to a person in a hurry. */
export function nameOf(subject: string): string {
  return /(?:^|[\n,/]\s*)CN\s*=\s*([^\n,/]+)/.exec(subject)?.[1]?.trim() ?? subject;
}

export function validity({ daysLeft, validFrom, validTo }: Certificate): string {
  const until = validTo.slice(0, 10);
  if (daysLeft < 0) return `expired ${plural(-daysLeft, 'day')} ago (${until})`;
  return `valid ${validFrom.slice(0, 10)} to ${until}, ${plural(daysLeft, 'day')} left`;
}

export function putHandshake(page: Page, report: Report, style: Style): void {
  const { response, subprotocol, compression, accept } = report;
  if (response === null) return;
  const separator = style.glyphs.separator;
  const badge = httpBadge(report);
  const status = `${response.status} ${response.reason}`.trim();
  const opening = isOpening(report);
  if (opening) {
    const tokens = subprotocol.offered.length > 0 || subprotocol.selected !== null;
    const parts = [
      ...(badge === null ? [] : [badge]),
      status,
      ...(tokens ? [`subprotocol ${subprotocol.selected ?? `none of ${subprotocol.offered.join(', ')}`}`] : []),
      compression.enabled ? `compression ${compression.accepted ?? 'on'}` : 'no compression',
      ...(accept !== null && !accept.valid ? ['WRONG Sec-WebSocket-Accept'] : []),
    ];
    page.row('handshake', parts.join(separator));
  } else page.row('handshake', badge === null ? status : `${badge}${separator}${status}`, 'bad');
  const named = response.headers.filter(([name]) => RESPONSE_NAMES.includes(name.toLowerCase()));
  const shown = opening ? named.filter(([name]) => name.toLowerCase() === 'server') : named;
  for (const [name, value] of shown) page.row('', `${name}: ${value}`);
  const body = response.body.text.trim();
  if (!opening && body !== '') {
    const columns = page.textColumns * 2 - 8;
    page.row('', `body: ${cut(body.replace(/\s+/g, ' '), columns, style.glyphs.ellipsis)}`, 'dim');
  }
}

export function putRoundTrips(page: Page, { roundTrips }: Report, style: Style): void {
  if (roundTrips === null) return;
  const { mode, samplesMs, minMs, p50Ms, p95Ms, p99Ms, maxMs } = roundTrips;
  const times =
    samplesMs.length === 1
      ? [formatDuration(p50Ms)]
      : [
          `p50 ${formatDuration(p50Ms)}`,
          `p95 ${formatDuration(p95Ms)}`,
          `p99 ${formatDuration(p99Ms)}`,
          `min ${formatDuration(minMs)}`,
          `max ${formatDuration(maxMs)}`,
        ];
  page.row('round trip', times.join(style.glyphs.separator));
  const counted = plural(samplesMs.length, mode === 'ping' ? 'protocol ping' : 'message');
  const what = samplesMs.length === 1 ? 'it' : 'each message';
  page.row('', `${counted}: ${PROOF[mode](what)}`, 'dim');
}

const PROOF = {
  ping: () => 'proves that the WebSocket library answers, not that the application does (use --send for that)',
  echo: (what: string) => `the application sent ${what} back`,
  any: (what: string) => `the application answered ${what}`,
  match: (what: string) => `the application answered ${what} as expected`,
} as const;

export function putClose(page: Page, { close }: Report, style: Style, verbose: boolean): void {
  if (close === null) return;
  const by = { client: 'by us', server: 'by the server', network: 'by the network, without a close frame' }[
    close.initiator
  ];
  const reason = close.reason === '' ? '' : ` "${close.reason}"`;
  const parts = [`${close.code}${reason}`, by, close.clean ? 'clean' : 'not clean'];
  page.row('close', parts.join(style.glyphs.separator), close.clean ? null : 'bad');
  const expected = close.clean && close.initiator === 'client' && !verbose;
  if (close.evidence !== '' && !expected) page.row('', close.evidence, 'dim');
}

/** What the profile asked for: the missed first, with what was wanted and what came. */
export function putExpectations(page: Page, { expectations }: Report, style: Style, verbose: boolean): void {
  const missed = expectations.filter((expectation) => !expectation.passed);
  const passed = expectations.filter((expectation) => expectation.passed);
  let label = 'expected';
  for (const { name, expected, actual } of missed) {
    page.bullet(label, `${name}: wanted ${expected}, got ${actual}`, style.glyphs.bad, 'bad');
    label = '';
  }
  if (verbose || passed.length <= 2) {
    for (const { name } of passed) {
      page.bullet(label, name, style.glyphs.good, 'good');
      label = '';
    }
  } else page.bullet(label, `${passed.length} met`, style.glyphs.good, 'good');
}
