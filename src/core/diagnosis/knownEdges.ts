import { quoteText } from '../base/plainText.js';
import { pathOf, quotedPath, statusWords } from './facts.js';
import type { Known, Seen } from './knownAnswer.js';
import { loginPageFix } from './credentialPlace.js';
import { profileFix } from './snippets/profile.js';
import { inWords } from './serverWords.js';
import { shellFix, textFix } from './snippets/shell.js';

/** Who serves files and nothing else, by a header or by what the page says. */
const fileHosts: readonly (readonly [name: string, header: string, value: RegExp])[] = [
  ['GitHub Pages', 'server', /^GitHub\.com$/],
  ['Netlify', 'server', /^Netlify\b/],
  ['Amazon S3', 'server', /^AmazonS3$/],
  ['Google Cloud Storage', 'server', /^UploadServer$/],
  ['Azure Storage', 'server', /^Windows-Azure-(?:Web|Blob)/],
  ['Surge', 'server', /^SurgeCDN/],
];

const fileHost = ({ header, text }: Seen) =>
  fileHosts.find(([, name, value]) => value.test(header(name)))?.[0] ??
  (/\bFirebase Hosting\b|there was no index\.html found in the current directory or 404\.html/.test(text)
    ? 'Firebase Hosting'
    : null);

