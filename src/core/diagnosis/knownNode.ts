import type { Evidence } from '../base/evidence.js';
import type { Fix } from '../base/model.js';
import { quoteText } from '../base/plainText.js';
import { parseUrl } from '../base/url.js';
import { credentialsSent, hostPort, pathOf, quotedPath, sentHeader, statusWords } from './facts.js';
import { identifyServers } from './identifyServer.js';
import type { Known, KnownAnswer, Seen } from './knownAnswer.js';
import { ownOrigin } from './snippets/origin.js';
import { profileFix, tokenFix } from './snippets/profile.js';
import { upgradeFixes, upgradeHandler } from './snippets/proxy.js';
import { curl, labFix, present, shellFix, textFix } from './snippets/shell.js';

/** lib/server.ts of engine.io 6: as JSON, and as text where it was an upgrade. */
const engineIo: readonly (readonly [code: string, text: string, meaning: string])[] = [
  ['0', 'Transport unknown', 'the query needs transport=websocket'],
  ['2', 'Bad handshake method', 'the first request must be a GET'],
  ['3', 'Bad request', 'the query is incomplete, or names a session of another transport'],
  ['4', 'Forbidden', 'its option allowRequest refused the client'],
  ['5', 'Unsupported protocol version', 'client and server are of different generations (EIO=3, EIO=4)'],
];

