import type { ProxyRoute } from './profile.js';

/** `http://proxy.example.com:3128`: never with user info. */
export function proxyUrl({ kind, host, port }: Pick<ProxyRoute, 'kind' | 'host' | 'port'>): string {
  return `${kind}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
