import type { KnownSource } from './knownSource.js';
import { gatewaySources } from './knownSourcesGateways.js';

/** One row for every id in `KNOWN`: for documentation alone, so that no bundle has to carry it. */
export const KNOWN_SOURCES: Readonly<Record<string, KnownSource>> = {
  ...gatewaySources,
  'cloudflare.challenge': {
    who: 'Cloudflare',
    means: 'a challenge for browsers',
    read: 'developers.cloudflare.com/cloudflare-challenges/challenge-types/challenge-pages/detect-response: every challenge carries cf-mitigated: challenge',
  },
  'aws.waf': {
    who: 'AWS WAF',
    means: 'a challenge (202) or captcha (405)',
    read: 'docs.aws.amazon.com/waf/latest/developerguide/waf-captcha-and-challenge-actions.html: x-amzn-waf-action is challenge or captcha',
  },
  'cloudflare.code': {
    who: 'Cloudflare',
    means: 'errors 1xxx, in the body beside the status',
    read: 'cloudflare/cloudflare-docs troubleshooting-cloudflare-1xxx-errors.mdx: "1XXX errors appear in the HTML body of the response", and what each means',
  },
  'aws.alb.464': {
    who: 'AWS Application Load Balancer',
    means: 'the target group is of another HTTP version',
    read: 'docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html: "HTTP 464 The incoming request protocol is incompatible with the target group protocol"',
  },
  'aws.alb.561': {
    who: 'AWS Application Load Balancer',
    means: 'the identity provider failed',
    read: 'docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html: "HTTP 561: the IdP returned an error code when authenticating the user"',
  },
  'aws.api-gateway.path': {
    who: 'AWS API Gateway',
    means: 'no such path or stage',
    read: 'repost.aws/knowledge-center/api-gateway-403-custom-domain: "403 Missing Authentication token … if the URL path is incorrect"',
  },
  'aws.api-gateway': {
    who: 'AWS API Gateway',
    means: 'refused before the application',
    reported: 'public guides to 403 {"message":"Forbidden"}: the request met a route, or none, and was refused',
  },
  'aws.cloudfront': {
    who: 'CloudFront',
    means: 'its own error page',
    reported: 'public lists of error pages: "ERROR: The request could not be satisfied", server: CloudFront',
  },
  'captive-portal': {
    who: 'captive portals',
    means: 'sign in first',
    read: 'RFC 6585 6: 511 is sent by intercepting proxies, not by origin servers',
  },
  ngrok: {
    who: 'ngrok',
    means: 'tunnel offline, local server down, others by number',
    read: 'ngrok.com/docs/errors/err_ngrok_3200, err_ngrok_8012',
  },
  heroku: {
    who: 'Heroku router',
    means: 'no such app, crashed, maintenance',
    reported: 'public lists of the answers of unclaimed names: herokucdn.com/error-pages/no-such-app.html',
  },
  vercel: {
    who: 'Vercel',
    means: 'its error codes',
    read: 'vercel.com/docs/errors: code and status of each',
  },
  netlify: {
    who: 'Netlify',
    means: 'no such site',
    reported: 'public lists of the answers of unclaimed names: "Not Found - Request ID:", text/plain, server: Netlify',
  },
  'railway.unknown': {
    who: 'Railway',
    means: 'no such service, or asleep',
    reported:
      'public reports of answers with x-railway-fallback: true and "Application not found", for services without a deployment and for sleeping ones',
  },
  'railway.down': {
    who: 'Railway',
    means: 'no instance answers on PORT',
    reported: 'public reports of 502 with x-railway-fallback: true, PORT and the port of the domain being different',
  },
  'render.unknown': {
    who: 'Render',
    means: 'no such service',
    reported: 'public reports of answers with x-render-routing: no-server',
  },
  'render.suspended': {
    who: 'Render',
    means: 'suspended service',
    reported: 'public reports of 503 with x-render-routing: suspend',
  },
  'azure.stopped': {
    who: 'Azure App Service',
    means: 'stopped, or over its quota',
    read: 'learn.microsoft.com/archive/blogs/waws/azure-web-apps-error-403-this-web-app-is-stopped: stopped, quota or billing limit',
  },
  'azure.unknown': {
    who: 'Azure App Service',
    means: 'no such app',
    reported: 'public reports of "404 Web Site not found" at names without an app',
  },
  'cloud-run': {
    who: 'Google Cloud Run',
    means: 'no instance free',
    reported: 'public reports of 429 with "Rate exceeded." beside "no available instance" in the log of Cloud Run',
  },
  'google.iap': {
    who: 'Google Identity-Aware Proxy',
    means: 'a token of its own is wanted',
    reported: 'public reports of the bodies "Invalid IAP credentials: empty token", "…: Unable to parse JWT"',
  },
  fastly: {
    who: 'Fastly',
    means: 'no service for this name',
    reported: 'public lists of the answers of unclaimed names: "Fastly error: unknown domain"',
  },
  'kong.route': {
    who: 'Kong',
    means: 'no route for host and path',
    read: 'github.com/Kong/kong kong/runloop/handler.lua: 404 "no Route matched with those values"',
  },
  'kong.key': {
    who: 'Kong',
    means: 'the key-auth plugin misses a key',
    reported: 'public guides to the key-auth plugin of Kong: 401 {"message":"No API key found in request"}',
  },
  'envoy.unhealthy': {
    who: 'Envoy, Istio',
    means: 'no healthy endpoint',
    reported: 'public reports of 503 "no healthy upstream" (Envoy, response flag UH)',
  },
  'envoy.reset': {
    who: 'Envoy, Istio',
    means: 'the server behind refused or hung up',
    read: 'envoyproxy/envoy grpc_web_filter_integration_test.cc: "upstream connect error or disconnect/reset before headers. reset reason: connection termination"; istio.io',
  },
  'envoy.timeout': {
    who: 'Envoy, Istio',
    means: 'the timeout of the route',
    reported: 'public reports of 504 "upstream request timeout" (Envoy, response flag UT)',
  },
  'envoy.rbac': {
    who: 'Envoy, Istio',
    means: 'a policy refuses the client',
    read: 'istio.io, authorization tasks: "RBAC: access denied"',
  },
  'varnish.backend': { who: 'Varnish', means: 'the backend gave no answer', run: 'Varnish 7.1.1' },
  'lighttpd.backend': { who: 'lighttpd', means: 'the backend cannot be reached', run: 'lighttpd 1.4.69' },
  'f5.blocked': {
    who: 'F5 BIG-IP',
    means: 'blocked by the application firewall',
    read: 'F5 workshop guides (f5devcentral): "The requested URL was rejected. Please consult with your administrator. Your support ID is: …"',
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
  localtunnel: {
    who: 'localtunnel',
    means: 'the tunnel password is wanted',
    read: 'github.com/localtunnel/localtunnel issues 366, 598, 648: the reminder page, its password and the header bypass-tunnel-reminder',
  },
  fortiguard: {
    who: 'FortiGuard',
    means: 'a blocked page',
    reported:
      'public reports of the block page "FortiGuard Intrusion Prevention - Access Blocked", "Web Page Blocked!"',
  },
  zscaler: {
    who: 'Zscaler',
    means: 'a sign-in or a block',
    reported: 'public reports of redirects to gateway.zscaler.net and its siblings',
  },
  'azure.front-door': {
    who: 'Azure Front Door',
    means: 'no endpoint for the name, or no answer of the origin',
    reported:
      'public reports of "Our services aren\'t available right now" and "… find your Azure Front Door Service configuration"',
  },
  'azure.app-gateway': {
    who: 'Azure Application Gateway',
    means: 'no healthy backend',
    reported: 'learn.microsoft.com/azure/application-gateway/application-gateway-troubleshooting-502',
  },
  'cloudflare.blocked': {
    who: 'Cloudflare',
    means: 'a firewall rule of the site',
    reported: 'public reports of the block page "Sorry, you have been blocked"',
  },
  'aws.appsync': {
    who: 'AWS AppSync',
    means: 'credentials in the wrong place',
    read: 'docs.aws.amazon.com/appsync/latest/devguide/real-time-websocket-client.html: the header parameter and the subprotocol',
  },
  'aws.api-gateway.connect': {
    who: 'AWS API Gateway',
    means: 'the integration of $connect failed',
    reported: 'public reports of {"message": "Internal server error", "connectionId": …, "requestId": …}',
  },
  haproxy: {
    who: 'HAProxy',
    means: 'its built-in pages 400, 403, 408, 502, 503, 504',
    reported: 'haproxy/haproxy src/http.c: http_err_msgs',
  },
  'envoy.upgrade': {
    who: 'Envoy',
    means: 'a route without upgrade_configs',
    reported:
      'envoyproxy/envoy docs/root/intro/arch_overview/http/upgrades.rst, and conn_manager_impl.cc: 403 with an empty body',
  },
  'envoy.route': {
    who: 'Envoy, Istio',
    means: 'no route for host and path',
    reported:
      'public troubleshooting guides of Istio gateways: 404 of Envoy has no body and no x-envoy-upstream-service-time',
  },
  'mod-security': {
    who: 'Mod_Security',
    means: 'a rule of the firewall',
    reported: 'public reports of the page "Not Acceptable! … This error was generated by Mod_Security."',
  },
  'ingress.default': {
    who: 'ingress controllers',
    means: 'no Ingress for host and path',
    read: 'kubernetes/ingress-gce cmd/404-server: "default backend - 404"',
  },
  'apisix.route': {
    who: 'Apache APISIX',
    means: 'no route',
    reported: 'apache/apisix apisix/init.lua: {"error_msg":"404 Route Not Found"}',
  },
  'caddy.empty': {
    who: 'Caddy',
    means: 'no directive takes the request',
    reported: 'public answers of the maintainers of Caddy: an empty 200 where no handler fits',
  },
  'nginx.page': {
    who: 'nginx',
    means: 'its own pages 400, 403, 404, 429, 500, 503',
    reported: 'nginx src/http/ngx_http_special_response.c',
  },
  'apache.page': {
    who: 'Apache httpd',
    means: 'its own page 404',
    reported: 'apache/httpd modules/http/http_protocol.c: "The requested URL was not found on this server."',
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
    read: 'github.com/brave/browser-laptop issue 6444 and others: 403 with "Couldn\'t authenticate WebSocket connection" in the log',
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
  'cloudflare.challenge-page': {
    who: 'Cloudflare',
    means: 'a challenge, without cf-mitigated',
    reported: 'public reports of the page "Just a moment..."',
  },
  'aws.alb': {
    who: 'AWS Application Load Balancer',
    means: 'its own 400, 403, 404, 502, 503, 504',
    reported:
      'docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html: the causes of each',
  },
  'google.run': {
    who: 'Google Cloud Run',
    means: 'the caller may not invoke the service',
    reported: 'cloud.google.com/run/docs/troubleshooting: "Your client does not have permission to get URL"',
  },
  'iis.page': {
    who: 'IIS',
    means: 'its own page 404',
    reported: 'public reports of "404 - File or directory not found." and "HTTP Error 404.0 - Not Found"',
  },
  squid: {
    who: 'Squid',
    means: 'its own pages',
    reported: 'squid-cache/squid src/errorpage.cc: X-Squid-Error on each',
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
  akamai: {
    who: 'Akamai',
    means: 'blocked before the site',
    reported: 'public reports of AkamaiGHost, "Access Denied" with a reference number',
  },
  sucuri: {
    who: 'Sucuri',
    means: 'blocked before the site',
    reported: 'public reports of Server: Sucuri/Cloudproxy, "Access Denied - Sucuri Website Firewall"',
  },
  imperva: {
    who: 'Imperva Incapsula',
    means: 'blocked before the site',
    reported: 'public reports of pages with _Incapsula_Resource and an incident ID',
  },
  cloudflared: {
    who: 'cloudflared',
    means: 'the service behind the tunnel cannot be reached',
    reported: 'github.com/cloudflare/cloudflared issues 120, 1083: 502 for WebSockets behind a tunnel',
  },
  'aws.http-api': {
    who: 'AWS API Gateway',
    means: 'an HTTP API, which takes no WebSockets',
    reported: 'public reports of 404 {"message":"Not Found"} with apigw-requestid',
  },
  'azure.apim': {
    who: 'Azure API Management',
    means: 'no API or operation at the path',
    reported: 'public reports of 404 { "statusCode": 404, "message": "Resource not found" }',
  },
  'azure.app-service': {
    who: 'Azure App Service',
    means: 'web sockets are off, or the plan has none left',
    read: 'github.com/MicrosoftDocs/azure-docs issues 49245, 55675: 503 for the handshake alone',
  },
  'google.http2': {
    who: 'Google Cloud Run',
    means: 'HTTP/2 end to end before a server of HTTP/1.1',
    reported: 'cloud.google.com/run/docs/triggering/websockets: HTTP/2 end to end must be off',
  },
  frp: {
    who: 'frp',
    means: 'no tunnel for the name',
    reported: 'fatedier/frp pkg/util/vhost/resource.go: "Faithfully yours, frp."',
  },
  'openshift.router': {
    who: 'OpenShift router',
    means: 'no route, or no pod that is ready',
    reported: 'openshift/router images/router/haproxy/conf/error-page-503.http',
  },
  'kubectl.proxy': {
    who: 'kubectl proxy',
    means: 'a path or host that it does not let through',
    reported: 'kubernetes/kubectl pkg/proxy/proxy_server.go: FilterServer answers 403 <h3>Unauthorized</h3>',
  },
  'filter.redirect': {
    who: 'filters of networks',
    means: 'a redirect to the page of a block',
    reported: 'public reports of redirects to block.opendns.com, blockpage.cgi and their like',
  },
  'filter.page': {
    who: 'filters of networks (Palo Alto, Blue Coat, WatchGuard, Forcepoint and others)',
    means: 'a blocked page',
    reported: 'public reports of pages that name the policy of an organisation, or a blocked URL',
  },
  'render.down': {
    who: 'Render',
    means: 'the service gave no answer',
    reported: 'public reports of 502 with x-render-routing: dynamic-paid-error and its like',
  },
  'google.ingress': {
    who: 'GKE ingress',
    means: 'no rule for host and path',
    reported:
      'kubernetes/ingress-gce cmd/404-server-with-metrics: "response 404 (backend NotFound), service rules for …"',
  },
  'traefik.server': {
    who: 'Traefik',
    means: 'no server of the service is up',
    reported: 'traefik/traefik pkg/server/service/loadbalancer: "no available server"',
  },
  'zscaler.page': {
    who: 'Zscaler',
    means: 'its own pages',
    reported: 'public reports of refusals with Server: Zscaler/…',
  },
  'apache.refusal': {
    who: 'Apache httpd',
    means: 'its own pages 403, 502, 503',
    reported: 'apache/httpd modules/http/http_protocol.c: get_canned_error_string',
  },
  'litespeed.page': {
    who: 'LiteSpeed',
    means: 'its own pages 403, 404',
    reported: 'public reports of "The resource requested could not be found on this server!"',
  },
  'ddos-guard': {
    who: 'DDoS-Guard, Barracuda',
    means: 'blocked before the site',
    reported: 'public reports of 403 with Server: ddos-guard, BarracudaHTTP',
  },
  'firewall.page': {
    who: 'firewalls of sites (Alibaba Cloud, Wordfence and others)',
    means: 'blocked before the application, whatever the status',
    reported: 'public reports of pages that speak of a blocked request, of threats or of limited access',
  },
  'portal.page': {
    who: 'captive portals',
    means: 'a page that leads to an address of the network',
    reported: 'public reports of pages with a refresh to a private address in place of the answer',
  },
  'default.page': {
    who: 'web servers without a site',
    means: 'the page with which they come',
    reported: 'nginx html/index.html, the default pages of Debian, of Nginx Proxy Manager and of IIS',
  },
  'file.host': {
    who: 'hosts of files (GitHub Pages, Netlify, S3, Google and Azure storage, Firebase Hosting, Surge)',
    means: 'no WebSockets at all',
    reported: 'public reports of their Server headers and pages',
  },
  'cloudflare.access': {
    who: 'Cloudflare Access',
    means: 'no policy lets the client in',
    reported: 'developers.cloudflare.com/cloudflare-one/access-controls/service-credentials/service-tokens',
  },
  'vercel.protection': {
    who: 'Vercel',
    means: 'Deployment Protection',
    reported: 'vercel.com/docs/deployment-protection: the header x-vercel-protection-bypass',
  },
  'google.armor': {
    who: 'Google Cloud Armor',
    means: 'a rule of the security policy',
    reported: 'public reports of the bare page "403 Forbidden" with Via: 1.1 google',
  },
  'digitalocean.app': {
    who: 'DigitalOcean App Platform',
    means: 'the application gave no answer',
    reported: 'public reports of "App Platform failed to forward this request to the application", via_upstream',
  },
  'cloudflare.404': {
    who: 'Cloudflare Tunnel',
    means: 'no rule of the tunnel takes the address',
    reported: 'developers.cloudflare.com, ingress rules: the last rule is http_status:404',
  },
  grpc: {
    who: 'gRPC servers',
    means: 'no WebSockets at this port or path',
    reported: 'grpc/grpc doc/PROTOCOL-HTTP2.md: Content-Type application/grpc',
  },
  zuul: {
    who: 'Zuul 1 (Spring Cloud)',
    means: 'a gateway without WebSockets',
    reported: 'public reports of 500 with ZuulException and the message GENERAL',
  },
  'apache.nameless': {
    who: 'firewalls built on Apache (Sophos UTM)',
    means: 'refused before the server',
    reported: 'public reports of the page of Apache without a Server header behind Sophos UTM',
  },
  'aws.lambda-url': {
    who: 'AWS Lambda function URLs',
    means: 'no WebSockets, and no permission',
    reported: 'public reports of 403 {"Message":"Forbidden"} with AccessDeniedException',
  },
  'cloud-foundry': {
    who: 'Cloud Foundry (gorouter)',
    means: 'no route, or no answer of the application',
    reported: 'cloudfoundry/gorouter handlers: X-Cf-RouterError unknown_route, endpoint_failure',
  },
  'dev.proxy': {
    who: 'proxies of development servers',
    means: 'the target cannot be reached',
    reported: 'chimurai/http-proxy-middleware, facebook/create-react-app react-dev-utils: their words',
  },
  'browser.test': {
    who: 'tests for browsers (Anubis, DataDome, PerimeterX, free hosts)',
    means: 'a page in place of the server',
    reported: 'public reports of "Making sure you\'re not a bot!" and of /aes.js',
  },
  'login.portal': {
    who: 'login portals (Authelia)',
    means: 'no session',
    reported: 'authelia/authelia internal/handlers: 401 with a Location to what accepts no HTML',
  },
  'hosting.suspended': {
    who: 'panels of web hosts (cPanel)',
    means: 'a site that is suspended',
    reported: 'public reports of redirects to /cgi-sys/suspendedpage.cgi',
  },
  'domain.parked': {
    who: 'registrars',
    means: 'a domain that is parked',
    reported: 'public reports of pages for parked domains',
  },
};
