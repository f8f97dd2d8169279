import type { Fix } from '../../base/model.js';

/** Where software keeps what a snippet of its language says. */
const FILES: Readonly<Record<string, string>> = {
  nginx: '/etc/nginx/nginx.conf, or a file that it includes',
  apache: 'the virtual host, such as /etc/apache2/sites-enabled/000-default.conf',
  haproxy: '/etc/haproxy/haproxy.cfg',
  caddyfile: '/etc/caddy/Caddyfile',
  lighttpd: '/etc/lighttpd/lighttpd.conf',
  squid: '/etc/squid/squid.conf',
};

/** Of YAML the software says more than the language: how its titles begin. */
const BY_SOFTWARE: readonly (readonly [software: string, file: string])[] = [
  ['Envoy', 'envoy.yaml'],
  ['Traefik', 'traefik.yml, the static configuration'],
  ['ingress-nginx', 'the Ingress of the route'],
  ['GKE ingress', 'a BackendConfig, named by an annotation of the Service'],
  ['Varnish: pipe', '/etc/varnish/default.vcl'],
];

/** The file that a snippet for software belongs into; null where it is none, or nobody knows. */
export function usualPlace({ title, language }: Pick<Fix, 'title' | 'language'>): string | null {
  const named = BY_SOFTWARE.find(([software]) => title.startsWith(software))?.[1];
  return named ?? (Object.hasOwn(FILES, language) ? (FILES[language] ?? null) : null);
}
