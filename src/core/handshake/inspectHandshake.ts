import { acceptFor, inspectAccept } from './accept.js';
import { inspectCompression } from './compression.js';
import type { HandshakeProblem } from '../base/evidence.js';
import type { HandshakeInspection, RequestHead, ResponseHead } from './handshake.js';
import { hasToken, headerValue } from './headers.js';
import { quote } from './headLine.js';
import { inspectSubprotocol } from './subprotocol.js';

/**
 * Every check a client owes a 101 (RFC 6455 4.1, RFC 7692, RFC 9110 6.4.1), on the heads as they were sent. Problems
 * come in the order in which a client would trip over them; none means that the connection is open.
 */
export function inspectHandshake(heads: {
  readonly request: RequestHead;
  readonly response: ResponseHead;
}): HandshakeInspection {
  const { request, response } = heads;
  // RFC 8441 5: over HTTP/2 there is no Upgrade, no Connection, no key and no accept.
  const http1 = response.httpVersion !== '2';
  const { accept, problems: acceptProblems } = http1
    ? inspectAccept(request, response)
    : { accept: null, problems: [] };
  const { subprotocol, problems: subprotocolProblems } = inspectSubprotocol(request, response);
  const { compression, problems: compressionProblems } = inspectCompression(request, response);
  const problems = [
    ...(http1 ? upgradeProblems(response) : []),
    ...acceptProblems,
    ...subprotocolProblems,
    ...compressionProblems,
    ...(http1 ? bodyProblems(response) : []),
  ];
  return { accept, subprotocol, compression, problems };
}

/** Works ahead what an inspection of this request's answer will need, while the server is still at it. */
export function prepareInspection(request: RequestHead): void {
  if (request.httpVersion !== '2') acceptFor(headerValue(request.headers, 'sec-websocket-key') ?? '');
}

function upgradeProblems(response: ResponseHead): HandshakeProblem[] {
  const upgrade = headerValue(response.headers, 'upgrade');
  const connection = headerValue(response.headers, 'connection');
  const problems: HandshakeProblem[] = [];
  if (upgrade === null) {
    problems.push(missing('The 101 has no Upgrade header.', 'Upgrade: websocket', null));
  } else if (upgrade.toLowerCase() !== 'websocket') {
    const message = `The server upgraded to ${quote(upgrade)} instead of websocket.`;
    problems.push({
      id: 'upgrade.wrong-upgrade',
      severity: 'error',
      message,
      expected: 'websocket',
      received: upgrade,
    });
  }
  if (connection === null) {
    problems.push(missing('The 101 has no Connection header.', 'Connection: Upgrade', null));
  } else if (!hasToken(connection, 'upgrade')) {
    const message = 'The Connection header of the 101 does not name Upgrade.';
    problems.push(missing(message, 'Connection: Upgrade', `Connection: ${connection}`));
  }
  return problems;
}

function bodyProblems(response: ResponseHead): HandshakeProblem[] {
  return ['Content-Length', 'Transfer-Encoding'].flatMap((name): HandshakeProblem[] => {
    const value = headerValue(response.headers, name);
    if (value === null) return [];
    const message = `The 101 has a ${name} header, which an answer without a body must not have.`;
    return [{ id: 'upgrade.body-on-101', severity: 'warning', message, expected: null, received: `${name}: ${value}` }];
  });
}

function missing(message: string, expected: string, received: string | null): HandshakeProblem {
  return { id: 'upgrade.missing-header', severity: 'error', message, expected, received };
}
