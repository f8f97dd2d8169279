import assert from 'node:assert/strict';
import type { Evidence } from '../../../src/core/base/evidence.js';
import type { FrameViolation } from '../../../src/core/base/frame.js';
import { diagnose } from '../../../src/core/diagnosis/diagnose.js';
import { answer, closedWith, evidenceOf, refusedWith } from '../../support/evidence.js';

const HTML = { 'Content-Type': 'text/html' };

/** An answer, what its headline must say, and the titles of all fixes it may offer. */
type Row = readonly [
  name: string,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
  title: RegExp,
  fixes: readonly RegExp[],
  sent?: { readonly origin?: string; readonly url?: string },
];

const lab = /^Find the one change/;
const curl = /^See what the server says/;
const redirects = /^See each redirect$/;
const token = /^Send a token/;
const onServer = /^On the server$/;
const cookie = /^Send the session cookie of a browser/;

const rows: Row[] = [
  ['a block page', 403, HTML, '<h1>Sorry, you have been blocked</h1>', /"Sorry, you have been blocked"/, [/^Who runs/]],
  ['a deny rule', 403, {}, 'Your country is not served', /"Your country is not served"/, [/^What to do$/]],
  [
    'rights of an account',
    403,
    {},
    '{"kind":"Status","message":"pods \\"web\\" is forbidden: User \\"system:anonymous\\" cannot get resource \\"pods/exec\\""}',
    /User 'system:anonymous' cannot get resource/,
    [token, lab],
  ],
  [
    'a page to sign in',
    403,
    HTML,
    '<title>Sign In</title><form></form>',
    /^The server wants a login first.*"Sign In"/,
    [/^What to do$/],
  ],
  ['a path that is not there', 404, {}, '', /^There is no WebSocket at/, [lab, curl]],
  [
    'a room that is not there',
    404,
    {},
    'requested room does not exist',
    /^The server says that what was asked for is not there/,
    [lab, curl],
  ],
  ['a header that is no login', 401, {}, 'Missing tenant header', /"Missing tenant header"/, [/^What to do$/]],
  ['a header that is one', 401, {}, 'Missing authorization header', /"Missing authorization header"/, [token]],
  [
    'a client certificate on a plain port',
    401,
    {},
    'No client certificate chain in this request',
    /"No client certificate chain in this request"/,
    [/^What to do$/],
  ],
  [
    'a sentence for a challenge',
    401,
    { 'WWW-Authenticate': 'authenticate with basic' },
    '',
    /^The server wants credentials/,
    [/^Send a user name and password \(profile\)$/],
  ],
  [
    'a scheme of its own',
    401,
    { 'WWW-Authenticate': 'Signature realm="basic"' },
    '',
    /^The server wants credentials of its scheme "Signature"/,
    [/^What to do$/],
  ],
  [
    'an id that is not there',
    404,
    {},
    'No ID Found',
    /^The server says that what was asked for is not there/,
    [lab, curl],
  ],
  [
    'another reason than the path',
    404,
    {},
    'Subprotocol not supported',
    /^The server says no for another reason than the path: 404 .*"Subprotocol not supported"/,
    [/^What to do$/],
  ],
  ['a login behind a 404', 404, {}, '{"error":"Invalid API key"}', /^The server says no for another/, [/^What to do$/]],
  ['a thing that is missing', 404, {}, 'Missing tenant', /^The server says no for another reason/, [/^What to do$/]],
  ['words that nobody can read', 404, {}, 'Nada por aquí', /^There is no WebSocket at .*, or what was/, [lab, curl]],
  ['a route in words', 404, {}, 'Cannot GET /chat', /^There is no WebSocket at \/chat: /, [lab, curl]],
  ['no handler for it', 404, {}, 'websocket disabled', /^There is no WebSocket at \/chat: /, [lab, curl]],
  [
    'an origin that nobody knows the list of',
    403,
    {},
    'Invalid CORS request, origin refused',
    /^The server refused the origin https:\/\/shop\.test/,
    [/^Try the origin of its own pages/, onServer],
    { origin: 'https://shop.test' },
  ],
  [
    'a host name of HTTP.sys',
    400,
    HTML,
    '<h2>Bad Request - Invalid Hostname</h2>',
    /^The server does not answer to the name/,
    [onServer, lab],
  ],
  [
    'a host of webpack-dev-server',
    200,
    HTML,
    'Invalid Host header',
    /^The server does not answer to the name/,
    [onServer, lab],
  ],
  [
    'the allowed hosts of Vite',
    403,
    {},
    'Blocked request. This host ("app.test") is not allowed.',
    /^The server does not answer to the name/,
    [onServer, lab],
  ],
  [
    'a name behind the proxy',
    502,
    {},
    'dial tcp: lookup backend: no such host',
    /could not get a valid answer from the server behind it.*no such host/,
    [/^On the proxy/],
  ],
  ['a proxy that nobody named', 502, {}, 'Bad Gateway', /^A proxy could not get a valid answer/, [/^On the proxy/]],
  [
    'a login elsewhere',
    302,
    { Location: 'https://acme.cloudflareaccess.com/cdn-cgi/access/login/app.test?kid=1' },
    '',
    /^The server wants a login first/,
    [cookie, redirects],
  ],
  [
    'a login here',
    302,
    { Location: '/oauth2/start?rd=%2Fchat' },
    '',
    /^The server wants a login first/,
    [cookie, redirects],
  ],
  [
    'a captive portal',
    302,
    { Location: 'http://192.168.182.1:3990/prelogin?wispr' },
    '',
    /captive portal/,
    [/^Sign in$/],
  ],
  [
    'the same over TLS',
    308,
    { Location: 'https://example.test/chat' },
    '',
    /^The server takes this address over TLS only/,
    [/^Connect to the final/, /^Follow/, redirects],
  ],
  [
    'the start page',
    302,
    { Location: '/' },
    '',
    /^The server seems to have nothing at this path, and sends the client to its start page/,
    [lab, /^See the answer/],
  ],
  ['an error page', 302, { Location: '/error/404?aspxerrorpath=/chat' }, '', /error page/, [lab, /^See the answer/]],
  [
    'a login of a proxy',
    302,
    { Location: '/outpost.goauthentik.io/start?rd=https://app.test/chat' },
    '',
    /^The server wants a login first/,
    [/^What to do$/, redirects],
  ],
  [
    'a page that brings the visitor back',
    302,
    { Location: 'https://teleport.example.test/web/launch/app.example.test?path=%2Fchat' },
    '',
    /^The server wants a login first/,
    [/^What to do$/, redirects],
  ],
  [
    'a page that asks for a password',
    200,
    HTML,
    '<title>Router</title><form><input type="password"></form>',
    /^The server answered 200 OK with a login page/,
    [lab],
  ],
  [
    'another name',
    301,
    { Location: 'https://www.example.test/chat' },
    '',
    /^The server goes by another name, www\.example\.test/,
    [/^Connect to the final/, /^Follow/, redirects],
  ],
  [
    'a slash',
    301,
    { Location: 'http://example.test/chat/' },
    '',
    /^The path wants a slash at its end/,
    [/^Connect to the final/, /^Follow/, redirects],
  ],
];

