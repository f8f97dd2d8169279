import type { Fix } from '../../base/model.js';
import type { Evidence } from '../../base/evidence.js';
import { headerOf, pathOf } from '../facts.js';
import type { Software, SoftwareId } from '../identifyServer.js';
import { profileFix } from './profile.js';
import { textFix } from './shell.js';

/** A path fit for a configuration file: one we would not have to quote, else a plain example. */
function configPath(evidence: Evidence): string {
  const path = pathOf(evidence);
  return /^\/[\w./-]*$/.test(path) ? path : '/ws';
}

type Snippet = (path: string) => Fix;

export const gkeTimeoutFix: Fix = {
  title: 'GKE ingress: raise the backend timeout',
  language: 'yaml',
  snippet: `apiVersion: cloud.google.com/v1
kind: BackendConfig
metadata:
  name: websocket
spec:
  timeoutSec: 3600`,
};

const upgrade: Readonly<Partial<Record<SoftwareId, Snippet>>> = {
  h2o: (path) => ({
    title: 'H2O: carry WebSockets (proxy.tunnel from version 2.3 on)',
    language: 'yaml',
    snippet: `paths:
  "${path}":
    proxy.reverse.url: "http://127.0.0.1:8080${path}"   # your WebSocket server
    proxy.websocket: ON`,
  }),
  ats: (path) => ({
    title: 'Apache Traffic Server (remap.config): a rule for WebSockets of its own',
    language: 'text',
    snippet: `map ws://host.example.com${path} ws://127.0.0.1:8080${path}`,
  }),
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
  traefik: () => ({
    title: 'Traefik: nothing to enable; route the path, and let upgraded connections live',
    language: 'yaml',
    snippet: `entryPoints:
  websecure:
    transport:
      respondingTimeouts:
        readTimeout: 0s
        idleTimeout: 3600s
# on a service with several servers: sticky: { cookie: {} }`,
  }),
  varnish: () => ({
    title: 'Varnish: pipe WebSockets, and pass the upgrade on',
    language: 'vcl',
    snippet: `sub vcl_recv {
    if (req.http.Upgrade ~ "(?i)websocket") {
        return (pipe);
    }
}

sub vcl_pipe {
    if (req.http.Upgrade) {
        set bereq.http.Upgrade = req.http.Upgrade;
        set bereq.http.Connection = req.http.Connection;
    }
}`,
  }),
  lighttpd: (path) => ({
    title: 'lighttpd 1.4.46 or newer: pass the upgrade on',
    language: 'lighttpd',
    snippet: `server.modules += ("mod_proxy")
$HTTP["url"] =~ "^${path}" {
    proxy.header = ("upgrade" => "enable")
    proxy.server = ("" => (("host" => "127.0.0.1", "port" => 8080)))
}`,
  }),
  apisix: () => ({
    title: 'Apache APISIX: let the route carry WebSockets',
    language: 'json',
    snippet: '{ "enable_websocket": true }',
  }),
  iis: () => ({
    title: 'IIS: install the WebSocket Protocol feature, which IIS and ARR need to pass an upgrade on',
    language: 'powershell',
    snippet: 'Install-WindowsFeature -Name Web-WebSockets',
  }),
  'api-gateway': () => ({
    title: 'AWS API Gateway: the stage belongs to the path',
    language: 'text',
    snippet:
      'wss://<api-id>.execute-api.<region>.amazonaws.com/<stage>; ping before 10 minutes of silence, come back after 2 hours.',
  }),
  heroku: () => ({
    title: 'Heroku: nothing to enable; ping before 55 s of silence',
    language: 'javascript',
    snippet: 'setInterval(() => wss.clients.forEach((ws) => ws.ping()), 25_000);',
  }),
  squid: () => ({
    title: 'Squid 5 or newer: pass the upgrade on where TLS is opened (ssl_bump), or leave the host alone',
    language: 'squid',
    snippet: `http_upgrade_request_protocols websocket allow all
# or, before the other ssl_bump lines:
acl websocket_host ssl::server_name realtime.example.com
ssl_bump splice websocket_host`,
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
  google: () => gkeTimeoutFix,
};

/** For an application that answered by itself: its HTTP side did, so the upgrade has no handler. */
export const upgradeHandler: Fix = {
  title: 'Node: handle upgrades on the server that listens',
  language: 'javascript',
  snippet: `const server = app.listen(8080);   // the http.Server, not the app
const wss = new WebSocketServer({ server });`,
};

const ingressNginx: Fix = {
  title: 'ingress-nginx: keep upgraded connections open',
  language: 'yaml',
  snippet: `metadata:
  annotations:
    nginx.ingress.kubernetes.io/proxy-read-timeout: "3600"
    nginx.ingress.kubernetes.io/proxy-send-timeout: "3600"`,
};

const anyProxy = textFix(
  'On a proxy before the server, if there is one',
  'Pass the headers Upgrade and Connection on at this path, over HTTP/1.1: most proxies drop them unless they are told to.',
);

/** They pass upgrades on by themselves: their snippets are about timers and rules. */
const PASSES: ReadonlySet<SoftwareId> = new Set(['alb', 'google', 'heroku']);

const fastlyUpgrade: Fix = {
  title: 'Fastly: turn the product WebSockets on for the service, and hand upgrades over',
  language: 'vcl',
  snippet: `sub vcl_recv {
  if (req.http.Upgrade) {
    return(upgrade);
  }
}`,
};

/** How to let an upgrade through: for the software that was recognised, in words where nobody was. */
export function upgradeFixes(evidence: Evidence, seen: readonly Software[]): readonly Fix[] {
  const path = configPath(evidence);
  const recognised = seen.map(({ id }) => id).filter((id) => upgrade[id] !== undefined && !PASSES.has(id));
  // Who is named gets his own, or none: another's would not cure.
  const fixes = seen.some(({ intermediary }) => intermediary)
    ? [...new Set(recognised)].flatMap((id) => upgrade[id]?.(path) ?? [])
    : [anyProxy];
  if (seen.some(({ name }) => name === 'Fastly')) return [fastlyUpgrade];
  const node = seen.some(({ name }) => name.includes('(Node)'));
  // An application that nobody stands before has lost the upgrade itself.
  const own = node && recognised.length === 0 ? [upgradeHandler] : [];
  const behind = node && recognised.length > 0 ? [upgradeHandler] : [];
  return [...own, ...fixes.slice(0, Math.max(4, recognised.length)), ...behind];
}

/** The snippet for what was recognised, nothing otherwise. */
export function recognisedFixes(evidence: Evidence, seen: readonly Software[]): readonly Fix[] {
  const path = configPath(evidence);
  return seen.flatMap(({ id }) => upgrade[id]?.(path) ?? []);
}

/** Whether the answer turned compression on. */
export function agreedToDeflate({ report }: Pick<Evidence, 'report'>): boolean {
  return /permessage-deflate/i.test(headerOf(report.response?.headers, 'sec-websocket-extensions') ?? '');
}

/** IIS takes an upgrade that it cannot carry: without its feature none, in ARR none that is compressed. */
export function iisFixes(evidence: Evidence): readonly Fix[] {
  return [
    ...(agreedToDeflate(evidence)
      ? [profileFix('Do without compression, which ARR does not carry (profile)', { compression: false })]
      : []),
    ...(upgrade.iis ? [upgrade.iis('/')] : []),
  ];
}

const sticky: Readonly<Partial<Record<SoftwareId, readonly Fix[]>>> = {
  nginx: [
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
  ],
  alb: [
    {
      title: 'AWS ALB: sticky targets',
      language: 'shell',
      snippet: `aws elbv2 modify-target-group-attributes --target-group-arn "$TARGETS_ARN" \\
  --attributes Key=stickiness.enabled,Value=true Key=stickiness.type,Value=lb_cookie`,
    },
  ],
};

const stickyAnywhere = textFix(
  'On the load balancer',
  'Lead all requests of one client to the same server: by a cookie (affinity, stickiness) or by its address (ip_hash of nginx, balance source of HAProxy).',
);

/** Sticky sessions, the same client to the same server: for the recognised software, in words where nobody was. */
export function stickyFixes(seen: readonly Software[]): readonly Fix[] {
  const own = seen.flatMap(({ id }) => sticky[id] ?? []);
  return own.length > 0 ? own : [stickyAnywhere];
}

const nginxTimeout: Fix = {
  title: 'nginx: raise the timers of upgraded connections',
  language: 'nginx',
  snippet: 'proxy_read_timeout 3600s;\nproxy_send_timeout 3600s;',
};
const haproxyTimeout: Fix = {
  title: 'HAProxy: a timer of their own for tunnels',
  language: 'haproxy',
  snippet: 'timeout tunnel 1h',
};

const timeouts: Readonly<Partial<Record<SoftwareId, Fix>>> = {
  nginx: nginxTimeout,
  apache: { title: 'Apache: raise the timer of proxied connections', language: 'apache', snippet: 'ProxyTimeout 3600' },
  haproxy: haproxyTimeout,
  envoy: {
    title: 'Envoy: no timers for upgraded connections',
    language: 'yaml',
    snippet:
      '# in the HTTP connection manager\nstream_idle_timeout: 0s\n# in the route\nroute: { cluster: websocket, timeout: 0s }',
  },
  varnish: {
    title: 'Varnish: the timer of piped connections (a parameter of varnishd)',
    language: 'shell',
    snippet: 'varnishadm param.set pipe_timeout 3600',
  },
  lighttpd: {
    title: 'lighttpd: raise the timers of idle connections',
    language: 'lighttpd',
    snippet: 'server.max-read-idle = 3600\nserver.max-write-idle = 3600',
  },
  caddy: {
    title: 'Caddy 2.7 or newer: no timer ends streams unless stream_timeout is set; let them outlive a reload',
    language: 'caddyfile',
    snippet:
      'reverse_proxy 127.0.0.1:8080 {\n    # no stream_timeout: it ends streams however busy\n    stream_close_delay 5m\n}',
  },
};

/** Longer timers for upgraded connections, for the recognised software alone. */
export function timeoutFixes(seen: readonly Software[]): readonly Fix[] {
  return seen.flatMap(({ id }) => [
    ...(timeouts[id] ? [timeouts[id]] : []),
    ...(id in timed ? [upgrade[id]?.('/')].filter((fix) => fix !== undefined) : []),
    ...(id === 'nginx' ? [ingressNginx] : []),
  ]);
}

/** Software whose snippet for the upgrade is about its timers too. */
const timed: Partial<Record<SoftwareId, true>> = {
  traefik: true,
  alb: true,
  'api-gateway': true,
  'azure-app-gateway': true,
  cloudflare: true,
  google: true,
  heroku: true,
};
