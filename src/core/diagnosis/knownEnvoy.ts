import { quoteText } from '../base/plainText.js';
import { credentialsSent, pathOf, sentHeader, statusWords } from './facts.js';
import { identifyServers } from './identifyServer.js';
import type { Known } from './knownAnswer.js';
import { tokenFix } from './snippets/profile.js';
import { recognisedFixes } from './snippets/proxy.js';
import { curl, shellFix, textFix } from './snippets/shell.js';

/** Envoy adds a header to what comes from behind it, and none to what it says itself. */
const itself = {
  headers: { server: /^(istio-)?envoy$/i },
  without: ['x-envoy-upstream-service-time'],
};

const endpoints = shellFix(
  'Envoy: which endpoints are there?',
  'curl -s http://127.0.0.1:9901/clusters | grep health_flags',
);

/** Why Envoy gave up a request, by the words with which it says so. */
const resets: readonly (readonly [reason: RegExp, says: string, why: string])[] = [
  [
    /overflow/,
    'has as many connections or requests to the server as it is allowed (a circuit breaker)',
    'max_connections, max_pending_requests or max_requests of the cluster is reached: the server was not asked. Each open WebSocket counts all its life.',
  ],
  [
    /protocol error/,
    'does not understand the server behind it, or is not understood',
    'The two speak different versions of HTTP, as where the cluster or the name of the port (http2-, grpc-) says HTTP/2 and the server takes WebSockets over HTTP/1.1.',
  ],
  [
    /connection timeout/,
    'could not connect to the server behind it in time',
    'No answer to TCP came from the address of the endpoint: a firewall or network policy between, or an address that is gone.',
  ],
  [
    /TLS|CERTIFICATE|certificate|WRONG_VERSION/,
    'does not get TLS with the server behind it to work',
    'Envoy speaks TLS to a port that does not, or neither accepts the certificate or the version of the other.',
  ],
];

/** The reason that Envoy gives, and below it that of TCP or TLS. */
function resetReason(said: string): string {
  const [, reason = '503', below] =
    /reset reason: ([\w ]{3,60})(?:, transport failure reason: ([^]{1,200}))?/.exec(said) ?? [];
  // OpenSSL names the library and the function before what went wrong.
  const words = below?.replace(/\b\d{6,}:SSL routines:\w*:/g, '').trim();
  return words ? `${reason}, ${words}` : `reset reason: ${reason}`;
}

/** Few write what Envoy reads: what they write makes it. */
const throughOthers = textFix(
  'Where something else writes the configuration of Envoy',
  'Contour: enableWebsockets: true on the route of an HTTPProxy (for an Ingress the annotation projectcontour.io/websocket-routes).',
  'kgateway: upgradeConfig of an HTTPListenerPolicy. Emissary: allow_upgrade: [websocket] in the Mapping.',
  'Cilium: no rules for HTTP on this port before version 1.18.',
);

/** What its filter for JSON Web Tokens says. */
const JWT =
  /^(?:Jwt (?:is missing|is expired|not yet valid|verification fails|header .*|issuer .*|authentication .*)|Audiences in Jwt are not allowed|Jwks .*)\.?$/i;

