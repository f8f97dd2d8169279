import { hex, upgradeResponse } from '../../../support/rawClient.js';
import { ECHOED, HELLO, join, open, peer, type Row, text } from './row.js';

const served = (...more: readonly string[]) => upgradeResponse(['X-Served-By: backend-1', ...more]);
const numbered = (...numbers: readonly number[]) => numbers.map((seq) => text(`{"seq":${seq}}`));
const ALIVE = hex('89 06 616c6976653f');

export const experiments: readonly Row[] = [
  peer('/backends', '/backends?count=1', join(served(), text('{"server_id":"backend-1"}'))),
  peer(
    '/backends',
    '/backends?count=1&cookie=1',
    join(served('Set-Cookie: SERVERID=backend-1; Path=/'), text('{"server_id":"backend-1"}')),
  ),
  peer('/backends', '/backends?count=9&cookie=1', join(served(), text('{"server_id":"backend-1"}')), {
    headers: ['Cookie: a=b; SERVERID=backend-1'],
  }),
  { path: '/numbers', ask: '/numbers?every=1', gives: open(...numbered(1, 2, 3, 4)), ends: 'open' },
  {
    path: '/numbers',
    ask: '/numbers?every=1&lose=3&repeat=2',
    gives: open(...numbered(1, 2, 2, 4, 4, 5)),
    ends: 'open',
  },
  { path: '/numbers', ask: '/numbers?every=1&swap=3', gives: open(...numbered(1, 2, 4, 3, 5)), ends: 'open' },
  { path: '/watchful', ask: '/watchful?every=20', gives: open(ALIVE), ends: 'fin' },
  peer('/watchful', '/watchful?every=3600000', open(ECHOED), { sends: HELLO }),
  {
    path: '/flaky',
    ask: '/flaky?every=1',
    gives: open(hex('88 07 03f3 666c616b79')),
    ends: 'open',
  },
  peer('/weather', '/weather?at=5', open(ECHOED), { sends: HELLO }),
  peer('/weather', '/weather?at=54&ms=20', open(ECHOED), { sends: HELLO }),
  {
    path: '/stream',
    ask: '/stream?bytes=2&every=1',
    gives: open(hex('82 02 0000 82 02 0000 82 02 0000')),
    ends: 'open',
  },
];
