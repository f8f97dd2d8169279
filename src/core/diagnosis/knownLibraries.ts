import { quoteText } from '../base/plainText.js';
import { parseUrl } from '../base/url.js';
import { credentialsSent, pathOf, sentHeader, statusWords } from './facts.js';
import type { Known } from './knownAnswer.js';
import { ownOriginFix, whichOrigin } from './knownServers.js';
import { profileFix } from './snippets/profile.js';
import { labFix, present, shellFix, textFix } from './snippets/shell.js';

/** Libraries of C++, PHP and others, and servers built for one protocol. */
export const knownLibraries: readonly Known[] = [
  {
    id: 'qt.origin',
    status: [403],
    empty: true,
    also: ({ response }) => response.headers.length === 0 && response.reason === 'Access Forbidden',
    says: (seen) => ({
      id: 'upgrade.origin-refused',
      title: `QWebSocketServer (Qt) refused ${whichOrigin(seen)}: ${statusWords(seen.response)}`,
      why: 'QWebSocketServer answers so, without a single header, where the program that took its signal originAuthenticationRequired did not allow the Origin.',
      fixes: ownOriginFix(seen),
    }),
  },
  {
    id: 'novnc.page',
    status: [200],
    markup: /\bid="?noVNC_\w+|\bclass="?noVNC_\w+|<title>noVNC<\/title>/,
    also: ({ evidence }) => !/websockify/.test(evidence.plan.url),
    says: (seen) => {
      const url = parseUrl(seen.evidence.plan.url);
      if (url) url.pathname = `${url.pathname.replace(/[^/]*$/, '')}websockify`;
      return {
        id: 'upgrade.not-websocket',
        title: `This is the page of noVNC: its WebSocket is at another path, websockify beside the page unless it was set otherwise (${statusWords(seen.response)})`,
        why: 'The page loads its scripts from here and opens the WebSocket elsewhere: at "websockify", or where its setting "path" leads. Where that path answers with a page too, the proxy before it has no rule for it.',
        fixes: url ? [profileFix('Ask there (profile)', { url: url.href })] : [],
      };
    },
  },
  {
    id: 'jenkins.anonymous',
    status: [403],
    headers: { 'x-jenkins': /^\d/, 'x-you-are-authenticated-as': /^anonymous$/ },
    says: (seen) => ({
      id: 'upgrade.forbidden',
      title: `Jenkins refused an anonymous client${seen.header('x-required-permission') === '' ? '' : `, who lacks ${quoteText(seen.header('x-required-permission'), 60)}`}: ${statusWords(seen.response)}`,
      why: 'No credentials came along, or none that Jenkins knows. It takes the name of a user and an API token of that user, as HTTP Basic.',
      fixes:
        credentialsSent(seen.evidence).length > 0
          ? []
          : [
              profileFix('Send the user and an API token (profile)', {
                auth: { type: 'basic', username: '${secret:user}', password: '${secret:api-token}' },
              }),
            ],
    }),
  },
  {
    id: 'plex.token',
    status: [401],
    headers: { 'x-plex-protocol': /^\d/ },
    says: (seen) => ({
      id: 'upgrade.unauthorized',
      title: `Plex Media Server wants its token, and ${credentialsSent(seen.evidence).length > 0 ? 'does not take what was sent' : 'none was sent'}: ${statusWords(seen.response)}`,
      why: 'It looks for X-Plex-Token, in the query or as a header. An Authorization header is not looked at.',
      fixes:
        credentialsSent(seen.evidence).length > 0
          ? []
          : [
              profileFix('Send the token (profile)', {
                auth: { type: 'apiKey', name: 'X-Plex-Token', value: '${secret:token}', in: 'query' },
              }),
            ],
    }),
  },
  {
    id: 'rack.hijack',
    status: [500],
    markup: /\b(only partial hijack is supported)\b/,
    says: (seen) => ({
      id: 'upgrade.server-error',
      title: `What runs the Ruby application cannot give it the connection, so there are no WebSockets: "${quoteText(seen.found[1] ?? '', 60)}" (${statusWords(seen.response)})`,
      why: 'Action Cable and faye-websocket take the connection over from the server (full hijack of Rack). WEBrick does not let them; Puma, Passenger under nginx, Thin and Falcon do.',
      fixes: [shellFix('Run it under Puma', 'bundle add puma', 'bundle exec puma')],
    }),
  },
  {
    id: 'weblogic.route',
    status: [404],
    markup: /<TITLE>Error 404--Not Found<\/TITLE>[^]{0,600}From RFC 2068/,
    says: (seen) => ({
      id: 'upgrade.not-found',
      title: `WebLogic has nothing at ${quoteText(pathOf(seen.evidence), 80)}: ${statusWords(seen.response)}`,
      why: 'No application is deployed under this path, or it has no WebSocket there: the context root of the application comes before the path of its endpoint.',
      fixes: [
        textFix(
          'On the server',
          'Compare the path with the context root of the deployed application and the path of its endpoint (@ServerEndpoint).',
        ),
      ],
    }),
  },
  {
    id: 'libsoup.origin',
    status: [403],
    markup: /<title>400 Forbidden<\/title><\/head>\s*<body>Received invalid WebSocket request<\/body>/,
    says: (seen) => ({
      id: 'upgrade.origin-refused',
      title: `libsoup refused ${whichOrigin(seen)}: ${statusWords(seen.response)}`,
      why: 'soup_server_add_websocket_handler was given the one Origin that it takes, and answers so to every other. What else is wrong with a handshake it refuses with 400.',
      fixes: ownOriginFix(seen),
    }),
  },
  {
    id: 'websocketpp.validate',
    status: [400],
    headers: { server: /^WebSocket\+\+\// },
    without: ['sec-websocket-version'],
    empty: true,
    says: (seen) => ({
      id: 'upgrade.bad-request',
      title: `The program under WebSocket++ turned the WebSocket at ${quoteText(pathOf(seen.evidence), 100)} away (its validate handler): a bare ${statusWords(seen.response)}`,
      why: 'WebSocket++ answers so where the validate handler of the program returns false without setting a status: it looks at the path, the Origin, a token or the subprotocols, as it was written to. The handshake itself is well formed.',
      fixes: present(labFix(seen.evidence)),
    }),
  },
  {
    id: 'php.builtin',
    status: [200, 404],
    headers: { date: /GMT$/, connection: /^close$/ },
    without: ['server', 'via'],
    // It writes the Host of the request into its answer.
    also: ({ evidence, header, response }) =>
      header('host') !== '' &&
      header('host') === sentHeader(evidence, 'host') &&
      (header('x-powered-by').startsWith('PHP/') || response.body.text.includes('<code class="url">')),
    says: ({ response }) => ({
      id: response.status < 400 ? 'upgrade.not-websocket' : 'upgrade.not-found',
      title: `PHP's built-in web server (php -S, artisan serve) answered ${statusWords(response)}: it has no WebSockets`,
      why: 'It takes every upgrade for a plain request. A WebSocket server in PHP (Ratchet, Workerman, Reverb, Swoole) is a program of its own, on a port of its own.',
      fixes: [textFix('Next step', 'Start the WebSocket server, and give its port in the address.')],
    }),
  },
  {
    id: 'subprotocol.named',
    status: [400, 403, 406, 426],
    headers: { 'sec-websocket-version': /^\d+$/ },
    also: ({ evidence, header }) =>
      /^[\w.+-]{2,40}$/.test(header('sec-websocket-protocol')) &&
      !evidence.plan.subprotocols.includes(header('sec-websocket-protocol')),
    says: ({ evidence, header, response }) => {
      const token = header('sec-websocket-protocol');
      const offered = evidence.plan.subprotocols;
      return {
        id: 'upgrade.bad-request',
        title: `The server wants the subprotocol ${token}, which was not offered: ${statusWords(response)}`,
        why: `The refusal names it in Sec-WebSocket-Protocol, as Kamailio does. ${offered.length === 0 ? 'None was offered.' : `Offered was ${quoteText(offered.join(', '), 120)}.`}`,
        fixes: [profileFix('Offer it (profile)', { subprotocols: [token] })],
      };
    },
  },
];
