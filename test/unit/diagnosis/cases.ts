import type { Evidence } from '../../../src/core/base/evidence.js';
import type { FrameViolation } from '../../../src/core/base/frame.js';
import type { HandshakeProblem } from '../../../src/core/base/evidence.js';
import {
  answer,
  ascii,
  bytes,
  certificate,
  certificateRefused,
  closedWith,
  evidenceOf,
  frameRecord,
  phase,
  refusedWith,
  tlsWith,
} from '../../support/evidence.js';
import type { Case } from './case.js';
import { peopleMeetCases } from './peopleMeet.js';
import { reportedCases } from './reported.js';
import { reportedKindCases } from './reportedKinds.js';
import { softwareMetCases } from './softwareMet.js';
import { softwareMetMoreCases } from './softwareMetMore.js';
import { reportedMoreCases } from './reportedMore.js';
import { strangersPlatformsCases } from './strangersPlatforms.js';
import { routeCases } from './routeCases.js';

const tcpError = (code: string): Evidence =>
  evidenceOf({
    failure: { phase: 'tcp', kind: 'error', code },
    report: {
      attempts: [
        { address: '127.0.0.1', family: 4, port: 8080, startMs: 1, durationMs: 0.5, error: code },
        { address: '::1', family: 6, port: 8080, startMs: 2, durationMs: 0.5, error: code },
      ],
    },
  });

const tlsError = (message: string, code = 'EPROTO'): Evidence =>
  evidenceOf({ url: 'wss://example.test/chat', failure: { phase: 'tls', kind: 'error', code, message } });

const problem = (
  id: HandshakeProblem['id'],
  received: string | null,
  severity: 'error' | 'warning' = 'error',
): Evidence =>
  evidenceOf({
    failure: severity === 'error' ? { phase: 'upgrade', kind: 'handshake', code: id } : null,
    plan: { subprotocols: ['graphql-transport-ws'] },
    response: answer(101, { Server: 'nginx/1.22.1' }),
    problems: [{ id, severity, message: `Problem ${id}.`, expected: 'this', received }],
  });

const violation = (id: FrameViolation['id'], hex = '81 85 00'): Evidence =>
  evidenceOf({
    failure: { phase: 'message', kind: 'protocol', code: id },
    response: answer(101),
    stream: { openForMs: 3, violation: { id, message: `Frame broke ${id}.`, wireOffset: 17, hex } },
  });

export const lowLayers: readonly Case[] = [
  [
    'a URL that is none',
    evidenceOf({ failure: { kind: 'input', code: 'profile.invalid-url', message: 'The port is out of range.' } }),
    ['profile.invalid-url'],
    /^The port is out of range\.$/,
  ],
  [
    'a header with CR LF',
    evidenceOf({
      failure: { kind: 'input', code: 'profile.invalid-header', message: 'The header X-A holds a line break' },
    }),
    ['profile.invalid-header'],
    /^The header X-A holds a line break\.$/,
  ],
  [
    'a header that Node refuses',
    evidenceOf({
      failure: { kind: 'input', code: 'ERR_INVALID_CHAR', message: 'Invalid character in header content' },
    }),
    ['profile.invalid-header'],
  ],
  [
    'a subprotocol that ws refuses',
    evidenceOf({ failure: { kind: 'input', message: 'An invalid or duplicated subprotocol was specified' } }),
    ['profile.invalid-subprotocol'],
  ],
  [
    'a bad subprotocol',
    evidenceOf({ failure: { kind: 'input', code: 'profile.invalid-subprotocol', message: 'Twice' } }),
    ['profile.invalid-subprotocol'],
  ],
  [
    'a file that cannot be read',
    evidenceOf({
      failure: {
        phase: 'tls',
        kind: 'input',
        code: 'profile.unreadable-file',
        message: 'Cannot read ./ca.pem (ENOENT).',
      },
    }),
    ['profile.unreadable-file'],
    /ca\.pem/,
  ],
  [
    'a message that cannot be encoded',
    evidenceOf({
      failure: {
        phase: 'dns',
        kind: 'input',
        code: 'profile.invalid-payload',
        message: 'Line 8: The mqtt payload cannot be encoded: Invalid messageId.',
      },
    }),
    ['profile.invalid-payload'],
    /messageId/,
  ],
  [
    'a key that does not fit',
    evidenceOf({
      failure: { phase: 'tls', kind: 'input', code: 'profile.invalid-certificate', message: 'key values mismatch' },
    }),
    ['profile.invalid-certificate'],
  ],
  ...(
    [
      ['credentials.insecure', 'http:// is read by everybody on the way', /not https/],
      ['credentials.unreachable', 'tcp: connect ECONNREFUSED (ECONNREFUSED)', /cannot be reached/],
      ['credentials.timeout', 'No whole answer within 10000 ms.', /in time/],
      ['credentials.redirected', '302 Found, to https://id.test/login', /redirects/],
      ['credentials.invalid-answer', '200 OK, an HTML page instead of JSON', /no token/],
      ['credentials.refused', '401 Unauthorized, invalid_client (unknown)', /invalid_client/],
      ['credentials.expired', '200 OK, a token that lives 0 s', /expired when it came/],
    ] as const
  ).map(([id, words, said]): Case => {
    const tokenUrl = 'http://id.test/token';
    const message = `No token from ${tokenUrl}: ${words}.`;
    return [
      `no token: ${id}`,
      evidenceOf({
        plan: { auth: { type: 'oauth2', tokenUrl, clientId: 'wsprobe', clientSecret: '[redacted]' } },
        failure: { phase: 'upgrade', kind: 'credentials', code: id, message },
      }),
      [id],
      said,
    ];
  }),
  ...(
    [
      ['ENOENT', 'socket.not-found', /no socket \/run\/a\.sock/],
      ['EACCES', 'socket.denied', /may not be opened/],
      ['ECONNREFUSED', 'socket.refused', /Nobody listens on \/run\/a\.sock/],
      ['EAGAIN', 'socket.refused', /does not take the connection \(EAGAIN\)/],
    ] as const
  ).map(([code, id, said]): Case => {
    const failure = { phase: 'tcp', kind: 'error', code } as const;
    return [`a local socket: ${code}`, evidenceOf({ url: 'ws+unix:/run/a.sock:/chat', failure }), [id], said];
  }),
  [
    'a metadata address after resolution',
    evidenceOf({ failure: { phase: 'dns', kind: 'guard', message: '169.254.169.254' } }),
    ['guard.metadata-address'],
    /refused to connect/,
  ],
  [
    'a metadata address after connecting',
    evidenceOf({ failure: { phase: 'tcp', kind: 'guard', message: 'fe80::1' } }),
    ['guard.metadata-address'],
  ],
  [
    'an unknown name',
    evidenceOf({ failure: { phase: 'dns', kind: 'error', code: 'ENOTFOUND' } }),
    ['dns.not-found'],
    /example\.test does not exist/,
  ],
  [
    'a resolver that is down',
    evidenceOf({ failure: { phase: 'dns', kind: 'error', code: 'EAI_AGAIN' } }),
    ['dns.unavailable'],
  ],
  [
    'a resolver that is slow',
    evidenceOf({ failure: { phase: 'dns', kind: 'timeout' } }),
    ['dns.unavailable'],
    /in time/,
  ],
  ['refused', tcpError('ECONNREFUSED'), ['tcp.refused'], /Nothing listens on example\.test:8080/],
  ['unanswered', evidenceOf({ failure: { phase: 'tcp', kind: 'timeout' } }), ['tcp.timeout'], /did not answer/],
  ['unanswered by the system', tcpError('ETIMEDOUT'), ['tcp.timeout']],
  ['no route', tcpError('ENETUNREACH'), ['tcp.unreachable'], /no way/],
  ['host unreachable', tcpError('EHOSTUNREACH'), ['tcp.unreachable']],
  ['a local firewall', tcpError('EACCES'), ['tcp.unreachable'], /does not allow/],
  ['reset while connecting', tcpError('ECONNRESET'), ['tcp.reset']],
  ['out of files', tcpError('EMFILE'), ['local.exhausted'], /EMFILE/],
  ['out of ports', tcpError('EADDRNOTAVAIL'), ['local.exhausted'], /local port/],
  ['reset before a byte', evidenceOf({ failure: { kind: 'reset', code: 'ECONNRESET' } }), ['tcp.reset']],
  [
    'reset before a byte, but late',
    evidenceOf({ failure: { kind: 'reset' }, report: { phases: [phase('upgrade', 4000)] } }),
    ['upgrade.closed'],
    /reset the connection/,
  ],
  ['reset over TLS', evidenceOf({ url: 'wss://example.test/', failure: { kind: 'reset' } }), ['upgrade.closed']],
];

