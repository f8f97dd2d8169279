import type { Fix } from '../../base/model.js';
import type { ProxyRoute } from '../../base/plan.js';
import { FROM_PROFILE, proxyUrl } from '../../profile/proxyUrl.js';
import { quoteText } from '../../base/plainText.js';
import type { Evidence } from '../../base/evidence.js';
import { profileFix } from './profile.js';
import { shellFix, textFix } from './shell.js';

/** `http://proxy.test:3128 (from HTTPS_PROXY)`, safe to show. */
export function describeRoute(route: ProxyRoute): string {
  const source = route.source === FROM_PROFILE ? 'the profile' : route.source;
  return quoteText(`${proxyUrl(route)} (from ${source})`, 200);
}

/** Address of a proxy for a snippet; an example where the host would have to be quoted. */
export function proxyAddress(route: Pick<ProxyRoute, 'kind' | 'host' | 'port'> | null, scheme?: string): string {
  const host = route && isPlainHost(route.host) ? route.host : 'proxy.example.com';
  const address = proxyUrl({ kind: route?.kind ?? 'http', host, port: route?.port ?? 3128 });
  return scheme ? address.replace(/^\w+/, scheme) : address;
}

/** The one line of a profile that leaves every proxy out. */
export const directFix: Fix = profileFix('Go without the proxy (profile)', { proxy: 'none' });

/** How to leave the proxy out for this host where the proxy was named; null where that is the profile or an option. */
export function bypassFix({ plan, host }: Evidence): Fix | null {
  const source = plan.proxy?.source ?? '';
  const name = plainHost(host);
  if (source.startsWith('http.'))
    return profileFix('Leave the proxy out for this host (VS Code settings)', { 'http.noProxy': [name] });
  return isVariable(source)
    ? shellFix('Leave the proxy out for this host (environment)', `export NO_PROXY="$NO_PROXY,${name}"`)
    : null;
}

function isVariable(source: string): boolean {
  return /^\w+_proxy$/i.test(source);
}

/** Credentials by reference, for a profile and for the editor. */
export function credentialFixes({ plan: { proxy } }: Evidence): readonly Fix[] {
  // SOCKS4 knows a user name only.
  const user = proxy?.kind.startsWith('socks4') ? 'name' : 'name:${secret:proxy}';
  const address = proxyAddress(proxy).replace('://', `://${user}@`);
  const fix = profileFix('Send credentials to the proxy (profile)', { proxy: address });
  if (proxy?.kind.startsWith('socks')) return [fix];
  const setting = { 'http.proxyAuthorization': 'Basic <base64 of name:password>' };
  return [fix, profileFix('The same for all of VS Code (settings)', setting)];
}

/** What lets a CONNECT to this host and port through, on the proxy; null where it names itself as one whose rules are not known. */
export function allowFix({ host, port, report }: Evidence): Fix | null {
  const name = plainHost(host);
  const server = report.proxy?.headers.find(([header]) => header.toLowerCase() === 'server')?.[1] ?? '';
  if (/^tinyproxy\//i.test(server)) {
    return {
      title: 'Tinyproxy: allow CONNECT to this port (and the host, where Filter lists hosts)',
      language: 'text',
      snippet: `ConnectPort ${port}`,
    };
  }
  const named = [
    ...(report.proxy?.headers ?? []).map((pair) => pair.join(' ')),
    report.proxy?.reason ?? '',
    report.proxy?.body?.text ?? '',
  ];
  if (server !== '' ? !/^squid/i.test(server) : !named.some((text) => /\bsquid\b/i.test(text))) return null;
  const kind = /^[\d.]+$|:/.test(name) ? 'dst' : 'dstdomain';
  return {
    title: 'Squid: allow CONNECT to this host and port',
    language: 'squid',
    snippet: `acl websocket_host ${kind} ${name}
acl SSL_ports port ${port}
acl Safe_ports port ${port}
# before any "http_access deny"
http_access allow CONNECT websocket_host SSL_ports`,
  };
}

/** Both ways side by side, and the change of the profile that keeps the other one. */
export function comparisonFixes({ plan, report }: Evidence): readonly Fix[] {
  const source = plan.proxy?.source ?? '';
  // A proxy that settings or the environment name is found there again.
  const named = plan.proxy && !source.startsWith('http.') && !isVariable(source);
  const compare = shellFix('Compare: directly, and through the proxy', [
    'wsprobe',
    'lab',
    'handshake',
    report.url,
    ...(named ? ['--proxy', proxyAddress(plan.proxy)] : []),
  ]);
  if (plan.proxy) return [compare, directFix];
  const route = plan.unusedProxy?.route ?? null;
  const title = route ? 'Go through the proxy (profile)' : 'Go through a proxy, if this network has one (profile)';
  return [compare, profileFix(title, { proxy: proxyAddress(route) })];
}

/** For a proxy that was asked in the wrong language. */
export function otherSchemeFix({ plan }: Evidence, scheme: string): Fix {
  return profileFix(`Speak ${scheme.toUpperCase()} to it (profile)`, { proxy: proxyAddress(plan.proxy, scheme) });
}

export const inspectionFix: Fix = textFix(
  'Ask the administrators of the network',
  'Let them exempt this host from TLS inspection, or hand out the certificate of the authority that signs for it.',
);

/** A host that needs no quoting in a configuration file or a shell. */
function isPlainHost(host: string): boolean {
  return host.length <= 255 && /^[\w.:-]+$/.test(host);
}

function plainHost(host: string): string {
  return isPlainHost(host) ? host : 'host.example.com';
}
