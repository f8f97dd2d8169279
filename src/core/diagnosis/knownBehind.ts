import { quoteText } from '../base/plainText.js';
import { credentialsSent, pathOf, quotedPath, sentHeader, statusWords } from './facts.js';
import { couldDropUpgrade, identifyServers } from './identifyServer.js';
import type { Known, KnownAnswer, Seen } from './knownAnswer.js';
import { ownOrigin } from './snippets/origin.js';
import { profileFix } from './snippets/profile.js';
import { serverWords } from './serverWords.js';
import { upgradeFixes } from './snippets/proxy.js';
import { labFix, present, shellFix, textFix } from './snippets/shell.js';

/** What a framework answers where its route for WebSockets saw none, and a proxy stands before it. */
const lostBefore = (who: string, sign: string, { evidence, response, header }: Seen): KnownAnswer => ({
  id: 'upgrade.headers-stripped',
  layer: 'proxy',
  title: `${who} behind ${quoteText(header('server'), 40) || 'a proxy'} did not see the upgrade that was sent, as it seems: ${statusWords(response)}`,
  why: `${who} answers with ${sign} where a route for WebSockets gets a request without Upgrade, Connection or a Sec-WebSocket header. wsprobe sent them all; the proxy passes them on only where it is told to.`,
  fixes: upgradeFixes(evidence, identifyServers(response)),
});

