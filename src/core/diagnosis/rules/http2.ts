import type { Finding } from '../../base/model.js';
import { quoteText } from '../../base/plainText.js';
import type { Evidence, Failure, Rule } from '../../base/evidence.js';
import {
  readableText,
  failedIn,
  isHttp2,
  phaseOf,
  phaseTime,
  refusalOf,
  responseEvidence,
  statusWords,
} from '../facts.js';
import { finding } from '../finding.js';
import { identifyServers, type Software } from '../identifyServer.js';
import { eitherFix, extendedConnectFixes, http1Fix } from '../snippets/http2.js';
import { profileFix } from '../snippets/profile.js';
import { textFix } from '../snippets/shell.js';

/** HTTP/2 itself said no; the failure's code is the finding's id. */
export const http2Failed: Rule = {
  ids: ['http2.not-supported', 'http2.refused', 'http2.goaway', 'limit.http2-flood'],
  diagnose: (evidence) => {
    const failure = failedIn(evidence, 'upgrade', 'http2') ?? floodedIn(evidence);
    if (!failure) return null;
    switch (failure.code) {
      case 'http2.not-supported':
        return notSupported(evidence);
      case 'http2.goaway':
        return goaway(evidence);
      case 'limit.http2-flood':
        return flood(evidence);
      default:
        return refused(evidence);
    }
  },
};

/** Ended by our limit against floods once it was open. */
export function floodedIn(evidence: Evidence): Failure | null {
  const failure = failedIn(evidence, 'message', 'reset') ?? failedIn(evidence, 'close', 'reset');
  return failure?.code === 'limit.http2-flood' ? failure : null;
}

/** What the HTTP/2 connection under the stream told of itself. */
export function http2Facts(evidence: Evidence): string[] {
  const { report, stream } = evidence;
  const info = stream.http2;
  const chosen = quoteText(report.tls?.alpn ?? '', 40) || 'nothing';
  // After a fallback the TLS that is known is that of the second connection, where h2 was not offered.
  const fellBack = info !== null && !isHttp2(evidence) && report.response !== null;
  const alpn = report.tls
    ? [`ALPN: the server chose ${fellBack ? `h2, then ${chosen} on a second connection` : chosen}`]
    : [];
  if (!info) return alpn;
  const { enableConnectProtocol: connect, goaway: gone, maxConcurrentStreams, streamId, reset, shared } = info;
  return [
    ...alpn,
    `SETTINGS_ENABLE_CONNECT_PROTOCOL: ${connect === null ? 'its SETTINGS never came' : connect ? '1' : 'not announced'}`,
    maxConcurrentStreams === null ? '' : `SETTINGS_MAX_CONCURRENT_STREAMS: ${maxConcurrentStreams}`,
    streamId === null ? '' : `Stream: ${streamId}${shared ? ', on a connection that other sockets share' : ''}`,
    reset === null ? '' : `RST_STREAM: ${quoteText(reset, 60)}`,
    gone === null
      ? ''
      : `GOAWAY: ${quoteText(gone.code, 60)}, last stream ${gone.lastStreamId}${gone.debug ? `, "${quoteText(gone.debug, 200)}"` : ''}`,
  ].filter((line) => line !== '');
}

function notSupported(evidence: Evidence): Finding {
  const noHttp2 = (evidence.stream.http2?.enableConnectProtocol ?? null) === null;
  return finding('http2.not-supported', {
    title: noHttp2
      ? 'The server does not speak HTTP/2 here, and the profile asks for nothing else'
      : 'The server speaks HTTP/2, but takes no WebSockets over it',
    explanation: noHttp2
      ? `${evidence.secure && evidence.report.tls?.alpn !== 'h2' ? 'TLS agreed on another protocol (ALPN)' : 'What answered does not begin with the SETTINGS of HTTP/2'}. The profile says "http": "2", which allows no other; a plain WebSocket over HTTP/1.1 may well work.`
      : 'A server that takes WebSockets over HTTP/2 announces it in its SETTINGS (RFC 8441), and this one does not. Over HTTP/1.1 the same server may well take them: that is how most do.',
    evidence: [
      quoteText(evidence.failure?.message ?? '', 300),
      ...http2Facts(evidence),
      phaseTime(evidence, 'upgrade'),
    ],
    fixes: [http1Fix, eitherFix, ...extendedConnectFixes([])],
  });
}

const resetWords: Readonly<Record<string, string>> = {
  REFUSED_STREAM:
    'The server did no work for it: it is at its limit of streams or about to stop, and the request may be repeated.',
  ENHANCE_YOUR_CALM: 'The server finds that this client asks too much.',
  HTTP_1_1_REQUIRED: 'The server wants HTTP/1.1 for this.',
  PROTOCOL_ERROR:
    'The server takes the request for a mistake, as one does that does not know extended CONNECT (RFC 8441).',
  CANCEL: 'The server lost interest: a handler gave up, or a proxy lost the server behind it.',
  INTERNAL_ERROR: 'The server failed.',
};

function refused(evidence: Evidence): Finding {
  const reset = evidence.stream.http2?.reset ?? null;
  const meaning = reset !== null && Object.hasOwn(resetWords, reset) ? resetWords[reset] : undefined;
  return finding('http2.refused', {
    title: `The server refused the WebSocket over HTTP/2${reset ? `: it reset the stream with ${quoteText(reset, 40)}` : ''}`,
    explanation: `The request was an extended CONNECT (RFC 8441) on a stream of its own, and the server ended the stream without an answer. ${meaning ?? 'Its log has the details.'}`,
    evidence: [
      quoteText(evidence.failure?.message ?? '', 300),
      ...http2Facts(evidence),
      phaseTime(evidence, 'upgrade'),
    ],
    fixes: [http1Fix, ...extendedConnectFixes([])],
  });
}

