import type { KnownSource } from './knownSource.js';
import { gatewaySources } from './knownSourcesGateways.js';
import { serverSources } from './knownSourcesServers.js';

/** One row for every id in `KNOWN`: for documentation alone, so that no bundle has to carry it. */
export const KNOWN_SOURCES: Readonly<Record<string, KnownSource>> = {
  ...gatewaySources,
  ...serverSources,
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
  'apache.session': {
    who: 'Apache httpd',
    means: 'a session of a login module is wanted',
    run: 'Apache 2.4 with mod_auth_openidc 2.4',
  },
  'lighttpd.page': { who: 'lighttpd', means: 'its own pages 403, 404', run: 'lighttpd 1.4.69' },
  'apache.refusal': {
    who: 'Apache httpd',
    means: 'its own pages 403, 406, 502, 503',
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
