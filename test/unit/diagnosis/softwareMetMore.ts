import { answer, ascii, closedWith, evidenceOf, frameRecord, phase, refusedWith } from '../../support/evidence.js';
import type { Look } from '../../../src/core/base/model.js';
import type { Case } from './case.js';

const JSON_TYPE = { 'Content-Type': 'application/json; charset=utf-8' };
const HTML = { 'Content-Type': 'text/html' };
const open = { report: { response: answer(101) } };
const message = (send: string) => ({ message: { send, expect: 'any' as const, samples: 1 } });
const said = (send: string, ...messages: readonly string[]) => evidenceOf({ ...open, plan: message(send), messages });
const spoke = (send: string) => ({
  plan: message(send),
  report: { response: answer(101), frames: [frameRecord({ direction: 'sent', opcode: 1, text: send })] },
});
const notHttp = (text: string) =>
  evidenceOf({
    failure: { phase: 'upgrade', kind: 'not-http', message: "The server's first bytes are not HTTP" },
    stream: { firstBytes: ascii(text), bytesReceived: text.length },
  });
const asked = (getAnswer: string): Look => ({
  reason: 'get',
  atMs: 1,
  address: '127.0.0.1:8080',
  request: 'GET /chat HTTP/1.1',
  response: getAnswer,
  error: null,
});
const hungUp = (getAnswer: string, upgradeMs: number) =>
  evidenceOf({
    failure: { phase: 'upgrade', kind: 'end' },
    stream: { answersTls: false, getAnswer },
    report: { phases: [phase('upgrade', upgradeMs)], looks: [asked(getAnswer)] },
  });

const lab = /^Find the one change/;
const log = /^Read the server log/;

