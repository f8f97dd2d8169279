import type { OAuth2, ProbePlan } from '../../base/plan.js';
import { clientPair } from '../../profile/clientPair.js';
import { isThisMachine } from '../../profile/noProxy.js';
import { proxyFor, withoutCredentials } from '../../profile/redirectPlan.js';
import { type Answer, post } from '../../transport/ask.js';
import type { Network } from '../../transport/network.js';
import type { Failure } from '../../base/evidence.js';
import { failed, type Outcome } from '../../transport/outcome.js';
import { type NoToken, readToken, type Token } from './readToken.js';

export interface Fetched {
  readonly status: number | null;
  readonly token: Token | NoToken;
  /** Who the client is stood in the body of the request that was answered. */
  readonly inBody: boolean;
}

export interface FetchOptions {
  readonly network: Network;
  readonly signal: AbortSignal | undefined;
  /** The endpoint is known to want the client in the body. */
  readonly inBody: boolean;
}

/** Asks for a token by client credentials: by Basic, and in the body where that is not taken (RFC 6749 2.3.1). Fails only where cancelled. */
export async function fetchToken(plan: ProbePlan, auth: OAuth2, options: FetchOptions): Promise<Outcome<Fetched>> {
  const url = new URL(auth.tokenUrl);
  if (url.protocol !== 'https:' && !isThisMachine(url.hostname)) {
    return given({ id: 'credentials.insecure', words: `${url.protocol}// is read by everybody on the way` });
  }
  const first = await ask(plan, auth, options);
  if (options.inBody || !first.ok || !wantsBody(first.value)) return first;
  const second = await ask(plan, auth, { ...options, inBody: true });
  // The first answer is the one to a request as RFC 6749 wants it.
  return second.ok && !('value' in second.value.token) ? first : second;
}

function wantsBody({ status, token }: Fetched): boolean {
  if (!('id' in token) || token.id !== 'credentials.refused') return false;
  return status === 401 || token.error === 'invalid_client' || token.error === 'invalid_request';
}

async function ask(
  plan: ProbePlan,
  auth: OAuth2,
  { inBody, network, signal }: FetchOptions,
): Promise<Outcome<Fetched>> {
  const { clientId, clientSecret, scope } = auth;
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    ...(scope === undefined ? {} : { scope }),
    ...(inBody ? { client_id: clientId, client_secret: clientSecret } : {}),
  });
  const basic = Buffer.from(clientPair(auth), 'utf8').toString('base64');
  const headers: (readonly [string, string])[] = [
    ['Accept', 'application/json'],
    ['Content-Type', 'application/x-www-form-urlencoded'],
    ...(inBody ? [] : [['Authorization', `Basic ${basic}`] as const]),
  ];
  const answer = await post(planTo(plan, auth), { headers, body: form.toString() }, { network, signal });
  if (answer.ok) return told(answer.value, inBody);
  if (answer.failure.kind === 'cancelled') return answer;
  return given(unreached(answer.failure), inBody);
}

function told(answer: Answer, inBody: boolean): Outcome<Fetched> {
  return { ok: true, value: { status: answer.head.status, token: readToken(answer), inBody } };
}

function given(token: NoToken, inBody = false): Outcome<Fetched> {
  return { ok: true, value: { status: null, token, inBody } };
}

function unreached({ code, kind, message, phase }: Failure): NoToken {
  if (kind === 'timeout') return { id: 'credentials.timeout', words: message };
  if (kind === 'guard') return { id: 'credentials.unreachable', words: `${message} is an address that is never asked` };
  if (phase === 'upgrade' && kind !== 'end' && kind !== 'error')
    return { id: 'credentials.invalid-answer', words: message };
  return { id: 'credentials.unreachable', words: `${phase}: ${message}${code === null ? '' : ` (${code})`}` };
}

/** The way to the endpoint: proxy, authorities and deadlines of the profile, and none of its other credentials. */
function planTo(plan: ProbePlan, { tokenUrl }: OAuth2): ProbePlan {
  const to = new URL(tokenUrl.replace(/^http/i, 'ws'));
  const { plan: bare } = withoutCredentials(plan);
  return {
    ...bare,
    ...proxyFor(plan, to),
    url: to.href,
    http: '1.1',
    headers: [],
    subprotocols: [],
    message: null,
    steps: [],
  };
}

/** What a report has in the place of a connection. */
export function noToken({ id, words }: NoToken, tokenUrl: string): Outcome<never> {
  return failed('upgrade', 'credentials', `No token from ${tokenUrl}: ${words}.`, id);
}
