import type { FindingId } from '../../../src/core/diagnosis/findingIds.js';
import { answer, refusedWith } from '../../support/evidence.js';
import type { Case } from './case.js';

const HTML = { 'Content-Type': 'text/html' };
const JSON_ = { 'Content-Type': 'application/json' };

type Row = readonly [
  name: string,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
  id: FindingId,
  title: RegExp,
  offers?: readonly RegExp[],
];

const lab = /^Find the one change/;
const curl = /^See what the server says/;
const log = /^Read the log/;
const redirects = /^See each redirect/;
const what = /^What to do$/;

const rows: readonly Row[] = [
  [
    'Apigee: no proxy for host and path',
    404,
    JSON_,
    '{"fault":{"faultstring":"Unable to identify proxy for host: secure and url: \\/ws","detail":{"errorcode":"messaging.adaptors.http.flow.ApplicationNotFound"}}}',
    'upgrade.not-found',
    /with the words "Unable to identify proxy for host: secure and url: \/ws"/,
  ],
  [
    'Apigee: a key of the query',
    401,
    JSON_,
    '{"fault":{"faultstring":"Failed to resolve API Key variable request.queryparam.apikey","detail":{"errorcode":"steps.oauth.v2.FailedToResolveAPIKey"}}}',
    'upgrade.unauthorized',
    /Failed to resolve API Key variable/,
    [/^Send the parameter that it names/],
  ],
  [
    'IBM API Connect: no client id',
    401,
    JSON_,
    '{"httpCode":"401","httpMessage":"Unauthorized","moreInformation":"Invalid client id or secret."}',
    'upgrade.unauthorized',
    /Invalid client id or secret/,
    [/^Send a token/, /^Where/],
  ],
  [
    'Alibaba API Gateway under Tengine, which lost no upgrade',
    404,
    { Server: 'Tengine', 'X-Ca-Error-Code': 'I404IU', 'X-Ca-Error-Message': 'Invalid Url' },
    '',
    'upgrade.not-found',
    /^There is no WebSocket at \/chat: .*"Invalid Url"/,
    [lab, curl],
  ],
  [
    'Alibaba CDN: the header says why, its page does not',
    403,
    { Server: 'Tengine', ...HTML, 'X-Tengine-Error': 'denied by Referer ACL' },
    "<html><head><title>403 Forbidden</title></head><body><center><h1>403 Forbidden</h1></center> You don't have permission to access the URL on this server.<hr/>Powered by Tengine</body></html>",
    'upgrade.forbidden',
    /"denied by Referer ACL"/,
    [lab],
  ],
  [
    'a page without a type that begins with its style',
    404,
    {},
    '<style>pre{background:#EEE}</style>\n<h1>404 Not Found</h1>\n<pre>{ "route": "chat.example.com/ws" }</pre>',
    'upgrade.not-found',
    /with the words "{ 'route': 'chat/,
  ],
  [
    'Passenger: a page that is sorry, and below that says why',
    500,
    HTML,
    "<title>We're sorry, but something went wrong.</title><h1>We're sorry, but something went wrong.</h1><p>We've been notified about this issue and we'll take a look at it shortly.</p><h2>Technical details for the administrator of this website</h2><p>Error ID: 23054db0</p><p>Web application could not be started by the Phusion Passenger(R) application server.</p>",
    'upgrade.server-error',
    /Web application could not be started/,
    [log],
  ],
  [
    'a page whose sentence has the word message in it',
    502,
    HTML,
    '<h1>Something went wrong :-(</h1><p>Something went wrong while trying to load this website.</p><p>Try again and see if this message disappears.</p><p>Error code: 502-backend</p>',
    'upgrade.bad-gateway',
    /with the words "Something went wrong while/,
  ],
  [
    'Angie, which is not nginx',
    502,
    { ...HTML, Server: 'Angie/1.5.1' },
    '<center><h1>502 Bad Gateway</h1></center><hr><center>Angie/1.5.1</center>',
    'upgrade.bad-gateway',
    /^Angie \(nginx\) could not get a valid answer/,
    [/^On the proxy/],
  ],
  [
    'Radware: words of rights on the page of a firewall',
    403,
    HTML,
    '<title>Unauthorized Activity Has Been Detected</title><h2>Unauthorized Activity Has Been Detected</h2><p>Case Number: 1000123456</p>',
    'upgrade.forbidden',
    /^A firewall before the server blocks the request/,
    [/^Who runs the firewall/],
  ],
  [
    'Check Point: where its filter leads',
    302,
    { Location: 'http://192.168.119.249/UserCheck/PortalMain?IID=F1A2' },
    '',
    'upgrade.forbidden',
    /^A filter of the network answered/,
    [/^Who runs the filter/],
  ],
  [
    'Replit: an app that does not run',
    404,
    HTML,
    '<title>Run this app to see the results here.</title><h1>Run this app to see the results here.</h1><a href="https://replit.com">Go to Replit</a>',
    'upgrade.not-found',
    /^Nothing runs under the name/,
    [/^At the platform/],
  ],
  [
    'Azure Container Apps: an app that is stopped',
    404,
    HTML,
    '<title>Azure Container App - Unavailable</title><h1>Error 404 - This Container App is stopped or does not exist.</h1>',
    'upgrade.not-found',
    /^Nothing runs under the name/,
    [what],
  ],
  [
    'OVH: a page for a new domain',
    200,
    { ...HTML, Server: 'Apache' },
    '<title>Site en construction</title><h1>Félicitations ! Votre domaine a bien été créé chez OVHcloud !</h1>',
    'upgrade.not-websocket',
    /leads to a page for parked domains/,
    [/^Where does the name lead/],
  ],
  [
    'Hostinger: a parked domain',
    200,
    HTML,
    '<title>Parked Domain name on Hostinger DNS system</title><h1>Happy to see your domain with Hostinger!</h1>',
    'upgrade.not-websocket',
    /leads to a page for parked domains/,
    [/^Where does the name lead/],
  ],
  [
    'a private dev tunnel',
    401,
    { 'WWW-Authenticate': 'tunnel' },
    '',
    'upgrade.unauthorized',
    /^The server wants credentials of its scheme "tunnel"/,
    [/^Send the token of the dev tunnel/],
  ],
  [
    'oauth2-proxy: a redirect that names its cookie',
    302,
    {
      Location: 'https://login.microsoftonline.com/1f2e/oauth2/v2.0/authorize?client_id=0a',
      'Set-Cookie': '_oauth2_proxy_csrf=abc; Path=/; HttpOnly',
    },
    '',
    'upgrade.redirect',
    /^The server wants a login first/,
    [/^Send the session cookie/, redirects],
  ],
];

/** What platforms, gateways and middleboxes were reported to answer. */
export const strangersPlatformsCases: readonly Case[] = rows.map(([name, status, headers, body, id, title, offers]) => {
  const evidence = refusedWith(answer(status, headers, body));
  return offers ? [name, evidence, [id], title, offers] : [name, evidence, [id], title];
});
