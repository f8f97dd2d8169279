import type { HeaderPair } from '../base/model.js';
import { encodeFrame } from '../frames/frameEncoder.js';
import type { Behaviour } from './behaviour.js';
import { openAndSend, openPeer } from './peer.js';
import type { Visit } from './visit.js';

const MAX_INTERVAL_MS = 3_600_000;
/** What is kept at most for a client that does not read, however long it does not. */
const MAX_KEPT_BYTES = 134_217_728;
const FULL_BYTES = 1_048_576;

/** What shows itself over many connections, or over time. */
export const experiments: readonly Behaviour[] = [
  {
    path: '/backends',
    group: 'Experiments',
    summary:
      'Plays several backends in turn, named by X-Served-By and a JSON message; cookie=1 keeps a client at its own.',
    parameters: 'count=2&cookie=0',
    takes: 'websocket',
    run: backends,
  },
  {
    path: '/numbers',
    group: 'Experiments',
    summary:
      'Numbered JSON messages; every so manyth is left out, sent twice or sent late. shared=1 counts on between connections.',
    parameters: 'every=100&lose=0&repeat=0&swap=0&shared=0',
    takes: 'websocket',
    run: numbers,
  },
  {
    path: '/watchful',
    group: 'Experiments',
    summary: 'Pings, and ends with FIN whoever has sent nothing by the next ping; echoes.',
    parameters: 'every=1000',
    takes: 'websocket',
    run: watchful,
  },
  {
    path: '/flaky',
    group: 'Experiments',
    summary: 'Echoes, but closes every so manyth connection at once.',
    parameters: 'every=4&code=1011',
    takes: 'websocket',
    run: (visit) => {
      const { book } = visit;
      const every = visit.number('every', 4, 1, 1_000_000);
      const code = visit.number('code', 1011, 1000, 4999);
      const peer = openPeer(visit);
      if (++book.turns % every === 0) visit.wire.after(0, () => peer.close(code, 'flaky'));
    },
  },
  {
    path: '/stream',
    group: 'Experiments',
    summary: 'Binary messages without end; to a client that does not read it keeps them, drops them, or cuts it off.',
    parameters: 'bytes=65536&every=5&full=keep|drop|cut',
    takes: 'websocket',
    run: stream,
  },
];

function jsonFrame(value: unknown): Buffer {
  return encodeFrame({ opcode: 1, payload: JSON.stringify(value) });
}

function backends(visit: Visit): void {
  const count = visit.number('count', 2, 1, 100);
  const known = /(?:^|;\s*)SERVERID=backend-(\d{1,3})(?:;|$)/.exec(visit.header('cookie') ?? '')?.[1];
  const keeps = visit.flag('cookie');
  const number = keeps && known !== undefined ? Number(known) : (visit.book.turns++ % count) + 1;
  const name = `backend-${number}`;
  const cookie: HeaderPair[] = keeps && known === undefined ? [['Set-Cookie', `SERVERID=${name}; Path=/`]] : [];
  openAndSend(visit, jsonFrame({ server_id: name }), { changes: { more: [['X-Served-By', name], ...cookie] } });
}

function numbers(visit: Visit): void {
  const everyMs = visit.number('every', 100, 1, MAX_INTERVAL_MS);
  const [lose, repeat, swap] = ['lose', 'repeat', 'swap'].map((name) => visit.number(name, 0, 0, 1_000_000));
  const falls = (seq: number, every = 0) => every > 0 && seq % every === 0;
  // By the clock, so that it goes on while nobody is there.
  const shared = visit.flag('shared') ? Math.floor(performance.now() / everyMs) : 0;
  const peer = openPeer(visit);
  let seq = shared;
  let late: number | null = null;
  visit.wire.every(everyMs, () => {
    seq += 1;
    if (falls(seq, lose)) return;
    if (falls(seq, swap)) {
      late = seq;
      return;
    }
    peer.sendJson({ seq });
    if (falls(seq, repeat)) peer.sendJson({ seq });
    if (late !== null) peer.sendJson({ seq: late });
    late = null;
  });
}

function watchful(visit: Visit): void {
  let isAlive = true;
  const peer = openPeer(visit, { onAny: () => (isAlive = true) });
  visit.wire.every(visit.number('every', 1_000, 1, MAX_INTERVAL_MS), () => {
    if (!isAlive) {
      visit.wire.finish();
      return;
    }
    isAlive = false;
    peer.write(encodeFrame({ opcode: 9, payload: 'alive?' }));
  });
}

function stream(visit: Visit): void {
  const message = encodeFrame({ opcode: 2, payload: Buffer.alloc(visit.number('bytes', 65_536, 1, 1_048_576)) });
  const full = visit.text('full', 'keep');
  openPeer(visit, { onData: null });
  visit.wire.every(visit.number('every', 5, 1, MAX_INTERVAL_MS), () => {
    const kept = visit.wire.socket.writableLength;
    if (kept > MAX_KEPT_BYTES || (full === 'cut' && kept > FULL_BYTES)) visit.wire.socket.destroy();
    else if (full === 'keep' || kept < FULL_BYTES) visit.wire.write(message);
  });
}
