import type { HeaderPair, Report } from '../../../src/core/base/model.js';
import { fill } from '../../shared/fill.js';
import { handshakeWords } from './strings.js';

/** One thing that request and response have to agree on. */
export interface HandshakeCheck {
  readonly name: string;
  readonly asked: string;
  readonly answered: string;
  readonly outcome: 'ok' | 'problem' | 'note';
}

type Handshake = Pick<Report, 'request' | 'response' | 'accept' | 'subprotocol' | 'compression'>;

/** RFC 6455 4.1 and 4.2.2, side by side; the status alone when it is plain HTTP. Empty when no request left. */
export function handshakeChecks(report: Handshake): readonly HandshakeCheck[] {
  const { request, response } = report;
  if (!request) return [];
  const open = response?.status === 101 || (response?.httpVersion === '2' && response.status === 200);
  const status: HandshakeCheck = {
    name: handshakeWords.tab.status,
    asked: request.httpVersion.startsWith('2') ? '200' : '101',
    answered: response ? `${response.status} ${response.reason}`.trim() : handshakeWords.tab.nothing,
    outcome: open ? 'ok' : 'problem',
  };
  if (!response || !open) return [status];
  // Over HTTP/2 there is neither Upgrade nor Accept (RFC 8441 5).
  const headers = request.httpVersion.startsWith('2') ? [] : headerChecks(report);
  return [status, ...headers, subprotocolCheck(report), extensionCheck(report)];
}

function headerChecks(report: Handshake): readonly HandshakeCheck[] {
  const asked = report.request?.headers ?? [];
  const answered = report.response?.headers ?? [];
  const upgrade = valuesOf(answered, 'upgrade');
  const connection = valuesOf(answered, 'connection');
  const accepts = valuesOf(answered, 'sec-websocket-accept');
  const { accept } = report;
  return [
    {
      name: 'Upgrade',
      asked: joined(valuesOf(asked, 'upgrade')),
      answered: joined(upgrade),
      outcome: outcomeOf(upgrade.length === 1 && upgrade[0]?.toLowerCase() === 'websocket'),
    },
    {
      name: 'Connection',
      asked: joined(valuesOf(asked, 'connection')),
      answered: joined(connection),
      outcome: outcomeOf(tokensOf(connection).includes('upgrade')),
    },
    {
      name: handshakeWords.tab.accept,
      asked: accept ? accept.expected : handshakeWords.tab.nothing,
      answered:
        accepts.length > 1
          ? `${joined(accepts)} (${fill(handshakeWords.tab.twice, { count: accepts.length })})`
          : joined(accepts),
      outcome: outcomeOf(accept?.valid === true && accepts.length === 1),
    },
  ];
}

function subprotocolCheck({ subprotocol }: Handshake): HandshakeCheck {
  const { offered, selected } = subprotocol;
  const ok = selected === null ? offered.length === 0 : offered.includes(selected);
  return {
    name: handshakeWords.tab.subprotocol,
    asked: joined(offered),
    answered: selected ?? handshakeWords.tab.nothing,
    outcome: outcomeOf(ok),
  };
}

function extensionCheck({ compression }: Handshake): HandshakeCheck {
  const { offered, accepted, enabled } = compression;
  const declined = offered !== null && accepted === null;
  const ok = accepted === null || enabled;
  return {
    name: handshakeWords.tab.extensions,
    asked: offered ?? handshakeWords.tab.nothing,
    answered: accepted ?? handshakeWords.tab.nothing,
    outcome: declined ? 'note' : outcomeOf(ok),
  };
}

function outcomeOf(ok: boolean): 'ok' | 'problem' {
  return ok ? 'ok' : 'problem';
}

/** What a header does in a handshake; null for one that plays no part. */
export function headerNote(name: string): string | null {
  const key = name.toLowerCase();
  return Object.hasOwn(handshakeWords.headerNotes, key)
    ? handshakeWords.headerNotes[key as keyof typeof handshakeWords.headerNotes]
    : null;
}

/** Lower-case names of the headers whose check failed, to mark them where they stand. */
export function problemHeaders(checks: readonly HandshakeCheck[]): ReadonlySet<string> {
  const names: Readonly<Record<string, string>> = {
    [handshakeWords.tab.subprotocol]: 'sec-websocket-protocol',
    [handshakeWords.tab.extensions]: 'sec-websocket-extensions',
  };
  const failed = checks.filter((check) => check.outcome === 'problem');
  return new Set(failed.map((check) => (names[check.name] ?? check.name).toLowerCase()));
}

/** A request or response as a person reads it: first line, header lines, and both with the body as one text. */
export interface Head {
  readonly line: string;
  readonly headers: readonly HeaderPair[];
  readonly raw: string;
}

/** HTTP/2 has no first line: its pseudo-headers say the same, and stand first. */
export function requestHead({ request }: Pick<Report, 'request'>): Head {
  const { httpVersion = '1.1', method = '', target = '', headers = [] } = request ?? {};
  const isHttp2 = httpVersion.startsWith('2');
  const line = isHttp2 ? `HTTP/${httpVersion}` : `${method} ${target} HTTP/${httpVersion}`;
  return { line, headers, raw: rawHead(isHttp2 ? null : line, headers) };
}

export function responseHead({ response }: Pick<Report, 'response'>): Head | null {
  if (!response) return null;
  const { httpVersion, status, reason, headers: fields, body } = response;
  const isHttp2 = httpVersion.startsWith('2');
  const line = isHttp2 ? `HTTP/${httpVersion}` : `HTTP/${httpVersion} ${status} ${reason}`.trimEnd();
  const headers: readonly HeaderPair[] = isHttp2 ? [[':status', String(status)], ...fields] : fields;
  return { line, headers, raw: `${rawHead(isHttp2 ? null : line, headers)}\n\n${body.text}`.trimEnd() };
}

export function rawHead(line: string | null, headers: readonly HeaderPair[]): string {
  return [...(line === null ? [] : [line]), ...headers.map(([name, value]) => `${name}: ${value}`)].join('\n');
}

function valuesOf(headers: readonly HeaderPair[], name: string): readonly string[] {
  return headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);
}

function tokensOf(values: readonly string[]): readonly string[] {
  return values.flatMap((value) => value.split(',')).map((token) => token.trim().toLowerCase());
}

function joined(values: readonly string[]): string {
  return values.length > 0 ? values.join(', ') : handshakeWords.tab.nothing;
}
