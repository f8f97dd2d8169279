import { answer, ascii, closedWith, evidenceOf, type EvidenceParts, refusedWith } from '../../support/evidence.js';
import type { FrameViolation } from '../../../src/core/base/frame.js';
import type { Case } from './case.js';

const TEXT = { 'Content-Type': 'text/plain' };
const JSON_ = { 'Content-Type': 'application/json' };
const atOnce = (code: number, parts: EvidenceParts = {}) => closedWith(code, '', parts);
const mqtt = { plan: { subprotocols: ['mqtt'] }, report: { subprotocol: { offered: ['mqtt'], selected: 'mqtt' } } };
const asked = { message: { send: { json: { event: 'subscribe' } }, expect: 'any' as const, samples: 1 } };
const said = (message: unknown) =>
  evidenceOf({ response: answer(101), plan: asked, messages: [JSON.stringify(message)] });
const broken = (text: string) =>
  evidenceOf({
    failure: { phase: 'upgrade', kind: 'malformed', message: 'A line ends with a bare LF' },
    stream: { firstBytes: ascii(text), bytesReceived: text.length },
  });
const ended = (text: string, kind: 'end' | 'not-http' = 'end') =>
  evidenceOf({
    failure: { phase: 'upgrade', kind, message: 'The peer ended the connection' },
    stream: { firstBytes: ascii(text), bytesReceived: text.length, getAnswer: 'HTTP/1.1 404 Not Found' },
  });
const violation = (hex: string): FrameViolation => ({
  id: 'frame.reserved-bits',
  message: 'Reserved bits are set.',
  wireOffset: 0,
  hex,
});
const from = (origin: string) => ({ plan: { origin }, requestHeaders: [['Origin', origin]] as const });
const iot = (message: string) =>
  refusedWith(
    answer(
      403,
      { ...JSON_, 'x-amzn-errortype': 'ForbiddenException:' },
      JSON.stringify({ message, traceId: 'a-b-c-d-e-f' }),
    ),
    { url: 'wss://example.test/mqtt?X-Amz-Date=19700101T080004Z&X-Amz-Signature=77145f96' },
  );
const hangsUp = (parts: Parameters<typeof evidenceOf>[0] & { readonly get: string | null }) =>
  evidenceOf({
    failure: { phase: 'upgrade', kind: 'end' },
    ...parts,
    stream: { getAnswer: parts.get, answersTls: false, ...parts.stream },
    report: {
      looks: [
        {
          reason: 'get',
          atMs: 1,
          address: '127.0.0.1:8080',
          request: 'GET / HTTP/1.1',
          response: parts.get,
          error: parts.get === null ? 'The peer ended the connection without an answer.' : null,
        },
      ],
    },
  });

