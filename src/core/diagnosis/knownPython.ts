import type { Fix } from '../base/model.js';
import { quoteText } from '../base/plainText.js';
import { pathOf, quotedPath, sentHeader, statusWords } from './facts.js';
import type { Known, KnownAnswer, Seen } from './knownAnswer.js';
import { couldDropUpgrade, identifyServers } from './identifyServer.js';
import { engineIoFix, unreadable } from './knownNode.js';
import { upgradeFixes } from './snippets/proxy.js';
import { ownOrigin } from './snippets/origin.js';
import { profileFix } from './snippets/profile.js';
import { labFix, present, shellFix, textFix } from './snippets/shell.js';

/** Of all frameworks alike: another path, an Origin. */
const tryOut = ({ evidence }: Seen): readonly Fix[] => present(labFix(evidence));

const fastApiRoute = (seen: Seen): Fix => ({
  title: 'Where the application is of FastAPI: a route at this path',
  language: 'python',
  snippet: `@app.websocket(${JSON.stringify(quotedPath(seen))})\nasync def endpoint(websocket: WebSocket):\n    await websocket.accept()`,
});

/** The application closed before it accepted (ASGI: websocket.close before websocket.accept). */
function notAccepted(server: string, seen: Seen, fixes: readonly Fix[]): KnownAnswer {
  return {
    id: 'upgrade.forbidden',
    title: `The application under ${server} did not accept the WebSocket: no route at ${quotedPath(seen)}, or its code refused (403)`,
    why: `${server} answers 403 whenever the application (Starlette, FastAPI, Django Channels) closes a WebSocket before it accepts it. Starlette and FastAPI do so for every path without a websocket route; a trailing slash or a prefix makes another path. In Django Channels AllowedHostsOriginValidator does so for an Origin that is not in ALLOWED_HOSTS.`,
    fixes,
  };
}

const failed = (server: string, { response }: Seen): KnownAnswer => ({
  id: 'upgrade.server-error',
  title: `The application under ${server} failed before it accepted the WebSocket (${statusWords(response)})`,
  why: `${server} answers so where the application (ASGI) raises an exception, or returns, without having accepted or closed the connection. In Django Channels a path without a route does that too. The traceback is in its log.`,
  fixes: [],
});

