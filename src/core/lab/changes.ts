import { isIP } from 'node:net';
import type { HeaderPair, Report } from '../base/model.js';
import { holdsSecret } from '../profile/otherOrigin.js';
import { withoutCredentials } from '../profile/redirectPlan.js';
import type { ProbePlan, ProxyRoute } from '../base/plan.js';
import { proxyUrl } from '../profile/proxyUrl.js';
import { isSecretParameter } from '../redaction/redactor.js';
import type { Change, Stage } from './change.js';
import { type Group, likelyOrder } from './likelyOrder.js';
import { requestChanges } from './requestChanges.js';

/**
 * Every change that makes a difference to a plan whose probe failed, the likeliest cure first. None lets a certificate pass that
 * the plan refuses, sends a credential over ws: that was meant for wss:, or leads to a host that the plan does not name.
 */
export function changesFor(
  plan: ProbePlan,
  report: Report,
  stage: Stage,
  setCookies: readonly HeaderPair[] = [],
): readonly Change[] {
  const all = [
    ...(stage === 'hold' ? pingChanges(plan) : []),
    ...contentChanges(plan),
    ...requestChanges(plan, report, stage, setCookies),
    ...wayChanges(plan, report, stage),
    ...httpChanges(plan, report),
    ...slashChanges(plan),
    ...schemeChanges(plan, report, stage),
  ];
  const order = likelyOrder(plan, report);
  return all
    .filter(({ group }) => order.includes(group))
    .sort((a, b) => order.indexOf(a.group) - order.indexOf(b.group));
}

/** A message check sends no ping, and so does no hold that is none. */
function pingChanges(plan: ProbePlan): Change[] {
  const { expect, message } = plan;
  if (message !== null || expect.holdMs === 0 || expect.ping === false) return [];
  const quiet = { ...plan, expect: { ...expect, ping: false } };
  return [{ id: 'no-ping', group: 'ping', change: 'Without our ping while it is held', plan: quiet }];
}

function contentChanges(plan: ProbePlan): Change[] {
  const changes: Change[] = [];
  const add = (id: string, group: Group, change: string, part: Partial<ProbePlan>) =>
    changes.push({ id, group, change, plan: { ...plan, ...part } });
  if (plan.compression !== false) {
    add('no-compression', 'compression', 'Without permessage-deflate', { compression: false });
  }
  if (plan.subprotocols.length > 0) add('no-subprotocol', 'subprotocol', 'Without a subprotocol', { subprotocols: [] });
  const withoutOrigin = plan.headers.filter(([name]) => name.toLowerCase() !== 'origin');
  const origin = plan.origin ?? plan.headers.find((header) => !withoutOrigin.includes(header))?.[1] ?? null;
  if (origin !== null) {
    add('no-origin', 'origin', 'Without an Origin header', { origin: null, headers: withoutOrigin });
  }
  const own = new URL(plan.url.replace(/^ws/, 'http')).origin;
  if (origin !== own) add('own-origin', 'origin', `With Origin: ${own}`, { origin: own, headers: withoutOrigin });
  const names = new Map(withoutOrigin.map(([name]) => [name.toLowerCase(), name]));
  if (Object.keys(plan.cookies).length > 0 && !names.has('cookie')) names.set('cookie', 'Cookie');
  // Without a Host of its own the request has that of the URL.
  names.delete('host');
  for (const [key, name] of names) {
    add(`no-header:${name}`, 'header', `Without the header ${name}`, {
      headers: plan.headers.filter(([other]) => other.toLowerCase() !== key),
      ...(key === 'cookie' ? { cookies: {} } : {}),
    });
  }
  if (plan.auth) add('no-auth', 'auth', 'Without credentials', { auth: null });
  return changes;
}

function wayChanges(plan: ProbePlan, report: Report, stage: Stage): Change[] {
  const changes: Change[] = [];
  const { proxy, unusedProxy } = plan;
  if (proxy) {
    // Up to an https: proxy nobody could read along.
    const open = proxy.kind === 'https' ? overAnotherWay(plan, stage) : { plan, dropped: [] };
    if (open) {
      const direct = { ...open.plan, proxy: null, unusedProxy: null };
      const change = `Directly, without the proxy${butWithout(open.dropped)}`;
      changes.push({ id: 'direct', group: 'way', change, plan: direct });
    }
  } else if (unusedProxy) {
    changes.push(...throughProxy(plan, unusedProxy.route, stage));
  }
  for (const family of familiesLeft(report)) {
    changes.push({ id: `ipv${family}`, group: 'family', change: `Over IPv${family} only`, plan, family });
  }
  return changes;
}

/** A proxy that the person keeps out of this connection reads no credential in plain text. */
function throughProxy(plan: ProbePlan, proxy: ProxyRoute, stage: Stage): Change[] {
  const open = overAnotherWay(plan, stage);
  if (!open) return [];
  const change = `Through the proxy ${proxyUrl(proxy)}${butWithout(open.dropped)}`;
  return [{ id: 'proxy', group: 'way', change, plan: { ...open.plan, proxy, unusedProxy: null } }];
}

