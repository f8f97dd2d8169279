import type { Failure } from '../base/evidence.js';
import type { Look } from '../base/model.js';
import { quoteText } from '../base/plainText.js';
import { holdsSecret } from '../profile/otherOrigin.js';
import { answersPlain } from '../transport/answersPlain.js';
import { answersTls } from '../transport/answersTls.js';
import { isClearText } from '../transport/clearText.js';
import type { Network } from '../transport/network.js';
import type { ConnectionRun } from './connectionRun.js';
import { foundBy, placeOf, statusLine } from './looks.js';

const MAX_LOOK_MS = 1_500;
/** A longer part of a path may be a token. */
const MAX_PUBLIC_PART = 20;

/**
 * The second looks at a port that took TCP and then said nothing: in TLS where it hung up on plain HTTP; without the upgrade where
 * that was not answered, and no TLS is spoken; in plain HTTP where no TLS came about; in TLS again where clear text came in its
 * place, for the bytes. What they found is noted at the connection.
 */
export async function lookAtOther(
  connection: ConnectionRun,
  failure: Failure,
  network: Network,
  signal: AbortSignal | undefined,
): Promise<readonly Look[]> {
  const { plan, reached, request } = connection;
  if (!reached || signal?.aborted) return [];
  const look = { atMs: connection.clock(), address: placeOf(reached) };
  if (isClearText(failure)) return present(await lookAtClearText(connection, look));
  if (plan.proxy) return [];
  const options = { network, signal, timeoutMs: Math.min(MAX_LOOK_MS, plan.timeouts.connectMs) };
  const hungUp = failure.kind === 'end' || failure.kind === 'reset';
  const silent = hungUp || failure.kind === 'timeout';
  const path = publicPath(connection);
  const askedPlain = async (reason: 'plain' | 'get'): Promise<Look> => {
    const atMs = connection.clock();
    const answer = await answersPlain(
      reached,
      { authority: request.authority, path, upgrade: reason === 'plain' },
      options,
    );
    if (answer.ok) connection[reason === 'plain' ? 'plainAnswer' : 'getAnswer'] = answer.value;
    return { ...look, atMs, reason, request: `GET ${path} HTTP/1.1`, ...foundBy(answer, statusLine) };
  };
  if (!request.secure && failure.phase === 'upgrade' && silent && connection.connection.tap?.bytesReceived === 0) {
    if (!hungUp) return [await askedPlain('get')];
    const answer = await answersTls(reached, options);
    connection.answersTls = answer.ok;
    const tls: Look = { ...look, reason: 'tls', request: 'TLS ClientHello', ...foundBy(answer, (version) => version) };
    return answer.ok ? [tls] : [tls, await askedPlain('get')];
  }
  return request.secure && failure.phase === 'tls' && silent ? [await askedPlain('plain')] : [];
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
