import { ACCEPT, hex, upgradeResponse } from '../../../support/rawClient.js';
import { join, open, echoes, protocol, extension, OFFER, DEFLATE, type Row } from './row.js';

const notHttp = (kind: string, bytes: string | Buffer): Row => ({
  path: '/not-http',
  ask: `/not-http?kind=${kind}`,
  gives: join(bytes),
  ends: 'fin',
});
const HTML =
  '<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n';
const malformed = (kind: string, head: string): Row => echoes('/malformed', head, [], `/malformed?kind=${kind}`);
const FIRST_LINE = 'HTTP/1.1 101 Switching Protocols';

export const broken: Row[] = [
  notHttp('ssh', 'SSH-2.0-OpenSSH_9.6\r\nInvalid SSH identification string.\r\n'),
  notHttp('html', HTML),
  notHttp(
    'h2',
    hex(
      '000012040000000000000300000080000400010000000500ffffff0000040800000000007fff00000000080700000000000000000000000001',
    ),
  ),
  notHttp('icy', 'ICY 200 OK\r\nicy-name: Playground Radio\r\ncontent-type: audio/mpeg\r\n\r\n'),
  notHttp('smtp', '220 mail.example.com ESMTP Postfix\r\n221 2.7.0 Error: I can break rules, too. Goodbye.\r\n'),
  notHttp('tls-alert', hex('15030300020246')),
  notHttp('redis', "-ERR wrong number of arguments for 'get' command\r\n"),
  { path: '/random', ask: '/random?seed=7&bytes=16', gives: hex('2c125e96e7f495ab2dd85b63127c65cd'), ends: 'fin' },
  malformed('bare-lf', upgradeResponse().replaceAll('\r\n', '\n')),
  malformed('nul', upgradeResponse(['X-Playground: a\0b'])),
  malformed('no-colon', upgradeResponse(['X-Playground without a colon'])),
  malformed('escape-in-reason', upgradeResponse().replace(FIRST_LINE, 'HTTP/1.1 101 Switching\x1b[31m Protocols')),
  malformed('http2-version', upgradeResponse().replace(FIRST_LINE, 'HTTP/2.0 101 Switching Protocols')),
  malformed('bad-status', upgradeResponse().replace(FIRST_LINE, 'HTTP/1.1 1O1 Switching Protocols')),
  { path: '/html-after-101', ask: '/html-after-101', gives: open(HTML), ends: 'fin' },
  {
    path: '/http-after-101',
    ask: '/http-after-101',
    gives: open(
      `HTTP/1.1 502 Bad Gateway\r\nServer: nginx/1.22.1\r\nContent-Type: text/html\r\nContent-Length: 110\r\n\r\n${HTML}`,
    ),
    ends: 'fin',
  },
];

const accept = (path: string, ...values: string[]): Row =>
  echoes(
    path,
    upgradeResponse().replace(
      `Sec-WebSocket-Accept: ${ACCEPT}\r\n`,
      values.map((value) => `Sec-WebSocket-Accept: ${value}\r\n`).join(''),
    ),
  );

export const handshakes: Row[] = [
  accept('/accept/wrong', 'cGxheWdyb3VuZC13cm9uZy1rZXk='),
  accept('/accept/missing'),
  accept('/accept/duplicated', ACCEPT, ACCEPT),
  accept('/accept/lowercase', 's3pplmbitxaq9kygzzhzrbk+xoo='),
  echoes('/upgrade/missing-upgrade', upgradeResponse().replace('Upgrade: websocket\r\n', '')),
  echoes('/upgrade/missing-connection', upgradeResponse().replace('Connection: Upgrade\r\n', '')),
  echoes('/upgrade/h2c', upgradeResponse().replace('websocket', 'h2c')),
  echoes('/upgrade/keep-alive-upgrade', upgradeResponse().replace(': Upgrade', ': keep-alive, Upgrade')),
  echoes('/body-on-101', upgradeResponse(['Content-Length: 13'])),
  echoes('/body-on-101', upgradeResponse(['Transfer-Encoding: chunked']), [], '/body-on-101?kind=chunked'),
  echoes('/subprotocol/first', protocol('chat'), OFFER),
  echoes('/subprotocol/first'),
  echoes('/subprotocol/none', upgradeResponse(), OFFER),
  echoes('/subprotocol/other', protocol('other.playground'), OFFER),
  echoes('/subprotocol/case', protocol('CHAT'), OFFER),
  echoes('/subprotocol/several', protocol('chat, news'), OFFER),
  echoes('/subprotocol/unrequested', protocol('unrequested.playground')),
  echoes(
    '/subprotocol/duplicated',
    upgradeResponse(['Sec-WebSocket-Protocol: chat', 'Sec-WebSocket-Protocol: chat']),
    OFFER,
  ),
  echoes('/extension/unrequested', extension('permessage-deflate')),
  echoes('/extension/unknown', extension('x-playground'), DEFLATE),
  echoes('/extension/bad-parameter', extension('permessage-deflate; playground=1'), DEFLATE),
  echoes('/extension/duplicate', extension('permessage-deflate, permessage-deflate'), DEFLATE),
  echoes('/extension/window-bits', extension('permessage-deflate; server_max_window_bits=7'), DEFLATE),
];
