import { createHash, hash as oneShotHash } from 'node:crypto';
import type { AcceptInfo } from '../base/model.js';
import type { HandshakeProblem } from '../base/evidence.js';
import type { RequestHead, ResponseHead } from './handshake.js';
import { headerValues, trimSpaces } from './headers.js';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** The answer of the example in RFC 6455 1.3. */
const SAMPLE_ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

/** What `Sec-WebSocket-Accept` must be for a `Sec-WebSocket-Key` (RFC 6455 4.2.2). */
export function acceptFor(key: string): string {
  // Asked twice for each handshake: ahead, while the server still answers, and then for its answer.
  if (key !== latest.key) latest = { key, accept: sha1(key + GUID).toString('base64') };
  return latest.accept;
}

let latest = { key: '', accept: '' };

/** Compares the answer with the key's; of several header lines all are received, and none is valid. */
export function inspectAccept(
  request: RequestHead,
  response: ResponseHead,
): { accept: AcceptInfo; problems: HandshakeProblem[] } {
  const key = headerValues(request.headers, 'sec-websocket-key')[0] ?? '';
  const expected = acceptFor(key);
  const values = headerValues(response.headers, 'sec-websocket-accept');
  const received = values.length === 0 ? null : values.join(', ');
  const accept: AcceptInfo = { expected, received, valid: received === expected };
  if (accept.valid) return { accept, problems: [] };
  return { accept, problems: [{ ...fault(key, expected, received), severity: 'error', expected, received }] };
}

function fault(key: string, expected: string, received: string | null): Pick<HandshakeProblem, 'id' | 'message'> {
  if (received === null) {
    return { id: 'upgrade.accept-missing', message: 'The 101 has no Sec-WebSocket-Accept header.' };
  }
  const parts = received.split(',').map(trimSpaces);
  if (parts.length > 1) {
    const same = parts.every((part) => part === expected) ? ' Each of them is right, but one must be sent.' : '';
    return {
      id: 'upgrade.accept-duplicated',
      message: `The 101 carries Sec-WebSocket-Accept ${parts.length} times.${same}`,
    };
  }
  const why = mistake(key, expected, received);
  return {
    id: 'upgrade.accept-mismatch',
    message: `Sec-WebSocket-Accept does not answer the key that was sent${why === null ? '.' : `: ${why}.`}`,
  };
}

/** Mistakes that servers are known to make, so that the reader need not guess. */
function mistake(key: string, expected: string, received: string): string | null {
  if (received === '') return 'it is empty';
  if (received === key) return 'it repeats the key';
  if (received === SAMPLE_ACCEPT) return 'it is the example of RFC 6455, so it is written into the server or replayed';
  if (received === sha1(key).toString('base64')) return 'the GUID of RFC 6455 was not appended to the key';
  if (received.toLowerCase() === sha1(key + GUID).toString('hex')) return 'the digest is hex where base64 is due';
  if (received === Buffer.from(sha1(key + GUID).toString('hex')).toString('base64')) {
    return 'the digest was turned into hex before base64';
  }
  if (received === sha1(key + GUID.toLowerCase()).toString('base64')) return 'the GUID was appended in lower case';
  if (['\r', '\n', '\r\n', ' '].some((end) => received === sha1(key + end + GUID).toString('base64')))
    return 'the end of the line was left on the key';
  if (received === sha1(` ${key}${GUID}`).toString('base64')) return 'the space before the key was left on it';
  if (received === sha1(Buffer.from(key, 'base64').toString('latin1') + GUID).toString('base64'))
    return 'the key was decoded from base64 first';
  if (received.toLowerCase() === expected.toLowerCase()) return 'upper and lower case were changed on the way';
  return null;
}

function sha1(text: string): Buffer {
  // In one shot where Node can (20.12): no hash object to collect.
  if (typeof oneShotHash === 'function') return oneShotHash('sha1', text, 'buffer');
  return createHash('sha1').update(text, 'latin1').digest();
}
