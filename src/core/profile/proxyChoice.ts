import { ProbeError } from '../base/errors.js';
import { alwaysDirectBecause, findNoProxy, noProxyEntries, type ProxyTarget } from './noProxy.js';
import type { ProbePlan, ProxyRoute } from '../base/plan.js';
import type { EditorProxy, ResolveContext } from './profile.js';
import { FROM_PROFILE, parseProxyUrl } from './proxyUrl.js';
import { quote } from './problems.js';

export type ProxyChoice = Pick<ProbePlan, 'proxyChoice' | 'proxy' | 'unusedProxy'>;

/** What `auto` looks at: the process's environment, and in the editor its settings. */
export type ProxyContext = Pick<ResolveContext, 'env' | 'editorProxy'>;

/**
 * Which proxy leads to `target` (ws: or wss:): the profile's own, or for `auto` what the editor and the environment say.
 * Throws `profile.invalid-proxy` when the one to be used cannot be read; the message names its source, never its text.
 */
export function chooseProxy(choice: string, target: URL, context: ProxyContext): ProxyChoice {
  if (target.protocol === 'ws+unix:') {
    if (choice === 'auto' || choice === 'none') return { proxyChoice: choice, proxy: null, unusedProxy: null };
    throw new ProbeError('profile.invalid-proxy', '`proxy` leads to no local socket: leave it out.');
  }
  if (choice !== 'auto' && choice !== 'none') {
    return { proxyChoice: 'named', proxy: routeOf({ url: choice, source: FROM_PROFILE }), unusedProxy: null };
  }
  const found = findProxy(target, context);
  if (!found) return { proxyChoice: choice, proxy: null, unusedProxy: null };
  const because = choice === 'none' ? 'the profile says `"proxy": "none"`' : reasonNotTo(target, context);
  if (because === null) return { proxyChoice: choice, proxy: withEditor(routeOf(found), context), unusedProxy: null };
  const parsed = parseProxyUrl(found.url, found.source);
  // One that cannot be read disturbs nobody as long as it is not needed.
  const unusedProxy = 'wrong' in parsed ? null : { route: withEditor(parsed.route, context), because };
  return { proxyChoice: choice, proxy: null, unusedProxy };
}

interface NamedProxy {
  readonly url: string;
  readonly source: string;
}

function findProxy(target: URL, { env, editorProxy }: ProxyContext): NamedProxy | null {
  if (editorProxy?.support === 'off') return null;
  if (editorProxy && editorProxy.url.trim() !== '') return { url: editorProxy.url.trim(), source: 'http.proxy' };
  const own = target.protocol === 'wss:' ? 'https_proxy' : 'http_proxy';
  const found = firstSet(env, [own, own.toUpperCase(), 'all_proxy', 'ALL_PROXY']);
  return found && { url: found.value, source: found.name };
}

function routeOf({ url, source }: NamedProxy): ProxyRoute {
  const parsed = parseProxyUrl(url, source);
  if ('route' in parsed) return parsed.route;
  const where = source === FROM_PROFILE ? '`proxy`' : `The proxy that ${quote(source)} names`;
  throw new ProbeError('profile.invalid-proxy', `${where} ${parsed.wrong}`);
}

/** As VS Code does for its own requests: `http.proxyAuthorization` and `http.proxyStrictSSL` hold wherever the proxy was named. */
function withEditor(route: ProxyRoute, { editorProxy }: ProxyContext): ProxyRoute {
  if (!editorProxy || (route.kind !== 'http' && route.kind !== 'https')) return route;
  return { ...route, authorization: editorProxy.authorization, rejectUnauthorized: editorProxy.strictSSL };
}

function reasonNotTo(target: URL, { env, editorProxy }: ProxyContext): string | null {
  const always = alwaysDirectBecause(target.hostname);
  if (always !== null) return always;
  const port = target.port === '' ? (target.protocol === 'wss:' ? 443 : 80) : Number(target.port);
  const list = noProxyOf(env, editorProxy ?? null);
  const entry = list && findNoProxy(list.entries, { host: target.hostname, port } satisfies ProxyTarget);
  return list && entry !== null ? `${list.source} lists ${entry}` : null;
}

/** As in VS Code, entries of the setting take the place of those of the environment. */
function noProxyOf(
  env: ProxyContext['env'],
  editor: EditorProxy | null,
): { source: string; entries: readonly string[] } | null {
  if (editor && editor.noProxy.length > 0) return { source: 'http.noProxy', entries: editor.noProxy };
  const found = firstSet(env, ['no_proxy', 'NO_PROXY']);
  return found && { source: found.name, entries: noProxyEntries(found.value) };
}

/** An empty variable is none, as in curl. */
function firstSet(env: ProxyContext['env'], names: readonly string[]): { name: string; value: string } | null {
  for (const name of names) {
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (value !== undefined && value !== '') return { name, value };
  }
  return null;
}
