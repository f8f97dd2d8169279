import { quoteText } from '../base/plainText.js';
import { sentHeader, statusWords } from './facts.js';
import type { Known } from './knownAnswer.js';
import { ownOriginFix, whichOrigin } from './knownServers.js';
import { profileFix } from './snippets/profile.js';
import { textFix } from './snippets/shell.js';

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
