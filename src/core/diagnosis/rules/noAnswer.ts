import { STATUS_CODES } from 'node:http';
import type { Fix } from '../../base/model.js';
import { identifyProtocol } from '../../handshake/identifyProtocol.js';
import { quoteText } from '../../base/plainText.js';
import { headerSize, payloadLength } from '../../frames/frameHeader.js';
import { parseUrl } from '../../base/url.js';
import { REDACTED } from '../../redaction/redactor.js';
import type { Evidence, Rule } from '../../base/evidence.js';
import {
  asciiOf,
  readableText,
  failedIn,
  formatMs,
  hexOf,
  isHttp2,
  pathOf,
  phaseOf,
  refusalOf,
  responseEvidence,
  sentHeader,
  statusWords,
} from '../facts.js';
import { finding } from '../finding.js';
import { identifyServers, type Software, type SoftwareId } from '../identifyServer.js';
import { engineIoFix } from '../knownNode.js';
import { profileFix } from '../snippets/profile.js';
import { logFix, curl, labFix, onServer, shellFix, shellQuote, textFix } from '../snippets/shell.js';
import { http2Facts } from './http2.js';
import { lostBehind } from './closeCause.js';
import { isResetAtOnce } from './tcp.js';
import { isOfTls, lateAlert } from './tls.js';
import { hasClientCertificate } from './tlsAlerts.js';
import { hangsUpAltogether, isMuteToGet, silentAltogether, upgradeTime, wantsProxyLine } from './hangsUp.js';
import { upgradeAlone } from './withoutUpgrade.js';

const tlsPorts = new Set([443, 8443, 9443, 4443]);

/** The connection ended before a complete answer to the upgrade request. */
export const upgradeClosed: Rule = {
  ids: ['upgrade.closed'],
  diagnose: (evidence) => {
    const failure = failedIn(evidence, 'upgrade', 'end', 'reset', 'error');
    if (!failure || lateAlert(evidence)) return null;
    const { answersTls, bytesReceived, firstBytes } = evidence.stream;
    if (answersTls || isResetAtOnce(evidence)) return null;
    const http2 = isHttp2(evidence);
    const reset = failure.kind === 'reset' || failure.code === 'ECONNRESET' || failure.code === 'EPIPE';
    const brokeTls = isOfTls(evidence, failure);
    const begun = bytesReceived > 0;
    const interim = INTERIM_ALONE.exec(asciiOf(firstBytes))?.[1];
    if (interim !== undefined && !reset) return interimAlone(evidence, interim);
    const likelyTls = !evidence.secure && !begun && tlsPorts.has(evidence.port);
    // A WebSocket server answered a plain GET: somebody before it lost the upgrade.
    const behind = /^HTTP\/\S+ 426\b/.test(evidence.stream.getAnswer ?? '');
    if (!begun && !reset && !http2 && !behind) {
      const waited = waitedAsEngineIo(evidence);
      if (waited !== null) return waited;
    }
    if (!begun && !http2 && isMuteToGet(evidence))
      return wantsProxyLine(evidence, 'upgrade.closed') ?? hangsUpAltogether(evidence, reset);
    if (!begun && evidence.stream.getAnswer !== null)
      return upgradeAlone(evidence, 'upgrade.closed', `hangs up (${reset ? 'RST' : 'FIN'}) on the upgrade`);
    return finding('upgrade.closed', {
      title: `The server ${brokeTls ? 'broke TLS on' : reset ? 'reset' : 'closed'} the connection ${begun ? 'in the middle of' : 'without'} an answer to the upgrade request`,
      explanation: begun
        ? 'Part of an answer came, then the connection ended. The server or something in the path failed while answering.'
        : `The request was sent and nothing came back. A forwarded port (Docker, ssh -L, kubectl port-forward) does so where nobody listens behind it; servers do when a handler crashes, when a rule drops the request (nginx "return 444", HAProxy "reject"), when they expect the PROXY protocol first, when they do not know the subprotocol (Mosquitto${evidence.plan.subprotocols.length === 0 ? '; none was offered' : ''}),${sentHeader(evidence, 'origin') === null ? '' : ' when they do not allow the Origin that was sent,'} or when the port expects TLS and the address says ws.`,
      evidence: [
        `Received: ${bytesReceived} bytes, then ${brokeTls ? `a fault of TLS: ${quoteText(failure.message, 200)}` : reset ? 'RST' : 'FIN'}`,
        ...(http2 ? http2Facts(evidence) : []),
        begun && `First bytes: ${hexOf(firstBytes)}`,
        begun && `As text: ${quoteText(asciiOf(firstBytes))}`,
        !begun &&
          evidence.plan.subprotocols.length > 0 &&
          `Offered: ${quoteText(evidence.plan.subprotocols.join(', '), 200)}`,
        !begun &&
          evidence.secure &&
          hasClientCertificate(evidence) &&
          'A client certificate was sent: some servers (Node) hang up like this on one that they do not accept',
        likelyTls && `Port ${evidence.port} usually speaks TLS, and this address says ws`,
        upgradeTime(evidence),
      ],
      fixes: [labFix(evidence), shellFix('See whether plain HTTP is answered', curl(evidence)), logFix(evidence)],
    });
  },
};

