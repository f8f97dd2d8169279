import type { Report } from '../base/model.js';
import type { ProbePlan } from '../base/plan.js';

/** What a change is about. */
export type Group =
  | 'compression'
  | 'subprotocol'
  | 'origin'
  | 'header'
  | 'auth'
  | 'way'
  | 'family'
  | 'http'
  | 'slash'
  | 'scheme';

const ALL: readonly Group[] = [
  'compression',
  'subprotocol',
  'origin',
  'header',
  'auth',
  'http',
  'slash',
  'way',
  'family',
  'scheme',
];

/** What to try first, by the code of the error; everything else follows. */
const HINTS: readonly (readonly [code: RegExp, first: readonly Group[]])[] = [
  [/^extension\.|deflate|reserved-bits/, ['compression']],
  [/^subprotocol\./, ['subprotocol']],
  [/^http2\.|^421$|^505$/, ['http']],
  [/^3\d\d$/, ['slash', 'scheme', 'auth', 'header']],
  [/^401$/, ['auth', 'header', 'origin']],
  [/^403$/, ['origin', 'header', 'auth']],
  [/^(404|405|410)$/, ['slash', 'http', 'header']],
  [/^(414|431)$|headers-too-large/, ['header', 'auth', 'subprotocol']],
  [/not-http|malformed|\.end$|\.reset$|ECONNRESET|EPIPE|\.timeout$/, ['scheme', 'compression', 'http']],
];

/** Which changes may cure the failure of a report, the likeliest first. What the failing phase never saw is left out. */
export function likelyOrder(plan: ProbePlan, { error }: Pick<Report, 'error'>): readonly Group[] {
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
        ? ['http', 'scheme', 'way', 'family']
        : ['scheme', 'http', 'way', 'family'];
    default: {
      const first = HINTS.find(([pattern]) => pattern.test(code))?.[1] ?? [];
      return [...first, ...ALL.filter((group) => !first.includes(group))];
    }
  }
}
