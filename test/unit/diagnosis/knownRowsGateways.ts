import type { ShortRow } from './knownRow.js';

const ENVOY = { server: 'istio-envoy' };
const AWS = { 'x-amzn-RequestId': '612ceea9', 'x-amzn-ErrorType': 'ForbiddenException:' };
const SIGNED = 'ws://example.test:8080/mqtt?X-Amz-Signature=abc';
const TEXT = { 'Content-Type': 'text/plain' };

/** Clouds, service meshes and proxies of networks. */
export const gatewayRows: readonly ShortRow[] = [
  ['cloudflare.code', 409, { Server: 'cloudflare' }, 'error code: 1034', 'upgrade.cdn-error', /1034: the DNS record/],
  ['cloudflare.code', 403, { Server: 'cloudflare' }, 'error code: 1014', 'upgrade.cdn-error', /1014.*another account/],
  ['cloudflare.code', 429, { Server: 'cloudflare' }, 'error code: 1027', 'upgrade.cdn-error', /1027.*of their day/],
  [
    'aws.iot',
    403,
    AWS,
    '{"message":"Forbidden","traceId":"93a0e6e0-6b0e-1c44"}',
    'upgrade.forbidden',
    /^AWS IoT Core refused the client: the signature/,
    { url: SIGNED },
  ],
  [
    'aws.service',
    403,
    { 'x-amzn-ErrorType': 'InvalidSignatureException' },
    '{"message":"Signature expired: 20261129T000000Z is now earlier than 20261129T100000Z"}',
    'upgrade.unauthorized',
    /^The service of AWS refused the request: InvalidSignatureException, with the words "Signature expired/,
  ],
  [
    'envoy.reset',
    503,
    ENVOY,
    'upstream connect error or disconnect/reset before headers. reset reason: overflow',
    'upgrade.unavailable',
    /circuit breaker.*overflow/,
  ],
  [
    'envoy.reset',
    503,
    ENVOY,
    'upstream connect error or disconnect/reset before headers. retried and the latest reset reason: connection timeout',
    'upgrade.unavailable',
    /could not connect to the server behind it in time/,
  ],
  ['envoy.limit', 429, { ...ENVOY, ...TEXT }, 'local_rate_limited', 'upgrade.rate-limited', /^Envoy limits the rate/],
  ['envoy.jwt', 401, { ...ENVOY, ...TEXT }, 'Jwt is missing', 'upgrade.unauthorized', /^Envoy.*none was sent/],
  ['envoy.malformed', 400, ENVOY, 'Bad Request', 'upgrade.bad-request', /^Envoy answers 400 Bad Request itself/],
  [
    'bluecoat.error',
    503,
    { 'Content-Type': 'text/html' },
    '<HTML><TITLE>Network Error</TITLE><big>Network Error (dns_unresolved_hostname)</big><BR>Your requested host could not be resolved by DNS.</HTML>',
    'upgrade.bad-gateway',
    /^A proxy of the network \(Blue Coat\) cannot resolve the name/,
  ],
  [
    'ngrok',
    502,
    { 'ngrok-error-code': 'ERR_NGROK_3004' },
    '',
    'upgrade.unavailable',
    /ERR_NGROK_3004: the local server gave an answer that is no HTTP/,
  ],
  [
    'ngrok',
    403,
    { 'ngrok-error-code': 'ERR_NGROK_3205', ...TEXT },
    'Your IP is not allowed',
    'upgrade.unavailable',
    /ERR_NGROK_3205: "Your IP is not allowed"/,
  ],
  ['bare.origin', 403, {}, '', 'upgrade.origin-refused', /wants an Origin header, as it seems/],
  [
    'swoole.plain',
    400,
    { Server: 'swoole-http-server', 'Content-Type': 'text/html' },
    '<html><body><h2>HTTP 400 Bad Request</h2><hr><i>Powered by Swoole</i></body></html>',
    'upgrade.headers-stripped',
    /^Swoole \(PHP\) got the request without the headers/,
  ],
  [
    'home-assistant.ingress',
    401,
    TEXT,
    '401: Unauthorized',
    'upgrade.unauthorized',
    /^The ingress of Home Assistant knows no session/,
    { url: 'ws://example.test:8123/api/hassio_ingress/abcdef/ws' },
  ],
  [
    'engine.io.old',
    400,
    { Connection: 'close', 'Content-type': 'text/html', 'Content-Length': '0' },
    '',
    'upgrade.origin-refused',
    /^Socket\.IO 2 refused the Origin https:\/\/evil\.example/,
    { url: 'ws://example.test:8080/socket.io/?EIO=3&transport=websocket', origin: 'https://evil.example' },
  ],
  ['bare.path', 400, {}, '', 'upgrade.bad-request', /^A handler of upgrades turns \/chat away/],
  [
    'cockpit.origin',
    403,
    { Connection: 'close' },
    '<html><head><title>403 Forbidden</title></head>\r\n<body>Received invalid WebSocket request</body></html>\r\n',
    'upgrade.origin-refused',
    /^Cockpit refused a request without an Origin/,
  ],
];
