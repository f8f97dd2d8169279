import {
  answer,
  closedWith,
  evidenceOf,
  type EvidenceParts,
  frameRecord,
  refusedWith,
} from '../../support/evidence.js';
import type { Case } from './case.js';

const opened = (parts: EvidenceParts) => evidenceOf({ response: answer(101), ...parts });
const gone = (kind: 'end' | 'reset', parts: EvidenceParts = {}) =>
  opened({
    ...parts,
    failure: { phase: 'message', kind },
    stream: { endedBy: kind === 'end' ? 'server-fin' : 'server-reset', openForMs: 8, ...parts.stream },
  });
const silent = (
  kind: 'end' | 'timeout',
  getAnswer: string | null,
  url = 'ws://127.0.0.1:8080/chat',
  subprotocols: readonly string[] = [],
) =>
  evidenceOf({
    url,
    plan: { subprotocols },
    failure: { phase: 'upgrade', kind },
    stream: { getAnswer, answersTls: kind === 'end' ? false : null },
    report: {
      looks: [
        {
          reason: 'get',
          atMs: 1,
          address: '127.0.0.1:8080',
          request: 'GET /chat HTTP/1.1',
          response: getAnswer,
          error: getAnswer === null ? 'The peer ended the connection without an answer.' : null,
        },
      ],
    },
  });
const page = (title: string, text: string) => `<html><head><title>${title}</title></head><body>${text}</body></html>`;
const HTML = { 'Content-Type': 'text/html' };
const TOMCAT =
  '<h1>HTTP Status 400 – Bad Request</h1><p><b>Type</b> Exception Report</p><p><b>Message</b> Invalid character found in the request target</p><p><b>Description</b> The server cannot or will not process the request</p>';

