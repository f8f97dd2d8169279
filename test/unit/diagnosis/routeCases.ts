import type { Evidence, Failure } from '../../../src/core/base/evidence.js';
import type { Http2Info, ProxyInfo, ProxyKind, Redirect, ResponseInfo } from '../../../src/core/base/model.js';
import type { ProxyRoute } from '../../../src/core/base/plan.js';
import {
  answer,
  certificate,
  certificateRefused,
  type EvidenceParts,
  evidenceOf,
  phase,
  refusedWith,
  tlsWith,
} from '../../support/evidence.js';
import type { Case } from './case.js';

export function route(kind: ProxyKind = 'http', rest: Partial<ProxyRoute> = {}): ProxyRoute {
  return {
    kind,
    host: 'proxy.corp.test',
    port: kind.startsWith('socks') ? 1080 : 3128,
    username: null,
    password: null,
    authorization: null,
    rejectUnauthorized: true,
    source: 'HTTPS_PROXY',
    ...rest,
  };
}

const info = (proxy: ProxyRoute, response: ResponseInfo | null): ProxyInfo => ({
  url: `${proxy.kind}://${proxy.host}:${proxy.port}`,
  kind: proxy.kind,
  source: proxy.source,
  status: response?.status ?? null,
  reason: response?.reason ?? '',
  headers: response?.headers ?? [],
  request: { httpVersion: '1.1', method: 'CONNECT', target: 'example.test:8080', headers: [] },
  body: response?.body ?? null,
  tls: null,
});

export const throughProxy = (
  failure: Partial<Failure>,
  parts: EvidenceParts & { readonly proxy?: ProxyRoute; readonly said?: ResponseInfo } = {},
): Evidence => {
  const { proxy = route(), said = null, ...rest } = parts;
  return evidenceOf({
    ...rest,
    failure: { phase: 'proxy', ...failure },
    plan: { proxyChoice: 'auto', proxy, ...rest.plan },
    report: { proxy: info(proxy, said), ...rest.report },
  });
};

const refusedConnect = (said: ResponseInfo, proxy = route(), url?: string): Evidence =>
  throughProxy({ kind: 'status', code: String(said.status) }, { proxy, said, ...(url ? { url } : {}) });

const socks = (code: string, proxy = route('socks5')): Evidence =>
  throughProxy({ kind: 'socks', code, message: `SOCKS: ${code}.` }, { proxy });

const squidPage = answer(
  403,
  { Server: 'squid/5.7', 'X-Squid-Error': 'ERR_ACCESS_DENIED 0', Via: '1.1 proxy (squid/5.7)' },
  '<!DOCTYPE html>',
);

