import { ACCEPT, clientFrame, hex, upgradeResponse } from '../../support/rawClient.js';

/** One request to the playground and the bytes that come back for it. */
export interface Row {
  /** As in `paths`. */
  readonly path: string;
  readonly ask: string;
  readonly headers?: readonly string[];
  /** A whole request instead of the opening one. */
  readonly request?: string;
  /** Sent behind the request, in the same write. */
  readonly sends?: Uint8Array;
  /** Everything that comes, in order; of an endless answer its beginning. */
  readonly gives: Buffer;
  /** `peer`: stays open, and the next thing to come is the answer to a ping. `open`: stays open. */
  readonly ends: 'fin' | 'rst' | 'peer' | 'open';
}

const HELLO = clientFrame(1, 'hello');
const ECHOED = hex('81 05 68656c6c6f');

const join = (...parts: (string | Buffer)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)));

/** A right 101 and these bytes. */
const open = (...bytes: (string | Buffer)[]): Buffer => join(upgradeResponse(), ...bytes);

const peer = (path: string, ask: string, gives: Buffer, more: Partial<Row> = {}): Row => ({
  path,
  ask,
  gives,
  ends: 'peer',
  ...more,
});

const echoes = (path: string, gives = upgradeResponse(), headers: readonly string[] = [], ask = path): Row =>
  peer(path, ask, join(gives, ECHOED), { headers, sends: HELLO });

const protocol = (value: string): string => upgradeResponse([`Sec-WebSocket-Protocol: ${value}`]);
const extension = (value: string): string => upgradeResponse([`Sec-WebSocket-Extensions: ${value}`]);
const OFFER = ['Sec-WebSocket-Protocol: chat, news'];
const DEFLATE = ['Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits'];
const text = (payload: string): Buffer => join(Buffer.from([0x81, payload.length]), payload);

const healthy: Row[] = [
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

const refused: Row[] = [
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
  peer('/limit', '/limit?connections=1', open(ECHOED), { sends: HELLO }),
];

const slow: Row[] = [
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

const broken: Row[] = [
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

const handshakes: Row[] = [
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

const CONTEXT = 'permessage-deflate; server_no_context_takeover';
const frame = (path: string, bytes: string, ask = path): Row[] => [
  peer(path, ask, open(hex(bytes))),
  peer(path, `${ask}${ask.includes('?') ? '&' : '?'}same-packet=1`, open(hex(bytes))),
];

const frames: Row[] = [
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
const raw: Row[] = [
  peer('/raw', '/raw?hex=810268690a0b', frameBytes('8102 6869 0a0b')),
  peer('/raw', '/raw?hex=ff&same-packet=1', frameBytes('ff')),
  peer('/raw', '/raw?hex=81036f6e65&chop=1', frameBytes('8103 6f6e65')),
  peer('/raw', '/raw?hex=nothing', open()),
];

const floods: Row[] = [
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

const close = (ask: string, bytes: string, path = '/close/<code>'): Row => ({
  path,
  ask,
  // The Close of the client behind the request is the answer that ends the connection.
  sends: clientFrame(8, hex('03e8')),
  gives: open(hex(bytes)),
  ends: 'fin',
});

const closing: Row[] = [
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

const unauthorized = (challenge: string, message = 'Missing or wrong credential.'): Buffer => {
  const body = JSON.stringify({ error: 'unauthorized', message });
  return join(
    `HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json; charset=utf-8\r\nWWW-Authenticate: ${challenge}\r\n` +
      `Content-Length: ${body.length}\r\n\r\n${body}`,
  );
};

const auth: Row[] = [
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

const MARKUP = "<img src=x onerror=\"document.title='owned'\"></script><script>document.title='owned'</script>";
const LINKS = '[click](command:workbench.action.quit) javascript:alert(1) $(bash) `id` %s%n';
const TERMINAL = '\x1b[2J\x1b]8;;https://evil.example\x07link\x1b]8;;\x07\x1b]0;owned\x07\x9b31m';
const HOSTILE = Buffer.from(
  `${MARKUP} ${LINKS} ${TERMINAL} \u202egnp.exe\u2066\u2069 \u200d\u{1f469}\u200d\u{1f4bb} \ufeff\u2028 =1+1 @SUM(A1) \0 end`,
);
const REASON = Buffer.from(`<img src=x onerror=alert(1)> ${TERMINAL}\u202e`);

const hostile: Row[] = [
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

const dialects: Row[] = [
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

const headers: Row = peer(
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

export const rows: readonly Row[] = [
  ...healthy,
  headers,
  ...refused,
  ...slow,
  ...broken,
  ...handshakes,
  ...frames,
  ...raw,
  ...floods,
  ...hostile,
  ...closing,
  ...auth,
  ...dialects,
];
