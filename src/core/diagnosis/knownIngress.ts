import type { Fix } from '../base/model.js';
import { quoteText } from '../base/plainText.js';
import { credentialsSent, isHtml, quotedPath, sentHeader, statusWords } from './facts.js';
import { hostWordsOf } from './hostWords.js';
import { identifyServers } from './identifyServer.js';
import type { Known, KnownAnswer, Seen } from './knownAnswer.js';
import { serverWords } from './serverWords.js';
import { tokenFix } from './snippets/profile.js';
import { recognisedFixes } from './snippets/proxy.js';
import { labFix, present, shellFix, textFix } from './snippets/shell.js';

/** The one in front has nothing for this path and did not ask anybody. */
const noRoute = (who: string, seen: Seen, why: string, fixes: readonly Fix[] = []): KnownAnswer => ({
  id: 'upgrade.not-found',
  layer: 'proxy',
  title: `${who} has no route for ${quotedPath(seen)} at this host, and asked no server: ${statusWords(seen.response)}`,
  why,
  fixes,
});

const own = (seen: Seen) => recognisedFixes(seen.evidence, identifyServers(seen.response));
const ingress = shellFix('Kubernetes: which hosts and paths are routed?', 'kubectl get ingress --all-namespaces');
const endpoints = shellFix('Kubernetes: has the service endpoints?', 'kubectl get endpointslices --all-namespaces');

/** What stands before the site answered with the page of a block. */
const firewall = (who: string, { response }: Seen): KnownAnswer => ({
  id: 'upgrade.forbidden',
  layer: 'proxy',
  title: `The firewall of ${who} before the site blocks the client: ${statusWords(response)}`,
  why: `The page is one of ${who}; the server behind was not asked. Rules of such firewalls look at addresses, countries, rates and whether a client looks like a browser. Its log names the rule by the number on the page.`,
  fixes: [textFix(who, 'Let the path of the WebSocket, or this client, skip the rule that its log names.')],
});

/** src/http.c of HAProxy: what its built-in pages say, and when. */
const haproxyPages: Readonly<
  Record<string, { readonly id: KnownAnswer['id']; readonly says: string; readonly why: string }>
> = {
  'Request forbidden by administrative rules': {
    id: 'upgrade.forbidden',
    says: 'refuses the request by a rule of its own',
    why: 'A rule "http-request deny" of its configuration fits: an address, a path, a header, a rate. The server behind was not asked.',
  },
  'Your browser sent an invalid request': {
    id: 'upgrade.bad-request',
    says: 'finds the request malformed, and passed it on to nobody',
    why: 'HAProxy checks more than others: names and values of headers, their size (tune.bufsize, tune.maxrewrite), and that an upgrade to WebSocket has its key. "show errors" on its socket shows the byte that it stumbled over.',
  },
  "Your browser didn't send a complete request in time": {
    id: 'upgrade.request-timeout',
    says: 'did not get a whole request in time',
    why: 'Its "timeout http-request" ran out before the head of the request was complete, as where something on the way holds it back.',
  },
  'No server is available to handle this request': {
    id: 'upgrade.unavailable',
    says: 'has no server that is up behind it, or no rule for this host and path',
    why: 'Every server of the backend failed its health check or does not speak TLS as its line says, all are full ("maxconn"), or no "use_backend" takes this Host and path and there is no default one. A health check by plain HTTP fails on a server that only speaks WebSocket.',
  },
  "The server didn't respond in time": {
    id: 'upgrade.gateway-timeout',
    says: 'waited for the server behind it in vain',
    why: 'The server took the connection and did not answer the upgrade within "timeout server".',
  },
  'An internal server error occurred': {
    id: 'upgrade.server-error',
    says: 'answers 500 itself',
    why: 'A rule "tarpit" that holds unwanted clients ends so, and a fault in HAProxy or in a script of it. The server behind was not asked, or its answer was thrown away.',
  },
  'The server returned an invalid or incomplete response': {
    id: 'upgrade.bad-gateway',
    says: 'got no valid answer from the server behind it',
    why: 'The server behind hung up before it had answered, or what it sent is no HTTP/1.',
  },
};

