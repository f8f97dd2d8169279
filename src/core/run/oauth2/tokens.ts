import type { CredentialsInfo } from '../../base/model.js';
import type { OAuth2, ProbePlan } from '../../base/plan.js';
import { toThousandths } from '../../base/clock.js';
import { Redactor } from '../../redaction/redactor.js';
import type { Network } from '../../transport/network.js';
import { type Outcome, success } from '../../transport/outcome.js';
import { fetchToken, noToken } from './fetchToken.js';

const MAX_KEPT = 100;
/** Where nothing tells how long a token lives. */
const UNTOLD_MS = 300_000;
const MAX_MS = 86_400_000;
/** Before its end, but no more than a tenth of its life. */
const EARLY_MS = 30_000;

interface Kept {
  readonly token: string;
  readonly expiresAt: string | null;
  /** On the monotonic clock: a wall clock that is set changes nothing. */
  readonly untilMs: number;
}

/** Tokens of this process by endpoint, client and scope; never written anywhere. */
const kept = new Map<string, Kept>();
/** Endpoints that want the client in the body. */
const inBody = new Set<string>();
/** Who asks at the same time waits for the one before. */
const asking = new Map<string, Promise<unknown>>();

export interface Authorized {
  readonly info: CredentialsInfo;
  /** The token, or why there is none. */
  readonly outcome: Outcome<string>;
}

export interface TokenOptions {
  readonly network: Network;
  readonly signal: AbortSignal | undefined;
}

/** The token of a plan: one that is kept, or a new one. */
export async function tokenFor(plan: ProbePlan, auth: OAuth2, options: TokenOptions): Promise<Authorized> {
  const key = keyOf(auth);
  const tokenUrl = new Redactor(plan.secrets).url(auth.tokenUrl);
  const before = asking.get(key);
  if (before && !find(key)) await orAborted(before, options.signal);
  const found = find(key);
  if (found) {
    const info = { tokenUrl, status: null, durationMs: 0, cached: true, expiresAt: found.expiresAt };
    return { info, outcome: success(found.token) };
  }
  const running = fetchNew(plan, auth, key, tokenUrl, options);
  asking.set(key, running);
  try {
    return await running;
  } finally {
    if (asking.get(key) === running) asking.delete(key);
  }
}

/** A server refused the token: the next one is new. */
export function forgetToken(auth: OAuth2): void {
  kept.delete(keyOf(auth));
}

async function fetchNew(
  plan: ProbePlan,
  auth: OAuth2,
  key: string,
  tokenUrl: string,
  options: TokenOptions,
): Promise<Authorized> {
  const beganMs = performance.now();
  const wasInBody = inBody.has(key);
  const fetched = await fetchToken(plan, auth, { ...options, inBody: wasInBody });
  const info = { tokenUrl, durationMs: toThousandths(performance.now() - beganMs), cached: false };
  if (!fetched.ok) return { info: { ...info, status: null, expiresAt: null }, outcome: fetched };
  const { inBody: isInBody, status, token } = fetched.value;
  if ('id' in token) {
    return { info: { ...info, status, expiresAt: null }, outcome: noToken(token, tokenUrl) };
  }
  if (isInBody) inBody.add(key);
  const { livesMs, value } = token;
  const expiresAt = livesMs === null ? null : dateIn(livesMs);
  keep(key, { token: value, expiresAt, untilMs: performance.now() + usableMs(livesMs) });
  return { info: { ...info, status, expiresAt }, outcome: success(value) };
}

function usableMs(livesMs: number | null): number {
  if (livesMs === null) return UNTOLD_MS;
  return Math.min(livesMs - Math.min(EARLY_MS, livesMs / 10), MAX_MS);
}

/** What no date can be is as good as never. */
function dateIn(livesMs: number): string | null {
  const date = new Date(Date.now() + livesMs);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

function find(key: string): Kept | null {
  const found = kept.get(key);
  if (found && found.untilMs > performance.now()) return found;
  kept.delete(key);
  return null;
}

function keep(key: string, value: Kept): void {
  const oldest = kept.keys().next();
  if (kept.size >= MAX_KEPT && !oldest.done) kept.delete(oldest.value);
  kept.set(key, value);
}

function keyOf({ clientId, clientSecret, scope, tokenUrl }: OAuth2): string {
  return JSON.stringify([tokenUrl, clientId, clientSecret, scope]);
}

/** Somebody else's fetch is no reason to hear a cancellation late. */
function orAborted(running: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      signal?.removeEventListener('abort', done);
      resolve();
    };
    signal?.addEventListener('abort', done);
    if (signal?.aborted) done();
    void running.then(done, done);
  });
}
