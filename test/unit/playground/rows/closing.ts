import { clientFrame, hex } from '../../../support/rawClient.js';
import { HELLO, ECHOED, join, open, peer, type Row } from './row.js';

const close = (ask: string, bytes: string, path = '/close/<code>'): Row => ({
  path,
  ask,
  // The Close of the client behind the request is the answer that ends the connection.
  sends: clientFrame(8, hex('03e8')),
  gives: open(hex(bytes)),
  ends: 'fin',
});

export const closing: Row[] = [
  ...['same-packet=1', 'on=message', 'after=5'].map((when) => ({
    ...close(`/close/4401?reason=no&${when}`, '88 04 1131 6e6f'),
    sends: Buffer.concat(when === 'on=message' ? [HELLO, clientFrame(8, hex('1131'))] : []),
    ends: when === 'on=message' ? ('fin' as const) : ('open' as const),
  })),
  ...['0', '1005', '1006', '65535'].map((code) => ({
    ...close(`/close/${code}`, `88 02 ${Number(code).toString(16).padStart(4, '0')}`),
    sends: Buffer.alloc(0),
    ends: 'open' as const,
  })),
  { ...close('/close-empty?on=message', '88 00', '/close-empty'), sends: Buffer.concat([HELLO, clientFrame(8)]) },
  {
    ...close('/close-one-byte?on=message', '88 01 03', '/close-one-byte'),
    sends: Buffer.concat([HELLO, clientFrame(8)]),
  },
  {
    ...close('/close-bad-utf8?on=message', '88 04 03e8 fffe', '/close-bad-utf8'),
    sends: Buffer.concat([HELLO, clientFrame(8)]),
  },
  {
    path: '/data-after-close',
    ask: '/data-after-close',
    gives: open(hex('8802 03e8 810b 616674657220636c6f7365')),
    ends: 'open',
  },
  { path: '/fin', ask: '/fin', gives: open(), ends: 'fin' },
  { path: '/fin', ask: '/fin?on=message', sends: HELLO, gives: open(), ends: 'fin' },
  { path: '/rst', ask: '/rst', gives: open(), ends: 'rst' },
  { path: '/rst', ask: '/rst?on=message', sends: HELLO, gives: open(), ends: 'rst' },
  { path: '/idle', ask: '/idle?ms=20', sends: HELLO, gives: open(ECHOED), ends: 'fin' },
  { path: '/fin-before-response', ask: '/fin-before-response', gives: join(), ends: 'fin' },
  { path: '/rst-before-response', ask: '/rst-before-response', gives: join(), ends: 'rst' },
  peer('/never-close', '/never-close', open(ECHOED), { sends: Buffer.concat([clientFrame(8, hex('03e8')), HELLO]) }),
  {
    path: '/no-pong',
    ask: '/no-pong',
    sends: Buffer.concat([HELLO, clientFrame(9), clientFrame(8)]),
    gives: open(),
    ends: 'open',
  },
  {
    path: '/echo-no-pong',
    ask: '/echo-no-pong',
    sends: Buffer.concat([clientFrame(9), HELLO]),
    gives: open(ECHOED),
    ends: 'open',
  },
  { path: '/no-read', ask: '/no-read', sends: Buffer.concat([HELLO, clientFrame(9)]), gives: open(), ends: 'open' },
];