/**
 * Engine.IO ends an upgrade that nobody took after its destroyUpgradeTimeout of 1,000 ms (attach in engine.io.ts). Only where
 * the path is not its own: there it answers.
 */
function waitedAsEngineIo(evidence: Evidence) {
  const took = phaseOf(evidence, 'upgrade')?.durationMs ?? 0;
  if (took < 995 || took > 1_150 || /\/(socket|engine)\.io\//.test(pathOf(evidence))) return null;
  const fix = engineIoFix(evidence.plan.url);
  // A page at the path: an application below a base of its own (WeTTY) has its Socket.IO there too.
  const below =
    pathOf(evidence) !== '/' && /^HTTP\/\S+ 2/.test(evidence.stream.getAnswer ?? '')
      ? engineIoFix(evidence.plan.url, '4', true)
      : null;
  return finding('upgrade.closed', {
    title: `The server closed the connection without an answer after ${formatMs(took)}, as Socket.IO does where the path is not its own`,
    explanation:
      'Socket.IO (Engine.IO) gives other listeners one second to take an upgrade outside of its path, which is /socket.io/ by default, and then ends the connection. Its path may have been set to another (Browsersync has /browser-sync/socket.io/). The second is all that points to it: another timer of one second would look the same.',
    evidence: [
      'Received: 0 bytes, then FIN',
      'Looks like Socket.IO: its destroyUpgradeTimeout is 1,000 ms',
      upgradeTime(evidence),
    ],
    fixes: [below, fix, shellFix('See whether plain HTTP is answered', curl(evidence))],
  });
}

/** Interim answers, whole, and nothing after them. */
const INTERIM_ALONE = /^(?:HTTP\/1\.[01] (1(?!01)\d\d[^\r\n]*)\r\n(?:[^\r\n]+\r\n)*\r\n)+$/;

/** A program may reject with any number; those below 200 promise another answer. */
function interimAlone(evidence: Evidence, interim: string) {
  const own = interim.slice(4).trim() !== (STATUS_CODES[interim.slice(0, 3)] ?? '');
  return finding('upgrade.closed', {
    title: own
      ? `The server turned the upgrade away with "${quoteText(interim, 80)}", as it seems, and closed the connection: that is no status of a refusal`
      : `The server sent ${quoteText(interim, 60)}, and closed the connection without the answer that this promises`,
    explanation: own
      ? 'Interim answers (1xx) promise another one behind them, and none came. The words are those of a program that says no with a number of its own; clients wait for more.'
      : 'Interim answers (1xx) promise another one behind them. The handler failed before it had an answer, or a proxy on the way lost it.',
    evidence: [`As text: ${quoteText(asciiOf(evidence.stream.firstBytes))}`, upgradeTime(evidence)],
    fixes: [
      own
        ? textFix('On the server', 'Reject with a status of 400 to 599: 403 for a client that may not come in.')
        : shellFix('Read the server log at this moment', `date -u -d @${Math.floor(evidence.now.getTime() / 1000)}`),
    ],
  });
}

/** Connected, but no complete answer within `timeouts.upgradeMs`. */
export const upgradeTimeout: Rule = {
  ids: ['upgrade.timeout'],
  diagnose: (evidence) => {
    if (!failedIn(evidence, 'upgrade', 'timeout')) return null;
    const { bytesReceived, firstBytes } = evidence.stream;
    const waited = formatMs(evidence.plan.timeouts.upgradeMs);
    const trickle = bytesReceived > 0;
    const interim = INTERIM_ALONE.exec(asciiOf(firstBytes))?.[1];
    if (!trickle && evidence.stream.getAnswer !== null)
      return upgradeAlone(evidence, 'upgrade.timeout', `did not answer the upgrade within ${waited}`);
    const mute =
      !trickle && evidence.report.looks?.some(({ reason, response }) => reason === 'get' && response === null);
    if (mute) return silentAltogether(evidence, waited);
    return finding('upgrade.timeout', {
      title: interim
        ? `The server sent ${quoteText(interim, 60)}, and then no answer to the upgrade request within ${waited}`
        : trickle
          ? `The answer to the upgrade request was not complete after ${waited}`
          : `The server accepted the connection but did not answer the upgrade request within ${waited}`,
      explanation: interim
        ? 'An interim answer (1xx) promises another one after it, and that never came: the handler hangs, or waits for a body that an upgrade does not have.'
        : trickle
          ? 'Some bytes came, but the header never ended. The server is very slow, overloaded, or holds the connection on purpose.'
          : 'TCP works, so a program is there, but it does not speak. It may have no handler for upgrades, wait for a backend, hang, or be a firewall or a rule that accepts everything and answers nothing (HAProxy "silent-drop").',
      evidence: [
        `Received: ${bytesReceived} bytes`,
        trickle && `As text: ${quoteText(asciiOf(firstBytes))}`,
        `timeouts.upgradeMs: ${evidence.plan.timeouts.upgradeMs}`,
      ],
      fixes: [
        labFix(evidence),
        shellFix('See whether plain HTTP is answered', curl(evidence)),
        profileFix('Wait longer (profile)', { timeouts: { upgradeMs: evidence.plan.timeouts.upgradeMs * 3 } }),
      ],
    });
  },
};

/** First bytes that are no HTTP status line. */
const notHttpWhy =
  'A WebSocket begins as an HTTP/1.1 request, and the first bytes of the answer must be a status line. The port belongs to another service, or speaks another version of HTTP.';

export const notHttp: Rule = {
  ids: ['upgrade.not-http'],
  diagnose: (evidence) => {
    const failure = failedIn(evidence, 'upgrade', 'not-http');
    if (!failure) return null;
    const { firstBytes } = evidence.stream;
    const text = asciiOf(firstBytes);
    const who = identifyProtocol(firstBytes);
    const words = who === null && /^[\t\r\n\x20-\x7e]{3,}$/.test(text) && /[a-z]{3}/i.test(text) ? text : null;
    if (words !== null && /^Unauthorized\s*$/.test(words) && pathOf(evidence).includes('/_next/'))
      return byNext(evidence);
    if (who === null && isFrame(firstBytes)) return framesAlone(evidence);
    const lost = words === null ? null : lostBehind(words.trim());
    if (words !== null && lost)
      return finding('upgrade.not-http', {
        ...lost,
        title: `A proxy could not reach the server behind it, and says so without a status line: "${quoteText(words.replaceAll('"', "'"), 120)}"`,
        explanation: 'Proxies on Node (http-proxy-middleware) write so to the bare socket of an upgrade.',
        evidence: [`As text: ${quoteText(text, 200)}`],
      });
    const refusal = words === null ? null : bareRefusal(words.trim());
    if (words !== null && refusal !== null) return refusedBarely(evidence, words.trim(), refusal);
    const [, before = '', late] = LATE_HEAD.exec(text) ?? [];
    if (late !== undefined) return writtenBefore(evidence, before.trim(), late);
    const echo = words !== null && words.startsWith('GET ') && /^sec-websocket-key:/im.test(words);
    return finding('upgrade.not-http', {
      title: who
        ? `Port ${evidence.port} answered, but not in HTTP/1.1: it looks like ${who.name}`
        : echo
          ? `Port ${evidence.port} sends back what it is sent, our own request: it is an echo service, and not one of WebSocket`
          : words === null
            ? `Port ${evidence.port} answered, but what came is not HTTP`
            : `Port ${evidence.port} answered in plain text that is not HTTP: "${quoteText(words.replaceAll('"', "'"), 120)}"`,
      explanation:
        words === null
          ? notHttpWhy
          : `${notHttpWhy} A handler of upgrades that writes its refusal to the bare socket, without a status line, does the same.`,
      evidence: [
        `First bytes: ${hexOf(firstBytes, 64)}`,
        /\w/.test(text) && `As text: ${quoteText(text, 200)}`,
        quoteText(failure.message, 200),
      ],
      fixes: [
        who?.name === 'HTTP/2' && profileFix('Speak HTTP/2 (profile)', { http: '2' }),
        who && textFix('Next step', who.hint),
        shellFix('Which program has the port?', `ss -ltnp 'sport = :${evidence.port}'`),
        who?.name === 'HTTP/2' && onServer('Let it speak HTTP/1.1 on this port too.'),
      ],
    });
  },
};

/** A status line that does not begin the answer. */
const LATE_HEAD = /^(?!HTTP)([^]{0,1000}?)(?:^|[\r\n])[ \t]*(HTTP\/1\.[01] \d{3}[^\r\n]*)/;

function writtenBefore(evidence: Evidence, before: string, head: string) {
  return finding('upgrade.not-http', {
    layer: 'application',
    title: `The answer does not begin with its status line: ${before === '' ? 'blanks or an empty line stand' : `"${quoteText(before.replaceAll('"', "'"), 100)}" stands`} before "${quoteText(head, 60)}"`,
    explanation:
      'An answer begins with "HTTP/1.1" at its first byte, and clients give up on anything else. Heads that are written by hand have blanks before their lines where the text is set in as the code around it is; what a program prints of its own (a warning, a line for debugging) gets before the head where both go to the same socket.',
    evidence: [`As text: ${quoteText(asciiOf(evidence.stream.firstBytes), 200)}`],
    fixes: [
      textFix(
        'On the server',
        'Let nothing be written before the status line, begin every line of the head at its first letter, and end each with CR LF.',
      ),
    ],
  });
}

/** A status and its name, or the name alone, and no status line around them. */
const BARE_REFUSAL = /^(?:(?:http )?(?:error|status)(?: code)?:? )?([45]\d\d)[ :.,-]+([\p{L} ]{3,40})/iu;

/** Numbers like it begin the answers of FTP and SMTP too, with other names. */
function bareRefusal(words: string): number | null {
  const named = Object.entries(STATUS_CODES).find(([, name]) => name?.toLowerCase() === words.toLowerCase())?.[0];
  if (named !== undefined && /^[45]/.test(named)) return Number(named);
  const [, status = '', said = ''] = BARE_REFUSAL.exec(words) ?? [];
  const name = STATUS_CODES[status]?.toLowerCase();
  return name !== undefined && said.toLowerCase().startsWith(name) ? Number(status) : null;
}

/** A server that reads HTTP and leaves the head of its answer away: civetweb does so, where an upgrade has no handler. */
function refusedBarely(evidence: Evidence, words: string, status: number) {
  const nothing = status === 404;
  return finding('upgrade.not-http', {
    layer: 'application',
    title: `The server refuses the upgrade, in words without a status line${nothing ? `: it has no WebSocket at ${quoteText(pathOf(evidence), 100)}, or none under this name, as it seems` : ''}: "${quoteText(words.replaceAll('"', "'"), 120)}"`,
    explanation:
      'It reads like the refusal of an HTTP server, without its head: a handler of upgrades wrote it to the bare socket (civetweb at a path without a handler, Redbird for a name without a route).',
    evidence: [`As text: ${quoteText(words, 200)}`],
    fixes: [labFix(evidence), shellFix('See what the server says to plain HTTP', curl(evidence))],
  });
}

/** Its development server writes this word, and nothing else, to a client whose Origin it does not allow (block-cross-site.ts). */
function byNext(evidence: Evidence) {
  return finding('upgrade.not-http', {
    layer: 'application',
    title:
      'The development server of Next.js refuses the Origin or the host: it wrote "Unauthorized" without a status line',
    explanation:
      'Its paths below /_next/ take requests of the host that it was started for alone, unless the names are listed. The refusal is the bare word, which is no HTTP, so proxies before it tell of a broken answer.',
    evidence: [`As text: ${quoteText(asciiOf(evidence.stream.firstBytes), 200)}`],
    fixes: [
      {
        title: 'next.config.js: the names under which it is opened',
        language: 'javascript',
        snippet: `allowedDevOrigins: ['${quoteText(nameOf(evidence), 100).replaceAll("'", '')}'],`,
      },
    ],
  });
}

/** An unmasked frame that is wholly there: a server begins with one only behind its 101. */
function isFrame(bytes: Uint8Array): boolean {
  const [first = 0, second = 0] = bytes;
  if (![0x81, 0x82, 0x88, 0x89, 0xc1, 0xc2].includes(first) || second > 126 || bytes.length < 4) return false;
  const length = headerSize(second) + payloadLength(bytes, 0);
  return (
    length <= bytes.length && (length === bytes.length || [0x81, 0x82, 0x88, 0x89, 0x8a, 0xc1].includes(bytes[length]!))
  );
}

function framesAlone(evidence: Evidence) {
  return finding('upgrade.not-http', {
    layer: 'proxy',
    title: 'WebSocket frames came and no answer to the upgrade before them: something on the way swallowed it',
    explanation:
      'The first bytes are a whole frame, so the server took the upgrade. What stands before it lost the head of the answer, as middleware does that looks into answers and knows no upgrades (a firewall such as Coraza, compression). A server that forgets the head looks the same.',
    evidence: [`First bytes: ${hexOf(evidence.stream.firstBytes, 64)}`],
    fixes: [
      textFix('On the proxy', 'Let requests with "Upgrade: websocket" pass by the middleware that looks into answers.'),
      labFix(evidence),
    ],
  });
}

/** Of the page that asks, where one was named. */
function nameOf(evidence: Evidence): string {
  return parseUrl(sentHeader(evidence, 'origin') ?? '')?.hostname ?? evidence.host;
}

/** HTTP, but broken: a bare line feed, a NUL, a header without a colon. */
export const malformed: Rule = {
  ids: ['upgrade.malformed'],
  diagnose: (evidence) => {
    const unexplained = evidence.problems.every(({ severity }) => severity !== 'error');
    const refused = unexplained ? failedIn(evidence, 'upgrade', 'handshake') : null;
    const failure = refused ?? failedIn(evidence, 'upgrade', 'malformed');
    if (!failure) return null;
    const { firstBytes } = evidence.stream;
    return finding('upgrade.malformed', {
      title: refused
        ? `The answer to the upgrade request was refused: ${quoteText(refused.message, 120)}`
        : `The answer to the upgrade request is broken HTTP: ${quoteText(failure.message, 120)}`,
      explanation:
        'It starts like HTTP/1.1 but breaks its grammar (RFC 9112). Some clients forgive this and some do not, so it may work in one and fail in another. The server or something in the path writes headers by hand.',
      evidence: [
        quoteText(failure.message, 200),
        `First bytes: ${hexOf(firstBytes, 64)}`,
        `As text: ${quoteText(asciiOf(firstBytes), 300)}`,
      ],
      fixes: [
        {
          title: 'What each line must look like',
          language: 'http',
          snippet: 'HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n\\r\\n',
        },
        shellFix('See the raw bytes', `${curl(evidence).map(shellQuote).join(' ')} | xxd | head`),
      ],
    });
  },
};

const tooLargeBody =
  /request header or cookie too large|header fields? too large|headers? too (large|long|big)|request header field exceeds/i;
const tooLargeStatuses = new Set([411, 413, 414, 431]);

/** Headers over a limit: theirs in the answer (our limit), or ours in the request (the server's limit). */
export const headersTooLarge: Rule = {
  ids: ['upgrade.headers-too-large'],
  diagnose: (evidence) => {
    if (failedIn(evidence, 'upgrade', 'headers-too-large')) return answerTooLarge(evidence);
    const response = refusalOf(evidence);
    if (!response) return null;
    const named = response.status === 400 && tooLargeBody.test(readableText(response));
    if (!named && !tooLargeStatuses.has(response.status)) return null;
    const ofBody = response.status === 411 || response.status === 413;
    const headers = evidence.report.request?.headers ?? [];
    const hidden = headers.filter(([, value]) => value.includes(REDACTED));
    const longest = headers.filter((header) => !hidden.includes(header)).sort((a, b) => b[1].length - a[1].length);
    return finding('upgrade.headers-too-large', {
      title: ofBody
        ? `The server speaks of the body of the request, and an upgrade has none: ${statusWords(response)}`
        : `The server finds the ${response.status === 414 ? 'address' : 'request'} too large: ${statusWords(response)}`,
      explanation: ofBody
        ? 'A WebSocket begins with a GET without a body, so no limit of sizes can be passed by it. A rule or a firewall before the server answers so, or the path belongs to a handler for uploads.'
        : 'Cookies, tokens or the URL are longer than the server or a proxy in front of it accepts. nginx, for one, takes 8 KB in one header.',
      evidence: [
        ...responseEvidence(response),
        `Sent in all: ${evidence.stream.bytesSent} bytes; target: ${evidence.report.request?.target.length ?? 0} characters`,
        ...hidden.slice(0, 3).map(([name]) => `${quoteText(name, 60)}: redacted, and counted in the sum`),
        ...longest.slice(0, 3).map(([name, value]) => `${quoteText(name, 60)}: ${value.length} characters`),
      ],
      fixes: ofBody
        ? [labFix(evidence), shellFix('See what the server says to plain HTTP', curl(evidence))]
        : [
            ...largerHeads(identifyServers(response)),
            response.status !== 414 &&
              sentHeader(evidence, 'cookie') !== null &&
              profileFix('Send fewer cookies (profile)', { cookies: { session: '${secret:session}' } }),
            response.status === 414 && textFix('In the client', 'Send in a message what the query carries.'),
          ],
    });
  },
};

const heads: readonly (readonly [id: SoftwareId, fix: Fix])[] = [
  [
    'apache',
    {
      title: 'Apache: allow larger headers',
      language: 'apache',
      snippet: 'LimitRequestFieldSize 32768\nLimitRequestLine 32768',
    },
  ],
  ['haproxy', { title: 'HAProxy: allow larger heads', language: 'haproxy', snippet: 'global\n    tune.bufsize 65536' }],
  ['nginx', { title: 'nginx: allow larger headers', language: 'nginx', snippet: 'large_client_header_buffers 4 32k;' }],
];

/** For the software that answered. */
function largerHeads(seen: readonly Software[]): readonly Fix[] {
  const known = heads.filter(([id]) => seen.some((software) => software.id === id)).map(([, fix]) => fix);
  if (known.length > 0) return known;
  return seen.some(({ name }) => name.includes('(Node)'))
    ? [
        {
          title: 'Node: allow larger headers',
          language: 'shell',
          snippet: 'node --max-http-header-size=65536 server.js',
        },
      ]
    : [textFix('On the server, or a proxy before it', 'Raise its limit for the head of a request.')];
}

function answerTooLarge(evidence: Evidence) {
  return finding('upgrade.headers-too-large', {
    title: "The headers of the server's answer are larger than wsprobe reads",
    explanation:
      'An answer to an upgrade needs a few hundred bytes of headers. Piles of cookies or a huge policy header usually are the reason; a header that never ends is the other.',
    evidence: [
      quoteText(evidence.failure?.message ?? '', 200),
      `Received: ${evidence.stream.bytesReceived} bytes`,
      `Begins: ${quoteText(asciiOf(evidence.stream.firstBytes), 300)}`,
    ],
    fixes: [
      onServer('Leave out of the answer to an upgrade what that does not need: piles of cookies, policy headers.'),
    ],
  });
}
