import { quoteText } from '../base/plainText.js';
import { credentialsSent, pathOf, quotedPath, statusWords } from './facts.js';
import { identifyServers } from './identifyServer.js';
import type { Known, Seen } from './knownAnswer.js';
import { readPage } from './pageText.js';
import { profileFix } from './snippets/profile.js';
import { recognisedFixes } from './snippets/proxy.js';
import { labFix, present, shellFix, textFix } from './snippets/shell.js';

/** ngx_http_set_etag: the time of the file and its size, in hex. */
function isFileOfNginx({ header }: Seen): boolean {
  const [, time = ''] = /"([0-9a-f]{8})-/.exec(header('etag')) ?? [];
  return parseInt(time, 16) * 1000 === Date.parse(header('last-modified'));
}

/** ` ("Welcome")`: what a person would know the page by. */
function namedPage({ response }: Seen): string {
  const { title, heading } = readPage(response.body.text);
  const words = quoteText(heading === '' ? title : heading, 80).replaceAll('"', "'");
  return words === '' ? '' : ` ("${words}")`;
}

const kong = { 'content-type': /^application\/json/ };

/** Proxies, balancers and filters in front of an application, saying something of their own. */
export const knownGateways: readonly Known[] = [
  {
    id: 'lighttpd.page',
    status: [403, 404],
    headers: { server: /^lighttpd\b/ },
    markup: /^<\?xml version="1\.0" encoding="iso-8859-1"\?>[^]{0,400}<title>40[34] /,
    says: (seen) => {
      const forbidden = seen.response.status === 403;
      return {
        id: forbidden ? 'upgrade.forbidden' : 'upgrade.not-found',
        ...(forbidden && { layer: 'proxy' as const }),
        title: forbidden
          ? `lighttpd refuses the client itself: ${statusWords(seen.response)}`
          : `lighttpd has nothing at ${quotedPath(seen)} and passed the request on to nobody: ${statusWords(seen.response)}`,
        why: forbidden
          ? 'The page is one of lighttpd, not of a server behind it: url.access-deny, a condition on the address or the name, or a folder that it may not list because no proxy.server takes this path.'
          : 'The page is one of lighttpd, not of a server behind it: no proxy.server takes this path, so it looked for a file.',
        fixes: [shellFix('Read the log of lighttpd', 'sudo tail -n 50 /var/log/lighttpd/error.log')],
      };
    },
  },
  {
    id: 'iis.disabled',
    status: [503],
    body: /\bWebSocket request made to a site where WebSockets are disabled\b/,
    says: (seen) => ({
      id: 'upgrade.unavailable',
      layer: 'proxy',
      title: `IIS takes no WebSockets for this site: they are turned off (503.12, "${quoteText(seen.found[0] ?? '', 80)}")`,
      why: 'The server behind was not asked. In Azure App Service web sockets are a setting of the app, which is off by default on Windows; in IIS it is system.webServer/webSocket of the site.',
      fixes: [
        shellFix(
          'Azure App Service: turn web sockets on',
          'az webapp config set --web-sockets-enabled true --name "$APP" --resource-group "$GROUP"',
        ),
        {
          title: 'IIS: turn them on (web.config)',
          language: 'xml',
          snippet: '<system.webServer>\n  <webSocket enabled="true" />\n</system.webServer>',
        },
      ],
    }),
  },
  {
    id: 'apache.error-page',
    status: [500],
    headers: { server: /^Apache\b/ },
    markup:
      /encountered an internal error or\s+misconfiguration and was unable to complete\s+your request[^]{0,900}<address>Apache\//,
    says: (seen) => ({
      id: 'upgrade.server-error',
      layer: 'proxy',
      title: `Apache answered with an error page of its own: ${statusWords(seen.response)}. It has no module for ws:// loaded (mod_proxy_wstunnel), as it seems, or what it runs failed`,
      why: 'The page is that of Apache, which a WebSocket server behind it does not write. A ProxyPass or a RewriteRule to ws:// without the module ends so, and its log says "AH01144: No protocol handler was valid"; a script or a rule that fails ends so too.',
      fixes: [
        shellFix('What its log says', 'sudo tail -n 20 /var/log/apache2/error.log'),
        shellFix(
          'Where it says AH01144: load the module',
          'sudo a2enmod proxy_http proxy_wstunnel',
          'sudo systemctl restart apache2',
        ),
      ],
    }),
  },
  {
    id: 'apache.session',
    status: [401],
    headers: { server: /^Apache(?!-Coyote)/ },
    without: ['www-authenticate'],
    body: /This server could not verify that you are authorized to access the document/,
    says: ({ evidence, response }) => {
      const sent = credentialsSent(evidence).length > 0;
      return {
        id: 'upgrade.unauthorized',
        layer: 'proxy',
        title: `Apache httpd wants a session of its login, and ${sent ? 'what was sent is none' : 'none was sent'}, as it seems: ${statusWords(response)}`,
        why: 'The page is one of Apache, and names no scheme (WWW-Authenticate) as Basic and Digest do. So do modules that send browsers to a login and keep a session in a cookie (mod_auth_openidc, mod_auth_mellon, Shibboleth): a request that is none for a page is refused in place of being sent there.',
        fixes: sent
          ? []
          : [
              profileFix('Send the session cookie of a browser that is signed in (profile)', {
                cookies: { mod_auth_openidc_session: '${secret:session}' },
              }),
            ],
      };
    },
  },
  {
    id: 'vercel.page',
    status: [404],
    headers: { 'x-vercel-id': /^[a-z]{3}\d::/, 'x-matched-path': /^\/(?:_?error|404|_not-found|500)?$/ },
    without: ['x-vercel-error'],
    says: (seen) => ({
      id: 'upgrade.not-found',
      title: `The deployment at Vercel has nothing that takes a WebSocket at ${quoteText(pathOf(seen.evidence), 80)}: it answered with its page for paths that are not there (${statusWords(seen.response)})`,
      why: 'Functions answer requests and end; a socket that a framework opens beside its pages (Socket.IO in an API route) runs on a server of its own and not there.',
      fixes: [
        textFix(
          'Where the WebSocket runs',
          'On a server that stays up, or at a provider of WebSockets: see what Vercel says about them for this kind of project, and give clients that address.',
        ),
      ],
    }),
  },
  {
    id: 'nginx.file',
    status: [200],
    headers: {
      server: /^(nginx|openresty)\b/i,
      etag: /^(?:W\/)?"[0-9a-f]{8}-[0-9a-f]+"$/,
      'last-modified': /GMT$/,
    },
    also: isFileOfNginx,
    says: (seen) => {
      const page = namedPage(seen);
      const isRoot = pathOf(seen.evidence) === '/';
      return {
        id: 'upgrade.not-websocket',
        layer: 'proxy',
        title: `nginx serves a file at ${quotedPath(seen)}${page}, and leads nothing there to a WebSocket server: ${statusWords(seen.response)}`,
        why: `The ETag is the one that nginx makes of the date and the size of a file of its own, so a file was looked for, and no application was asked. ${isRoot ? 'The page of the site stands here, and the WebSocket is at another path.' : 'Either the WebSocket is at another path, or "try_files" gave the page of the site for a path that no location with proxy_pass takes.'}`,
        fixes: [
          ...present(labFix(seen.evidence)),
          // A page that is meant to be there stays.
          ...(isRoot ? [] : recognisedFixes(seen.evidence, identifyServers(seen.response))),
        ],
      };
    },
  },
  {
    id: 'kong.route',
    status: [404],
    headers: kong,
    body: /^\{\s*"message":\s*"no Route matched with those values"[^]{0,200}\}$/,
    says: (seen) => ({
      id: 'upgrade.not-found',
      layer: 'proxy',
      title: `Kong has no route for ${quotedPath(seen)} at ${quoteText(seen.evidence.host, 80)} (404)`,
      why: 'Kong says this itself: no route fits host, path, method and headers together. The service behind it was not asked.',
      fixes: [
        shellFix('Kong: a route for this path', [
          'curl',
          '-X',
          'POST',
          'http://127.0.0.1:8001/services/websocket/routes',
          '-d',
          `paths[]=${pathOf(seen.evidence)}`,
        ]),
      ],
    }),
  },
  {
    id: 'kong.key',
    status: [401],
    headers: { ...kong, 'www-authenticate': /^Key\b/i },
    body: /^\{\s*"message":\s*"(?:No API key found in request|Unauthorized|Invalid authentication credentials)"[^]{0,200}\}$/,
    says: ({ evidence }) => {
      const sent = credentialsSent(evidence).length > 0;
      return {
        id: 'upgrade.unauthorized',
        layer: 'proxy',
        title: `Kong wants an API key: ${sent ? 'what was sent is none that it knows' : 'none was sent'} (401)`,
        why: 'The key-auth plugin of Kong answered before the service was asked. It looks for the key in a header and in the query, under the names of its key_names ("apikey" by default).',
        fixes: sent
          ? []
          : [
              profileFix('Send the key (profile)', {
                auth: { type: 'apiKey', name: 'apikey', value: '${secret:apikey}', in: 'header' },
              }),
            ],
      };
    },
  },
  {
    id: 'varnish.backend',
    status: [503],
    headers: { 'x-varnish': /^\d/ },
    body: /Backend fetch failed/,
    says: (seen) => ({
      id: 'upgrade.unavailable',
      layer: 'proxy',
      title: `Varnish could not get an answer from the server behind it (${statusWords(seen.response)})`,
      why: 'The backend refused the connection, is marked sick, or answered with nothing that Varnish takes for HTTP, as a WebSocket does where VCL does not pipe it.',
      fixes: recognisedFixes(seen.evidence, identifyServers(seen.response)),
    }),
  },
  {
    id: 'ats.remap',
    status: [404],
    headers: { server: /^ATS\b/ },
    markup: /<TITLE>Not Found on Accelerator<\/TITLE>/i,
    says: (seen) => ({
      id: 'upgrade.not-found',
      layer: 'proxy',
      title: `Apache Traffic Server has no rule for a WebSocket to ${quoteText(seen.evidence.host, 80)} at ${quotedPath(seen)}: ${statusWords(seen.response)}`,
      why: 'An upgrade is looked for among the rules for ws:// and wss://, and those for http:// do not count, so a site whose pages come through may still have none. The server behind was not asked.',
      fixes: recognisedFixes(seen.evidence, identifyServers(seen.response)),
    }),
  },
  {
    id: 'lighttpd.backend',
    status: [503],
    headers: { server: /^lighttpd/ },
    body: /503 Service Unavailable/,
    says: () => ({
      id: 'upgrade.unavailable',
      layer: 'proxy',
      title: 'lighttpd could not reach the server behind it (503 Service Unavailable)',
      why: 'Nothing listens where proxy.server points, or lighttpd has put it aside for a while after a failure.',
      fixes: [shellFix('On the proxy: is the server behind it there?', 'ss -ltnp')],
    }),
  },
  {
    id: 'f5.blocked',
    body: /^(?:Request Rejected )?The requested URL was rejected\. Please consult with your administrator\.\s*Your support ID is:\s*<?(\d{6,30})>?/,
    says: ({ found }) => ({
      id: 'upgrade.forbidden',
      layer: 'proxy',
      title: `A firewall for applications (F5 BIG-IP) blocked the request, support ID ${found[1] ?? ''}`,
      why: 'The page is the blocking page of BIG-IP ASM, whatever its status. The application was not asked. Who runs the firewall finds the violated rule by the support ID.',
      fixes: [
        textFix('F5 BIG-IP', 'In the policy: allow WebSocket for this URL (Allowed WebSocket URLs), or its Origin.'),
      ],
    }),
  },
];
