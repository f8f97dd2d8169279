import { isIP } from 'node:net';
import type { HeaderPair, Report } from '../base/model.js';
import type { ProbePlan, RequestForm } from '../base/plan.js';
import { formatAuthority } from '../base/address.js';
import type { Change, Stage } from './change.js';
import type { Group } from './likelyOrder.js';
import { usualPaths, wordsOf } from './usualPaths.js';
import { usualSubprotocols } from './usualSubprotocols.js';

/** Changes of what a server is asked for and by which name: Host, SNI, path, subprotocol, spelling of the headers, cookies. */
export function requestChanges(
  plan: ProbePlan,
  report: Report,
  stage: Stage,
  setCookies: readonly HeaderPair[],
): readonly Change[] {
  const offered = subprotocolChanges(plan, report);
  if (stage === 'hold') return offered;
  return [
    ...hostChanges(plan, report),
    ...sniChanges(plan),
    ...pathChanges(plan, report),
    ...offered,
    ...formChanges(plan),
    ...cookieChanges(plan, setCookies),
  ];
}

/** Names that the server may know itself by: the address stays, so nobody else is asked. */
function hostChanges(plan: ProbePlan, report: Report): Change[] {
  if (plan.http === '2' || report.response?.httpVersion === '2') return [];
  const url = new URL(plan.url);
  const given = plan.headers.find(([name]) => name.toLowerCase() === 'host')?.[1];
  const others = plan.headers.filter(([name]) => name.toLowerCase() !== 'host');
  const hosts = hostNames(plan, report).map((host) =>
    url.port === '' ? bracketed(host) : formatAuthority(host, Number(url.port)),
  );
  const asked = given ?? url.host;
  return [...new Set([url.host, ...hosts])]
    .filter((value) => value.toLowerCase() !== asked.toLowerCase())
    .map((value) => ({
      id: `host:${value}`,
      group: 'host',
      change: `With Host: ${value}`,
      plan: { ...plan, headers: [...others, ['Host', value]] },
    }));
}

function hostNames({ origin, proxy, tls }: ProbePlan, report: Report): readonly string[] {
  const address = proxy ? undefined : report.attempts.find(({ error }) => error === null)?.address;
  const ofOrigin = origin !== null && URL.canParse(origin) ? new URL(origin).hostname : '';
  const certified = (report.tls?.chain[0]?.altNames ?? []).map((name) => /^DNS:([\w.-]+)$/i.exec(name)?.[1] ?? '');
  // Chromium and others take an address or localhost and nothing else, against DNS rebinding.
  const wantsAddress = /is not an ip address/i.test(wordsOf(report));
  const local = wantsAddress ? [address ?? '', 'localhost'] : ['localhost', address ?? ''];
  return [tls.serverName ?? '', ...local, ofOrigin, ...certified.slice(0, 1)].filter((name) => name !== '');
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** Only names by which the plan itself calls the server: the certificate must be good for them. */
function sniChanges(plan: ProbePlan): Change[] {
  const url = new URL(plan.url);
  if (url.protocol !== 'wss:') return [];
  const host = url.hostname;
  const asked = (plan.tls.serverName ?? host).toLowerCase();
  const header = plan.headers.find(([name]) => name.toLowerCase() === 'host')?.[1].replace(/:\d+$/, '');
  return [header ?? '', host]
    .filter((name, index, all) => isName(name) && name.toLowerCase() !== asked && all.indexOf(name) === index)
    .map((name) => ({
      id: `sni:${name}`,
      group: 'sni',
      change: `Asking for ${name} in TLS (SNI)`,
      plan: { ...plan, tls: { ...plan.tls, serverName: name } },
    }));
}

function isName(host: string): boolean {
  return isIP(host) === 0 && /^[a-z\d_-]+(\.[a-z\d_-]+)*$/i.test(host);
}

function pathChanges(plan: ProbePlan, report: Report): Change[] {
  const { known, generic } = usualPaths(plan, report);
  const change = (group: Group) => (target: string) => ({
    id: `path:${target}`,
    group,
    change: `At the path ${target}`,
    plan: { ...plan, url: withTarget(plan.url, target) },
  });
  return [
    ...known.map(change('path')),
    ...generic.slice(0, 2).map(change('paths')),
    ...generic.slice(2).map(change('more-paths')),
  ];
}

/** Another path; the query stays, with what the new path asks for in front of it. */
function withTarget(address: string, target: string): string {
  const url = new URL(address);
  const [pathname = '/', query = ''] = target.split('?');
  const asked = new URLSearchParams(query);
  const kept = url.search
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '' && !asked.has(/^[^=]*/.exec(pair)?.[0] ?? ''));
  url.pathname = pathname;
  url.search = [query, ...kept].filter((part) => part !== '').join('&');
  return url.href;
}

function subprotocolChanges(plan: ProbePlan, report: Report): Change[] {
  return usualSubprotocols(plan, report).map((token) => ({
    id: `subprotocol:${token}`,
    group: 'dialect',
    change: `Offering the subprotocol ${token}`,
    plan: { ...plan, subprotocols: [token] },
  }));
}

function formChanges(plan: ProbePlan): Change[] {
  if (plan.http === '2') return [];
  const form = (id: string, requestForm: RequestForm, group: Change['group'], change: string): Change => ({
    id,
    group,
    change,
    plan: { ...plan, requestForm, http: '1.1' },
  });
  return [
    form('lower-case', 'lower-case', 'spelling', 'With header names in lower case (sec-websocket-key)'),
    form('title-case', 'title-case', 'spelling', 'With header names in title case (Sec-Websocket-Key)'),
    form('plain-get', 'plain', 'plain', 'As a plain GET, without the upgrade'),
  ];
}

const MAX_COOKIES = 20;
const MAX_COOKIE_CHARACTERS = 4_096;

/** As a browser would come back: with what the refusal told it to keep (RFC 6265 5). */
function cookieChanges(plan: ProbePlan, setCookies: readonly HeaderPair[]): Change[] {
  const given = setCookies
    .filter(([name]) => name.toLowerCase() === 'set-cookie')
    .slice(0, MAX_COOKIES)
    .flatMap(([, value]) => /^\s*([^=;\s]+)=([^;]*)/.exec(value.slice(0, MAX_COOKIE_CHARACTERS))?.slice(1, 3) ?? []);
  const cookies: Record<string, string> = {};
  for (let index = 0; index + 1 < given.length; index += 2) cookies[given[index]!] = given[index + 1]!.trim();
  if (Object.keys(cookies).length === 0) return [];
  const change = `With the cookies that the refusal set (${Object.keys(cookies).join(', ')})`;
  const secrets = [...plan.secrets, ...Object.values(cookies).filter((value) => value !== '')];
  return [
    {
      id: 'with-cookie',
      group: 'cookie',
      change,
      plan: { ...plan, cookies: { ...plan.cookies, ...cookies }, secrets },
    },
  ];
}
