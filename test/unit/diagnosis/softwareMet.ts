import {
  answer,
  ascii,
  closedWith,
  evidenceOf,
  type EvidenceParts,
  frameRecord,
  phase,
  refusedWith,
} from '../../support/evidence.js';
import type { Look } from '../../../src/core/base/model.js';
import type { Case } from './case.js';

const TEXT = { 'Content-Type': 'text/plain' };
const open = { report: { response: answer(101) } };
const ended = (openForMs: number, parts: EvidenceParts = {}) =>
  evidenceOf({
    ...open,
    ...parts,
    failure: { phase: 'message', kind: 'end' },
    stream: { endedBy: 'server-fin', openForMs, ...parts.stream },
  });
const pinged = (atMs: number) => ({
  report: { response: answer(101), frames: [frameRecord({ opcode: 9, direction: 'sent', atMs })] },
});
const look = (parts: Pick<Look, 'reason' | 'error'>): Look => ({
  atMs: 1,
  address: '127.0.0.1:8080',
  request: null,
  response: null,
  ...parts,
});
const hangingUp = (looks: readonly Pick<Look, 'reason' | 'error'>[]) =>
  evidenceOf({
    failure: { phase: 'upgrade', kind: 'end' },
    stream: { answersTls: false },
    report: { looks: looks.map(look) },
  });
const sending = { message: { send: 'hello', expect: 'any' as const, samples: 1 } };

