import { clientFrame, hex, upgradeResponse } from '../../../support/rawClient.js';
import { HELLO, ECHOED, join, open, peer, echoes, protocol, extension, OFFER, DEFLATE, text, type Row } from './row.js';

export const healthy: Row[] = [
  peer('/echo', '/echo', join(extension('permessage-deflate'), hex('c1 07 ca48cdc9c90700')), {
    headers: DEFLATE,
    sends: HELLO,
  }),
  peer('/echo', '/echo?compression=off', open(ECHOED), { headers: DEFLATE, sends: HELLO }),
  peer('/echo', '/echo', join(protocol('chat'), hex('82 02 0001')), {
    headers: OFFER,
    sends: clientFrame(2, hex('0001')),
  }),
  peer('/echo', '/', open(ECHOED), { sends: HELLO }),
  peer(
    '/welcome',
    '/welcome?same-packet=1',
    open(text('{"type":"welcome","server":"playground","server_id":"playground-1","version":1}')),
  ),
  peer('/reply', '/reply', open(text('pong')), { sends: HELLO }),
  peer('/reply', '/reply?text=%7B%7D', open(text('{}')), { sends: HELLO }),
  peer('/silence', '/silence', open(), { sends: HELLO }),
  peer(
    '/cookie',
    '/cookie',
    join(upgradeResponse(['Set-Cookie: session=playground; Path=/; HttpOnly']), text('[["a","1"],["b","x=y"]]')),
    { headers: ['Cookie: a=1; b=x=y'] },
  ),
  { path: '/ping', ask: '/ping?every=1', gives: open(hex('89 01 31 89 01 32 89 01 33')), ends: 'open' },
];

export const headers: Row = peer(
  '/headers',
  '/headers',
  open(
    hex('81 7e 00e0'),
    '[["Host","server.example.com"],["Upgrade","websocket"],["Connection","Upgrade"],' +
      '["Sec-WebSocket-Key","dGhlIHNhbXBsZSBub25jZQ=="],["Sec-WebSocket-Version","13"],' +
      '["x-lOWer","a  b"],["X-Twice","1"],["x-twice","2"],["Empty",""]]',
  ),
  { headers: ['x-lOWer:  a  b ', 'X-Twice: 1', 'x-twice: 2', 'Empty:'] },
);

const redirect = (path: string, location: string, ask = path): Row => ({
  path,
  ask,
  gives: join(`HTTP/1.1 302 Found\r\nLocation: ${location}`),
  ends: 'open',
});

export const refused: Row[] = [
  {
    path: '/status/<code>',
    ask: '/status/503',
    gives: join(
      'HTTP/1.1 503 Service Unavailable\r\ncache-control: no-cache\r\ncontent-type: text/html\r\nconnection: close\r\n' +
        'Content-Length: 107\r\n\r\n<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>\n',
    ),
    ends: 'fin',
  },
  {
    path: '/redirect',
    ask: '/redirect?to=wss://other.example/a%0d%0ab&status=307',
    gives: join(
      'HTTP/1.1 307 Temporary Redirect\r\nLocation: wss://other.example/a%0D%0Ab\r\nContent-Type: text/plain; charset=utf-8\r\n' +
        'Content-Length: 44\r\n\r\nRedirecting to wss://other.example/a%0D%0Ab\n',
    ),
    ends: 'open',
  },
  redirect('/redirect/relative', '../echo\r\n'),
  redirect('/redirect/secure', 'https://127.0.0.1:'),
  redirect('/redirect/plain', 'http://127.0.0.1:'),
  redirect('/redirect/loop', '/redirect/loop\r\n'),
  redirect('/redirect/chain', '/redirect/chain?count=2\r\n'),
  redirect('/redirect/chain', '/echo\r\n', '/redirect/chain?count=1'),
  redirect('/redirect/metadata', 'http://169.254.169.254/latest/meta-data/\r\n'),
  peer('/limit', '/limit?connections=1', open(ECHOED), { sends: HELLO }),
];

export const slow: Row[] = [
  echoes('/slow-upgrade', upgradeResponse(), [], '/slow-upgrade?ms=5'),
  echoes('/slow-echo', upgradeResponse(), [], '/slow-echo?ms=5'),
  // The second waits, the third does not wait for it.
  peer('/slow-echo', '/slow-echo?ms=20&every=2', open(hex('810131 810133 810132')), {
    sends: Buffer.concat(['1', '2', '3'].map((payload) => clientFrame(1, payload))),
  }),
  { path: '/trickle', ask: '/trickle?ms=1&part=status', gives: join('HTTP/1.1 404 Not Not'), ends: 'open' },
  {
    path: '/trickle',
    ask: '/trickle?ms=1&part=headers',
    gives: join('HTTP/1.1 404 Not Found\r\nX-Trickle: drop\r\nX'),
    ends: 'open',
  },
  {
    path: '/trickle',
    ask: '/trickle?ms=1&part=body',
    gives: join('HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 1073741824\r\n\r\ndrop drop d'),
    ends: 'open',
  },
  { path: '/never', ask: '/never', gives: join(), ends: 'open' },
  {
    path: '/endless-headers',
    ask: '/endless-headers',
    gives: join(
      `HTTP/1.1 200 OK\r\nX-Endless-1: ${'a'.repeat(200)}\r\nX-Endless-2: ${'a'.repeat(200)}\r\nX-Endless-3: a`,
    ),
    ends: 'open',
  },
  {
    path: '/endless-body',
    ask: '/endless-body?status=401',
    gives: join(
      'HTTP/1.1 401 Unauthorized\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n',
      Buffer.alloc(16_384, 'playground '),
      'playground play',
    ),
    ends: 'open',
  },
  {
    path: '/endless-body',
    ask: '/endless-body?chunked=1',
    gives: join(
      'HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n4000\r\n',
      Buffer.alloc(16_384, 'playground '),
      '\r\n4000\r\nplay',
    ),
    ends: 'open',
  },
  echoes(
    '/large-headers',
    upgradeResponse([`X-Padding: ${'p'.repeat(987)}`, `X-Padding: ${'p'.repeat(487)}`]),
    [],
    '/large-headers?bytes=1500',
  ),
  echoes(
    '/informational',
    'HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n'.repeat(2) + upgradeResponse(),
    [],
    '/informational?count=2',
  ),
  echoes('/informational', `HTTP/1.1 100 Continue\r\n\r\n${upgradeResponse()}`, [], '/informational?status=100'),
];