rows.push(
  [
    'a status in place of 101',
    200,
    { 'Sec-WebSocket-Accept': 'x', Upgrade: 'websocket' },
    '',
    /^The server took the WebSocket, and answered with 200/,
    [/^On the server, and on what stands before it$/],
  ],
  [
    'an API key that it names',
    401,
    {},
    '{"message":"No API key found in request","hint":"No `apikey` request header was found."}',
    /"No API key found in request"/,
    [/^Send the API key/],
  ],
  [
    'a token in the query that it does not take',
    401,
    {},
    'expired token',
    /^The server did not accept the credentials.*"expired token"/,
    [/^What to do$/],
    { url: 'ws://example.test/chat?access_token=x' },
  ],
  [
    'a token that it says expired, where none was sent',
    401,
    {},
    'Token expired',
    /^The server wants credentials, and none were sent.*"Token expired"/,
    [/^Send a token/, /^Where a browser can send it/],
  ],
);

rows.push(
  [
    'a page that nobody signed',
    200,
    HTML,
    '<title>App</title>',
    /^The server answered 200/,
    [lab, /^On a proxy before the server/],
  ],
  [
    'a limit of connections',
    503,
    {},
    'Maximum number of connections reached',
    /^The server takes no more connections for now: .*"Maximum number of connections reached"/,
    [/^What to do/],
  ],
  [
    'a balancer without a peer',
    503,
    { Server: 'kong/3.4' },
    '{"message":"failure to get a peer from the ring-balancer"}',
    /"failure to get a peer/,
    [],
  ],
  [
    'a balancer that nobody can log in to',
    502,
    { Server: 'Google Frontend' },
    '',
    /^Google Cloud load balancer could not/,
    [],
  ],
  [
    'a key of Azure',
    401,
    {
      'WWW-Authenticate':
        'AzureApiManagementKey realm="https://a.test/ws",name="Ocp-Apim-Subscription-Key",type="header"',
    },
    '',
    /^The server wants credentials/,
    [/^Send the API key/],
  ],
  [
    'an error in XML',
    403,
    { 'Content-Type': 'application/xml' },
    '<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>',
    /"AccessDenied Request has expired"/,
    [/^What to do$/],
  ],
);

