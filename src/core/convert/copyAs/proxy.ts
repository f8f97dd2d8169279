import type { ProxyKind } from '../../base/model.js';
import type { ProbePlan } from '../../base/plan.js';
import { proxyUrl } from '../../profile/proxyUrl.js';
import { literal, type SecretNames, type Words } from './words.js';

/** The proxy of a plan, its secrets named. */
export interface CopiedProxy {
  readonly kind: ProxyKind;
  readonly host: string;
  /** `host:port`, IPv6 in brackets. */
  readonly place: Words;
  readonly username: Words | null;
  /** Null where there is none; else as it is, not percent-encoded. */
  readonly password: Words | null;
  /** User name and password as a URL carries them, with their `@`; empty for none. */
  readonly userInfo: () => Words;
  /** Ready value of `Proxy-Authorization`. */
  readonly authorization: Words | null;
  readonly rejectUnauthorized: boolean;
}

/** `none`: directly, whatever the environment says; `auto`: nothing is to be said. */
export function copiedProxy(
  { proxy, proxyChoice, unusedProxy }: ProbePlan,
  names: SecretNames,
  encoded: (raw: string, decoded: string) => Words,
): CopiedProxy | 'auto' | 'none' {
  if (!proxy) return proxyChoice === 'none' || unusedProxy ? 'none' : 'auto';
  const { kind, host, username, password, authorization, rejectUnauthorized } = proxy;
  const [scheme = '', credentials = ''] = /^(\S+ +)?([^]*)$/.exec(authorization ?? '')?.slice(1) ?? [];
  return {
    kind,
    host,
    place: names.hide(proxyUrl(proxy).slice(`${kind}://`.length)),
    username: username === null ? null : names.hide(username, 'proxy'),
    password: password === null ? null : names.secret(password, 'proxy'),
    userInfo: () => {
      if (username === null) return [];
      const name = names.hide(encodeURIComponent(username), 'proxy');
      const colon = password === null ? [] : [{ literal: ':' }, ...encoded(encodeURIComponent(password), password)];
      return [...name, ...colon, { literal: '@' }];
    },
    authorization: authorization === null ? null : [{ literal: scheme }, ...names.secret(credentials, 'proxy')],
    rejectUnauthorized,
  };
}

/** In curl and socks-proxy-agent `socks5:` resolves names here, `socks5h:` at the proxy, as wsprobe does. */
export function remoteScheme(kind: ProxyKind): string {
  return kind === 'socks5' ? 'socks5h' : kind;
}

/** `scheme://user:password@host:port`, in the scheme that a tool knows the kind by. */
export function proxyWords({ userInfo, place }: CopiedProxy, scheme: string): Words {
  return [...literal(`${scheme}://`), ...userInfo(), ...place];
}
