import { gzipSync } from 'node:zlib';
import {
  answer,
  closedWith,
  evidenceOf,
  type EvidenceParts,
  frameRecord,
  refusedWith,
} from '../../support/evidence.js';
import type { Case } from './case.js';

const TEXT = { 'Content-Type': 'text/plain' };
const opened = (parts: EvidenceParts) => evidenceOf({ response: answer(101), ...parts });
const asked = { message: { send: { json: { op: 'subscribe' } }, expect: 'any' as const, samples: 1 } };
const said = (...messages: string[]) => opened({ plan: asked, messages });
const binary = (...bytes: readonly (string | Uint8Array | readonly number[])[]) =>
  opened({
    report: {
      frames: [
        frameRecord({
          opcode: 2,
          base64: Buffer.concat(bytes.map((part) => Buffer.from(part as string))).toString('base64'),
        }),
      ],
    },
  });
const dropped = (...messages: string[]) =>
  opened({
    messages,
    failure: { phase: 'message', kind: 'end' },
    stream: { endedBy: 'server-fin', openForMs: 30 },
  });

/** Answers out of public reports, each kind beside answers that look alike and mean something else. */
export const reportedCases: readonly Case[] = [
  [
    'a header of the handshake is no token that could be offered',
    refusedWith(answer(400, TEXT, 'Missing expected sec-websocket-protocol header'), {
      plan: { subprotocols: ['robot.v1'] },
    }),
    ['upgrade.bad-request'],
    /Missing expected sec-websocket-protocol header/,
  ],
  [
    'a Host that is on no list',
    refusedWith(answer(403, TEXT, 'Provided Host header is not whitelisted.')),
    ['upgrade.host-refused'],
    /^The server does not answer to the name/,
  ],
  [
    'an address that is on no list speaks of no Host',
    refusedWith(answer(403, TEXT, 'Your address is not whitelisted on this host')),
    ['upgrade.forbidden'],
    /Your address is not whitelisted/,
  ],
  [
    'an exception in a framing of its own',
    binary(
      [0, 0, 0, 90, 0, 0, 0, 40, 15],
      ':exception-type',
      [7, 0, 19],
      'BadRequestException',
      '{"Message":"The rate does not fit the language."}',
      [1, 2, 3, 4],
    ),
    ['message.error'],
    /BadRequestException: The rate does not fit the language/,
  ],
  ['a binary message that names an exception and says no more', binary([0, 9], 'LastException', [0]), []],
  ['a binary message with JSON and no exception', binary([0, 9], '{"message":"hello there"}', [0]), []],
  [
    'an operation that is refused outside of GraphQL',
    said('{"type":"error","id":"register_0","error":"403 Pairing rejected: certificate is blacklisted","payload":{}}'),
    ['message.error'],
    /403 Pairing rejected/,
  ],
  [
    'an operation that is refused in GraphQL',
    said('{"type":"error","id":"1","payload":[{"message":"Not authenticated"}]}'),
    ['message.auth-refused'],
    /\(graphql-transport-ws\).*Not authenticated/,
  ],
  [
    'an error that is told by its kind alone',
    said('{"event":"tv.channel.unauthorized"}'),
    ['message.auth-refused'],
    /: tv\.channel\.unauthorized\.$/,
  ],
  ['a kind that is no error', said('{"event":"tv.channel.connect"}'), []],
  ['a kind that only holds the word', said('{"event":"error_rate","value":0.2}'), []],
  [
    'a kind that says why it ends',
    dropped('{"event":"tv.channel.timeOut"}'),
    ['close.dropped'],
    /^After the message "tv\.channel\.timeOut"/,
  ],
  [
    'a farewell says nothing of why',
    dropped('{"type":"bye"}'),
    ['close.dropped'],
    /^The WebSocket opened, and the server hung up/,
  ],
  [
    'a table that is not known',
    said('{"status":400,"error":"Unknown table: book"}'),
    ['message.error'],
    /Unknown table/,
  ],
  [
    'a model that is named as invalid',
    closedWith(1008, 'invalid_request', {
      messages: [`{"error":"The model_id 'm1' is invalid. Supported models: 'm2'"}`],
    }),
    ['close.policy'],
    /The model_id 'm1' is invalid/,
  ],
  [
    'a clock that is wrong',
    said('{"id":"1","type":"error","error":{"code":"token_not_valid_yet","message":"The token is not valid yet."}}'),
    ['message.auth-refused'],
    /not valid yet/,
  ],
  [
    'a thing that there is none of',
    refusedWith(answer(404, {}, '{"message":"No such container: abc"}')),
    ['upgrade.not-found'],
    /^The server says that what was asked for is not there/,
  ],
  [
    'a page that there is none of',
    refusedWith(answer(404, {}, 'No such page: abc')),
    ['upgrade.not-found'],
    /^There is no WebSocket at/,
  ],
  [
    'a code and a sentence beside it',
    said('{"msg_type":"data:error","tag":"1","value":"Can\'t validate token.","error_type":"client_error"}'),
    ['message.auth-refused'],
    /client_error: Can't validate token/,
  ],
  ['a line that names a fault', said('INVALID OPERATION'), ['message.error'], /INVALID OPERATION/],
  ['a line of a person', said('invalid opinion, I say'), []],
  [
    'words that say no beside a number that does not',
    said('{"id":0,"code":0,"msg":"Not Subscribed successfully! [deals]. Reason: Blocked! "}'),
    ['message.error'],
    /Not Subscribed successfully/,
  ],
  ['words that say yes beside a number', said('{"id":0,"code":0,"msg":"no error, not a problem"}'), []],
  ['words of a person about a failure', said('{"user":"ann","message":"Failed my exam today"}'), []],
  [
    'a message that is compressed by itself',
    binary(gzipSync('{"status":"error","err-code":"bad-request","err-msg":"invalid topic market.foo"}')),
    ['message.error'],
    /invalid topic market\.foo/,
  ],
  ['a heartbeat that is compressed by itself', binary(gzipSync('{"ping":1492420473027}')), []],
  ['compressed bytes that are none', binary([0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8]), []],
  [
    'a status in a frame of SockJS',
    said('a[{"s":401,"i":1,"d":"Access is denied"}]'),
    ['message.auth-refused'],
    /Access is denied/,
  ],
  ['a good status in a frame of SockJS', said('a[{"s":200,"i":1,"d":"denied requests: 0"}]'), []],
  ['a frame of SockJS that is broken', said('a[{"s":401,"d":"Access is denied"]'), []],
  [
    'a login that is denied three envelopes deep',
    said(
      '{"response":[{"service":"ADMIN","content":{"code":3,"msg":"LOGIN_DENIED.Token is invalid or has expired."}}]}',
    ),
    ['message.auth-refused'],
    /LOGIN_DENIED/,
  ],
  [
    'a login that is good three envelopes deep',
    said('{"response":[{"service":"ADMIN","content":{"code":0,"msg":"server=s0635;status=NP"}}]}'),
    [],
  ],
  [
    'data that could not be had is no silence',
    said('{"type":"error","message":"Internal error, could not fetch data for subscription: book"}'),
    ['message.error'],
    /could not fetch data/,
  ],
  [
    'words in the arguments of an event',
    said('{"event":"jwt error","args":["jwt: exp claim is invalid"]}'),
    ['message.auth-refused'],
    /jwt: exp claim is invalid/,
  ],
  ['a token that expired', said('{"event":"token expired","args":null}'), ['message.auth-refused'], /token expired/],
  ['a token that will expire', said('{"event":"token expiring","args":null}'), []],
  ['a greeting before the login', said('{"type":"hello","authenticated":false}'), []],
  [
    'JSON behind the head of a protocol',
    binary([4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 54], '{"type":"error","reason":"Unauthorized client refused"}'),
    ['message.auth-refused'],
    /Unauthorized client refused/,
  ],
  ['JSON that is well behind the head of a protocol', binary([4, 0, 0, 0, 9], '{"type":"ok","reason":"signed"}'), []],
  [
    'an envelope in another spelling',
    said('{"subscriptionId":10,"errorCode":1,"errorMsg":"Unauthorized!","data":{}}'),
    ['message.auth-refused'],
    /Unauthorized/,
  ],
  [
    'an envelope in another spelling without an error',
    said('{"subscriptionId":10,"errorCode":0,"errorMsg":null,"data":{}}'),
    [],
  ],
  [
    'an event that failed, and why, one envelope deep',
    said('{"event":"task_failed","base_resp":{"status_code":1008,"status_msg":"insufficient balance"}}'),
    ['message.error'],
    /: insufficient balance/,
  ],
  [
    'an event that did not fail',
    said('{"event":"task_started","base_resp":{"status_code":0,"status_msg":"success"}}'),
    [],
  ],
  [
    'a header that the request lacks',
    refusedWith(answer(400, TEXT, 'Robot-Version header is required')),
    ['upgrade.bad-request'],
    /Robot-Version header is required/,
  ],
  [
    'a code of the protocol for a thing that is not there',
    closedWith(1002, 'Cannot find call with call_id: abc'),
    ['close.rejected'],
    /^The server closed the connection: "Cannot find call with call_id: abc" \(1002/,
  ],
  [
    'a room that is full',
    refusedWith(answer(409, TEXT, 'room is full')),
    ['upgrade.bad-request'],
    /with the words "room is full"/,
  ],
  [
    'the close of SockJS',
    dropped('c[4503,"The application unexpectedly exited"]'),
    ['close.dropped'],
    /^After the message "4503: The application unexpectedly exited"/,
  ],
  [
    'a token that cannot be read',
    said('{"type":"AuthError","error":"Could not parse JWT","baseVersion":0}'),
    ['message.auth-refused'],
    /Could not parse JWT/,
  ],
  [
    'a message that cannot be read',
    said('{"type":"error","error":"Could not parse JSON near token 3"}'),
    ['message.error'],
    /Could not parse JSON/,
  ],
  [
    'a number for an error',
    dropped('{"error":406,"sequence":"1"}'),
    ['close.dropped'],
    /^After the message "error 406"/,
  ],
  [
    'a port of Go that wants TLS itself',
    refusedWith(answer(400, {}, 'Client sent an HTTP request to an HTTPS server.\n')),
    ['tls.required'],
  ],
  [
    'a page, by its name',
    refusedWith(
      answer(200, { 'Content-Type': 'text/html' }, '<title>share</title><h1>You are about to visit a share</h1>'),
    ),
    ['upgrade.not-websocket'],
    /with an HTML page \("You are about to visit a share"\) instead of upgrading/,
  ],
  [
    'a limit for each second',
    said('{"jsonrpc":"2.0","id":1,"error":{"code":-32012,"message":"credits limited to 6000/sec"}}'),
    ['message.error'],
    /6000\/sec/,
  ],
  [
    'a name under which nothing runs',
    refusedWith(answer(404, TEXT, 'DEPLOYMENT_NOT_FOUND\n\nThe requested deployment does not exist.')),
    ['upgrade.not-found'],
    /^Nothing runs under the name/,
  ],
  [
    'a service that a router of an application does not know',
    refusedWith(answer(404, TEXT, 'service not found')),
    ['upgrade.not-found'],
    /^There is no WebSocket at/,
  ],
  [
    'a status of error in the payload of an event',
    said(
      '{"event":"system","payload":{"channel":"x","message":"Unable to subscribe to changes with these parameters","status":"error"},"ref":null}',
    ),
    ['message.error'],
    /Unable to subscribe to changes/,
  ],
  [
    'a good status in the payload of an event',
    said('{"event":"system","payload":{"channel":"x","message":"Subscribed to changes","status":"ok"},"ref":null}'),
    [],
  ],
  [
    'a key that is not valid',
    said('{"op":"error","code":4,"error":"Key in request is not valid","reconnect":false}'),
    ['message.auth-refused'],
    /Key in request is not valid/,
  ],
  [
    'an error of PostgreSQL',
    binary('E', [0, 0, 0, 70], 'SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed for user "app"\0\0'),
    ['message.auth-refused'],
    /: ERROR: password authentication failed for user "app"/,
  ],
  ['a row of PostgreSQL', binary('D', [0, 0, 0, 20], 'SFATAL\0VFATAL\0C28P01\0Mpassword\0\0'), []],
  [
    'a reason behind its length',
    binary([0, 0, 0, 0, 26], 'Too many security failures'),
    ['message.error'],
    /: Too many security failures/,
  ],
  ['a name behind its length', binary([0, 0, 0, 7], 'desktop'), []],
  ['a complaint behind another length', binary([0, 0, 0, 9, 0x80], 'Too many security failures'), []],
  [
    'a no and its reason under the name of a command',
    said('{"AUTH":[false,"ERR invalid password"]}'),
    ['message.auth-refused'],
    /ERR invalid password/,
  ],
  ['a yes under the name of a command', said('{"AUTH":[true,"OK"]}'), []],
  [
    'a token against forged requests',
    refusedWith(answer(403, TEXT, 'invalid CSRF token')),
    ['upgrade.forbidden'],
    /with the words "invalid CSRF token"/,
  ],
  [
    'a command that is an error',
    said('{"definition":"streamIdInUse","command":"error"}'),
    ['message.error'],
    /: streamIdInUse/,
  ],
  ['a command that is none', said('{"definition":"streamIdInUse","command":"status"}'), []],
  [
    'a flag that says why it ends',
    closedWith(1000, '', { messages: ['55|for(;;);[{"meta":{"async":true,"sessionExpired":true}}]'] }),
    ['close.rejected'],
    /^The server said "sessionExpired"/,
  ],
  [
    'a flag that does not',
    closedWith(1000, '', { messages: ['55|for(;;);[{"meta":{"async":true,"sessionExpired":false}}]'] }),
    ['close.rejected'],
    /^The server accepted the connection, then closed it with 1000/,
  ],
  [
    'a page of Jetty that says nothing but the request',
    refusedWith(
      answer(
        404,
        { 'Content-Type': 'text/html' },
        '<h2>HTTP ERROR 404 Not Found</h2><table><tr><th>URI:</th><td>/chat</td></tr><tr><th>STATUS:</th><td>404</td></tr></table>',
      ),
    ),
    ['upgrade.not-found'],
    /answered 404 Not Found\.$/,
  ],
  [
    'a workspace that does not run',
    refusedWith(answer(503, TEXT, 'Workspace is not running')),
    ['upgrade.unavailable'],
    /with the words "Workspace is not running"/,
  ],
  [
    'a request that Werkzeug does not understand comes from a handler',
    refusedWith(answer(400, { Server: 'Werkzeug/3.0.1 Python/3.11.4' }, 'room is required')),
    ['upgrade.bad-request'],
    /with the words "room is required"/,
  ],
  [
    'a kind in capitals',
    said('{"messageType":"APIError","data":{"errorID":8,"message":"Request requires authentication."}}'),
    ['message.auth-refused'],
    /Request requires authentication/,
  ],
  ['a kind in capitals that is none', said('{"messageType":"APIStateResponse","data":{"active":true}}'), []],
  [
    'a key that must be sent',
    refusedWith(answer(403, {}, '{"detail":"An API key must be passed as query or header"}')),
    ['upgrade.forbidden'],
    /An API key must be passed/,
  ],
  [
    'a request for what is not set up waits in vain',
    refusedWith(answer(400, {}, '{"code":"app_unavailable","message":"App unavailable, check its configuration"}')),
    ['upgrade.bad-request'],
    /App unavailable/,
  ],
  [
    'a good end after words that complain',
    closedWith(1000, '', { messages: ['{"type":"alert","message":"device not bound, code 123456"}'] }),
    ['close.rejected'],
    /^The server said "device not bound, code 123456"/,
  ],
  [
    'an application that blocks an origin is no filter of the network',
    refusedWith(answer(400, {}, '{"message":"URL Blocked because of CORS. Url: https://app.example"}'), {
      plan: { origin: 'https://app.example' },
      requestHeaders: [['Origin', 'https://app.example']],
    }),
    ['upgrade.origin-refused'],
    /^The server refused the origin https:\/\/app\.example/,
  ],
  [
    'a wish for a login in a list',
    dropped('[3,0,"reauthenticate"]'),
    ['close.dropped'],
    /^After the message "reauthenticate"/,
  ],
  [
    'another word in a list',
    dropped('[3,0,"replicate"]'),
    ['close.dropped'],
    /^The WebSocket opened, and the server hung up/,
  ],
  [
    'an access that is denied in an event',
    said('42["message",{"accessStatus":"deny"}]'),
    ['message.auth-refused'],
    /accessStatus: deny/,
  ],
  ['an access that is granted in an event', said('42["message",{"accessStatus":"grant"}]'), []],
  [
    'keywords of Transit',
    refusedWith(answer(401, {}, '["^ ","~:type","~:authentication"]')),
    ['upgrade.unauthorized'],
    /: 401 Unauthorized\.$/,
  ],
  [
    'words under a numbered name',
    said('{"header":{"tr_id":"H0"},"body":{"rt_cd":"9","msg_cd":"OPSP0011","msg1":"invalid approval : NOT FOUND"}}'),
    ['message.error'],
    /invalid approval : NOT FOUND/,
  ],
  [
    'good words under a numbered name',
    said('{"header":{"tr_id":"H0"},"body":{"rt_cd":"0","msg_cd":"OPSP0000","msg1":"SUBSCRIBE SUCCESS"}}'),
    [],
  ],
];
