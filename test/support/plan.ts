import type { ProbePlan } from '../../src/core/base/plan.js';

type Overrides = Partial<Omit<ProbePlan, 'expect' | 'timeouts'>> & {
  readonly expect?: Partial<ProbePlan['expect']>;
  readonly timeouts?: Partial<ProbePlan['timeouts']>;
};

/** A plan with the defaults of a profile that names only its URL, but a short hold and budgets that a busy machine keeps. */
export function planFor(url: string, overrides: Overrides = {}): ProbePlan {
  const { expect, timeouts, ...rest } = overrides;
  return {
    name: url,
    url,
    headers: [],
    origin: null,
    subprotocols: [],
    auth: null,
    cookies: {},
    tls: {},
    proxyChoice: 'none',
    proxy: null,
    unusedProxy: null,
    followRedirects: false,
    http: '1.1',
    compression: true,
    limits: { maxMessageBytes: 104_857_600 },
    message: null,
    session: { heartbeat: null, reconnect: null, dialect: 'auto', autoPong: true, shareConnection: false },
    messages: [],
    watch: { everyMs: 30_000, alertAfter: 2, hold: false, sequence: null },
    variables: {},
    baseDir: null,
    secrets: [],
    allowLinkLocal: false,
    ...rest,
    timeouts: { connectMs: 5_000, upgradeMs: 5_000, messageMs: 5_000, closeMs: 3_000, ...timeouts },
    expect: { holdMs: 20, budgets: {}, ...expect },
  };
}
