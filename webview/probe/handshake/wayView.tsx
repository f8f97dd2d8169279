import type { Http2Info, Report } from '../../../src/core/base/model.js';
import { formatBytes } from '../../../src/core/text/sizes.js';
import { fill } from '../../shared/fill.js';
import { Foreign } from '../../shared/foreign.js';
import { Facts } from '../../shared/parts.js';
import { handshakeWords } from './strings.js';

/** How the request went: the version of HTTP, and the proxy, where there is one. */
export function WayChips({ report }: { readonly report: Report }) {
  const words = handshakeWords.way;
  const { request, proxy, http2 } = report;
  return (
    <>
      {request || http2 ? (
        <span class="chip" title={httpTitle(report)}>
          {httpText(report)}
        </span>
      ) : null}
      {proxy ? (
        <span class="chip" title={fill(words.namedBy, { source: proxy.source })}>
          <Foreign text={fill(words.through, { proxy: proxy.url })} />
        </span>
      ) : null}
    </>
  );
}

function httpText({ request, http2 }: Report): string {
  const words = handshakeWords.way;
  // A server may speak HTTP/2 and have its WebSockets over HTTP/1.1 alone.
  if (!http2 || request?.httpVersion === '1.1') return `HTTP/${request?.httpVersion ?? ''}`;
  const stream = http2.streamId === null ? [] : [fill(words.streamShort, { stream: http2.streamId })];
  return ['HTTP/2', ...stream, ...(http2.shared ? [words.sharedShort] : [])].join(', ');
}

function httpTitle({ http2 }: Report): string {
  if (!http2) return handshakeWords.way.http1;
  return http2Rows(http2)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');
}

/** What HTTP/2 told of itself. */
export function Http2View({ http2 }: { readonly http2: Http2Info }) {
  return (
    <section aria-labelledby="http2-title">
      <h3 id="http2-title">HTTP/2</h3>
      <Facts rows={http2Rows(http2).map(([name, value]) => [name, <Foreign text={value} />])} />
    </section>
  );
}

function http2Rows(http2: Http2Info): readonly (readonly [name: string, value: string])[] {
  const words = handshakeWords.way;
  const { streamId, enableConnectProtocol, maxConcurrentStreams, initialWindowSize, shared, goaway, reset } = http2;
  const connect =
    enableConnectProtocol === null ? words.noSettings : enableConnectProtocol ? words.allowed : words.notAllowed;
  const lastWords = goaway && [goaway.code, fill(words.lastStream, { stream: goaway.lastStreamId }), goaway.debug];
  const rows: (readonly [string, string | null])[] = [
    [words.stream, streamId === null ? null : String(streamId)],
    [words.connection, shared ? words.shared : words.own],
    [words.webSocket, connect],
    [words.streams, maxConcurrentStreams === null ? null : fill(words.streamsMax, { count: maxConcurrentStreams })],
    [
      words.window,
      initialWindowSize === null ? null : fill(words.windowSize, { bytes: formatBytes(initialWindowSize) }),
    ],
    ['GOAWAY', lastWords && lastWords.filter(Boolean).join(', ')],
    ['RST_STREAM', reset],
  ];
  return rows.filter((row): row is readonly [string, string] => row[1] !== null);
}