/** What software answered in our own hands, each beside what it must not be taken for. */
export const softwareMetCases: readonly Case[] = [
  [
    'Mojolicious: its inactivity timeout, nothing sent',
    ended(2_040),
    ['close.dropped'],
    /\(FIN\), without a Close frame, 2\.04 s after it opened.*an idle timer ran out, or it waited for a first one/,
  ],
  [
    'socat -T 2: counted from the pong',
    ended(2_150, pinged(125)),
    ['close.dropped'],
    /\(FIN\) 2\.03 s after the last frame, without a Close frame: an idle timer, as it seems/,
  ],
  [
    'an end at no whole second',
    ended(2_440),
    ['close.dropped'],
    /^The server ended the connection \(FIN\) after 2\.44 s without a Close frame/,
  ],
  [
    'nes: no hello in time',
    closedWith(1005, '', pinged(180), 1_010),
    ['close.rejected'],
    /with a Close frame without a code, 1\.01 s after it opened.*it waited for a first one \(a login, a handshake of its own\), as it seems/,
  ],
  [
    'aedes: a text that is no MQTT',
    ended(58, { plan: sending }),
    ['close.dropped'],
    /at once \(FIN after 58 ms\), without a Close frame, after the message that was sent: it does not take it/,
  ],
  [
    'the HTTP router of uWSGI: no frame passes',
    evidenceOf({
      plan: sending,
      failure: { phase: 'message', kind: 'no-reply' },
      stream: { bytesReceived: 164, openForMs: 8_000 },
      report: {
        response: answer(101),
        close: { code: 1006, reason: '', initiator: 'client', clean: false, evidence: 'We sent Close 1000.' },
      },
    }),
    ['message.timeout'],
    /^The server accepted the connection, then nothing came back: no reply to the message/,
  ],
  [
    'Autobahn: no room',
    refusedWith({ ...answer(503), reason: 'maximum number of connections reached' }),
    ['upgrade.unavailable'],
    /^The server takes no more connections for now: 503 maximum number of connections reached/,
  ],
  [
    'Autobahn: an Origin, in a long reason',
    refusedWith(
      { ...answer(400), reason: "WebSocket connection denied: origin 'http://evil.test' not allowed" },
      { plan: { origin: 'http://evil.test' }, requestHeaders: [['Origin', 'http://evil.test']] },
    ),
    ['upgrade.origin-refused'],
    /^The server refused the origin http:\/\/evil\.test: 400 .* not allowed\.$/,
  ],
  [
    'a page of PSGI that names nothing',
    refusedWith(answer(404, TEXT, 'no such thing here')),
    ['upgrade.not-found'],
    /^There is no WebSocket at \/chat: .*"no such thing here"/,
  ],
  [
    'civetweb: no handler, and no status line',
    evidenceOf({
      failure: { phase: 'upgrade', kind: 'not-http', message: "The server's first bytes are not HTTP" },
      stream: { firstBytes: ascii('Error 404: Not Found\nNot found'), bytesReceived: 30 },
    }),
    ['upgrade.not-http'],
    /^The server refuses the upgrade, in words without a status line: it has no WebSocket at \/chat, or none under this name, as it seems: "Error 404: Not Found/,
  ],
  [
    'Quart: a page',
    refusedWith(
      answer(
        400,
        { 'content-type': 'text/html; charset=utf-8', server: 'hypercorn-h11' },
        '<!doctype html><html lang=en><title>400 Bad Request</title><h1>Bad Request</h1><p>The browser (or proxy) sent a request that this server could not understand.</p>',
      ),
    ),
    ['upgrade.not-found'],
    /^Quart \(Werkzeug\) has a page at \/chat and no WebSocket/,
  ],
  [
    'Syncthing: a name that it does not know',
    refusedWith(answer(403, TEXT, 'Host check error\n')),
    ['upgrade.host-refused'],
    /^The server does not answer to the name example\.test/,
  ],
  [
    'Transmission: a landing page',
    evidenceOf({
      url: 'ws://example.test:9091/',
      failure: { phase: 'upgrade', kind: 'status', code: '301' },
      response: {
        ...answer(301, { Location: '/transmission/web/', Server: 'Transmission' }),
        reason: 'Moved Permanently',
      },
    }),
    ['upgrade.redirect'],
    /^The root of the server leads visitors to its pages, and the address names no other path: 301 Moved Permanently to \/transmission\/web\//,
  ],
  [
    'Transmission: a header of its own',
    refusedWith(
      answer(
        409,
        { 'Content-Type': 'text/html' },
        '<h1>409: Conflict</h1><p>Your request had an invalid session-id header.</p>',
      ),
    ),
    ['upgrade.bad-request'],
    /^The server refuses the request: 409.*"Your request had an invalid session-id header"/,
  ],
  [
    'Redis: its port',
    hangingUp([
      { reason: 'tls', error: 'No answer to the TLS hello within 1500 ms.' },
      { reason: 'get', error: 'The peer ended the connection without an answer.' },
    ]),
    ['upgrade.closed'],
    /something is there that takes other bytes than these: it speaks another protocol than HTTP, misses something in what is asked, or drops it by a rule, as it seems/,
  ],
  [
    'PostgreSQL: its port',
    hangingUp([
      { reason: 'tls', error: 'Client network socket disconnected before secure TLS connection was established' },
      { reason: 'get', error: 'The peer ended the connection without an answer.' },
    ]),
    ['upgrade.closed'],
    /nobody answers behind the port, it is none of HTTP, a rule drops what is asked/,
  ],
  [
    'vsftpd: a number that is none of HTTP',
    evidenceOf({
      failure: { phase: 'upgrade', kind: 'not-http', message: "The server's first bytes are not HTTP" },
      stream: { firstBytes: ascii('500 OOPS: vsftpd: refusing to run\r\n'), bytesReceived: 34 },
    }),
    ['upgrade.not-http'],
    /^Port 8080 answered in plain text that is not HTTP: "500 OOPS: vsftpd/,
  ],
  [
    'CUPS: an upgrade to TLS',
    evidenceOf({
      failure: { phase: 'upgrade', kind: 'handshake', message: 'wrong upgrade' },
      response: answer(101, { Connection: 'Keep-Alive', Upgrade: 'TLS/1.2,TLS/1.1', Server: 'CUPS/2.4 IPP/2.1' }),
      problems: [
        {
          id: 'upgrade.missing-header',
          severity: 'error',
          message: 'The Connection header of the 101 does not name Upgrade.',
          expected: 'Connection: Upgrade',
          received: 'Connection: Keep-Alive',
        },
        {
          id: 'upgrade.wrong-upgrade',
          severity: 'error',
          message: 'Another protocol.',
          expected: 'websocket',
          received: 'TLS/1.2,TLS/1.1',
        },
      ],
    }),
    ['upgrade.wrong-upgrade'],
    /^The server switched to another protocol than WebSocket: TLS\/1\.2/,
  ],
  [
    'Colyseus: a process that dies',
    evidenceOf({
      failure: { phase: 'message', kind: 'reset' },
      stream: {
        endedBy: 'server-reset',
        openForMs: 133,
        ping: { answered: false, withoutIt: null, end: { how: 'reset TCP (RST)', afterMs: 129 } },
      },
      report: {
        response: answer(101),
        looks: [look({ reason: 'no-ping', error: '127.0.0.1:4422: ECONNREFUSED' })],
      },
    }),
    ['close.after-ping', 'close.reset'],
    /nobody listened on the port any more right afterwards: its process ended/,
  ],
  [
    'Quart: what Werkzeug says of every error',
    refusedWith(
      answer(
        500,
        { 'content-type': 'text/html; charset=utf-8', server: 'hypercorn-h11' },
        '<!doctype html><html lang=en><title>500 Internal Server Error</title><h1>Internal Server Error</h1><p>The server encountered an internal error and was unable to complete your request. Either the server is overloaded or there is an error in the application.</p>',
      ),
    ),
    ['upgrade.server-error'],
    /^The server failed while answering the upgrade: 500[^"]*$/,
  ],
  [
    'Thin behind nginx, which passes no upgrade on',
    refusedWith(answer(404, { ...TEXT, Server: 'nginx/1.22.1' }, 'Not here')),
    ['upgrade.not-found'],
    /^There is no WebSocket at \/chat, or nginx before it took the upgrade away, .*: 404.*"Not here"/,
  ],
  [
    'nginx: a page in place of an error',
    refusedWith(
      answer(
        200,
        { 'Content-Type': 'text/html', Server: 'nginx/1.22.1' },
        '<html><title>We will be back soon</title><h1>Down for maintenance</h1></html>',
      ),
    ),
    ['upgrade.not-websocket'],
    /^The server is down for maintenance, by the page that came in place of the WebSocket \("Down for maintenance"\): 200/,
  ],
  [
    'Browsersync as a proxy: its Socket.IO ends what nobody takes',
    evidenceOf({
      failure: { phase: 'upgrade', kind: 'end' },
      stream: { answersTls: false, getAnswer: 'HTTP/1.1 426 Upgrade Required' },
      report: {
        phases: [phase('upgrade', 1_010)],
        looks: [{ ...look({ reason: 'get', error: null }), response: 'HTTP/1.1 426 Upgrade Required' }],
      },
    }),
    ['upgrade.closed'],
    /^A WebSocket server is there, and what stands before it hangs up .*: it does not pass upgrades on/,
  ],
  [
    'Daphne: an application that never accepts',
    evidenceOf({
      failure: { phase: 'upgrade', kind: 'reset' },
      stream: { answersTls: false },
      report: {
        phases: [phase('upgrade', 4_900)],
        looks: [
          look({ reason: 'tls', error: 'No answer to the TLS hello within 1500 ms.' }),
          look({ reason: 'get', error: 'No answer to plain HTTP within 1500 ms.' }),
        ],
      },
    }),
    ['upgrade.closed'],
    /^The server answers nothing, and resets the connection after 4\.90 s: what should answer the upgrade hangs/,
  ],
  [
    'automerge-repo: a message that is none of its own',
    closedWith(1005, '', { plan: sending }, 13),
    ['close.rejected'],
    /with a Close frame without a code, after the message that was sent: it does not take it, or fails at it, as it seems/,
  ],
  [
    'an application in its own words',
    closedWith(4001, 'Tenant is switched over'),
    ['close.rejected'],
    /^The server closed the connection: "Tenant is switched over" \(4001/,
  ],
  [
    'Ganache: a text that is no JSON',
    evidenceOf({
      response: answer(101),
      plan: sending,
      messages: [
        '{"id":null,"jsonrpc":"2.0","error":{"message":"Unexpected token \'h\', \\"hello\\" is not valid JSON","code":-32700}}',
      ],
    }),
    ['message.error'],
    /Unexpected token 'h'/,
  ],
  [
    'Quart behind nginx, which passes no upgrade on',
    refusedWith(
      answer(
        400,
        { 'content-type': 'text/html; charset=utf-8', server: 'nginx/1.22.1' },
        '<!doctype html><html lang=en><title>400 Bad Request</title><h1>Bad Request</h1><p>The browser (or proxy) sent a request that this server could not understand.</p>',
      ),
    ),
    ['upgrade.not-found'],
    /^Flask or Quart \(Werkzeug\) has a page at \/chat and no WebSocket, or nginx before it took the upgrade away: 400/,
  ],
];
