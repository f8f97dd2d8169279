import type { Fix } from '../../base/model.js';
import { quoteText } from '../../base/plainText.js';
import type { HandshakeProblem } from '../../base/evidence.js';
import type { Evidence, Rule } from '../../base/evidence.js';
import { headerOf, responseEvidence } from '../facts.js';
import { finding } from '../finding.js';
import { identifyServers } from '../identifyServer.js';
import { profileFix } from '../snippets/profile.js';
import { upgradeFixes } from '../snippets/proxy.js';
import { labFix, onServer, present, textFix } from '../snippets/shell.js';

type ProblemId = HandshakeProblem['id'];

interface ProblemText {
  readonly title: (problem: HandshakeProblem, evidence: Evidence) => string;
  readonly explanation: string;
  readonly fixes: (evidence: Evidence, problem: HandshakeProblem) => readonly Fix[];
}

const proxyFixes = (evidence: Evidence): readonly Fix[] =>
  upgradeFixes(evidence, evidence.report.response ? identifyServers(evidence.report.response) : []);

const acceptFix = onServer(
  "Answer with the Base64 of the SHA-1 of this request's Sec-WebSocket-Key with 258EAFA5-E914-47DA-95CA-C5AB0DC85B11 behind it (RFC 6455 4.2.2), once.",
);

const completeAnswer: Fix = {
  title: 'What a complete answer looks like',
  language: 'http',
  snippet: `HTTP/1.1 101 Switching Protocols
Upgrade: websocket
Connection: Upgrade
Sec-WebSocket-Accept: <base64 of SHA-1 of the key and the GUID>`,
};

const handBack = textFix(
  'On whatever stands before the server',
  'Let it hand Upgrade and Connection of a 101 back to the client: they belong to that answer, whatever is taken out of others.',
);

const noCache: Fix = {
  title: 'nginx: never answer an upgrade from a cache',
  language: 'nginx',
  snippet: 'proxy_cache off;\nproxy_no_cache $http_upgrade;\nproxy_cache_bypass $http_upgrade;',
};

/** As a module of Apache it carries no WebSockets, and says who it is. */
const byPassenger = (response: Evidence['report']['response']) =>
  /^Apache\b.*\bPhusion_Passenger\//.test(headerOf(response?.headers, 'server') ?? '');

const underNginx = textFix(
  'On the server',
  'Passenger as a module of Apache has no WebSockets: run it under nginx, or Passenger Standalone behind mod_proxy with upgrade=websocket.',
);

/** How the value came about, where that was found out. */
const mistakeIn = (message: string) => /: [^:]+(?=\.$)/.exec(message)?.[0] ?? '';

/** It names itself where it stands before another server. */
const byArr = ({ report }: Pick<Evidence, 'report'>) =>
  (headerOf(report.response?.headers, 'x-powered-by') ?? '').startsWith('ARR/') && report.compression.offered !== null;

const byIis = ({ report }: Pick<Evidence, 'report'>) =>
  report.response !== null && identifyServers(report.response).some(({ id }) => id === 'iis');

const iisFeature = textFix(
  'On IIS',
  'See that the feature WebSocket Protocol is installed (Server Manager: Web Server, Application Development), and start the site anew.',
);

/** Who is named gets nobody else's. */
function acceptFixes({ plan, report }: Evidence): readonly Fix[] {
  const seen = report.response ? identifyServers(report.response) : [];
  if (byIis({ report }) && !byArr({ report }))
    return [iisFeature, labFix({ plan, report })].filter((fix) => fix !== null);
  if (byIis({ report }))
    return [profileFix('Do without compression, which ARR does not carry (profile)', { compression: false })];
  return seen.some(({ id }) => id === 'nginx') ? [acceptFix, noCache] : [acceptFix];
}