/** Products and frameworks that are told by a little more than their status. */
export const knownBehind: readonly Known[] = [
  {
    id: 'tls.behind',
    status: [400],
    headers: { server: /^(nginx|openresty|apache|cloudflare|caddy|envoy)\b/i },
    body: /^Client sent an HTTP request to an HTTPS server\.?$/i,
    says: ({ response, header }) => ({
      id: 'upgrade.bad-request',
      layer: 'proxy',
      title: `${quoteText(header('server'), 40)} asks the server behind it in plain HTTP, and that one wants TLS: ${statusWords(response)}`,
      why: 'A port of TLS answers so to a request that is not encrypted, and the Server header is that of a proxy: the address is right, and the way between the two is not.',
      fixes: [
        textFix(
          'On the proxy',
          'Let it ask the server behind over TLS ("proxy_pass https://…", an https:// upstream), or turn TLS off at that server.',
        ),
      ],
    }),
  },
  {
    id: 'cloudflare.worker',
    status: [400, 426],
    headers: { server: /^cloudflare$/i },
    body: /\bexpected upgrade: ?websocket\b/i,
    says: ({ response }) => ({
      id: 'upgrade.headers-stripped',
      layer: 'application',
      title: `The code behind Cloudflare, as Workers and Durable Objects run it, did not see the upgrade: ${statusWords(response)}`,
      why: 'The words are those of the examples for Workers: the code looks at the Upgrade header of the request that it was handed. A Worker that makes a new request for the next one leaves the header out, and a zone with WebSockets off takes it away before.',
      fixes: [
        textFix(
          'In the Worker, or the zone',
          'Hand on the request itself: stub.fetch(request), fetch(request). A new Request needs its headers, Upgrade among them.',
          'Dashboard > the site > Network > WebSockets: On.',
        ),
      ],
    }),
  },
  {
    id: 'plug.headers',
    status: [400],
    headers: {
      server: /^(nginx|openresty|apache|caddy|haproxy|cloudflare)\b/i,
      'cache-control': /^max-age=0, private, must-revalidate$/,
    },
    empty: true,
    also: (seen) => pathOf(seen.evidence).endsWith('/websocket'),
    says: (seen) => lostBefore('Phoenix', 'an empty answer with the cache-control of Plug', seen),
  },
  {
    id: 'rocket.headers',
    status: [400],
    markup: /<small>Rocket<\/small>/,
    also: ({ response }) => couldDropUpgrade(identifyServers(response)),
    says: (seen) => lostBefore('Rocket (Rust)', 'its own page for the status', seen),
  },
  {
    id: 'kubernetes.stream',
    status: [500],
    headers: { 'content-type': /^application\/json/ },
    body: /"kind":\s*"Status"[^]{0,400}"message":\s*"(?:Internal error occurred: )?unable to upgrade connection: /,
    says: ({ response }) => {
      const words = serverWords(response) ?? '';
      const user = /connection: Forbidden \(user=([\w:.@-]{1,80}), .{0,40}resource=nodes\b/.exec(words)?.[1];
      return {
        id: 'upgrade.server-error',
        title: `The API server of Kubernetes took the request, and the node did not open the stream: "${words.replaceAll('"', "'")}" (${statusWords(response)})`,
        why: 'The API server hands exec, attach and port-forward on to the kubelet of the node, and the words are what that, or its container runtime, answered. The credentials of this client were taken: what is refused is the API server itself, or the container or the stream is not there.',
        fixes:
          user === undefined
            ? []
            : [
                shellFix('Let the API server at its kubelets', [
                  'kubectl',
                  'create',
                  'clusterrolebinding',
                  'apiserver-kubelet',
                  '--clusterrole=system:kubelet-api-admin',
                  `--user=${user}`,
                ]),
              ],
      };
    },
  },
  {
    id: 'silent.proxied',
    status: [403],
    headers: { server: /^(nginx|openresty)\b/i },
    without: ['content-type'],
    empty: true,
    general: true,
    // A refused Origin is the commonest cause where one was sent.
    also: ({ evidence }) => sentHeader(evidence, 'origin') === null,
    says: (seen) => ({
      id: 'upgrade.forbidden',
      title: `The application behind nginx, or a module of nginx, refused the WebSocket without a word (empty ${seen.response.status}): no WebSocket route at ${quotedPath(seen)}, or its check of Origin or login said no`,
      why: 'nginx puts a page into its refusals, so this one comes from behind it, or from a module (nchan). FastAPI, Starlette and Django Channels answer so to a path without a WebSocket route, and where their code refuses before it accepts; Spring and Phoenix to an Origin that is not on their list.',
      fixes: [
        profileFix('Send the origin of its own pages (profile)', { origin: ownOrigin(seen.evidence.plan) }),
        ...present(labFix(seen.evidence)),
      ],
    }),
  },
  {
    id: 'home-assistant.proxy',
    status: [400],
    body: /^400: Bad Request$/,
    also: (seen) => pathOf(seen.evidence) === '/api/websocket',
    says: (seen) => ({
      id: 'upgrade.bad-request',
      title: `Home Assistant does not trust the reverse proxy before it: ${statusWords(seen.response)} at /api/websocket`,
      why: 'Home Assistant answers "400: Bad Request" to whatever comes with X-Forwarded-For from an address that is not in trusted_proxies. Its log says "A request from a reverse proxy was received from …" with the address to put there.',
      fixes: [
        {
          title: 'Home Assistant (configuration.yaml): trust the proxy',
          language: 'yaml',
          snippet:
            'http:\n  use_x_forwarded_for: true\n  trusted_proxies:\n    - 172.30.33.0/24   # the address that its log names',
        },
      ],
    }),
  },
  {
    id: 'home-assistant.ingress',
    status: [401],
    body: /^401: Unauthorized$/,
    also: (seen) => /^\/api\/hassio_ingress\/[^/]+\//.test(pathOf(seen.evidence)),
    says: (seen) => ({
      id: 'upgrade.unauthorized',
      title: `The ingress of Home Assistant knows no session of this client: ${statusWords(seen.response)}`,
      why: 'Add-ons behind ingress are reached with the cookie ingress_session, which the interface asks for when the panel is opened (supervisor/api/ingress/session) and renews every minute. A token of Home Assistant does not help here; the path changes with each installation of the add-on.',
      fixes: [
        profileFix('Send the session of an open panel (profile)', {
          cookies: { ingress_session: '${secret:ingress-session}' },
        }),
      ],
    }),
  },
  {
    id: 'jupyter',
    status: [403],
    also: (seen) =>
      /\/(api\/kernels\/[^/]{1,200}\/channels|terminals\/websocket\/[^/]{1,200})$/.test(pathOf(seen.evidence)) &&
      (seen.header('server').startsWith('TornadoServer/') || /jupyter/i.test(seen.text)),
    says: (seen) => {
      const sent = credentialsSent(seen.evidence).length > 0;
      return {
        id: 'upgrade.forbidden',
        title: `Jupyter Server refused the client: ${sent ? 'it does not take the token or cookie that was sent, or the Origin' : 'no token was sent'} (${statusWords(seen.response)})`,
        why: 'Jupyter takes "Authorization: token …", ?token= or the cookie of a signed-in browser, and for pages of another host also wants the Origin in allow_origin. Its log says "Couldn\'t authenticate WebSocket connection" or "Blocking Cross Origin WebSocket Attempt". "jupyter server list" shows the token.',
        fixes: sent
          ? []
          : [
              profileFix('Send the token (profile)', {
                auth: { type: 'apiKey', name: 'token', value: '${secret:token}', in: 'query' },
              }),
            ],
      };
    },
  },
  {
    id: 'mqtt.subprotocol',
    status: [400],
    headers: { server: /^Cowboy$/i },
    without: ['via'],
    empty: true,
    also: ({ evidence, header }) =>
      evidence.plan.subprotocols.length === 0 &&
      (/\/mqtt\b/.test(pathOf(evidence)) ||
        (/^\/ws\/?$/.test(pathOf(evidence)) && /^close$/i.test(header('connection')))),
    says: (seen) => ({
      id: 'upgrade.bad-request',
      title: `A broker of MQTT (under Cowboy, as EMQX and RabbitMQ are) refused the upgrade, and no subprotocol was offered: ${statusWords(seen.response)}`,
      why: 'MQTT over WebSocket is offered as the subprotocol "mqtt" (MQTT 5, 6.0), and brokers may refuse who does not. Cowboy answers the same where headers of the upgrade were lost.',
      fixes: [profileFix('Offer the subprotocol (profile)', { subprotocols: ['mqtt'] })],
    }),
  },
  {
    id: 'proxmox',
    status: [401],
    headers: { server: /^pve-api-daemon\// },
    says: (seen) => ({
      id: 'upgrade.unauthorized',
      title: `Proxmox VE wants its ticket: ${statusWords(seen.response)}`,
      why: 'The API takes the cookie PVEAuthCookie with the ticket of a login, or an API token in "Authorization: PVEAPIToken=user@realm!name=…". A console also needs vncticket and port in the query, from the same user.',
      fixes:
        credentialsSent(seen.evidence).length > 0
          ? []
          : [profileFix('Send the ticket (profile)', { cookies: { PVEAuthCookie: '${secret:ticket}' } })],
    }),
  },
  {
    id: 'asterisk',
    status: [400],
    headers: { server: /^Asterisk\b/, 'sec-websocket-version': /\b13\b/ },
    says: (seen) => {
      const offered = seen.evidence.plan.subprotocols;
      return {
        id: 'upgrade.bad-request',
        title:
          offered.length === 0
            ? `Asterisk takes a WebSocket only with a subprotocol that it has loaded, and none was offered (${statusWords(seen.response)})`
            : `Asterisk has not loaded the subprotocol that was offered (${quoteText(offered.join(', '), 60)}): ${statusWords(seen.response)}`,
        why: 'res_http_websocket looks for a protocol of that name: "sip" comes from res_pjsip_transport_websocket (or chan_sip), "ari" from res_ari, "media" from chan_websocket. Its log says "no protocols out of … supported".',
        fixes: offered.includes('sip')
          ? []
          : [profileFix('Offer the subprotocol of SIP (profile)', { subprotocols: ['sip'] })],
      };
    },
  },
  {
    id: 'java-websocket',
    status: [404],
    headers: { server: /^TooTallNate Java-WebSocket$/ },
    says: (seen) => {
      const offered = seen.evidence.plan.subprotocols;
      return {
        id: 'upgrade.bad-request',
        title:
          offered.length > 0
            ? `Java-WebSocket refused the handshake: it speaks none of the subprotocols that were offered (${quoteText(offered.join(', '), 60)})`
            : 'Java-WebSocket refused the handshake: a header of it was lost on the way, or the code of the server said no',
        why: 'It answers "404 WebSocket Upgrade Failure" at every path to a handshake that does not fit its draft: a subprotocol that Draft_6455 was not made with, a header that is missing, or an InvalidDataException of onWebsocketHandshakeReceivedAsServer. The path has nothing to do with it.',
        fixes:
          offered.length > 0
            ? [
                profileFix('Offer none (profile)', { subprotocols: [] }),
                {
                  title: 'Java-WebSocket: take it',
                  language: 'java',
                  snippet: `new Draft_6455(List.of(), List.of(new Protocol(${JSON.stringify(quoteText(offered[0] ?? '', 60))})));`,
                },
              ]
            : [],
      };
    },
  },
  {
    id: 'next',
    status: [404],
    headers: { 'x-powered-by': /^Next\.js/ },
    also: ({ response }) => !couldDropUpgrade(identifyServers(response)),
    says: (seen) => ({
      id: 'upgrade.not-found',
      title: `Next.js took the WebSocket for a page: it has none at ${quotedPath(seen)} (${statusWords(seen.response)})`,
      why: 'Routes of Next.js answer plain HTTP and take no upgrades. The WebSocket is on a server of its own, on another port, or in a custom server that handles "upgrade" before Next.js does.',
      fixes: [],
    }),
  },
  {
    id: 'django.400',
    status: [400],
    markup: /<h1>Bad Request \(400\)<\/h1>/,
    says: () => ({
      id: 'upgrade.bad-request',
      title: 'Django took the WebSocket for a page and refused it, as it does for a Host that is not in ALLOWED_HOSTS',
      why: 'The page "Bad Request (400)" is that of Django, and a Host that is not listed is its usual cause. It is its HTTP side that answered: a proxy lost the upgrade, or the server before Django (gunicorn, uWSGI) takes none; Channels needs an ASGI server.',
      fixes: [],
    }),
  },
  {
    id: 'kestrel.route',
    status: [404],
    headers: { server: /^Kestrel$/ },
    empty: true,
    says: (seen) => ({
      id: 'upgrade.not-found',
      title: `ASP.NET Core has no endpoint at ${quotedPath(seen)}: ${statusWords(seen.response)}`,
      why: 'No MapHub (SignalR), Map or middleware with UseWebSockets takes this path. A PathBase of the application comes first, and the order of the middleware counts.',
      fixes: [],
    }),
  },
  {
    id: 'python.http-server',
    status: [404, 501],
    headers: { server: /^SimpleHTTP\// },
    says: (seen) => ({
      id: 'upgrade.not-found',
      title: `Only a file server of Python (http.server) is at this port, which takes no WebSockets: ${statusWords(seen.response)}`,
      why: 'python -m http.server serves files. The WebSocket server is another program, on another port.',
      fixes: [textFix('Look for the other port', 'ss -ltnp shows which programs of this machine listen, and where.')],
    }),
  },
];
