import type { Fix } from '../base/model.js';
import { quoteText } from '../base/plainText.js';
import { credentialsSent, hostPort, pathOf, quotedPath, sentHeader, statusWords } from './facts.js';
import { couldDropUpgrade, identifyServers } from './identifyServer.js';
import type { Known, KnownAnswer, Seen } from './knownAnswer.js';
import { ownOrigin } from './snippets/origin.js';
import { profileFix } from './snippets/profile.js';
import { stickyFixes, upgradeFixes } from './snippets/proxy.js';
import { shellFix, textFix } from './snippets/shell.js';

const originOf = ({ evidence }: Seen) => sentHeader(evidence, 'origin');

/** "the Origin https://…", or that none was sent. */
export function whichOrigin(seen: Seen): string {
  const origin = originOf(seen);
  return origin === null ? 'a request without an Origin' : `the Origin ${quoteText(origin, 100)}`;
}

/** The server's own origin, unless that was the one refused. */
export function ownOriginFix(seen: Seen): readonly Fix[] {
  const own = ownOrigin(seen.evidence.plan);
  return originOf(seen) === own ? [] : [profileFix('Send the origin of its own pages (profile)', { origin: own })];
}

/** The one to put on a list: what was sent, where it needs no quoting. */
function listed(seen: Seen): string {
  const origin = originOf(seen);
  return origin !== null && /^[\w.:/[\]-]+$/.test(origin) ? origin : ownOrigin(seen.evidence.plan);
}

function stripped(who: string, seen: Seen): KnownAnswer {
  const software = identifyServers(seen.response);
  return {
    id: 'upgrade.headers-stripped',
    title: `${who} got the request without the headers of a WebSocket, which were sent: something on the way took them out (${statusWords(seen.response)})`,
    why: `${who} says so only of a request in which Upgrade, Connection or a Sec-WebSocket header is missing or changed. wsprobe sent them all.`,
    fixes: upgradeFixes(seen.evidence, software),
  };
}

function noEndpoint(who: string, seen: Seen, why: string, fixes: readonly Fix[] = []): KnownAnswer {
  return {
    id: 'upgrade.not-found',
    title: `${who} has nothing at ${quotedPath(seen)}: ${statusWords(seen.response)}`,
    why,
    fixes,
  };
}

/** Who installed the program has no endpoint to write. */
const javaEndpoint = (seen: Seen): Fix =>
  textFix(
    'On the server',
    `In a program of your own: an endpoint at this path, behind that of the application (@ServerEndpoint(${JSON.stringify(quotedPath(seen))}) of Jakarta WebSocket).`,
    'In one that was installed: the path and the port that its documentation names, and the setting that turns its WebSockets on.',
  );

const nosniff = { 'x-content-type-options': /^nosniff$/i, 'content-type': /^text\/plain; charset=utf-8$/i };

