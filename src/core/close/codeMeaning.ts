import type { CloseClass, CloseCode, CloseRange, ClosingTable, ReconnectAdvice } from './closeCode.js';
import { IANA_CODES, IANA_RANGES } from './iana.js';

/** A code's own row, or that of the range it falls in. */
export type Meaning = CloseCode | CloseRange;

/** What everybody means by a code: the IANA registry, the conventions that mirror HTTP, else its range. */
export function generalMeaning(code: number): Meaning {
  const registered = IANA_CODES.find((entry) => entry.code === code);
  if (registered) return registered;
  const range = IANA_RANGES.find(({ from, to }) => code >= from && code <= to) ?? IANA_RANGES.at(-1)!;
  return conventionOf(code, range) ?? range;
}

const httpNames: Readonly<Record<number, readonly [name: string, kind: CloseClass, reconnect: ReconnectAdvice]>> = {
  400: ['Bad Request', 'protocol', 'fix'],
  401: ['Unauthorized', 'auth', 'fix'],
  403: ['Forbidden', 'auth', 'fix'],
  404: ['Not Found', 'permanent', 'fix'],
  405: ['Method Not Allowed', 'protocol', 'fix'],
  406: ['Not Acceptable', 'protocol', 'fix'],
  408: ['Timeout', 'transient', 'backoff'],
  409: ['Conflict', 'permanent', 'fix'],
  410: ['Gone', 'permanent', 'no'],
  413: ['Too Large', 'limit', 'fix'],
  422: ['Unprocessable', 'protocol', 'fix'],
  429: ['Too Many Requests', 'limit', 'backoff'],
  500: ['Internal Error', 'transient', 'backoff'],
  502: ['Bad Gateway', 'transient', 'backoff'],
  503: ['Unavailable', 'transient', 'backoff'],
  504: ['Timeout', 'transient', 'backoff'],
};

/** By convention 4400-4599 mirror the HTTP statuses 400-599; a framework (Falcon) does so from 3400 on. */
function conventionOf(code: number, range: CloseRange): CloseRange | null {
  const ofApplication = code >= 4000;
  const mirrored = code - (ofApplication ? 4000 : 3000);
  const known = httpNames[mirrored];
  if (!known) return null;
  const [name, kind, reconnect] = known;
  return {
    ...range,
    name,
    class: kind,
    reconnect,
    meaning: `A code of the ${ofApplication ? 'application. By' : 'framework. By its'} convention it mirrors HTTP ${mirrored} (${name}).`,
    actions: [conventionActions[kind], ...range.actions],
    source: `${range.source}; the convention that ${ofApplication ? '44xx and 45xx' : '34xx and 35xx (Falcon)'} mirror HTTP`,
  };
}

const conventionActions: Readonly<Record<CloseClass, string>> = {
  normal: 'Nothing is wrong.',
  transient: 'Try again after a pause, and read the log of the server.',
  permanent: 'Check the path and what was asked for.',
  protocol: 'Check what was sent: the path, the query and the first message.',
  auth: 'Check the credentials: token, scope, expiry.',
  limit: 'Send less or fewer, and wait longer before connecting again.',
};

/** The dialect's own row, else the range the code falls in. */
export function codeIn({ codes, ranges }: ClosingTable, code: number): Meaning | null {
  return (
    codes.find((entry) => entry.code === code) ?? ranges.find(({ from, to }) => code >= from && code <= to) ?? null
  );
}
