import type { Evidence } from '../base/evidence.js';
import type { ProbePlan } from '../base/plan.js';

/** RFC 7519: three base64url parts, the first of which begins an object. */
const JWT = /eyJ[\w-]{4,}\.([\w-]{4,})\.[\w-]*/g;
const MAX_TOKENS = 10;

/** JWTs among what a plan sends: where, and when they expire. Never their text. */
export function findTokens(plan: ProbePlan, now: Date): Evidence['tokens'] {
  const found: { where: string; expiresAt: string; expired: boolean }[] = [];
  for (const [where, text] of places(plan)) {
    for (const [, payload] of text.matchAll(JWT)) {
      const expiresAt = expiryOf(payload ?? '');
      if (!expiresAt || found.length >= MAX_TOKENS) continue;
      found.push({ where, expiresAt: expiresAt.toISOString(), expired: expiresAt <= now });
    }
  }
  return found;
}

function places(plan: ProbePlan): [where: string, text: string][] {
  const { auth } = plan;
  const places: [string, string][] = plan.headers.map(([name, value]) => [`header ${name}`, value]);
  for (const [name, value] of new URL(plan.url).searchParams) places.push([`query parameter ${name}`, value]);
  for (const [name, value] of Object.entries(plan.cookies)) places.push([`cookie ${name}`, value]);
  for (const subprotocol of plan.subprotocols) places.push(['subprotocol', subprotocol]);
  if (auth?.type === 'bearer' || auth?.type === 'subprotocol') places.push([`auth (${auth.type})`, auth.token]);
  if (auth?.type === 'apiKey') places.push(['auth (apiKey)', auth.value]);
  return places;
}

function expiryOf(payload: string): Date | null {
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    const expiry = (claims as { exp?: unknown } | null)?.exp;
    const date = typeof expiry === 'number' ? new Date(expiry * 1000) : null;
    return date && !Number.isNaN(date.getTime()) ? date : null;
  } catch {
    return null;
  }
}
