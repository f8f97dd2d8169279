import type { Evidence, SentToken } from '../base/evidence.js';
import type { ProbePlan } from '../base/plan.js';

/** RFC 7519: three base64url parts, the first of which begins an object. */
const JWT = /eyJ[\w-]{4,}\.([\w-]{4,})\.[\w-]*/g;
const MAX_TOKENS = 10;

/** JWTs among what a plan sends: where, when they are good, and for whom. Read, never verified; never their text. */
export function findTokens(plan: ProbePlan, now: Date): Evidence['tokens'] {
  const found: SentToken[] = [];
  for (const [where, text] of places(plan)) {
    for (const [, payload] of text.matchAll(JWT)) {
      const token = readClaims(payload ?? '', where, now);
      if (!token || found.length >= MAX_TOKENS) continue;
      found.push(
        plan.auth?.type === 'oauth2' && where === 'header Authorization' ? { ...token, renewed: true } : token,
      );
    }
  }
  return found;
}

function places(plan: ProbePlan): [where: string, text: string][] {
  const { auth } = plan;
  const places: [string, string][] = plan.headers.map(([name, value]) => [`header ${name}`, value]);
  // Most addresses have no query, and are not taken apart for one.
  const parameters = plan.url.includes('?') ? new URL(plan.url).searchParams : [];
  for (const [name, value] of parameters) places.push([`query parameter ${name}`, value]);
  for (const [name, value] of Object.entries(plan.cookies)) places.push([`cookie ${name}`, value]);
  for (const subprotocol of plan.subprotocols) places.push(['subprotocol', subprotocol]);
  if (auth?.type === 'bearer' || auth?.type === 'subprotocol') places.push([`auth (${auth.type})`, auth.token]);
  if (auth?.type === 'apiKey') places.push(['auth (apiKey)', auth.value]);
  return places;
}

interface Claims {
  readonly exp?: unknown;
  readonly nbf?: unknown;
  readonly iss?: unknown;
  readonly aud?: unknown;
}

function readClaims(payload: string, where: string, now: Date): SentToken | null {
  const claims = parseClaims(payload);
  const expiresAt = dateOf(claims?.exp);
  if (!claims || !expiresAt) return null;
  const notBefore = dateOf(claims.nbf);
  const issuer = harmless(claims.iss);
  const audience = harmless(Array.isArray(claims.aud) ? (claims.aud as unknown[])[0] : claims.aud);
  return {
    where,
    expiresAt: expiresAt.toISOString(),
    expired: expiresAt <= now,
    ...(notBefore ? { notBefore: notBefore.toISOString() } : {}),
    ...(issuer === null ? {} : { issuer }),
    ...(audience === null ? {} : { audience }),
  };
}

function parseClaims(payload: string): Claims | null {
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return typeof claims === 'object' ? claims : null;
  } catch {
    return null;
  }
}

function dateOf(seconds: unknown): Date | null {
  const date = typeof seconds === 'number' ? new Date(seconds * 1000) : null;
  return date && !Number.isNaN(date.getTime()) ? date : null;
}

/** A name or an address as people give to services: no query, no user info, nothing long enough to be a key. */
function harmless(claim: unknown): string | null {
  return typeof claim === 'string' && /^(https?:\/\/)?(?![^/]*@)[\w.:-]{1,60}(\/[\w.-]{1,40}){0,6}\/?$/.test(claim)
    ? claim
    : null;
}
