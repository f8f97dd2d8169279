import { errorCode } from '../../outcome.js';

/** nghttp2's numbers, as Node passes them on. */
const FLOODED = -904;
const TOO_MANY_CONTINUATIONS = -905;

/** An error of the whole HTTP/2 connection: one of a single stream, or of the socket beneath, is none. */
export function isHttp2Error(error: Error): boolean {
  const code = errorCode(error) ?? '';
  return code.startsWith('ERR_HTTP2') && code !== 'ERR_HTTP2_STREAM_ERROR';
}

/** Node's own limits against floods of SETTINGS, PING and empty frames. */
export function isFlood(error: Error): boolean {
  return numberOf(error) === FLOODED || errorCode(error) === 'ERR_HTTP2_TOO_MANY_INVALID_FRAMES';
}

export function isHeaderFlood(error: Error): boolean {
  return numberOf(error) === TOO_MANY_CONTINUATIONS;
}

function numberOf(error: Error): unknown {
  return (error as { errno?: unknown }).errno;
}

/** Error codes by name (RFC 9113 7): 8 is `CANCEL`. */
export function errorName(code: number | undefined): string {
  return ERROR_NAMES[code ?? 0] ?? `0x${(code ?? 0).toString(16)}`;
}

const ERROR_NAMES = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
];