/** What its firewall or its rules said no to; null for what the backends are to blame for. */
function appGatewayRefusal(seen: Seen): KnownAnswer | null {
  const { status } = seen.response;
  if (status === 404)
    return noRoute(
      'Azure Application Gateway',
      seen,
      'The page is one of the gateway itself: no listener or rule has this host and path.',
    );
  if (status !== 403) return null;
  return {
    id: 'upgrade.forbidden',
    layer: 'proxy',
    title: `Azure Application Gateway refuses the client itself, as its firewall (WAF) does: ${statusWords(seen.response)}`,
    why: 'The page is one of the gateway; the server behind was not asked. A managed or custom rule of its WAF policy fits the request, and its log names the rule.',
    fixes: [textFix('Azure', 'Look for the rule in the firewall log, and exclude the path of the WebSocket from it.')],
  };
}

/** Firewalls that say who they are. */
const FIREWALLS = /^(?:Protected by )?(ddos-guard|Barracuda|QRATOR|CloudWAF|COMODO WAF|imunify360)/i;

/** What firewalls of web sites write on their pages. */
const FIREWALL_WORDS =
  /\b(?:request|access|connection|visit|you|ip(?: address)?)\b[^.]{0,60}\b(?:has been|have been|was|were|is|are) (?:blocked|limited by the site owner)\b|\bunauthori[sz]ed (?:activity|request) (?:has been )?(?:detected|blocked)\b|\bpowered by CrowdSec\b|\bhas blocked your access\b|请求疑似攻击|\bweb application firewall\b|\bAttack ID: ?\d|\bblocked by (?:the |our |a )?(?:firewall|waf|security)\b|\bpotential(?:ly)? (?:threats?|unsafe|dangerous|malicious)\b/i;

function nginxLimits(seen: Seen): KnownAnswer {
  const limits = seen.response.status === 429;
  return {
    id: limits ? 'upgrade.rate-limited' : 'upgrade.server-error',
    layer: 'proxy',
    title: limits
      ? `nginx limits requests or connections itself (limit_req, limit_conn): ${statusWords(seen.response)}`
      : `nginx failed itself, before it asked a server: ${statusWords(seen.response)}`,
    why: limits
      ? 'The page is one of nginx, not of the server behind it. Open WebSockets count for limit_conn all their life.'
      : 'The page is one of nginx, not of the server behind it. A rewrite or try_files that goes in circles, auth_request whose server failed, or a lack of connections or files is the cause; its log has the line.',
    fixes: [shellFix('Read the log of nginx', 'sudo tail -n 50 /var/log/nginx/error.log')],
  };
}

const liteSpeedRefusal = ({ response }: Seen): KnownAnswer => ({
  id: 'upgrade.forbidden',
  layer: 'proxy',
  title: `LiteSpeed refuses the client itself: ${statusWords(response)}`,
  why: 'The page is one of LiteSpeed, not of the server behind it: a rule of .htaccess, of Mod_Security, or a folder that it may not show because nothing passes the path on.',
  fixes: [],
});

const nginxPage = /<hr><center>(?:nginx|openresty)/i;

/** It has nothing for the name: what it says of that with 400 is the page for any trouble. */
const ofFrontDoor = ({ found, response }: Seen) => response.status === 400 || /configuration/i.test(found[0] ?? '');