export const tls: readonly Case[] = [
  [
    'plain port (OpenSSL)',
    tlsError('error:0A00010B:SSL routines:ssl3_get_record:wrong version number'),
    ['tls.plain-port'],
    /does not speak TLS/,
  ],
  [
    'plain port (BoringSSL)',
    tlsError('error:100000f7:SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER'),
    ['tls.plain-port'],
  ],
  ['old TLS only', tlsError('tlsv1 alert protocol version'), ['tls.version']],
  ['old TLS only (BoringSSL)', tlsError('OPENSSL_internal:TLSV1_ALERT_PROTOCOL_VERSION'), ['tls.version']],
  [
    'unsupported protocol',
    tlsError('ssl_choose_client_version:unsupported protocol', 'ERR_SSL_UNSUPPORTED_PROTOCOL'),
    ['tls.version'],
  ],
  ['no shared cipher', tlsError('sslv3 alert handshake failure'), ['tls.no-shared-cipher'], /client certificate/],
  ['h2 only', tlsError('tlsv1 alert no application protocol'), ['tls.alpn']],
  [
    'client certificate missing',
    tlsError('tlsv13 alert certificate required', 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'),
    ['tls.client-certificate-required'],
    /has none/,
  ],
  [
    'client certificate refused',
    evidenceOf({
      url: 'wss://example.test/',
      plan: { tls: { cert: 'c.pem', key: 'k.pem' } },
      failure: {
        phase: 'tls',
        kind: 'error',
        code: 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
        message: 'tlsv1 alert unknown ca',
      },
    }),
    ['tls.client-certificate-refused'],
    /refused the client certificate of this profile: it does not know the authority/,
  ],
  [
    'FIN during the hello',
    evidenceOf({ url: 'wss://example.test/', failure: { phase: 'tls', kind: 'end' } }),
    ['tls.closed'],
    /closed the connection/,
  ],
  [
    'RST during the hello',
    evidenceOf({ url: 'wss://example.test/', failure: { phase: 'tls', kind: 'reset' } }),
    ['tls.closed'],
    /reset the connection/,
  ],
  [
    'silence during the hello',
    evidenceOf({ url: 'wss://example.test/', failure: { phase: 'tls', kind: 'timeout' } }),
    ['tls.timeout'],
    /did not answer the TLS handshake/,
  ],
  [
    'silence during the hello, on a port where plain HTTP opens a WebSocket',
    evidenceOf({
      url: 'wss://example.test/',
      failure: { phase: 'tls', kind: 'timeout' },
      stream: { plainAnswer: 'HTTP/1.1 101 Switching Protocols' },
    }),
    ['tls.plain-port'],
    /does not speak TLS.*opens a WebSocket/,
  ],
  [
    'an end during the hello, on a port where plain HTTP is answered',
    evidenceOf({
      url: 'wss://example.test/',
      failure: { phase: 'tls', kind: 'end' },
      stream: { plainAnswer: 'HTTP/1.1 404 Not Found' },
    }),
    ['tls.plain-port'],
    /answers "HTTP\/1\.1 404 Not Found"/,
  ],
  [
    'an end during the hello, on a port that complains of plain HTTP',
    evidenceOf({
      url: 'wss://example.test/',
      failure: { phase: 'tls', kind: 'end' },
      stream: { plainAnswer: 'HTTP/1.1 400 Bad Request' },
    }),
    ['tls.closed'],
  ],
  ['another TLS error', tlsError('something new'), ['tls.closed'], /handshake failed/],
  [
    'self-signed',
    certificateRefused('DEPTH_ZERO_SELF_SIGNED_CERT', [certificate({ issuer: 'CN=example.test' })]),
    ['tls.self-signed'],
  ],
  [
    'self-signed, and for other names',
    certificateRefused('DEPTH_ZERO_SELF_SIGNED_CERT', [certificate({ altNames: ['DNS:localhost'] })]),
    ['tls.self-signed'],
    /^The certificate is self-signed, and for other names than example\.test/,
    [/^On the server$/, /^See the chain/, /^For testing only/],
  ],
  [
    'what Traefik shows where it has no certificate',
    certificateRefused('DEPTH_ZERO_SELF_SIGNED_CERT', [
      certificate({ subject: 'CN=TRAEFIK DEFAULT CERT', altNames: ['DNS:5e1b.traefik.default'] }),
    ]),
    ['tls.self-signed'],
    /^The server has no certificate for example\.test: it shows the one that Traefik makes for itself/,
  ],
  [
    'private root in the chain',
    certificateRefused('SELF_SIGNED_CERT_IN_CHAIN', [certificate(), certificate()]),
    ['tls.unknown-authority'],
  ],
  [
    'missing intermediate of a public authority',
    certificateRefused('UNABLE_TO_VERIFY_LEAF_SIGNATURE', [certificate({ issuer: "C=US, O=Let's Encrypt, CN=R11" })]),
    ['tls.incomplete-chain'],
  ],
  [
    'missing intermediate though the root is given',
    certificateRefused('UNABLE_TO_VERIFY_LEAF_SIGNATURE', [certificate()], { plan: { tls: { ca: ['ca.pem'] } } }),
    ['tls.incomplete-chain'],
  ],
  [
    'leaf of an unknown issuer',
    certificateRefused('UNABLE_TO_VERIFY_LEAF_SIGNATURE', [certificate()]),
    ['tls.unknown-authority', 'tls.incomplete-chain'],
  ],
  [
    'chain to an unknown root',
    certificateRefused('UNABLE_TO_GET_ISSUER_CERT_LOCALLY', [certificate(), certificate()]),
    ['tls.unknown-authority'],
  ],
  [
    'expired',
    certificateRefused('CERT_HAS_EXPIRED', [certificate({ daysLeft: -3 })]),
    ['tls.expired'],
    /expired 3 days ago/,
  ],
  ['not yet valid', certificateRefused('CERT_NOT_YET_VALID', [certificate()]), ['tls.not-yet-valid']],
  [
    'another name',
    certificateRefused('ERR_TLS_CERT_ALTNAME_INVALID', [certificate({ altNames: ['DNS:other.test'] })]),
    ['tls.name-mismatch'],
    /other names than example\.test/,
  ],
  ['revoked', certificateRefused('CERT_REVOKED', [certificate()]), ['tls.revoked']],
  [
    'an unknown verification error',
    certificateRefused('CERT_UNTRUSTED', [certificate()]),
    ['tls.verification-failed'],
    /CERT_UNTRUSTED/,
  ],
  [
    'a certificate for clients alone',
    certificateRefused('INVALID_PURPOSE', [certificate({ uses: ['clientAuth', 'emailProtection'] })]),
    ['tls.wrong-purpose'],
    /may be used for clientAuth, emailProtection alone/,
  ],
  [
    'an issuer that is no authority, called a purpose',
    certificateRefused('INVALID_PURPOSE', [certificate(), certificate({ subject: 'CN=leaf.test', authority: false })]),
    ['tls.invalid-authority'],
    /^CN=leaf\.test signed the certificate and is no authority/,
  ],
  ['an issuer that is no authority', certificateRefused('INVALID_CA', [certificate()]), ['tls.invalid-authority']],
  [
    'a name that the authority may not sign for',
    certificateRefused('PERMITTED_VIOLATION', [certificate()]),
    ['tls.name-constraints'],
  ],
  ['SHA-1', certificateRefused('CA_MD_TOO_WEAK', [certificate()]), ['tls.weak-certificate'], /SHA-1/],
  ['a short key', certificateRefused('EE_KEY_TOO_SMALL', [certificate()]), ['tls.weak-certificate'], /key.*too short/],
  ['a wrong signature', certificateRefused('CERT_SIGNATURE_FAILURE', [certificate()]), ['tls.bad-signature']],
  [
    'an alert about the name',
    tlsError('tlsv1 unrecognized name', 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME'),
    ['tls.unrecognized-name'],
    /no certificate for the name example\.test/,
  ],
  ['an alert without a reason', tlsError('tlsv1 alert internal error'), ['tls.closed'], /the alert "internal error"/],
  ['a group that is too small', tlsError('dh key too small'), ['tls.no-shared-cipher'], /Diffie-Hellman/],
  [
    'an authority that was given, and another in the chain',
    certificateRefused('SELF_SIGNED_CERT_IN_CHAIN', [certificate(), certificate()], {
      plan: { tls: { ca: ['ca.pem'] } },
    }),
    ['tls.unknown-authority'],
    /authority that the probe was told to trust/,
  ],
  [
    'ws to a TLS port: alert',
    evidenceOf({
      failure: { kind: 'not-http' },
      stream: { firstBytes: bytes('15 03 03 00 02 02 46'), bytesReceived: 7 },
    }),
    ['tls.required', 'upgrade.not-http'],
    /speaks TLS/,
  ],
  [
    'ws to a TLS port: nginx',
    refusedWith(
      answer(
        400,
        { Server: 'nginx' },
        '<h1>400 Bad Request</h1><center>The plain HTTP request was sent to HTTPS port</center>',
      ),
    ),
    ['tls.required'],
  ],
  [
    'ws to a TLS port: Go',
    refusedWith(answer(400, {}, 'Client sent an HTTP request to an HTTPS server.')),
    ['tls.required'],
  ],
  [
    'ws to a TLS port that hangs up',
    evidenceOf({ failure: { kind: 'reset' }, stream: { answersTls: true } }),
    ['tls.required'],
  ],
  [
    'no name but the common one',
    evidenceOf({ url: 'wss://example.test/', report: { tls: tlsWith([certificate({ altNames: [] })]) } }),
    ['tls.common-name-only'],
    /common name alone/,
  ],
  [
    'verification off',
    evidenceOf({ url: 'wss://example.test/', plan: { tls: { rejectUnauthorized: false } } }),
    ['tls.verification-off'],
    /verification is off/,
  ],
  [
    'verification off, and needed',
    evidenceOf({
      url: 'wss://example.test/',
      plan: { tls: { rejectUnauthorized: false } },
      report: { tls: tlsWith([certificate()], 'CERT_HAS_EXPIRED') },
    }),
    ['tls.verification-off'],
    /CERT_HAS_EXPIRED/,
  ],
  [
    'ends soon',
    evidenceOf({ url: 'wss://example.test/', report: { tls: tlsWith([certificate({ daysLeft: 1 })]) } }),
    ['tls.expires-soon'],
    /expires in 1 day\.$/,
  ],
  [
    'ends sooner than expected',
    evidenceOf({
      url: 'wss://example.test/',
      plan: { expect: { certificateDaysLeft: 60 } },
      report: {
        tls: tlsWith([certificate()]),
        expectations: [{ name: 'certificates are valid for 60 days', passed: false, expected: '60', actual: '42' }],
      },
    }),
    ['tls.expires-soon'],
    /expires in 42 days/,
  ],
];

const upgradeFailure = (kind: 'end' | 'timeout' | 'not-http' | 'malformed' | 'headers-too-large', hex = '') =>
  evidenceOf({
    failure: { phase: 'upgrade', kind },
    stream: { firstBytes: bytes(hex), bytesReceived: bytes(hex).length },
  });

export const upgrade: readonly Case[] = [
  ['FIN before a byte', upgradeFailure('end'), ['upgrade.closed'], /without an answer/],
  ['FIN in the middle', upgradeFailure('end', '48 54 54 50'), ['upgrade.closed'], /in the middle of/],
  ['silence', upgradeFailure('timeout'), ['upgrade.timeout'], /did not answer the upgrade request within 5\.00 s/],
  ['a trickle', upgradeFailure('timeout', '48 54 54 50'), ['upgrade.timeout'], /not complete/],
  [
    'SSH',
    evidenceOf({
      failure: { kind: 'not-http' },
      stream: { firstBytes: ascii('SSH-2.0-OpenSSH_9.6\r\n'), bytesReceived: 21 },
    }),
    ['upgrade.not-http'],
    /SSH/,
  ],
  [
    'HTTP/2 only',
    upgradeFailure('not-http', '00 00 06 04 00 00 00 00 00 00 03 00 00 00 64'),
    ['upgrade.not-http'],
    /HTTP\/2/,
  ],
  ['noise', upgradeFailure('not-http', 'ff fe fd'), ['upgrade.not-http'], /not HTTP\.$/],
  [
    'words without a status line',
    upgradeFailure('not-http', Buffer.from('no route for you').toString('hex')),
    ['upgrade.not-http'],
    /plain text that is not HTTP: "no route for you"/,
  ],
  [
    'an echo of the request',
    upgradeFailure('not-http', Buffer.from('GET /chat HTTP/1.1\r\nSec-WebSocket-Key: x\r\n').toString('hex')),
    ['upgrade.not-http'],
    /it is an echo service/,
  ],
  [
    'the header of a load balancer',
    upgradeFailure('not-http', Buffer.from('PROXY TCP4 10.0.0.1 10.0.0.2 5 80\r\n').toString('hex')),
    ['upgrade.not-http'],
    /the PROXY protocol/,
  ],
  [
    'frames without the 101',
    upgradeFailure('not-http', `81 05 ${Buffer.from('hello').toString('hex')}`),
    ['upgrade.not-http'],
    /frames came and no answer to the upgrade/,
  ],
  ['broken HTTP', upgradeFailure('malformed', '48 54 54 50 2f 31 2e 31 0a'), ['upgrade.malformed'], /broken HTTP/],
  [
    'a refusal only ws makes',
    evidenceOf({ failure: { kind: 'handshake', message: 'Invalid something' } }),
    ['upgrade.malformed'],
    /Invalid something/,
  ],
  [
    'an endless header',
    upgradeFailure('headers-too-large'),
    ['upgrade.headers-too-large'],
    /larger than wsprobe reads/,
  ],
  [
    'nginx: request header too large',
    refusedWith(answer(400, { Server: 'nginx' }, 'Request Header Or Cookie Too Large')),
    ['upgrade.headers-too-large'],
  ],
  [
    'Apache: request header too large',
    refusedWith(answer(400, { Server: 'Apache' }, 'Size of a request header field exceeds server limit.')),
    ['upgrade.headers-too-large'],
  ],
  ['431', refusedWith(answer(431)), ['upgrade.headers-too-large']],
  ['414', refusedWith(answer(414)), ['upgrade.headers-too-large'], /the address too large/],
  ['413', refusedWith(answer(413)), ['upgrade.headers-too-large'], /an upgrade has none/],
  [
    '426 by nginx',
    refusedWith(answer(426, { Server: 'nginx/1.22.1' })),
    ['upgrade.headers-stripped'],
    /^nginx between here/,
  ],
  [
    '426 by a ws library',
    refusedWith(answer(426, {}, 'Upgrade Required')),
    ['upgrade.headers-stripped'],
    /did not see the upgrade that was asked for/,
  ],
  [
    '426 for another version',
    refusedWith(answer(426, { 'Sec-WebSocket-Version': '8' })),
    ['upgrade.upgrade-required'],
    /another version/,
  ],
  [
    '426 for another protocol',
    refusedWith(answer(426, { Upgrade: 'h2c', Server: 'nginx' })),
    ['upgrade.upgrade-required'],
  ],
  ['426 for TLS', refusedWith(answer(426, { Upgrade: 'TLS/1.2' })), ['tls.required']],
  [
    '400 about a missing key',
    refusedWith(answer(400, {}, 'Missing or invalid Sec-WebSocket-Key header')),
    ['upgrade.headers-stripped'],
    /^The server did not see the Sec-WebSocket-Key header that was sent: the answer is 400/,
  ],
  [
    '400 about a missing version, behind nginx',
    refusedWith(answer(400, { Via: '1.1 nginx', Server: 'nginx' }, 'missing Sec-WebSocket-Version')),
    ['upgrade.headers-stripped'],
    /^The server did not see the Sec-WebSocket-Version header that was sent, behind nginx/,
  ],
  [
    '400 by gorilla',
    refusedWith(
      answer(
        400,
        {},
        "Bad Request\nwebsocket: the client is not using the websocket protocol: 'upgrade' token not found in 'Connection' header",
      ),
    ),
    ['upgrade.headers-stripped'],
  ],
  ['400 by Spring', refusedWith(answer(400, {}, 'Can "Upgrade" only to "WebSocket".')), ['upgrade.headers-stripped']],
  [
    '400 about a subprotocol',
    refusedWith(answer(400, {}, 'Invalid Sec-WebSocket-Protocol header')),
    ['upgrade.bad-request'],
  ],
  [
    '404 by Express under nginx',
    refusedWith(answer(404, { Server: 'nginx', 'X-Powered-By': 'Express' }, 'Cannot GET /chat')),
    ['upgrade.headers-stripped', 'upgrade.not-found'],
    /nginx/,
  ],
  [
    '200 by Express under nginx',
    refusedWith(answer(200, { Server: 'nginx', 'X-Powered-By': 'Express' }, '<!doctype html>')),
    ['upgrade.headers-stripped', 'upgrade.not-websocket'],
  ],
  [
    '200 with a page',
    refusedWith(answer(200, { 'Content-Type': 'text/html' }, '<html>')),
    ['upgrade.not-websocket'],
    /^The server answered 200 OK with an HTML page instead of upgrading\.$/,
  ],
  ['204', refusedWith(answer(204)), ['upgrade.not-websocket']],
  [
    'a redirect to TLS',
    refusedWith(answer(301, { Location: 'https://example.test/chat' })),
    ['upgrade.redirect'],
    /301 Moved Permanently to https/,
  ],
  ['a redirect to a login', refusedWith(answer(302, { Location: '/login?next=/chat' })), ['upgrade.redirect']],
  ['a redirect to nowhere', refusedWith(answer(302)), ['upgrade.redirect']],
  ['400', refusedWith(answer(400, {}, 'tenant is missing')), ['upgrade.bad-request']],
  [
    'Engine.IO: bad version',
    refusedWith(answer(400, {}, '{"code":5,"message":"Unsupported protocol version"}')),
    ['upgrade.bad-request'],
  ],
  [
    'Engine.IO: session unknown',
    refusedWith(answer(400, {}, '{"code":1,"message":"Session ID unknown"}')),
    ['upgrade.session-unknown'],
    /does not know the session/,
  ],
  [
    'SignalR: session unknown',
    refusedWith(answer(404, {}, 'No Connection with that ID')),
    ['upgrade.session-unknown'],
    /^SignalR does not know the id/,
  ],
  [
    '401 without credentials',
    refusedWith(answer(401, { 'WWW-Authenticate': 'Bearer' })),
    ['upgrade.unauthorized'],
    /none were sent/,
  ],
  [
    '401 with credentials',
    refusedWith(answer(401), { requestHeaders: [['Authorization', '[redacted]']] }),
    ['upgrade.unauthorized'],
    /did not accept/,
  ],
  [
    '401 with an expired token',
    refusedWith(answer(401), {
      requestHeaders: [['Authorization', '[redacted]']],
      tokens: [{ where: 'Authorization', expiresAt: '2026-01-01T00:00:00.000Z', expired: true }],
    }),
    ['auth.token-expired', 'upgrade.unauthorized'],
    /expired .* ago/,
  ],
  ['403', refusedWith(answer(403, { 'Content-Length': '0' })), ['upgrade.forbidden']],
  ['403 without a header', refusedWith(answer(403)), ['upgrade.origin-refused'], /wants an Origin header, as it seems/],
  [
    '403 with an origin',
    refusedWith(answer(403), { requestHeaders: [['Origin', 'https://evil.test']] }),
    ['upgrade.origin-refused'],
    /https:\/\/evil\.test/,
  ],
  [
    '403 to the origin of its own address',
    refusedWith(answer(403, { Server: 'nginx' }), {
      plan: { origin: 'http://example.test:8080' },
      requestHeaders: [['Origin', 'http://example.test:8080']],
    }),
    ['upgrade.origin-refused'],
    /the origin of its own address/,
  ],
  [
    '403 about the host',
    refusedWith(answer(403, {}, 'Blocked host: example.test')),
    ['upgrade.host-refused'],
    /does not answer to the name example\.test/,
  ],
  [
    '403 that speaks of the origin',
    refusedWith(answer(403, {}, 'origin not allowed')),
    ['upgrade.origin-refused'],
    /none was sent/,
  ],
  [
    '403 with an origin, by the rules of HAProxy',
    refusedWith(answer(403, {}, '<html><body><h1>403 Forbidden</h1>\nRequest forbidden by administrative rules.'), {
      requestHeaders: [['Origin', 'https://a.test']],
    }),
    ['upgrade.forbidden'],
  ],
  [
    '403 with an origin, about a token',
    refusedWith(answer(403, {}, 'invalid token'), { requestHeaders: [['Origin', 'https://a.test']] }),
    ['upgrade.forbidden'],
  ],
  ['404', refusedWith(answer(404)), ['upgrade.not-found'], /no WebSocket at \/chat/],
  ['410', refusedWith(answer(410)), ['upgrade.not-found']],
  ['405', refusedWith(answer(405, { Allow: 'POST' })), ['upgrade.method']],
  ['408', refusedWith(answer(408)), ['upgrade.request-timeout']],
  ['421', refusedWith(answer(421)), ['upgrade.misdirected']],
  ['429', refusedWith(answer(429, { 'Retry-After': '30' })), ['upgrade.rate-limited'], /try again after 30 s/],
  ['418', refusedWith(answer(418)), ['upgrade.bad-request']],
  ['999', refusedWith(answer(999)), ['upgrade.bad-request']],
  ['500', refusedWith(answer(500)), ['upgrade.server-error']],
  ['501', refusedWith(answer(501)), ['upgrade.server-error']],
  ['502 by nginx', refusedWith(answer(502, {}, '<center>nginx</center>')), ['upgrade.bad-gateway'], /^nginx could not/],
  [
    '503',
    refusedWith(answer(503, { 'Cache-Control': 'no-cache' }, '<html><body><h1>503 Service Unavailable</h1>')),
    ['upgrade.unavailable'],
  ],
  ['504', refusedWith(answer(504)), ['upgrade.gateway-timeout']],
  ['522', refusedWith(answer(522, { Server: 'cloudflare' })), ['upgrade.cdn-error'], /522/],
  ['a status the profile wants', refusedWith(answer(401), { plan: { expect: { status: 401 } } }), []],
];

export const handshake: readonly Case[] = [
  ['Upgrade missing', problem('upgrade.missing-header', null), ['upgrade.missing-header']],
  ['another protocol', problem('upgrade.wrong-upgrade', 'h2c'), ['upgrade.wrong-upgrade'], /h2c/],
  ['accept wrong', problem('upgrade.accept-mismatch', 'abc='), ['upgrade.accept-mismatch']],
  ['accept missing', problem('upgrade.accept-missing', null), ['upgrade.accept-missing']],
  ['accept twice', problem('upgrade.accept-duplicated', 'a, a'), ['upgrade.accept-duplicated']],
  ['a body on the 101', problem('upgrade.body-on-101', 'Content-Length: 0', 'warning'), ['upgrade.body-on-101']],
  ['no subprotocol', problem('subprotocol.none-selected', null), ['subprotocol.none-selected'], /graphql-transport-ws/],
  ['another subprotocol', problem('subprotocol.not-offered', 'graphql-ws'), ['subprotocol.not-offered'], /graphql-ws/],
  ['another case', problem('subprotocol.case', 'GraphQL-transport-ws'), ['subprotocol.case']],
  ['two subprotocols', problem('subprotocol.several', 'a, b'), ['subprotocol.several']],
  ['subprotocol unrequested', problem('subprotocol.unrequested', 'chat'), ['subprotocol.unrequested']],
  ['extension unrequested', problem('extension.unrequested', 'x-webkit-deflate-frame'), ['extension.unrequested']],
  ['extension invalid', problem('extension.invalid', 'permessage-deflate; x=1'), ['extension.invalid']],
  [
    'not the subprotocol expected',
    evidenceOf({
      plan: { subprotocols: ['a', 'b'], expect: { subprotocol: 'a' } },
      response: answer(101),
      report: { response: answer(101), subprotocol: { offered: ['a', 'b'], selected: 'b' } },
    }),
    ['subprotocol.unexpected'],
    /is "b", but the profile expects "a"/,
  ],
  [
    'another expectation',
    evidenceOf({
      report: {
        response: answer(101),
        expectations: [{ name: 'header x equals 1', passed: false, expected: '1', actual: '2' }],
      },
    }),
    ['expectation.failed'],
    /header x equals 1/,
  ],
];

const open = { response: answer(101) };

/** A 101 that turned compression on, and what came of it. */
const deflated = (headers: Readonly<Record<string, string>>) => ({
  response: answer(101, { ...headers, 'Sec-WebSocket-Extensions': 'permessage-deflate' }),
});
const ended = { failure: { phase: 'message', kind: 'end' }, stream: { endedBy: 'server-fin', openForMs: 60 } } as const;

export const connection: readonly Case[] = [
  ['HTTP after the upgrade', violation('frame.http-after-upgrade', '3c 68 74 6d 6c 3e'), ['frame.http-after-upgrade']],
  ['masked', violation('frame.masked'), ['frame.masked']],
  [
    'a length of 200 in one byte',
    violation('frame.masked', `81 c8 ${Buffer.from('{"hello":"world"}').toString('hex')}`),
    ['frame.masked'],
    /a length of 200 bytes into one byte/,
  ],
  [
    'a length with the low byte first',
    evidenceOf({
      ...open,
      failure: { phase: 'message', kind: 'timeout' },
      stream: {
        firstBytes: Buffer.concat([Buffer.from('HTTP/1.1 101 x\r\n\r\n'), Buffer.from('817e2c01', 'hex')]),
        bytesReceived: 18 + 4 + 300,
        ping: { answered: false, end: null, withoutIt: null },
      },
    }),
    ['ping.unanswered'],
    /says that it has 11269 bytes, and 304 bytes came: its length stands with the low byte first/,
  ],
  ['reserved bits', violation('frame.reserved-bits'), ['frame.reserved-bits']],
  [
    'a Close frame of text',
    violation('frame.invalid-close', `88 0e ${Buffer.from('Websocket gone').toString('hex')}`),
    ['frame.invalid-close'],
    /text in the place of its code: "Websocket gone"/,
  ],
  [
    'RSV1 on a continuation',
    { ...violation('frame.reserved-bits', 'c0 04 74 65'), report: evidenceOf(deflated({})).report },
    ['frame.reserved-bits'],
    /continuation frame as compressed/,
  ],
  [
    'ARR, and compression',
    evidenceOf({ ...deflated({ 'X-Powered-By': 'ARR/3.0' }), ...ended }),
    ['close.dropped'],
    /as ARR does with compression/,
  ],
  [
    'an end in the middle of a frame',
    evidenceOf({
      ...open,
      failure: { phase: 'message', kind: 'end' },
      stream: {
        endedBy: 'server-fin',
        openForMs: 50,
        firstBytes: Buffer.concat([Buffer.from('HTTP/1.1 101 x\r\n\r\n'), Buffer.from('81644141', 'hex')]),
        bytesReceived: 18 + 42,
      },
    }),
    ['close.dropped'],
    /in the middle of a frame \(42 bytes of 102 bytes\)/,
  ],
  [
    'a complaint about the bit of compression, which was agreed',
    closedWith(1002, 'Invalid WebSocket frame: RSV1 must be clear', { report: { response: deflated({}).response } }),
    ['close.rejected'],
    /RSV1 must be clear/,
  ],
  [
    'IIS without its feature',
    evidenceOf({ response: answer(101, { Server: 'Microsoft-IIS/10.0' }), ...ended }),
    ['close.dropped'],
    /feature WebSocket Protocol is not installed/,
  ],
  ['opcode', violation('frame.invalid-opcode'), ['frame.invalid-opcode']],
  ['orphan continuation', violation('frame.unexpected-continuation'), ['frame.unexpected-continuation']],
  ['message in a message', violation('frame.expected-continuation'), ['frame.expected-continuation']],
  ['control frame', violation('frame.invalid-control'), ['frame.invalid-control']],
  ['close frame', violation('frame.invalid-close'), ['frame.invalid-close']],
  ['UTF-8', violation('frame.invalid-utf8'), ['frame.invalid-utf8']],
  ['deflate', violation('frame.bad-deflate', ''), ['frame.bad-deflate']],
  ['message too large for us', violation('limit.message-size'), ['limit.message-size'], /104,857,600/],
  ['too many fragments for us', violation('limit.fragments'), ['limit.fragments']],
  ['ping flood', evidenceOf({ stream: { pingFlood: true, pingsReceived: 5000 } }), ['limit.ping-flood']],
  [
    'no answer to Close',
    evidenceOf({ failure: { phase: 'close', kind: 'timeout' }, stream: { closeTimedOut: true } }),
    ['limit.close-timeout'],
    /3000 ms/,
  ],
  [
    'no reply',
    evidenceOf({
      ...open,
      plan: { message: { send: 'hi', expect: 'echo', samples: 1 } },
      failure: { phase: 'message', kind: 'no-reply' },
    }),
    ['message.timeout'],
    /no reply/,
  ],
  [
    'no first message',
    evidenceOf({
      ...open,
      plan: { message: { expect: 'any', samples: 1 } },
      failure: { phase: 'message', kind: 'no-reply' },
    }),
    ['message.timeout'],
    /no message came/,
  ],
  [
    'nothing after the upgrade',
    evidenceOf({
      ...open,
      failure: { phase: 'message', kind: 'timeout' },
      stream: { ping: { answered: false, end: null, withoutIt: null } },
    }),
    ['ping.unanswered'],
    /nothing came back/,
  ],
  [
    'a heartbeat without an answer',
    evidenceOf({
      ...open,
      failure: { phase: 'message', kind: 'timeout', code: 'heartbeat.missed', message: 'No answer within 10 ms.' },
      stream: { ping: { answered: false, end: null, withoutIt: null } },
    }),
    ['ping.unanswered'],
    /heartbeat went unanswered/,
  ],
  [
    'messages and no pong',
    evidenceOf({ ...open, messages: ['tick'], stream: { ping: { answered: false, end: null, withoutIt: null } } }),
    ['ping.unanswered'],
    /sends messages but did not answer our ping/,
  ],
  [
    'an end at our ping, and a hold without',
    evidenceOf({
      ...open,
      stream: { ping: { answered: false, end: { how: 'ended TCP (FIN)', afterMs: 1 }, withoutIt: 'held' } },
    }),
    ['close.after-ping'],
    /without one the connection holds/,
  ],
  [
    'another reply',
    evidenceOf({
      ...open,
      plan: { message: { send: 'hi', expect: 'echo', samples: 1 } },
      messages: ['welcome'],
      failure: { phase: 'message', kind: 'mismatch', message: 'Expected an echo' },
    }),
    ['message.mismatch'],
    /send back/,
  ],
  [
    'refused in a message',
    evidenceOf({
      ...open,
      messages: ['{"type":"auth_invalid","message":"Invalid password"}'],
      failure: { phase: 'message', kind: 'mismatch' },
    }),
    ['message.auth-refused', 'message.mismatch'],
    /Invalid password/,
  ],
  [
    'an error in a message',
    evidenceOf({ ...open, messages: ['{"error":{"code":2,"msg":"Invalid request: invalid stream"},"id":2}'] }),
    ['message.error'],
    /^The connection opened, and the application answered with an error: Invalid request: invalid stream\.$/,
  ],
  [
    'refused in a message, then closed',
    closedWith(4403, 'Forbidden', {
      plan: { subprotocols: ['graphql-ws'] },
      messages: ['{"type":"connection_error","payload":{"message":"no"}}'],
    }),
    ['message.auth-refused', 'close.rejected'],
  ],
  [
    '4401',
    closedWith(4401, '', {}),
    ['close.rejected'],
    /^The server accepted the connection, then closed it with 4401 \(Unauthorized\)\.$/,
  ],
  ['3000', closedWith(3000), ['close.rejected'], /3000 \(Unauthorized\)/],
  ['1000 at once', closedWith(1000), ['close.rejected'], /1000 \(Normal Closure\)/],
  ['an empty Close', closedWith(1005), ['close.rejected'], /without a code/],
  ['1001', closedWith(1001), ['close.going-away']],
  ['1008', closedWith(1008, 'token expired'), ['close.policy'], /"token expired" \(1008, Policy Violation\)/],
  ['1009', closedWith(1009), ['close.too-big']],
  ['1011', closedWith(1011), ['close.internal-error']],
  ['1012', closedWith(1012), ['close.overloaded'], /restarting/],
  ['1013', closedWith(1013), ['close.overloaded'], /overloaded/],
  ['a close that is expected', closedWith(4000, '', { plan: { expect: { closeCode: [4000] } } }), []],
  [
    'an expected close that cuts the check short',
    closedWith(4000, '', { plan: { expect: { closeCode: [4000] }, message: { expect: 'any', samples: 1 } } }),
    ['close.rejected'],
  ],
  [
    'FIN',
    evidenceOf({
      ...open,
      failure: { phase: 'message', kind: 'end' },
      stream: { endedBy: 'server-fin', openForMs: 3200 },
    }),
    ['close.dropped'],
    /FIN\) after 3\.20 s without a Close frame/,
  ],
  [
    'RST',
    evidenceOf({
      ...open,
      failure: { phase: 'message', kind: 'reset' },
      stream: { endedBy: 'server-reset', openForMs: 3 },
    }),
    ['close.reset'],
    /RST/,
  ],
  [
    'FIN for an answer to Close',
    evidenceOf({
      ...open,
      failure: { phase: 'close', kind: 'end' },
      stream: { endedBy: 'server-fin', openForMs: 300 },
    }),
    ['close.dropped'],
    /instead of answering/,
  ],
  [
    'slow upgrade',
    evidenceOf({
      report: { phases: [phase('upgrade', 1840, { status: 'degraded', budget: { degradedMs: 1000, downMs: null } })] },
    }),
    ['budget.exceeded'],
    /upgrade took 1\.84 s, over its budget of 1\.00 s/,
  ],
  [
    'two slow phases',
    evidenceOf({
      report: {
        phases: [
          phase('tcp', 300, { status: 'failed', budget: { degradedMs: 100, downMs: 200 } }),
          phase('upgrade', 1840, { status: 'degraded', budget: { degradedMs: 1000, downMs: null } }),
        ],
      },
    }),
    ['budget.exceeded', 'budget.exceeded'],
    /TCP connection took 300 ms, over its limit of 200 ms/,
  ],
  [
    'slow round trip',
    evidenceOf({
      plan: { expect: { budgets: { message: { degradedMs: 200, downMs: 5000, percentile: 95 } } } },
      report: {
        roundTrips: { mode: 'echo', samplesMs: [250, 300], minMs: 250, p50Ms: 250, p95Ms: 300, p99Ms: 300, maxMs: 300 },
      },
    }),
    ['budget.exceeded'],
    /echo round trip \(p95 of 2\) took 300 ms/,
  ],
  [
    'slow in all',
    evidenceOf({
      plan: { expect: { budgets: { total: { degradedMs: null, downMs: 100 } } } },
      report: {
        expectations: [{ name: 'is ready within 100 ms', passed: false, expected: '100 ms or less', actual: '250 ms' }],
      },
    }),
    ['budget.exceeded'],
    /Getting ready took 250 ms/,
  ],
  [
    'uneven round trips',
    evidenceOf({
      report: {
        roundTrips: { mode: 'echo', samplesMs: [2, 2, 2, 2, 90], minMs: 2, p50Ms: 2, p95Ms: 90, p99Ms: 90, maxMs: 90 },
      },
    }),
    ['latency.unstable'],
  ],
  [
    'an expired token',
    evidenceOf({ tokens: [{ where: 'Authorization', expiresAt: '2026-01-01T00:00:00.000Z', expired: true }] }),
    ['auth.token-expired'],
    /Authorization/,
  ],
  [
    'a token that is over in a minute',
    evidenceOf({ tokens: [{ where: 'cookie s', expiresAt: '2026-11-20T12:01:00.000Z', expired: false }] }),
    ['auth.token-expires-soon'],
    /expires in 1 min/,
  ],
  [
    'a token that is renewed before it is over',
    evidenceOf({ tokens: [{ where: 'x', expiresAt: '2026-11-20T12:01:00.000Z', expired: false, renewed: true }] }),
    [],
  ],
  [
    'a token of tomorrow',
    refusedWith(answer(403, { 'Content-Length': '0' }), {
      tokens: [
        {
          where: 'subprotocol',
          expiresAt: '2026-11-22T00:00:00.000Z',
          expired: false,
          notBefore: '2026-11-20T13:30:00.000Z',
        },
      ],
    }),
    ['auth.token-not-yet-valid', 'upgrade.forbidden'],
    /1 h 30 min from now/,
  ],
  [
    'a token that has expired by a wrong clock of ours',
    refusedWith(answer(401, { Date: 'Fri, 20 Nov 2026 10:00:00 GMT' }), {
      tokens: [{ where: 'header X', expiresAt: '2026-11-20T11:30:00.000Z', expired: true }],
    }),
    ['upgrade.unauthorized', 'auth.token-expired'],
  ],
  [
    "a token that has expired by the server's clock alone",
    refusedWith(answer(401, { Date: 'Fri, 20 Nov 2026 14:00:00 GMT' }), {
      tokens: [{ where: 'header X', expiresAt: '2026-11-20T12:30:00.000Z', expired: false, issuer: 'https://id.test' }],
    }),
    ['auth.token-expired', 'upgrade.unauthorized'],
    /by the server's clock, though not by this machine's/,
  ],
  [
    'a close by policy with an expired token',
    closedWith(1008, '', { tokens: [{ where: 'cookie s', expiresAt: '2026-11-20T11:57:00.000Z', expired: true }] }),
    ['auth.token-expired', 'close.policy'],
    /expired 3 min ago/,
  ],
  ['nothing wrong', evidenceOf(), []],
  ['cancelled', evidenceOf({ failure: { phase: 'tcp', kind: 'cancelled' } }), []],
];

const quietSession: NonNullable<Evidence['session']> = {
  missedHeartbeat: null,
  heartbeatTimeoutMs: 10_000,
  pingsSent: 3,
  pongsReceived: 2,
  idleMs: 40_000,
  silentMs: 40_000,
  maxBufferedBytes: 0,
  sendRefused: false,
  paused: false,
};
const beaten = (session: Partial<NonNullable<Evidence['session']>>): Evidence =>
  evidenceOf({
    failure: { phase: 'message', kind: 'no-reply' },
    response: answer(101),
    stream: { openForMs: 90_000, endedBy: 'client' },
    session: { ...quietSession, ...session },
  });

const cutAfter = (
  idleMs: number | null,
  openForMs: number,
  headers: Readonly<Record<string, string>> = { Server: 'nginx/1.22.1' },
  url = 'ws://example.test:8080/chat',
): Evidence =>
  evidenceOf({
    failure: { phase: 'message', kind: 'end' },
    url,
    response: answer(101, headers),
    stream: { openForMs, endedBy: 'server-fin' },
    session: { ...quietSession, idleMs },
  });

/** The end came later than the heartbeat was given up: the silence before it is longer than that. */
const heardBehindPing = (): Evidence => {
  const evidence = beaten({ missedHeartbeat: 'ping', silentMs: 12_000 });
  const frames = [
    frameRecord({ direction: 'sent', opcode: 9, atMs: 30_000 }),
    frameRecord({ opcode: 1, atMs: 30_200, text: 'news' }),
  ];
  return { ...evidence, report: { ...evidence.report, frames } };
};

export const sessions: readonly Case[] = [
  [
    'a FIN a minute after the handshake, and never a frame',
    cutAfter(null, 60_010),
    ['close.idle-timeout', 'close.dropped'],
    /60\.01 s after the handshake/,
  ],
  [
    'a FIN a minute after the last frame',
    cutAfter(60_010, 95_000),
    ['close.idle-timeout', 'close.dropped'],
    /60\.01 s after the last frame/,
  ],
  [
    'a FIN at 30 s whatever the traffic',
    cutAfter(200, 30_020, { Via: '1.1 google' }),
    ['close.lifetime', 'close.dropped'],
    /limit on its lifetime/,
  ],
  ['a FIN at 30 s whatever the traffic, and nobody with such a limit', cutAfter(200, 30_020), ['close.dropped']],
  [
    'a FIN after 10 s of silence behind nginx, whose timer can be set',
    cutAfter(10_010, 12_000),
    ['close.idle-timeout', 'close.dropped'],
    /10\.01 s after the last frame: an idle timer, as nginx proxy_read_timeout is/,
  ],
  ['a FIN after 10 s of silence, and nobody is named', cutAfter(10_010, 12_000, {}), ['close.dropped'], /FIN/],
  [
    'a FIN after 10 s of silence from Deepgram',
    cutAfter(10_010, 12_000, {}, 'wss://api.deepgram.com/v1/listen'),
    ['close.idle-timeout', 'close.dropped'],
    /as Deepgram without audio is/,
  ],
  [
    'a FIN after 60 s of silence, and nobody is named',
    cutAfter(60_010, 62_000, {}),
    ['close.idle-timeout', 'close.dropped'],
    /after the last frame: an idle timer\./,
  ],
  ['a FIN after 60.4 s of silence, and nobody is named', cutAfter(60_400, 62_000, {}), ['close.dropped']],
  [
    'a FIN after 55 s of silence, from Heroku',
    cutAfter(55_020, 62_000, { Via: '1.1 vegur' }),
    ['close.idle-timeout', 'close.dropped'],
    /as Heroku router/,
  ],
  ['a FIN at no timer of anybody', cutAfter(41_400, 77_400), ['close.dropped']],
  [
    'a ping without a pong, and silence',
    beaten({ missedHeartbeat: 'ping' }),
    ['session.half-open'],
    /^The connection was half-open/,
  ],
  [
    'a ping without a pong while data comes',
    beaten({ missedHeartbeat: 'ping', silentMs: 200 }),
    ['session.pong-missing'],
    /did not answer our ping/,
  ],
  [
    'a ping without a pong, and a frame behind it',
    heardBehindPing(),
    ['session.pong-missing'],
    /sends messages but did not answer our ping/,
  ],
  [
    'a heartbeat message without an answer while pongs come',
    beaten({ missedHeartbeat: 'message' }),
    ['session.heartbeat-missing'],
    /did not answer the heartbeat message/,
  ],
  [
    'a heartbeat message without an answer, and silence',
    beaten({ missedHeartbeat: 'message', pongsReceived: 0 }),
    ['session.half-open'],
  ],
  [
    'a send refused because the peer does not read',
    { ...beaten({ sendRefused: true, maxBufferedBytes: 67_108_864 }), failure: null },
    ['session.backpressure'],
    /did not read as fast/,
  ],
];

export const allCases: readonly Case[] = [
  ...peopleMeetCases,
  ...reportedCases,
  ...reportedKindCases,
  ...softwareMetCases,
  ...softwareMetMoreCases,
  ...reportedMoreCases,
  ...strangersPlatformsCases,
  ...lowLayers,
  ...tls,
  ...upgrade,
  ...handshake,
  ...connection,
  ...sessions,
  ...routeCases,
];
