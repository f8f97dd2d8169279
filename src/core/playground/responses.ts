import type { CannedResponse } from './cannedResponse.js';
import {
  answer,
  apache,
  awsElb,
  cloudflare,
  express,
  haproxy,
  json,
  nginx,
  upgradeRequired,
  wsRefusal,
  APACHE,
  CLOSE,
  EXPRESS,
  HTML,
  HTML_UTF8,
  NGINX_SERVER,
  TEXT,
} from './software.js';

const SPA = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Playground App</title>
    <script type="module" src="/assets/index-4f2c1a9b.js"></script>
  </head>
  <body><div id="root"></div></body>
</html>
`;

/**
 * Who refuses an opening handshake, and how: by status, then by `?kind` (or `?server`). The first of a status is what it
 * gives without one.
 */
export const responses: Readonly<Record<number, Readonly<Record<string, CannedResponse>>>> = {
  200: {
    spa: answer(200, [NGINX_SERVER, HTML, ['ETag', '"65f0c1d2-1a4"'], ['Connection', 'keep-alive']], SPA),
    express: answer(200, [EXPRESS, HTML_UTF8, ['Connection', 'keep-alive']], SPA),
    'express-behind-nginx': answer(200, [NGINX_SERVER, HTML_UTF8, ['Connection', 'keep-alive'], EXPRESS], SPA),
    json: json(200, { status: 'ok' }),
  },
  400: {
    nginx: { ...nginx(400), headers: [NGINX_SERVER, HTML, CLOSE] },
    'plain-http-to-https': nginx(400, 'Bad Request', 'The plain HTTP request was sent to HTTPS port'),
    'header-too-large': nginx(400, 'Bad Request', 'Request Header Or Cookie Too Large'),
    'session-unknown': json(400, { code: 1, message: 'Session ID unknown' }, [CLOSE]),
    'missing-key': wsRefusal(400, 'Missing or invalid Sec-WebSocket-Key header'),
    'invalid-upgrade': wsRefusal(400, 'Invalid Upgrade header'),
  },
  401: {
    bearer: json(401, { error: 'unauthorized', message: 'Token expired' }, [
      ['WWW-Authenticate', 'Bearer realm="playground", error="invalid_token", error_description="The token expired"'],
    ]),
    basic: {
      ...nginx(401, 'Authorization Required'),
      reason: 'Unauthorized',
      headers: [NGINX_SERVER, HTML, ['Connection', 'keep-alive'], ['WWW-Authenticate', 'Basic realm="Playground"']],
    },
  },
  403: {
    nginx: nginx(403),
    origin: answer(403, [TEXT, CLOSE], 'Origin not allowed'),
    json: json(403, { message: 'Forbidden' }, [['x-amzn-errortype', 'ForbiddenException']]),
  },
  404: {
    nginx: nginx(404),
    express: express(404, 'Cannot GET /ws'),
    'express-behind-nginx': express(404, 'Cannot GET /ws', [NGINX_SERVER]),
  },
  405: {
    nginx: {
      ...nginx(405, 'Not Allowed'),
      headers: [NGINX_SERVER, HTML, ['Connection', 'keep-alive'], ['Allow', 'POST']],
    },
  },
  407: {
    squid: answer(
      407,
      [
        ['Server', 'squid/5.7'],
        ['X-Squid-Error', 'ERR_CACHE_ACCESS_DENIED 0'],
        ['Proxy-Authenticate', 'Basic realm="proxy"'],
        HTML_UTF8,
        CLOSE,
      ],
      '<html><head><title>ERROR: Cache Access Denied</title></head><body><p>Cache Access Denied.</p></body></html>\n',
    ),
  },
  408: { haproxy: haproxy(408, "Your browser didn't send a complete request in time.", 'Request Time-out') },
  410: { json: json(410, { error: 'gone', message: 'This endpoint has moved to /v2/stream' }) },
  411: { nginx: { ...nginx(411), headers: [NGINX_SERVER, HTML, CLOSE] } },
  413: { nginx: { ...nginx(413, 'Request Entity Too Large'), headers: [NGINX_SERVER, HTML, CLOSE] } },
  414: { nginx: { ...nginx(414, 'Request-URI Too Large'), headers: [NGINX_SERVER, HTML, CLOSE] } },
  421: {
    apache: apache(
      421,
      'Misdirected Request',
      'The client needs a new connection for this\nrequest as the requested host name does not match\nthe Server Name Indication (SNI) in use for this\nconnection.',
    ),
  },
  426: {
    ws: upgradeRequired(),
    nginx: upgradeRequired(NGINX_SERVER, ['Connection', 'keep-alive']),
    apache: upgradeRequired(['Server', APACHE], ['Upgrade', 'websocket'], ['Connection', 'Upgrade']),
  },
  429: {
    json: json(429, { error: 'too_many_requests', message: 'Connection rate exceeded' }, [
      ['Retry-After', '30'],
      ['X-RateLimit-Limit', '10'],
      ['X-RateLimit-Remaining', '0'],
    ]),
    haproxy: haproxy(429, 'You have sent too many requests in a given amount of time.'),
  },
  431: { node: answer(431, [CLOSE], '') },
  500: {
    express: express(500, 'Internal Server Error'),
    apache: apache(
      500,
      'Internal Server Error',
      'The server encountered an internal error or\nmisconfiguration and was unable to complete\nyour request.',
    ),
  },
  501: { apache: apache(501, 'Not Implemented', 'GET not supported for current URL.') },
  502: {
    nginx: nginx(502),
    apache: apache(
      502,
      'Proxy Error',
      'The proxy server received an invalid\nresponse from an upstream server.<br />\nThe proxy server could not handle the request</p><p>Reason: <strong>Error reading from remote server</strong>',
    ),
    caddy: answer(502, [['Server', 'Caddy']], ''),
    azure: {
      ...nginx(502),
      headers: [['Server', 'Microsoft-Azure-Application-Gateway/v2'], HTML, ['Connection', 'keep-alive']],
    },
  },
  503: {
    haproxy: haproxy(503, 'No server is available to handle this request.'),
    nginx: nginx(503, 'Service Temporarily Unavailable'),
    awselb: awsElb(503, 'Service Temporarily Unavailable'),
    apache: apache(
      503,
      'Service Unavailable',
      'The server is temporarily unable to service your\nrequest due to maintenance downtime or capacity\nproblems. Please try again later.',
    ),
  },
  504: {
    nginx: nginx(504, 'Gateway Time-out'),
    haproxy: haproxy(504, "The server didn't respond in time.", 'Gateway Time-out'),
    awselb: awsElb(504, 'Gateway Time-out'),
  },
  ...Object.fromEntries(
    [520, 521, 522, 523, 524, 525, 526, 530].map((status) => [status, { cloudflare: cloudflare(status) }]),
  ),
};