function goaway(evidence: Evidence): Finding {
  const gone = evidence.stream.http2?.goaway;
  const code = quoteText(gone?.code ?? '', 60);
  const calm = code === 'ENHANCE_YOUR_CALM';
  return finding('http2.goaway', {
    title: `The server ended the HTTP/2 connection (GOAWAY${code ? ` ${code}` : ''}) before the WebSocket was open${gone?.debug ? `: ${quoteText(gone.debug, 80)}` : ''}`,
    explanation: `GOAWAY ends a whole connection with all its streams. ${calm ? 'ENHANCE_YOUR_CALM says that this client asked too much of it.' : code === 'NO_ERROR' ? 'NO_ERROR is a farewell: a restart, a deployment, or an age limit of connections. A new connection should work.' : 'The server found a fault in what it was sent, or does not want this client.'}`,
    evidence: [
      quoteText(evidence.failure?.message ?? '', 300),
      ...http2Facts(evidence),
      phaseTime(evidence, 'upgrade'),
    ],
    fixes: [
      profileFix('Come back on a new connection (profile)', {
        session: { reconnect: { initialMs: 1000, maxMs: 30000, jitter: 0.5 }, shareConnection: false },
      }),
      http1Fix,
    ],
  });
}

function flood(evidence: Evidence): Finding {
  return finding('limit.http2-flood', {
    title: 'The server floods the HTTP/2 connection with control frames, so wsprobe ended it',
    explanation:
      'The limit is ours: more than 1,000 SETTINGS or PING frames in a second keep a client busy without carrying anything, and each must be answered (RFC 9113 10.5). A healthy server sends a handful. The limit cannot be moved.',
    evidence: [quoteText(evidence.failure?.message ?? '', 300), ...http2Facts(evidence)],
    fixes: [
      http1Fix,
      textFix('On the server', 'Send one SETTINGS at the start, and a PING every 20 to 30 seconds at most.'),
    ],
  });
}

const sayingNo =
  /extended connect|:protocol|method (connect )?not (allowed|supported|implemented)|rfc ?8441|unknown protocol/i;

/** A status that answers extended CONNECT itself, rather than this WebSocket. */
export const http2Status: Rule = {
  ids: ['http2.refused'],
  diagnose: (evidence) => {
    const response = refusalOf(evidence);
    if (!response || !isHttp2(evidence)) return null;
    const { status } = response;
    const software = identifyServers(response);
    const nginx = software.some(({ id }) => id === 'nginx');
    const http1Wanted = status === 426 || status === 505;
    const words = status >= 400 && status < 600 && sayingNo.test(readableText(response));
    if (status !== 501 && !http1Wanted && !words && !(nginx && (status === 400 || status === 405))) return null;
    return byStatus(evidence, software, statusWords(response), nginx);
  },
};

function byStatus(evidence: Evidence, software: readonly Software[], words: string, nginx: boolean): Finding {
  const { response } = evidence.report;
  return finding('http2.refused', {
    title: `The server does not take a WebSocket over HTTP/2: it answered extended CONNECT with ${words}`,
    explanation: nginx
      ? 'nginx knows no extended CONNECT (RFC 8441) and takes the request for a bad one. WebSockets through nginx need HTTP/1.1.'
      : 'The status is about the form of the request, an extended CONNECT with ":protocol: websocket" (RFC 8441), not about this path or client. Over HTTP/1.1 the same server may take it.',
    evidence: [...http2Facts(evidence), ...(response ? responseEvidence(response) : [])],
    fixes: [http1Fix, eitherFix, ...extendedConnectFixes(software)],
  });
}

/** `"http": "auto"` ended at HTTP/1.1. */
export const http2Downgraded: Rule = {
  ids: ['http2.downgraded'],
  diagnose: (evidence) => {
    const { plan, report, secure, stream } = evidence;
    if (plan.http !== 'auto' || !secure || !report.request || isHttp2(evidence)) return null;
    if (phaseOf(evidence, 'upgrade')?.status === 'not-reached') return null;
    const spoke = stream.http2 !== null;
    return finding('http2.downgraded', {
      title: spoke
        ? 'HTTP/1.1 was used: the server speaks HTTP/2 but takes no WebSockets over it'
        : 'HTTP/1.1 was used: the server, or a proxy that opens TLS, did not choose HTTP/2',
      explanation: spoke
        ? 'The server chose h2 and did not announce extended CONNECT (RFC 8441), so wsprobe asked again over a new connection in HTTP/1.1. The WebSocket loses nothing by it, but takes a connection of its own.'
        : 'Both were offered in TLS (ALPN), and HTTP/1.1 was chosen or nothing. Clients fall back without a word, so a server that should speak HTTP/2 can stay misconfigured for long.',
      evidence: [spoke ? '' : 'Offered in ALPN: h2, http/1.1', ...http2Facts(evidence)],
      fixes: [
        profileFix('If HTTP/1.1 is meant (profile)', { http: '1.1' }),
        ...extendedConnectFixes(report.response ? identifyServers(report.response) : []),
      ],
    });
  },
};
