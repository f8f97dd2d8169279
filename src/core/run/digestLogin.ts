import type { Auth, ProbePlan } from '../base/plan.js';
import type { Challenge } from '../handshake/challenges.js';
import { challengesOf } from '../handshake/challenges.js';
import { answerDigest, digestChallenge, isStaleNonce } from '../handshake/digest.js';
import type { RequestHead, ResponseHead } from '../handshake/handshake.js';
import { isSameOrigin } from '../profile/otherOrigin.js';
import type { PreparedUpgrade } from './preparedUpgrade.js';

type Digest = Extract<Auth, { readonly type: 'digest' }>;

interface Known {
  readonly challenge: Challenge;
  readonly url: string;
  count: number;
}

/** Nonces that ended while we answered; a server that calls each one stale is not asked for ever. */
const MAX_STALE = 2;

/** Digest (RFC 7616) of one run: a challenge is answered by the next connection, and before it is asked where its nonce is known. */
export class DigestLogin {
  #known: Known | null = null;
  #stale = 0;

  /** Headers of the next request to the address of the plan; null where nothing was asked there yet. */
  answer(plan: ProbePlan, { username, password }: Digest, uri: string): PreparedUpgrade | null {
    const known = this.#known;
    if (!known || !isSameOrigin(new URL(known.url), new URL(plan.url))) return null;
    known.count += 1;
    const { challenge, count } = known;
    // Over HTTP/2 as well: Apache judges an extended CONNECT by the GET that it stands for (RFC 8441 5).
    const answer = answerDigest(challenge, { username, password, uri, method: 'GET', count });
    return answer && { headers: [['Authorization', answer.value]], secrets: answer.secrets };
  }

  /** Whether a 401 is to be answered: the first one of an address, and one for a nonce that was too old. */
  isAsked(url: string, request: RequestHead | null, response: ResponseHead): boolean {
    const challenge = digestChallenge(challengesOf(response.headers, 'www-authenticate'));
    if (!challenge) return false;
    const answered = request?.headers.some(([name]) => name.toLowerCase() === 'authorization') ?? false;
    if (answered && !(isStaleNonce(challenge) && ++this.#stale <= MAX_STALE)) return false;
    this.#known = { challenge, url, count: 0 };
    return true;
  }
}
