import { STATUS_CODES } from 'node:http';
import type { Behaviour } from './behaviour.js';
import { openPeer } from './peer.js';
import { type CannedResponse } from './cannedResponse.js';
import { respond } from './response.js';
import { responses } from './responses.js';
import type { Visit } from './visit.js';

const full = responses[503]!['haproxy']!;
const kinds = Object.entries(responses)
  .filter(([, variants]) => Object.keys(variants).length > 1)
  .map(([status, variants]) => `${status}: ${Object.keys(variants).join('|')}`);

export const refusals: readonly Behaviour[] = [
  {
    path: '/status/<code>',
    example: '/status/502?kind=apache',
    group: 'Refused',
    summary: `Answers with this status, with the headers and body of the software that gives it. Kinds: ${kinds.join('; ')}.`,
    parameters: 'kind=',
    takes: 'anything',
    run: (visit) => respond(visit, statusResponse(visit)),
  },
  {
    path: '/redirect',
    group: 'Refused',
    summary: 'Redirects.',
    parameters: 'to=/echo&status=302',
    takes: 'anything',
    run: (visit) => redirect(visit, visit.text('to', '/echo'), visit.number('status', 302, 300, 399)),
  },
  leads('/redirect/relative', 'Redirects to /echo by a relative reference.', () => '../echo'),
  leads(
    '/redirect/secure',
    'Redirects to /echo of another origin: the TLS port.',
    ({ book }) => `${book.origins.secure}/echo`,
  ),
  leads(
    '/redirect/plain',
    'Redirects to /echo of the port without TLS: over wss a downgrade.',
    ({ book }) => `${book.origins.plain}/echo`,
  ),
  leads('/redirect/loop', 'Redirects to itself.', () => '/redirect/loop'),
  leads(
    '/redirect/chain',
    'Redirects this many times, then to /echo.',
    (visit) => {
      const left = visit.number('count', 3, 1, 100) - 1;
      return left === 0 ? '/echo' : `/redirect/chain?count=${left}`;
    },
    'count=3',
  ),
  leads(
    '/redirect/metadata',
    'Redirects to the address where clouds keep credentials.',
    () => 'http://169.254.169.254/latest/meta-data/',
  ),
  {
    path: '/limit',
    group: 'Refused',
    summary: 'Holds this many connections at once and refuses the next with 503, or opens it and closes 1013; echoes.',
    parameters: 'connections=2&answer=503|1013',
    takes: 'websocket',
    run: limit,
  },
];

function statusResponse(visit: Visit): CannedResponse {
  const status = Number(visit.lastSegment);
  const variants = responses[status];
  const kind = visit.text('kind', visit.text('server', ''));
  const known = variants?.[kind] ?? Object.values(variants ?? {})[0];
  if (known !== undefined) return known;
  const valid = Number.isInteger(status) && status >= 200 && status <= 599;
  const given = valid ? status : 400;
  const reason = STATUS_CODES[given] ?? 'Playground';
  return {
    status: given,
    reason,
    headers: [['Content-Type', 'text/plain']],
    body: valid ? `${given} ${reason}\n` : 'The playground answers with statuses from 200 to 599.\n',
  };
}

function leads(path: string, summary: string, to: (visit: Visit) => string, parameters?: string): Behaviour {
  return {
    path,
    group: 'Refused',
    summary,
    ...(parameters === undefined ? {} : { parameters }),
    takes: 'anything',
    run: (visit) => redirect(visit, to(visit), 302),
  };
}

function redirect(visit: Visit, location: string, status: number): void {
  // The address comes out of the query decoded: line ends in it would write headers of their own.
  const to = location.replaceAll(/[^\x21-\x7e]/gu, encodeURIComponent);
  respond(visit, {
    status,
    reason: STATUS_CODES[status] ?? 'Redirect',
    headers: [
      ['Location', to],
      ['Content-Type', 'text/plain; charset=utf-8'],
    ],
    body: `Redirecting to ${to}\n`,
  });
}

function limit(visit: Visit): void {
  const { book, wire } = visit;
  if (book.guests < visit.number('connections', 2, 0, 1_000)) {
    book.guests++;
    wire.socket.once('close', () => void book.guests--);
    openPeer(visit);
    return;
  }
  if (visit.text('answer', '503') === '1013') {
    const peer = openPeer(visit);
    wire.after(0, () => peer.close(1013, 'Try again later'));
  } else respond(visit, { ...full, headers: [...full.headers, ['Retry-After', '1']] });
}
