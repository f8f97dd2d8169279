import { isAllowed } from '../base/allowRules.js';
import { alwaysDirectBecause } from './noProxy.js';
import { holdsSecret, isSameOrigin } from './otherOrigin.js';
import { planSecrets } from './planSecrets.js';
import type { ProbePlan } from '../base/plan.js';
import { Redactor } from '../redaction/redactor.js';

/** The plan that asks the target of a redirect, and what it does without; or why nobody may ask it. */
export type RedirectPlan =
  | { readonly plan: ProbePlan; readonly dropped: readonly string[] }
  | { readonly refused: string };

/**
 * The next plan after a redirect from `plan.url` to `target`, as `redirectTarget` gives it. Within one origin everything goes along;
 * to another one no credential does. Pure; `secrets` stay those of the first plan, with what the target itself holds.
 */
export function redirectPlan(plan: ProbePlan, target: string): RedirectPlan {
  const from = new URL(plan.url);
  const to = new URL(target);
  if (from.protocol === 'wss:' && to.protocol === 'ws:') {
    return { refused: 'it leads from wss: to ws:, where everybody on the way could read along' };
  }
  if (plan.allowed && !isAllowed(target, plan.allowed))
    return { refused: 'it leads to an address that is not allowed' };
  const sameOrigin = isSameOrigin(from, to);
  if (!sameOrigin && holdsSecret(target, plan)) {
    return { refused: 'it leads to another origin, and its address holds a secret of the profile' };
  }
  const { plan: bare, dropped } = sameOrigin
    ? { plan: withoutDoubledKey(plan, to), dropped: [] }
    : withoutCredentials(plan);
  const { zone, ...elsewhere } = bare;
  const next = {
    ...elsewhere,
    ...(zone !== undefined && from.hostname === to.hostname ? { zone } : {}),
    ...proxyFor(plan, to),
    url: target,
  };
  return { plan: { ...next, secrets: planSecrets(next, plan.secrets, false) }, dropped };
}

/** A plan that tells the peer nothing only its own server may know, and the names of what was taken out of it. */
export function withoutCredentials(plan: ProbePlan): { readonly plan: ProbePlan; readonly dropped: readonly string[] } {
  const { cert, key, pfx, passphrase, serverName, ...tls } = plan.tls;
  const redactor = new Redactor(plan.secrets);
  const subprotocols = plan.subprotocols.filter((name) => redactor.text(name) === name && !TOKEN.test(name));
  const isOrigin = ([name]: readonly [string, string]) => name.toLowerCase() === 'origin';
  const custom = plan.headers.filter((header) => !isOrigin(header));
  const names = new Map(custom.map(([name]) => [name.toLowerCase(), name]));
  if (Object.keys(plan.cookies).length > 0 && !names.has('cookie')) names.set('cookie', 'Cookie');
  const dropped = [
    ...(plan.auth ? ['auth'] : []),
    ...names.values(),
    ...(subprotocols.length < plan.subprotocols.length ? ['subprotocol'] : []),
    ...((cert ?? key ?? pfx ?? passphrase) === undefined ? [] : ['client certificate']),
    ...(serverName === undefined ? [] : ['tls.serverName']),
  ];
  const headers = plan.headers.filter(isOrigin);
  return { plan: { ...plan, auth: null, cookies: {}, headers, subprotocols, tls }, dropped };
}

/** A subprotocol that is a JSON Web Token (RFC 7519) or carries a bearer token, as Kubernetes has it. */
const TOKEN = /eyJ[\w-]{4,}\.|\bbearer\b/i;

/** A server that repeats the query it was asked with has put the key where it belongs. */
function withoutDoubledKey(plan: ProbePlan, to: URL): ProbePlan {
  const { auth } = plan;
  const repeated = auth?.type === 'apiKey' && auth.in === 'query' && to.searchParams.has(auth.name);
  return repeated ? { ...plan, auth: null } : plan;
}

/**
 * The proxy that was chosen for the first host is used for the next one: the lists of exceptions are not known any more by then,
 * and a proxy a person set must not be gone round because a server says so. Where `auto` never uses one, this machine's own
 * names, none is used here either: there the proxy would reach its own machine, not this one.
 */
export function proxyFor(plan: ProbePlan, to: URL): Pick<ProbePlan, 'proxy' | 'unusedProxy'> {
  const { proxy, proxyChoice, unusedProxy } = plan;
  const because = alwaysDirectBecause(to.hostname);
  if (proxyChoice !== 'auto' || !proxy || because === null) return { proxy, unusedProxy };
  return { proxy: null, unusedProxy: { route: proxy, because } };
}
