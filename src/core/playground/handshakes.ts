import type { Behaviour } from './behaviour.js';
import { openPeer } from './peer.js';
import { acceptOf, type UpgradeChanges } from './upgrade.js';
import type { Visit } from './visit.js';

type Change = UpgradeChanges | ((visit: Visit) => UpgradeChanges);

/** A 101 that gets one thing wrong (or unusual); the connection echoes behind it for clients that do not mind. */
function handshake(path: string, summary: string, change: Change, parameters?: string): Behaviour {
  return {
    path,
    group: 'Broken handshake',
    summary,
    ...(parameters === undefined ? {} : { parameters }),
    takes: 'websocket',
    run: (visit) => void openPeer(visit, { changes: typeof change === 'function' ? change(visit) : change }),
  };
}

const rightAccept = (visit: Visit): string => acceptOf(visit.header('sec-websocket-key') ?? '');
// Twenty bytes, as a SHA-1 has.
const WRONG_ACCEPT = Buffer.from('playground-wrong-key').toString('base64');

export const handshakes: readonly Behaviour[] = [
  handshake('/accept/wrong', '101 with a Sec-WebSocket-Accept that is not that of the key.', {
    accept: [WRONG_ACCEPT],
  }),
  handshake('/accept/missing', '101 without Sec-WebSocket-Accept.', { accept: [] }),
  handshake('/accept/duplicated', '101 with the right Sec-WebSocket-Accept twice.', (visit) => ({
    accept: [rightAccept(visit), rightAccept(visit)],
  })),
  handshake('/accept/lowercase', '101 with the right Sec-WebSocket-Accept in lower case.', (visit) => ({
    accept: [rightAccept(visit).toLowerCase()],
  })),
  handshake('/upgrade/missing-upgrade', '101 without an Upgrade header.', { upgrade: null }),
  handshake('/upgrade/missing-connection', '101 without a Connection header.', { connection: null }),
  handshake('/upgrade/h2c', '101 to another protocol: Upgrade: h2c.', { upgrade: 'h2c' }),
  handshake('/upgrade/keep-alive-upgrade', 'A right 101 that says Connection: keep-alive, Upgrade.', {
    connection: 'keep-alive, Upgrade',
  }),
  handshake(
    '/body-on-101',
    '101 that announces a body, which RFC 9110 forbids.',
    (visit) => ({
      more:
        visit.text('kind', 'content-length') === 'chunked'
          ? [['Transfer-Encoding', 'chunked']]
          : [['Content-Length', '13']],
    }),
    'kind=content-length|chunked',
  ),
  handshake('/subprotocol/first', 'Selects the first subprotocol offered.', {}),
  handshake('/subprotocol/none', 'Selects no subprotocol, whatever is offered.', { subprotocol: [] }),
  handshake('/subprotocol/other', 'Selects a subprotocol that was not offered.', { subprotocol: ['other.playground'] }),
  handshake('/subprotocol/case', 'Selects the first subprotocol offered, in another case.', (visit) => ({
    subprotocol: [swapCase(visit.offered[0] ?? 'playground')],
  })),
  handshake('/subprotocol/several', 'Answers with two subprotocols in one header.', (visit) => ({
    subprotocol: [`${visit.offered[0] ?? 'first.playground'}, ${visit.offered[1] ?? 'second.playground'}`],
  })),
  handshake('/subprotocol/unrequested', 'Selects a subprotocol though none is offered.', (visit) => ({
    subprotocol: visit.offered.length > 0 ? visit.offered.slice(0, 1) : ['unrequested.playground'],
  })),
  handshake('/subprotocol/duplicated', 'Selects the first subprotocol offered, in two headers.', (visit) => {
    const token = visit.offered[0] ?? 'playground';
    return { subprotocol: [token, token] };
  }),
  handshake('/extension/unrequested', 'Accepts permessage-deflate, offered or not.', {
    extensions: ['permessage-deflate'],
  }),
  handshake('/extension/unknown', 'Accepts an extension nobody has heard of.', { extensions: ['x-playground'] }),
  handshake('/extension/bad-parameter', 'Accepts permessage-deflate with an unknown parameter.', {
    extensions: ['permessage-deflate; playground=1'],
  }),
  handshake('/extension/duplicate', 'Accepts permessage-deflate twice.', {
    extensions: ['permessage-deflate, permessage-deflate'],
  }),
  handshake('/extension/window-bits', 'Accepts permessage-deflate with a window of 7 bits, where 8 to 15 are legal.', {
    extensions: ['permessage-deflate; server_max_window_bits=7'],
  }),
];

function swapCase(text: string): string {
  return text.replaceAll(/[A-Za-z]/g, (letter) => (letter < 'a' ? letter.toLowerCase() : letter.toUpperCase()));
}
