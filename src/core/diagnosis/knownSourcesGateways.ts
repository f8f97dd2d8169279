import type { KnownSource } from './knownSource.js';

/** Clouds, service meshes and proxies of networks. */
export const gatewaySources: Readonly<Record<string, KnownSource>> = {
  'tls.behind': {
    who: 'Go servers behind a proxy',
    means: 'the proxy asks in plain HTTP, and TLS is wanted',
    reported: 'golang/go net/http server.go: "Client sent an HTTP request to an HTTPS server", without a Server header',
  },
  'cloudflare.worker': {
    who: 'Cloudflare Workers, Durable Objects',
    means: 'the code did not see the upgrade',
    reported: 'developers.cloudflare.com, examples for WebSockets: 426 "Expected Upgrade: websocket"',
  },
  'aws.iot': {
    who: 'AWS IoT Core',
    means: 'the signature, or who made it, is refused',
    reported: 'odelot/aws-mqtt-websockets#54, aws/aws-iot-device-sdk-cpp#38: 403 with x-amzn-ErrorType and a traceId',
  },
  'aws.service': {
    who: 'services of AWS',
    means: 'what they call the error, in x-amzn-errortype',
    reported: 'public reports of x-amzn-ErrorType in answers of services that take WebSockets themselves',
  },
  'envoy.limit': {
    who: 'Envoy, Istio',
    means: 'a rate limit of its own',
    reported: 'envoyproxy/envoy local_ratelimit filter: 429 "local_rate_limited"',
  },
  'envoy.jwt': {
    who: 'Envoy, Istio',
    means: 'its filter for JSON Web Tokens refuses',
    reported: 'google/jwt_verify_lib status.cc: "Jwt is missing", "Jwt is expired", "Audiences in Jwt are not allowed"',
  },
  'envoy.malformed': {
    who: 'Envoy, Istio',
    means: 'a request that it cannot carry',
    reported: 'istio/istio#33534, #10114: 400 of the proxy itself where the server is asked over HTTP/2',
  },
  'bluecoat.error': {
    who: 'Blue Coat ProxySG',
    means: 'the proxy cannot reach the server',
    reported: 'public reports of pages "Network Error (dns_unresolved_hostname)" and "(tcp_error)"',
  },
  'bare.origin': {
    who: 'golang.org/x/net/websocket',
    means: 'no Origin was sent',
    run: 'golang.org/x/net 0.7',
  },
  'swoole.plain': {
    who: 'Swoole',
    means: 'the upgrade was lost before it',
    reported: 'hyperf/hyperf#7129: "HTTP 400 Bad Request, Powered by Swoole" to plain requests of a WebSocket server',
  },
  'home-assistant.ingress': {
    who: 'Home Assistant (Supervisor)',
    means: 'no session for ingress',
    reported: 'home-assistant/supervisor api/ingress.py: 401 without a valid cookie ingress_session',
  },
  'envoy.none': {
    who: 'Envoy, Istio',
    means: 'no cluster, or nobody in it',
    reported: 'envoyproxy/envoy router.cc: 503 without a body where the cluster of a route is not found',
  },
  'php-fpm.file': {
    who: 'PHP-FPM',
    means: 'a script that is not there',
    reported: 'php/php-src sapi/fpm: "File not found." with 404',
  },
  'ats.remap': {
    who: 'Apache Traffic Server',
    means: 'no rule for ws://',
    run: 'Traffic Server 9.2.5, with rules for http:// and for ws://',
  },
  'engine.io.old': {
    who: 'Socket.IO 2 (Engine.IO 3)',
    means: 'its option "origins" refuses',
    run: 'socket.io 2.5.1',
  },
  'websocket-node.accept': {
    who: 'websocket (Node)',
    means: 'accept() was called with a subprotocol that was not offered',
    run: 'websocket 1.0.35',
  },
  'bare.path': {
    who: 'handlers of upgrades written by hand',
    means: 'another path, mostly',
    run: 'playwright-core run-server, at a path that is not its own',
  },
  'nginx.file': {
    who: 'nginx',
    means: 'a file of its own',
    reported: 'nginx src/http/ngx_http_core_module.c, ngx_http_set_etag: "%xT-%xO"',
  },
  'novnc.page': {
    who: 'noVNC',
    means: 'its page, not its WebSocket',
    reported:
      'novnc/noVNC app/ui.js, vnc.html: ids that begin with noVNC_, the setting "path" with the default websockify',
  },
  'jenkins.anonymous': {
    who: 'Jenkins',
    means: 'no credentials, or none that it knows',
    reported:
      'public reports of X-You-Are-Authenticated-As: anonymous beside X-Jenkins; jenkins.io, "Authenticating scripted clients"',
  },
  'plex.token': {
    who: 'Plex Media Server',
    means: 'no token',
    reported: 'public reports of 401 with X-Plex-Protocol: 1.0 where X-Plex-Token was missing',
  },
  'aws.app-runner': {
    who: 'AWS App Runner',
    means: 'it takes no WebSockets',
    reported: 'aws/apprunner-roadmap, "Support web sockets"; the names of its services end in awsapprunner.com',
  },
  'aws.api-gateway.authorizer': {
    who: 'AWS API Gateway',
    means: 'the authorizer of $connect was not asked',
    reported: 'docs.aws.amazon.com, REQUEST authorizers of WebSocket APIs: 401 where an identity source is missing',
  },
  'envoy.behind': {
    who: 'Envoy',
    means: 'what stands behind it refused',
    reported:
      'cilium/cilium, "Websocket support in layer 7 NetworkPolicy"; envoyproxy.io: x-envoy-upstream-service-time',
  },
  'iis.disabled': {
    who: 'IIS, and Azure App Service on Windows',
    means: 'web sockets are turned off for the site',
    reported: 'public reports of "503.12 - WebSocket request made to a site where WebSockets are disabled"',
  },
  'apache.error-page': {
    who: 'Apache',
    means: 'no module for ws://, or what it runs failed',
    reported: 'public reports of AH01144 with the page of Apache for 500',
  },
  'flask-sock.wsgi': {
    who: 'flask-sock',
    means: 'the server under it hands out no socket',
    reported: 'miguelgrinberg/simple-websocket: "Cannot obtain socket from WSGI environment."',
  },
  'rack.hijack': {
    who: 'WEBrick',
    means: 'no full hijack of Rack',
    reported: 'rack/rack handler/webrick.rb: "only partial hijack is supported."',
  },
  'weblogic.route': {
    who: 'WebLogic',
    means: 'no application at the path',
    reported: 'public reports of its page "Error 404--Not Found", "From RFC 2068"',
  },
  'vercel.page': {
    who: 'Vercel',
    means: 'the 404 of the deployment',
    reported: 'public reports of x-matched-path: /404 beside x-vercel-id where Socket.IO was put into an API route',
  },
  'egress.deny': {
    who: 'proxies at the edge of sandboxes',
    means: 'the host is on no list of those allowed',
    reported: 'public reports of 403 with x-deny-reason: host_not_allowed',
  },
  'filter.frame': {
    who: 'filters of networks and countries',
    means: 'a page that is a frame of a private address alone',
    reported: 'public lists of block pages: 403 with an iframe of 10.10.34.36',
  },
  'http-sys.stopped': {
    who: 'HTTP.sys (Windows, IIS)',
    means: 'no application pool that runs',
    reported: 'public reports of "HTTP Error 503. The service is unavailable." with Server: Microsoft-HTTPAPI/2.0',
  },
  linkerd: {
    who: 'Linkerd',
    means: 'its proxy refuses, or has no endpoint that answers',
    reported: 'public reports of the header l5d-proxy-error: "unauthorized request on route", "service in fail-fast"',
  },
  krakend: {
    who: 'KrakenD',
    means: 'no endpoint, or nothing usable from behind it',
    reported:
      'public reports of 500 with X-Krakend-Completed: false; krakend/krakend-ce: WebSockets in the enterprise edition',
  },
  icp: {
    who: 'clouds in mainland China (Alibaba, Tencent)',
    means: 'a name without an ICP filing',
    reported:
      'public reports of "Non-compliance ICP Filing" (Server: Beaver) and of redirects to dnspod.qcloud.com/static/webblock.html',
  },
  'cockpit.origin': { who: 'Cockpit', means: 'the Origin is missing or another', run: 'cockpit-ws 287.1' },
};