/** A plan for a way that shows `ws:` to others than before; null where it cannot go without a secret. */
function overAnotherWay(plan: ProbePlan, stage: Stage): ReturnType<typeof withoutCredentials> | null {
  if (plan.url.startsWith('wss:')) return { plan, dropped: [] };
  const speaks = stage === 'hold' && plan.message?.send !== undefined;
  return speaks && plan.secrets.length > 0 ? null : forAllToRead(plan);
}

/** Where the name has addresses of both families: the one that was not used, or both where neither answered in time. */
function familiesLeft({ attempts, error, phases }: Report): readonly (4 | 6)[] {
  const addresses = phases.find(({ name }) => name === 'dns')?.detail['addresses'];
  const families = Array.isArray(addresses) ? addresses.map((address) => isIP(String(address))) : [];
  if (!families.includes(4) || !families.includes(6)) return [];
  const used = attempts.find((attempt) => attempt.error === null)?.family;
  if (used !== undefined) return [used === 4 ? 6 : 4];
  return error?.code === 'tcp.timeout' ? [4, 6] : [];
}

function httpChanges(plan: ProbePlan, report: Report): Change[] {
  const secure = plan.url.startsWith('wss:');
  const changes: Change[] = [];
  // Without TLS `auto` is HTTP/1.1; with TLS it is HTTP/2 wherever the server has that.
  const spokeHttp1 =
    plan.http === '1.1' || (plan.http === 'auto' && (!secure || report.response?.httpVersion === '1.1'));
  if (!spokeHttp1)
    changes.push({ id: 'http1', group: 'http', change: 'Over HTTP/1.1', plan: { ...plan, http: '1.1' } });
  if (plan.http === '1.1' || (plan.http === 'auto' && !secure)) {
    changes.push({ id: 'http2', group: 'http', change: 'Over HTTP/2', plan: { ...plan, http: '2' } });
  }
  return changes;
}

function slashChanges(plan: ProbePlan): Change[] {
  const url = new URL(plan.url);
  if (url.pathname === '/') return [];
  const ends = url.pathname.endsWith('/');
  url.pathname = ends ? url.pathname.slice(0, -1) : `${url.pathname}/`;
  const change = ends ? 'Without the slash at the end of the path' : 'With a slash at the end of the path';
  return [{ id: ends ? 'no-slash' : 'slash', group: 'slash', change, plan: { ...plan, url: url.href } }];
}

/** A port that the URL names stays; the scheme's own changes with the scheme. */
function schemeChanges(plan: ProbePlan, report: Report, stage: Stage): Change[] {
  if (plan.url.startsWith('ws:')) {
    const url = plan.url.replace(/^ws:/, 'wss:');
    return [{ id: 'wss', group: 'scheme', change: 'Over wss, with TLS', plan: { ...plan, url } }];
  }
  // TLS carried the opening handshake: what breaks after it would break without TLS too.
  if (stage === 'hold') return [];
  const open = forAllToRead(plan);
  if (!open) return [];
  const url = open.plan.url.replace(/^wss:/, 'ws:');
  const change = `Over ws, without TLS${butWithout(open.dropped)}`;
  const ws: Change = { id: 'ws', group: 'scheme', change, plan: { ...open.plan, url } };
  const reached = report.error?.phase !== 'tcp' && report.error?.phase !== 'proxy';
  if (new URL(plan.url).port !== '' || !reached) return [ws];
  const samePort = url.replace(/^(ws:\/\/[^/?]*)/, '$1:443');
  const plainly = `Over ws, without TLS, on port 443${butWithout(open.dropped)}`;
  return [{ ...ws, id: 'ws:443', change: plainly, plan: { ...open.plan, url: samePort } }, ws];
}

/** A plan that anybody on the way may read, and what it does without; null where its address itself is a secret. */
function forAllToRead(plan: ProbePlan): ReturnType<typeof withoutCredentials> | null {
  const url = withoutSecretQuery(plan);
  if (url === null) return null;
  const { plan: bare, dropped } = withoutCredentials(plan);
  return { plan: { ...bare, url }, dropped: url === plan.url ? dropped : [...dropped, 'query parameters'] };
}

/** The URL without the parameters of its query that hold a secret; null where the rest holds one too. */
function withoutSecretQuery(plan: ProbePlan): string | null {
  const { search } = new URL(plan.url);
  const path = search === '' ? plan.url : plan.url.slice(0, -search.length);
  const pairs = search.slice(1).split('&');
  const kept = pairs.filter((pair) => {
    const [name = ''] = new URLSearchParams(pair).keys();
    return pair !== '' && !isSecretParameter(name) && !holdsSecret(pair, plan);
  });
  if (holdsSecret(path, plan)) return null;
  return kept.length === 0 ? path : `${path}?${kept.join('&')}`;
}

function butWithout(dropped: readonly string[]): string {
  return dropped.length === 0 ? '' : `, and so without ${dropped.join(', ')}`;
}
