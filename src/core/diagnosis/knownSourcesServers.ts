import type { KnownSource } from './knownSource.js';

/** Servers, frameworks and products behind them. */
export const serverSources: Readonly<Record<string, KnownSource>> = {
  'werkzeug.page': {
    who: 'Flask (Werkzeug)',
    means: 'a page, and no WebSocket, at the path',
    run: 'Flask 2.2.2 under gunicorn 20.1',
  },
  'mojolicious.page': {
    who: 'Mojolicious (Perl)',
    means: 'a page, and no WebSocket, at the path',
    run: 'Mojolicious 9.31',
  },
  'apollo.csrf': {
    who: 'Apollo Server',
    means: 'no WebSockets of its own: its HTTP side answered',
    run: '@apollo/server 5.5, standalone',
  },
  'graphql.http': {
    who: 'GraphQL over HTTP (Yoga, graphql-http)',
    means: 'no WebSockets attached: its HTTP side answered',
    run: 'graphql-yoga 5',
  },
  'websockets.parser': {
    who: 'websockets (Python)',
    means: 'what reached it was no request',
    run: 'websockets 10.4 behind HAProxy 2.6 with send-proxy',
  },
  'node.parser': {
    who: 'the HTTP parser of Node',
    means: 'what reached it was no request, as behind a PROXY line that nobody reads',
    run: 'Node 20 behind hitch 1.7.2 with write-proxy-v2',
  },
  'node.unattached': {
    who: 'servers on Node (Hono and others)',
    means: 'the handler of upgrades is not attached',
    run: '@hono/node-ws 1.3 without injectWebSocket',
  },
  'qt.origin': { who: 'QWebSocketServer (Qt)', means: 'the Origin is refused', run: 'Qt 5.15.8' },
  'libsoup.origin': { who: 'libsoup', means: 'the Origin is refused', run: 'libsoup 3.2.3' },
  'websocketpp.validate': {
    who: 'WebSocket++ (C++)',
    means: 'the validate handler of the program said no',
    run: 'WebSocket++ 0.8.2',
  },
  'php.builtin': { who: 'PHP, its built-in web server', means: 'no WebSockets at all', run: 'PHP 8.2.36' },
  'subprotocol.named': {
    who: 'Kamailio and others',
    means: 'the subprotocol that they name was not offered',
    run: 'Kamailio 5.6.3',
  },
  'gunicorn.failed': {
    who: 'gunicorn',
    means: 'an exception of the application at the upgrade',
    run: 'gunicorn 20.1 with Flask-Sockets 0.2.1',
  },
  'engine.io': { who: 'Socket.IO (Node)', means: 'what the query misses', run: 'socket.io 4.8, engine.io 6.6' },
  'socket.io.polling': {
    who: 'Socket.IO (Python)',
    means: 'the polling transport was asked for',
    run: 'python-socketio 5.7.2 on aiohttp 3.8.4',
  },
  sockjs: { who: 'SockJS', means: 'its base address', run: 'sockjs 0.3.24' },
  'ws.path': { who: 'ws', means: 'another path', run: 'ws 8.23; the same under Vite 8.3 for a Host it does not know' },
  'ws.path.proxied': {
    who: 'ws behind a proxy',
    means: 'another path, or a proxy that changes it',
    run: 'ws 8.23 behind lighttpd 1.4.69 and nginx 1.22.1',
  },
  'ws.verify': { who: 'ws', means: 'verifyClient returned false', run: 'ws 8.23' },
  express: { who: 'Express', means: 'no handler for upgrades', run: 'express 5' },
  fastify: { who: 'Fastify', means: 'no WebSocket route', run: 'fastify 5, with and without @fastify/websocket' },
  nest: {
    who: 'Nest',
    means: 'no gateway at the path',
    reported: 'nestjs/nest packages/core/router: NotFoundException "Cannot GET /…"',
  },
  'node.inspector': { who: 'Node inspector', means: 'no target of this id', run: 'Node 22' },
  'chromium.host': { who: 'Chromium debugger', means: 'a name in Host', run: 'Chromium 156' },
  'chromium.target': { who: 'Chromium debugger', means: 'no target of this id', run: 'Chromium 156' },
  'chromium.origin': { who: 'Chromium debugger', means: 'an Origin that was not allowed', run: 'Chromium 156' },
  'uvicorn.refused': {
    who: 'uvicorn (Starlette, FastAPI)',
    means: 'no route, or refused before accept',
    run: 'uvicorn 0.17.6, websockets 10.4, FastAPI 0.92',
    read: 'encode/uvicorn uvicorn/protocols/websockets/websockets_impl.py of later versions: the default headers, server: uvicorn',
  },
  'uvicorn.wsproto': { who: 'uvicorn with wsproto', means: 'the same', run: 'uvicorn 0.17.6, wsproto 1.2' },
  'uvicorn.failed': { who: 'uvicorn', means: 'an exception before accept', run: 'uvicorn 0.17.6' },
  'uvicorn.library': {
    who: 'uvicorn',
    means: 'no WebSocket library',
    run: 'uvicorn 0.17.6 with --ws none: 400 "Unsupported upgrade request."',
    read: 'encode/uvicorn uvicorn/protocols/http/h11_impl.py of later versions: the request goes on as HTTP, and FastAPI answers 404',
  },
  'hypercorn.refused': { who: 'Hypercorn', means: 'no route, or refused before accept', run: 'Hypercorn 0.13.2' },
  'hypercorn.failed': { who: 'Hypercorn', means: 'an exception before accept', run: 'Hypercorn 0.13.2' },
  'daphne.refused': { who: 'Daphne (Django Channels)', means: 'refused before accept', run: 'Daphne 4.0.0' },
  'daphne.failed': { who: 'Daphne (Django Channels)', means: 'an exception, or no route', run: 'Daphne 4.0.0' },
  'tornado.origin': { who: 'Tornado', means: 'Origin and Host differ', run: 'Tornado 6.2' },
  'tornado.route': { who: 'Tornado', means: 'no handler at the path', run: 'Tornado 6.2' },
  'aiohttp.route': { who: 'aiohttp', means: 'no handler at the path', run: 'aiohttp 3.8.4' },
  'python-socketio.version': {
    who: 'Socket.IO (Python)',
    means: 'EIO is missing or of another version',
    run: 'python-socketio 5.7.2',
  },
  'python-socketio.transport': {
    who: 'Socket.IO (Python)',
    means: 'what runs it has no WebSockets',
    run: 'python-engineio 4.3 with Flask-SocketIO 5.3 under Werkzeug 2.2.2, without simple-websocket',
  },
  'python-socketio.origin': {
    who: 'Socket.IO (Python)',
    means: 'the Origin is not allowed',
    run: 'python-socketio 5.7.2',
  },
  'django.page': {
    who: 'Django',
    means: 'its HTTP side answered',
    read: 'the debug page of Django: "Using the URLconf defined in …, Django tried these URL patterns"',
  },
  wsgi: {
    who: 'WSGI servers (Django runserver, Flask)',
    means: 'no WebSockets at all',
    reported:
      'CPython Lib/wsgiref/simple_server.py: Server: WSGIServer/…; pallets/werkzeug serving.py: Server: Werkzeug/…',
  },
  'action-cable': {
    who: 'Action Cable (Rails)',
    means: 'the Origin is refused, or the upgrade was lost',
    run: 'Action Cable 6.1.7 under Puma 5.6.5',
  },
  'rails.route': {
    who: 'Rails',
    means: 'no route at the path',
    read: 'docs of AnyCable, troubleshooting: ActionController::RoutingError (No route matches [GET] "/cable")',
  },
  'plug.headers': {
    who: 'Phoenix (Plug) behind a proxy',
    means: 'headers of the upgrade were lost',
    reported:
      'public reports; ninenines/cowboy src/cowboy_websocket.erl: an empty 400; elixir-plug/plug: its default of cache-control',
  },
  'rocket.headers': {
    who: 'Rocket (Rust) behind a proxy',
    means: 'headers of the upgrade were lost',
    reported: 'public reports; rwf2/Rocket contrib/ws: without the headers of an upgrade the route forwards with 400',
  },
  'kubernetes.stream': {
    who: 'the API server of Kubernetes',
    means: 'the kubelet or the runtime did not open the stream',
    reported: 'public reports; kubernetes/kubernetes: "unable to upgrade connection"',
  },
  'phoenix.route': {
    who: 'Phoenix',
    means: 'its router for pages answered',
    reported: 'public reports of Phoenix.Router.NoRouteError: "no route found for GET /… (MyAppWeb.Router)"',
  },
  'laravel.route': {
    who: 'Laravel',
    means: 'its HTTP side answered',
    reported: 'public reports of NotFoundHttpException: {"message":"The route … could not be found."',
  },
  'go.route': {
    who: 'net/http (Go), Traefik',
    means: 'no handler, no router',
    run: 'Go 1.19',
    read: 'Traefik is a Go program, and leaves 404 to http.NotFound',
  },
  'gorilla.origin': {
    who: 'gorilla/websocket',
    means: 'CheckOrigin said no',
    run: 'gorilla/websocket 1.5.0; NATS 2.9.10',
  },
  'gorilla.headers': {
    who: 'gorilla/websocket',
    means: 'headers of the upgrade were lost',
    run: 'gorilla/websocket 1.5.0',
  },
  'coder.origin': { who: 'coder/websocket', means: 'Origin and Host differ', run: 'nhooyr.io/websocket 1.8.7' },
  'coder.headers': {
    who: 'coder/websocket',
    means: 'headers of the upgrade were lost',
    run: 'nhooyr.io/websocket 1.8.7',
  },
  'axum.headers': {
    who: 'axum',
    means: 'headers of the upgrade were lost',
    read: 'tokio-rs/axum axum/src/extract/ws.rs: the bodies of its rejections',
  },
  'actix.headers': {
    who: 'actix-web',
    means: 'headers of the upgrade were lost',
    read: 'actix/actix-web actix-http/src/ws/mod.rs: HandshakeError',
  },
  'tomcat.route': { who: 'Tomcat', means: 'no endpoint at the path', run: 'Tomcat 10.1.60' },
  'tomcat.origin': { who: 'Tomcat', means: 'checkOrigin said no', run: 'Tomcat 10.1.60' },
  'jetty.route': { who: 'Jetty', means: 'no servlet at the path', run: 'Jetty 9.4.57' },
  'jetty.plain': { who: 'Jetty', means: 'the upgrade was lost', run: 'Jetty 9.4.57' },
  'jetty.creator': { who: 'Jetty', means: 'the application made no endpoint', run: 'Jetty 9.4.57' },
  'spring-boot': {
    who: 'Spring Boot',
    means: 'no handler (404), Spring Security (403)',
    reported: 'the error attributes of Spring Boot (timestamp, status, error, path), as its reference describes them',
  },
  'cowboy.route': { who: 'Cowboy', means: 'no route', run: 'Cowboy 2.8 in RabbitMQ 3.10.8' },
  'cowboy.headers': { who: 'Cowboy', means: 'headers of the upgrade were lost', run: 'Cowboy 2.8 in RabbitMQ 3.10.8' },
  'armeria.plain': {
    who: 'Armeria (Java)',
    means: 'headers of the upgrade were lost',
    read: 'github.com/line/armeria issue 5957: 400 "The upgrade header must contain: Upgrade: websocket Connection: Upgrade"',
  },
  'websockify.plain': {
    who: 'websockify (noVNC)',
    means: 'the upgrade was lost before it',
    read: 'github.com/novnc/noVNC issue 546, novnc/websockify issue 248: 405 "Specified method is invalid for this resource" to a request without an upgrade',
  },
  'workerman.plain': {
    who: 'Workerman (PHP)',
    means: 'the upgrade was lost before it',
    read: 'walkor/workerman issue 674 and src/Protocols/Websocket.php: the page of a bad handshake',
  },
  'phoenix.refused': {
    who: 'Phoenix',
    means: 'check_origin, or connect/3 returned :error',
    read: 'phoenixframework/phoenix lib/phoenix/transports/websocket.ex and socket/transport.ex: 403 with an empty body',
  },
  'signalr.id': {
    who: 'SignalR',
    means: 'negotiate first',
    read: 'dotnet/aspnetcore HttpConnectionDispatcher.cs: 400 "Connection ID required"',
  },
  'signalr.unknown': {
    who: 'SignalR',
    means: 'the id is not of this server, or used up',
    read: 'dotnet/aspnetcore HttpConnectionDispatcher.cs: 404 "No Connection with that ID"',
  },
  uwebsockets: {
    who: 'uWebSockets',
    means: 'no route',
    read: 'uNetworking/uWebSockets src/App.h: 404 File Not Found, uWebSockets/20 Server',
  },
  ratchet: {
    who: 'Ratchet (PHP)',
    means: 'no route (404), Origin refused (403)',
    read: 'ratchetphp/Ratchet src/Ratchet/Http: CloseResponseTrait sets X-Powered-By, OriginCheck closes with 403, Router with 404',
  },
  'silent.proxied': {
    who: 'applications behind nginx',
    means: 'refused before the upgrade was accepted',
    reported:
      'nginx src/http/ngx_http_special_response.c: refusals of its own have a page; encode/uvicorn, hypercorn: 403 with an empty body',
  },
  'home-assistant.proxy': {
    who: 'Home Assistant',
    means: 'a proxy that is not trusted',
    read: 'github.com/home-assistant/core pull 51839, issue 63083: "400: Bad Request" for an untrusted proxy',
  },
  jupyter: {
    who: 'Jupyter Server',
    means: 'no token, or an Origin',
    run: 'Jupyter Server 1.23.3',
  },
  asterisk: {
    who: 'Asterisk',
    means: 'no subprotocol that it has',
    read: 'asterisk/asterisk res/res_http_websocket.c: 400 with Sec-WebSocket-Version: 7, 8, 13',
  },
  'java-websocket': {
    who: 'Java-WebSocket',
    means: 'the handshake does not fit',
    read: 'github.com/TooTallNate/Java-WebSocket issues 979 (a subprotocol) and 1275 (headers): "404 WebSocket Upgrade Failure"',
  },
  next: {
    who: 'Next.js',
    means: 'a page is missing',
    reported: 'public reports of X-Powered-By: Next.js with 404 for WebSockets',
  },
  'django.400': {
    who: 'Django',
    means: 'a Host that is not allowed',
    reported: 'django/django django/views/defaults.py: "Bad Request (400)"',
  },
  'kestrel.route': {
    who: 'ASP.NET Core (Kestrel)',
    means: 'no endpoint at the path',
    reported: 'dotnet/aspnetcore: an unmatched request ends with an empty 404',
  },
  'python.http-server': {
    who: 'http.server (Python)',
    means: 'a file server',
    reported: 'CPython Lib/http/server.py: Server: SimpleHTTP/…',
  },
  'mqtt.subprotocol': {
    who: 'EMQX and others under Cowboy',
    means: 'no subprotocol was offered',
    read: 'emqx/emqx emqx_ws_connection.erl: fail_if_no_subprotocol answers 400',
  },
  proxmox: {
    who: 'Proxmox VE',
    means: 'no ticket',
    reported:
      'public reports of "401 No ticket", server: pve-api-daemon; pve.proxmox.com, Proxmox VE API: tickets and tokens',
  },
};