const texts: Readonly<Record<Exclude<ProblemId, `subprotocol.${string}` | `extension.${string}`>, ProblemText>> = {
  'upgrade.missing-header': {
    title: ({ message }, { report }) =>
      `The server answered 101, but the answer is incomplete${byPassenger(report.response) ? ' (Passenger as a module of Apache carries no WebSockets)' : ''}: ${quoteText(message, 160)}`,
    explanation:
      'A 101 must carry "Upgrade: websocket" and "Connection: Upgrade". A proxy that removes hop-by-hop headers from answers leaves it like this, or the server writes its own handshake and forgot one.',
    // What a proxy is told to pass on with a request brings nothing back in an answer.
    fixes: ({ report }) => (byPassenger(report.response) ? [underNginx] : [completeAnswer, handBack]),
  },
  'upgrade.wrong-upgrade': {
    title: ({ received }) =>
      `The server switched to another protocol than WebSocket: ${quoteText(received ?? '?', 80)}`,
    explanation:
      'The answer is 101, but its Upgrade header names something else: the server does not look at what was asked for, and takes every upgrade for its own. One that offers HTTP/2 (h2c) does so, and one that goes over to TLS (CUPS, RFC 2817). It has no WebSockets at this path, or another handler takes the request before them.',
    fixes: (evidence) => [
      ...present(labFix(evidence)),
      ...(evidence.report.response && identifyServers(evidence.report.response).length > 0 ? proxyFixes(evidence) : []),
    ],
  },
  'upgrade.accept-missing': {
    title: () => 'The server answered 101 without Sec-WebSocket-Accept',
    explanation:
      'Without this header nobody knows whether the server understood the WebSocket handshake or only repeats a 101. Every client must refuse it.',
    fixes: (evidence) => acceptFixes(evidence),
  },
  'upgrade.accept-mismatch': {
    title: ({ message }, evidence) =>
      `The Sec-WebSocket-Accept of the server does not fit the key that was sent${byIis(evidence) ? (byArr(evidence) ? ', as that of IIS with ARR does where compression is agreed behind it' : ': IIS passed on what the program behind it answered, as it seems') : mistakeIn(message)}`,
    explanation:
      'The value must be computed from the key of this very request. A cache that replays an old 101, a fixed value in a made-up server, or two layers that each answer give a wrong one: IIS with ARR where the server behind it agrees to permessage-deflate, and IIS without its feature WebSocket Protocol.',
    fixes: (evidence, { message }) => (mistakeIn(message) === '' ? acceptFixes(evidence) : [acceptFix]),
  },
  'upgrade.accept-duplicated': {
    title: () => 'The server sent Sec-WebSocket-Accept more than once',
    explanation:
      'The header must be there exactly once. A proxy that adds its own beside that of the server makes two; clients join them into one wrong value.',
    fixes: () => [
      textFix(
        'On a proxy before the server, if there is one',
        'Let it add no Sec-WebSocket-Accept: the server behind it sends its own.',
      ),
      acceptFix,
    ],
  },
  'upgrade.body-on-101': {
    title: () => 'The 101 answer announces a body, which it cannot have',
    explanation:
      'Content-Length and Transfer-Encoding are forbidden on a 101 (RFC 9110 8.6, 6.1). Most clients ignore them; some proxies wait for the body and the first messages hang.',
    fixes: () => [completeAnswer],
  },
};

/** A 101 that fails our checks (RFC 6455 4.1). */
export const handshake: Rule = {
  ids: Object.keys(texts),
  diagnose: (evidence) =>
    evidence.problems.flatMap((problem, _, all) => {
      // Of another protocol no header of this one is missing.
      const other = all.find(({ id }) => id === 'upgrade.wrong-upgrade');
      if (other && problem !== other && Object.hasOwn(texts, problem.id)) return [];
      if (!Object.hasOwn(texts, problem.id)) return [];
      const text = texts[problem.id as keyof typeof texts];
      return finding(problem.id, {
        severity: problem.severity,
        title: text.title(problem, evidence),
        explanation: text.explanation,
        evidence: problemEvidence(evidence, problem),
        fixes: text.fixes(evidence, problem),
      });
    }),
};

export function problemEvidence({ report }: Evidence, problem: HandshakeProblem): string[] {
  return [
    quoteText(problem.message, 300),
    problem.expected === null ? '' : `Expected: ${quoteText(problem.expected, 200)}`,
    problem.received === null ? '' : `Received: ${quoteText(problem.received, 200)}`,
    ...(report.response ? responseEvidence(report.response) : []),
  ].filter((line) => line !== '');
}
