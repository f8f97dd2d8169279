import { seededRandom } from '../base/random.js';
import type { Behaviour } from './behaviour.js';
import { openPeer } from './peer.js';
import { formatHead } from './cannedResponse.js';
import { upgradeHead, upgradeHeaders } from './upgrade.js';
import type { Visit } from './visit.js';

const HTML =
  '<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n';
const HTTP = `HTTP/1.1 502 Bad Gateway\r\nServer: nginx/1.22.1\r\nContent-Type: text/html\r\nContent-Length: ${HTML.length}\r\n\r\n${HTML}`;

/** What other protocols say to an HTTP request; hex where it is no text. */
const OTHER_PROTOCOLS: Readonly<Record<string, string | Buffer>> = {
  ssh: 'SSH-2.0-OpenSSH_9.6\r\nInvalid SSH identification string.\r\n',
  html: HTML,
  // SETTINGS, WINDOW_UPDATE and GOAWAY(PROTOCOL_ERROR), as nginx answers HTTP/1.1 on an HTTP/2 port.
  h2: Buffer.from(
    '000012040000000000000300000080000400010000000500ffffff' +
      '0000040800000000007fff0000' +
      '0000080700000000000000000000000001',
    'hex',
  ),
  icy: 'ICY 200 OK\r\nicy-name: Playground Radio\r\ncontent-type: audio/mpeg\r\n\r\n',
  smtp: '220 mail.example.com ESMTP Postfix\r\n221 2.7.0 Error: I can break rules, too. Goodbye.\r\n',
  // TLS alert: fatal, protocol_version.
  'tls-alert': Buffer.from('15030300020246', 'hex'),
  redis: "-ERR wrong number of arguments for 'get' command\r\n",
};

export const notHttp: readonly Behaviour[] = [
  {
    path: '/not-http',
    group: 'Not HTTP',
    summary: 'Answers in another protocol, then FIN.',
    parameters: `kind=${Object.keys(OTHER_PROTOCOLS).join('|')}`,
    takes: 'anything',
    run: (visit) => visit.wire.finish(OTHER_PROTOCOLS[visit.text('kind', 'ssh')] ?? OTHER_PROTOCOLS['ssh']),
  },
  {
    path: '/random',
    group: 'Not HTTP',
    summary: 'Random bytes instead of HTTP, the same for the same seed, then FIN.',
    parameters: 'seed=1&bytes=4096',
    takes: 'anything',
    run: (visit) => {
      const next = randomBytes(visit.number('seed', 1, 0, 0xffff_ffff));
      let left = visit.number('bytes', 4_096, 0, 1_073_741_824);
      visit.wire.stream(
        () => {
          const size = Math.min(left, 65_536);
          left -= size;
          return size === 0 ? null : next(size);
        },
        () => visit.wire.finish(),
      );
    },
  },
  {
    path: '/malformed',
    group: 'Not HTTP',
    summary: 'A 101 that is no correct HTTP; it opens and echoes for clients that do not mind.',
    parameters: 'kind=bare-lf|nul|no-colon|escape-in-reason|http2-version|bad-status',
    takes: 'websocket',
    run: malformed,
  },
  {
    path: '/html-after-101',
    group: 'Broken frames',
    summary: 'A right 101, then an HTML page and FIN.',
    takes: 'websocket',
    run: (visit) => visit.wire.finish(upgradeHead(visit) + HTML),
  },
  {
    path: '/http-after-101',
    group: 'Broken frames',
    summary: 'A right 101, then an HTTP answer and FIN.',
    takes: 'websocket',
    run: (visit) => visit.wire.finish(upgradeHead(visit) + HTTP),
  },
];

const MALFORMED: Readonly<Record<string, (visit: Visit) => string>> = {
  'bare-lf': (visit) => upgradeHead(visit).replaceAll('\r\n', '\n'),
  nul: (visit) => upgradeHead(visit, { more: [['X-Playground', 'a\0b']] }),
  'no-colon': (visit) => upgradeHead(visit).replace(/\r\n$/, 'X-Playground without a colon\r\n\r\n'),
  'escape-in-reason': (visit) => formatHead('HTTP/1.1 101 Switching\x1b[31m Protocols', upgradeHeaders(visit)),
  'http2-version': (visit) => formatHead('HTTP/2.0 101 Switching Protocols', upgradeHeaders(visit)),
  'bad-status': (visit) => formatHead('HTTP/1.1 1O1 Switching Protocols', upgradeHeaders(visit)),
};

function malformed(visit: Visit): void {
  const kind = visit.text('kind', 'bare-lf');
  openPeer(visit, { head: (MALFORMED[kind] ?? MALFORMED['bare-lf']!)(visit) });
}

function randomBytes(seed: number): (size: number) => Buffer {
  const random = seededRandom(seed);
  // The low bits of 32.
  return (size) => Buffer.from(Array.from({ length: size }, () => Math.floor(random() * 2 ** 32) & 0xff));
}