/** The pages with which servers come, before anybody has set up a site. */
const DEFAULT_PAGE =
  /\b(Welcome to nginx!|Apache2? (?:\w+ )?Default Page|successfully started the Nginx Proxy Manager|IIS Windows(?: Server)?\b|Welcome to (?:OpenResty|CentOS|Caddy|your SWAG|our server)|Your web server is working|successfully installed Tomcat|Default (?:Web Site|Server) Page|Web Server's Default Page|Apache is functioning normally|Coming Soon: PythonAnywhere|Domain Default page)/i;

/** What pages say, or fetch, that tell people from programs. */
const BROWSER_TEST =
  /\b(?:Making sure you(?:'|&#39;|’)re not a bot|Checking your browser|Enable JavaScript and cookies to continue|This site requires Javascript to work|enable JS and disable any ad blocker|(?:confirm|verify|verifying|check) (?:that )?you are (?:(?:a )?human|not a robot)|Radware Captcha)\b|\bslowAES\b|src="\/aes\.js"|\bpx-cloud\.net\b|\bcaptcha-delivery\.com\b/i;

/** The edges of clouds and of tunnels, saying that there is nothing behind them, or nothing that takes this. */
export const knownEdges: readonly Known[] = [
  {
    id: 'linkerd',
    headers: { 'l5d-proxy-error': /\b(?:service|endpoint|client|server|route|connect\w*|unauthorized|timed?)\b/i },
    empty: true,
    says: (seen) => {
      const { status } = seen.response;
      const said = quoteText(seen.header('l5d-proxy-error').split(': ').pop() ?? '', 120).replaceAll('"', "'");
      const [id, what, why, cure] =
        status === 403
          ? ([
              'upgrade.forbidden',
              'lets this client not in',
              'A policy of the mesh asks which workload or network the client is, and takes no tokens.',
              'Name the client in an AuthorizationPolicy of this Server, or mesh its workload.',
            ] as const)
          : ([
              status === 502 ? 'upgrade.bad-gateway' : 'upgrade.unavailable',
              /fail-?fast/.test(said)
                ? 'has no endpoint of the service that is ready'
                : 'got no answer from the server behind it',
              'The service has no pod that is ready, or its pods take no connections at this port.',
              'See with "linkerd diagnostics endpoints" which endpoints the service has.',
            ] as const);
      return {
        id,
        layer: 'proxy',
        title: `The proxy of Linkerd ${what}: "${said}" (${statusWords(seen.response)})`,
        why,
        fixes: [textFix('Linkerd', cure)],
      };
    },
  },
  {
    id: 'krakend',
    status: [404, 500],
    headers: { 'x-krakend-completed': /^false$/i },
    also: ({ response, text }) => text === (response.status === 500 ? '' : '404 page not found'),
    says: (seen) => ({
      id: seen.response.status === 404 ? 'upgrade.not-found' : 'upgrade.server-error',
      layer: 'proxy',
      title: `The gateway KrakenD ${seen.response.status === 404 ? `has no endpoint at ${quotedPath(seen)}` : 'got nothing that it can use from the server behind it'}, as it seems (${statusWords(seen.response)})`,
      why: 'The header x-krakend-completed is its own. Only its enterprise edition passes WebSockets on, at endpoints that are set up for it.',
      fixes: [],
    }),
  },
  {
    id: 'icp',
    also: ({ response, text, header }) =>
      response.status >= 300 &&
      (header('location').startsWith('https://dnspod.qcloud.com/static/webblock') || /\bICP Filing\b/.test(text)),
    says: ({ evidence, response }) => ({
      id: response.status < 400 ? 'upgrade.redirect' : 'upgrade.forbidden',
      layer: 'network',
      title: `The cloud blocks the name ${quoteText(evidence.host, 80)} before the server, as it does to names without an ICP filing: ${statusWords(response)}`,
      why: 'Servers in mainland China may serve filed names alone. The cloud looks at Host and SNI on every port; the server was not asked.',
      fixes: [textFix('Who owns the name', 'File it (ICP) with this cloud, or serve it from another region.')],
    }),
  },
  {
    id: 'cloudflared',
    status: [502],
    body: /^Unable to reach the origin service\. The service may be down or it may not be responding to traffic from cloudflared:?\s*([^]{0,200})$/,
    says: ({ found, response }) => ({
      id: 'upgrade.bad-gateway',
      layer: 'proxy',
      title: `cloudflared runs, and cannot reach the service behind it${found[1] ? `: "${quoteText(found[1].replaceAll('"', "'"), 100)}"` : ''} (${statusWords(response)})`,
      why: 'Name, edge and tunnel are well: the words are those of the tunnel client beside the server. The address under "service" is refused, is none that this machine knows, or speaks TLS where http:// is written, or the other way round.',
      fixes: [
        shellFix(
          'On the machine of cloudflared: which address does it ask?',
          'cloudflared tunnel ingress validate',
          'ss -ltnp',
        ),
      ],
    }),
  },
  {
    id: 'aws.http-api',
    status: [404],
    headers: { 'apigw-requestid': /^[\w+/-]{8,60}=*$/ },
    body: /^\{"message":\s*"Not Found"\}$/,
    says: (seen) => ({
      id: 'upgrade.not-found',
      layer: 'proxy',
      title: `AWS API Gateway has no route for ${quotedPath(seen)}: an HTTP API answered, and those take no WebSockets (${statusWords(seen.response)})`,
      why: 'The header apigw-requestid is one of HTTP APIs. WebSockets need an API of the kind WebSocket, whose address is wss://<api-id>.execute-api.<region>.amazonaws.com/<stage>.',
      fixes: [
        shellFix(
          'Which APIs are there, and of which kind?',
          'aws apigatewayv2 get-apis --query "Items[].[Name,ProtocolType,ApiEndpoint]"',
        ),
      ],
    }),
  },
  {
    id: 'azure.apim',
    status: [404],
    body: /^\{\s*"statusCode":\s*404,\s*"message":\s*"Resource not found"\s*\}$/,
    says: (seen) => ({
      id: 'upgrade.not-found',
      layer: 'proxy',
      title: `A gateway with the words of Azure API Management has no API or operation for ${quotedPath(seen)} (${statusWords(seen.response)})`,
      why: 'API Management answers so for a path under which no API is published; the server behind was not asked. A WebSocket API of its own is needed there: an HTTP API does not pass an upgrade on.',
      fixes: [],
    }),
  },
  {
    id: 'azure.app-service',
    status: [503],
    headers: { 'set-cookie': /^ARRAffinity(?:SameSite)?=/ },
    says: ({ response }) => ({
      id: 'upgrade.unavailable',
      layer: 'proxy',
      title: `Azure App Service did not pass the upgrade on to the app: ${statusWords(response)}`,
      why: 'The front end of App Service answered: the cookie ARRAffinity is its own. Web sockets are turned off for the app, its plan has none left, or the app is not running. A page of the same app that answers in plain HTTP leaves the first two.',
      fixes: [
        shellFix(
          'Turn web sockets on',
          'az webapp config set --web-sockets-enabled true --name "$APP" --resource-group "$GROUP"',
        ),
      ],
    }),
  },
  {
    id: 'google.http2',
    status: [502, 503],
    headers: { server: /^Google Frontend$/ },
    body: /^upstream connect error or disconnect\/reset before headers\.[^]{0,60}reset reason: protocol error/,
    says: ({ response }) => ({
      id: 'upgrade.unavailable',
      layer: 'proxy',
      title: `Google Cloud Run speaks another version of HTTP with the container than the container does: "protocol error" (${statusWords(response)})`,
      why: 'With HTTP/2 end to end the container is asked in HTTP/2 without TLS, which a server of WebSockets over HTTP/1.1 does not understand. WebSockets need that turned off.',
      fixes: [shellFix('Turn HTTP/2 end to end off', 'gcloud run services update "$SERVICE" --no-use-http2')],
    }),
  },
  {
    id: 'google.ingress',
    status: [404],
    body: /^response 404 \(backend NotFound\), service rules for (?:the )?(?:path|\[)/,
    says: (seen) => ({
      id: 'upgrade.not-found',
      layer: 'proxy',
      title: `The ingress of GKE has no rule for ${quotedPath(seen)} at this host: its default backend answered (${statusWords(seen.response)})`,
      why: 'The words are those of the default backend of GKE; no service was asked. "/ws" of the type ImplementationSpecific is that path alone, "/ws/*" what is below it.',
      fixes: [shellFix('Kubernetes: which hosts and paths are routed?', 'kubectl get ingress --all-namespaces')],
    }),
  },
  {
    id: 'traefik.server',
    status: [503],
    headers: { 'x-content-type-options': /^nosniff$/ },
    body: /^no available server$/,
    says: (seen) => ({
      id: 'upgrade.unavailable',
      layer: 'proxy',
      title: `Traefik has a route and no server that is up behind it: "no available server" (${statusWords(seen.response)})`,
      why: 'The words are those of its load balancer: every server of the service failed its health check, or none is left. Containers that are not healthy are left out.',
      fixes: [shellFix('Traefik: which servers has the service?', 'curl -s http://127.0.0.1:8080/api/http/services')],
    }),
  },
  {
    id: 'default.page',
    status: [200, 403, 404],
    body: DEFAULT_PAGE,
    says: ({ evidence, found, response }) => ({
      id: response.status === 200 ? 'upgrade.not-websocket' : 'upgrade.not-found',
      layer: 'proxy',
      title: `The page with which the web server came answered ("${quoteText((found[1] ?? '').replaceAll('"', "'"), 60)}"): no site is set up there for ${quoteText(evidence.host, 80)}, or for this path (${statusWords(response)})`,
      why: 'A request whose name fits no site goes to the default one. The proxy host or server block for this name is missing, disabled, or was not loaded; or the name leads to another machine than it should.',
      fixes: [
        textFix(
          'On the web server',
          'Set up the name that clients use (server_name, ServerName, proxy host), pass its path on to the WebSocket server, and load it.',
        ),
      ],
    }),
  },
  {
    id: 'file.host',
    status: [200, 403, 404, 405],
    also: (seen) => fileHost(seen) !== null,
    says: (seen) => ({
      id: seen.response.status === 200 ? 'upgrade.not-websocket' : 'upgrade.not-found',
      layer: 'proxy',
      title: `${fileHost(seen)} answered, which serves files and takes no WebSockets: nothing sends ${quotedPath(seen)} to a WebSocket server (${statusWords(seen.response)})`,
      why: 'The answer comes from a store of files. The WebSocket needs an address of its own, or a rule of the CDN before the store that sends this path elsewhere.',
      fixes: [],
    }),
  },
  {
    id: 'cloudflare.access',
    status: [401, 403],
    headers: { 'cf-access-domain': /^[\w-]+(?:\.[\w-]+)+/ },
    says: ({ response }) => ({
      id: 'upgrade.unauthorized',
      layer: 'proxy',
      title: `Cloudflare Access stands before the server, and the client is none that its policy lets in: ${statusWords(response)}`,
      why: 'The server was not asked. Programs get in with a service token that a policy of the application allows (action "Service Auth"), people with the cookie CF_Authorization of a browser that is signed in.',
      fixes: [
        profileFix('Send a service token (profile)', {
          headers: {
            'CF-Access-Client-Id': '${secret:cf-access-id}',
            'CF-Access-Client-Secret': '${secret:cf-access-secret}',
          },
        }),
      ],
    }),
  },
  {
    id: 'vercel.protection',
    status: [401],
    headers: { 'set-cookie': /^_vercel_sso_nonce=/ },
    says: ({ response }) => ({
      id: 'upgrade.unauthorized',
      layer: 'proxy',
      title: `Vercel protects the deployment, and lets in only who is signed in there: ${statusWords(response)}`,
      why: 'Deployment Protection answered; the application was not asked, and its own tokens do not help. Programs pass with the secret of "Protection Bypass for Automation".',
      fixes: [
        profileFix('Pass the protection (profile)', {
          headers: { 'x-vercel-protection-bypass': '${secret:vercel-bypass}' },
        }),
      ],
    }),
  },
  {
    id: 'google.armor',
    status: [403],
    headers: { via: /\bgoogle\b/ },
    markup:
      /^<!doctype html><meta charset="utf-8"><meta name=viewport content="width=device-width, initial-scale=1"><title>403<\/title>403 Forbidden\s*$/,
    says: ({ response }) => ({
      id: 'upgrade.forbidden',
      layer: 'proxy',
      title: `The load balancer of Google refuses the client itself, as Cloud Armor does: ${statusWords(response)}`,
      why: 'The page is one of the balancer; the server behind was not asked. A rule of the security policy of the backend service fits the request.',
      fixes: [shellFix('Which rules are there?', 'gcloud compute security-policies list')],
    }),
  },
  {
    id: 'digitalocean.app',
    status: [502, 503, 504],
    body: /App Platform failed to forward this request to the application/,
    says: ({ response }) => ({
      id: 'upgrade.unavailable',
      layer: 'proxy',
      title: `DigitalOcean App Platform could not pass the request on to the application: ${statusWords(response)}`,
      why: 'The page is one of App Platform. The component crashed, does not listen on its http_port, or did not answer the upgrade in time.',
      fixes: [shellFix('Read the log of the component', 'doctl apps logs "$APP_ID" --type run')],
    }),
  },
  {
    id: 'cloudflare.404',
    status: [404],
    headers: { server: /^cloudflare$/i },
    without: ['content-type'],
    empty: true,
    says: (seen) => ({
      id: 'upgrade.not-found',
      title: `Behind Cloudflare nobody has ${quotedPath(seen)} at this host: an empty 404, as the last rule of a tunnel (http_status:404) gives it`,
      why: 'The rules of a tunnel are tried in turn, by host and path, and the last one answers what none before it took. Servers that put no page into a 404 look the same.',
      fixes: [
        shellFix('Which rule of the tunnel takes the address?', [
          'cloudflared',
          'tunnel',
          'ingress',
          'rule',
          `https://${seen.evidence.host}${pathOf(seen.evidence)}`,
        ]),
      ],
    }),
  },
  {
    id: 'aws.lambda-url',
    status: [403],
    headers: { 'x-amzn-errortype': /^AccessDeniedException\b/ },
    body: /^\{"Message":"Forbidden[^"]{0,300}"\}$/,
    says: ({ response }) => ({
      id: 'upgrade.forbidden',
      layer: 'proxy',
      title: `The URL of an AWS Lambda function lets the client not in, and takes no WebSockets anyway: ${statusWords(response)}`,
      why: 'Function URLs answer single requests. WebSockets to a function go through API Gateway, as an API of the kind WebSocket.',
      fixes: [],
    }),
  },
  {
    id: 'cloud-foundry',
    status: [404, 502, 503],
    headers: { 'x-cf-routererror': /^[a-z]+_[a-z_]{2,60}/ },
    says: (seen) => {
      const error = quoteText(/^[a-z_]{3,60}/.exec(seen.header('x-cf-routererror'))?.[0] ?? '', 60);
      const unknown = error === 'unknown_route';
      if (error === 'route_service_unsupported')
        return {
          id: 'upgrade.unavailable',
          layer: 'proxy',
          title: `The router of Cloud Foundry takes no WebSocket on a route with a route service: ${error} (${statusWords(seen.response)})`,
          why: 'The header x-cf-routererror is one of the router itself. A route service is bound to this route, and the router passes no upgrades through one unless its operator allows it (route_services.enable_websockets).',
          fixes: [
            textFix(
              'Cloud Foundry: a route of its own',
              'Give the WebSocket a route without a route service (cf map-route), or unbind it: cf unbind-route-service.',
            ),
          ],
        };
      const why = /\(([^()]{3,120})\)/.exec(seen.header('x-cf-routererror'))?.[1];
      return {
        id: unknown ? 'upgrade.not-found' : 'upgrade.bad-gateway',
        layer: 'proxy',
        title: unknown
          ? `The router of Cloud Foundry knows no route for ${quoteText(seen.evidence.host, 80)}: ${error} (${statusWords(seen.response)})`
          : `The router of Cloud Foundry got no valid answer from the application: ${error}${why === undefined ? '' : `, "${quoteText(why, 120).replaceAll('"', "'")}"`} (${statusWords(seen.response)})`,
        why: 'The header x-cf-routererror is one of the router itself. Routes belong to an application that runs (cf map-route), and it must listen on the port in PORT.',
        fixes: [shellFix('Cloud Foundry: routes and the application', 'cf routes', 'cf logs "$APP" --recent')],
      };
    },
  },
  {
    id: 'dev.proxy',
    status: [500, 502, 504],
    body: /\b(Could not proxy request \S{1,300} from \S{1,200} to (\S{1,300})[^]{0,80}|Error occur+ed while trying to proxy(?: to)?: ?(\S{1,300}))/i,
    says: ({ found, response }) => ({
      id: 'upgrade.bad-gateway',
      layer: 'proxy',
      title: `The proxy of the development server could not reach the server behind it: ${statusWords(response)}, "${quoteText((found[1] ?? '').replaceAll('"', "'"), 130)}"`,
      why: 'The words are those of the proxy of webpack-dev-server and its kin (http-proxy-middleware), whatever the status: nothing listens at its target, or the name there leads to another address (localhost to ::1).',
      fixes: [shellFix('Is the target there?', 'ss -ltnp')],
    }),
  },
  {
    id: 'browser.test',
    markup: BROWSER_TEST,
    // Cloudflare has pages of its own for that.
    also: ({ header }) => !/^cloudflare$/i.test(header('server')),
    says: ({ response }) => ({
      id: 'upgrade.forbidden',
      layer: 'proxy',
      title: `A page that tests whether the client is a browser answered in place of the server: ${statusWords(response)}`,
      why: 'The page runs a script that sets a cookie and asks again, or wants a riddle solved, as Anubis, DataDome, PerimeterX and free hosts do. The application was not asked, and a client that is no browser cannot pass.',
      fixes: [
        textFix(
          'Who runs the site',
          'Let the path of the WebSocket skip the test; free hosts that put it before everything take no WebSockets.',
        ),
      ],
    }),
  },
  {
    id: 'hosting.suspended',
    status: [301, 302, 303, 307],
    headers: {
      location:
        /\/(?:suspendedpage\.cgi|suspended(?:\.html?)?|account[-_]suspended(?:\.html?)?|defaultwebpage\.cgi)(?:[?#]|$)/i,
    },
    says: ({ response }) => ({
      id: 'upgrade.unavailable',
      layer: 'proxy',
      title: `The host of the site has suspended it, or never set it up: ${statusWords(response)} to its page for that`,
      why: 'The place it leads to is a page of the hosting panel. No application was asked, and nothing in the request changes that.',
      fixes: [],
    }),
  },
  {
    id: 'domain.parked',
    status: [200, 403, 404],
    body: /\bdomain(?: name)? (?:is|has been|was) (?:parked|for sale|expired)\b|\bdomain (?:may be for sale|has expired)\b|\bparked free, courtesy of\b|\bbuy this domain\b|\bparked domain\b|\bdomaine a (?:bien )?été créé/i,
    says: ({ evidence, response }) => ({
      id: response.status === 200 ? 'upgrade.not-websocket' : 'upgrade.not-found',
      layer: 'dns',
      title: `The name ${quoteText(evidence.host, 80)} leads to a page for parked domains: it is not set up, or has expired (${statusWords(response)})`,
      why: 'A registrar answers for names that nobody uses. The DNS record is missing or gone, or the name was misspelt.',
      fixes: [shellFix('Where does the name lead?', ['getent', 'ahosts', evidence.host])],
    }),
  },
  {
    id: 'login.portal',
    status: [401],
    headers: {
      location: /^https?:\/\/[^?#]{1,300}[?&][^#]{0,40}\b(?:rd|redirect|redirect_ur[il]|return|returnTo|next|url)=/i,
    },
    says: (seen) => ({
      id: 'upgrade.unauthorized',
      layer: 'proxy',
      title: `A login portal stands before the server, and saw no session: ${statusWords(seen.response)}, with ${quoteText(/\/\/([^/?#]+)/.exec(seen.header('location'))?.[1] ?? '', 80)} as the place to sign in`,
      why: 'Portals such as Authelia answer 401 with a Location to what is no browser. They look for the cookie of their own session; a token of the application does not help.',
      fixes: [loginPageFix(seen.response)],
    }),
  },
  {
    id: 'grpc',
    headers: { 'content-type': /^application\/grpc\b/ },
    also: ({ response }) => response.status < 300 || response.status >= 400,
    says: (seen) => ({
      id: seen.response.status < 300 ? 'upgrade.not-websocket' : 'upgrade.bad-request',
      layer: 'application',
      title: `The port, or this path, speaks gRPC and no WebSocket: ${statusWords(seen.response)}${inWords(seen.response)}`,
      why: 'The type of the answer is application/grpc, which nobody but gRPC sends. The WebSocket is at another port or path, or a proxy routes this one to the wrong service.',
      fixes: [],
    }),
  },
  {
    id: 'zuul',
    status: [500],
    body: /\bcom\.netflix\.zuul\.exception\.ZuulException\b/,
    says: ({ response }) => ({
      id: 'upgrade.server-error',
      layer: 'proxy',
      title: `Zuul 1, a gateway of Spring Cloud, failed to pass the upgrade on: it carries no WebSockets (${statusWords(response)})`,
      why: 'Zuul 1 is built on servlets and answers plain requests alone; Spring Cloud Gateway, or a way past the gateway, is needed. SockJS falls back to other transports through it.',
      fixes: [],
    }),
  },
  {
    id: 'frp',
    status: [404],
    body: /\bFaithfully yours, frp\b/,
    says: ({ evidence, response }) => ({
      id: 'upgrade.not-found',
      layer: 'proxy',
      title: `The frp server has no tunnel for ${quoteText(evidence.host, 100)}: its own page says so (${statusWords(response)})`,
      why: 'No frpc that is connected has this name among its custom domains, or its locations leave out this path. The server at the other end was not asked.',
      fixes: [
        textFix(
          'frpc',
          'Put the name that clients use into customDomains (or subdomain) of a proxy of type http, and look whether frpc is connected.',
        ),
      ],
    }),
  },
  {
    id: 'openshift.router',
    status: [503],
    body: /\bThe application is currently not serving requests at this endpoint\b/,
    says: ({ evidence, response }) => ({
      id: 'upgrade.unavailable',
      layer: 'proxy',
      title: `The router of OpenShift has no route, or no pod that is ready, for ${quoteText(evidence.host, 100)} (${statusWords(response)})`,
      why: 'The page is that of the router. No Route has this host and path, or the service that it names has no endpoint; a route with TLS is not asked for over plain HTTP.',
      fixes: [shellFix('OpenShift: routes and endpoints', 'oc get routes', 'oc get endpoints')],
    }),
  },
  {
    id: 'kubectl.proxy',
    status: [403],
    markup: /^<h3>Unauthorized<\/h3>\s*$/,
    says: (seen) => ({
      id: 'upgrade.forbidden',
      layer: 'proxy',
      title: `kubectl proxy lets ${quotedPath(seen)} not through: its own page says so (${statusWords(seen.response)})`,
      why: 'It rejects exec and attach by --reject-paths, every host but localhost by --accept-hosts, and answers with this page alone. The API server was not asked, and no token helps.',
      fixes: [shellFix('Let the path through, on a trusted machine only', "kubectl proxy --reject-paths='^$'")],
    }),
  },
];
