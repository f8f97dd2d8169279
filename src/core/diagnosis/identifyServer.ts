import type { ResponseInfo } from '../base/model.js';
import { quoteText } from '../base/plainText.js';

export type SoftwareId =
  | 'cloudflare'
  | 'cloudfront'
  | 'api-gateway'
  | 'alb'
  | 'azure-app-gateway'
  | 'google'
  | 'heroku'
  | 'vercel'
  | 'fly'
  | 'envoy'
  | 'haproxy'
  | 'nginx'
  | 'apache'
  | 'caddy'
  | 'traefik'
  | 'squid'
  | 'tinyproxy'
  | 'varnish'
  | 'lighttpd'
  | 'kong'
  | 'iis'
  | 'cdn'
  | 'litespeed'
  | 'apisix'
  | 'h2o'
  | 'ats'
  | 'application';

/** Software that had a hand in an answer, told by its fingerprints. */
export interface Software {
  readonly id: SoftwareId;
  readonly name: string;
  /** Whether it stands between the client and the application. */
  readonly intermediary: boolean;
  /** The header or words that gave it away, safe to show. */
  readonly sign: string;
}

interface Print {
  readonly id: SoftwareId;
  readonly name: string;
  readonly header?: readonly (readonly [name: string, value: RegExp])[];
  readonly body?: RegExp;
  /** Counts where no Server header says who answered. */
  readonly unnamedBody?: RegExp;
}

