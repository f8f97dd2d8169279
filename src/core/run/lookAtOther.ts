import type { Duplex } from 'node:stream';
import { formatAuthority } from '../base/address.js';
import type { Failure } from '../base/evidence.js';
import type { Look } from '../base/model.js';
import { quoteText } from '../base/plainText.js';
import { holdsSecret } from '../profile/otherOrigin.js';
import { answersPlain } from '../transport/answersPlain.js';
import { answersTls, type LookOptions } from '../transport/answersTls.js';
import { isClearText } from '../transport/clearText.js';
import type { Network } from '../transport/network.js';
import { type Outcome, success } from '../transport/outcome.js';
import { takesTcp } from '../transport/takesTcp.js';
import type { ConnectionRun } from './connectionRun.js';
import { foundBy, placeOf, statusLine } from './looks.js';

const MAX_LOOK_MS = 1_500;
/** A longer part of a path may be a token. */
const MAX_PUBLIC_PART = 20;

/**
 * The second looks: at the other address of this machine where one was refused; at a server that was reached and then said nothing: in TLS where it hung up on plain HTTP; without the upgrade,
 * on the same way, where that was not answered; in plain HTTP where no TLS came about; in TLS again where clear text came in its
 * place, for the bytes. What they found is noted at the connection.
 */
export async function lookAtOther(
  connection: ConnectionRun,
  failure: Failure,
  network: Network,
  signal: AbortSignal | undefined,
): Promise<readonly Look[]> {
  const { plan, reached, request } = connection;
  const { tap } = connection.connection;
  if (signal?.aborted) return [];
  if (!reached) return present(await lookAtLoopback(connection, failure, { network, signal, timeoutMs: MAX_LOOK_MS }));
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
    return answer.ok ? [tls] : [tls, await askWithoutUpgrade(connection, look, options)];
  }
  if (!request.secure || failure.phase !== 'tls' || plan.proxy) return [];
  const plain = network.connect(reached.address, reached.family, reached.port);
  return [await askPlain(connection, success(plain), 'plain', look, options)];
}

/** Programs listen on one of the two addresses of this machine, and clients take "localhost" for the other. */
async function lookAtLoopback(
  { plan, clock }: ConnectionRun,
  { phase, code }: Failure,
  options: LookOptions,
): Promise<Look | null> {
  const { hostname, port, protocol } = new URL(plan.url);
  const other = LOOPBACKS[hostname];
  if (other === undefined || plan.proxy || phase !== 'tcp' || code !== 'ECONNREFUSED') return null;
  const place = { ...other, port: Number(port || (protocol === 'wss:' ? 443 : 80)) };
  const look = { atMs: clock(), address: formatAuthority(place.address, place.port) };
  const answer = await takesTcp(place, options);
  return { ...look, reason: 'loopback', request: null, ...foundBy(answer, (words) => words) };
}

const LOOPBACKS: Readonly<Record<string, { readonly address: string; readonly family: 4 | 6 } | undefined>> = {
  '127.0.0.1': { address: '::1', family: 6 },
  '[::1]': { address: '127.0.0.1', family: 4 },
};

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
  return { ...look, reason, request: `GET ${path} HTTP/1.1`, ...foundBy(answer, statusLine) };
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
