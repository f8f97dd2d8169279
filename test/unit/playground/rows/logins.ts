import { createHash } from 'node:crypto';
import { clientFrame, hex, upgradeResponse } from '../../../support/rawClient.js';
import { HELLO, ECHOED, join, open, peer, echoes, protocol, OFFER, text, type Row } from './row.js';

const unauthorized = (challenge: string | readonly string[], message = 'Missing or wrong credential.'): Buffer => {
  const challenges = [challenge]
    .flat()
    .map((each) => `WWW-Authenticate: ${each}\r\n`)
    .join('');
  const body = JSON.stringify({ error: 'unauthorized', message });
  return join(
    `HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json; charset=utf-8\r\n${challenges}` +
      `Content-Length: ${body.length}\r\n\r\n${body}`,
  );
};

/** RFC 2617 3.2.2.1 by hand: MD5, without the names that it defaults to. */
function digestOf(uri: string, nonce: string): string {
  const md5 = (content: string) => createHash('md5').update(content).digest('hex');
  const response = md5(`${md5('user:playground:pass')}:${nonce}:00000001:c:auth:${md5(`GET:${uri}`)}`);
  return `Digest username="user", realm="playground", nonce="${nonce}", uri="${uri}", qop=auth, nc=00000001, cnonce="c", response="${response}"`;
}

export const auth: Row[] = [
  echoes('/auth/bearer', upgradeResponse(), ['Authorization: Bearer playground']),
  {
    path: '/auth/bearer',
    ask: '/auth/bearer',
    gives: unauthorized('Bearer realm="playground", error="invalid_token"'),
    ends: 'open',
  },
  echoes('/auth/basic', upgradeResponse(), ['Authorization: Basic dXNlcjpwYXNz']),
  {
    path: '/auth/basic',
    ask: '/auth/basic',
    headers: ['Authorization: Basic dXNlcjp3cm9uZw=='],
    gives: unauthorized('Basic realm="playground", charset="UTF-8"'),
    ends: 'open',
  },
  {
    path: '/auth/digest',
    ask: '/auth/digest',
    gives: unauthorized(
      ['SHA-256', 'MD5'].map(
        (algorithm) => `Digest realm="playground", qop="auth", algorithm=${algorithm}, nonce="cGxheWdyb3VuZA"`,
      ),
    ),
    ends: 'open',
  },
  echoes('/auth/digest', upgradeResponse(), [`Authorization: ${digestOf('/auth/digest', 'cGxheWdyb3VuZA')}`]),
  echoes('/auth/key', upgradeResponse(), ['x-api-key: playground']),
  echoes('/auth/key', upgradeResponse(), [], '/auth/key?api_key=playground'),
  { path: '/auth/key', ask: '/auth/key', gives: unauthorized('ApiKey realm="playground"'), ends: 'open' },
  echoes('/auth/subprotocol', protocol('token.playground'), ['Sec-WebSocket-Protocol: token.playground']),
  echoes('/auth/subprotocol', protocol('chat'), ['Sec-WebSocket-Protocol: token.playground, chat']),
  {
    path: '/auth/subprotocol',
    ask: '/auth/subprotocol',
    headers: OFFER,
    gives: unauthorized('Subprotocol realm="playground"', 'Offer the subprotocol token.playground.'),
    ends: 'open',
  },
  peer('/auth/first-message', '/auth/first-message', open(text('{"type":"auth_ok"}'), ECHOED), {
    sends: Buffer.concat([clientFrame(1, '{"type":"auth","token":"playground"}'), HELLO]),
  }),
  {
    path: '/auth/first-message',
    ask: '/auth/first-message',
    sends: Buffer.concat([clientFrame(1, '{"token":'), clientFrame(8, hex('1131'))]),
    gives: open(text('{"type":"auth_invalid","message":"Invalid token"}'), hex('880e 1131'), 'Unauthorized'),
    ends: 'fin',
  },
  {
    path: '/auth/first-message',
    ask: '/auth/first-message?ms=5',
    gives: open(hex('8818 1138'), 'Authentication timeout'),
    ends: 'open',
  },
  echoes('/origin', upgradeResponse(), ['Origin: https://app.example.com']),
  {
    path: '/origin',
    ask: '/origin',
    headers: ['Origin: https://evil.example'],
    gives: join(
      'HTTP/1.1 403 Forbidden\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: 53\r\n\r\n' +
        '{"error":"forbidden","message":"Origin not allowed."}',
    ),
    ends: 'open',
  },
];

const GRAPHQL = ['Sec-WebSocket-Protocol: graphql-transport-ws'];
const graphql = (sent: readonly string[], answer: Buffer, ask = '/graphql'): Row => ({
  path: '/graphql',
  ask,
  headers: GRAPHQL,
  sends: Buffer.concat(sent.map((message) => clientFrame(1, message))),
  gives: join(protocol('graphql-transport-ws'), answer),
  ends: 'open',
});
const closed = (code: number, reason: string): Buffer =>
  join(Buffer.from([0x88, reason.length + 2, code >> 8, code & 255]), reason);
