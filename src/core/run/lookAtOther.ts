import type { Duplex } from 'node:stream';
import type { Failure } from '../base/evidence.js';
import type { Attempt, Look } from '../base/model.js';
import { quoteText } from '../base/plainText.js';
import { holdsSecret } from '../profile/otherOrigin.js';
import { answersPlain } from '../transport/answersPlain.js';
import { answersTls, type LookOptions } from '../transport/answersTls.js';
import { isClearText } from '../transport/clearText.js';
import type { Network } from '../transport/network.js';
import { type Outcome, success } from '../transport/outcome.js';
import type { ConnectionRun } from './connectionRun.js';
import { foundBy, placeOf, statusLine } from './looks.js';

const MAX_LOOK_MS = 1_500;
/** A longer part of a path may be a token. */
const MAX_PUBLIC_PART = 20;

/**
 * The second looks at a server that was reached and then said nothing: in TLS where it hung up on plain HTTP; without the upgrade,
 * on the same way, where that was not answered; behind a line of the PROXY protocol where it hung up on both; in plain HTTP where
 * no TLS came about; in TLS again where clear text came in its place, for the bytes. What they found is noted at the connection.
 */
export async function lookAtOther(
  connection: ConnectionRun,
  failure: Failure,
  network: Network,
  signal: AbortSignal | undefined,
): Promise<readonly Look[]> {
  const { plan, reached, request } = connection;
  const { tap } = connection.connection;
  if (!reached || signal?.aborted) return [];
  const look = { atMs: connection.clock(), address: placeOf(reached) };
  if (isClearText(failure)) return present(await lookAtClearText(connection, look));
  const timeoutMs = Math.min(MAX_LOOK_MS, plan.timeouts.connectMs);
  const options = { network, signal, timeoutMs };
  const hungUp = failure.kind === 'end' || failure.kind === 'reset';
  if (!hungUp && failure.kind !== 'timeout') return [];
  if (failure.phase === 'upgrade' && connection.connection.http2 === null && tap?.bytesReceived === 0) {
    if (request.secure || plan.proxy || !hungUp) return [await askWithoutUpgrade(connection, look, options)];
    const answer = await answersTls(reached, options);
    connection.answersTls = answer.ok;
    const tls: Look = { ...look, reason: 'tls', request: 'TLS ClientHello', ...foundBy(answer, (version) => version) };
    if (answer.ok) return [tls];
    const get = await askWithoutUpgrade(connection, look, options);
    return connection.hungUpOnGet ? [tls, get, await askBehindProxyLine(connection, reached, options)] : [tls, get];
  }
  if (!request.secure || failure.phase !== 'tls' || plan.proxy) return [];
  const plain = network.connect(reached.address, reached.family, reached.port);
  return [await askPlain(connection, success(plain), 'plain', look, options)];
}

/** On the way that was just taken: through its proxy, in its TLS. */
async function askWithoutUpgrade(
  connection: ConnectionRun,
  look: Pick<Look, 'atMs' | 'address'>,
  options: LookOptions,
): Promise<Look> {
  const { contexts } = connection;
  const again = { ...look, atMs: connection.clock() };
  const way = contexts.ok ? await connection.connection.way.leadAgain(contexts.value, options.timeoutMs) : contexts;
  return askPlain(connection, way, 'get', again, options);
}

async function askPlain(
  connection: ConnectionRun,
  stream: Outcome<Duplex>,
  reason: 'plain' | 'get',
  look: Pick<Look, 'atMs' | 'address'>,
  options: LookOptions,
): Promise<Look> {
  const path = publicPath(connection);
  const { authority } = connection.request;
  const answer = stream.ok
    ? await answersPlain(stream.value, { authority, path, upgrade: reason === 'plain' }, options)
    : stream;
  if (answer.ok) connection[reason === 'plain' ? 'plainAnswer' : 'getAnswer'] = answer.value;
  else if (reason === 'get') connection.hungUpOnGet = ['end', 'error', 'reset'].includes(answer.failure.kind);
  return { ...look, reason, request: `GET ${path} HTTP/1.1`, ...foundBy(answer, statusLine) };
}

/** The PROXY protocol without an address (2.1 of its specification): whoever wants it takes what follows for a request. */
const PROXY_LINE = 'PROXY UNKNOWN\r\n';
/** What a server says that took the line itself for a request. */
const NOT_UNDERSTOOD: ReadonlySet<number> = new Set([400, 405, 408, 414, 500, 501, 505]);

async function askBehindProxyLine(connection: ConnectionRun, reached: Attempt, options: LookOptions): Promise<Look> {
  const path = publicPath(connection);
  const { authority } = connection.request;
  const atMs = connection.clock();
  const stream = options.network.connect(reached.address, reached.family, reached.port);
  const answer = await answersPlain(stream, { authority, path, upgrade: false, before: PROXY_LINE }, options);
  if (answer.ok && !NOT_UNDERSTOOD.has(answer.value.status)) connection.proxyLineAnswer = answer.value;
  const request = `PROXY UNKNOWN, GET ${path} HTTP/1.1`;
  return { reason: 'proxy-line', atMs, address: placeOf(reached), request, ...foundBy(answer, statusLine) };
}

const present = (look: Look | null) => (look ? [look] : []);

/** TLS broke on clear text and does not say on which: the same hello again, for the bytes alone. */
async function lookAtClearText(
  { connection, contexts }: ConnectionRun,
  look: Pick<Look, 'atMs' | 'address'>,
): Promise<Look | null> {
  if (connection.way.clearText !== null || !contexts.ok) return null;
  const bytes = await connection.way.lookAtClearText(contexts.value);
  const response =
    bytes &&
    Buffer.from(bytes)
      .toString('latin1')
      .split(/[\r\n]/)[0];
  return {
    ...look,
    reason: 'tls',
    request: 'TLS ClientHello',
    response: response ? quoteText(response, 120) : null,
    error: bytes ? null : 'Nothing came.',
  };
}

/** As it may be sent where everybody on the way reads along: no query, and no path that may hold a secret. */
function publicPath({ plan }: ConnectionRun): string {
  const { pathname } = new URL(plan.url);
  const isShort = pathname.split('/').every((part) => part.length <= MAX_PUBLIC_PART);
  return isShort && !holdsSecret(pathname, plan) ? pathname : '/';
}