const proxies: readonly Case[] = [
  [
    'a proxy where nothing listens',
    throughProxy({ phase: 'tcp', kind: 'error', code: 'ECONNREFUSED' }),
    ['proxy.refused', 'tcp.refused'],
    /^The proxy proxy\.corp\.test:3128 cannot be reached/,
  ],
  [
    'a proxy whose name is unknown',
    throughProxy({ phase: 'dns', kind: 'error', code: 'ENOTFOUND' }),
    ['proxy.refused', 'dns.not-found'],
    /name of the proxy proxy\.corp\.test:3128 leads nowhere/,
  ],
  ['a proxy that is silent in TCP', throughProxy({ phase: 'tcp', kind: 'timeout' }), ['proxy.refused', 'tcp.timeout']],
  [
    'a proxy that hangs up',
    throughProxy({ kind: 'end' }),
    ['proxy.refused'],
    /closed the connection before it had answered/,
  ],
  [
    'a proxy that resets',
    throughProxy({ kind: 'reset', code: 'ECONNRESET' }),
    ['proxy.refused'],
    /reset the connection/,
  ],
  ['a proxy that resets TLS', throughProxy({ kind: 'error', code: 'ECONNRESET' }), ['proxy.refused']],
  ['a proxy that says nothing', throughProxy({ kind: 'timeout' }), ['proxy.timeout'], /no answer within 5\.00 s/],
  [
    '407 without credentials',
    refusedConnect({
      ...answer(407, { 'Proxy-Authenticate': 'Basic realm="corp"' }),
      reason: 'Proxy Authentication Required',
    }),
    ['proxy.auth-required'],
    /wants credentials, and none were sent: 407 Proxy Authentication Required/,
  ],
  [
    '407 with credentials',
    refusedConnect(answer(407), route('http', { username: 'me', password: '[redacted]' })),
    ['proxy.auth-required'],
    /did not accept the credentials/,
  ],
  [
    '401 from a proxy that asks as a server does',
    refusedConnect({ ...answer(401, { 'WWW-Authenticate': 'Basic realm="corp"' }), reason: 'Unauthorized' }),
    ['proxy.auth-required'],
    /wants credentials, and none were sent: 401 Unauthorized/,
  ],
  [
    '407 for those of a domain alone',
    refusedConnect({
      ...answer(407),
      headers: [
        ['Proxy-Authenticate', 'Negotiate'],
        ['Proxy-Authenticate', 'NTLM'],
      ],
    }),
    ['proxy.auth-required'],
    /wants Negotiate or NTLM, which wsprobe does not speak: 407/,
  ],
  ['407 from a proxy that nobody named', refusedWith(answer(407)), ['proxy.auth-required'], /on the way/],
  ['SOCKS: no method', socks('no-method'), ['proxy.auth-required'], /none were sent/],
  [
    'SOCKS: user and password refused',
    socks('auth-refused', route('socks5', { username: 'me', password: '[redacted]' })),
    ['proxy.auth-required'],
    /did not accept the credentials/,
  ],
  ['SOCKS4: ident', socks('ident-required', route('socks4')), ['proxy.auth-required']],
  [
    '403 by Squid',
    refusedConnect(squidPage),
    ['proxy.forbidden'],
    /does not let connections to example\.test:8080 through/,
  ],
  ['403 for 443', refusedConnect(answer(403), route(), 'wss://example.test/'), ['proxy.forbidden']],
  [
    '403 by a filter',
    refusedConnect(answer(403, { Server: 'Zscaler/6.2' }, '<title>Internet Security by Zscaler</title>')),
    ['proxy.forbidden'],
    /, a filter by Zscaler, does not let connections to example\.test:8080 through/,
  ],
  [
    'Privoxy: a block',
    refusedConnect({ ...answer(403), reason: 'Request blocked by Privoxy' }, route(), 'ws://example.test:4276/'),
    ['proxy.forbidden'],
    /does not let connections to example\.test:4276 through: 403 Request blocked by Privoxy/,
  ],
  [
    'ssh -D: nothing listens at the target',
    throughProxy(
      { kind: 'end', message: 'The proxy closed the connection (FIN) in the middle of its answer.' },
      { proxy: route('socks5') },
    ),
    ['proxy.refused'],
    /took the client, and hung up when it was asked for .*: it cannot reach that, or does not allow it/,
  ],
  ['SOCKS: not allowed', socks('not-allowed'), ['proxy.forbidden'], /its rules do not allow/],
  ['502', refusedConnect(answer(502)), ['proxy.bad-gateway'], /could not reach example\.test:8080: 502 Bad Gateway/],
  ['503', refusedConnect(answer(503)), ['proxy.bad-gateway']],
  ['504', refusedConnect(answer(504)), ['proxy.bad-gateway']],
  [
    '500 of Squid that found no way',
    refusedConnect(answer(500, { 'X-Squid-Error': 'ERR_CANNOT_FORWARD 0' })),
    ['proxy.bad-gateway'],
  ],
  ['SOCKS: host unreachable', socks('host-unreachable'), ['proxy.bad-gateway']],
  ['SOCKS: network unreachable', socks('network-unreachable'), ['proxy.bad-gateway']],
  ['SOCKS: refused', socks('connection-refused'), ['proxy.bad-gateway'], /the server refused the connection/],
  ['SOCKS: expired on the way', socks('ttl-expired'), ['proxy.bad-gateway']],
  ['SOCKS: failure', socks('general-failure'), ['proxy.bad-gateway']],
  ['SOCKS4: rejected', socks('rejected', route('socks4a')), ['proxy.bad-gateway']],
  ['SOCKS: command unknown', socks('command-not-supported'), ['proxy.invalid-response']],
  ['SOCKS: address unknown', socks('address-not-supported'), ['proxy.invalid-response']],
  ['SOCKS: a code nobody knows', socks('constructor'), ['proxy.invalid-response']],
  [
    'an HTTP proxy asked in SOCKS',
    throughProxy(
      { kind: 'socks', code: 'malformed', message: 'This is an HTTP proxy, not SOCKS: use http:// instead.' },
      { proxy: route('socks5') },
    ),
    ['proxy.invalid-response'],
    /was asked in the wrong protocol \(socks5\): This is an HTTP proxy/,
  ],
  [
    'a SOCKS proxy asked in HTTP',
    throughProxy({
      kind: 'not-http',
      message: 'This is a SOCKS proxy, not an HTTP proxy: use socks5:// or socks4://.',
    }),
    ['proxy.invalid-response'],
    /wrong protocol \(http\)/,
  ],
  [
    'rubbish',
    throughProxy({ kind: 'not-http', message: 'not HTTP: "SSH-2.0"' }),
    ['proxy.invalid-response'],
    /not the answer of a proxy/,
  ],
  ['broken HTTP', throughProxy({ kind: 'malformed', message: 'a bare line feed' }), ['proxy.invalid-response']],
  ['an endless head', throughProxy({ kind: 'headers-too-large' }), ['proxy.invalid-response']],
  ['a web server', refusedConnect(answer(404)), ['proxy.invalid-response'], /answered CONNECT with 404 Not Found/],
  ['a sign-in page', refusedConnect(answer(302, { Location: 'http://login.corp.test/' })), ['proxy.invalid-response']],
  [
    'a proxy named https that speaks no TLS',
    throughProxy(
      { kind: 'error', code: 'EPROTO', message: 'SSL routines: wrong version number' },
      { proxy: route('https') },
    ),
    ['proxy.invalid-response'],
    /does not speak TLS/,
  ],
  [
    'the certificate of the proxy',
    throughProxy(
      { kind: 'certificate', code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
      {
        proxy: route('https'),
        report: {
          proxy: { ...info(route('https'), null), tls: tlsWith([certificate()], 'DEPTH_ZERO_SELF_SIGNED_CERT') },
        },
      },
    ),
    ['tls.self-signed'],
    /^The proxy proxy\.corp\.test:3128 cannot be trusted: the certificate is self-signed/,
  ],
  [
    'SOCKS4: the name of the server is unknown here',
    throughProxy({ kind: 'error', code: 'ENOTFOUND' }, { proxy: route('socks4') }),
    ['dns.not-found'],
    /^The name example\.test does not exist/,
  ],
  [
    'a name that SOCKS cannot carry',
    throughProxy({ kind: 'input', message: 'The name of the host is longer than 255 bytes.' }),
    ['profile.invalid-url'],
    /longer than 255 bytes/,
  ],
  [
    'TLS ends inside the tunnel',
    throughProxy({ phase: 'tls', kind: 'end' }, { url: 'wss://example.test/' }),
    ['tls.closed'],
  ],
];

const zscaler = certificate({ issuer: 'C=US, O=Zscaler Inc., CN=Zscaler Intermediate Root CA (zscaler.net)' });

const interception: readonly Case[] = [
  [
    'a certificate signed by an inspection product, refused',
    certificateRefused('SELF_SIGNED_CERT_IN_CHAIN', [zscaler, certificate()]),
    ['tls.unknown-authority', 'proxy.intercepts-tls'],
    /^TLS is opened on the way by Zscaler/,
  ],
  [
    'a certificate signed by an inspection product, trusted',
    evidenceOf({ url: 'wss://example.test/', report: { tls: tlsWith([zscaler]) } }),
    ['proxy.intercepts-tls'],
    /issued by Zscaler Intermediate Root CA/,
  ],
  [
    'a certificate signed by the proxy itself',
    evidenceOf({
      url: 'wss://example.test/',
      plan: { proxy: route() },
      report: { tls: tlsWith([certificate({ issuer: 'CN=proxy.corp.test CA' })]) },
    }),
    ['proxy.intercepts-tls'],
  ],
  [
    'what Squid adds to an answer, inside TLS',
    evidenceOf({
      url: 'wss://example.test/',
      plan: { proxy: route() },
      response: answer(101, { Via: '1.1 gate (squid/5.7)' }),
      report: { tls: tlsWith([certificate({ issuer: 'CN=Corp Root' })]) },
    }),
    ['proxy.intercepts-tls'],
    /issued by Corp Root/,
  ],
  [
    'a server behind a Squid of its own, reached through a proxy',
    evidenceOf({
      url: 'wss://example.test/',
      plan: { proxy: route() },
      response: answer(101, { Via: '1.1 edge (squid/5.7)' }),
      report: { tls: tlsWith([certificate({ issuer: "C=US, O=Let's Encrypt, CN=R3" })]) },
    }),
    [],
  ],
  [
    'an unknown root through a proxy',
    certificateRefused('SELF_SIGNED_CERT_IN_CHAIN', [certificate(), certificate({ subject: 'CN=Corp Root' })], {
      plan: { proxy: route() },
    }),
    ['tls.unknown-authority', 'proxy.intercepts-tls'],
  ],
];

export const http2Info = (parts: Partial<Http2Info> = {}): Http2Info => ({
  streamId: 1,
  enableConnectProtocol: true,
  maxConcurrentStreams: 100,
  initialWindowSize: 65_535,
  shared: false,
  goaway: null,
  reset: null,
  ...parts,
});

const http2Failure = (code: string, http2: Http2Info | null): Evidence =>
  evidenceOf({
    url: 'wss://example.test/chat',
    plan: { http: '2' },
    failure: { kind: 'http2', code, message: 'HTTP/2 said no.' },
    stream: { http2 },
    report: { tls: { ...tlsWith([certificate()]), alpn: http2 ? 'h2' : 'http/1.1' } },
  });

const over2 = (response: ResponseInfo): Evidence =>
  refusedWith(
    { ...response, httpVersion: '2', reason: '' },
    { url: 'wss://example.test/chat', plan: { http: '2' }, stream: { http2: http2Info() } },
  );

const http2: readonly Case[] = [
  [
    'ALPN without h2',
    http2Failure('http2.not-supported', null),
    ['http2.not-supported'],
    /does not speak HTTP\/2 here/,
  ],
  [
    'h2 without extended CONNECT',
    http2Failure('http2.not-supported', http2Info({ enableConnectProtocol: false, streamId: null })),
    ['http2.not-supported'],
    /takes no WebSockets over it/,
  ],
  [
    'a reset stream',
    http2Failure('http2.refused', http2Info({ reset: 'REFUSED_STREAM' })),
    ['http2.refused'],
    /reset the stream with REFUSED_STREAM/,
  ],
  ['a request that could not be made', http2Failure('ERR_HTTP2_OUT_OF_STREAMS', http2Info()), ['http2.refused']],
  [
    'GOAWAY',
    http2Failure(
      'http2.goaway',
      http2Info({ goaway: { code: 'ENHANCE_YOUR_CALM', lastStreamId: 0, debug: 'slow down' } }),
    ),
    ['http2.goaway'],
    /GOAWAY ENHANCE_YOUR_CALM\) before the WebSocket was open: slow down/,
  ],
  [
    'a flood of control frames',
    http2Failure('limit.http2-flood', http2Info()),
    ['limit.http2-flood'],
    /wsprobe ended it/,
  ],
  [
    '501 over HTTP/2',
    over2(answer(501)),
    ['http2.refused', 'upgrade.server-error'],
    /answered extended CONNECT with 501/,
  ],
  [
    '400 by nginx over HTTP/2',
    over2(answer(400, { server: 'nginx/1.22.1' })),
    ['http2.refused', 'upgrade.bad-request'],
  ],
  ['426 over HTTP/2', over2(answer(426, { server: 'nginx' })), ['http2.refused', 'upgrade.upgrade-required']],
  ['403 over HTTP/2', over2(answer(403)), ['upgrade.forbidden']],
  [
    '404 by Express under nginx over HTTP/2',
    over2(answer(404, { server: 'nginx', 'x-powered-by': 'Express' })),
    ['upgrade.not-found'],
  ],
  ['405 over HTTP/2', over2(answer(405, { allow: 'GET' })), ['upgrade.method'], /does not take CONNECT/],
  ['401 over HTTP/2', over2(answer(401)), ['upgrade.unauthorized']],
  [
    '400 about the method over HTTP/2',
    over2(answer(400, {}, 'Extended CONNECT is off')),
    ['http2.refused', 'upgrade.bad-request'],
  ],
  [
    'FIN before an answer over HTTP/2',
    evidenceOf({
      url: 'wss://example.test/',
      failure: { kind: 'end' },
      stream: { http2: http2Info() },
      report: { request: { httpVersion: '2', method: 'CONNECT', target: '/', headers: [] } },
    }),
    ['upgrade.closed'],
  ],
  [
    'a stream that is reset after the handshake',
    evidenceOf({
      url: 'wss://example.test/',
      response: { ...answer(200), httpVersion: '2' },
      failure: { phase: 'message', kind: 'reset' },
      stream: { endedBy: 'server-reset', openForMs: 300, http2: http2Info({ reset: 'CANCEL' }) },
    }),
    ['close.reset'],
    /reset the HTTP\/2 stream \(RST_STREAM\) after 300 ms/,
  ],
  [
    'auto, and ALPN chose HTTP/1.1',
    evidenceOf({
      url: 'wss://example.test/',
      plan: { http: 'auto' },
      response: answer(101),
      report: { tls: tlsWith([certificate()]) },
    }),
    ['http2.downgraded'],
    /did not choose HTTP\/2/,
  ],
  [
    'auto, and no extended CONNECT',
    evidenceOf({
      url: 'wss://example.test/',
      plan: { http: 'auto' },
      response: answer(101),
      stream: { http2: http2Info({ enableConnectProtocol: false }) },
    }),
    ['http2.downgraded'],
    /takes no WebSockets over it/,
  ],
  ['auto without TLS is HTTP/1.1', evidenceOf({ plan: { http: 'auto' }, response: answer(101) }), []],
  [
    'auto over HTTP/2',
    evidenceOf({ url: 'wss://example.test/', plan: { http: 'auto' }, response: { ...answer(200), httpVersion: '2' } }),
    [],
  ],
];

