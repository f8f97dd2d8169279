import type { ShortRow } from './knownRow.js';

const NODE = { Date: 'Sun, 29 Nov 2026 20:25:20 GMT', Connection: 'keep-alive', 'Keep-Alive': 'timeout=5' };
const PHP = { Host: 'example.test', Date: 'Sun, 29 Nov 2026 20:25:29 GMT', Connection: 'close' };

/** As they came from the software that their rows name. */
export const libraryRows: readonly ShortRow[] = [
  [
    'node.unattached',
    200,
    { ...NODE, 'Transfer-Encoding': 'chunked' },
    '',
    'upgrade.not-websocket',
    /^A server on Node answered \/chat as an ordinary request, .* not attached, as it seems/,
  ],
  [
    'apollo.csrf',
    400,
    { 'content-type': 'application/json; charset=utf-8', Connection: 'keep-alive' },
    `{"errors":[{"message":"This operation has been blocked as a potential Cross-Site Request Forgery (CSRF). Please either specify a 'content-type' header (with a type that is not one of application/x-www-form-urlencoded, multipart/form-data, text/plain) or provide a non-empty value for one of the following headers: x-apollo-operation-name, apollo-require-preflight\\n","extensions":{"code":"BAD_REQUEST"}}]}\n`,
    'upgrade.not-websocket',
    /^Apollo Server took the WebSocket at \/chat for a plain request/,
  ],
  [
    'graphql.http',
    200,
    { 'content-type': 'application/json; charset=utf-8', Connection: 'keep-alive' },
    '{"errors":[{"message":"Must provide query string.","extensions":{"code":"BAD_REQUEST"}}]}',
    'upgrade.not-websocket',
    /^The HTTP side of a GraphQL server took the WebSocket at \/chat for a query/,
  ],
  [
    'node.parser',
    400,
    { Connection: 'close' },
    '',
    'upgrade.bad-request',
    /^An HTTP server of Node could not read the request as it reached it, as it seems/,
  ],
  [
    'qt.origin',
    403,
    {},
    '',
    'upgrade.origin-refused',
    /^QWebSocketServer \(Qt\) refused a request without an Origin/,
    { reason: 'Access Forbidden' },
  ],
  [
    'libsoup.origin',
    403,
    { Connection: 'close', 'Content-Type': 'text/html', 'Content-Length': '105' },
    '<html><head><title>400 Forbidden</title></head>\r\n<body>Received invalid WebSocket request</body></html>\r\n',
    'upgrade.origin-refused',
    /^libsoup refused a request without an Origin/,
  ],
  [
    'websocketpp.validate',
    400,
    { Server: 'WebSocket++/0.8.2' },
    '',
    'upgrade.bad-request',
    /^The program under WebSocket\+\+ turned the WebSocket at \/chat away/,
  ],
  [
    'php.builtin',
    200,
    { ...PHP, 'X-Powered-By': 'PHP/8.2.36', 'Content-type': 'text/html; charset=UTF-8' },
    'hi',
    'upgrade.not-websocket',
    /^PHP's built-in web server .*200.*it has no WebSockets/,
  ],
  [
    'php.builtin',
    404,
    { ...PHP, 'Content-Type': 'text/html; charset=UTF-8' },
    '<h1>Not Found</h1><p>The requested resource <code class="url">/ws.php</code> was not found on this server.</p>',
    'upgrade.not-found',
    /^PHP's built-in web server .*404/,
  ],
  [
    'subprotocol.named',
    400,
    {
      Sia: 'SIP/2.0/TCP 127.0.0.1:33140',
      'Sec-WebSocket-Protocol': 'sip',
      'Sec-WebSocket-Version': '13',
      Server: 'kamailio (5.6.3 (x86_64/linux))',
      'Content-Length': '0',
    },
    '',
    'upgrade.bad-request',
    /^The server wants the subprotocol sip, which was not offered/,
  ],
  [
    'gunicorn.failed',
    500,
    { Connection: 'close', 'Content-Type': 'text/html', 'Content-Length': '141' },
    '<html>\n  <head>\n    <title>Internal Server Error</title>\n  </head>\n  <body>\n    <h1><p>Internal Server Error</p></h1>\n    \n  </body>\n</html>\n',
    'upgrade.server-error',
    /^gunicorn answered for the application, which failed at the upgrade/,
  ],
];
