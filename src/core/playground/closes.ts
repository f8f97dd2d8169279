import type { Behaviour } from './behaviour.js';
import { encodeClose } from './frame.js';
import { encodeFrame } from '../frames/frameEncoder.js';
import { openPeer, type Peer } from './peer.js';
import type { Visit } from './visit.js';

const WHEN = 'after=0|on=message';

export const closes: readonly Behaviour[] = [
  {
    path: '/close/<code>',
    example: '/close/4401?reason=unauthorized',
    group: 'Closing',
    summary: 'Closes with any code from 0 to 65535, legal or not, after a time or on the first message.',
    parameters: `reason=&${WHEN}&same-packet=0`,
    takes: 'websocket',
    run: (visit) => closeWith(visit, encodeClose(Number(visit.lastSegment) & 0xffff, visit.text('reason', ''))),
  },
  {
    path: '/close-empty',
    group: 'Closing',
    summary: 'A Close frame without a code.',
    parameters: WHEN,
    takes: 'websocket',
    run: (visit) => closeWith(visit, encodeFrame({ opcode: 8 })),
  },
  {
    path: '/close-one-byte',
    group: 'Closing',
    summary: 'A Close frame with half a code.',
    parameters: WHEN,
    takes: 'websocket',
    run: (visit) => closeWith(visit, encodeFrame({ opcode: 8, payload: Buffer.from([3]) })),
  },
  {
    path: '/close-bad-utf8',
    group: 'Closing',
    summary: 'Close 1000 with a reason that is no UTF-8.',
    parameters: WHEN,
    takes: 'websocket',
    run: (visit) => closeWith(visit, encodeFrame({ opcode: 8, payload: Buffer.from([0x03, 0xe8, 0xff, 0xfe]) })),
  },
  {
    path: '/fin',
    group: 'Closing',
    summary: 'Opens, then FIN without a Close frame.',
    parameters: WHEN,
    takes: 'websocket',
    run: (visit) => openThen(visit, () => visit.wire.finish()),
  },
  {
    path: '/rst',
    group: 'Closing',
    summary: 'Opens, then RST, at least 20 ms behind what it last wrote.',
    parameters: WHEN,
    takes: 'websocket',
    run: (visit) => openThen(visit, () => visit.wire.reset()),
  },
  {
    path: '/idle',
    group: 'Closing',
    summary: 'FIN without a Close frame once nothing has come from the client for a while, as proxies do; echoes.',
    parameters: 'ms=1000',
    takes: 'websocket',
    run: idle,
  },
  {
    path: '/fin-before-response',
    group: 'Closing',
    summary: 'Takes the request and answers with FIN.',
    takes: 'anything',
    run: (visit) => visit.wire.finish(),
  },
  {
    path: '/rst-before-response',
    group: 'Closing',
    summary: 'Takes the request and answers with RST.',
    takes: 'anything',
    run: (visit) => visit.wire.reset(),
  },
  {
    path: '/never-close',
    group: 'Not answering',
    summary: 'Echoes, and never answers a Close frame.',
    takes: 'websocket',
    run: (visit) => void openPeer(visit, { answersClose: false }),
  },
  {
    path: '/no-pong',
    group: 'Not answering',
    summary: 'Opens and answers nothing at all: no message, no ping, no Close.',
    takes: 'websocket',
    run: (visit) => void openPeer(visit, { answersPing: false, answersClose: false, onData: null }),
  },
  {
    path: '/echo-no-pong',
    group: 'Not answering',
    summary: 'Echoes messages, and never answers a ping.',
    takes: 'websocket',
    run: (visit) => void openPeer(visit, { answersPing: false }),
  },
  {
    path: '/no-read',
    group: 'Not answering',
    summary: 'Opens and reads nothing more: what is sent piles up at the sender.',
    takes: 'websocket',
    run: (visit) => {
      openPeer(visit, { answersPing: false, answersClose: false, onData: null });
      visit.wire.socket.pause();
    },
  },
  {
    path: '/data-after-close',
    group: 'Closing',
    summary: 'Close 1000 and behind it, in the same packet, a text message.',
    parameters: WHEN,
    takes: 'websocket',
    run: (visit) =>
      closeWith(visit, Buffer.concat([encodeClose(1000), encodeFrame({ opcode: 1, payload: 'after close' })])),
  },
];

function closeWith(visit: Visit, bytes: Buffer): void {
  if (visit.flag('same-packet')) openPeer(visit, { with: bytes }).closing();
  else openThen(visit, (peer) => peer.closeWith(bytes));
}

/** Acts once: `?after` ms after the 101, or on the first message with `?on=message`; echoes until then. */
function openThen(visit: Visit, act: (peer: Peer) => void): void {
  if (visit.text('on', '') === 'message') {
    openPeer(visit, { onData: (_frame, peer) => act(peer) });
    return;
  }
  const peer = openPeer(visit);
  visit.wire.after(visit.milliseconds('after', 0), () => act(peer));
}

function idle(visit: Visit): void {
  const idleMs = visit.milliseconds('ms', 1_000);
  const start = (): NodeJS.Timeout => visit.wire.after(idleMs, () => visit.wire.finish());
  let timer = start();
  openPeer(visit, {
    onAny: () => {
      visit.wire.cancel(timer);
      timer = start();
    },
  });
}