const alert = (code: string, message: string, place: 'tls' | 'upgrade' = 'tls'): Evidence =>
  evidenceOf({
    url: 'wss://example.test/',
    plan: { tls: { cert: 'c.pem', key: 'k.pem' } },
    failure: { phase: place, kind: place === 'tls' ? 'error' : 'reset', code, message },
  });

const clientCertificates: readonly Case[] = [
  [
    'no client certificate, said by nginx in HTTP',
    refusedWith(answer(400, { Server: 'nginx' }, '<center>No required SSL certificate was sent</center>'), {
      url: 'wss://example.test/',
    }),
    ['tls.client-certificate-required'],
  ],
  [
    'HTTP/2 only, said by Node in HTTP',
    refusedWith(answer(403, {}, 'Unknown ALPN Protocol, expected `h2` to be available.'), {
      url: 'wss://example.test/',
    }),
    ['tls.alpn'],
  ],
  [
    'a wrong client certificate, said by nginx in HTTP',
    refusedWith(answer(400, { Server: 'nginx' }, '<center>The SSL certificate error</center>'), {
      url: 'wss://example.test/',
      plan: { tls: { cert: './client.pem', key: './client.key' } },
    }),
    ['tls.client-certificate-refused'],
  ],
  [
    'bad certificate (OpenSSL)',
    alert('ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', 'sslv3 alert bad certificate'),
    ['tls.client-certificate-refused'],
  ],
  [
    'bad certificate (OpenSSL 3.2)',
    alert('EPROTO', 'ssl/tls alert bad certificate'),
    ['tls.client-certificate-refused'],
  ],
  [
    'bad certificate (BoringSSL)',
    alert('EPROTO', 'OPENSSL_internal:SSLV3_ALERT_BAD_CERTIFICATE'),
    ['tls.client-certificate-refused'],
  ],
  [
    'expired (BoringSSL)',
    alert('EPROTO', 'OPENSSL_internal:SSLV3_ALERT_CERTIFICATE_EXPIRED'),
    ['tls.client-certificate-refused'],
    /it has expired/,
  ],
  ['revoked', alert('EPROTO', 'sslv3 alert certificate revoked'), ['tls.client-certificate-refused'], /it was revoked/],
  ['unknown', alert('EPROTO', 'sslv3 alert certificate unknown'), ['tls.client-certificate-refused']],
  [
    'unsupported',
    alert('EPROTO', 'sslv3 alert unsupported certificate'),
    ['tls.client-certificate-refused'],
    /of a kind/,
  ],
  [
    'access denied',
    alert('EPROTO', 'TLSV1_ALERT_ACCESS_DENIED'),
    ['tls.client-certificate-refused'],
    /not allowed here/,
  ],
  [
    'no TLS any more, behind a TLS handshake that went well',
    alert('ERR_SSL_WRONG_VERSION_NUMBER', 'wrong version number', 'upgrade'),
    ['upgrade.closed'],
    /broke TLS on the connection without/,
  ],
  [
    'an alert in the middle of an answer',
    evidenceOf({
      url: 'wss://example.test/',
      failure: { phase: 'upgrade', kind: 'reset', code: 'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR', message: 'alert' },
      stream: { bytesReceived: 9, firstBytes: Buffer.from('HTTP/1.1 ') },
    }),
    ['upgrade.closed'],
    /broke TLS on the connection in the middle of/,
  ],
  [
    'after the handshake, over HTTP/2',
    alert('ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'alert unknown ca', 'upgrade'),
    ['tls.client-certificate-refused'],
  ],
  [
    'required though one was given',
    alert('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'alert certificate required'),
    ['tls.client-certificate-required'],
    /not good enough/,
  ],
  [
    'an alert about a certificate that was not sent',
    evidenceOf({
      url: 'wss://example.test/',
      failure: { phase: 'tls', kind: 'error', message: 'sslv3 alert bad certificate' },
    }),
    ['tls.client-certificate-required'],
  ],
];

const hop = (parts: Partial<Redirect> = {}): Redirect => ({
  url: 'wss://example.test/chat',
  status: 302,
  location: 'https://other.test/chat',
  target: 'wss://other.test/chat',
  followed: false,
  dropped: [],
  startMs: 0,
  durationMs: 3,
  ...parts,
});

const redirected = (location: string, redirects: readonly Redirect[]): Evidence =>
  refusedWith(answer(302, { Location: location }), {
    url: 'wss://example.test/chat',
    plan: { followRedirects: true },
    failure: { phase: 'upgrade', kind: 'status', code: '302', message: '302 Found' },
    report: { redirects },
  });

const redirects: readonly Case[] = [
  [
    'a loop',
    redirected('https://example.test/chat', [
      hop({ followed: true }),
      hop({
        url: 'wss://other.test/chat',
        location: 'https://example.test/chat',
        target: 'wss://example.test/chat',
        refused: 'the redirects go round in a loop, wss://example.test/chat was asked before',
      }),
    ]),
    ['upgrade.redirect'],
    /^The server sends the client in circles: 302 Found/,
  ],
  [
    'too many',
    redirected('https://example.test/11', [
      ...Array.from({ length: 10 }, (_, n) => hop({ url: `wss://example.test/${n}`, followed: true })),
      hop({ url: 'wss://example.test/10' }),
    ]),
    ['upgrade.redirect'],
    /without end/,
  ],
  [
    'from TLS to plain text',
    redirected('http://example.test/chat', [
      hop({ location: 'http://example.test/chat', target: 'ws://example.test/chat' }),
    ]),
    ['upgrade.redirect'],
    /from TLS to plain text/,
  ],
  [
    'to no address',
    redirected('javascript:alert(1)', [hop({ location: 'javascript:alert(1)', target: null })]),
    ['upgrade.redirect'],
    /nothing a WebSocket can connect to/,
  ],
  [
    'to a metadata address, and not followed',
    refusedWith(answer(302, { Location: 'http://169.254.169.254/latest' })),
    ['upgrade.redirect'],
    /^The server sends the client to a link-local or cloud-metadata address: 302/,
  ],
  [
    'with a secret in the message',
    redirected('https://other.test/chat', [
      hop({ refused: 'it leads to another origin, and the message of the profile holds a secret' }),
    ]),
    ['upgrade.redirect'],
    /^A redirect was not followed/,
  ],
  [
    'refused after credentials stayed behind',
    refusedWith(answer(401), {
      url: 'wss://other.test/chat',
      report: { redirects: [hop({ followed: true, dropped: ['Authorization'] })] },
    }),
    ['upgrade.unauthorized'],
  ],
  [
    'to a metadata address',
    evidenceOf({
      failure: { phase: 'dns', kind: 'guard', message: '169.254.169.254' },
      report: { redirects: [hop({ followed: true })] },
    }),
    ['guard.metadata-address'],
    /is where the server redirected to/,
  ],
];

const others: readonly Case[] = [
  [
    'a proxy at a metadata address',
    throughProxy({ phase: 'dns', kind: 'guard', message: '169.254.169.254' }),
    ['guard.metadata-address'],
    /^wsprobe refused to connect: the proxy proxy\.corp\.test leads to a link-local/,
  ],
  [
    'HTTP/2 alone, and no WebSockets over it',
    evidenceOf({
      url: 'wss://example.test/',
      plan: { http: 'auto' },
      failure: { phase: 'tls', kind: 'error', code: null, message: 'tlsv1 alert no application protocol' },
      report: { request: null, tls: { ...tlsWith([certificate()]), alpn: 'h2' } },
    }),
    ['tls.alpn'],
    /^The server speaks HTTP\/2 alone on this port, and takes no WebSockets over it\.$/,
  ],
  [
    'a workspace that is not trusted',
    evidenceOf({
      failure: { kind: 'guard', code: 'guard.restricted-mode', message: 'Profiles do not run in Restricted Mode.' },
    }),
    ['guard.restricted-mode'],
    /Restricted Mode/,
  ],
  [
    'a probe whose hold outlasts a timer',
    evidenceOf({
      response: answer(101, { Server: 'nginx/1.22.1' }),
      failure: { phase: 'message', kind: 'end' },
      stream: { endedBy: 'server-fin', openForMs: 60_020 },
      report: { phases: [phase('upgrade', 5)] },
    }),
    ['close.idle-timeout', 'close.dropped'],
    /60\.02 s after the last frame/,
  ],
];

export const routeCases: readonly Case[] = [
  ...proxies,
  ...interception,
  ...http2,
  ...clientCertificates,
  ...redirects,
  ...others,
];