// Outermost first: a CDN stands before a load balancer, that before a proxy, that before the application.
const prints: readonly Print[] = [
  {
    id: 'cloudflare',
    name: 'Cloudflare',
    header: [
      ['server', /^cloudflare/i],
      ['cf-ray', /./],
    ],
  },
  {
    id: 'cloudfront',
    name: 'Amazon CloudFront',
    header: [
      ['x-amz-cf-id', /./],
      ['server', /^CloudFront/i],
    ],
  },
  {
    id: 'cdn',
    name: 'Fastly',
    header: [['x-served-by', /^cache-[a-z]{3}/i]],
  },
  { id: 'cdn', name: 'Akamai', header: [['server', /^Akamai/i]] },
  { id: 'cdn', name: 'Bunny CDN', header: [['server', /^BunnyCDN/i]] },
  { id: 'cdn', name: 'KeyCDN', header: [['server', /^keycdn/i]] },
  { id: 'cdn', name: 'Azure Front Door', header: [['x-azure-ref', /./]] },
  {
    id: 'api-gateway',
    name: 'AWS API Gateway',
    header: [
      ['x-amz-apigw-id', /./],
      ['apigw-requestid', /./],
    ],
  },
  { id: 'alb', name: 'AWS Application Load Balancer', header: [['server', /^awselb/i]] },
  {
    id: 'azure-app-gateway',
    name: 'Azure Application Gateway',
    header: [['server', /^Microsoft-Azure-Application-Gateway/i]],
  },
  {
    id: 'google',
    name: 'Google Cloud load balancer',
    header: [
      ['server', /^Google Frontend/i],
      ['via', /\bgoogle\b/i],
    ],
  },
  {
    id: 'heroku',
    name: 'Heroku router',
    header: [
      ['via', /\bvegur\b|heroku-router/i],
      ['server', /^Heroku/i],
    ],
  },
  {
    id: 'vercel',
    name: 'Vercel',
    header: [
      ['server', /^Vercel/i],
      ['x-vercel-id', /./],
    ],
  },
  {
    id: 'fly',
    name: 'Fly.io proxy',
    header: [
      ['server', /^Fly\//i],
      ['fly-request-id', /./],
    ],
  },
  {
    id: 'envoy',
    name: 'Envoy',
    header: [
      ['server', /^(istio-)?envoy/i],
      ['x-envoy-upstream-service-time', /./],
    ],
    body: /^(upstream connect error or disconnect|no healthy upstream|upstream request timeout)/,
  },
  { id: 'apisix', name: 'Apache APISIX', header: [['server', /^APISIX\//]] },
  { id: 'h2o', name: 'H2O', header: [['server', /^h2o\//i]] },
  {
    id: 'ats',
    name: 'Apache Traffic Server',
    header: [
      ['server', /^ATS\b/],
      ['via', /\bApacheTrafficServer\b/],
    ],
  },
  { id: 'cdn', name: 'NGINX Unit', header: [['server', /^Unit\/\d/]] },
  {
    id: 'nginx',
    name: 'nginx',
    header: [['server', /^(nginx|openresty|tengine|angie)/i]],
    body: /<center>(nginx|openresty)|^default backend - 404/i,
  },
  { id: 'application', name: 'Tomcat', header: [['server', /^Apache-Coyote/i]], body: /<h3>Apache Tomcat/i },
  {
    id: 'apache',
    name: 'Apache httpd',
    header: [['server', /^Apache(?!-Coyote|\s*Tomcat)/i]],
    body: /<address>Apache\//i,
    // Others write the page of Apache too (Yaws), and say who they are.
    unnamedBody: /^<!DOCTYPE HTML PUBLIC "-\/\/IETF\/\/DTD HTML 2\.0\/\/EN">/i,
  },
  {
    id: 'caddy',
    name: 'Caddy',
    header: [
      ['server', /^Caddy/i],
      ['via', /\bCaddy\b/i],
    ],
  },
  { id: 'traefik', name: 'Traefik', header: [['server', /^traefik/i]] },
  {
    id: 'squid',
    name: 'Squid',
    header: [
      ['server', /^squid/i],
      ['x-squid-error', /./],
      ['via', /\(squid/i],
    ],
  },
  {
    id: 'kong',
    name: 'Kong',
    header: [
      ['server', /^kong\//i],
      ['via', /\bkong\//i],
      ['x-kong-proxy-latency', /^\d/],
      ['x-kong-response-latency', /^\d/],
    ],
  },
  {
    id: 'varnish',
    name: 'Varnish',
    header: [
      ['server', /^Varnish$/],
      ['via', /\bvarnish\b/i],
    ],
  },
  { id: 'lighttpd', name: 'lighttpd', header: [['server', /^lighttpd/i]] },
  {
    id: 'tinyproxy',
    name: 'Tinyproxy',
    header: [
      ['server', /^tinyproxy/i],
      ['via', /\(tinyproxy\//i],
    ],
  },
  { id: 'cdn', name: 'F5 BIG-IP', header: [['server', /^BIG-?IP/i]] },
  { id: 'cdn', name: 'KeyCDN', header: [['server', /^keycdn/i]] },
  { id: 'cdn', name: 'Netlify', header: [['server', /^Netlify/i]] },
  { id: 'cdn', name: 'Railway', header: [['server', /^railway/i]] },
  {
    id: 'cdn',
    name: 'Render',
    header: [
      ['x-render-origin-server', /./],
      ['x-render-routing', /./],
    ],
  },
  { id: 'litespeed', name: 'LiteSpeed', header: [['server', /^LiteSpeed/i]] },
  { id: 'application', name: 'Express (Node)', header: [['x-powered-by', /^Express/i]] },
  { id: 'application', name: 'Next.js (Node)', header: [['x-powered-by', /^Next\.js/i]] },
  { id: 'application', name: 'PHP', header: [['x-powered-by', /^PHP/i]] },
  {
    id: 'application',
    name: 'ASP.NET',
    header: [
      ['x-powered-by', /^ASP\.NET/i],
      ['server', /^Kestrel/i],
    ],
  },
  {
    id: 'iis',
    name: 'IIS',
    header: [
      ['server', /^Microsoft-IIS/i],
      ['x-powered-by', /^ARR\//],
    ],
  },
  { id: 'application', name: 'Ratchet (PHP)', header: [['x-powered-by', /^Ratchet\//]] },
  {
    id: 'application',
    name: 'uWebSockets',
    header: [['uwebsockets', /^\d/]],
    body: /<i>uWebSockets\/\d+ Server<\/i>/,
  },
  { id: 'application', name: 'Cowboy (Erlang, Elixir)', header: [['server', /^Cowboy/i]] },
  { id: 'application', name: 'aiohttp (Python)', header: [['server', /\baiohttp\//]] },
  { id: 'application', name: 'websockets (Python)', header: [['server', /\bwebsockets\/\d/]] },
  { id: 'application', name: 'Tornado (Python)', header: [['server', /^TornadoServer\//]] },
  { id: 'application', name: 'uvicorn (Python)', header: [['server', /^uvicorn/i]] },
  { id: 'application', name: 'Hypercorn (Python)', header: [['server', /^hypercorn/i]] },
  { id: 'application', name: 'Daphne (Python)', header: [['server', /^daphne/i]] },
  { id: 'application', name: 'Werkzeug (Python)', header: [['server', /^Werkzeug/i]] },
  {
    id: 'application',
    name: 'a Python server',
    header: [['server', /^(gunicorn|waitress|WSGIServer)/i]],
  },
  { id: 'application', name: 'Jetty (Java)', header: [['server', /^Jetty\(/i]] },
  { id: 'application', name: 'a Java server', header: [['server', /^(Undertow|WildFly|Netty)/i]] },
  { id: 'application', name: 'a Ruby server', header: [['server', /^(puma|thin|WEBrick|Phusion)/i]] },
];

/** Proxies that pass an upgrade on only where they are told to; the others do so by themselves, or hide that they are there. */
const DROPS: ReadonlySet<SoftwareId> = new Set([
  'nginx',
  'apache',
  'varnish',
  'lighttpd',
  'iis',
  'squid',
  'litespeed',
  'apisix',
  'h2o',
  'ats',
]);

/** Whether somebody stands before the application who may have lost the upgrade. */
export function couldDropUpgrade(seen: readonly Software[]): boolean {
  return seen.some(({ id }) => DROPS.has(id));
}

/** Everybody who left a fingerprint, the outermost first. */
export function identifyServers(response: ResponseInfo): readonly Software[] {
  const body = response.body.text.slice(0, 4096);
  const found: Software[] = [];
  for (const print of prints) {
    const sign = signOf(print, response, body);
    if (sign === null) continue;
    // Its kin keeps its files elsewhere, and says who it is.
    const kin = print.id === 'nginx' ? /^server: (angie)/i.exec(sign)?.[1] : undefined;
    found.push({
      id: print.id,
      name: kin ? `${kin} (nginx)` : print.name,
      intermediary: print.id !== 'application',
      sign,
    });
  }
  const haproxy = haproxySign(response, body);
  if (haproxy !== null && !found.some((software) => software.intermediary)) {
    found.unshift({ id: 'haproxy', name: 'HAProxy', intermediary: true, sign: haproxy });
  }
  return found;
}

/** The outermost software that answered; null when nothing gives it away. */
export function identifyServer(response: ResponseInfo): Software | null {
  return identifyServers(response)[0] ?? null;
}

function signOf(print: Print, response: ResponseInfo, body: string): string | null {
  for (const [name, value] of print.header ?? []) {
    const pair = response.headers.find(([key, text]) => key.toLowerCase() === name && value.test(text));
    if (pair) return `${name}: ${quoteText(pair[1], 100)}`;
  }
  const named = response.headers.some(([key]) => key.toLowerCase() === 'server');
  const match = print.body?.exec(body) ?? (named ? null : print.unnamedBody?.exec(body));
  return match ? `"${quoteText(match[0], 60)}" in the body` : null;
}

/** HAProxy's own error pages name nobody: no server header, "cache-control: no-cache", and a page of one fixed form. */
function haproxySign(response: ResponseInfo, body: string): string | null {
  const has = (name: string, value: RegExp) =>
    response.headers.some(([key, text]) => key.toLowerCase() === name && value.test(text));
  if (has('server', /./) || !has('cache-control', /^no-cache/i)) return null;
  return /^<html><body><h1>\d{3} /.test(body) ? 'no server header, cache-control: no-cache, its error page' : null;
}