/** Envoy, and what is built on it: Istio, Contour, Emissary, Gloo. What it says itself comes from no server. */
export const knownEnvoy: readonly Known[] = [
  {
    id: 'envoy.unhealthy',
    status: [503],
    body: /^no healthy upstream$/,
    says: () => ({
      id: 'upgrade.unavailable',
      layer: 'proxy',
      title: 'Envoy has no healthy server to pass the connection to: 503, "no healthy upstream"',
      why: 'Every endpoint of the cluster failed its health check, or there is none. Istio, Contour and Emissary answer the same, being Envoy.',
      fixes: [
        shellFix('Envoy: which endpoints are there?', 'curl -s http://127.0.0.1:9901/clusters | grep health_flags'),
      ],
    }),
  },
  {
    id: 'envoy.reset',
    status: [503],
    body: /^upstream connect error or disconnect\/reset before headers\. (?:reset|retried)[^]{0,300}/,
    says: ({ found }) => {
      const said = found[0] ?? '';
      const [, says, why] = resets.find(([reason]) => reason.test(said)) ?? [
        '',
        'could not reach the server behind it, or was hung up on',
        '"connection failure" is a port where nobody listens, "connection termination" a server that hung up, often because one side speaks TLS and the other does not.',
      ];
      return {
        id: 'upgrade.unavailable',
        layer: 'proxy',
        title: `Envoy ${says}: ${quoteText(resetReason(said), 130)}`,
        why: `Envoy says this itself. ${why}`,
        fixes: [endpoints],
      };
    },
  },
  {
    id: 'envoy.timeout',
    status: [504],
    body: /^upstream request timeout$/,
    says: () => ({
      id: 'upgrade.gateway-timeout',
      layer: 'proxy',
      title: 'Envoy waited for the server behind it in vain: 504, "upstream request timeout"',
      why: 'The timeout of the route ran out before the upgrade was answered. For upgraded connections it should be 0s.',
      fixes: [
        {
          title: 'Envoy: no timer on this route',
          language: 'yaml',
          snippet: 'route: { cluster: websocket, timeout: 0s }',
        },
      ],
    }),
  },
  {
    id: 'envoy.rbac',
    status: [403],
    body: /^RBAC: access denied$/,
    says: () => ({
      id: 'upgrade.forbidden',
      layer: 'proxy',
      title: 'A policy of Envoy or Istio refuses the client: 403, "RBAC: access denied"',
      why: 'An AuthorizationPolicy (Istio) or RBAC filter does not allow this source, path, method or identity. The application was not asked.',
      fixes: [],
    }),
  },
  {
    id: 'envoy.limit',
    status: [429],
    ...itself,
    body: /^(?:local_rate_limited)?$/,
    says: ({ response }) => ({
      id: 'upgrade.rate-limited',
      layer: 'proxy',
      title: `Envoy limits the rate of requests itself, and asked no server: ${statusWords(response)}`,
      why: 'A rate limit filter (local or global) of the route or the listener answered. Its bucket is for all clients of this proxy, or for what its descriptors name: it need not be this one that asks too often.',
      fixes: [textFix('Envoy', 'Raise the bucket of the rate limit, or leave the path of the WebSocket out of it.')],
    }),
  },
  {
    id: 'envoy.jwt',
    status: [401, 403],
    body: JWT,
    says: ({ evidence, response, text }) => {
      const sent = credentialsSent(evidence).length > 0;
      return {
        id: response.status === 401 ? 'upgrade.unauthorized' : 'upgrade.forbidden',
        layer: 'proxy',
        title: `Envoy (Istio) before the server checks the JSON Web Token, and ${sent ? 'refuses the one that was sent' : 'none was sent'}: "${quoteText(text.replace(/\.$/, ''), 80)}" (${statusWords(response)})`,
        why: 'The server was not asked. Issuer, audience, signature and times must fit a provider of the filter (in Istio a RequestAuthentication), and the token must lie where that looks: Authorization, unless fromHeaders, fromParams or fromCookies say otherwise.',
        fixes: sent ? [] : [tokenFix],
      };
    },
  },
  {
    id: 'aws.app-runner',
    status: [403],
    headers: { server: /^envoy$/ },
    empty: true,
    also: ({ evidence }) => /\.awsapprunner\.com(:\d+)?$/i.test(sentHeader(evidence, 'host') ?? evidence.host),
    says: (seen) => ({
      id: 'upgrade.forbidden',
      layer: 'proxy',
      title: `AWS App Runner takes no WebSockets: its proxy refuses every upgrade (${statusWords(seen.response)})`,
      why: 'The answer is that of the Envoy before the service, which lets no upgrade pass and cannot be told to. The application was not asked.',
      fixes: [
        textFix(
          'Where the WebSocket runs',
          'Behind something of AWS that carries WebSockets: an Application Load Balancer (ECS, Elastic Beanstalk), or API Gateway.',
        ),
      ],
    }),
  },
  {
    id: 'envoy.upgrade',
    status: [403],
    ...itself,
    empty: true,
    says: (seen) => ({
      id: 'upgrade.forbidden',
      layer: 'proxy',
      title: `Envoy refuses the upgrade itself with an empty ${seen.response.status}, as it does on a route without upgrade_configs`,
      why: 'No server behind it was asked: the answer has no x-envoy-upstream-service-time. Envoy takes no upgrade that neither the HTTP connection manager nor the route allows; other causes are an external authorizer (ext_authz) that says no, and an Envoy Gateway without a ready endpoint for the route.',
      fixes: [
        shellFix('Ask in plain HTTP: "unavailable" means that no endpoint is ready', curl(seen.evidence)),
        ...recognisedFixes(seen.evidence, identifyServers(seen.response)).map((fix) => ({
          ...fix,
          title: `${fix.title}, where plain HTTP passes`,
        })),
        throughOthers,
      ],
    }),
  },
  {
    id: 'envoy.behind',
    status: [403],
    headers: { server: itself.headers.server, 'x-envoy-upstream-service-time': /^\d+$/ },
    empty: true,
    also: ({ evidence }) => sentHeader(evidence, 'origin') === null,
    says: (seen) => ({
      id: 'upgrade.forbidden',
      layer: 'proxy',
      title: `Envoy passed the upgrade on, and what stands behind it refused with an empty ${seen.response.status}: another Envoy that takes no upgrades, or the application`,
      why: 'The header x-envoy-upstream-service-time is there only where a server behind answered. Envoys stand in sidecars too, and before pods that a policy of Cilium with rules for HTTP is about (before its version 1.18 such a policy takes no WebSockets). An application that says no without a word looks the same.',
      fixes: [
        textFix(
          'Which of them is it?',
          'Ask the application past the proxies (kubectl port-forward): where that upgrades, a proxy between refuses.',
          'Let that one take upgrades, or limit the rules for HTTP of the policy to other ports.',
        ),
      ],
    }),
  },
  {
    id: 'envoy.route',
    status: [404],
    ...itself,
    empty: true,
    says: (seen) => ({
      id: 'upgrade.not-found',
      layer: 'proxy',
      title: `Envoy has no route for ${quoteText(pathOf(seen.evidence), 100)} at this host, and asked no server: ${statusWords(seen.response)}`,
      why: 'No virtual host has this name, or none of its routes this path; a port in the Host header counts too. In Istio a Gateway must list the host and a VirtualService bind to it.',
      fixes: [],
    }),
  },
  {
    id: 'envoy.none',
    status: [503],
    headers: { ...itself.headers, 'content-length': /^0$/ },
    without: itself.without,
    empty: true,
    says: ({ response }) => ({
      id: 'upgrade.unavailable',
      layer: 'proxy',
      title: `Envoy has no cluster, or no server in it, to pass the connection to: an empty ${statusWords(response)} of its own`,
      why: 'The answer has no x-envoy-upstream-service-time, so no server was asked. The route names a cluster that is not there (a service without endpoints, a name that is misspelt), or the cluster is in maintenance.',
      fixes: [endpoints],
    }),
  },
  {
    id: 'envoy.malformed',
    status: [400],
    ...itself,
    body: /^(?:Bad Request)?$/,
    says: ({ response }) => ({
      id: 'upgrade.bad-request',
      layer: 'proxy',
      title: `Envoy answers ${statusWords(response)} itself: it asked no server, or cannot carry the upgrade to it`,
      why: 'The answer has no x-envoy-upstream-service-time, so it comes from no server. Envoy does so where the server is asked over HTTP/2 (a port named http2 or grpc, h2UpgradePolicy, http2_protocol_options) and takes no WebSockets there, where another filter takes the request for a plain one, and to a Host, path or header that it finds malformed. Its log names it in "response_code_details".',
      fixes: [
        {
          title: 'Istio: HTTP/1.1 to the server',
          language: 'yaml',
          snippet: 'trafficPolicy: { connectionPool: { http: { h2UpgradePolicy: DO_NOT_UPGRADE } } }',
        },
      ],
    }),
  },
];