for (const words of [
  'Device "x7" is not registered',
  'ChargePoint CP001 is not registered',
  'Unknown channel',
  'No such room: lobby',
  'Could not find a session for this id',
]) {
  rows.push([
    words,
    404,
    {},
    JSON.stringify({ error: words }),
    /^The server says that what was asked for is not there/,
    [lab, curl],
  ]);
}
for (const words of ['Unknown route', 'Cannot find the page', 'No such file', 'Path /chat is not registered'])
  rows.push([words, 404, {}, words, /^There is no WebSocket at/, [lab, curl]]);
rows.push(
  [
    'a version of its own',
    426,
    { 'Sec-WebSocket-Version': '8, 7' },
    '',
    /^The server speaks another version of WebSocket \(8, 7\) than 13/,
    [],
  ],
  [
    'an origin of another name, where nothing is said',
    403,
    {},
    '',
    /^The server refused the origin http:\/\/localhost:3000, as it seems/,
    [lab, onServer],
    { origin: 'http://localhost:3000' },
  ],
  ['a refusal without a word, and no Origin', 403, { Via: '1.1 google' }, '', /^The server refuses this client/, [lab]],
  [
    'an origin of another port',
    403,
    {},
    '',
    /^The server refused the origin http:\/\/example\.test:3000, as it seems/,
    [/^Try the origin of its own pages/, lab, onServer],
    { origin: 'http://example.test:3000' },
  ],
  [
    'a page that nginx has as a file',
    200,
    {
      ...HTML,
      Server: 'nginx',
      'Last-Modified': 'Thu, 21 May 2020 00:38:23 GMT',
      ETag: '"5ec5cd7f-264"',
    },
    '<title>Shop</title>',
    /^nginx serves a file at \/ \("Shop"\)/,
    [lab],
    { url: 'ws://example.test/' },
  ],
  ['a name that it does not answer for', 421, {}, '', /not responsible for this name/, [lab]],
);

describe('fixes of refusals', () => {
  for (const [name, status, headers, body, title, fixes, { origin, url } = {}] of rows) {
    it(`names the cause of ${name}, and offers what can cure it alone`, () => {
      const [headline, ...rest] = diagnose(
        refusedWith(answer(status, headers, body), {
          ...(url !== undefined && { url }),
          requestHeaders: origin === undefined ? [] : [['Origin', origin]],
        }),
      );
      assert.match(headline?.title ?? '', title);
      assert.deepEqual(rest, []);
      const offered = headline?.fixes.map((fix) => fix.title) ?? [];
      assert.equal(offered.length, fixes.length, offered.join(' | '));
      for (const [index, wanted] of fixes.entries()) assert.match(offered[index] ?? '', wanted);
    });
  }

  it('speaks of the size of messages only where the server does', () => {
    const plan = { message: { send: 'a', expect: 'any' as const, samples: 1 } };
    const fixes = (messages: readonly string[]) =>
      diagnose(closedWith(1009, '', { plan, messages }))[0]
        ?.fixes.map(({ snippet }) => snippet)
        .join('\n') ?? '';
    assert.match(fixes([]), /maxPayload/);
    assert.match(fixes(['{"error":"message too big"}']), /maxPayload/);
    assert.doesNotMatch(fixes(['{"error":"max streams limit reached"}']), /maxPayload|size/);
  });

  it('offers no login to STOMP that was sent already, nor to an exception of Spring', () => {
    const refused = (message: string, send: string) =>
      diagnose(
        evidenceOf({
          response: answer(101),
          plan: { subprotocols: ['v12.stomp'], message: { send, expect: 'any', samples: 1 } },
          messages: [`ERROR\nmessage:${message}\n\n\0`],
        }),
      )[0]?.fixes.map(({ title }) => title);
    assert.deepEqual(refused('Bad CONNECT', 'CONNECT\n\n\0'), [
      'Send credentials as stomp expects them (profile)',
      'Where stomp looks',
    ]);
    assert.deepEqual(refused('Bad CONNECT', 'CONNECT\nlogin:a\npasscode:b\n\n\0'), ['Where stomp looks']);
    const spring = 'Failed to send message to ExecutorSubscribableChannel[clientInboundChannel]';
    assert.deepEqual(refused(spring, 'CONNECT\n\n\0'), ['Where stomp looks']);
  });

  it('puts no header into requests that the answer misses', () => {
    const [headline] = diagnose(
      evidenceOf({
        response: answer(101, { Server: 'nginx/1.18.0' }),
        failure: { phase: 'upgrade', kind: 'handshake' },
        problems: [
          {
            id: 'upgrade.missing-header',
            severity: 'error',
            message: 'The 101 has no Upgrade header.',
            expected: 'websocket',
            received: null,
          },
        ],
      }),
    );
    assert.equal(headline?.id, 'upgrade.missing-header');
    assert.doesNotMatch(JSON.stringify(headline.fixes), /proxy_set_header/);
  });

  it('keeps the port that was asked where a redirect to a slash forgets it', () => {
    const [headline] = diagnose(refusedWith(answer(301, { Location: 'http://example.test/chat/' })));
    assert.match(headline?.fixes[0]?.snippet ?? '', /"ws:\/\/example\.test:8080\/chat\/"/);
  });
});

