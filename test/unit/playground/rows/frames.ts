import { hex, upgradeResponse } from '../../../support/rawClient.js';
import { join, open, peer, echoes, extension, DEFLATE, type Row } from './row.js';

const CONTEXT = 'permessage-deflate; server_no_context_takeover';
const frame = (path: string, bytes: string, ask = path): Row[] => [
  peer(path, ask, open(hex(bytes))),
  peer(path, `${ask}${ask.includes('?') ? '&' : '?'}same-packet=1`, open(hex(bytes))),
];

export const frames: Row[] = [
  ...frame('/masked', '81 86 37fa213d 5a9b5256529e'),
  ...frame('/bad-utf8', '81 07 68656c6c6fc328'),
  ...frame('/bad-utf8-fragments', '01 04 cebae1bd 00 03 b9eda0 80 03 806564'),
  ...frame('/bad-opcode', '83 06 6f70636f6465'),
  ...frame('/bad-opcode', '8f 06 6f70636f6465', '/bad-opcode?opcode=15'),
  ...frame('/rsv', 'c1 08 7265736572766564'),
  ...frame('/rsv', 'a1 08 7265736572766564', '/rsv?bit=2'),
  ...frame('/rsv', '91 08 7265736572766564', '/rsv?bit=3'),
  ...frame('/orphan-continuation', '80 06 6f727068616e'),
  ...frame('/interrupted-fragments', '01 0a 66697273742068616c66 81 0f 616e6f74686572206d657373616765'),
  ...frame('/fragmented-ping', '09 04 70696e67'),
  ...frame('/long-ping', `89 7e 007e ${'70'.repeat(126)}`),
  ...frame('/declared', '82 7f 0000010000000000'),
  ...frame('/declared', '82 7f ffffffffffffffff', '/declared?bytes=18446744073709551615'),
  ...frame('/half-frame', '81 64 66697273742074656e2e'),
  peer('/bad-deflate', '/bad-deflate', join(extension(CONTEXT), hex('c1 06 ffffffffffff')), { headers: DEFLATE }),
  peer('/bomb', '/bomb?bytes=0', join(extension(CONTEXT), hex('c2 01 00')), { headers: DEFLATE }),
];

const frameBytes = (digits: string): Buffer => open(hex(digits));
export const raw: Row[] = [
  peer('/raw', '/raw?hex=810268690a0b', frameBytes('8102 6869 0a0b')),
  peer('/raw', '/raw?hex=ff&same-packet=1', frameBytes('ff')),
  peer('/raw', '/raw?hex=81036f6e65&chop=1', frameBytes('8103 6f6e65')),
  peer('/raw', '/raw?hex=nothing', open()),
];

export const floods: Row[] = [
  peer('/big', '/big?bytes=70000', open(hex('81 7f 0000000000011170'), Buffer.alloc(70_000, '0123456789abcdef'))),
  peer('/binary', '/binary?bytes=4', open(hex('82 04 00010203'))),
  peer('/fragments', '/fragments?count=3', open('\x01\x0bfragment 1;', '\x00\x0bfragment 2;', '\x80\x0bfragment 3;')),
  peer('/fragments', '/fragments?count=3&empty=1', open(hex('0100 0000 8000'))),
  peer('/flood', '/flood?count=3&bytes=5', open(hex('82050000000000 82050000000100 82050000000200'))),
  peer(
    '/ping-flood',
    '/ping-flood?count=10',
    open('\x89\x011\x89\x012\x89\x013\x89\x014\x89\x015\x89\x016\x89\x017\x89\x018\x89\x019\x89\x0210'),
  ),
];

const MARKUP = "<img src=x onerror=\"document.title='owned'\"></script><script>document.title='owned'</script>";
const LINKS = '[click](command:workbench.action.quit) javascript:alert(1) $(bash) `id` %s%n';
const TERMINAL = '\x1b[2J\x1b]8;;https://evil.example\x07link\x1b]8;;\x07\x1b]0;owned\x07\x9b31m';
const HOSTILE = Buffer.from(
  `${MARKUP} ${LINKS} ${TERMINAL} \u202egnp.exe\u2066\u2069 \u200d\u{1f469}\u200d\u{1f4bb} \ufeff\u2028 =1+1 @SUM(A1) \0 end`,
);
const REASON = Buffer.from(`<img src=x onerror=alert(1)> ${TERMINAL}\u202e`);

export const hostile: Row[] = [
  {
    path: '/hostile/refusal',
    ask: '/hostile/refusal',
    gives: join(
      `HTTP/1.1 403 Forbidden ${MARKUP}\r\nContent-Type: text/html; charset=utf-8\r\nServer: ${MARKUP} ${LINKS} =1+1\r\n` +
        `Content-Length: ${HOSTILE.length}\r\n\r\n`,
      HOSTILE,
    ),
    ends: 'open',
  },
  echoes('/hostile/headers', upgradeResponse([`X-Playground: ${MARKUP} ${LINKS} =1+1`])),
  peer(
    '/hostile/message',
    '/hostile/message',
    open(hex(`81 7e ${HOSTILE.length.toString(16).padStart(4, '0')}`), HOSTILE),
  ),
  {
    path: '/hostile/close',
    ask: '/hostile/close',
    gives: open(Buffer.from([0x88, REASON.length + 2]), hex('0fa0'), REASON),
    ends: 'open',
  },
];
