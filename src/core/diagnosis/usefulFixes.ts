import { isIP } from 'node:net';
import type { Fix, ResponseInfo } from '../base/model.js';
import { identifyServers } from './identifyServer.js';
import type { ProbePlan } from '../base/plan.js';
import { parseProfile } from '../profile/parse.js';
import { proxyUrl } from '../profile/proxyUrl.js';

/** Code for Node, where the answer names an application that is something else: it would not run there. */
export function forItsSoftware(fixes: readonly Fix[], response: ResponseInfo | null): readonly Fix[] {
  const applications = response ? identifyServers(response).filter(({ intermediary }) => !intermediary) : [];
  const isNode = applications.length === 0 || applications.some(({ name }) => /\(Node\)/.test(name));
  return isNode ? fixes : fixes.filter(({ title }) => !/^Node\b/.test(title));
}

/** Only those of which the profile takes every key, and which change what it says already. `plan` is the one that was asked for. */
export function usefulFixes(fixes: readonly Fix[], plan: ProbePlan): readonly Fix[] {
  return fixes.filter((fix) => {
    const keys = keysOf(fix);
    return keys === null || (isValid(keys, plan) && !repeats(keys, viewOf(plan)));
  });
}

type Keys = Readonly<Record<string, unknown>>;

/** What a fix puts into the profile; null for one that is none of those. */
function keysOf({ language, snippet, title }: Fix): Keys | null {
  if (language !== 'json' || !title.endsWith('(profile)')) return null;
  try {
    const keys: unknown = JSON.parse(snippet);
    return isKeys(keys) ? keys : null;
  } catch {
    return null;
  }
}

function isValid(keys: Keys, plan: ProbePlan): boolean {
  const { tls } = keys;
  // An authority in the place of one that was given: which it should be nobody knows.
  if (isKeys(tls) && Array.isArray(tls['ca']) && plan.tls.ca?.some((file) => !(tls['ca'] as unknown[]).includes(file)))
    return false;
  // SNI carries no address (RFC 6066 3).
  if (isKeys(tls) && typeof tls['serverName'] === 'string' && isIP(tls['serverName']) !== 0) return false;
  return parseProfile(JSON.stringify({ url: plan.url, ...keys })).problems.length === 0;
}

/** The plan in the keys of a profile, as far as fixes name them. */
function viewOf(plan: ProbePlan): Keys {
  const { url, origin, subprotocols, compression, http, followRedirects, tls, cookies, timeouts, limits, expect } =
    plan;
  const { message } = plan;
  const proxy = plan.proxyChoice === 'named' && plan.proxy ? proxyUrl(plan.proxy) : plan.proxyChoice;
  const headers = Object.fromEntries(plan.headers);
  const { type, tokenUrl, scope } = { tokenUrl: undefined, scope: undefined, type: undefined, ...plan.auth };
  const auth = plan.auth && { type, tokenUrl, scope };
  return {
    url,
    origin,
    subprotocols,
    compression,
    http,
    followRedirects,
    tls,
    cookies,
    timeouts,
    limits,
    expect,
    message,
    proxy,
    headers,
    auth,
  };
}

/** What of `auth` is no secret and makes a difference. */
const AUTH_KEYS = ['type', 'tokenUrl', 'scope'];

/** Whether every value of `keys` stands there already. Credentials are the same where they are of the same kind: their values are hidden. */
function repeats(keys: Keys, view: Keys): boolean {
  return Object.entries(keys).every(([key, value]) => {
    const now = view[key];
    if (key === 'auth') return isKeys(value) && isKeys(now) && AUTH_KEYS.every((name) => value[name] === now[name]);
    if (isKeys(value)) return isKeys(now) && repeats(value, now);
    return JSON.stringify(value) === JSON.stringify(now);
  });
}

function isKeys(value: unknown): value is Keys {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
