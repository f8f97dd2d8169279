import { answer, closedWith, evidenceOf, frameRecord, refusedWith } from '../../support/evidence.js';
import type { Case } from './case.js';

const TEXT = { 'Content-Type': 'text/plain' };
const HTML = { 'Content-Type': 'text/html' };
const JSON_ = { 'Content-Type': 'application/json' };
const asked = { message: { send: { json: { op: 'subscribe' } }, expect: 'any' as const, samples: 1 } };
const said = (...messages: string[]) => evidenceOf({ response: answer(101), plan: asked, messages });

const shutBehindBytes = (bytes: Buffer) =>
  closedWith(1000, '', {
    plan: { subprotocols: ['v4.channel.k8s.io'] },
    report: {
      subprotocol: { offered: ['v4.channel.k8s.io'], selected: 'v4.channel.k8s.io' },
      frames: [frameRecord({ opcode: 2, base64: bytes.toString('base64') })],
    },
  });

/** More kinds out of public reports: what the words of a server are about, and what may not be read into them. */
export const reportedMoreCases: readonly Case[] = [
  [
    'an error that is said in words and in a number, within a list',
    said('[{"binary":0,"data":{"result":false,"error_msg":"The subscription event type is odd.","error_code":20103}}]'),
    ['message.error'],
    /The subscription event type is odd/,
  ],
  ['words of an error that say there is none', said('[{"data":{"result":true,"error_msg":"","error_code":0}}]'), []],
  [
    'a notice of a relay that begins as an error does',
    said('["NOTICE","ERROR: bad req: REQ arr too small"]'),
    ['message.error'],
    /REQ arr too small/,
  ],
  [
    'a head that says no and a body that says why',
    said(
      '[{"namespace":"global","response":"x","success":false,"type":"globalError"},{"errorCode":"ERROR_INVALID_OBJECT_ID","reason":"householdId"}]',
    ),
    ['message.error'],
    /ERROR_INVALID_OBJECT_ID: householdId/,
  ],
  ['a head that says yes', said('[{"namespace":"groups","success":true,"type":"groupStatus"},{"groups":[]}]'), []],
  [
    'a line that is an error in a protocol of lines',
    said('CONERR,2,Requested Adapter Set not available\r\n'),
    ['message.error'],
    /Requested Adapter Set not available/,
  ],
  ['a line of the same protocol that is none', said('CONOK,S1,50000,5000,*\r\n'), []],
  [
    'credentials in a header of their own',
    refusedWith(answer(401, TEXT, 'nope'), { requestHeaders: [['Grpc-Metadata-macaroon', '[redacted]']] }),
    ['upgrade.unauthorized'],
    /^The server did not accept the credentials/,
  ],
  [
    'a header of the handshake that a header of the refusal misses',
    refusedWith(answer(400, { 'X-WebSocket-Reject-Reason': 'Client must provide a value for Sec-WebSocket-Key.' })),
    ['upgrade.headers-stripped'],
    /^The server did not see the Sec-WebSocket-Key header that was sent/,
  ],
  [
    'a Host that is denied for DNS rebinding',
    refusedWith(
      answer(
        400,
        TEXT,
        "It appears that you are trying to reach this service with a host of 'a.test'. It has been denied.",
      ),
    ),
    ['upgrade.host-refused'],
    /^The server does not answer to the name/,
  ],
  [
    'a route service that takes no WebSockets',
    refusedWith(
      answer(503, { ...TEXT, 'X-Cf-Routererror': 'route_service_unsupported' }, '503 Service Unavailable: no'),
    ),
    ['upgrade.unavailable'],
    /^The router of Cloud Foundry takes no WebSocket on a route with a route service/,
  ],
  [
    'an application that the router waited for',
    refusedWith(
      answer(502, { 'X-Cf-Routererror': 'endpoint_failure (timeout waiting for http response from backend)' }),
    ),
    ['upgrade.bad-gateway'],
    /endpoint_failure, "timeout waiting for http response from backend"/,
  ],
  [
    'a deployment that could not be found',
    refusedWith(answer(404, TEXT, 'The deployment could not be found on this platform.')),
    ['upgrade.not-found'],
    /^Nothing runs under the name/,
  ],
  [
    'the title of a page that says more than the name of the error',
    refusedWith(
      answer(500, HTML, '<title>ValueError: no such thing as x // Werkzeug Debugger</title><h1>ValueError</h1>'),
    ),
    ['upgrade.server-error'],
    /with the words "ValueError: no such thing as x"/,
  ],
  [
    'what is being started',
    refusedWith(answer(503, TEXT, 'The sandbox is starting')),
    ['upgrade.unavailable'],
    /The sandbox is starting/,
  ],
  [
    'a country that CloudFront is told to block',
    refusedWith(
      answer(
        403,
        { ...HTML, Server: 'CloudFront' },
        '<H2>The request could not be satisfied.</H2>The Amazon CloudFront distribution is configured to block access from your country.',
      ),
    ),
    ['upgrade.forbidden'],
    /is configured to block access from your country/,
  ],
  [
    'a 101 of Passenger in Apache',
    evidenceOf({
      response: answer(101, { Server: 'Apache/2.4.16 (Unix) Phusion_Passenger/5.0.18' }),
      failure: { phase: 'upgrade', kind: 'handshake' },
      problems: [
        {
          id: 'upgrade.missing-header',
          severity: 'error',
          message: 'The 101 has no Connection header.',
          expected: 'Upgrade',
          received: null,
        },
      ],
    }),
    ['upgrade.missing-header'],
    /Passenger as a module of Apache carries no WebSockets/,
  ],
  [
    'a close after words in a binary message is not wordless',
    shutBehindBytes(
      Buffer.concat([Buffer.from([3]), Buffer.from('{"status":"Failure","message":"container not found"}')]),
    ),
    ['message.error', 'close.rejected'],
    /container not found/,
  ],
  [
    'a domain that no tunnel has',
    refusedWith(answer(404, TEXT, 'No matching mole domain found for a.test')),
    ['upgrade.not-found'],
    /^Nothing runs under the name/,
  ],
  ['a notice of a relay that greets', said('["NOTICE","welcome to the relay"]'), []],
  [
    'a token in a subprotocol is one that was sent',
    refusedWith(answer(401, TEXT, 'must authenticate'), {
      plan: { subprotocols: ['base64.binary.k8s.io', '[redacted]'] },
    }),
    ['upgrade.unauthorized'],
    /^The server did not accept the credentials: 401/,
  ],
  [
    'a page to sign in at, with 403',
    refusedWith(answer(403, HTML, '<html><head><title>Sign In</title></head><body>…</body></html>')),
    ['upgrade.forbidden'],
    /^The server wants a login first, and answered with its page: 403/,
  ],
  [
    'a page to sign in at is about no Origin',
    refusedWith(answer(403, HTML, '<title>Sign in</title><form><input type="password"></form>'), {
      plan: { origin: 'https://app.test' },
      requestHeaders: [['Origin', 'https://app.test']],
    }),
    ['upgrade.forbidden'],
    /wants a login first/,
  ],
  [
    'a session that cannot be found is no path',
    refusedWith(
      answer(404, JSON_, '{"value":{"error":"invalid session id","message":"Unable to find session with ID: abc"}}'),
    ),
    ['upgrade.not-found'],
    /^The server says that what was asked for is not there/,
  ],
  [
    'a header of the request that is called invalid',
    refusedWith(answer(400, TEXT, 'Invalid request header "connection"')),
    ['upgrade.headers-stripped'],
    /^The server did not see the upgrade/,
  ],
  [
    'another header of the request that is called invalid',
    refusedWith(answer(400, TEXT, 'Invalid request header "x-tenant"')),
    ['upgrade.bad-request'],
    /Invalid request header 'x-tenant'/,
  ],
  [
    'Cowboy that closes, at the path of brokers, where no subprotocol was offered',
    refusedWith(answer(400, { Server: 'Cowboy', Connection: 'close' }), { url: 'ws://example.test:15675/ws' }),
    ['upgrade.bad-request'],
    /no subprotocol was offered/,
  ],
  [
    'Cowboy that goes on, at the same path',
    refusedWith(answer(400, { Server: 'Cowboy' }), { url: 'ws://example.test:15674/ws' }),
    ['upgrade.headers-stripped'],
  ],
  [
    'a version that DDP does not speak',
    evidenceOf({
      response: answer(101),
      url: 'ws://example.test/websocket',
      plan: asked,
      messages: ['{"msg":"failed","version":"1"}'],
    }),
    ['message.auth-refused'],
    /the server wants version 1 of DDP/,
  ],
];
