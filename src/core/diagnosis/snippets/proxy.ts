import type { Fix } from '../../model.js';
import type { Evidence } from '../evidence.js';
import { pathOf } from '../facts.js';
import type { Software, SoftwareId } from '../identifyServer.js';

/** A path fit for a configuration file: one we would not have to quote, else a plain example. */
function configPath(evidence: Evidence): string {
  const path = pathOf(evidence);
  return /^\/[\w./-]*$/.test(path) ? path : '/ws';
}

type Snippet = (path: string) => Fix;

const upgrade: Readonly<Partial<Record<SoftwareId, Snippet>>> = {
  nginx: (path) => ({
    title: 'nginx: pass the upgrade on',
    language: 'nginx',
    snippet: `# in http { }
map $http_upgrade $connection_upgrade {
    default upgrade;
    ''      close;
}

# in server { }
location ${path} {
    proxy_pass http://127.0.0.1:8080;   # your WebSocket server
    proxy_http_version 1.1;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $connection_upgrade;
    proxy_set_header Host $host;
    proxy_read_timeout 3600s;
    proxy_send_timeout 3600s;
}`,
  }),
  apache: (path) => ({
    title: 'Apache 2.4.47 or newer: pass the upgrade on',
    language: 'apache',
    snippet: `# Give it a backend URL of its own: a second ProxyPass to the same URL shares the first one's settings.
ProxyPass "${path}" "http://127.0.0.1:8080${path}" upgrade=websocket
# Older versions: enable mod_proxy_wstunnel and use
# ProxyPass "${path}" "ws://127.0.0.1:8080${path}"`,
  }),
  haproxy: (path) => ({
    title: 'HAProxy: route the path and keep tunnels open',
    language: 'haproxy',
    snippet: `defaults
    mode http
    timeout tunnel 1h

frontend web
    bind :80
    acl is_ws path_beg ${path}
    use_backend ws if is_ws

backend ws
    server ws1 127.0.0.1:8080 check`,
  }),
  envoy: (path) => ({
    title: 'Envoy: allow the upgrade',
    language: 'yaml',
    snippet: `# in the HTTP connection manager
upgrade_configs:
  - upgrade_type: websocket
stream_idle_timeout: 0s
# in the route
- match: { prefix: "${path}" }
  route: { cluster: websocket, timeout: 0s }`,
  }),
  caddy: (path) => ({
    title: 'Caddy: reverse_proxy passes upgrades on by itself',
    language: 'caddyfile',
    snippet: `reverse_proxy ${path} 127.0.0.1:8080`,
  }),
  alb: () => ({
    title: 'AWS ALB: nothing to enable; check the listener rule, the stickiness and the idle timeout',
    language: 'shell',
    snippet: `aws elbv2 modify-load-balancer-attributes --load-balancer-arn "$ALB_ARN" \\
  --attributes Key=idle_timeout.timeout_seconds,Value=3600`,
  }),
  cloudflare: () => ({
    title: 'Cloudflare: turn WebSockets on',
    language: 'text',
    snippet:
      'Dashboard > the site > Network > WebSockets: On. Keep idle connections alive with a ping every 30 s (limit 100 s).',
  }),
  cloudfront: () => ({
    title: 'CloudFront: forward the WebSocket headers',
    language: 'text',
    snippet:
      'Use the origin request policy "AllViewer", or forward Sec-WebSocket-Key, Sec-WebSocket-Version, Sec-WebSocket-Protocol and Sec-WebSocket-Extensions.',
  }),
  'azure-app-gateway': () => ({
    title: 'Azure Application Gateway: nothing to enable; raise the request timeout',
    language: 'shell',
    snippet: `az network application-gateway http-settings update --gateway-name "$GATEWAY" \\
  --resource-group "$GROUP" --name "$SETTINGS" --timeout 3600`,
  }),
  google: () => ({
    title: 'GKE ingress: raise the backend timeout',
    language: 'yaml',
    snippet: `apiVersion: cloud.google.com/v1
kind: BackendConfig
metadata:
  name: websocket
spec:
  timeoutSec: 3600`,
  }),
};

const ingressNginx: Fix = {
  title: 'ingress-nginx: keep upgraded connections open',
  language: 'yaml',
  snippet: `metadata:
  annotations:
    nginx.ingress.kubernetes.io/proxy-read-timeout: "3600"
    nginx.ingress.kubernetes.io/proxy-send-timeout: "3600"`,
};

const usual: readonly SoftwareId[] = ['nginx', 'apache', 'haproxy', 'caddy'];

/** How to let an upgrade through, for the software that was recognised first, then for the usual ones. */
export function upgradeFixes(evidence: Evidence, seen: readonly Software[]): readonly Fix[] {
  const path = configPath(evidence);
  const recognised = seen.map(({ id }) => id).filter((id) => upgrade[id] !== undefined);
  const order = [...new Set([...recognised, ...usual])];
  const fixes = order.flatMap((id) => upgrade[id]?.(path) ?? []);
  return fixes.slice(0, Math.max(4, recognised.length));
}

/** The snippet for what was recognised, nothing otherwise. */
export function recognisedFixes(evidence: Evidence, seen: readonly Software[]): readonly Fix[] {
  const path = configPath(evidence);
  return seen.flatMap(({ id }) => upgrade[id]?.(path) ?? []);
}

/** Sticky sessions: the same client must reach the same server. */
export const stickyFixes: readonly Fix[] = [
  {
    title: 'nginx: send a client to the same server',
    language: 'nginx',
    snippet: `upstream realtime {
    ip_hash;
    server 10.0.0.1:8080;
    server 10.0.0.2:8080;
}`,
  },
  {
    title: 'ingress-nginx: cookie affinity',
    language: 'yaml',
    snippet: `metadata:
  annotations:
    nginx.ingress.kubernetes.io/affinity: "cookie"`,
  },
];

/** Longer timers for upgraded connections, the recognised software first. */
export function timeoutFixes(): readonly Fix[] {
  return [
    {
      title: 'nginx: raise the timers of upgraded connections',
      language: 'nginx',
      snippet: 'proxy_read_timeout 3600s;\nproxy_send_timeout 3600s;',
    },
    { title: 'HAProxy: a timer of their own for tunnels', language: 'haproxy', snippet: 'timeout tunnel 1h' },
    ingressNginx,
  ];
}
