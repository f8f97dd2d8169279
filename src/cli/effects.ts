import type { ProbeError } from '../core/base/errors.js';
import type { ProbePlan } from '../core/base/plan.js';
import type { ConnectionValues } from './overrides.js';
import { usageError } from './usage.js';

/** An option, whether it changes anything where it is given, and what it would want for that. */
export type Effect<Values, Where> = readonly [
  option: keyof Values & string,
  acts: (where: Where, values: Values) => boolean,
  wants: string,
];

/** No option is ignored in silence: throws a usage error for one that would change nothing. */
export function refuseIdle<Values, Where>(
  values: Values,
  effects: readonly Effect<Values, Where>[],
  where: Where,
): void {
  const idle = effects.find(([option, acts]) => values[option] !== undefined && !acts(where, values));
  if (idle !== undefined) throw wanting(idle);
}

function wanting([option, , wants]: readonly [option: string, acts: unknown, wants: string]): ProbeError {
  return usageError(`--${option} wants ${wants}`);
}

const isSecure = ({ url }: ProbePlan): boolean => url.startsWith('wss:');
/** A redirect may lead there from ws:, without the client's certificate and the name that were meant for another. */
const maySecure = (plan: ProbePlan): boolean => isSecure(plan) || plan.followRedirects;
const mayTrust = (plan: ProbePlan): boolean =>
  maySecure(plan) || plan.proxy?.kind === 'https' || plan.auth?.type === 'oauth2';
/** A conversation lasts as long as it does. */
const beats = ({ expect, session, steps = [] }: ProbePlan): boolean =>
  steps.length > 0 || (session.heartbeat?.everyMs ?? 0) < expect.holdMs;

const OVER_TLS = 'a wss: URL: over ws: there is no TLS';

type OfPlan = Effect<ConnectionValues, ProbePlan>;

const OF_CONNECTIONS: readonly OfPlan[] = [
  ...(['cert', 'key', 'pfx', 'passphrase', 'server-name'] as const).map((name): OfPlan => [name, isSecure, OVER_TLS]),
  ...(['insecure', 'cert-days'] as const).map((name): OfPlan => [name, maySecure, OVER_TLS]),
  ...(['ca', 'min-tls'] as const).map((name): OfPlan => [name, mayTrust, OVER_TLS]),
  ['http', (plan, { http }) => http !== 'auto' || maySecure(plan), `${OVER_TLS} to agree on HTTP/2 in`],
];

const OF_PROBES: readonly OfPlan[] = [
  ...OF_CONNECTIONS,
  ['ping-interval', (_, values) => values['no-ping'] !== true, 'pings, and --no-ping sends none'],
  ['ping-interval', beats, 'a --hold that is longer: this probe ends before the first ping'],
];

/** What becomes of the targets: decides which options act. */
export type Doing = 'connect' | 'probe';

/** The first option of the connection that acts on none of the targets, as a usage error; null where each acts. */
export function idleConnection(values: ConnectionValues, plans: readonly ProbePlan[], doing: Doing): ProbeError | null {
  const all = plans.flatMap((plan) => [plan, ...(plan.clients ?? []).map((client) => client.plan)]);
  const effects = doing === 'connect' ? OF_CONNECTIONS : OF_PROBES;
  const idle = effects.find(
    ([option, acts]) => values[option] !== undefined && !all.some((plan) => acts(plan, values)),
  );
  return idle === undefined ? null : wanting(idle);
}

/** Throws for an option of the connection that acts on none of the targets. */
export function checkConnection(values: ConnectionValues, plans: readonly ProbePlan[], doing: Doing): void {
  const idle = plans.length === 0 ? null : idleConnection(values, plans, doing);
  if (idle !== null) throw idle;
}
