import { type CompressionParameters, isConnected, type Http2Info, type Report } from '../../core/base/model.js';
import type { Style } from './style.js';
import type { Page } from './text.js';

/** The badge of a handshake over HTTP/2; null over HTTP/1.1, which goes without saying. */
export function httpBadge({ response, http2 }: Report): string | null {
  const version = response?.httpVersion ?? (http2 ? '2' : '1.1');
  return version.startsWith('2') ? 'HTTP/2' : null;
}

/** Whether the answer is one that opens a WebSocket: 101, or over HTTP/2 a 2xx (RFC 8441 5). */
export function isOpening(report: Report): boolean {
  return report.response?.status === 101 || (httpBadge(report) !== null && isConnected(report));
}

/** What was agreed on, in full: the parameters of the compression, and what HTTP/2 said of itself. */
export function putNegotiated(page: Page, report: Report, style: Style): void {
  const { compression, http2 } = report;
  const { separator } = style.glyphs;
  if (compression.parameters) {
    const { client, server } = sidesOf(compression.parameters);
    page.row('compression', ['permessage-deflate', `server ${server}`, `client ${client}`].join(separator));
  } else if (isOpening(report) && compression.offered !== null && !compression.enabled) {
    page.row('compression', `offered ${compression.offered}${separator}not accepted`);
  }
  if (http2) page.row('http2', http2Facts(http2).join(separator), http2.goaway || http2.reset ? 'bad' : null);
}

function sidesOf(parameters: CompressionParameters): { readonly client: string; readonly server: string } {
  const side = (takeover: boolean, bits: number) =>
    `${takeover ? 'with' : 'without'} context takeover, window 2^${bits}`;
  return {
    server: side(parameters.serverContextTakeover, parameters.serverMaxWindowBits),
    client: side(parameters.clientContextTakeover, parameters.clientMaxWindowBits),
  };
}

function http2Facts(http2: Http2Info): string[] {
  const { streamId, enableConnectProtocol, maxConcurrentStreams, initialWindowSize, shared, goaway, reset } = http2;
  const connect = { true: 'ENABLE_CONNECT_PROTOCOL 1', false: 'ENABLE_CONNECT_PROTOCOL 0', null: 'no SETTINGS came' };
  return [
    ...(streamId === null ? [] : [`stream ${streamId}`]),
    connect[`${enableConnectProtocol}`],
    ...(maxConcurrentStreams === null ? [] : [`at most ${maxConcurrentStreams} streams`]),
    ...(initialWindowSize === null ? [] : [`window ${initialWindowSize}`]),
    ...(shared ? ['shared connection'] : []),
    ...(goaway ? [`GOAWAY ${goaway.code}${goaway.debug === '' ? '' : ` "${goaway.debug}"`}`] : []),
    ...(reset === null ? [] : [`RST_STREAM ${reset}`]),
  ];
}