describe('fixes of closes', () => {
  const closes: readonly (readonly [reason: string, message: string | null, fixes: readonly RegExp[]])[] = [
    ['', null, [/^What to do$/, /^Find the one change/, /^What to do about/]],
    ['Too many requests', null, [/^What to do about/]],
    ['Invalid API key', null, [/^What to do$/, /^What to do about/]],
    ['origin not allowed', null, [/^Send an origin/, /^What to do about/]],
    ['Invalid API key', '{"auth":"x"}', [/^What to do about/]],
    ['', '{"auth":"x"}', [/^What to do$/]],
    ['Cross-site WebSocket session blocked.', null, [/^What to do about/]],
    ['User not member of this group.', null, [/^What to do about/]],
    ['insufficient privileges', null, [/^What to do about/]],
    ['recording session not started', null, [/^What to do about/]],
    ['missing userId', null, [/^What to do about/]],
    ['unknown user', null, [/^What to do about/]],
    ['room full', null, [/^What to do about/]],
  ];
  for (const [reason, send, wanted] of closes) {
    it(`offers against 1008 "${reason}"${send === null ? '' : ' after a message'} what its words speak of`, () => {
      const message = send === null ? null : { send, expect: 'any' as const, samples: 1 };
      const [headline] = diagnose(closedWith(1008, reason, { plan: { message } }));
      const offered = headline?.fixes.map(({ title }) => title) ?? [];
      assert.equal(offered.length, wanted.length, offered.join(' | '));
      for (const [index, title] of wanted.entries()) assert.match(offered[index] ?? '', title);
    });
  }
});

describe('what stands in place of a frame', () => {
  const first = (id: FrameViolation['id'], hex: string, wireOffset = 0, problems: Evidence['problems'] = []) =>
    diagnose(
      evidenceOf({
        failure: { phase: 'message', kind: 'protocol', code: id, message: 'broken' },
        stream: { openForMs: 3, violation: { id, message: 'broken', wireOffset, hex } },
        problems,
      }),
    ).find((one) => one.id === id)?.title ?? '';
  const chunked: Evidence['problems'] = [
    { id: 'upgrade.body-on-101', severity: 'warning', message: 'a body', expected: null, received: 'chunked' },
  ];

  it('is a compressed message where only RSV1 is set', () => {
    assert.match(first('frame.reserved-bits', 'c1 07 f2 48', 40), /^The server sent a compressed message \(RSV1\)/);
    assert.match(first('frame.reserved-bits', 'e1 07 f2 48', 40), /reserved bits set/);
  });

  it('is a chunk of HTTP, where the 101 announced chunks', () => {
    assert.match(first('frame.reserved-bits', '37 0d 0a 81 05 68 65 6c', 0, chunked), /in chunks of HTTP/);
    assert.match(first('frame.reserved-bits', '37 0d 0a 81 05 68 65 6c'), /reserved bits set/);
  });

  it('is text that was written to the bare socket', () => {
    assert.match(
      first('frame.reserved-bits', '7b 22 74 79 70 65 22 3a 31 7d'),
      /^The server sent plain text after the 101/,
    );
    assert.match(first('frame.reserved-bits', '7b 22 74 79 70 65 22 3a 31 7d', 30), /reserved bits set/);
  });
});

describe('a close that says what it is about', () => {
  const fixesOf = (code: number, reason: string) =>
    diagnose(closedWith(code, reason)).flatMap(({ fixes }) => fixes.map(({ title }) => title));

  it('gets no credentials where the origin, or their age, is to blame', () => {
    for (const reason of ['Invalid origin!', 'Token is expired', 'Session is no longer valid.'])
      assert.ok(!fixesOf(1008, reason).some((title) => token.test(title)), reason);
  });

  it('is told as a second connection where another took its place', () => {
    const [headline] = diagnose(closedWith(1008, 'replaced by new connection'));
    assert.match(headline?.explanation ?? '', /connected a second time/);
  });
});
