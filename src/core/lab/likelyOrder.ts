import type { Report } from '../base/model.js';
import type { ProbePlan } from '../base/plan.js';
import { hangsUpAsEngineIo, wordsOf } from './usualPaths.js';

/** What a change is about. */
export type Group =
  | 'ping'
  | 'compression'
  | 'subprotocol'
  | 'dialect'
  | 'spelling'
  | 'origin'
  | 'host'
  | 'sni'
  | 'path'
  | 'paths'
  | 'more-paths'
  | 'header'
  | 'auth'
  | 'cookie'
  | 'plain'
  | 'way'
  | 'family'
  | 'http'
  | 'slash'
  | 'scheme';

const ALL: readonly Group[] = [
  'ping',
  'dialect',
  'compression',
  'subprotocol',
  'path',
  'origin',
  'spelling',
  'header',
  'auth',
  'cookie',
  'sni',
  'host',
  'http',
  'slash',
  'way',
  'family',
  'scheme',
  'paths',
  'more-paths',
  'plain',
];

/** What to try first, by the words of an answer: they say more than its status. */
const BY_WORDS: readonly (readonly [words: RegExp, first: readonly Group[]])[] = [
  [
    /\bhost header\b|\b(invalid|blocked|unknown|disallowed|allowed|untrusted) ?hosts?\b|this host\b|\bvhost\b/i,
    ['host', 'sni', 'origin'],
  ],
  [/\borigins?\b/i, ['origin', 'host']],
  // Action Cable refuses an origin with a 404.
  [/^x-runtime: /im, ['origin', 'path']],
  [/sub-?protocol/i, ['dialect', 'subprotocol']],
  [
    /sec-websocket-(key|version)|(upgrade|websocket).{0,20}(header|required|missing)/i,
    ['spelling', 'compression', 'host'],
  ],
  [/transport unknown|"code":[0-5],"message"|welcome to sockjs/i, ['path']],
];

/** By the code of the error; everything else follows. */
const HINTS: readonly (readonly [code: RegExp, first: readonly Group[]])[] = [
  [/^extension\.|deflate|reserved-bits/, ['compression']],
  [/^subprotocol\.|^44\d\d$|^1002$/, ['dialect', 'subprotocol']],
  [/^http2\.|^505$/, ['http']],
  [/^421$/, ['host', 'sni', 'http']],
  [/^3\d\d$/, ['cookie', 'slash', 'scheme', 'auth', 'header', 'host']],
  [/^401$/, ['auth', 'cookie', 'header', 'origin']],
  [/^403$/, ['origin', 'cookie', 'path', 'sni', 'slash', 'header', 'auth', 'host']],
  [/^(404|405|410)$/, ['path', 'slash', 'sni', 'host', 'paths', 'origin', 'http', 'header']],
  [/^2\d\d$/, ['path', 'slash', 'paths', 'spelling', 'host']],
  [/^426$/, ['spelling', 'path', 'http']],
  [/^(414|431)$|headers-too-large/, ['header', 'auth', 'subprotocol']],
  [/^5\d\d$/, ['plain', 'origin', 'compression']],
  [/\.timeout$/, ['scheme', 'plain', 'compression', 'http']],
  [
    /not-http|malformed|\.end$|\.reset$|ECONNRESET|EPIPE/,
    ['ping', 'scheme', 'dialect', 'compression', 'plain', 'http'],
  ],
];

/** By the keys of the profile that a fix changes. */
const BY_KEY: readonly (readonly [keys: string, group: Group])[] = [
  ['http', 'http'],
  ['compression', 'compression'],
  ['subprotocols', 'subprotocol'],
  ['origin', 'origin'],
  ['headers.Origin', 'origin'],
  ['headers.Host', 'host'],
  ['tls.serverName', 'sni'],
  ['cookies', 'cookie'],
  ['proxy', 'way'],
];

/** Which changes may cure the failure of a report, the likeliest first. What the failing phase never saw is left out. */
export function likelyOrder(plan: ProbePlan, report: Report): readonly Group[] {
  const { error } = report;
  const code = error?.code ?? '';
  switch (error?.phase) {
    case 'dns':
      return ['way'];
    case 'tcp':
      // With a proxy it is the proxy that does not answer, whatever is asked of it.
      return plan.proxy ? ['way', 'family'] : ['way', 'family', 'scheme'];
    case 'proxy':
      return ['way', 'family', 'scheme'];
    case 'tls':
      return /alpn|application_protocol/i.test(code)
        ? ['http', 'scheme', 'sni', 'way', 'family']
        : ['sni', 'scheme', 'http', 'way', 'family'];
    default: {
      const hints = HINTS.find(([pattern]) => pattern.test(code))?.[1] ?? [];
      const first = [...new Set([...byFix(report), ...bySign(report), ...hints])];
      return [...first, ...ALL.filter((group) => !first.includes(group))];
    }
  }
}

/** What the diagnosis offers first is tried first. */
function byFix({ findings }: Report): readonly Group[] {
  const changes = findings[0]?.fixes[0]?.change ?? [];
  return changes.flatMap(({ path }) => {
    const keys = path.join('.');
    return BY_KEY.find(([each]) => keys === each || keys.startsWith(`${each}.`))?.[1] ?? [];
  });
}

function bySign(report: Report): readonly Group[] {
  if (hangsUpAsEngineIo(report)) return ['path'];
  // ws refuses a path that is not its own with these 400 bytes, and nothing else of a good request.
  if (isBareRefusalOfWs(report)) return ['slash', 'path', 'paths', 'more-paths'];
  const { response } = report;
  if (!response || response.status < 200) return [];
  const said = wordsOf(report);
  return BY_WORDS.filter(([words]) => words.test(said)).flatMap(([, first]) => first);
}

function isBareRefusalOfWs({ response }: Report): boolean {
  if (response?.status !== 400 || response.body.text !== 'Bad Request') return false;
  return !response.headers.some(([name]) => /^(date|server)$/i.test(name));
}