export const knownPython: readonly Known[] = [
  {
    id: 'websockets.parser',
    status: [400],
    body: /^Failed to open a WebSocket connection: did not receive a valid HTTP request\./,
    // nginx asks in HTTP/1.0, which it does not read either.
    also: ({ response }) => !identifyServers(response).some(({ intermediary }) => intermediary),
    says: (seen) => unreadable('websockets (Python)', seen, { bytes: 'It says that what came is no HTTP request.' }),
  },
  {
    id: 'flask-sock.wsgi',
    status: [500],
    markup: /RuntimeError: (Cannot obtain socket from WSGI environment)/,
    says: (seen) => ({
      id: 'upgrade.server-error',
      title: `What runs the Flask application gives it no socket, so there are no WebSockets: "${quoteText(seen.found[1] ?? '', 80)}" (${statusWords(seen.response)})`,
      why: 'flask-sock takes the connection over from the server under it. Passenger, uWSGI, mod_wsgi and the workers of a shared host hand out no socket; the server of Werkzeug, gunicorn with threads, gevent and eventlet do.',
      fixes: [shellFix('Run it under a server that does', 'gunicorn --worker-class gthread --threads 100 app:app')],
    }),
  },
  {
    id: 'werkzeug.page',
    status: [400],
    body: /The browser \(or proxy\) sent a request that this server could not understand\.$/,
    says: (seen) => {
      const proxy = identifyServers(seen.response).find((one) => couldDropUpgrade([one]));
      // Of those that use this router, Quart alone runs under a server of ASGI by itself.
      const asgi = /^(hypercorn|uvicorn|daphne)/i.test(seen.header('server'));
      const who = asgi ? 'Quart' : proxy ? 'Flask or Quart' : 'Flask';
      const rest = asgi
        ? 'A path takes WebSockets by "@app.websocket" alone.'
        : 'Flask alone takes none: Flask-Sock or Flask-SocketIO brings them, on a server that can.';
      return {
        id: 'upgrade.not-found',
        title: `${who} (Werkzeug) has a page at ${quotedPath(seen)} and no WebSocket, ${proxy ? `or ${proxy.name} before it took the upgrade away` : 'as it seems'}: ${statusWords(seen.response)}`,
        why: `Its router answers an upgrade with this 400 where the path is known, and the rule is none for WebSockets${proxy ? ', and a plain request where the rule is for WebSockets alone' : ''}. ${rest} A handler that misses a field of a form answers the same.`,
        fixes: proxy ? upgradeFixes(seen.evidence, [proxy]) : [],
      };
    },
  },
  {
    id: 'uvicorn.refused',
    status: [403],
    headers: { server: /^(uvicorn|Python\/[\d.]+ websockets\/[\d.]+)$/, 'content-length': /^0$/ },
    empty: true,
    says: (seen) => notAccepted('uvicorn', seen, [...tryOut(seen), fastApiRoute(seen)]),
  },
  {
    id: 'uvicorn.wsproto',
    status: [403],
    headers: { 'content-length': /^0$/ },
    without: ['date', 'server', 'content-type', 'via'],
    empty: true,
    also: ({ response }) => response.reason === '' && response.httpVersion === '1.1',
    says: (seen) => notAccepted('uvicorn (wsproto)', seen, [fastApiRoute(seen)]),
  },
  {
    id: 'uvicorn.failed',
    status: [500],
    headers: { 'content-type': /^text\/plain; charset=utf-8$/, connection: /^close$/, 'content-length': /^21$/ },
    without: ['date', 'server', 'via'],
    body: /^Internal Server Error$/,
    says: (seen) => failed('uvicorn', seen),
  },
  {
    id: 'uvicorn.library',
    status: [400, 404],
    body: /^(?:Unsupported upgrade request\.|\{"detail":"Not Found"\})$/,
    also: ({ text, header, response }) =>
      text.startsWith('Unsupported')
        ? response.status === 400
        : response.status === 404 && /^uvicorn$/i.test(header('server')) && header('via') === '',
    says: ({ response }) => ({
      id: response.status === 404 ? 'upgrade.not-found' : 'upgrade.bad-request',
      title:
        'uvicorn took the WebSocket for plain HTTP: it has no WebSocket library, or the upgrade was lost before it',
      why: 'With a library (websockets or wsproto) uvicorn never lets an upgrade reach the HTTP side of the application, and refuses unknown paths with 403. Without one its log says "No supported WebSocket library detected".',
      fixes: [shellFix('Where uvicorn runs', "pip install 'uvicorn[standard]'")],
    }),
  },
  {
    id: 'hypercorn.refused',
    status: [403],
    headers: { server: /^hypercorn-h/ },
    empty: true,
    says: (seen) => notAccepted('Hypercorn', seen, [fastApiRoute(seen)]),
  },
  {
    id: 'hypercorn.failed',
    status: [500],
    headers: { server: /^hypercorn-h/ },
    empty: true,
    says: (seen) => failed('Hypercorn', seen),
  },
  {
    id: 'daphne.refused',
    status: [403],
    empty: true,
    also: ({ response }) => response.reason === 'Access denied' && response.headers.length === 0,
    says: (seen) => {
      const origin = sentHeader(seen.evidence, 'origin');
      return {
        id: 'upgrade.forbidden',
        title: `The application under Daphne (Django Channels) did not accept the WebSocket: its code refused, or AllowedHostsOriginValidator, and ${origin === null ? 'no Origin was sent' : `the Origin was ${quoteText(origin, 100)}`} (403 Access denied)`,
        why: 'Daphne answers so whenever the consumer closes before it accepts, or the validator around it refuses: that compares the Origin with ALLOWED_HOSTS, and takes none that is missing. Frameworks that close by themselves where no route takes a path (Falcon, Starlette) look the same.',
        fixes: tryOut(seen),
      };
    },
  },
  {
    id: 'daphne.failed',
    status: [500],
    empty: true,
    also: ({ response }) => response.reason === 'Internal server error' && response.headers.length === 0,
    says: (seen) => failed('Daphne', seen),
  },
  {
    id: 'tornado.origin',
    status: [403],
    body: /^Cross origin websockets not allowed$/,
    says: ({ evidence }) => ({
      id: 'upgrade.origin-refused',
      title: `Tornado refused the Origin ${quoteText(sentHeader(evidence, 'origin') ?? '', 100)}: it takes only the one of the Host it sees (403)`,
      why: 'Tornado compares Origin with Host unless check_origin says otherwise. Behind a proxy that replaces Host, the origin of the page never fits: the proxy must pass Host on.',
      fixes: [
        ...(sentHeader(evidence, 'origin') === ownOrigin(evidence.plan)
          ? [
              {
                title: 'nginx, if it stands before: pass Host on',
                language: 'nginx' as const,
                snippet: 'proxy_set_header Host $http_host;',
              },
            ]
          : [profileFix('Send the origin of its own pages (profile)', { origin: ownOrigin(evidence.plan) })]),
        {
          title: 'Tornado: allow the origin',
          language: 'python',
          snippet: `def check_origin(self, origin):\n    return origin == ${JSON.stringify(plainOrigin(evidence))}`,
        },
      ],
    }),
  },
  {
    id: 'tornado.route',
    status: [404],
    headers: { server: /^TornadoServer\// },
    markup: /<title>404: Not Found<\/title>/,
    says: (seen) =>
      noRoute('Tornado', seen, {
        title: 'Tornado: a handler at this path',
        language: 'python',
        snippet: `(${JSON.stringify(quotedPath(seen))}, EchoWebSocket),   # class EchoWebSocket(tornado.websocket.WebSocketHandler)`,
      }),
  },
  {
    id: 'aiohttp.route',
    status: [404],
    headers: { server: /\baiohttp\// },
    body: /^404: Not Found$/,
    says: (seen) =>
      noRoute('aiohttp', seen, {
        title: 'aiohttp: a handler at this path',
        language: 'python',
        snippet: `app.add_routes([web.get(${JSON.stringify(quotedPath(seen))}, websocket_handler)])`,
      }),
  },
  {
    id: 'python-socketio.version',
    status: [400],
    body: /^"?The client is using an unsupported version of the Socket\.IO or Engine\.IO protocols"?/,
    says: ({ evidence }) => ({
      id: 'upgrade.bad-request',
      title: 'Socket.IO (python-engineio) wants EIO=4 in the query, or is of another generation than this client',
      why: 'python-socketio 5 and newer take EIO=4, versions before it EIO=3. Without EIO in the query the answer is the same.',
      fixes: present(engineIoFix(evidence.plan.url)),
    }),
  },
  {
    id: 'python-socketio.transport',
    status: [400],
    body: /^"Bad Request"$/,
    also: ({ evidence }) => /\/(socket|engine)\.io\//.test(pathOf(evidence)) && /[?&]EIO=/.test(evidence.plan.url),
    says: ({ response, header }) => ({
      id: 'upgrade.bad-request',
      title: `Socket.IO (python-engineio) could not open its WebSocket here${header('server').startsWith('Werkzeug') ? ': Werkzeug has none unless simple-websocket is installed, as it seems' : ', as it seems: what runs it has none'} (${statusWords(response)})`,
      why: 'It names every other reason. Under threads the transport needs the package simple-websocket, under gevent gevent-websocket, and the server must hand out the socket.',
      fixes: [shellFix('With threads', 'pip install simple-websocket')],
    }),
  },
  {
    id: 'python-socketio.origin',
    status: [400],
    body: /^"(\S{1,300}) is not an accepted origin\.( \(further occurrences.*)?"$/,
    says: ({ evidence, found }) => ({
      id: 'upgrade.origin-refused',
      title: `Socket.IO (python-engineio) refused the Origin ${quoteText(found[1] ?? '', 100)}: it is not in cors_allowed_origins`,
      why: 'Without the option only the origin of the server itself is taken; behind a proxy that replaces Host that one never fits.',
      fixes: [
        {
          title: 'python-socketio: allow the origin',
          language: 'python',
          snippet: `sio = socketio.AsyncServer(cors_allowed_origins=[${JSON.stringify(plainOrigin(evidence))}])`,
        },
      ],
    }),
  },
  {
    id: 'django.page',
    status: [404],
    body: /Using the URLconf defined in [\w.]{1,200},? Django tried these URL patterns/,
    says: (seen) => ({
      id: 'upgrade.not-found',
      title: `Django took the WebSocket for a page, and has none at ${quotedPath(seen)}: ${statusWords(seen.response)}`,
      why: 'Its page lists the urlpatterns of HTTP. A WebSocket goes to the URLRouter under "websocket" in asgi.py, and only under an ASGI server: without daphne in INSTALLED_APPS, "runserver" speaks no WebSocket.',
      fixes: [shellFix('Django: run it under ASGI', 'pip install daphne', 'daphne mysite.asgi:application')],
    }),
  },
  {
    id: 'gunicorn.failed',
    status: [500],
    headers: { connection: /^close$/i, 'content-type': /^text\/html$/ },
    without: ['server'],
    markup: /<title>Internal Server Error<\/title>\s*<\/head>\s*<body>\s*<h1><p>Internal Server Error<\/p><\/h1>/,
    says: ({ response }) => ({
      id: 'upgrade.server-error',
      title: `gunicorn answered for the application, which failed at the upgrade: ${statusWords(response)}`,
      why: 'The page is that of gunicorn for an exception that nobody caught. Its own workers (sync, gthread) have no WebSockets: Flask-Sockets wants geventwebsocket.gunicorn.workers.GeventWebSocketWorker, an ASGI application uvicorn.workers.UvicornWorker. Flask-Sockets also fails with newer versions of Werkzeug ("WebsocketMismatch"). The log has the traceback.',
      fixes: [
        textFix(
          'On the server',
          'Look at the traceback in the log of gunicorn, and at the class of its workers ("Using worker: …" at its start, option -k).',
        ),
      ],
    }),
  },
  {
    id: 'wsgi',
    general: true,
    headers: { server: /^(WSGIServer\/[\d.]+ |Werkzeug\/)/ },
    // A 5xx comes from code of the application, which may well have taken the upgrade, and so does a 400.
    also: ({ response }) =>
      response.status !== 400 && response.status !== 401 && response.status !== 403 && response.status < 500,
    says: ({ response, header }) => {
      const wsgiref = header('server').startsWith('WSGIServer');
      // Its security middleware sends this unless it is told not to; others run under wsgiref too (Radicale).
      const django = wsgiref && (header('x-frame-options') !== '' || /django/i.test(response.body.text));
      return {
        id: response.status < 400 ? 'upgrade.not-websocket' : 'upgrade.not-found',
        title: `${wsgiref ? `A WSGI server of Python (wsgiref${django ? ', as Django has it' : ''})` : "Werkzeug (Flask's development server)"} answered ${statusWords(response)}: WSGI has no WebSockets`,
        why: wsgiref
          ? 'A WSGI server answers every upgrade as a plain request. Django speaks WebSocket under an ASGI server alone: daphne in INSTALLED_APPS, or uvicorn.'
          : 'Flask by itself answers every upgrade as a plain request. flask-sock or Flask-SocketIO add WebSockets, each at a path of its own.',
        fixes: [
          django && shellFix('Django: run it under ASGI', 'pip install daphne', 'daphne mysite.asgi:application'),
          !wsgiref && shellFix('Flask: add WebSockets', 'pip install flask-sock'),
        ].filter((fix) => fix !== false),
      };
    },
  },
];

function noRoute(who: string, seen: Seen, fix: Fix): KnownAnswer {
  return {
    id: 'upgrade.not-found',
    title: `${who} has no handler at ${quotedPath(seen)}: ${statusWords(seen.response)}`,
    why: `${who} answers this page for every path that none of its routes takes. A trailing slash or a prefix makes another path.`,
    fixes: [...tryOut(seen), fix],
  };
}

/** The origin that was sent, or that of the server, where it needs no quoting. */
function plainOrigin({ plan, report }: Seen['evidence']): string {
  const sent = sentHeader({ report } as Seen['evidence'], 'origin');
  return sent !== null && /^[\w.:/[\]-]+$/.test(sent) ? sent : ownOrigin(plan);
}