/** What more software answered, with what may be offered against it and nothing else. */
export const softwareMetMoreCases: readonly Case[] = [
  [
    'SocketCluster: no handshake in time',
    closedWith(4005, '', {}, 3_010),
    ['close.rejected'],
    /4005, 3\.01 s after it opened.*: it waited for a first one/,
    [/^What to do$/, /heartbeat/],
  ],
  [
    'Mercurius: a message, and no subprotocol',
    closedWith(1002, '', { url: 'ws://example.test/graphql', ...spoke('{"type":"connection_init"}') }),
    ['close.rejected'],
    /1002 .*: it does not take it, or misses a subprotocol \(none was offered\), as it seems/,
    [/^Offer the subprotocol of GraphQL/, /^What to do$/, log],
  ],
  [
    'Mercurius: subscriptions are not turned on',
    refusedWith(answer(400, JSON_TYPE, '{"data":null,"errors":[{"message":"Unknown query"}]}')),
    ['upgrade.not-websocket'],
    /^The HTTP side of a GraphQL server took the WebSocket at \/chat for a query/,
    [/^On the server$/, lab],
  ],
  [
    'Mercurius: an operation before connection_init',
    evidenceOf({
      ...open,
      plan: message('{"id":"1","type":"subscribe","payload":{"query":"{a}"}}'),
      messages: ['{"type":"connection_error","payload":{"message":"Connection has not been established yet."}}'],
    }),
    ['message.auth-refused'],
    /^The server \(graphql-ws\) waits for connection_init, and another message was sent before it/,
    [/^Initialise first/],
  ],
  [
    'GraphQL: an operation that is wrong',
    evidenceOf({
      ...open,
      report: { response: answer(101), dialect: 'graphql-transport-ws' },
      plan: { steps: [] },
      messages: ['{"id":"1","type":"error","payload":[{"message":"Cannot query field \\"b\\" on type \\"Query\\"."}]}'],
    }),
    ['message.error'],
    /answered with an error: Cannot query field/,
    [/^What to do/],
  ],
  [
    'ocpp-rpc: an action that it does not know',
    said('[2,"1","Bootification",{}]', '[4,"1","NotImplemented","Unable to handle \'Bootification\' calls",{}]'),
    ['message.error'],
    /answered with an error: NotImplemented: Unable to handle 'Bootification' calls/,
    [/^What to do$/],
  ],
  [
    'ocpp-rpc: a payload that does not fit',
    said(
      '[2,"1","BootNotification",{"a":1}]',
      '[4,"1","OccurrenceConstraintViolation","data must have required property \'chargePointVendor\'",{}]',
    ),
    ['message.error'],
    /answered with an error: OccurrenceConstraintViolation/,
    [/^What to do$/],
  ],
  [
    'an action of OCPP that is not allowed',
    said('[2,"1","Reset",{}]', '[4,"1","SecurityError","not for this charge point",{}]'),
    ['message.auth-refused'],
    /^The connection opened, but the server \(ocpp\) refused the client in a message: SecurityError/,
    [/^Where ocpp looks/],
  ],
  [
    'Parse Server: subscribed before connect',
    said(
      '{"op":"subscribe"}',
      '{"op":"error","code":2,"error":"Can not find this client, make sure you connect to server before subscribing","reconnect":true}',
    ),
    ['message.auth-refused'],
    /make sure you connect to server before subscribing/,
    [/^What to do$/],
  ],
  [
    'mockttp: no rule',
    refusedWith({
      ...answer(
        503,
        {},
        'No rules were found matching this request.\nThis request was: GET request to ws://example.test/',
      ),
      reason: 'Request for unmocked endpoint',
    }),
    ['upgrade.unavailable'],
    /^What answered has no rule for this request, and does not know where it belongs: 503/,
    [/^Next step/],
  ],
  [
    'mitmproxy: a forward proxy, asked as a server',
    refusedWith(
      answer(
        502,
        { Server: 'mitmproxy 8.1.1', ...HTML },
        '<html>\n<head>\n    <title>502 Bad Gateway</title>\n</head>\n<body>\n    <h1>502 Bad Gateway</h1>\n    <p>Connection killed: Request destination unknown. Unable to figure out where this request should be forwarded to.</p>\n</body>\n</html>',
      ),
    ),
    ['upgrade.bad-gateway'],
    /^What answered has no rule for this request, and does not know where it belongs: 502/,
    [/^Next step/],
  ],
  [
    'mitmproxy: a certificate behind it',
    refusedWith(
      answer(
        502,
        { Server: 'mitmproxy 8.1.1', ...HTML },
        '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1><p>Certificate verify failed: self-signed certificate</p></body></html>',
      ),
    ),
    ['upgrade.bad-gateway'],
    /^A proxy does not trust the certificate of the server behind it: 502/,
    [/^On the proxy$/],
  ],
  [
    '@fastify/http-proxy: nobody behind it',
    refusedWith(
      answer(
        500,
        JSON_TYPE,
        '{"statusCode":500,"code":"FST_REPLY_FROM_INTERNAL_SERVER_ERROR","error":"Internal Server Error","message":"connect ECONNREFUSED 127.0.0.1:1"}',
      ),
    ),
    ['upgrade.server-error'],
    /^What answered could not reach the server behind it: 500.*"connect ECONNREFUSED 127\.0\.0\.1:1"/,
    [/^On what asked$/],
  ],
  [
    'http-proxy-middleware: nobody behind it, and no status line',
    notHttp('Error occurred while trying to proxy: 127.0.0.1:8080/api/live'),
    ['upgrade.not-http'],
    /^A proxy could not reach the server behind it, and says so without a status line/,
    [/^On what asked$/],
  ],
  [
    'Redbird: a name without a route, and no status line',
    notHttp('Not Found'),
    ['upgrade.not-http'],
    /^The server refuses the upgrade, in words without a status line: it has no WebSocket at \/chat, or none under this name, as it seems: "Not Found"/,
    [lab, /^See what the server says/],
  ],
  [
    'xpra: a page that begins with its head',
    refusedWith(
      answer(
        400,
        {},
        '<head>\n<title>Server Error</title>\n</head>\n<body>\n<h1>Server Error</h1>\n<p>Error code 400.\n<p>Message: this port does not support HTTP requests.\n<p>Error code explanation: 400 = Bad request syntax or unsupported method\n</body>\n',
      ),
    ),
    ['upgrade.bad-request'],
    /"this port does not support HTTP requests"/,
    [/^What to do$/],
  ],
  [
    'CherryPy: a traceback behind the words',
    refusedWith(
      answer(
        404,
        { Server: 'CherryPy/18.8.0', ...HTML },
        '<html><head><title>404 Not Found</title></head><body><h2>404 Not Found</h2><p>The path \'/wss\' was not found.</p><pre id="traceback">Traceback (most recent call last):\n  File "/usr/lib/python3/dist-packages/cherrypy/_cprequest.py", line 659, in respond\n</pre></body></html>',
      ),
    ),
    ['upgrade.not-found'],
    /was not found"\.$/,
  ],
  [
    'a Worker that throws for what it lacks itself',
    refusedWith(
      answer(
        500,
        {},
        'Error: secret missing\n    at Object.fetch (file:///srv/worker.mjs:46:13)\n    at run (/srv/a.js:1:2)',
      ),
    ),
    ['upgrade.server-error'],
    /^The server failed while answering the upgrade: 500.*"Error: secret missing"/,
    [/^Read the log/],
  ],
  [
    'Yaws: a page like that of Apache',
    refusedWith(
      answer(
        404,
        { Server: 'Yaws 2.1.1', 'Content-Type': 'text/html; charset=UTF-8' },
        '<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN"><HTML><HEAD><TITLE>404 Not Found</TITLE></HEAD><BODY><H1>Not Found</H1>The requested URL /ws was not found on this server.<P><HR></BODY></HTML>',
      ),
    ),
    ['upgrade.not-found'],
    /^There is no WebSocket at \/chat: the server answered 404/,
    [lab, /^See what the server says/],
  ],
  [
    'Bottle under wsgiref: its own words for no upgrade',
    refusedWith(
      answer(
        400,
        { Server: 'WSGIServer/0.2 CPython/3.11.2', ...HTML },
        '<html><p>Expected WebSocket request.</p></html>',
      ),
    ),
    ['upgrade.headers-stripped'],
    /^The server did not see the upgrade that was asked for: the answer is 400/,
    [/^On the server$/],
  ],
  [
    'nghttpx: a page that is signed with its name',
    refusedWith(
      answer(
        502,
        { Server: 'nghttpx', ...HTML },
        '<!DOCTYPE html><html lang="en"><title>502 Bad Gateway</title><body><h1>502 Bad Gateway</h1><footer>nghttpx</footer></body></html>',
      ),
    ),
    ['upgrade.bad-gateway'],
    /^A proxy could not get a valid answer from the server behind it: 502[^"]*$/,
  ],
  [
    'dnsdist: a heading alone',
    refusedWith(answer(403, {}, '<h1>Forbidden</h1>')),
    ['upgrade.forbidden'],
    /^The server refuses this client: 403[^"]*$/,
  ],
  [
    'a payment that is wanted',
    refusedWith({ ...answer(402), reason: 'Payment Required' }),
    ['upgrade.bad-request'],
    /^The server refuses the request: 402 Payment Required/,
    [/^What to do$/],
  ],
  [
    'a good end after an answer, before the next message',
    closedWith(1000, '', { plan: message('x'), messages: ['{"status":"done"}'], stream: { hasTalked: true } }),
    ['close.rejected'],
    /1000 \(Normal Closure\)/,
    [/^If this close is as it should be/],
  ],
  [
    'Hocuspocus: an onUpgrade that throws, and leaves the client waiting',
    evidenceOf({
      failure: { phase: 'upgrade', kind: 'timeout' },
      stream: { getAnswer: 'HTTP/1.1 200 OK' },
      report: { looks: [asked('HTTP/1.1 200 OK')] },
    }),
    ['upgrade.timeout'],
    /nothing there takes WebSockets at this path, or what takes them there leaves this client waiting, as it seems/,
    [lab, log],
  ],
  [
    'CORS Anywhere: a host that is in the path',
    refusedWith({ ...answer(404, { 'Content-Type': 'text/plain' }, 'Invalid host: ws'), reason: 'Invalid host' }),
    ['upgrade.not-found'],
    /^There is no WebSocket at \/chat: .*"Invalid host: ws"/,
  ],
  [
    'ioBroker: an error behind two numbers',
    said('hello', '[0,501,"error",["invalid sid"]]'),
    ['message.auth-refused'],
    /invalid sid/,
  ],
  [
    'Tornado: a key that is missing, in the reason',
    refusedWith({ ...answer(403, { Server: 'TornadoServer/6.2', ...HTML }), reason: 'API key missing' }),
    ['upgrade.forbidden'],
    /^The server refuses this client: 403 API key missing/,
    [/^What to do$/, lab],
  ],
  [
    'Phoenix: a topic that no channel takes',
    said('x', '["1","1","room:x","phx_reply",{"response":{"reason":"unmatched topic"},"status":"error"}]'),
    ['message.auth-refused'],
    /unmatched topic/,
    [/^What to do$/],
  ],
  [
    'Phoenix: a join that raises',
    said('x', '["1","1","room:x","phx_reply",{"response":{"reason":"join crashed"},"status":"error"}]'),
    ['message.auth-refused'],
    /join crashed/,
    [/^Where phoenix looks/],
  ],
  [
    'Pusher: over its quota of connections',
    said('x', '{"event":"pusher:error","data":{"code":4004,"message":"Application is over connection quota"}}'),
    ['message.auth-refused'],
    /4004: Application is over connection quota/,
    [/^What to do$/],
  ],
  [
    'an application that does not serve for now, in words of its own',
    refusedWith(answer(503, {}, '{"error":"feature flag off"}')),
    ['upgrade.unavailable'],
    /^The server does not serve this for now: 503.*"feature flag off"/,
    [],
  ],
  [
    'maintenance',
    refusedWith(answer(503, {}, 'Scheduled maintenance until 6pm')),
    ['upgrade.unavailable'],
    /"Scheduled maintenance until 6pm"/,
    [/^What to do$/],
  ],
  [
    'a Go proxy that does not trust the server behind it',
    refusedWith(answer(500, {}, 'x509: certificate signed by unknown authority')),
    ['upgrade.server-error'],
    /^What answered does not trust the certificate of the server behind it: 500/,
    [/^On the proxy$/],
  ],
  [
    'Radicale: a server of WSGI that is not Django',
    evidenceOf({
      failure: { phase: 'upgrade', kind: 'status', code: '302' },
      response: answer(302, { Server: 'WSGIServer/0.2 CPython/3.11.2', Location: '/.web' }, 'Redirected to /.web'),
    }),
    ['upgrade.not-websocket'],
    /^A WSGI server of Python \(wsgiref\) answered 302/,
    [],
  ],
  [
    'Sails: an Origin that its allowRequest refuses',
    refusedWith(answer(400, HTML, 'Bad request'), {
      url: 'ws://example.test/socket.io/?EIO=4&transport=websocket&__sails_io_sdk_version=1.2.1',
    }),
    ['upgrade.bad-request'],
    /the query is complete for it, so its option allowRequest refused the client, as it seems/,
    [lab],
  ],
  [
    'qBittorrent: the bare word of a 403',
    refusedWith(answer(403, { 'Content-Type': 'text/plain' }, 'Forbidden')),
    ['upgrade.forbidden'],
    /^The server refuses this client: 403/,
    [lab],
  ],
  [
    'Rsbuild: no token',
    hungUp('HTTP/1.1 404 Not Found', 12),
    ['upgrade.closed'],
    /nothing there takes WebSockets at this path, or it turns this client away, as it seems/,
    [lab, log],
  ],
  [
    'WeTTY: Socket.IO below a base of its own',
    hungUp('HTTP/1.1 200 OK', 1_010),
    ['upgrade.closed'],
    /as Socket\.IO does where the path is not its own/,
    [/^A complete Socket\.IO address below this path/, /^A complete Socket\.IO address \(profile\)/, /^See whether/],
  ],
  [
    'a Worker that never accepts its end',
    evidenceOf({
      ...open,
      plan: message('x'),
      failure: { phase: 'message', kind: 'no-reply' },
      stream: { bytesReceived: 164, openForMs: 2_000 },
      report: {
        response: answer(101),
        close: { code: 1006, reason: '', initiator: 'client', clean: false, evidence: 'We sent Close 1000.' },
      },
    }),
    ['message.timeout'],
    /^The server accepted the connection, then nothing came back/,
    [/^Which of them is it\?/, log],
  ],
  [
    'GUN: a message before ours, and none to it',
    evidenceOf({
      ...open,
      plan: message('hello'),
      failure: { phase: 'message', kind: 'no-reply' },
      messages: ['{"dam":"!","#":"x"}'],
    }),
    ['message.timeout'],
    /^The connection opened, but the message got no reply/,
    [/^Wait longer/, lab],
  ],
];