/** Kinds of answers out of public reports, each beside answers that look alike and mean something else. */
export const reportedKindCases: readonly Case[] = [
  [
    'a refusal whose lines end in bare LF',
    broken('HTTP/1.1 429 Too Many Requests\nContent-Type: text/plain\n\nToo many requests'),
    ['upgrade.rate-limited', 'upgrade.malformed'],
    /^The server is limiting new connections: 429 Too Many Requests/,
  ],
  [
    'a refusal with a header that is none',
    broken('HTTP/1.1 401 Unauthorized\r\nthis is no header\r\n\r\n'),
    ['upgrade.unauthorized', 'upgrade.malformed'],
    /^The server wants credentials/,
  ],
  [
    'an upgrade whose lines end in bare LF',
    broken('HTTP/1.1 101 Switching Protocols\nUpgrade: websocket\n\n'),
    ['upgrade.malformed'],
    /broken HTTP/,
  ],
  [
    'a servlet that takes WebSockets alone, within a page',
    refusedWith(
      answer(
        400,
        { Server: 'nginx/1.18.0', 'Content-Type': 'text/html' },
        '<h2>HTTP ERROR 400 only WS connections accepted here</h2><table><tr><th>URI:</th><td>/agents/</td></tr></table>',
      ),
    ),
    ['upgrade.headers-stripped'],
    /^nginx between here and the WebSocket server removed the Upgrade header/,
  ],
  [
    'a library that saw another protocol than WebSocket',
    refusedWith(answer(400, {}, 'not websocket protocol')),
    ['upgrade.headers-stripped'],
    /did not see the upgrade/,
  ],
  [
    'a room that is for one kind of connections',
    refusedWith(answer(400, TEXT, 'this room takes only two connections')),
    ['upgrade.bad-request'],
  ],
  [
    'an Origin where nothing tells of a list',
    refusedWith(answer(403), from('http://localhost:3000')),
    ['upgrade.origin-refused'],
    /^The server refused the origin http:\/\/localhost:3000, as it seems/,
  ],
  [
    'an Origin that a header speaks of',
    refusedWith(answer(403, { 'X-CLI-Error': 'Unexpected request origin' }), from('http://localhost:3000')),
    ['upgrade.origin-refused'],
    /^The server refused the origin http:\/\/localhost:3000: 403/,
  ],
  [
    'a token that is repeated before what is said of it',
    refusedWith(
      answer(
        401,
        TEXT,
        `invalid token: eyJhbGciOiJIUzI1NiJ9.${'a'.repeat(200)}.${'b'.repeat(43)}, error: token not valid yet (nbf)`,
      ),
      { url: 'ws://example.test/rtc?access_token=x' },
    ),
    ['upgrade.unauthorized'],
    /with the words "invalid token: …, error: token not valid yet \(nbf\)"/,
  ],
  [
    'words in an envelope of their own',
    refusedWith(
      answer(400, JSON_, '{"ErrorModel":{"Message":"this path should be proxied to the hub"},"Message":"","error":""}'),
    ),
    ['upgrade.bad-request'],
    /with the words "this path should be proxied to the hub"/,
  ],
  [
    'a word for the error, beside the name of a person',
    refusedWith(answer(401, JSON_, '{"error":"invalid_auth","user":"Ann Example"}')),
    ['upgrade.unauthorized'],
    /with the words "invalid_auth"/,
  ],
  [
    'a signature of another time',
    iot('Signature expired: 19700101T080004Z is now earlier than 20190220T022819Z'),
    ['upgrade.forbidden'],
    /with the words "Signature expired: 19700101T080004Z/,
  ],
  [
    'a signature of which nothing is said',
    iot('Forbidden'),
    ['upgrade.forbidden'],
    /is not accepted \(403 Forbidden\)\.$/,
  ],
  [
    'who is known by a header alone, and says something of his own',
    refusedWith(answer(403, { Server: 'awselb/2.0' }, 'The token has expired')),
    ['upgrade.forbidden'],
    /^The AWS load balancer.*with the words "The token has expired"/,
  ],
  [
    'libwebsockets without a subprotocol of its own',
    hangsUp({ get: 'HTTP/1.1 403 Forbidden', stream: { getServer: 'libwebsockets' } }),
    ['upgrade.closed'],
    /^libwebsockets hangs up \(FIN\) on the upgrade: it has no handler for the subprotocol \(none was offered\)/,
  ],
  [
    'a port that is usually that of MQTT',
    hangsUp({ get: null, url: 'ws://127.0.0.1:1883/' }),
    ['upgrade.closed'],
    /port 1883 is usually that of MQTT, which speaks no HTTP/,
  ],
  [
    'a close of the best kind, at once',
    atOnce(1000),
    ['close.rejected'],
    /closed it at once, with 1000 \(Normal Closure\) and without a word: .*\(none was offered\), as it seems/,
  ],
  [
    'a close of the best kind, at once, where a subprotocol was offered',
    atOnce(1000, { plan: { subprotocols: ['chat'] } }),
    ['close.rejected'],
    /nothing there takes this path, or it turned the client away, as it seems\.$/,
  ],
  [
    'a close of the best kind behind a greeting',
    atOnce(1000, { messages: ['{"type":"bye"}'] }),
    ['close.rejected'],
    /^The server accepted the connection, then closed it with 1000/,
  ],
  [
    'a broker that waits for no CONNECT',
    atOnce(1005, mqtt),
    ['close.rejected'],
    /^The server took the subprotocol mqtt and closed the WebSocket at once/,
  ],
  [
    'a limit of streams under the code of a size',
    closedWith(1009, '', { plan: asked, messages: ['{"data":{"code":429,"message":"max streams limit reached"}}'] }),
    ['close.too-big'],
    /^The server said "max streams limit reached"/,
  ],
  [
    'a client of the protocol before, under a code of OBS',
    closedWith(4010, 'You appear to be attempting to connect with the pre-5.0.0 plugin protocol', {
      messages: ['{"d":{"obsWebSocketVersion":"5.0.0","rpcVersion":1},"op":0}'],
    }),
    ['close.rejected'],
    /pre-5\.0\.0 plugin protocol/,
  ],
  [
    'a no in one word',
    evidenceOf({ response: answer(101), plan: asked, messages: ['{"t":"ck","s":"NOT_OK"}'] }),
    ['message.error'],
    /: s: NOT_OK\.$/,
  ],
  ['a yes in one word', evidenceOf({ response: answer(101), plan: asked, messages: ['{"t":"ck","s":"OK"}'] }), []],
  [
    'a share that is called like a no',
    evidenceOf({ response: answer(101), plan: asked, messages: ['{"s":"NOK","price":4.02}'] }),
    [],
  ],
  ['an app that is well', evidenceOf({ response: answer(101), plan: asked, messages: ['Your app is up to date'] }), []],
  [
    'an Origin of no site, and words about something else',
    refusedWith(answer(403, TEXT, 'invalid CSRF token'), from('null')),
    ['upgrade.forbidden'],
    /"invalid CSRF token"/,
  ],
  [
    'an error of an API for trading, with its words',
    evidenceOf({
      response: answer(101),
      plan: asked,
      messages: ['{"stat":"Not_Ok","emsg":"Session Expired : Invalid Session Key"}'],
    }),
    ['message.auth-refused'],
    /Session Expired/,
  ],
  [
    'a frame of Spring that does not say why',
    evidenceOf({
      response: answer(101),
      plan: { subprotocols: ['v12.stomp'] },
      messages: ['ERROR\nmessage:Failed to send message to ExecutorSubscribableChannel[clientInboundChannel]\n\n\0'],
    }),
    ['message.auth-refused'],
    /Failed to send message to ExecutorSubscribableChannel/,
  ],
  [
    'a stream of gzip behind the 101',
    evidenceOf({
      response: answer(101),
      failure: { phase: 'message', kind: 'protocol' },
      stream: { openForMs: 3, violation: violation('1f 8b 08 00 00 00 00 00') },
    }),
    ['frame.reserved-bits'],
    /^A gzip stream came after the 101 in place of frames/,
  ],
  [
    'reserved bits of another kind behind the 101',
    evidenceOf({
      response: answer(101),
      failure: { phase: 'message', kind: 'protocol' },
      stream: { openForMs: 3, violation: violation('1f 8c 08 00 00 00 00 00') },
    }),
    ['frame.reserved-bits'],
    /reserved bits set/,
  ],
  [
    'an Origin of no site',
    refusedWith(answer(403, TEXT, 'permission denied'), from('file://')),
    ['upgrade.origin-refused'],
    /^The server refused the origin file:\/\/, as it seems.*"permission denied"/,
  ],
  [
    'a permission that a site has not',
    refusedWith(answer(403, TEXT, 'permission denied'), from('https://shop.test')),
    ['upgrade.forbidden'],
    /^The server refuses this client.*"permission denied"/,
  ],
  [
    'a reset of upgrades alone',
    hangsUp({
      failure: { phase: 'upgrade', kind: 'reset' },
      get: 'HTTP/1.1 200 OK',
    }),
    ['upgrade.closed'],
    /^The server is up and hangs up \(RST\) on the upgrade.*a plain GET/,
  ],
  [
    'a status that says no within an envelope',
    said({ stream: 'authorization', data: { status: 'unauthorized', action: 'authenticate' } }),
    ['message.auth-refused'],
    /refused the client in a message: status: unauthorized/,
  ],
  [
    'a login that was not understood',
    said({ success: false, ret_msg: 'Params Error', op: 'auth', conn_id: 'c' }),
    ['message.auth-refused'],
    /refused the client in a message: Params Error/,
  ],
  [
    'a stream of XMPP that was not opened as one',
    evidenceOf({
      response: answer(101),
      plan: asked,
      messages: [
        "<stream:error xmlns:stream='http://etherx.jabber.org/streams'><not-well-formed xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>",
      ],
    }),
    ['message.error'],
    /stream error: not-well-formed/,
  ],
  [
    'what a status is said to mean, behind a proxy that drops upgrades',
    refusedWith(
      answer(
        400,
        { ...JSON_, Server: 'openresty' },
        '{"error":{"code":400,"reason":"Bad Request","description":"The request could not be understood by the server due to malformed syntax."}}',
      ),
    ),
    ['upgrade.bad-request'],
    /^The server finds something wrong with the request, or nginx before it took the upgrade away/,
  ],
  [
    'a key of the handshake that did not arrive',
    refusedWith(answer(400, { ...TEXT, Server: 'nginx' }, 'WebSocket Protocol Error: Unable to parse WebSocket key.')),
    ['upgrade.headers-stripped'],
    /^The server did not see the Sec-WebSocket-Key header that was sent, behind nginx/,
  ],
  [
    'words that are a text of JSON',
    refusedWith(answer(400, JSON_, '"Invalid transport"')),
    ['upgrade.bad-request'],
    /the words "Invalid transport"/,
  ],
  ['a status of an order', said({ channel: 'orders', data: { status: 'rejected', price: 3 } }), []],
  ['a status of somebody else', said({ type: 'presence', user: { status: 'denied' } }), []],
  [
    'what failed, and why',
    said({ type: 'error', message: 'Failed to subscribe', reason: 'No channels provided' }),
    ['message.error'],
    /: Failed to subscribe: No channels provided\.$/,
  ],
  [
    'a greeting before a close that says why',
    closedWith(1000, 'STOMP died', { messages: ['CONNECTED\nversion:1.2\n\n\0'] }),
    ['close.rejected'],
    /^The server accepted the connection, then closed it with 1000 .*STOMP died/,
  ],
  [
    'a complaint before a close that says good-bye',
    closedWith(1000, 'bye', { messages: ['{"message":"Please log in"}'] }),
    ['close.rejected'],
    /^The server said "Please log in"/,
  ],
  [
    'a wordless refusal of a key that was sent',
    refusedWith(answer(403, { ...JSON_, Server: 'cloudflare' }, ''), {
      requestHeaders: [['Authorization', 'Bearer x']],
    }),
    ['upgrade.forbidden'],
  ],
  [
    'a program that failed and calls that a login',
    refusedWith(answer(401, JSON_, '{"error":{"message":"not enough values to unpack (expected 2, got 1)"}}')),
    ['upgrade.unauthorized'],
    /^The server failed over the request, and answered 401/,
  ],
  [
    'an error of a name that is one of a program',
    refusedWith(answer(401, TEXT, 'ValueError: Invalid token'), { requestHeaders: [['Authorization', 'Bearer x']] }),
    ['upgrade.unauthorized'],
    /^The server did not accept the credentials/,
  ],
  [
    'a token that was looked at, beside a scheme that is offered to browsers',
    refusedWith(answer(401, { ...JSON_, 'WWW-Authenticate': 'Basic realm="x"' }, '{"error":"jwt expired"}'), {
      plan: { auth: { type: 'bearer', token: 'x' } },
      requestHeaders: [['Authorization', 'Bearer x']],
    }),
    ['upgrade.unauthorized'],
    /^The server did not accept the credentials/,
  ],
  [
    'an application that did not answer in time',
    refusedWith(answer(503, TEXT, 'Application failed to respond within time limit.')),
    ['upgrade.unavailable'],
    /^The connection is turned away: 503/,
  ],
  [
    'an address of Socket.IO 0.9',
    refusedWith(answer(400, { 'Content-type': 'text/html' }, '{"code":0,"message":"Transport unknown"}'), {
      url: 'ws://example.test/socket.io/1/websocket/4d4f185e96a7b',
    }),
    ['upgrade.bad-request'],
    /^The address is one of Socket\.IO 0\.9/,
  ],
  [
    'a container that the kubelet does not have',
    refusedWith(
      answer(
        500,
        JSON_,
        '{"kind":"Status","message":"unable to upgrade connection: container not found (\\"web\\")","code":500}',
      ),
    ),
    ['upgrade.server-error'],
    /did not open the stream: "unable to upgrade connection: container not found \('web'\)"/,
  ],
  [
    'a message that says why before a code of a good end',
    closedWith(1000, '', { messages: ['{"error":"ASR model is not loaded."}'] }),
    ['close.rejected'],
    /^The server said "ASR model is not loaded\.", then closed/,
  ],
  [
    'a refusal that ends behind its first line',
    ended('HTTP/1.1 400 Bad Request'),
    ['upgrade.bad-request'],
    /: a bare 400 Bad Request without a single header/,
  ],
  [
    'a refusal that ends in its head',
    ended('HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm="x"\r\n'),
    ['upgrade.unauthorized'],
    /^The server wants credentials, and none were sent: 401 Unauthorized/,
  ],
  [
    'a good answer that ends in its head',
    ended('HTTP/1.1 101 Switching Proto'),
    ['upgrade.closed'],
    /in the middle of/,
  ],
  [
    'a rejection with a number below 200',
    ended('HTTP/1.1 102 gtfo\r\nConnection: close\r\nX-WebSocket-Reject-Reason: gtfo\r\n\r\n'),
    ['upgrade.closed'],
    /^The server turned the upgrade away with "102 gtfo", as it seems/,
  ],
  [
    'an interim answer that nothing follows',
    ended('HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n'),
    ['upgrade.closed'],
    /^The server sent 103 Early Hints, and closed the connection without the answer/,
  ],
  [
    'a head that is set in like the code around it',
    ended('\n        HTTP/1.1 101 Switching Protocols\r\n        Upgrade: websocket\r\n\r\n', 'not-http'),
    ['upgrade.not-http'],
    /: blanks or an empty line stand before "HTTP\/1\.1 101 Switching Protocols"/,
  ],
  [
    'what a program printed before its head',
    ended(
      'Warning: Undefined variable $x in /srv/ws.php on line 7\nHTTP/1.1 101 Switching Protocols\r\n\r\n',
      'not-http',
    ),
    ['upgrade.not-http'],
    /: "Warning: Undefined variable \$x .*" stands before "HTTP\/1\.1 101/,
  ],
  [
    'another protocol that speaks of HTTP',
    ended('220 mail.test ESMTP, this is no HTTP/1.1 200 server\r\n', 'not-http'),
    ['upgrade.not-http'],
    /answered/,
  ],
  [
    'a client certificate that a server wants in HTTP',
    refusedWith(
      answer(401, { 'Content-Type': 'text/html' }, '<b>Message</b> No client certificate chain in this request'),
      {
        url: 'wss://example.test/chat',
      },
    ),
    ['tls.client-certificate-required'],
  ],
  ['a payment', refusedWith(answer(402)), ['upgrade.bad-request'], /^The server refuses the request: 402/],
];