/** Proxies that answer for themselves, told from one that passes on what the server behind it said. */
export const knownIngress: readonly Known[] = [
  {
    id: 'ddos-guard',
    status: [403, 405, 418],
    headers: { server: FIREWALLS },
    says: (seen) => firewall(FIREWALLS.exec(seen.header('server'))?.[1] ?? '', seen),
  },
  {
    id: 'azure.front-door',
    body: /find your Azure Front Door Service configuration|Our services aren['’]t available right now/i,
    says: (seen) => ({
      id: ofFrontDoor(seen) ? 'upgrade.not-found' : 'upgrade.unavailable',
      layer: 'proxy',
      title: ofFrontDoor(seen)
        ? `Azure Front Door has no endpoint or route for this name: ${statusWords(seen.response)}`
        : `Azure Front Door could not get an answer from the origin: ${statusWords(seen.response)}`,
      why: 'Front Door gave this answer itself. The name must be a domain of an enabled endpoint, with a route to an origin group; the origin must answer on the port and in TLS as configured.',
      fixes: [],
    }),
  },
  {
    id: 'azure.app-gateway',
    status: [403, 404, 502],
    headers: { server: /^Microsoft-Azure-Application-Gateway/i },
    says: (seen) =>
      appGatewayRefusal(seen) ?? {
        id: 'upgrade.unavailable',
        layer: 'proxy',
        title: `Azure Application Gateway has no healthy backend, or got no answer from it: ${statusWords(seen.response)}`,
        why: 'The gateway answers so itself when every member of the backend pool fails its probe, the pool is empty, a network rule blocks the way, or the answer took longer than the request timeout. A probe by plain HTTP fails on a server that only speaks WebSocket.',
        fixes: [
          shellFix(
            'What does the gateway think of its backends?',
            'az network application-gateway show-backend-health --name "$GATEWAY" --resource-group "$GROUP"',
          ),
        ],
      },
  },
  {
    id: 'cloudflare.blocked',
    status: [403],
    headers: { server: /^cloudflare$/i },
    body: /\bSorry, you have been blocked\b/i,
    says: (seen) => ({
      id: 'upgrade.forbidden',
      layer: 'proxy',
      title: `Cloudflare blocks the client by a rule of the site: ${statusWords(seen.response)}, "Sorry, you have been blocked"`,
      why: 'A firewall rule of the site fits this address, country, path or client. The server was not asked. Who runs the site finds the rule by the Ray ID, under Security > Events.',
      fixes: [
        textFix(
          'Cloudflare',
          'Let the path of the WebSocket, or this client, skip the rule that Security > Events names.',
        ),
      ],
    }),
  },
  {
    id: 'cloudflare.challenge-page',
    status: [403, 503],
    headers: { server: /^cloudflare$/i },
    markup: /<title>Just a moment\.\.\.<\/title>/i,
    says: (seen) => ({
      id: 'upgrade.forbidden',
      layer: 'proxy',
      title: `Cloudflare in front of the server wants to see a browser, and asks it to prove that: ${statusWords(seen.response)}, "Just a moment..."`,
      why: 'The request never reached the server. Only a browser can solve what is asked, so no credential and no other path helps.',
      fixes: [textFix('Cloudflare', 'Add a rule before the challenge that lets the path of the WebSocket pass.')],
    }),
  },
  {
    id: 'google.run',
    status: [403],
    headers: { server: /^Google Frontend$/ },
    body: /Your client does not have permission to get URL/,
    says: (seen) => {
      const sent = credentialsSent(seen.evidence).length > 0;
      return {
        id: 'upgrade.unauthorized',
        layer: 'proxy',
        title: `Google (Cloud Run, Functions) lets only callers in that may invoke the service: ${sent ? 'what was sent is no identity token that may' : 'no identity token was sent'} (${statusWords(seen.response)})`,
        why: 'The application was not asked. The service is not public: the caller needs the role of an invoker, and an OpenID Connect token of Google for the address of the service in Authorization.',
        fixes: [...(sent ? [] : [tokenFix]), shellFix('A token for it', 'gcloud auth print-identity-token')],
      };
    },
  },
  {
    id: 'iis.page',
    status: [404],
    headers: { server: /^Microsoft-IIS\// },
    body: /404 - File or directory not found|HTTP Error 404\.\d+ - Not Found/,
    says: (seen) =>
      noRoute(
        'IIS',
        seen,
        'The page is one of IIS itself: no site, application or rewrite rule takes this path, so it looked for a file. ASP.NET Core under it must be running as the handler for all paths.',
      ),
  },
  {
    id: 'http-sys.stopped',
    status: [503],
    headers: { server: /^Microsoft-HTTPAPI\// },
    body: /HTTP Error 503\. The service is unavailable/,
    says: ({ response }) => ({
      id: 'upgrade.unavailable',
      layer: 'proxy',
      title: `Windows (HTTP.sys) has nobody who takes the request: the application pool of IIS is stopped, as it seems (${statusWords(response)})`,
      why: 'The page is one of the HTTP driver of Windows, before IIS. A pool stops after several crashes, or with a wrong identity; a full queue gives the same page.',
      fixes: [shellFix('On the server: is the pool started?', '%windir%\\system32\\inetsrv\\appcmd list apppool')],
    }),
  },
  {
    id: 'squid',
    headers: { 'x-squid-error': /^ERR_\w{3,60}/ },
    // 407 asks for credentials, which is told as that.
    also: ({ response }) => response.status >= 400 && response.status !== 407,
    says: (seen) => {
      const code = quoteText(/^\w+/.exec(seen.header('x-squid-error'))?.[0] ?? '', 60);
      const refused = /ACCESS_DENIED|FORWARDING_DENIED|TOO_BIG/.test(code);
      return {
        id: refused ? 'upgrade.forbidden' : 'upgrade.unavailable',
        layer: 'proxy',
        title: `Squid, a proxy on the way, ${refused ? 'does not let the request through' : 'could not get an answer from the server'}: ${code} (${statusWords(seen.response)})`,
        why: 'The page is one of Squid; the server was not asked, or did not answer it. http_access in its configuration decides who may go where, and its access.log has the line.',
        fixes: [],
      };
    },
  },
  {
    id: 'haproxy',
    status: [400, 403, 408, 500, 502, 503, 504],
    body: /\b(Your browser sent an invalid request|Your browser didn't send a complete request in time|Request forbidden by administrative rules|No server is available to handle this request|The server didn't respond in time|The server returned an invalid or incomplete response|An internal server error occurred)\./,
    // Others say that, too.
    also: ({ response, found }) =>
      !found[1]?.startsWith('An internal') || identifyServers(response).some(({ id }) => id === 'haproxy'),
    says: (seen) => {
      const page = haproxyPages[seen.found[1] ?? ''];
      return page === undefined
        ? null
        : {
            id: page.id,
            layer: 'proxy',
            title: `HAProxy ${page.says}: ${statusWords(seen.response)}`,
            why: page.why,
            fixes: [
              seen.response.status === 400
                ? shellFix('HAProxy: what did it stumble over?', 'echo "show errors" | socat - /run/haproxy/admin.sock')
                : shellFix(
                    'HAProxy: which server is up, which rule fits?',
                    'echo "show stat" | socat - /run/haproxy/admin.sock',
                  ),
            ],
          };
    },
  },
  {
    id: 'akamai',
    status: [400, 403],
    headers: { server: /^AkamaiGHost$/i },
    body: /Access Denied|^Invalid URL\b/i,
    says: (seen) =>
      seen.response.status === 403
        ? firewall('Akamai', seen)
        : {
            id: 'upgrade.bad-request',
            layer: 'proxy',
            title: `Akamai has no site for the name ${quoteText(seen.evidence.host, 80)}, or cannot read the address: "Invalid URL" (${statusWords(seen.response)})`,
            why: 'No server behind it was asked: no property there has this hostname.',
            fixes: [],
          },
  },
  {
    id: 'sucuri',
    status: [403],
    headers: { server: /^Sucuri\b/i },
    says: (seen) => firewall('Sucuri', seen),
  },
  {
    id: 'imperva',
    markup: /_Incapsula_Resource|Incapsula incident ID/,
    says: (seen) => firewall('Imperva Incapsula', seen),
  },
  {
    id: 'mod-security',
    status: [403, 406],
    body: /This error was generated by Mod_Security/i,
    says: (seen) => ({
      id: 'upgrade.forbidden',
      layer: 'proxy',
      title: `A web application firewall (Mod_Security) blocked the request: ${statusWords(seen.response)}`,
      why: 'A rule of the firewall fits the request: a header, the missing User-Agent or Accept of a browser, the address. The application was not asked; the audit log of the firewall names the rule.',
      fixes: [
        textFix(
          'Mod_Security',
          'Exempt the path of the WebSocket from the rule that the audit log names (SecRuleRemoveById).',
        ),
      ],
    }),
  },
  {
    id: 'ingress.default',
    status: [404],
    body: /^default backend - 404$/,
    says: (seen) =>
      noRoute(
        'The ingress controller',
        seen,
        'Its default backend answered: no Ingress has this host and path together. The pathType and a rewrite count too.',
        [ingress],
      ),
  },
  {
    id: 'apisix.route',
    status: [404],
    body: /^\{"error_msg":\s*"404 Route Not Found"\}$/,
    says: (seen) =>
      noRoute(
        'Apache APISIX',
        seen,
        'APISIX says this itself: no route fits host, path and method together. A route for WebSockets also needs enable_websocket.',
      ),
  },
  {
    id: 'caddy.empty',
    status: [200],
    headers: { server: /^Caddy$/ },
    empty: true,
    says: (seen) => ({
      id: 'upgrade.not-found',
      layer: 'proxy',
      title: `Caddy has no handler for ${quotedPath(seen)} at this host: it says so with an empty ${statusWords(seen.response)}`,
      why: 'A site of Caddy in which no directive takes the request answers an empty 200. The matcher of reverse_proxy does not fit this path ("/ws" is that path alone, "/ws*" what begins so).',
      fixes: own(seen),
    }),
  },
  {
    id: 'nginx.page',
    status: [400, 403, 404, 429, 500, 503],
    markup: nginxPage,
    // Where it says more than the status, that is told; networks that are built on it have rules of their own.
    also: ({ response, text, header }) =>
      !/^(?:BunnyCDN|keycdn)/i.test(header('server')) &&
      (response.status !== 400 || /^400 Bad Request 400 Bad Request (?:nginx|openresty)\S*$/i.test(text)),
    says: (seen) => {
      const { status } = seen.response;
      if (status === 404)
        return noRoute(
          'nginx',
          seen,
          'The page is one of nginx itself: no location with proxy_pass takes this path, so it looked for a file. "location = /ws" and "location /ws/" are other paths than /ws.',
          own(seen),
        );
      if (status === 400)
        return {
          id: 'upgrade.bad-request',
          layer: 'proxy',
          title: `nginx finds the request malformed, and asked no server: ${statusWords(seen.response)}`,
          why: 'The page is one of nginx itself: a Host or another header that breaks the grammar or stands twice, a listener that waits for the header of a load balancer first ("listen … proxy_protocol"), or one that was not told to and gets it (send-proxy, "proxy_protocol on" before it). Its log has the line at the level "info".',
          fixes: [shellFix('Read the log of nginx', 'sudo tail -n 50 /var/log/nginx/error.log')],
        };
      if (status === 429 || status === 500) return nginxLimits(seen);
      const origin = sentHeader(seen.evidence, 'origin');
      return status === 403
        ? {
            id: 'upgrade.forbidden',
            layer: 'proxy',
            title: `nginx refuses the client itself: ${statusWords(seen.response)}`,
            why: `The page is one of nginx, not of the server behind it: a "deny" or "return 403" of its configuration, auth_request, or a directory that it may not list because no location passes the path on.${origin === null ? '' : ` A condition on the Origin is one of these, and ${quoteText(origin, 100)} was sent.`}`,
            fixes: [
              ...(origin === null ? [] : present(labFix(seen.evidence))),
              shellFix('Read the log of nginx', 'sudo tail -n 50 /var/log/nginx/error.log'),
            ],
          }
        : {
            id: 'upgrade.unavailable',
            layer: 'proxy',
            title: `nginx turned the connection away itself, as limit_conn, limit_req or an ingress without endpoints does: ${statusWords(seen.response)}`,
            why: 'The page is one of nginx, not of the server behind it. Open WebSockets count for limit_conn all their life; ingress-nginx answers so for a service without a ready pod; "return 503" is the third cause.',
            fixes: [
              shellFix(
                'Read the log of nginx',
                "sudo grep -E 'limiting (requests|connections)' /var/log/nginx/error.log",
              ),
              endpoints,
            ],
          };
    },
  },
  {
    id: 'apache.refusal',
    status: [403, 406, 502, 503],
    headers: { server: /^Apache(?!-Coyote)/ },
    body: /You don['’]t have permission to access |An appropriate representation of the requested resource could not be found on this server|Reason: ([^]{3,200})|temporarily unable to service your request due to maintenance downtime or capacity problems/,
    says: (seen) => {
      const { status } = seen.response;
      if (status === 403)
        return {
          id: 'upgrade.forbidden',
          layer: 'proxy',
          title: `Apache httpd refuses the client itself: ${statusWords(seen.response)}`,
          why: 'The page is one of Apache, not of the server behind it: "Require" of its configuration, a module that filters (mod_security by its rules, mod_evasive after too many requests), or a folder that it may not show because no ProxyPass takes this path.',
          fixes: [shellFix('Read the log of Apache', 'sudo tail -n 50 /var/log/apache2/error.log')],
        };
      if (status === 406)
        return {
          id: 'upgrade.forbidden',
          layer: 'proxy',
          title: `Apache httpd refuses the request itself (${statusWords(seen.response)}), as a rule of mod_security does`,
          why: 'The page is the one that Apache has for this status, whatever brought it, and speaks of files in several languages, of which a WebSocket has none. What answers 406 to an upgrade is a rule: of mod_security, whose log names it, or of the configuration.',
          fixes: [shellFix('Read the log of Apache', 'sudo tail -n 50 /var/log/apache2/error.log')],
        };
      const reason = status === 502 ? seen.found[1]?.trim() : undefined;
      return {
        id: status === 502 ? 'upgrade.bad-gateway' : 'upgrade.unavailable',
        layer: 'proxy',
        title: `Apache httpd could not reach the server behind it${reason ? `: "${quoteText(reason, 100)}"` : ''} (${statusWords(seen.response)})`,
        why: 'The page is one of Apache itself. Nothing listens where ProxyPass points, the name there is not known, or Apache has put the server aside after a failure, which it does for 60 seconds ("retry").',
        fixes: [
          shellFix('On the proxy: is the server behind it there?', 'ss -ltnp'),
          shellFix('Read the log of Apache', 'sudo tail -n 50 /var/log/apache2/error.log'),
        ],
      };
    },
  },
  {
    id: 'apache.nameless',
    status: [403],
    without: ['server'],
    markup:
      /^<!DOCTYPE HTML PUBLIC "-\/\/IETF\/\/DTD HTML 2\.0\/\/EN">[^]{0,200}<h1>Forbidden<\/h1>\s*<p>You don['’]t have permission to access /,
    says: ({ response }) => ({
      id: 'upgrade.forbidden',
      layer: 'proxy',
      title: `A proxy with the page of Apache, and no name, refuses the client itself: ${statusWords(response)}`,
      why: 'The page is one of Apache httpd with its Server header taken away, as firewalls that are built on it have it (Sophos UTM and XG). The server behind was not asked: a rule of the firewall, or "Require", said no.',
      fixes: [
        textFix(
          'Who runs the firewall',
          'Let WebSockets pass on this path (in Sophos: "Pass WebSocket"), or exempt it from the rule that its log names.',
        ),
      ],
    }),
  },
  {
    id: 'litespeed.page',
    status: [403, 404],
    headers: { server: /^LiteSpeed/i },
    body: /could not be found on this server!|Access to this resource on the server is denied!|Proudly powered by LiteSpeed/i,
    says: (seen) =>
      (seen.response.status === 403 ? liteSpeedRefusal(seen) : null) ??
      noRoute(
        'LiteSpeed',
        seen,
        'The page is one of LiteSpeed itself, so it looked for a file. A WebSocket needs a proxy context for its path there (Web Socket Proxy in OpenLiteSpeed).',
      ),
  },
  {
    id: 'firewall.page',
    body: FIREWALL_WORDS,
    also: ({ response, evidence }) =>
      response.status >= 400 && isHtml(response) && hostWordsOf(response, evidence) === null,
    says: (seen) => ({
      id: 'upgrade.forbidden',
      layer: 'proxy',
      title: `A firewall before the server blocks the request, by what its page says: ${statusWords(seen.response)}, "${quoteText(serverWords(seen.response) ?? seen.found[0] ?? '', 110).replaceAll('"', "'")}"`,
      why: 'The words are those of a firewall for web sites, whatever the status; the application was not asked. Rules of such firewalls look at addresses, countries, rates, and whether a client looks like a browser.',
      fixes: [
        textFix(
          'Who runs the firewall',
          'Let the path of the WebSocket, or this client, skip the rule that its log names.',
        ),
      ],
    }),
  },
  {
    id: 'apache.page',
    status: [404],
    headers: { server: /^Apache(?!-Coyote)/ },
    body: /The requested URL (?:\S{1,500} )?was not found on this server\./,
    says: (seen) =>
      noRoute(
        'Apache httpd',
        seen,
        'The page is one of Apache itself: no ProxyPass takes this path, or one above it does so first with "!", so it looked for a file. ProxyPass lines count in their order.',
        own(seen),
      ),
  },
];
