import type { Behaviour } from './behaviour.js';
import { encodeFrame } from '../frames/frameEncoder.js';
import { openAndSend, openPeer } from './peer.js';
import { respond } from './response.js';
import type { Visit } from './visit.js';

const MARKUP = "<img src=x onerror=\"document.title='owned'\"></script><script>document.title='owned'</script>";
const LINKS = '[click](command:workbench.action.quit) javascript:alert(1) $(bash) `id` %s%n';
const TERMINAL = '\x1b[2J\x1b]8;;https://evil.example\x07link\x1b]8;;\x07\x1b]0;owned\x07\x9b31m';
const UNICODE = '\u202egnp.exe\u2066\u2069 \u200d\u{1f469}\u200d\u{1f4bb} \ufeff\u2028 =1+1 @SUM(A1)';

/** Text that means something to every place it must not mean anything in. */
const HOSTILE_TEXT = `${MARKUP} ${LINKS} ${TERMINAL} ${UNICODE} \0 end`;
// What HTTP allows in a field: visible ASCII and spaces.
const HOSTILE_FIELD = `${MARKUP} ${LINKS} =1+1`;

export const hostile: readonly Behaviour[] = [
  {
    path: '/hostile/refusal',
    group: 'Hostile text',
    summary: 'Refuses with 403; markup, links and terminal escapes in headers and body.',
    takes: 'anything',
    run: refuse,
  },
  {
    path: '/hostile/headers',
    group: 'Hostile text',
    summary: 'A right 101 with markup and links in a header, then echoes.',
    takes: 'websocket',
    run: (visit) => void openPeer(visit, { changes: { more: [['X-Playground', HOSTILE_FIELD]] } }),
  },
  {
    path: '/hostile/message',
    group: 'Hostile text',
    summary: 'A text message of markup, links, terminal escapes and bidirectional controls, then echoes.',
    takes: 'websocket',
    run: (visit) => void openAndSend(visit, encodeFrame({ opcode: 1, payload: HOSTILE_TEXT })),
  },
  {
    path: '/hostile/close',
    group: 'Hostile text',
    summary: 'Closes 4000 with a reason of markup and terminal escapes.',
    takes: 'websocket',
    run: (visit) => {
      const peer = openPeer(visit);
      visit.wire.after(0, () => peer.close(4000, `<img src=x onerror=alert(1)> ${TERMINAL}\u202e`));
    },
  },
];

function refuse(visit: Visit): void {
  respond(visit, {
    status: 403,
    reason: `Forbidden ${MARKUP}`,
    headers: [
      ['Content-Type', 'text/html; charset=utf-8'],
      ['Server', HOSTILE_FIELD],
    ],
    body: HOSTILE_TEXT,
  });
}