/** What Engine.IO wants to see, the rest of the query kept; null where the address has it already. */
export function engineIoFix(address: string, eio = '4', below = false): Fix | null {
  const url = parseUrl(address);
  if (!url) return null;
  if (!/\/(socket|engine)\.io\//.test(url.pathname))
    url.pathname = `${below ? url.pathname.replace(/\/+$/, '') : ''}/socket.io/`;
  url.searchParams.set('EIO', eio);
  url.searchParams.set('transport', 'websocket');
  const title = `A complete Socket.IO address${below ? ' below this path' : ''} (profile)`;
  return url.href === address ? null : profileFix(title, { url: url.href });
}

const ofEngineIo = ({ evidence }: Seen) => /\/(socket|engine)\.io\//.test(pathOf(evidence));

/** Bytes came that are no request, and none such were sent. */
export function unreadable(
  who: string,
  { evidence, response }: Seen,
  { bytes, unless = '' }: { readonly bytes: string; readonly unless?: string },
): KnownAnswer {
  return {
    id: 'upgrade.bad-request',
    title: `${who} could not read the request as it reached it, as it seems: a bare ${statusWords(response)}`,
    why: `${bytes} The request left here well formed, so something before the server changed it: a line of the PROXY protocol in front of it (hitch, stunnel, HAProxy "send-proxy", a load balancer), TLS within TLS, a header with odd characters.${unless}`,
    fixes: [
      textFix(
        'On what stands before the server',
        'Let it send the bare request: no line of the PROXY protocol (write-proxy, send-proxy) unless the server reads one, and no TLS of its own unless the server speaks it.',
      ),
      ...present(labFix(evidence)),
    ],
  };
}

/** Its own clients offer these, and nobody else. */
function ofVite({ evidence, response }: Seen): KnownAnswer | null {
  if (!evidence.plan.subprotocols.some((token) => /^vite-(hmr|ping)$/.test(token))) return null;
  return {
    id: 'upgrade.bad-request',
    title: `Vite refused the client: the token in the query is missing or of another start, or the Host is none that it allows (${statusWords(response)})`,
    why: 'Its HMR socket takes ?token=…, which changes with every start and is written into the page (/@vite/client), and names in server.allowedHosts.',
    fixes: [],
  };
}

/** How ws writes a refusal by hand: these headers, and none that an http.ServerResponse adds. */
const byWs = {
  headers: { 'content-type': /^text\/html$/i, connection: /^close$/i, 'content-length': /^\d+$/ },
  without: ['date', 'server', 'via', 'x-powered-by'],
};

export const knownNode: readonly Known[] = [
  {
    id: 'engine.io',
    status: [400, 403],
    body: /^(?:\{"code":([0-5]),"message":.*|Transport unknown|Bad handshake method|Bad request|Forbidden|Unsupported protocol version)$/s,
    also: (seen) => ofEngineIo(seen) || /^(\{"code"|Transport unknown|Unsupported protocol)/.test(seen.text),
    says: ({ found, text, response, evidence }) => {
      const known = engineIo.find(([code, words]) => found[1] === code || text === words);
      if (!known) return null;
      const [code, said, meaning] = known;
      // An upgrade is refused as text; JSON goes to a plain request, which may not ask for this transport.
      if (code === '3' && found[1] === code && /[?&]transport=websocket\b/.test(evidence.plan.url))
        return {
          id: 'upgrade.headers-stripped',
          layer: 'proxy',
          title: `Socket.IO (Engine.IO) got the request without its upgrade: "${said}" (${statusWords(response)})`,
          why: 'The query asks for transport=websocket, and the answer is the JSON that Engine.IO gives to plain requests: it refuses an upgrade as text. Upgrade and Connection are hop-by-hop headers, which a proxy drops unless it is told to pass them on.',
          fixes: upgradeFixes(evidence, identifyServers(response)),
        };
      const old = /^(.*\/socket\.io\/)1\/\w/.exec(pathOf(evidence))?.[1];
      if (old !== undefined && code === '0')
        return {
          id: 'upgrade.bad-request',
          title: `The address is one of Socket.IO 0.9, and the server is a newer one: "${said}" (${statusWords(response)})`,
          why: 'Clients of Socket.IO 0.9 ask for /socket.io/1/websocket/ and a session; since 1.0 the transport is named in the query. The two do not understand each other: the client must be of the generation of the server.',
          fixes: present(engineIoFix(evidence.plan.url.replace(/\/socket\.io\/1\/[^?#]*/, '/socket.io/'))),
        };
      const complete = code === '3' && engineIoFix(evidence.plan.url) === null && !/[?&]sid=/.test(evidence.plan.url);
      return {
        id: response.status === 403 ? 'upgrade.forbidden' : 'upgrade.bad-request',
        title: `Socket.IO (Engine.IO) answered "${said}": ${complete ? 'the query is complete for it, so its option allowRequest refused the client, as it seems' : meaning} (${statusWords(response)})`,
        why: complete
          ? `allowRequest is code of the application or of a framework: Sails looks there at the Origin (onlyAllowOrigins) and for __sails_io_sdk_version in the query.`
          : 'Engine.IO was reached and read the query. A complete address ends in /socket.io/?EIO=4&transport=websocket, with EIO=3 for servers before version 3.',
        fixes: complete
          ? present(labFix(evidence))
          : response.status === 400
            ? present(engineIoFix(evidence.plan.url))
            : [],
      };
    },
  },
  {
    id: 'engine.io.old',
    status: [400],
    headers: { 'content-type': /^text\/html$/i, connection: /^close$/i, 'content-length': /^0$/ },
    without: ['date', 'server', 'via'],
    empty: true,
    also: ofEngineIo,
    says: ({ evidence, response }) => {
      const origin = sentHeader(evidence, 'origin');
      return {
        id: 'upgrade.origin-refused',
        title: `Socket.IO 2 refused ${origin === null ? 'a request without an Origin' : `the Origin ${quoteText(origin, 100)}`}, as it seems: an empty ${statusWords(response)} is how its option origins says no`,
        why: 'Engine.IO 3 names every other reason in the answer. The option "origins" of Socket.IO 2, or its function allowRequest, refuses without one; behind a proxy that replaces Host the origin of the page never fits.',
        fixes:
          origin === ownOrigin(evidence.plan)
            ? []
            : [profileFix('Send the origin of its own pages (profile)', { origin: ownOrigin(evidence.plan) })],
      };
    },
  },
  {
    id: 'websocket-node.accept',
    status: [500],
    headers: { connection: /^close$/ },
    empty: true,
    also: ({ response }) => response.headers.length === 1,
    says: ({ evidence, response }) => {
      const offered = evidence.plan.subprotocols;
      return {
        id: 'upgrade.bad-request',
        title: `The server wants ${offered.length === 0 ? 'a subprotocol, and none was offered' : `another subprotocol than ${quoteText(offered.join(', '), 80)}`}, as it seems: a bare ${statusWords(response)} is how the package websocket of npm refuses that`,
        why: 'request.accept(protocol) of the npm package "websocket" answers this 500, with "Connection: close" and nothing else, where the client did not offer the subprotocol that it was called with; the error is in the log of the server. A handler of upgrades that writes to the socket by hand could answer the same.',
        fixes: present(labFix(evidence)),
      };
    },
  },
  {
    id: 'bare.path',
    status: [400],
    empty: true,
    also: ({ response }) => response.headers.length === 0 && response.reason === 'Bad Request',
    says: (seen) => ({
      id: 'upgrade.bad-request',
      title: `A handler of upgrades turns ${quotedPath(seen)} away, as it seems: a bare ${statusWords(seen.response)} without a single header`,
      why: 'No HTTP server answers so, but code that writes to the socket of an upgrade by hand, as servers on Node do (Playwright, for one): most often to a path that is not theirs, else to a query or a header that is missing.',
      fixes: present(labFix(seen.evidence)),
    }),
  },
  {
    id: 'apollo.csrf',
    status: [400],
    body: /^\{"errors":\[\{"message":"This operation has been blocked as a potential Cross-Site Request Forgery/,
    says: (seen) => ({
      id: 'upgrade.not-websocket',
      title: `Apollo Server took the WebSocket at ${quotedPath(seen)} for a plain request, and answered with its check of those: ${statusWords(seen.response)}`,
      why: 'Its HTTP side says so to a GET without a query. Apollo Server has no WebSockets of its own, and its standalone server takes none: graphql-ws serves subscriptions, attached to the HTTP server, often at another path. A proxy that takes the upgrade away looks the same.',
      fixes: [
        {
          title: 'Apollo Server: serve subscriptions by graphql-ws',
          language: 'javascript',
          snippet: `useServer({ schema }, new WebSocketServer({ server: httpServer, path: ${JSON.stringify(quotedPath(seen))} }));`,
        },
        ...present(labFix(seen.evidence)),
      ],
    }),
  },
  {
    id: 'graphql.http',
    status: [200, 400],
    headers: { 'content-type': /^application\/(graphql-response\+)?json\b/i },
    body: /^\{(?:"data":null,)?"errors":\[\{"message":"(?:Must provide query string\.?|Missing query|GET query missing\.?|Unknown query)"/,
    says: (seen) => ({
      id: 'upgrade.not-websocket',
      title: `The HTTP side of a GraphQL server took the WebSocket at ${quotedPath(seen)} for a query: nothing there takes upgrades (${statusWords(seen.response)})`,
      why: 'GraphQL over HTTP says so to a bare GET. A library beside it (graphql-ws) serves subscriptions, attached to the HTTP server, often at another path, and turned on. A proxy that takes the upgrade away looks the same.',
      fixes: [
        textFix('On the server', 'Attach what serves subscriptions (graphql-ws) to its HTTP server, at this path.'),
        ...present(labFix(seen.evidence)),
      ],
    }),
  },
  {
    id: 'node.parser',
    status: [400],
    headers: { connection: /^close$/ },
    empty: true,
    also: ({ response }) => response.reason === 'Bad Request' && response.headers.length === 1,
    says: (seen) =>
      unreadable('An HTTP server of Node', seen, {
        bytes:
          'Node writes these bytes, and nothing else, where its parser fails, before any code of the application runs.',
        unless: ' A handler of upgrades that writes its refusal by hand may look the same.',
      }),
  },
  {
    id: 'node.unattached',
    status: [200],
    // How Node ends an answer of which nothing was written.
    headers: { date: /GMT$/, 'keep-alive': /^timeout=\d+$/ },
    without: ['server', 'via', 'content-type', 'x-powered-by', 'etag'],
    empty: true,
    says: (seen) => ({
      id: 'upgrade.not-websocket',
      title: `A server on Node answered ${quotedPath(seen)} as an ordinary request, with an empty ${statusWords(seen.response)}: its handler of upgrades is not attached, as it seems`,
      why: 'The route is there, as that of a WebSocket. On Node a framework hears of upgrades only where it was told to: Hono by injectWebSocket(server), express-ws by being called with the app before its routes, others by server.on("upgrade", …). A proxy that takes the upgrade away looks the same.',
      fixes: [
        textFix(
          'On the server',
          'Attach the handler of upgrades to the HTTP server that listens: injectWebSocket(server) with Hono, server.on("upgrade", …) by hand.',
        ),
        ...present(labFix(seen.evidence)),
      ],
    }),
  },
  {
    id: 'socket.io.polling',
    status: [200],
    body: /^(?:\d+:)?0\{"sid":"[\w-]{1,200}","upgrades":\[/,
    says: ({ evidence, response }) => ({
      id: 'upgrade.not-websocket',
      title: `Socket.IO answered in its polling transport: the query must say transport=websocket (${statusWords(response)})`,
      why: 'The body is the opening packet of Engine.IO over plain HTTP. The same path takes WebSockets, if the query asks for them.',
      fixes: present(engineIoFix(evidence.plan.url)),
    }),
  },
  {
    id: 'sockjs',
    status: [200],
    body: /^Welcome to SockJS!$/,
    says: (seen) => {
      const url = parseUrl(seen.evidence.plan.url);
      const base = quoteText(pathOf(seen.evidence).replace(/\/+$/, ''), 80);
      if (url) url.pathname = `${url.pathname.replace(/\/+$/, '')}/websocket`;
      return {
        id: 'upgrade.not-websocket',
        title: `This is a SockJS endpoint: its WebSocket is one step further, at ${base}/websocket (${statusWords(seen.response)})`,
        why: 'SockJS greets at its base address and takes raw WebSockets at /websocket below it.',
        fixes: url ? [profileFix('Append /websocket (profile)', { url: url.href })] : [],
      };
    },
  },
  {
    id: 'ws.path',
    status: [400],
    ...byWs,
    body: /^Bad Request$/,
    also: ({ header }) => header('content-length') === '11',
    says: (seen) =>
      ofVite(seen) ?? {
        id: 'upgrade.bad-request',
        title: `The ws library (Node) takes no WebSocket at ${quotedPath(seen)}: its option "path" is another`,
        why: 'ws answers this bare 400 "Bad Request" to a good request whose path is not its own, and Vite so to a Host or a token it does not know. The request is well formed.',
        fixes: [
          {
            title: 'Ask for the path that it has, or let ws take this one',
            language: 'javascript',
            snippet: `new WebSocketServer({ server, path: ${JSON.stringify(quotedPath(seen))} });`,
          },
        ],
      },
  },
  {
    id: 'ws.path.proxied',
    status: [400],
    headers: { 'content-type': /^text\/html$/i, 'content-length': /^11$/ },
    body: /^Bad Request$/,
    also: ({ response }) => identifyServers(response).some(({ intermediary }) => intermediary),
    says: (seen) => {
      const before = identifyServers(seen.response).find(({ intermediary }) => intermediary)?.name ?? 'a proxy';
      return {
        id: 'upgrade.bad-request',
        title: `Behind ${before}, the ws library (Node) takes no WebSocket at the path that it was given for ${quotedPath(seen)}`,
        why: `ws answers this bare 400 "Bad Request" to a good request whose path is not its own, and ${before} passed it on. The option "path" of ws is another, or ${before} changes the path on the way: in nginx a URI after the port in proxy_pass, even a "/", replaces what the location matched.`,
        fixes: [],
      };
    },
  },
  {
    id: 'ws.verify',
    status: [401],
    ...byWs,
    body: /^Unauthorized$/,
    also: ({ header }) => header('content-length') === '12',
    says: ({ evidence }) => {
      const sent = credentialsSent(evidence).length > 0;
      return {
        id: 'upgrade.unauthorized',
        title: `The ws library (Node) refused the client: its function verifyClient said no${sent ? ' to what was sent' : ', and no credentials were sent'}`,
        why: 'ws answers this bare 401 whenever verifyClient returns false, whatever it looked at: a token, a cookie, the Origin, an address.',
        fixes: sent ? [] : [tokenFix],
      };
    },
  },
  {
    id: 'express',
    status: [404],
    body: /Cannot GET (\/\S*)$/,
    headers: { 'x-powered-by': /^Express$/ },
    also: ({ response }) => !identifyServers(response).some(({ intermediary }) => intermediary),
    says: (seen) => ({
      id: 'upgrade.not-found',
      title: `Express (Node) took the upgrade for a page: this server has no handler for upgrades at ${quotedPath(seen)}`,
      why: 'Node gives a request with an upgrade to the HTTP side only where nobody listens for upgrades: the WebSocket library is on another server or port, or was never attached to this one. Or a proxy that leaves no trace took the Upgrade header away.',
      fixes: [upgradeHandler],
    }),
  },
  {
    id: 'fastify',
    status: [404],
    headers: { 'content-type': /^application\/json/ },
    body: /^\{"message":"Route GET:[^"]{1,2000} not found","error":"Not Found","statusCode":404\}$/,
    says: (seen) => ({
      id: 'upgrade.not-found',
      title: `Fastify (Node) has no WebSocket route at ${quotedPath(seen)}: ${statusWords(seen.response)}`,
      why: 'With @fastify/websocket a WebSocket is a route like any other, with the option { websocket: true }, declared after the plugin is registered. Without the plugin every upgrade ends here.',
      fixes: [
        {
          title: 'Fastify: a WebSocket route at this path',
          language: 'javascript',
          snippet: `await fastify.register(import('@fastify/websocket'));
fastify.register(async (app) => {
  app.get(${JSON.stringify(quotedPath(seen))}, { websocket: true }, (socket) => socket.send('hello'));
});`,
        },
      ],
    }),
  },
  {
    id: 'nest',
    status: [404],
    headers: { 'content-type': /^application\/json/ },
    body: /^\{"message":"Cannot GET [^"]{1,2000}","error":"Not Found","statusCode":404\}$/,
    says: (seen) => ({
      id: 'upgrade.not-found',
      title: `Nest (Node) has no gateway at ${quotedPath(seen)}: its HTTP side answered ${statusWords(seen.response)}`,
      why: 'A gateway of Nest takes the path that its decorator names, with the adapter that the application uses: with Socket.IO that is /socket.io/?EIO=4&transport=websocket, with WsAdapter the "path" of @WebSocketGateway.',
      fixes: [],
    }),
  },
  {
    id: 'node.inspector',
    status: [400],
    body: /^WebSockets request was expected$/,
    says: ({ evidence, response }) => ({
      id: 'upgrade.not-found',
      title: `The Node inspector has no target at ${quoteText(pathOf(evidence), 100)}: ${statusWords(response)}`,
      why: 'The inspector takes WebSockets only at the id of a target, which changes with every start. Its list names the address.',
      fixes: [targets(evidence)],
    }),
  },
  {
    id: 'chromium.host',
    body: /^Host header is specified and is not an IP address or localhost\.?$/,
    says: ({ response }) => ({
      id: 'upgrade.server-error',
      title: `Chromium's debugger wants an IP address or "localhost" in the Host header (${statusWords(response)})`,
      why: 'The debugging port refuses other names, so that no web page can reach it by a name of its own.',
      fixes: [textFix('Ask by address', 'Put the IP address of the machine, or localhost, in place of the name.')],
    }),
  },
  {
    id: 'chromium.target',
    status: [500],
    headers: { 'content-type': /^text\/html$/ },
    body: /^No such target id: \S{1,200}$/,
    says: ({ evidence }) => ({
      id: 'upgrade.not-found',
      title: `Chromium's debugger has no target at ${quoteText(pathOf(evidence), 100)}: 500, "No such target id"`,
      why: 'The id of a page changes with every page, and the one of the browser with every start. The list names the address.',
      fixes: [targets(evidence)],
    }),
  },
  {
    id: 'chromium.origin',
    status: [403],
    body: /^Rejected an incoming WebSocket connection from the \S{1,200} origin/,
    says: ({ evidence }) => ({
      id: 'upgrade.origin-refused',
      title: `Chromium's debugger refused the Origin ${quoteText(sentHeader(evidence, 'origin') ?? '', 100)}: it takes none, or those it was started with`,
      why: 'The debugging port takes connections without an Origin, and origins that --remote-allow-origins lists.',
      fixes: [
        shellFix('Or start Chromium so', [
          'chromium',
          `--remote-allow-origins=${quoteText(sentHeader(evidence, 'origin') ?? ownOrigin(evidence.plan), 100)}`,
        ]),
      ],
    }),
  },
];

function targets(evidence: Evidence): Fix {
  return shellFix('Ask for the address (webSocketDebuggerUrl)', [
    ...curl(evidence).slice(0, -1),
    `${evidence.secure ? 'https' : 'http'}://${hostPort(evidence)}/json/list`,
  ]);
}