/** Answers of servers that people run, as they came from them. */
export const peopleMeetCases: readonly Case[] = [
  [
    'a gateway that takes the route over TLS alone',
    refusedWith(answer(426, { Upgrade: 'TLS/1.2, HTTP/1.1' }, '{"message":"Please use HTTPS protocol"}')),
    ['tls.required'],
    /^The server takes this address over TLS only \(wss\): 426.*Please use HTTPS/,
  ],
  [
    'IIS that wants TLS (403.4)',
    refusedWith(answer(403, HTML, page('403', '<h2>403 - Forbidden: SSL is required to view this resource.</h2>'))),
    ['tls.required'],
    /over TLS only/,
  ],
  [
    'a route of http4s that saw no upgrade',
    refusedWith(answer(501, { 'Content-Type': 'text/plain' }, 'This is a WebSocket route.')),
    ['upgrade.headers-stripped'],
    /did not see the upgrade/,
  ],
  [
    'Prosody without the subprotocol of XMPP',
    refusedWith(
      answer(501, HTML, page('501 Not Implemented', '<h1>501 Not Implemented</h1><p>That’s all I know.</p>')),
      {
        url: 'ws://example.test:5280/xmpp-websocket',
      },
    ),
    ['upgrade.bad-request'],
    /no subprotocol was offered, as xmpp wants it/,
  ],
  [
    'JupyterHub whose server does not run',
    refusedWith(answer(424, {}, '{"message":"JupyterHub server no longer running at /user/ann"}')),
    ['upgrade.bad-request'],
    /^The server refuses the request: 424.*no longer running/,
  ],
  [
    'Tomcat, whose page says why in a line of its table',
    refusedWith(answer(400, HTML, page('HTTP Status 400 – Bad Request', TOMCAT))),
    ['upgrade.bad-request'],
    /with the words "Invalid character found in the request target"/,
  ],
  [
    'a plain answer of H2O',
    refusedWith(answer(200, { Server: 'h2o/2.2.5' }, 'page')),
    ['upgrade.not-websocket'],
    /: H2O, which passes no upgrade on/,
  ],
  [
    'a subprotocol that the words name',
    refusedWith(answer(400, {}, 'Failed to open a WebSocket connection: invalid subprotocol; expected one of chat.')),
    ['upgrade.bad-request'],
    /expected one of chat/,
  ],
  [
    'a reason in the status line alone',
    refusedWith({ ...answer(403, HTML, page('403: Token expired', '403: Token expired')), reason: 'Token expired' }),
    ['upgrade.forbidden'],
    /403 Token expired\.$/,
  ],
  [
    'an upgrade that nobody took, on a server that is up',
    silent('timeout', 'HTTP/1.1 404 Not Found'),
    ['upgrade.timeout'],
    /^The server is up and did not answer the upgrade.*nothing there takes WebSockets/,
  ],
  [
    'an upgrade that was hung up on, where a GET is refused',
    silent('end', 'HTTP/1.1 403 Forbidden'),
    ['upgrade.closed'],
    /^The server is up and hangs up \(FIN\).*lets nobody in there/,
  ],
  [
    'an end at once',
    gone('end'),
    ['close.dropped'],
    /^The WebSocket opened, and the server hung up at once \(FIN after 8\.00 ms\)/,
  ],
  [
    'an end at once, behind nginx',
    gone('end', { response: answer(101, { Server: 'nginx' }) }),
    ['close.dropped'],
    /opened through nginx/,
  ],
  ['a reset at once', gone('reset'), ['close.reset'], /the connection was reset at once/],
  [
    'a frame that a server finds broken',
    closedWith(1002, 'Invalid frame header'),
    ['close.rejected'],
    /^The server accepted the connection, then closed it with 1002 \(Protocol Error: Invalid frame header\)/,
  ],
  [
    'a result before a normal end',
    closedWith(1000, 'done', { messages: ['{"event":"result","value":42}'] }),
    ['close.rejected'],
    /closed it with 1000 \(Normal Closure: done\)/,
  ],
  [
    'XMPP of Prosody, in single quotes',
    opened({
      messages: [
        "<stream:error xmlns:stream='http://etherx.jabber.org/streams'><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>",
      ],
    }),
    ['message.auth-refused'],
    /\(xmpp\).*host-unknown/,
  ],
  [
    'Pusher over its quota',
    opened({
      messages: ['{"event":"pusher:error","data":{"code":4004,"message":"Application is over connection quota"}}'],
    }),
    ['message.auth-refused'],
    /4004: Application is over connection quota/,
  ],
  [
    'a refusal that crossed our Close',
    closedWith(4003, 'device unknown', { failure: null }, 250),
    ['close.rejected'],
    /closed the connection: "device unknown" \(4003/,
  ],
  ['a good end that crossed ours', closedWith(1000, 'bye', { failure: null }, 250), []],
  [
    'a reason in JSON',
    closedWith(4000, '{"code":"ROOM_FULL","message":"Room is full (8/8)"}'),
    ['close.rejected'],
    /Room is full \(8\/8\)/,
  ],
  [
    'a reason in JSON, cut where a reason must end',
    closedWith(
      4001,
      '{"message":"Your session has expired, sign in again at https://app.example.test/login?back=%2Fchat%2Frooms%2F4',
    ),
    ['close.rejected'],
    /^The server closed the connection: "Your session has expired, sign in again/,
  ],
  [
    'an error that an API sends with 200',
    refusedWith(answer(200, { 'Content-Type': 'application/json' }, '{"ok":false,"error":"invalid_auth"}')),
    ['upgrade.not-websocket'],
    /^The server answered 200 OK instead of upgrading, with the words "invalid_auth"\.$/,
  ],
  [
    'a login that was asked for, and did not come',
    evidenceOf({
      failure: { phase: 'message', kind: 'end', code: 'end' },
      response: answer(101),
      messages: ['{"type":"auth_required","ha_version":"2026.1"}'],
      stream: { openForMs: 425, endedBy: 'server-fin', bytesReceived: 177 },
    }),
    ['close.dropped'],
    /^After the message "auth_required": The server ended the connection \(FIN\)/,
  ],
  [
    'an interim answer and nothing after it',
    evidenceOf({
      failure: { phase: 'upgrade', kind: 'timeout', code: 'timeout' },
      stream: { bytesReceived: 25, firstBytes: Buffer.from('HTTP/1.1 100 Continue\r\n\r\n') },
    }),
    ['upgrade.timeout'],
    /^The server sent 100 Continue, and then no answer to the upgrade request within /,
  ],
  [
    'a deployment that does not exist',
    refusedWith(answer(404, {}, '{"error":{"message":"The API deployment for this resource does not exist."}}')),
    ['upgrade.not-found'],
    /^The server says that what was asked for is not there/,
  ],
  [
    'AppSync in its first answer',
    opened({
      messages: ['{"payload":{"errors":[{"message":"Permission denied","errorCode":401}]},"type":"connection_error"}'],
    }),
    ['message.auth-refused'],
    /refused the client in a message: Permission denied/,
  ],
  [
    'Front Door that knows no such name',
    refusedWith(answer(400, HTML, page('Bad Request', "<h2>Our services aren't available right now</h2>"))),
    ['upgrade.not-found'],
    /^Azure Front Door has no endpoint or route for this name/,
  ],
  [
    'a page with entities',
    refusedWith(answer(503, HTML, page('Site maintenance', '<h1>We&rsquo;ll be back soon &#x2013; promised</h1>'))),
    ['upgrade.unavailable'],
    /We’ll be back soon – promised/,
  ],
  [
    'a project in the path that is not known',
    refusedWith(answer(401, { 'Content-Type': 'text/plain' }, 'invalid project id')),
    ['upgrade.unauthorized'],
    /does not know whose address this is.*invalid project id/,
  ],
  [
    'an event stream',
    refusedWith(answer(200, { 'Content-Type': 'text/event-stream' }, 'data: hi')),
    ['upgrade.not-websocket'],
    /with a stream of Server-Sent Events instead of upgrading/,
  ],
  [
    'Apigee without a proxy for the path',
    refusedWith(
      answer(
        404,
        { 'Content-Type': 'application/json' },
        '{"fault":{"faultstring":"Unable to identify proxy for host: default"}}',
      ),
    ),
    ['upgrade.not-found'],
    /Unable to identify proxy/,
  ],
  [
    'websockets (Python) behind nginx as it comes: HTTP/1.0, and no upgrade',
    refusedWith(
      answer(
        400,
        { Server: 'nginx/1.22.1', 'Content-Type': 'text/plain' },
        'Failed to open a WebSocket connection: did not receive a valid HTTP request.\n',
      ),
    ),
    ['upgrade.headers-stripped'],
    /^nginx between here and the WebSocket server/,
  ],
  [
    'a proxy that drops the upgrade because nobody is behind it',
    silent('end', 'HTTP/1.1 504 Gateway Timeout'),
    ['upgrade.closed'],
    /^A proxy hangs up .*behind it cannot be reached/,
  ],
  [
    'a proxy that carries no upgrades to a WebSocket server',
    silent('timeout', 'HTTP/1.1 426 Upgrade Required'),
    ['upgrade.timeout'],
    /^A WebSocket server is there.*does not pass upgrades on/,
  ],
  [
    'websockify without the token that it wants',
    silent('end', 'HTTP/1.1 405 Method Not Allowed'),
    ['upgrade.closed'],
    /turns this client away without a word/,
  ],
  [
    'a forwarded port with nobody behind it',
    silent('end', null),
    ['upgrade.closed'],
    /^The server takes connections and closes.*plain GET alike/,
  ],
  [
    'stunnel with nobody behind it',
    silent('end', null, 'wss://127.0.0.1:8443/chat'),
    ['upgrade.closed'],
    /^TLS comes about, and then the server closes.*nobody answers behind the port/,
  ],
  [
    'a server that answers nothing',
    silent('timeout', null),
    ['upgrade.timeout'],
    /answers nothing: no answer to the upgrade .*none to a plain GET/,
  ],
  [
    'express-ws without a route for the path',
    closedWith(1005),
    ['close.rejected'],
    /closed it at once, without a code or a word/,
  ],
  [
    'a hook that names the header it misses',
    refusedWith(answer(401, { 'Content-Type': 'application/json' }, '{"error":"missing x-device-id"}')),
    ['upgrade.unauthorized'],
    /missing x-device-id/,
  ],
  [
    'an error page of Express with where it was thrown',
    refusedWith(
      answer(
        401,
        HTML,
        page(
          'Error',
          '<pre>UnauthorizedError: No authorization token was found<br> &nbsp; &nbsp;at new UnauthorizedError (/srv/a/node_modules/express-jwt/dist/errors.js:22:28)<br></pre>',
        ),
      ),
    ),
    ['upgrade.unauthorized'],
    /with the words "UnauthorizedError: No authorization token was found"\.$/,
  ],
  [
    'SocketCluster that waited for #handshake',
    closedWith(4005, '', {}, 2_010),
    ['close.rejected'],
    /closed the connection with 4005, 2\.01 s after it opened, .*it waited for a first one/,
  ],
  [
    'a code that comes at no time of a timer',
    closedWith(4005, '', {}, 2_450),
    ['close.rejected'],
    /^The server accepted the connection, then closed it with 4005/,
  ],
  [
    'Mercurius without a subprotocol',
    closedWith(1002, '', { url: 'ws://127.0.0.1:3000/graphql' }),
    ['close.rejected'],
    /closed it at once with 1002 .*: no subprotocol was offered, and it wants one/,
  ],
  [
    'a broken protocol after a message',
    closedWith(1002, '', {
      plan: { message: { send: 'hello', expect: 'any', samples: 1 } },
      report: { frames: [frameRecord({ direction: 'sent', opcode: 1, text: 'hello' })] },
    }),
    ['close.rejected'],
    /^The server accepted the connection, then closed it with 1002 .*: it does not take it, or misses a subprotocol \(none was offered\), as it seems/,
  ],
  [
    'protoo-server without its subprotocol',
    refusedWith(answer(403, { 'X-WebSocket-Reject-Reason': 'invalid/missing Sec-WebSocket-Protocol' })),
    ['upgrade.forbidden'],
    /"invalid\/missing Sec-WebSocket-Protocol"/,
  ],
  [
    'libwebsockets (Janus) without a subprotocol',
    silent('end', 'HTTP/1.1 403 Forbidden'),
    ['upgrade.closed'],
    /who offers no subprotocol \(none was offered\)/,
  ],
  [
    'the port of Redis',
    silent('end', null, 'ws://127.0.0.1:6379/'),
    ['upgrade.closed'],
    /port 6379 is usually that of Redis, which speaks no HTTP\.$/,
  ],
  [
    'websockify before a server that is down',
    closedWith(1011, 'Failed to connect to downstream server'),
    ['close.internal-error'],
    /^What took the WebSocket could not reach the server behind it: "Failed to connect to downstream server"/,
  ],
  [
    '@fastify/http-proxy before a server that is down',
    closedWith(1011, 'connect ECONNREFUSED 127.0.0.1:1'),
    ['close.internal-error'],
    /could not reach the server behind it: "connect ECONNREFUSED/,
  ],
  [
    'libwebsockets that has no such subprotocol',
    silent('end', 'HTTP/1.1 200 OK', 'ws://127.0.0.1:8080/chat', ['nosuch']),
    ['upgrade.closed'],
    /at this path, or none with the subprotocol nosuch, or it turns this client away, as it seems/,
  ],
  [
    'Falcon that raised HTTPForbidden after it accepted',
    closedWith(3403),
    ['close.rejected'],
    /closed it with 3403 \(Forbidden\)/,
  ],
];