export const knownServers: readonly Known[] = [
  {
    id: 'mojolicious.page',
    status: [200],
    headers: { server: /^Mojolicious\b/ },
    also: ({ header }) => header('sec-websocket-accept') !== '',
    says: (seen) => ({
      id: 'upgrade.not-websocket',
      title: `Mojolicious (Perl) has a page at ${quotedPath(seen)}, and no WebSocket: ${statusWords(seen.response)}`,
      why: 'It puts Sec-WebSocket-Accept into every answer to an upgrade, whatever its router then finds. A route made with "get" answers with its page; only one made with "websocket" opens.',
      fixes: [],
    }),
  },
  {
    id: 'action-cable',
    status: [404],
    headers: { 'content-type': /^text\/plain/ },
    body: /^Page not found$/,
    says: (seen) => {
      const proxy = identifyServers(seen.response).find((one) => couldDropUpgrade([one]));
      return {
        id: 'upgrade.origin-refused',
        title: `Action Cable (Rails) refused ${whichOrigin(seen)}${proxy ? `, or ${proxy.name} before it took the upgrade away` : ''}: its 404 "Page not found" means ${proxy ? 'one or the other' : 'that'}`,
        why: 'Action Cable answers a good upgrade with 404 "Page not found" where the Origin is not on its list, and a request whose Upgrade header a proxy took out. The path is right. Its log says which: "Request origin not allowed", or an empty HTTP_UPGRADE.',
        fixes: [
          ...ownOriginFix(seen),
          ...(proxy ? upgradeFixes(seen.evidence, [proxy]) : []),
          {
            title: 'Rails Action Cable: allow the origin',
            language: 'ruby',
            snippet: `config.action_cable.allowed_request_origins = ["${listed(seen)}"]`,
          },
        ],
      };
    },
  },
  {
    id: 'rails.route',
    status: [404],
    body: /No route matches \[GET\] "(\/[^"]{0,500})"/,
    says: (seen) =>
      noEndpoint(
        'Rails',
        seen,
        'Its router answered. Action Cable is mounted at /cable unless the application says otherwise; with AnyCable the WebSocket is on another server and port.',
        [{ title: 'Rails: mount Action Cable', language: 'ruby', snippet: "mount ActionCable.server => '/cable'" }],
      ),
  },
  {
    id: 'phoenix.route',
    status: [404],
    body: /no route found for GET (\/\S{0,500}) \([\w.]{1,200}\)/,
    says: (seen) =>
      noEndpoint(
        'Phoenix',
        seen,
        'Its router for pages answered. A socket is declared in the endpoint, and takes WebSockets at /websocket below its path: socket "/socket" is reached at /socket/websocket.',
      ),
  },
  {
    id: 'laravel.route',
    status: [404],
    headers: { 'content-type': /^application\/json/ },
    body: /^\{"message":"The route \S{1,500} could not be found\."/,
    says: (seen) =>
      noEndpoint(
        'Laravel',
        seen,
        'Its HTTP side answered. WebSockets of Laravel are those of Reverb, a server of its own (port 8080 unless set otherwise), at /app/ and the key of the application.',
      ),
  },
  {
    id: 'go.route',
    status: [404],
    headers: nosniff,
    body: /^404 page not found$/,
    says: (seen) =>
      noEndpoint(
        'The router (net/http of Go, or Traefik, which answers the same)',
        seen,
        'Go programs answer exactly this for a path without a handler, and Traefik for a host or path that none of its routers takes. "/ws" and "/ws/" are two paths to both.',
      ),
  },
  {
    id: 'gorilla.origin',
    status: [403],
    headers: { ...nosniff, 'sec-websocket-version': /^13$/ },
    body: /^Forbidden$/,
    says: (seen) => ({
      id: 'upgrade.origin-refused',
      title: `gorilla/websocket (Go) refused ${whichOrigin(seen)}: its CheckOrigin said no (${statusWords(seen.response)})`,
      why: 'Without a CheckOrigin of its own, gorilla/websocket takes the origin whose host is the Host of the request, and requests without one. Behind a proxy that replaces Host no page fits.',
      fixes: [
        ...ownOriginFix(seen),
        {
          title: 'gorilla/websocket: allow the origin',
          language: 'go',
          snippet: `upgrader.CheckOrigin = func(r *http.Request) bool {\n\treturn r.Header.Get("Origin") == ${JSON.stringify(listed(seen))}\n}`,
        },
      ],
    }),
  },
  {
    id: 'gorilla.headers',
    status: [400],
    headers: { ...nosniff, 'sec-websocket-version': /^13$/ },
    body: /^Bad Request$/,
    says: (seen) => stripped('gorilla/websocket (Go)', seen),
  },
  {
    id: 'coder.origin',
    status: [403],
    headers: nosniff,
    body: /^request Origin "([^"]{1,300})" is not authorized for Host "([^"]{1,300})"$/,
    says: (seen) => ({
      id: 'upgrade.origin-refused',
      title: `coder/websocket (Go) refused the Origin ${quoteText(seen.found[1] ?? '', 80)}: the Host that it saw is ${quoteText(seen.found[2] ?? '', 80)}`,
      why: 'It takes the origin whose host is the Host of the request, requests without an Origin, and OriginPatterns. A Host that was not sent from here was put there by a proxy on the way.',
      fixes: [
        ...ownOriginFix(seen),
        {
          title: 'coder/websocket: allow the origin',
          language: 'go',
          snippet: `websocket.Accept(w, r, &websocket.AcceptOptions{OriginPatterns: []string{${JSON.stringify(listed(seen).replace(/^\w+:\/\//, ''))}}})`,
        },
      ],
    }),
  },
  {
    id: 'coder.headers',
    headers: nosniff,
    body: /^WebSocket protocol violation: .*header/,
    says: (seen) => stripped('coder/websocket (Go)', seen),
  },
  {
    id: 'axum.headers',
    status: [400, 426],
    body: /^(Connection header did not include 'upgrade'|`Upgrade` header did not include 'websocket'|`Sec-WebSocket-Key` header missing|WebSocket request couldn't be upgraded since no upgrade state was present)$/,
    says: (seen) => stripped('axum (Rust)', seen),
  },
  {
    id: 'actix.headers',
    status: [400],
    body: /^(WebSocket|Websocket|Connection) upgrade is expected\.?$/,
    says: (seen) => stripped('actix-web (Rust)', seen),
  },
  {
    id: 'tomcat.route',
    status: [404],
    markup: /<h3>Apache Tomcat\/[\d.]+/,
    says: (seen) =>
      noEndpoint(
        'Tomcat',
        seen,
        'The path begins with that of the application (its context), then comes the one of the endpoint. An application that was not deployed, or failed to start, answers the same.',
        [javaEndpoint(seen)],
      ),
  },
  {
    id: 'tomcat.origin',
    status: [403],
    markup: /<h3>Apache Tomcat\/[\d.]+/,
    also: (seen) => originOf(seen) !== null,
    says: (seen) => ({
      id: 'upgrade.origin-refused',
      title: `Tomcat refused the client with 403, as it does when checkOrigin of the endpoint says no to ${whichOrigin(seen)}`,
      why: 'Tomcat gives no reason. A ServerEndpointConfig.Configurator with a checkOrigin of its own is the usual one, a security constraint of the application the other.',
      fixes: ownOriginFix(seen),
    }),
  },
  {
    id: 'jetty.route',
    status: [404],
    markup: /<th>STATUS:<\/th><td>404<\/td>/,
    headers: { server: /^Jetty\(/ },
    says: (seen) =>
      noEndpoint('Jetty', seen, 'No servlet and no endpoint takes this path: the one of the application comes first.', [
        javaEndpoint(seen),
      ]),
  },
  {
    id: 'jetty.plain',
    status: [405],
    headers: { server: /^Jetty\(/ },
    body: /HTTP method GET is not supported by this URL/,
    says: (seen) => stripped('The WebSocket servlet of Jetty', seen),
  },
  {
    id: 'jetty.creator',
    status: [503],
    headers: { server: /^Jetty\(/ },
    body: /Endpoint Creation Failed/,
    says: () => ({
      id: 'upgrade.unavailable',
      title: 'The application under Jetty made no endpoint for this request: 503, "Endpoint Creation Failed"',
      why: 'The WebSocketCreator of the application returned null. It has looked at the request and has nothing for it: a subprotocol that was not offered, a parameter or a login that is missing, or a mistake in it. Its log says more.',
      fixes: [],
    }),
  },
  {
    id: 'spring-boot',
    status: [403, 404],
    headers: { 'content-type': /^application\/(problem\+)?json/ },
    body: /^\{"timestamp":"[^"]{1,60}",(?:"path":"[^"]{1,2000}",)?"status":(403|404),"error":"(?:Not Found|Forbidden)",(?:"message":"[^"]{0,400}",)?(?:"path":"[^"]{1,2000}"|"requestId":"[\w-]{1,60}")\}$/,
    says: (seen) =>
      seen.response.status === 404
        ? noEndpoint(
            'Spring Boot',
            seen,
            'No handler is registered at this path: registry.addHandler(…) or addEndpoint(…) names it, and server.servlet.context-path comes before it. An endpoint with withSockJS() takes raw WebSockets at /websocket below its path.',
          )
        : {
            id: 'upgrade.forbidden',
            title: `Spring Security refused the request for ${quotedPath(seen)} (403)`,
            why: 'The error page of Spring Boot, with 403: a rule of its security filter asks for a login that this request does not carry.',
            fixes: [],
          },
  },
  {
    id: 'cowboy.route',
    status: [404],
    headers: { server: /^Cowboy$/ },
    empty: true,
    without: ['via'],
    says: (seen) =>
      noEndpoint(
        'Cowboy (Erlang, Elixir)',
        seen,
        'No route of the dispatch table takes this path. RabbitMQ has /ws alone; Phoenix takes /websocket below the path of the socket: /socket/websocket.',
      ),
  },
  {
    id: 'cowboy.headers',
    status: [400],
    headers: { server: /^Cowboy$/ },
    empty: true,
    without: ['via'],
    // Brokers under Cowboy answer the same to who offers no subprotocol.
    also: ({ evidence, header }) =>
      evidence.plan.subprotocols.length > 0 ||
      !(
        /\/mqtt\b/.test(pathOf(evidence)) ||
        (/^\/ws\/?$/.test(pathOf(evidence)) && /^close$/i.test(header('connection')))
      ),
    says: (seen) => stripped('Cowboy (Erlang, Elixir)', seen),
  },
  {
    id: 'armeria.plain',
    status: [400],
    body: /^The upgrade header must contain:\s+Upgrade: websocket\s+Connection: Upgrade/,
    says: (seen) => stripped('Armeria (Java)', seen),
  },
  {
    id: 'websockify.plain',
    status: [404, 405],
    headers: { server: /^WebSockify / },
    body: /Error code: ?(?:404|405)/,
    says: (seen) => stripped('websockify', seen),
  },
  {
    id: 'workerman.plain',
    status: [200, 400],
    headers: { server: /^workerman(\/|$)/ },
    markup: /<h1>WebSocket<\/h1>|can not be accessed via HTTP/,
    says: (seen) => stripped('Workerman (PHP)', seen),
  },
  {
    id: 'php-fpm.file',
    status: [404],
    body: /^File not found\.$/,
    says: (seen) => ({
      id: 'upgrade.not-found',
      title: `The web server took ${quotedPath(seen)} for a script of PHP, which is not there: ${statusWords(seen.response)}, "File not found."`,
      why: 'The words are those of PHP-FPM. It answers single requests (FastCGI) and takes no WebSockets: those of PHP (Ratchet, Swoole, Workerman, Reverb) are servers of their own, on a port to which the web server must pass this path on.',
      fixes: upgradeFixes(seen.evidence, identifyServers(seen.response)).filter(({ title }) => !/^Node\b/.test(title)),
    }),
  },
  {
    id: 'swoole.plain',
    status: [400],
    headers: { server: /^(?:open)?swoole/i },
    body: /400 Bad Request/,
    says: (seen) => stripped('Swoole (PHP)', seen),
  },
  {
    id: 'cockpit.origin',
    status: [403],
    body: /^(?:403 Forbidden )?Received invalid WebSocket request$/,
    says: (seen) => ({
      id: 'upgrade.origin-refused',
      title: `Cockpit refused ${whichOrigin(seen)}: it takes only that of its own pages (${statusWords(seen.response)})`,
      why: 'Cockpit finds every request invalid whose Origin is missing, or is not the address at which it is opened or one under Origins in cockpit.conf. After that it looks for the cookie of a login.',
      fixes: ownOriginFix(seen),
    }),
  },
  {
    id: 'bare.origin',
    status: [403],
    empty: true,
    also: (seen) =>
      originOf(seen) === null &&
      credentialsSent(seen.evidence).length === 0 &&
      seen.response.headers.length === 0 &&
      seen.response.reason === 'Forbidden',
    says: (seen) => ({
      id: 'upgrade.origin-refused',
      title: `The handler of the upgrade wants an Origin header, as it seems, and none was sent: a bare ${statusWords(seen.response)} without a single header`,
      why: 'golang.org/x/net/websocket answers exactly so to a request without an Origin. A handler written by hand may do the same for a login that is missing.',
      fixes: ownOriginFix(seen),
    }),
  },
  {
    id: 'phoenix.refused',
    status: [403],
    headers: { server: /^Cowboy$/ },
    empty: true,
    // Kong passes the name of the server on, and adds its own; who replaces an answer leaves no Cowboy.
    also: ({ header }) => header('via') === '' || /kong/i.test(header('via')),
    says: (seen) => ({
      id: originOf(seen) === null ? 'upgrade.forbidden' : 'upgrade.origin-refused',
      title: `Phoenix (Cowboy) refused the socket: ${originOf(seen) === null ? 'connect/3 returned :error' : `check_origin does not take ${whichOrigin(seen)}, or connect/3 returned :error`} (403)`,
      why: 'Phoenix answers an empty 403 where the Origin is not that of the endpoint, and where connect/3 of the socket refuses the parameters. It does not look at the Origin of a request that has none.',
      fixes:
        originOf(seen) === null
          ? []
          : [
              ...ownOriginFix(seen),
              {
                title: 'Phoenix: allow the origin',
                language: 'elixir',
                snippet: `config :my_app, MyAppWeb.Endpoint, check_origin: ["${listed(seen)}"]`,
              },
            ],
    }),
  },
  {
    id: 'signalr.id',
    status: [400],
    body: /^Connection ID required$/,
    says: ({ evidence, response }) => ({
      id: 'upgrade.bad-request',
      title: `SignalR wants the connection id that its negotiation gives out: ${statusWords(response)}, "Connection ID required"`,
      why: 'A SignalR client first asks POST …/negotiate, then connects with ?id= and the token of that answer.',
      fixes: [negotiate(evidence)],
    }),
  },
  {
    id: 'signalr.unknown',
    status: [404],
    body: /^No Connection with that ID$/,
    says: ({ evidence, response }) => ({
      id: 'upgrade.session-unknown',
      title:
        'SignalR does not know the id in the query: it was given out by another server, was used up, or has expired (404)',
      why: 'An id of SignalR lives a few seconds until it is used, and on the server that gave it out. With several servers the balancer must keep a client on one (sticky sessions), or the client skip the negotiation.',
      fixes: [negotiate(evidence), ...stickyFixes(identifyServers(response))],
    }),
  },
  {
    id: 'uwebsockets',
    status: [404],
    markup: /<i>uWebSockets\/\d+ Server<\/i>/,
    says: (seen) =>
      noEndpoint(
        'uWebSockets',
        seen,
        'No app.ws(…) takes this path: its patterns fit whole segments, and "/*" takes all.',
        [
          {
            title: 'uWebSockets.js: take this path',
            language: 'javascript',
            snippet: `app.ws(${JSON.stringify(quotedPath(seen))}, { message: (ws, message, isBinary) => ws.send(message, isBinary) });`,
          },
        ],
      ),
  },
  {
    id: 'ratchet',
    status: [403, 404],
    headers: { 'x-powered-by': /^Ratchet\// },
    says: (seen) =>
      seen.response.status === 404
        ? noEndpoint(
            'Ratchet (PHP)',
            seen,
            'No route of the application takes this path for this Host: App compares both.',
          )
        : {
            id: 'upgrade.origin-refused',
            title: `Ratchet (PHP) refused ${whichOrigin(seen)}: it is not among the allowed origins of the route (403)`,
            why: 'OriginCheck of Ratchet compares the host of the Origin with its list; App::route takes the list as its third argument.',
            fixes: ownOriginFix(seen),
          },
  },
];

function negotiate(evidence: Seen['evidence']): Fix {
  return shellFix('Negotiate', [
    'curl',
    '-X',
    'POST',
    `${evidence.secure ? 'https' : 'http'}://${hostPort(evidence)}${pathOf(evidence).replace(/\/+$/, '')}/negotiate?negotiateVersion=1`,
  ]);
}