const INIT = '{"type":"connection_init"}';
const ACK = text('{"type":"connection_ack"}');
const SUBSCRIBE = '{"type":"subscribe","id":"1","payload":{"query":"{ n }"}}';

const said = (path: string, sent: readonly string[], answer: Buffer, ends: Row['ends'] = 'peer'): Row => ({
  path,
  ask: path,
  sends: Buffer.concat(sent.map((message) => clientFrame(1, message))),
  gives: open(answer),
  ends,
});
const LOGIN = '{"type":"login","user":"ann","password":"playground"}';
const WELCOME = text('{"type":"welcome","user":"ann","token":"token-of-ann"}');

export const conversations: Row[] = [
  said(
    '/login',
    [LOGIN, '{"type":"subscribe","topic":"a","token":"token-of-ann"}'],
    join(
      WELCOME,
      text('{"type":"subscribed","topic":"a"}'),
      ...[1, 2, 3].map((number) => text(`{"type":"event","topic":"a","number":${number}}`)),
    ),
  ),
  said(
    '/login',
    ['{"type":"login","user":"ann","password":"guess"}'],
    join(text('{"type":"error","message":"Wrong user or password"}'), closed(4401, 'Unauthorized')),
    'open',
  ),
  said(
    '/login',
    [LOGIN, '{"type":"subscribe","topic":"a","token":"token-of-bob"}'],
    join(WELCOME, text('{"type":"error","message":"Not logged in"}'), closed(4401, 'Unauthorized')),
    'open',
  ),
  said(
    '/chat',
    ['{"type":"join","user":"ann"}', '{"type":"say","text":"to nobody"}'],
    text('{"type":"joined","user":"ann"}'),
  ),
  said('/chat', ['{"type":"say","text":"hi"}'], closed(4400, 'Join first, then say'), 'open'),
  said('/chat', ['['], closed(4400, 'Join first, then say'), 'open'),
];

export const dialects: Row[] = [
  graphql(
    [INIT, '{"type":"ping"}', '{"type":"ping","payload":{"n":1}}'],
    join(ACK, text('{"type":"pong"}'), text('{"type":"pong","payload":{"n":1}}')),
  ),
  graphql(
    [INIT, SUBSCRIBE],
    join(
      ACK,
      ...[1, 2, 3].map((count) => text(`{"id":"1","type":"next","payload":{"data":{"count":${count}}}}`)),
      text('{"id":"1","type":"complete"}'),
    ),
  ),
  graphql([INIT, INIT], join(ACK, closed(4429, 'Too many initialisation requests'))),
  graphql(['{"type":"connection_init","payload":{"token":"bad"}}'], closed(4403, 'Forbidden')),
  graphql([SUBSCRIBE], closed(4401, 'Unauthorized')),
  graphql([INIT, SUBSCRIBE, SUBSCRIBE], join(ACK, closed(4409, 'Subscriber for 1 already exists'))),
  graphql([INIT, '{"type":"subscribe","id":1}'], join(ACK, closed(4400, 'Invalid message received'))),
  graphql(['{"type":'], closed(4400, 'Invalid message received')),
  graphql([], closed(4408, 'Connection initialisation timeout'), '/graphql?ms=5'),
  { path: '/graphql', ask: '/graphql', gives: open(closed(4406, 'Subprotocol not acceptable')), ends: 'open' },
  {
    path: '/refuse-login',
    ask: '/refuse-login?dialect=graphql-ws',
    headers: ['Sec-WebSocket-Protocol: graphql-ws'],
    sends: HELLO,
    gives: join(
      protocol('graphql-ws'),
      text('{"type":"connection_error","payload":{"message":"Unauthorized"}}'),
      closed(1011, 'Unauthorized'),
    ),
    ends: 'open',
  },
  ...[
    ['socket.io', text('44{"message":"Unauthorized"}')] as const,
    ['signalr', text('{"error":"Handshake was canceled: Unauthorized."}\x1e')] as const,
    ['wamp', text('[3,{"message":"no such realm"},"wamp.error.no_such_realm"]')] as const,
    ['mqtt', hex('82 04 20020005')] as const,
    ['home-assistant', text('{"type":"auth_invalid","message":"Invalid access token or password"}')] as const,
  ].map(
    ([dialect, answer]): Row => ({
      path: '/refuse-login',
      ask: `/refuse-login?dialect=${dialect}`,
      sends: HELLO,
      gives: open(answer, closed(1000, '')),
      ends: 'open',
    }),
  ),
];
